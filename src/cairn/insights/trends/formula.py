"""Arithmetic over the series of a trend: `A / B * 100`.

Letters name the series in order, numbers stand for themselves, and `+ - * / ( )`, a leading minus and
`min max abs round sqrt log` mean what they mean in a spreadsheet. What has no meaning, such as dividing
by zero, is 0. `cumulative(A)` adds up all values so far, and `rolling(A, 7)` is the mean of the last seven.

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

_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d*)?|\.\d+)|([A-Za-z]+)|([-+*/(),]))")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

ARGUMENTS: dict[str, tuple[int, int]] = {
    "min": (1, 10),
    "max": (1, 10),
    "abs": (1, 1),
    "round": (1, 2),
    "sqrt": (1, 1),
    "log": (1, 2),
    "cumulative": (1, 1),
    "rolling": (2, 2),
}
"""How many arguments each function takes, at least and at most."""

CONSTANTS = {"round": ("digits", 0, 9), "rolling": ("intervals", 1, 1_000)}
"""What the second argument of a function says, a whole number from one to another."""


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


@dataclass(frozen=True, slots=True)
class Call:
    """A function of parts."""

    function: str
    parts: tuple[Formula, ...]


Formula = Number | Letter | Negative | Operation | Call


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
    """Return the formula's values from one array per series, all of one length.

    The last position of an array holds the total, the others the intervals in order.
    """
    if isinstance(formula, Call):
        return _called(formula, [evaluate(part, values) for part in formula.parts])
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


def _called(call: Call, parts: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    first = parts[0]
    with np.errstate(all="ignore"):
        if call.function in ("cumulative", "rolling"):
            over_time = (
                np.cumsum(first[:-1])
                if call.function == "cumulative"
                else trailing_mean(first[:-1], int(parts[1][0]))
            )
            out = np.append(over_time, first[-1])
        elif call.function == "round":
            unit = 10.0 ** (parts[1] if len(parts) > 1 else 0)
            out = np.copysign(np.floor(np.abs(first) * unit + 0.5) / unit, first)
        elif call.function == "log":
            out = np.log10(first) if len(parts) == 1 else np.log(first) / np.log(parts[1])
        elif call.function in ("min", "max"):
            out = (np.minimum if call.function == "min" else np.maximum).reduce(parts)
        else:
            out = (np.abs if call.function == "abs" else np.sqrt)(first)
    return np.where(np.isfinite(out), out, 0.0)


def trailing_mean(values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return the mean of the last values up to each one, as many as there are up to a count.

    >>> trailing_mean(np.array([1.0, 3.0, 5.0]), 2).tolist()
    [1.0, 2.0, 4.0]
    """
    if not len(values):
        return values
    padded = np.concatenate((np.zeros(count - 1), values))
    held = np.minimum(np.arange(1, len(values) + 1), count)
    windows = np.lib.stride_tricks.sliding_window_view(padded, count)
    return np.asarray(windows.sum(axis=1) / held)


def spelled_out(text: str, titles: Sequence[str]) -> str:
    """Return a formula with the titles of its series in place of their letters.

    >>> spelled_out("max(a / B, 1)", ["Answers", "Questions"])
    'max(Answers / Questions, 1)'
    """

    def spelled(word: re.Match[str]) -> str:
        return titles[ord(word[0].upper()) - ord("A")] if len(word[0]) == 1 else word[0]

    return re.sub("[A-Za-z]+", spelled, text)


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
                    "letters of the series, numbers, functions, + - * / and parentheses"
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
        if token and token[0].upper() in _LETTERS:
            return self._letter() if len(token) == 1 else self._call()
        if not token or token in "+-*/),":
            raise self._unexpected()
        return Number(float(self._take()))

    def _call(self) -> Formula:
        word, position = self.tokens[self.at]
        name = word.lower()
        if name not in ARGUMENTS:
            raise ValueError(
                f"formula {self.text!r} has an unknown function {word!r} at position {position + 1}; "
                f"there are {', '.join(ARGUMENTS)}"
            )
        self.at += 1
        if self._take() != "(":
            self.at -= 1
            raise self._unexpected()
        parts = [self._sum()]
        while self._peek() == ",":
            self.at += 1
            parts.append(self._sum())
        if self._peek() != ")":
            raise self._unexpected()
        self.at += 1
        self._fits(name, parts, position)
        return Call(name, tuple(parts))

    def _fits(self, name: str, parts: Sequence[Formula], position: int) -> None:
        """Raise ValueError unless a function takes these arguments."""
        least, most = ARGUMENTS[name]
        where = f"formula {self.text!r} has {name!r} at position {position + 1}"
        if not least <= len(parts) <= most:
            takes = f"{least}" if least == most else f"{least} to {most}"
            raise ValueError(f"{where} with {len(parts)} arguments; it takes {takes}")
        if name in CONSTANTS and len(parts) == 2:
            what, low, high = CONSTANTS[name]
            given = parts[1].value if isinstance(parts[1], Number) else None
            if given is None or given != int(given) or not low <= given <= high:
                raise ValueError(
                    f"{where}, whose second argument must be a number of {what} from {low} to {high}"
                )

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
