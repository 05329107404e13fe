"""Formulas read as a spreadsheet reads them, and say where they cannot be read."""

from __future__ import annotations

import numpy as np
import pytest

from cairn.insights.trends.formula import evaluate, parse

A, B = np.array([6.0, 1.0]), np.array([3.0, 0.0])


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("A", [6, 1]),
        ("a + b", [9, 1]),
        ("A / B", [2, 0]),
        ("A - B - 1", [2, 0]),
        ("A + B * 2", [12, 1]),
        ("(A + B) * 2", [18, 2]),
        ("A / B * 100", [200, 0]),
        ("-A + .5", [-5.5, -0.5]),
        ("2 * -B", [-6, 0]),
        ("1 / 4", [0.25, 0.25]),
        ("min(A, B, 2)", [2, 0]),
        ("MAX(A, B)", [6, 1]),
        ("abs(B - A)", [3, 1]),
        ("round(A / 4)", [2, 0]),
        ("round(-A / 4)", [-2, 0]),
        ("round(A / 7, 2)", [0.86, 0.14]),
        ("sqrt(A + B)", [3, 1]),
        ("sqrt(-A)", [0, 0]),
        ("log(A + 4)", [1, np.log10(5)]),
        ("log(B + 5, 2)", [3, np.log2(5)]),
        ("log(B)", [np.log10(3), 0]),
    ],
)
def test_a_formula_follows_the_rules_of_arithmetic(text: str, values: list[float]) -> None:
    assert evaluate(parse(text, 2), [A, B]).tolist() == pytest.approx(values)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("cumulative(A)", [1, 3, 7, 100]),
        ("rolling(A, 2)", [1, 1.5, 3, 100]),
        ("rolling(A, 9) * 2", [2, 3, 14 / 3, 200]),
        ("cumulative(rolling(A, 2)) - A", [0, 0.5, 1.5, 0]),
    ],
)
def test_a_function_over_time_leaves_the_total_as_it_is(text: str, values: list[float]) -> None:
    assert evaluate(parse(text, 1), [np.array([1.0, 2, 4, 100])]).tolist() == pytest.approx(values)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "empty"),
        ("A +", "ends too early"),
        ("A $ B", r"'\$' at position 3"),
        ("A + C", "'C' at position 5, but the series are A to B"),
        ("A B", "unexpected 'B' at position 3"),
        ("(A + B", "ends too early"),
        ("A + B)", r"unexpected '\)' at position 6"),
        ("A ** B", r"unexpected '\*' at position 4"),
        ("A, B", r"unexpected ',' at position 2"),
        ("mean(A)", "unknown function 'mean' at position 1; there are min, max"),
        ("abs A", "unexpected 'A' at position 5"),
        ("abs(A, B)", "'abs' at position 1 with 2 arguments; it takes 1"),
        ("min()", r"unexpected '\)' at position 5"),
        ("rolling(A)", "with 1 arguments; it takes 2"),
        ("rolling(A, 0)", "a number of intervals from 1 to 1000"),
        ("rolling(A, B)", "a number of intervals from 1 to 1000"),
        ("round(A, 1.5)", "a number of digits from 0 to 9"),
        ("max(A", "ends too early"),
        ("(" * 60 + "A" + ")" * 60, "nested more than 50"),
        ("-" * 60 + "A", "nested more than 50"),
        ("A" * 501, "at most 500 characters"),
    ],
)
def test_a_formula_that_cannot_be_read_says_where(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse(text, 2)


def test_a_result_too_large_for_a_number_is_0() -> None:
    assert evaluate(parse("A * A", 1), [np.array([1e200])]).tolist() == [0.0]
