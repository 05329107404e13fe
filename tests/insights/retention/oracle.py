"""Retention by the book: for every person and every cohort, look at the days they came back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cairn.insights.retention.spec import (
    RetentionGroup,
    RetentionPoint,
    RetentionResult,
    RetentionRow,
    RetentionSpec,
)
from cairn.query.filters import Group
from cairn.query.periods import Calendar, Span
from insights.calendar import first_day, labelled, next_first_day, start_of
from insights.filtering import wanted
from insights.history import Act
from insights.ranking import shown


@dataclass(frozen=True)
class Entry:
    """A person in a cohort: its first day, their value, and the later intervals they return in."""

    person: int
    cohort: date
    value: str | None
    returns: frozenset[date]


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
        if entry.cohort == cohort
        and _is_in(spec, entry, point.column)
        and (point.group is None or group_of[entry.value] == point.group)
    }


def cohorts(spec: RetentionSpec, span: Span, calendar: Calendar) -> list[date]:
    """Return the first day of every interval that the period touches."""
    days = [first_day(span.start_us, spec.interval, calendar)]
    while start_of(next_first_day(days[-1], spec.interval), calendar) < span.end_us:
        days.append(next_first_day(days[-1], spec.interval))
    return days


def entries_of(
    spec: RetentionSpec, acts: Sequence[Act], span: Span, calendar: Calendar
) -> list[Entry]:
    """Return everyone once for each cohort they are in."""
    rows = set(cohorts(spec, span, calendar))
    entries = []
    for person in sorted({act.person for act in acts}):
        own = [act for act in acts if act.person == person]
        starts = [act for act in own if wanted(act, spec.start, spec.filter)]
        returning = spec.returning or spec.start
        returns = frozenset(
            first_day(act.time_us, spec.interval, calendar)
            for act in own
            if wanted(act, returning, spec.filter)
        )
        if spec.cohort == "first_time":
            starts = starts[:1]
        entered = set()
        for act in starts:
            cohort = first_day(act.time_us, spec.interval, calendar)
            if cohort in rows and act.time_us < span.end_us and cohort not in entered:
                entered.add(cohort)
                value = act.text(spec.breakdown) if spec.breakdown else None
                entries.append(Entry(person, cohort, value, returns))
    return entries


def _is_in(spec: RetentionSpec, entry: Entry, column: int) -> bool:
    if column == 0:
        return True
    day = entry.cohort
    for _ in range(column):
        day = next_first_day(day, spec.interval)
    if spec.match == "on":
        return day in entry.returns
    return any(returned >= day for returned in entry.returns)


def _groups(
    spec: RetentionSpec, entries: Sequence[Entry]
) -> tuple[dict[str | None, Group], list[Group]]:
    return shown(Counter(entry.value for entry in entries), spec.limit)


def _table(
    spec: RetentionSpec,
    entries: Sequence[Entry],
    group: Group | None,
    span: Span,
    calendar: Calendar,
) -> RetentionGroup:
    rows = []
    for cohort in cohorts(spec, span, calendar):
        here = [entry for entry in entries if entry.cohort == cohort]
        complete, day = 0, cohort
        for _ in range(spec.columns):
            day = next_first_day(day, spec.interval)
            complete += start_of(day, calendar) <= calendar.now_us
        rows.append(
            RetentionRow(
                start=labelled(start_of(cohort, calendar), calendar),
                persons=tuple(
                    sum(_is_in(spec, entry, column) for entry in here)
                    for column in range(spec.columns)
                ),
                complete=complete,
            )
        )
    average: list[float | None] = [1.0 if entries else None]
    for column in range(1, spec.columns):
        over = [row.persons for row in rows if row.complete > column]
        size = sum(persons[0] for persons in over)
        average.append(sum(persons[column] for persons in over) / size if size else None)
    return RetentionGroup(group=group, rows=tuple(rows), average=tuple(average))
