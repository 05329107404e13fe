"""From numbers to the lines of a trend: those of a series, and those that formulas make of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cairn.insights.trends.formula import evaluate, parse, trailing_mean
from cairn.insights.trends.spec import TrendsLine, TrendsResult, TrendsSpec
from cairn.query.filters import Group


def lines_of(
    index: int,
    groups: Sequence[Group | None],
    values: NDArray[np.float64],
    totals: Sequence[float | None],
    errors: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
) -> tuple[TrendsLine, ...]:
    """Return the lines of a series from its values, groups x buckets, and its totals.

    So for their errors, of which those that are not known are NaN. A number too large for a float is the
    largest one.
    """
    values = np.nan_to_num(values)
    lines = tuple(
        TrendsLine(
            series=index,
            group=group,
            values=tuple(of_group.tolist()),
            total=None if total is None else float(np.nan_to_num(total)),
        )
        for group, of_group, total in zip(groups, values, totals, strict=True)
    )
    if errors is None:
        return lines
    return tuple(
        line.model_copy(
            update={
                "errors": tuple(map(_known, of_group.tolist())),
                "total_error": None if line.total is None else _known(float(of_total)),
            }
        )
        for line, of_group, of_total in zip(lines, *errors, strict=True)
    )


def _known(error: float) -> float | None:
    return None if np.isnan(error) else float(np.nan_to_num(error))


def result_of(
    spec: TrendsSpec, labels: tuple[str, ...], lines: Sequence[TrendsLine]
) -> TrendsResult:
    """Return the answer that lines make, with formulas worked out and then all of it smoothed."""
    formulas = combined(spec.formulas, lines, len(spec.series))
    buckets = spec.moving_average
    if buckets is not None:
        lines = smoothed(lines, buckets)
        formulas = tuple(smoothed(of_formula, buckets) for of_formula in formulas)
    return TrendsResult(buckets=labels, lines=tuple(lines), formulas=formulas)


def with_hours(result: TrendsResult, values: NDArray[np.float64]) -> TrendsResult:
    """Return an answer with what was measured of the hours of the week, in the only group."""
    return result.model_copy(update={"hours": tuple(np.nan_to_num(values)[0].tolist())})


def smoothed(lines: Sequence[TrendsLine], buckets: int) -> tuple[TrendsLine, ...]:
    """Return lines whose values are the means of so many buckets up to each one; totals stay.

    The errors of values that have people in common say nothing about that of their mean.
    """
    return tuple(
        line.model_copy(
            update={
                "values": tuple(trailing_mean(np.array(line.values), buckets).tolist()),
                "errors": (),
            }
        )
        for line in lines
    )


def combined(
    formulas: Sequence[str], lines: Sequence[TrendsLine], series: int
) -> tuple[tuple[TrendsLine, ...], ...]:
    """Return the lines of each formula; a series that lacks a group counts as 0 there.

    Groups come in the order of the first series, then those that only later series have, and all
    others together last.
    """
    if not formulas or not lines:
        return tuple(() for _ in formulas)
    groups = list(dict.fromkeys(line.group for line in lines))
    groups.sort(key=lambda group: group is not None and group.other)
    width = len(lines[0].values)
    of = {(line.series, line.group): line for line in lines}
    return tuple(
        tuple(_line(text, index, group, of, series, width) for group in groups)
        for index, text in enumerate(formulas)
    )


def _line(
    text: str,
    index: int,
    group: Group | None,
    of: dict[tuple[int, Group | None], TrendsLine],
    series: int,
    width: int,
) -> TrendsLine:
    inputs = []
    for letter in range(series):
        line = of.get((letter, group))
        values = line.values if line else (0.0,) * width
        inputs.append(np.array([*values, (line.total if line else 0.0) or 0.0]))
    out = evaluate(parse(text, series), inputs)
    return TrendsLine(
        series=index, group=group, values=tuple(out[:-1].tolist()), total=float(out[-1])
    )
