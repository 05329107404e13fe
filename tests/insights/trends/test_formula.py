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
    ],
)
def test_a_formula_follows_the_rules_of_arithmetic(text: str, values: list[float]) -> None:
    assert evaluate(parse(text, 2), [A, B]).tolist() == values


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
