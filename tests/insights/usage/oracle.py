"""Usage by the book: write down each person's active days, and take the median of the gaps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta
from itertools import count, pairwise
from statistics import median

from cairn.insights.usage.spec import UsagePoint, UsageResult, UsageSpec
from cairn.query.periods import Calendar, Span
from insights.calendar import HOUR, first_day, wall_clock
from insights.filtering import wanted
from insights.history import Act


def answer(spec: UsageSpec, acts: Sequence[Act], span: Span, calendar: Calendar) -> UsageResult:
    """Count the people with each usual gap."""
    gaps = usual_gaps(spec, acts, span, calendar)
    some = [gap for gap in gaps.values() if gap]
    natural = None
    if some:
        natural = next(
            gap for gap in count(1) if sum(other <= gap for other in some) / len(some) >= spec.share
        )
    return UsageResult(
        persons=(
            *(some.count(gap) for gap in range(1, spec.bars + 1)),
            sum(gap > spec.bars for gap in some),
        ),
        once=len(gaps) - len(some),
        natural=natural,
    )


def people(
    spec: UsageSpec, point: UsagePoint, acts: Sequence[Act], span: Span, calendar: Calendar
) -> set[int]:
    """Return the people whose usual gap is that of a bar."""
    return {
        person
        for person, gap in usual_gaps(spec, acts, span, calendar).items()
        if min(gap, spec.bars + 1) == point.gap
    }


def usual_gaps(
    spec: UsageSpec, acts: Sequence[Act], span: Span, calendar: Calendar
) -> dict[int, int]:
    """Return the usual gap of everyone active, 0 for those active once."""
    active: dict[int, set[int]] = {}
    for act in acts:
        if wanted(act, spec.event, spec.filter) and span.start_us <= act.time_us < span.end_us:
            active.setdefault(act.person, set()).add(_number(spec, act.time_us, span, calendar))
    usual = {}
    for person, numbers in active.items():
        gaps = [later - sooner for sooner, later in pairwise(sorted(numbers))]
        usual[person] = math.ceil(median(gaps)) if gaps else 0
    return usual


def _number(spec: UsageSpec, at_us: int, span: Span, calendar: Calendar) -> int:
    """Return which day of the calendar, or which hour since the period began, an instant is in."""
    if spec.interval == "day":
        return first_day(at_us, "day", calendar).toordinal()
    at = wall_clock(span.start_us, calendar)
    into = timedelta(minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
    return (at_us - span.start_us + into // timedelta(microseconds=1)) // HOUR
