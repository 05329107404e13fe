"""Stickiness by the book: list everyone's intervals and count them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from cairn.insights.stickiness.spec import (
    StickinessBin,
    StickinessLine,
    StickinessPoint,
    StickinessResult,
    StickinessShares,
    StickinessSpec,
)
from cairn.query.filters import Group, Selector
from cairn.query.periods import Calendar, Span
from insights.calendar import labelled, stretches
from insights.filtering import wanted
from insights.history import Act
from insights.ranking import shown

Stretch = tuple[int, int]


@dataclass(frozen=True)
class Habit:
    """A person's value, the intervals in which they did enough, and how often they did it at all."""

    person: int
    value: str | None
    intervals: tuple[Stretch, ...]
    events: int

    def amount(self, spec: StickinessSpec) -> int:
        """Return the number by which the person is counted."""
        return self.events if spec.of == "events" else len(self.intervals)

    def amount_in(self, stretch: Stretch) -> int:
        """Return how many intervals begin in a week or month."""
        return sum(stretch[0] <= start < stretch[1] for start, _ in self.intervals)


def answer(
    spec: StickinessSpec, acts: Sequence[Act], span: Span, calendar: Calendar
) -> StickinessResult:
    """Count people by the number of their intervals or events, or how many are sticky over time."""
    grouped = [
        (index, group, members)
        for index, series in enumerate(spec.series)
        for group, members in _grouped(spec, habits(spec, series, acts, span, calendar)).items()
    ]
    if spec.per:
        whole = stretches(span.start_us, span.end_us, spec.per, calendar)
        shares = []
        for index, group, members in grouped:
            active = [sum(habit.amount_in(s) > 0 for habit in members) for s in whole]
            sticky = [sum(habit.amount_in(s) >= spec.at_least for habit in members) for s in whole]
            shares.append(
                StickinessShares(
                    series=index,
                    group=group,
                    active=tuple(active),
                    sticky=tuple(sticky),
                    share=tuple(
                        n / all_ if all_ else None for n, all_ in zip(sticky, active, strict=True)
                    ),
                )
            )
        times = tuple(labelled(start, calendar) for start, _ in whole)
        return StickinessResult(times=times, shares=tuple(shares))
    amounts = [habit.amount(spec) for _, _, members in grouped for habit in members]
    bins = bins_of(spec, max(amounts, default=0), span, calendar)
    lines = []
    for index, group, members in grouped:
        own = [habit.amount(spec) for habit in members]
        lines.append(
            StickinessLine(
                series=index,
                group=group,
                persons=tuple(sum(_is_in(amount, bin) for amount in own) for bin in bins),
                actors=len(own),
                average=sum(own) / len(own) if own else None,
            )
        )
    return StickinessResult(bins=tuple(bins), lines=tuple(lines))


def people(
    spec: StickinessSpec,
    point: StickinessPoint,
    acts: Sequence[Act],
    span: Span,
    calendar: Calendar,
) -> set[int]:
    """Return those of a bar, or those who are sticky in a week or month."""
    own = habits(spec, spec.series[point.series], acts, span, calendar)
    members = _grouped(spec, own).get(point.group, [])
    if spec.per:
        stretch = stretches(span.start_us, span.end_us, spec.per, calendar)[point.index]
        return {habit.person for habit in members if habit.amount_in(stretch) >= spec.at_least}
    bin = bins_of(spec, 10**9, span, calendar)[point.index]
    return {habit.person for habit in members if _is_in(habit.amount(spec), bin)}


def habits(
    spec: StickinessSpec, series: Selector, acts: Sequence[Act], span: Span, calendar: Calendar
) -> list[Habit]:
    """Return everyone who did it often enough in some interval."""
    start = stretches(span.start_us, span.end_us, spec.per or spec.interval, calendar)[0][0]
    intervals = stretches(start, span.end_us, spec.interval, calendar)
    out = []
    for person in sorted({act.person for act in acts}):
        own = [
            act
            for act in acts
            if act.person == person
            and start <= act.time_us < span.end_us
            and wanted(act, series, spec.filter)
        ]
        times = Counter(_holding(act, intervals) for act in own)
        enough = tuple(interval for interval, n in times.items() if n >= spec.minimum)
        if enough:
            value = own[0].text(spec.breakdown) if spec.breakdown else None
            out.append(Habit(person, value, enough, len(own)))
    return out


def bins_of(
    spec: StickinessSpec, largest: int, span: Span, calendar: Calendar
) -> list[StickinessBin]:
    """Return the bins; those by 1, 2 and 5 end with the one that holds the largest number."""
    if spec.of == "intervals":
        whole = stretches(span.start_us, span.end_us, spec.interval, calendar)
        singles = range(1, len(whole) + 1)
        return [StickinessBin(first=n, last=None if spec.cumulative else n) for n in singles]
    starts = sorted({1, *spec.bins})
    if not spec.bins:
        starts = [n for power in range(10) for n in (10**power, 2 * 10**power, 5 * 10**power)]
    bins = [
        StickinessBin(first=a, last=None if spec.cumulative else b - 1) for a, b in pairwise(starts)
    ]
    if spec.bins:
        return [*bins, StickinessBin(first=starts[-1], last=None)]
    return [bin for bin in bins if bin.first <= max(largest, 1)]


def _is_in(amount: int, bin: StickinessBin) -> bool:
    return bin.first <= amount and (bin.last is None or amount <= bin.last)


def _holding(act: Act, intervals: Sequence[Stretch]) -> Stretch:
    return next(i for i in intervals if i[0] <= act.time_us < i[1])


def _grouped(spec: StickinessSpec, own: Sequence[Habit]) -> dict[Group | None, list[Habit]]:
    if spec.breakdown is None:
        return {None: list(own)}
    group_of, groups = shown(Counter(habit.value for habit in own), spec.limit)
    return {group: [h for h in own if group_of[h.value] == group] for group in groups}
