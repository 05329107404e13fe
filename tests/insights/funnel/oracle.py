"""A funnel by the book: try every start of every person, and every way to go on from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import mean, median

from cairn.insights.funnel.spec import (
    FunnelGroup,
    FunnelPoint,
    FunnelResult,
    FunnelSpec,
    FunnelStep,
    HistogramBin,
)
from cairn.query.filters import Group
from cairn.query.periods import Span
from insights.filtering import wanted
from insights.history import Act
from insights.ranking import shown

SECOND = 1_000_000


@dataclass(frozen=True)
class Journey:
    """The winning attempt of a person: when each step was taken, as far as it came."""

    person: int
    times: tuple[int, ...]
    value: str | None


def answer(spec: FunnelSpec, acts: Sequence[Act], span: Span) -> FunnelResult:
    """Count everyone, and each group of the breakdown."""
    journeys = journeys_of(spec, acts, span)
    if spec.breakdown is None:
        return FunnelResult(total=_summary(spec, journeys, None))
    group_of, groups = _groups(spec, journeys)
    return FunnelResult(
        total=_summary(spec, journeys, None),
        groups=tuple(
            _summary(spec, [j for j in journeys if group_of[j.value] == group], group)
            for group in groups
        ),
    )


def people(spec: FunnelSpec, point: FunnelPoint, acts: Sequence[Act], span: Span) -> set[int]:
    """Return the people who reached a step, or who stopped just before it."""
    journeys = journeys_of(spec, acts, span)
    group_of, _ = _groups(spec, journeys)
    return {
        journey.person
        for journey in journeys
        if (len(journey.times) == point.step if point.dropped else len(journey.times) > point.step)
        and (point.group is None or group_of[journey.value] == point.group)
    }


def journeys_of(spec: FunnelSpec, acts: Sequence[Act], span: Span) -> list[Journey]:
    """Return the winning attempt of everyone who took the first step."""
    acts = [act for act in acts if span.start_us <= act.time_us < span.end_us]
    acts = [act for act in acts if any(_fits(spec, act, k) for k in range(len(spec.steps)))]
    journeys = []
    for person in sorted({act.person for act in acts}):
        own = [act for act in acts if act.person == person]
        attempts = [_furthest(spec, own, i) for i in range(len(own)) if _fits(spec, own[i], 0)]
        if attempts:
            journeys.append(Journey(person, min(attempts, key=_rank), _value(spec, own)))
    return journeys


def _rank(times: tuple[int, ...]) -> tuple[object, ...]:
    """The furthest attempt wins; then the first to get there; then the latest to start."""
    return -len(times), times[-1], -times[0], times


def _furthest(spec: FunnelSpec, own: Sequence[Act], start: int) -> tuple[int, ...]:
    """Return the times of the longest way on from a start, the earliest when there are several."""
    for length in range(len(spec.steps), 1, -1):
        taken = _ways(spec, own, (start,), length)
        if taken:
            return tuple(own[i].time_us for i in taken)
    return (own[start].time_us,)


def _ways(
    spec: FunnelSpec, own: Sequence[Act], taken: tuple[int, ...], length: int
) -> tuple[int, ...] | None:
    """Go on with every event in turn until so many steps are taken, each by an event of its own."""
    if len(taken) == length:
        return taken
    start, last = own[taken[0]].time_us, own[taken[-1]].time_us
    for i, act in enumerate(own):
        in_time = last <= act.time_us and act.time_us - start <= spec.window.microseconds
        if i not in taken and in_time and _fits(spec, act, len(taken)):
            found = _ways(spec, own, (*taken, i), length)
            if found:
                return found
    return None


def _fits(spec: FunnelSpec, act: Act, step: int) -> bool:
    return wanted(act, spec.steps[step], spec.filter)


def _value(spec: FunnelSpec, own: Sequence[Act]) -> str | None:
    if spec.breakdown is None:
        return None
    texts = (act.text(spec.breakdown) for act in own)
    return next((text for text in texts if text is not None), None)


def _groups(
    spec: FunnelSpec, journeys: Iterable[Journey]
) -> tuple[dict[str | None, Group], list[Group]]:
    return shown(Counter(journey.value for journey in journeys), spec.limit)


def _summary(spec: FunnelSpec, journeys: Sequence[Journey], group: Group | None) -> FunnelGroup:
    steps = []
    for k in range(len(spec.steps)):
        here = [journey.times for journey in journeys if len(journey.times) > k]
        since = [times[k] - times[k - 1] for times in here] if k else []
        steps.append(
            FunnelStep(
                persons=len(here),
                average_seconds=mean(since) / SECOND if since else None,
                median_seconds=median(since) / SECOND if since else None,
            )
        )
    done = [j.times[-1] - j.times[0] for j in journeys if len(j.times) == len(spec.steps)]
    return FunnelGroup(
        group=group,
        steps=tuple(steps),
        average_seconds=mean(done) / SECOND if done else None,
        median_seconds=median(done) / SECOND if done else None,
        histogram=_histogram(done),
    )


def _histogram(durations: Sequence[int]) -> tuple[HistogramBin, ...]:
    if not durations:
        return ()
    low, high = min(durations), max(durations)
    if low == high:
        edges = [Fraction(low), Fraction(low + 60 * SECOND)]
    else:
        bins = next(n for n in range(1, 61) if n**3 >= len(durations) or n == 60)
        edges = [low + Fraction(high - low, bins) * i for i in range(bins + 1)]
    last = len(edges) - 2
    return tuple(
        HistogramBin(
            from_seconds=float(edges[i] / SECOND),
            to_seconds=float(edges[i + 1] / SECOND),
            persons=sum(
                edges[i] <= d < edges[i + 1] or (i == last and d == edges[-1]) for d in durations
            ),
        )
        for i in range(last + 1)
    )
