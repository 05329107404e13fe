"""The answer to a trend over people's events in order: counts per group and bucket, exactly.

A person's events stand together, so distinct people need no set: a cell remembers the last person
who was counted in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.insights.bucketing import bucket_at, typical_width
from cairn.insights.grouping import NOWHERE, ranked
from cairn.insights.points import within
from cairn.insights.trends.combine import combined, lines_of
from cairn.insights.trends.grid import Grid, grid_of
from cairn.insights.trends.spec import (
    PERCENTILES,
    Series,
    TrendsLine,
    TrendsPoint,
    TrendsResult,
    TrendsSpec,
)
from cairn.query.filters import Group
from cairn.query.periods import Calendar, Span, previous
from cairn.query.picking import compiled
from cairn.query.sequences import Matches, Pick, Sequences

Persons = NDArray[np.int32]
Numbers = NDArray[np.float64]
Cells = NDArray[np.int64]


def answer(spec: TrendsSpec, sequences: Sequences, span: Span, calendar: Calendar) -> TrendsResult:
    """Measure every series in every bucket, for each group of the breakdown."""
    lines: list[TrendsLine] = []
    for index, series in enumerate(spec.series):
        asked = _Asked.of(spec, series, sequences, span, calendar)
        lines += lines_of(index, asked.groups, *asked.measured())
    earlier = None
    if spec.compare:
        alone = spec.model_copy(update={"compare": False})
        earlier = answer(alone, sequences, previous(span, calendar), calendar)
    return TrendsResult(
        buckets=asked.grid.buckets.labels,
        lines=tuple(lines),
        formulas=combined(spec.formulas, lines, len(spec.series)),
        previous=earlier,
    )


def people(
    spec: TrendsSpec,
    point: TrendsPoint,
    sequences: Sequences,
    span: Span,
    calendar: Calendar,
) -> Persons:
    """Return the people with at least one event that counts for a point."""
    within(point.series, len(spec.series), "series")
    span = previous(span, calendar) if point.previous else span
    asked = _Asked.of(spec, spec.series[point.series], sequences, span, calendar)
    grid = asked.grid
    within(point.bucket, len(grid.buckets), "points in time")
    if point.group not in asked.groups:
        return np.zeros(0, np.int32)
    group = asked.groups.index(point.group)
    stretch = grid.stretch(point.bucket)
    prop = asked.series.measure.property
    counts = None if prop is None else ~np.isnan(sequences.numbers(prop))

    def work(matches: Matches) -> Any:
        here = (matches.time >= stretch.start_us) & (matches.time < stretch.end_us)
        here &= asked.group_of[asked.codes(matches)] == group
        if counts is not None:
            here &= counts[matches.codes[-1]]
        return _with_any(matches.offsets, here) + np.int32(matches.first_person)

    return np.concatenate(sequences.scan(asked.pick, work))


@dataclass(frozen=True, slots=True)
class _Asked:
    """One series, with its groups found: `group_of[code]` is the group of a breakdown's value.

    `counted` is what `_persons` returns, when finding the groups has counted the people already.
    """

    series: Series
    sequences: Sequences
    grid: Grid
    pick: Pick
    group_of: NDArray[np.int64]
    groups: Sequence[Group | None]
    counted: tuple[Cells, Cells] | None = None

    @classmethod
    def of(
        cls,
        spec: TrendsSpec,
        series: Series,
        sequences: Sequences,
        span: Span,
        calendar: Calendar,
    ) -> _Asked:
        grid = grid_of(series.measure, span, spec.interval, calendar)
        asked = [p for p in (spec.breakdown, series.measure.property) if p is not None]
        pick = Pick((series,), grid.reach, spec.filter, tuple(asked))
        if spec.breakdown is None:
            return cls(series, sequences, grid, pick, np.zeros(1, np.int64), [None])
        values = sequences.values(spec.breakdown)
        if series.measure.of in ("persons", "per_person") and len(values) <= spec.limit:
            each = cls(series, sequences, grid, pick, np.arange(len(values)), (None,) * len(values))
            persons, overall, sizes = each._people_and_events()
            group_of, groups = ranked(sizes, values, spec.limit)
            shown = np.argsort(group_of, kind="stable")[len(values) - len(groups) :]
            return cls(
                series, sequences, grid, pick, group_of, groups, (persons[shown], overall[shown])
            )
        sizes, present = _sizes(series, sequences, pick, grid, len(values))
        group_of, groups = ranked(sizes, values, spec.limit, present)
        return cls(series, sequences, grid, pick, group_of, groups)

    def codes(self, matches: Matches) -> Any:
        """Return the code of the breakdown of each match."""
        if len(self.group_of) == 1 and self.groups == [None]:
            return np.zeros(len(matches.time), np.uint8)
        return matches.codes[0]

    def measured(self) -> tuple[Numbers, list[float | None]]:
        """Return the values, groups × buckets, and the total of each group."""
        of = self.series.measure.of
        if not self.groups:
            return np.zeros((0, len(self.grid.buckets))), []
        if self.series.measure.property is not None:
            return self._of_property()
        if of == "total":
            events = self._events()
            return events.astype(np.float64), _floats(events.sum(axis=1))
        persons, overall = self._persons()
        if self.grid.rolling:
            return persons.astype(np.float64), _floats(persons[:, -1])
        if of == "persons":
            return persons.astype(np.float64), _floats(overall)
        events = self._events()
        return _divided(events, persons), _floats(_divided(events.sum(axis=1), overall))

    def _events(self) -> Cells:
        shape = (len(self.groups), len(self.grid.buckets))
        opens, closes = self.grid.opens, self.grid.closes

        def work(matches: Matches) -> Cells:
            counts = np.zeros(shape, np.int64)
            _count_events(matches.time, self.codes(matches), self.group_of, opens, closes, counts)
            return counts

        return _sum(self.sequences.scan(self.pick, work))

    def _persons(self) -> tuple[Cells, Cells]:
        """Return distinct people in groups × buckets, and in each group over the whole period."""
        return self.counted or self._people_and_events()[:2]

    def _people_and_events(self) -> tuple[Cells, Cells, Cells]:
        """Return the same, and how many events of the period each group has."""
        shape = (len(self.groups), len(self.grid.buckets))
        grid = self.grid

        def work(matches: Matches) -> tuple[Cells, Cells, Cells]:
            counts = np.zeros(shape, np.int64)
            overall, events = np.zeros(shape[0], np.int64), np.zeros(shape[0], np.int64)
            _count_people(
                matches.offsets, matches.time, self.codes(matches), self.group_of,
                grid.opens, grid.closes, grid.span.start_us, counts, overall, events,
            )  # fmt: skip
            return counts, overall, events

        parts = self.sequences.scan(self.pick, work)
        counts, overall, events = zip(*parts, strict=True)
        return _sum(counts), _sum(overall), _sum(events)

    def _of_property(self) -> tuple[Numbers, list[float | None]]:
        prop = self.series.measure.property
        assert prop is not None
        numbers = self.sequences.numbers(prop)
        width = len(self.grid.buckets)

        def work(matches: Matches) -> tuple[NDArray[np.int64], Numbers]:
            cell = np.empty(len(matches.time), np.int64)
            _cells(
                matches.time, self.codes(matches), self.group_of, self.grid.opens,
                self.grid.closes, cell,
            )  # fmt: skip
            number = numbers[matches.codes[-1]]
            kept = (cell != NOWHERE) & ~np.isnan(number)
            return cell[kept], number[kept]

        parts = self.sequences.scan(self.pick, work)
        cell = np.concatenate([part[0] for part in parts])
        number = np.concatenate([part[1] for part in parts])
        reduce = _reduction(self.series.measure.of)
        values, _ = reduce(cell, number, len(self.groups) * width)
        overall, present = reduce(cell // width, number, len(self.groups))
        totals = [
            float(total) if there or self.series.measure.of == "sum" else None
            for total, there in zip(overall, present, strict=True)
        ]
        return values.reshape(len(self.groups), width), totals


def _sizes(
    series: Series, sequences: Sequences, pick: Pick, grid: Grid, values: int
) -> tuple[Any, Any]:
    """Return for each code what ranks it in the period, and how many events count that have it.

    The events before the period that a rolling measure looks back on give a value its row, too.
    """
    numbers = None
    if series.measure.of == "sum" and series.measure.property is not None:
        numbers = np.nan_to_num(sequences.numbers(series.measure.property))

    def work(matches: Matches) -> tuple[Any, Any]:
        code = matches.codes[0]
        present = np.bincount(code, minlength=values)
        if numbers is not None:
            number = numbers[matches.codes[-1]]
            return np.bincount(code, weights=number, minlength=values), present
        inside = matches.time >= grid.span.start_us
        if inside.all():
            return present, present
        return np.bincount(code[inside], minlength=values), present

    parts = sequences.scan(pick, work)
    return sum(part[0] for part in parts), sum(part[1] for part in parts)


Reduction = Callable[[Any, Any, int], tuple[Numbers, Any]]


def _reduction(of: str) -> Reduction:
    """Return the function from (cell, number, cells) to (a value per cell, whether it has any)."""
    if of in PERCENTILES:
        return lambda cell, number, cells: _percentile(cell, number, cells, PERCENTILES[of])
    return {
        "sum": _total,
        "average": _average,
        "minimum": _minimum,
        "maximum": _maximum,
    }[of]


def _total(cell: Any, number: Any, cells: int) -> tuple[Numbers, Any]:
    sums = np.bincount(cell, number, cells).astype(np.float64)
    return sums, np.bincount(cell, minlength=cells) > 0


def _average(cell: Any, number: Any, cells: int) -> tuple[Numbers, Any]:
    counts = np.bincount(cell, minlength=cells)
    return _divided(np.bincount(cell, number, cells), counts), counts > 0


def _minimum(cell: Any, number: Any, cells: int) -> tuple[Numbers, Any]:
    out = np.full(cells, np.inf)
    np.minimum.at(out, cell, number)
    return np.where(np.isinf(out), 0.0, out), ~np.isinf(out)


def _maximum(cell: Any, number: Any, cells: int) -> tuple[Numbers, Any]:
    out, present = _minimum(cell, -number, cells)
    return 0.0 - out, present


def _percentile(cell: Any, number: Any, cells: int, share: float) -> tuple[Numbers, Any]:
    """Interpolate linearly between the two nearest values of each cell (Hyndman and Fan, type 7)."""
    order = np.lexsort((number, cell))
    ordered = number[order]
    counts = np.bincount(cell, minlength=cells)
    first = np.cumsum(counts) - counts
    present = counts > 0
    place = (counts[present] - 1) * share
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, counts[present] - 1)
    low, high = ordered[first[present] + below], ordered[first[present] + above]
    out = np.zeros(cells)
    with np.errstate(over="ignore"):
        out[present] = low + (high - low) * (place - below)
    return out, present


def _divided(above: Any, below: Any) -> Numbers:
    out = np.zeros(np.shape(above))
    np.divide(above, below, out=out, where=np.asarray(below) > 0)
    return out


def _floats(totals: Any) -> list[float | None]:
    return [float(total) for total in totals]


def _sum(parts: Sequence[Cells]) -> Cells:
    out = parts[0]
    for part in parts[1:]:
        out += part
    return out


@compiled
def _count_events(
    time: Any, code: Any, group_of: Any, opens: Any, closes: Any, counts: Any
) -> None:
    width = typical_width(opens, closes)
    for i in range(len(time)):
        g = group_of[code[i]]
        if g >= 0:
            counts[g, bucket_at(time[i], opens, closes, width)] += 1


@compiled
def _cells(time: Any, code: Any, group_of: Any, opens: Any, closes: Any, cell: Any) -> None:
    width = typical_width(opens, closes)
    for i in range(len(time)):
        g = group_of[code[i]]
        cell[i] = -1
        if g >= 0:
            cell[i] = g * len(closes) + bucket_at(time[i], opens, closes, width)


@compiled
def _count_people(
    offsets: Any, time: Any, code: Any, group_of: Any, opens: Any, closes: Any, start_us: int,
    counts: Any, overall: Any, events: Any,
) -> None:  # fmt: skip
    """Count each person once in every window that holds an event of theirs, and all events.

    Windows open and close in order, and so do a person's events: `following[g]` is the first window
    in which the person is not counted yet.
    """
    groups, buckets = counts.shape
    width = typical_width(opens, closes)
    person = np.full(groups, -1, np.int64)
    following = np.zeros(groups, np.int64)
    counted = np.zeros(groups, np.bool_)
    for p in range(len(offsets) - 1):
        for i in range(offsets[p], offsets[p + 1]):
            g = group_of[code[i]]
            if g < 0:
                continue
            t = time[i]
            if person[g] != p:
                person[g] = p
                following[g] = 0
                counted[g] = False
            if t >= start_us:
                events[g] += 1
                if not counted[g]:
                    counted[g] = True
                    overall[g] += 1
            b = following[g]
            if b < buckets and closes[b] <= t:
                b = bucket_at(t, opens, closes, width)
            while b < buckets and opens[b] <= t:
                counts[g, b] += 1
                b += 1
            following[g] = max(following[g], b)


@compiled
def _with_any(offsets: Any, here: Any) -> Any:
    """Return the people of a chunk, from 0, who have a flagged match."""
    out = np.empty(len(offsets) - 1, np.int32)
    n = 0
    for p in range(len(offsets) - 1):
        for i in range(offsets[p], offsets[p + 1]):
            if here[i]:
                out[n] = p
                n += 1
                break
    return out[:n]
