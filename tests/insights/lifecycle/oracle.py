"""A lifecycle by the book: for every person and every interval, were they here, and before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cairn.insights.lifecycle.spec import (
    STATUSES,
    LifecycleGroup,
    LifecyclePoint,
    LifecycleResult,
    LifecycleSpec,
    Status,
)
from cairn.query.filters import Group, Selector
from cairn.query.periods import Calendar, Span
from insights.calendar import labelled, stretches
from insights.filtering import wanted
from insights.history import Act
from insights.ranking import shown


@dataclass(frozen=True)
class Life:
    """A person's value, and their status in each interval in which they have one."""

    person: int
    value: str | None
    statuses: dict[int, Status]


def answer(
    spec: LifecycleSpec, acts: Sequence[Act], span: Span, calendar: Calendar
) -> LifecycleResult:
    """Count in each interval who is new, returning, resurrecting and dormant."""
    buckets = stretches(span.start_us, span.end_us, spec.interval, calendar)
    lives = lives_of(spec, acts, span, calendar)
    group_of, groups = _groups(spec, lives)
    return LifecycleResult(
        buckets=tuple(labelled(start, calendar) for start, _ in buckets),
        total=_counted(None, lives, len(buckets)),
        groups=tuple(
            _counted(group, [life for life in lives if group_of[life.value] == group], len(buckets))
            for group in groups
        ),
    )


def people(
    spec: LifecycleSpec, point: LifecyclePoint, acts: Sequence[Act], span: Span, calendar: Calendar
) -> set[int]:
    """Return who has a status in an interval."""
    lives = lives_of(spec, acts, span, calendar)
    group_of, _ = _groups(spec, lives)
    return {
        life.person
        for life in lives
        if life.statuses.get(point.bucket) == point.status
        and (point.group is None or group_of.get(life.value) == point.group)
    }


def lives_of(
    spec: LifecycleSpec, acts: Sequence[Act], span: Span, calendar: Calendar
) -> list[Life]:
    """Return everyone who is active from the interval before the period on."""
    buckets = stretches(span.start_us, span.end_us, spec.interval, calendar)
    [before, *_] = stretches(buckets[0][0] - 1, span.end_us, spec.interval, calendar)
    lives = []
    for person in sorted({act.person for act in acts}):
        own = [act for act in acts if act.person == person and act.time_us < span.end_us]
        active = [act for act in own if wanted(act, spec.event, spec.filter)]
        recent = [act for act in active if act.time_us >= before[0]]
        if not recent:
            continue
        births = active
        if spec.new == "first_event":
            births = [act for act in own if wanted(act, Selector(), None)]
        statuses: dict[int, Status] = {}
        for bucket, stretch in enumerate(buckets):
            previous = before if bucket == 0 else buckets[bucket - 1]
            if _any_in(active, stretch):
                if _any_in(births[:1], stretch):
                    statuses[bucket] = "new"
                elif _any_in(active, previous):
                    statuses[bucket] = "returning"
                else:
                    statuses[bucket] = "resurrecting"
            elif _any_in(active, previous):
                statuses[bucket] = "dormant"
        value = recent[0].text(spec.breakdown) if spec.breakdown else None
        lives.append(Life(person, value, statuses))
    return lives


def _any_in(acts: Iterable[Act], stretch: tuple[int, int]) -> bool:
    return any(stretch[0] <= act.time_us < stretch[1] for act in acts)


def _groups(
    spec: LifecycleSpec, lives: Sequence[Life]
) -> tuple[dict[str | None, Group], list[Group]]:
    if spec.breakdown is None:
        return {}, []
    return shown(Counter(life.value for life in lives), spec.limit)


def _counted(group: Group | None, lives: Sequence[Life], buckets: int) -> LifecycleGroup:
    counts = {
        status: tuple(
            sum(life.statuses.get(bucket) == status for life in lives) for bucket in range(buckets)
        )
        for status in STATUSES
    }
    came = [a + b for a, b in zip(counts["new"], counts["resurrecting"], strict=True)]
    gone = counts["dormant"]
    return LifecycleGroup(
        group=group,
        new=counts["new"],
        returning=counts["returning"],
        resurrecting=counts["resurrecting"],
        dormant=gone,
        growth=tuple(a - b for a, b in zip(came, gone, strict=True)),
        pulse=tuple(a / b if b else None for a, b in zip(came, gone, strict=True)),
    )
