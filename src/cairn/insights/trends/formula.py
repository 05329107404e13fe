"""Arithmetic over the series of a trend: `A / B * 100`.

Letters name the series in order, numbers stand for themselves, and `+ - * / ( )` and a leading minus
mean what they mean in a spreadsheet. Dividing by zero gives 0.

>>> import numpy as np
>>> evaluate(parse("A / B * 100", 2), [np.array([1.0, 3.0]), np.array([4.0, 0.0])]).tolist()
[25.0, 0.0]
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

MAX_LENGTH = 500
MAX_DEPTH = 50

_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d*)?|\.\d+)|([A-Za-z])|([-+*/()]))")


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: float


@dataclass(frozen=True, slots=True)
class Letter:
    """The values of one series, by its index."""

    series: int


@dataclass(frozen=True, slots=True)
class Negative:
    """The opposite of a part."""

    part: Formula


@dataclass(frozen=True, slots=True)
class Operation:
    """Two parts joined by one of the four operators."""

    operator: Literal["+", "-", "*", "/"]
    left: Formula
    right: Formula


Formula = Number | Letter | Negative | Operation


def parse(text: str, series_count: int) -> Formula:
    """Return the formula that a text spells over that many series.

    Raises ValueError that names the character and its position when it spells none.

    >>> parse("A + C", 2)
    Traceback (most recent call last):
    ...
    ValueError: formula 'A + C' uses 'C' at position 5, but the series are A to B
    """
    if len(text) > MAX_LENGTH:
        raise ValueError(f"a formula has at most {MAX_LENGTH} characters, got {len(text)}")
    return _Reader(text, series_count).read()


def evaluate(formula: Formula, values: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the formula's value at each position, from one array per series, all of one length."""
    if isinstance(formula, Letter):
        return values[formula.series]
    if isinstance(formula, Number):
        return np.full(values[0].shape, formula.value)
    if isinstance(formula, Negative):
        return -evaluate(formula.part, values)
    left, right = evaluate(formula.left, values), evaluate(formula.right, values)
    with np.errstate(over="ignore", invalid="ignore"):
        if formula.operator == "+":
            combined = left + right
        elif formula.operator == "-":
            combined = left - right
        elif formula.operator == "*":
            combined = left * right
        else:
            combined = np.divide(left, right, out=np.zeros_like(left), where=right != 0)
    return np.where(np.isfinite(combined), combined, 0.0)


def spelled_out(text: str, titles: Sequence[str]) -> str:
    """Return a formula with the titles of its series in place of their letters.

    >>> spelled_out("a / B * 100", ["Answers", "Questions"])
    'Answers / Questions * 100'
    """
    return re.sub("[A-Za-z]", lambda letter: titles[ord(letter[0].upper()) - ord("A")], text)


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, text: str, series_count: int) -> None:
        self.text = text
        self.series_count = series_count
        self.tokens = self._tokens()
        self.at = 0
        self.depth = 0

    def read(self) -> Formula:
        if not self.tokens:
            raise ValueError("the formula is empty; write something like A / B * 100")
        formula = self._sum()
        if self.at < len(self.tokens):
            raise self._unexpected()
        return formula

    def _tokens(self) -> list[tuple[str, int]]:
        tokens, position, end = [], 0, len(self.text.rstrip())
        while position < end:
            match = _TOKEN.match(self.text, position)
            if match is None:
                bad = position + len(self.text[position:]) - len(self.text[position:].lstrip())
                raise ValueError(
                    f"formula {self.text!r} has {self.text[bad]!r} at position {bad + 1}; use the "
                    "letters of the series, numbers, + - * / and parentheses"
                )
            token = match[match.lastindex or 0]
            tokens.append((token, match.end() - len(token)))
            position = match.end()
        return tokens

    def _peek(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self.at += 1
        return token

    def _sum(self) -> Formula:
        left = self._product()
        while (operator := self._peek()) in ("+", "-"):
            self.at += 1
            left = Operation("+" if operator == "+" else "-", left, self._product())
        return left

    def _product(self) -> Formula:
        left = self._factor()
        while (operator := self._peek()) in ("*", "/"):
            self.at += 1
            left = Operation("*" if operator == "*" else "/", left, self._factor())
        return left

    def _factor(self) -> Formula:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ValueError(f"formula {self.text!r} is nested more than {MAX_DEPTH} levels deep")
        factor = self._innermost()
        self.depth -= 1
        return factor

    def _innermost(self) -> Formula:
        token = self._peek()
        if token in ("-", "+"):
            self.at += 1
            part = self._factor()
            return Negative(part) if token == "-" else part
        if token == "(":
            self.at += 1
            inner = self._sum()
            if self._peek() != ")":
                raise self._unexpected()
            self.at += 1
            return inner
        if token and token in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz":
            return self._letter()
        if not token or token in "+-*/)":
            raise self._unexpected()
        return Number(float(self._take()))

    def _letter(self) -> Formula:
        letter, position = self.tokens[self.at]
        series = ord(letter.upper()) - ord("A")
        if series >= self.series_count:
            last = chr(ord("A") + self.series_count - 1)
            known = "the only series is A" if last == "A" else f"the series are A to {last}"
            raise ValueError(
                f"formula {self.text!r} uses {letter!r} at position {position + 1}, but {known}"
            )
        self.at += 1
        return Letter(series)

    def _unexpected(self) -> ValueError:
        if self.at >= len(self.tokens):
            return ValueError(f"formula {self.text!r} ends too early; something is missing")
        token, position = self.tokens[self.at]
        return ValueError(
            f"formula {self.text!r} has an unexpected {token!r} at position {position + 1}"
        )
