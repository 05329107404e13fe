"""Retention by the book: for every person and every cohort, look at each time they came back."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from cairn.insights.retention.spec import (
    RetentionGroup,
    RetentionPoint,
    RetentionResult,
    RetentionRow,
    RetentionSpec,
)
from cairn.query.filters import Group, Selector, number_of
from cairn.query.periods import Calendar, Span
from insights.calendar import (
    HOUR,
    first_day,
    labelled,
    next_first_day,
    start_of,
    wall_clock,
)
from insights.filtering import wanted
from insights.history import Act
from insights.ranking import shown

WINDOWS = {"hour": HOUR, "day": 24 * HOUR, "week": 168 * HOUR, "month": 720 * HOUR}


@dataclass(frozen=True)
class Entry:
    """A person in a cohort: its first instant, their value, and what they did since they started.

    A return is how many intervals later it was, and its number.
    """

    person: int
    cohort_us: int
    value: str | None
    returns: Sequence[tuple[int, float]]


def answer(
    spec: RetentionSpec, acts: Sequence[Act], span: Span, calendar: Calendar
) -> RetentionResult:
    """Count who starts in each interval and who of them returns in each later one."""
    entries = entries_of(spec, acts, span, calendar)
    total = _table(spec, entries, None, span, calendar)
    if spec.breakdown is None:
        return RetentionResult(total=total)
    group_of, groups = _groups(spec, entries)
    return RetentionResult(
        total=total,
        groups=tuple(
            _table(spec, [e for e in entries if group_of[e.value] == group], group, span, calendar)
            for group in groups
        ),
    )


def people(
    spec: RetentionSpec, point: RetentionPoint, acts: Sequence[Act], span: Span, calendar: Calendar
) -> set[int]:
    """Return the people of a row who are counted in a column."""
    entries = entries_of(spec, acts, span, calendar)
    group_of, _ = _groups(spec, entries)
    cohort = cohorts(spec, span, calendar)[point.row]
    return {
        entry.person
        for entry in entries
        if entry.cohort_us == cohort
        and (point.column == 0 or _is_in(spec, entry, point.column))
        and (point.group is None or group_of[entry.value] == point.group)
    }


def following(at_us: int, spec: RetentionSpec, calendar: Calendar) -> int:
    """Return the instant at which the interval after the one that starts at an instant starts."""
    if spec.interval == "hour":
        return at_us + HOUR
    return start_of(next_first_day(wall_clock(at_us, calendar).date(), spec.interval), calendar)


def cohorts(spec: RetentionSpec, span: Span, calendar: Calendar) -> list[int]:
    """Return the first instant of every interval that the period touches."""
    if spec.interval == "hour":
        at = wall_clock(span.start_us, calendar)
        into = timedelta(minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
        edges = [span.start_us - into // timedelta(microseconds=1)]
    else:
        edges = [start_of(first_day(span.start_us, spec.interval, calendar), calendar)]
    while following(edges[-1], spec, calendar) < span.end_us:
        edges.append(following(edges[-1], spec, calendar))
    return edges


def entries_of(
    spec: RetentionSpec, acts: Sequence[Act], span: Span, calendar: Calendar
) -> list[Entry]:
    """Return everyone once for each cohort they are in."""
    rows = cohorts(spec, span, calendar)
    entries = []
    for person in sorted({act.person for act in acts}):
        own = [act for act in acts if act.person == person]
        starts = [act for act in own if wanted(act, spec.start, spec.filter)]
        if spec.cohort == "first_time":
            starts = starts[:1]
        if spec.cohort == "first_ever":
            named = [act for act in own if wanted(act, Selector(event=spec.start.event), None)]
            starts = [act for act in named[:1] if act in starts]
        entered = set()
        for act in starts:
            cohort = next((row for row in reversed(rows) if row <= act.time_us), None)
            if cohort is not None and act.time_us < span.end_us and cohort not in entered:
                entered.add(cohort)
                value = act.text(spec.breakdown) if spec.breakdown else None
                returns = _returns(spec, act, own[own.index(act) :], cohort, calendar)
                entries.append(Entry(person, cohort, value, returns))
    return entries


def _returns(
    spec: RetentionSpec, start: Act, since: Sequence[Act], cohort_us: int, calendar: Calendar
) -> list[tuple[int, float]]:
    """Return what a person did since they started, themselves included."""
    prop = spec.measure.property
    returns = []
    edge, calendar_later = following(cohort_us, spec, calendar), 0
    for act in since:
        while edge <= act.time_us:
            edge, calendar_later = following(edge, spec, calendar), calendar_later + 1
        rolling_later = (act.time_us - start.time_us) // WINDOWS[spec.interval]
        if wanted(act, spec.returning or spec.start, spec.filter):
            later = rolling_later if spec.clock == "rolling" else calendar_later
            returns.append((later, (number_of(act.text(prop)) if prop else None) or 0.0))
    return returns


def columns_of(spec: RetentionSpec) -> list[range]:
    """Return how many intervals after the start each column lies."""
    columns = [range(1)]
    for length in spec.brackets or [1] * (spec.columns - 1):
        columns.append(range(columns[-1].stop, columns[-1].stop + length))
    return columns


def _in_cell(spec: RetentionSpec, entry: Entry, column: int) -> list[float]:
    """Return the numbers of the returns that a cell is about."""
    cell = columns_of(spec)[column]
    first = 0 if spec.measure.property else 1
    lies_in: Callable[[int], bool] = {
        "on": lambda later: later in cell,
        "streak": lambda later: later in cell,
        "on_or_after": lambda later: later >= cell.start,
        "on_or_before": lambda later: first <= later < cell.stop,
    }[spec.match]
    return [number for later, number in entry.returns if lies_in(later)]


def _is_in(spec: RetentionSpec, entry: Entry, column: int) -> bool:
    needed = range(1, column + 1) if spec.match == "streak" and column else [column]
    return all(len(_in_cell(spec, entry, each)) >= spec.minimum for each in needed)


def _groups(
    spec: RetentionSpec, entries: Sequence[Entry]
) -> tuple[dict[str | None, Group], list[Group]]:
    return shown(Counter(entry.value for entry in entries), spec.limit)


def _completes(spec: RetentionSpec, span: Span, calendar: Calendar) -> list[list[int]]:
    """Return when each column of each cohort is over for everyone who can still be in it."""
    rows, columns = cohorts(spec, span, calendar), columns_of(spec)
    edges = [*rows]
    while len(edges) < len(rows) + columns[-1].stop:
        edges.append(following(edges[-1], spec, calendar))
    if spec.clock == "calendar":
        return [[edges[row + column.stop] for column in columns] for row in range(len(rows))]
    window = WINDOWS[spec.interval]
    latest = [min(edge, span.end_us) for edge in edges[1 : len(rows) + 1]]
    return [[last + column.stop * window for column in columns] for last in latest]


def _table(
    spec: RetentionSpec,
    entries: Sequence[Entry],
    group: Group | None,
    span: Span,
    calendar: Calendar,
) -> RetentionGroup:
    rows, averaged = [], [list[tuple[float, float]]() for _ in columns_of(spec)]
    ends_of = _completes(spec, span, calendar)
    for cohort, ends in zip(cohorts(spec, span, calendar), ends_of, strict=True):
        here = [entry for entry in entries if entry.cohort_us == cohort]
        persons, values, complete = [], list[float | None](), 0
        for column, end in enumerate(ends):
            over = end <= calendar.now_us
            complete += over
            active = [entry for entry in here if _is_in(spec, entry, column)]
            persons.append(len(active) if column else len(here))
            value, weight = _value(spec, active, len(here), column)
            values.append(value)
            counts = over or (column == 0 and spec.measure.property is None)
            if counts and here and value is not None:
                averaged[column].append((value, weight))
        rows.append(
            RetentionRow(
                start=labelled(cohort, calendar),
                persons=tuple(persons),
                values=tuple(values) if spec.measure.property else (),
                complete=complete,
            )
        )
    return RetentionGroup(
        group=group,
        rows=tuple(rows),
        average=tuple(_weighted(values) for values in averaged),
        mean=tuple(_weighted([(value, 1) for value, _ in values]) for values in averaged),
    )


def _value(
    spec: RetentionSpec, active: Sequence[Entry], size: int, column: int
) -> tuple[float | None, float]:
    """Return what a cell shows, and what it weighs in an average."""
    of = spec.measure.of
    if of == "persons":
        return ((len(active) if column else size) / size if size else None), size
    total = math.fsum(math.fsum(_in_cell(spec, entry, column)) for entry in active)
    if of == "sum":
        return total, size
    below = len(active) if of == "average" else size
    return (total / below if below else None), below


def _weighted(values: Sequence[tuple[float, float]]) -> float | None:
    if not values:
        return None
    return math.fsum(v * weight for v, weight in values) / math.fsum(weight for _, weight in values)
