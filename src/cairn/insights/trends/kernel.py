"""The answer to a trend over people's events in order: counts per group and bucket, exactly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from cairn.insights.grouping import NOWHERE, ranked
from cairn.insights.points import within
from cairn.insights.ranges import source
from cairn.insights.trends.cells import (
    accumulated_distinct,
    count_events,
    count_people,
    divided,
    find_cells,
    first_events,
    reduction,
    sums_of_people,
    with_any,
)
from cairn.insights.trends.combine import lines_of, result_of, with_hours
from cairn.insights.trends.division import Cuts, Division, cuts_of, division_of
from cairn.insights.trends.grid import (
    HOUR_US,
    WEEK_US,
    Grid,
    compared,
    grid_of,
    week_clock,
    whole_of,
)
from cairn.insights.trends.sampling import (
    Errors,
    Shares,
    errors_of,
    errors_of_people,
    scaled,
)
from cairn.insights.trends.spec import (
    HOURS_OF_A_WEEK,
    PEOPLE,
    Series,
    TrendsLine,
    TrendsPoint,
    TrendsResult,
    TrendsSpec,
)
from cairn.query.filters import All, Group, Selector
from cairn.query.periods import Calendar, Span
from cairn.query.sequences import Matches, Pick, Sequences

T = TypeVar("T")
Persons = NDArray[np.int32]
Numbers = NDArray[np.float64]
Cells = NDArray[np.int64]


def answer(spec: TrendsSpec, sequences: Sequences, span: Span, calendar: Calendar) -> TrendsResult:
    """Measure every series in every bucket, for each group of the breakdown."""
    sequences = sequences if spec.sample is None else sequences.sampled(spec.sample)
    cuts = cuts_of(spec, sequences, whole_of(spec, span, calendar))

    def during(span: Span) -> TrendsResult:
        lines: list[TrendsLine] = []
        for index, series in enumerate(spec.series):
            asked = _Asked.of(spec, series, sequences, cuts, span, calendar)
            values, totals = asked.measured()
            if spec.sample is None:
                lines += lines_of(index, asked.groups, values, totals)
                continue
            errors = asked.errors(spec.sample, values, totals)
            estimates = scaled(series.measure, spec.sample, values, totals)
            lines += lines_of(index, asked.groups, *estimates, errors)
        result = result_of(spec, asked.grid.buckets.labels, lines)
        return (
            with_hours(result, replace(asked, hours=True).measured()[0])
            if spec.show == "heat"
            else result
        )

    earlier = during(compared(spec, span, calendar)) if spec.compare else None
    return during(span).model_copy(update={"previous": earlier})


def people(
    spec: TrendsSpec,
    point: TrendsPoint,
    sequences: Sequences,
    span: Span,
    calendar: Calendar,
) -> Persons:
    """Return the people with at least one event that counts for a point."""
    within(point.series, len(spec.series), "series")
    sequences = sequences if spec.sample is None else sequences.sampled(spec.sample)
    cuts = cuts_of(spec, sequences, whole_of(spec, span, calendar))
    span = compared(spec, span, calendar) if point.previous else span
    asked = _Asked.of(spec, spec.series[point.series], sequences, cuts, span, calendar)
    grid = asked.grid
    within(point.bucket, len(grid.buckets), "points in time")
    if point.group not in asked.groups:
        return np.zeros(0, np.int32)
    group = asked.groups.index(point.group)
    stretch = grid.stretch(point.bucket)
    counts, by_hour = asked.counting(), replace(asked, hours=True)

    def work(matches: Matches) -> Any:
        here = (matches.time >= stretch.start_us) & (matches.time < stretch.end_us)
        here &= asked.group_of[asked.division.codes(matches)] == group
        if counts is not None:
            here &= counts[matches.codes[-1]]
        if point.hour is not None:
            here &= by_hour._cells(matches) == point.hour
        return with_any(matches.offsets, here) + np.int32(matches.first_person)

    found = np.concatenate(asked.scan(work))
    if asked.series.measure.of == "sessions":
        found = np.unique(asked.sequences.whose(found))
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """One series, with its groups found: `group_of[code]` is the group of a breakdown's value.

    `counted` is what `_persons` returns, when finding the groups has counted the people already. With
    `hours`, the buckets are the hours of a week, as the `clock` tells them.
    """

    spec: TrendsSpec
    series: Series
    sequences: Sequences
    grid: Grid
    pick: Pick
    division: Division
    group_of: NDArray[np.int64]
    groups: Sequence[Group | None]
    clock: Sequence[tuple[int, int]] = ()
    counted: tuple[Cells, Cells] | None = None
    hours: bool = False

    @classmethod
    def of(
        cls,
        spec: TrendsSpec,
        series: Series,
        sequences: Sequences,
        cuts: Cuts,
        span: Span,
        calendar: Calendar,
    ) -> _Asked:
        if series.measure.of == "sessions":
            sequences = sequences.by("session")
        grid = grid_of(spec, series.measure, span, calendar)
        pick = _pick(spec, series, grid)
        division = division_of(spec, cuts, sequences, pick)
        nothing = np.zeros(1, np.int64)
        clock = week_clock(grid.span, calendar) if spec.show == "heat" else ()
        asked = cls(spec, series, sequences, grid, pick, division, nothing, [None], clock)
        return asked._divided() if division.parts else asked

    def _divided(self) -> _Asked:
        """Return the same with the groups of the breakdown."""
        values, limit = self.division.values, self.spec.rows
        if self.series.measure.of in ("persons", "sessions", "per_person") and len(values) <= limit:
            each = replace(self, group_of=np.arange(len(values)), groups=(None,) * len(values))
            persons, overall, sizes = each._people_and_events()
            group_of, groups = ranked(sizes, values, limit)
            shown = np.argsort(group_of, kind="stable")[len(values) - len(groups) :]
            counted = persons[shown], overall[shown]
            return replace(self, group_of=group_of, groups=groups, counted=counted)
        sizes, present = self._sizes(len(values))
        group_of, groups = ranked(sizes, values, limit, present)
        return replace(self, group_of=group_of, groups=groups)

    def _sizes(self, values: int) -> tuple[Any, Any]:
        """Return for each code what ranks it in the period, and how many events count that have it.

        The events before the period that a rolling measure looks back on give a value its row, too.
        """
        numbers = None
        if self.series.measure.of == "sum" and self.series.measure.property is not None:
            numbers = np.nan_to_num(self.sequences.numbers(self.series.measure.property))

        def work(matches: Matches) -> tuple[Any, Any]:
            code = self.division.codes(matches)
            present = np.bincount(code, minlength=values)
            if numbers is not None:
                number = numbers[matches.codes[-1]]
                return np.bincount(code, weights=number, minlength=values), present
            inside = matches.time >= self.grid.span.start_us
            if inside.all():
                return present, present
            return np.bincount(code[inside], minlength=values), present

        parts = self.scan(work)
        return sum(part[0] for part in parts), sum(part[1] for part in parts)

    def scan(self, work: Callable[[Matches], T]) -> list[T]:
        """Run `work` over the events of the series."""
        if self.series.measure.of != "first_time":
            return self.sequences.scan(self.pick, work)
        return self.sequences.scan(self.pick, lambda matches: work(self._firsts(matches)))

    def _firsts(self, matches: Matches) -> Matches:
        """Return of each person the first event, if it counts."""
        after = np.empty(len(matches.offsets), np.int64)
        place = np.empty(matches.persons, np.int64)
        n = first_events(
            matches.offsets, matches.time, matches.mask, self.grid.span.start_us, after, place
        )
        place = place[:n]
        codes = tuple(codes[place] for codes in matches.codes)
        return Matches(matches.first_person, after, matches.time[place], matches.mask[place], codes)

    def counting(self) -> Any:
        """Return for each code of the measure's property whether it counts, None if all do."""
        measure, prop = self.series.measure, self.series.measure.reads()
        if prop is None:
            return None
        if measure.takes_numbers():
            return ~np.isnan(self.sequences.numbers(prop))
        return np.arange(len(self.sequences.values(prop))) > 0

    def measured(self) -> tuple[Numbers, list[float | None]]:
        """Return the values, groups × buckets, and the total of each group."""
        measure = self.series.measure
        if not self.groups:
            return np.zeros((0, len(self.grid.buckets))), []
        if measure.takes_numbers():
            return self._of_numbers()
        if measure.reads() is not None:
            return self._distinct()
        if measure.of == "total":
            counts = self._events().astype(np.float64)
            return self._accumulated(counts), _floats(counts.sum(axis=1))
        persons, overall = self._persons()
        if self.grid.rolling:
            return persons.astype(np.float64), _floats(persons[:, -1])
        if measure.of != "per_person":
            return persons.astype(np.float64), _floats(overall)
        events = self._events()
        return divided(events, persons), _floats(divided(events.sum(axis=1), overall))

    def errors(self, share: float, values: Numbers, totals: list[float | None]) -> Errors:
        """Return the standard errors of a sample's values and totals."""
        measure = self.series.measure
        if measure.of in PEOPLE or not self.groups:
            return errors_of_people(share, values, totals)
        cells = self._shape[0] * self._shape[1]
        numbers = None if measure.property is None else self.sequences.numbers(measure.property)

        def work(matches: Matches) -> Any:
            cell = self._cells(matches)
            amount = np.ones(len(cell)) if numbers is None else numbers[matches.codes[-1]]
            events = np.where(np.isnan(amount), np.nan, 1.0)
            counts = sums_of_people(matches.offsets, cell, events, cells)[1]
            found, sums, person = sums_of_people(matches.offsets, cell, amount, cells)
            return person + matches.first_person, found, counts, sums

        person, cell, events, amount = map(np.concatenate, zip(*self.scan(work), strict=True))
        group, bucket = np.divmod(cell, self._shape[1])
        people = Shares(person, group, bucket, events, amount)
        return errors_of(measure, share, people, self._shape, self.spec.cumulative)

    def _accumulated(self, values: Numbers) -> Numbers:
        return np.cumsum(values, axis=1) if self.spec.cumulative else values

    @property
    def _shape(self) -> tuple[int, int]:
        """Return how many groups and buckets there are."""
        return len(self.groups), HOURS_OF_A_WEEK if self.hours else len(self.grid.buckets)

    def _events(self) -> Cells:
        shape = self._shape
        if self.hours:
            return _sum(self.scan(lambda m: _tally(self._cells(m), shape)))
        opens, closes = self.grid.opens, self.grid.closes

        def work(matches: Matches) -> Cells:
            counts = np.zeros(shape, np.int64)
            codes = self.division.codes(matches)
            count_events(matches.time, codes, self.group_of, opens, closes, counts)
            return counts

        return _sum(self.scan(work))

    def _persons(self) -> tuple[Cells, Cells]:
        """Return distinct people in groups × buckets, and in each group over the whole period."""
        if self.hours:
            return self._persons_by_hour()
        return self.counted or self._people_and_events()[:2]

    def _persons_by_hour(self) -> tuple[Cells, Cells]:
        shape = self._shape

        def work(matches: Matches) -> Cells:
            cell = self._cells(matches)
            cell, *_ = sums_of_people(
                matches.offsets, cell, np.ones(len(cell)), shape[0] * shape[1]
            )
            return _tally(cell, shape)

        persons = _sum(self.scan(work))
        return persons, np.zeros(shape[0], np.int64)

    def _people_and_events(self) -> tuple[Cells, Cells, Cells]:
        """Return the same, and how many events of the period each group has."""
        shape = (len(self.groups), len(self.grid.buckets))
        grid = self.grid

        def work(matches: Matches) -> tuple[Cells, Cells, Cells]:
            counts = np.zeros(shape, np.int64)
            overall, events = np.zeros(shape[0], np.int64), np.zeros(shape[0], np.int64)
            count_people(
                matches.offsets, matches.time, self.division.codes(matches), self.group_of,
                grid.opens, grid.closes, grid.span.start_us, counts, overall, events,
            )  # fmt: skip
            return counts, overall, events

        parts = self.scan(work)
        counts, overall, events = zip(*parts, strict=True)
        return _sum(counts), _sum(overall), _sum(events)

    def _cells(self, matches: Matches) -> Cells:
        """Return the cell of each match, group by group and bucket by bucket."""
        if self.hours:
            starts, shown = np.array(self.clock, np.int64).T
            place = np.searchsorted(starts, matches.time, side="right") - 1
            return np.asarray((matches.time + shown[place]) % WEEK_US // HOUR_US)
        cell = np.empty(len(matches.time), np.int64)
        find_cells(
            matches.time, self.division.codes(matches), self.group_of, self.grid.opens,
            self.grid.closes, cell,
        )  # fmt: skip
        return cell

    def _distinct(self) -> tuple[Numbers, list[float | None]]:
        """Count the different values of a property."""
        prop = self.series.measure.reads()
        assert prop is not None
        size = len(self.sequences.values(prop))
        shape = self._shape

        def work(matches: Matches) -> Any:
            cell, code = self._cells(matches), matches.codes[-1]
            kept = (cell != NOWHERE) & (code > 0)
            return np.unique(cell[kept] * size + code[kept])

        pairs = np.unique(np.concatenate(self.scan(work)))
        cell, value = np.divmod(pairs, size)
        group, bucket = np.divmod(cell, shape[1])
        new, overall = accumulated_distinct(group, bucket, value, shape)
        if self.spec.cumulative:
            return self._accumulated(new), _floats(overall)
        each = np.bincount(cell, minlength=shape[0] * shape[1])
        return each.reshape(shape).astype(np.float64), _floats(overall)

    def _of_numbers(self) -> tuple[Numbers, list[float | None]]:
        """Reduce numbers of events, or of people, to one per cell and one per group."""
        measure = self.series.measure
        groups, width = self._shape
        numbers = None if measure.property is None else self.sequences.numbers(measure.property)

        def work(matches: Matches) -> Any:
            cell = self._cells(matches)
            if numbers is None:
                number = np.ones(len(cell))
            else:
                number = numbers[matches.codes[-1]]
            if measure.per == "event":
                kept = (cell != NOWHERE) & ~np.isnan(number)
                cell, number = cell[kept], number[kept]
                return cell, number, cell // width, number
            whole = np.where(cell == NOWHERE, NOWHERE, cell // width)
            return (
                *sums_of_people(matches.offsets, cell, number, groups * width)[:2],
                *sums_of_people(matches.offsets, whole, number, groups)[:2],
            )

        cell, number, group, of_group = map(np.concatenate, zip(*self.scan(work), strict=True))
        reduce = reduction(measure.of)
        values, _ = reduce(cell, number, groups * width)
        overall, present = reduce(group, of_group, groups)
        totals = [
            float(total) if there or measure.of == "sum" else None
            for total, there in zip(overall, present, strict=True)
        ]
        return self._accumulated(values.reshape(groups, width)), totals


def _pick(spec: TrendsSpec, series: Series, grid: Grid) -> Pick:
    """Return which events to read: the divider's properties first, the measure's last.

    For who does something for the first time, all that they did, those that count with the second bit.
    """
    read = [source(divider) for divider in spec.dividers]
    read += [prop] if (prop := series.measure.reads()) is not None else []
    if series.measure.of != "first_time":
        return Pick((series,), grid.reach, spec.filter, tuple(read))
    filters = tuple(part for part in (series.filter, spec.filter) if part is not None)
    ever = Span(np.iinfo(np.int64).min, grid.span.end_us)
    named = Selector(event=series.event)
    return Pick(
        (named, named.model_copy(update={"filter": All(all=filters)})), ever, None, tuple(read)
    )


def _tally(cell: Cells, shape: tuple[int, int]) -> Cells:
    return np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape)


def _floats(totals: Any) -> list[float | None]:
    return [float(total) for total in totals]


def _sum(parts: Sequence[Cells]) -> Cells:
    out = parts[0]
    for part in parts[1:]:
        out += part
    return out
