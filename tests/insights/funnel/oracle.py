"""A funnel by the book: try every start of every person, and every way to go on from it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from statistics import NormalDist, mean, median

from cairn.insights.funnel.spec import (
    FunnelDifference,
    FunnelGroup,
    FunnelMoment,
    FunnelPoint,
    FunnelResult,
    FunnelSpec,
    FunnelStep,
    HistogramBin,
)
from cairn.query.filters import Group, Selector
from cairn.query.periods import Calendar, Span
from insights.calendar import labelled, stretches
from insights.filtering import wanted
from insights.history import Act
from insights.ranking import shown

SECOND = 1_000_000


NEVER = float("inf")


@dataclass(frozen=True)
class Journey:
    """An attempt that counts: when each step was taken, and the person's value."""

    person: int
    times: tuple[float, ...]
    value: str | None

    def took(self, step: int) -> bool:
        """Return whether a step was taken."""
        return self.times[step] < NEVER


@dataclass(frozen=True)
class Attempt:
    """One attempt: when each step was taken, and its last instant; thrown away if it has no times."""

    times: tuple[float, ...] | None
    until: float


def answer(spec: FunnelSpec, acts: Sequence[Act], span: Span, calendar: Calendar) -> FunnelResult:
    """Count everyone, and each group of the breakdown; over time in the buckets of a calendar."""
    journeys = journeys_of(spec, acts, span)
    trending = (span, calendar) if spec.show == "trend" else None
    if spec.breakdown is None:
        return FunnelResult(total=_summary(spec, journeys, None, trending))
    group_of, groups = _groups(spec, journeys)
    summaries = [
        _summary(spec, [j for j in journeys if group_of[j.value] == group], group, trending)
        for group in groups
    ]
    if spec.significance:
        summaries = _compared(summaries)
    return FunnelResult(total=_summary(spec, journeys, None, trending), groups=tuple(summaries))


def people(
    spec: FunnelSpec, point: FunnelPoint, acts: Sequence[Act], span: Span, calendar: Calendar
) -> set[int]:
    """Return the people who took a step, or who took the required one before it and not this one."""
    journeys = journeys_of(spec, acts, span)
    group_of, _ = _groups(spec, journeys)
    over = stretches(span.start_us, span.end_us, spec.interval, calendar)
    before = max(k for k in range(max(point.step, 1)) if not spec.optional[k])
    return {
        journey.person
        for journey in journeys
        if (
            journey.took(before) and not journey.took(point.step)
            if point.dropped
            else journey.took(point.step)
        )
        and (point.group is None or group_of[journey.value] == point.group)
        and (
            point.bucket is None
            or over[point.bucket][0] <= journey.times[0] < over[point.bucket][1]
        )
    }


def journeys_of(spec: FunnelSpec, acts: Sequence[Act], span: Span) -> list[Journey]:
    """Return the winning attempt of everyone, or every attempt when totals are counted."""
    longer = spec.window.microseconds if spec.complete_after_period else 0
    acts = [act for act in acts if span.start_us <= act.time_us < span.end_us + longer]
    acts = [act for act in acts if _is_looked_at(spec, act)]
    journeys = []
    for person in sorted({act.person for act in acts}):
        own = [act for act in acts if act.person == person]
        found = [
            attempt
            for part in _parts(spec, own)
            for attempt in _counting(spec, part, span.end_us)
            if attempt.times is not None
        ]
        times = [attempt.times for attempt in found if attempt.times is not None]
        times.sort(key=lambda times: _rank(spec, times))
        value = _value(spec, own)
        times = times if spec.count == "totals" else times[:1]
        journeys += [Journey(person, one, value) for one in times]
    return journeys


def _is_looked_at(spec: FunnelSpec, act: Act) -> bool:
    return (
        any(_fits(spec, act, k) for k in range(len(spec.steps)))
        or any(wanted(act, each.selector, spec.filter) for each in spec.exclusions)
        or (spec.order == "strict" and wanted(act, Selector(), spec.filter))
    )


def _parts(spec: FunnelSpec, own: Sequence[Act]) -> list[list[Act]]:
    """Return a person's events by the values of the properties that are held."""
    if not spec.hold:
        return [list(own)]
    parts: dict[tuple[str | None, ...], list[Act]] = {}
    for act in own:
        values = tuple(act.text(prop) for prop in spec.hold)
        if None not in values:
            parts.setdefault(values, []).append(act)
    return list(parts.values())


def _counting(spec: FunnelSpec, own: Sequence[Act], end_us: int) -> list[Attempt]:
    """Return the attempts that may count, of events that go together."""
    by_instant: dict[int, list[Attempt]] = {}
    for i, act in enumerate(own):
        if act.time_us < end_us and _begins(spec, act):
            by_instant.setdefault(act.time_us, []).append(_attempt(spec, own, i))
    if spec.anchor == "first":
        by_instant = dict(list(by_instant.items())[:1])
    if spec.count == "uniques":
        return [attempt for attempts in by_instant.values() for attempt in attempts]
    counting: list[Attempt] = []
    busy_until = -NEVER
    for instant, attempts in by_instant.items():
        if instant > busy_until:
            valid = [attempt for attempt in attempts if attempt.times is not None]
            if valid:
                best = min(valid, key=lambda attempt: _rank(spec, attempt.times or ()))
                counting.append(best)
                busy_until = best.until
            else:
                busy_until = max(attempt.until for attempt in attempts)
    return counting


def _begins(spec: FunnelSpec, act: Act) -> bool:
    if spec.order == "any":
        return any(_fits(spec, act, k) for k in range(len(spec.steps)))
    return _fits(spec, act, 0)


def _attempt(spec: FunnelSpec, own: Sequence[Act], start: int) -> Attempt:
    """Return the attempt that an event begins, after what its exclusions leave of it."""
    since = own[start].time_us
    closes = since + spec.window.microseconds
    if spec.order == "strict":
        times = _strictly(spec, own, start)
        return Attempt(times, max(time for time in times if time < NEVER))
    times = _in_any_order(spec, own, since) if spec.order == "any" else _in_order(spec, own, start)
    hits = []
    for each, (after, before) in zip(spec.exclusions, spec.between, strict=True):
        begun = [time for time in times[after:] if time < NEVER]
        ended = [time for time in times[before:] if time < NEVER]
        for act in own:
            if (
                begun
                and wanted(act, each.selector, spec.filter)
                and begun[0] < act.time_us <= closes
                and not (ended and ended[0] <= act.time_us)
            ):
                hits.append(act.time_us)
    if hits:
        if spec.on_exclusion == "remove":
            return Attempt(None, min(hits))
        kept = tuple(time if time <= min(hits) else NEVER for time in times)
        return Attempt(kept, min(hits))
    return Attempt(times, times[-1] if times[-1] < NEVER else closes)


def _rank(spec: FunnelSpec, times: tuple[float, ...]) -> tuple[object, ...]:
    """The furthest attempt wins; then the first to get there; then the latest to start."""
    taken = [k for k, time in enumerate(times) if time < NEVER]
    optional = sum(spec.optional[k] for k in taken)
    return optional - len(taken), -optional, times[taken[-1]], -times[0], times


def _strictly(spec: FunnelSpec, own: Sequence[Act], start: int) -> tuple[float, ...]:
    times = [NEVER] * len(spec.steps)
    for k, act in enumerate(own[start : start + len(times)]):
        in_time = act.time_us - own[start].time_us <= spec.window.microseconds
        if not (in_time and _fits(spec, act, k)):
            break
        times[k] = act.time_us
    return tuple(times)


def _in_any_order(spec: FunnelSpec, own: Sequence[Act], since: int) -> tuple[float, ...]:
    """Return when one, two … steps could first each be given an event of their own."""
    steps = range(len(spec.steps))
    inside = [act for act in own if 0 <= act.time_us - since <= spec.window.microseconds]
    times: list[float] = []
    for act in inside:
        seen = [other for other in inside if other.time_us <= act.time_us]
        fitting = [[k for k in steps if _fits(spec, other, k)] for other in seen]
        times += [act.time_us] * (_most_given(fitting) - len(times))
    return (*times, *[NEVER] * (len(spec.steps) - len(times)))


def _most_given(fitting: Sequence[Sequence[int]]) -> int:
    """Return how many steps can be given to events, by trying: P. Hall's theorem the long way."""
    sets = {frozenset[int]()}
    for steps in fitting:
        sets |= {given | {k} for given in sets for k in steps}
    return max(map(len, sets))


def _in_order(spec: FunnelSpec, own: Sequence[Act], start: int) -> tuple[float, ...]:
    """Return the earliest times of the required steps, and of the optional ones that fit between."""
    required = [k for k in range(len(spec.steps)) if not spec.optional[k]]
    times = [NEVER] * len(spec.steps)
    for length in range(len(required), 0, -1):
        way = _ways(spec, own, (start,), required[:length])
        if way:
            for k, i in zip(required, way, strict=False):
                times[k] = own[i].time_us
            break
    closes = own[start].time_us + spec.window.microseconds
    since = own[start].time_us
    for instant in sorted({act.time_us for act in own if since <= act.time_us <= closes}):
        before = max(k for k, time in enumerate(times) if time < instant or k == 0)
        here = [k for k in required if times[k] == instant and k > 0]
        ahead = [k for k in required if times[k] > instant]
        events = [act for i, act in enumerate(own) if act.time_us == instant and i != start]
        for k in range(before + 1, ahead[0] if ahead else len(times)):
            if spec.optional[k] and _can_be_given(spec, events, [*here, k]):
                times[k] = instant
                here.append(k)
    return tuple(times)


def _can_be_given(spec: FunnelSpec, events: Sequence[Act], steps: Sequence[int]) -> bool:
    return any(
        all(_fits(spec, act, k) for act, k in zip(order, steps, strict=True))
        for order in permutations(events, len(steps))
    )


def _ways(
    spec: FunnelSpec, own: Sequence[Act], taken: tuple[int, ...], steps: Sequence[int]
) -> tuple[int, ...] | None:
    """Go on with every event in turn until the steps are taken, each by an event of its own."""
    if len(taken) == len(steps):
        return taken
    start, last = own[taken[0]].time_us, own[taken[-1]].time_us
    for i, act in enumerate(own):
        in_time = last <= act.time_us and act.time_us - start <= spec.window.microseconds
        if i not in taken and in_time and _fits(spec, act, steps[len(taken)]):
            found = _ways(spec, own, (*taken, i), steps)
            if found:
                return found
    return None


def _fits(spec: FunnelSpec, act: Act, step: int) -> bool:
    return any(wanted(act, selector, spec.filter) for selector in spec.alternatives[step])


def _value(spec: FunnelSpec, own: Sequence[Act]) -> str | None:
    if spec.breakdown is None:
        return None
    steps = range(len(spec.steps))
    touched = own if spec.attribution == "first_touch" else reversed(own)
    texts = (act.text(spec.breakdown) for act in touched if any(_fits(spec, act, k) for k in steps))
    return next((text for text in texts if text is not None), None)


def _groups(
    spec: FunnelSpec, journeys: Iterable[Journey]
) -> tuple[dict[str | None, Group], list[Group]]:
    return shown(Counter(journey.value for journey in journeys), spec.limit)


def _moments(
    spec: FunnelSpec, journeys: Sequence[Journey], span: Span, calendar: Calendar
) -> tuple[FunnelMoment, ...]:
    known = calendar.now_us if spec.complete_after_period else min(calendar.now_us, span.end_us)
    moments = []
    for start, end in stretches(span.start_us, span.end_us, spec.interval, calendar):
        here = [journey for journey in journeys if start <= journey.times[0] < end]
        moments.append(
            FunnelMoment(
                time=labelled(start, calendar),
                started=len(here),
                converted=sum(journey.took(len(spec.steps) - 1) for journey in here),
                complete=min(end, span.end_us) + spec.window.microseconds <= known,
            )
        )
    return tuple(moments)


def _compared(groups: Sequence[FunnelGroup]) -> list[FunnelGroup]:
    """Compare each group with all others, by tests from the standard library."""
    counts = [(group.steps[0].persons, group.steps[-1].persons) for group in groups]
    every, made = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0)
    tables = {
        i: (k, n - k, made - k, every - n - made + k)
        for i, (n, k) in enumerate(counts)
        if 0 < n < every
    }
    raw = {i: _p(*table) for i, table in tables.items()}
    compared = []
    for i, group in enumerate(groups):
        if i in tables:
            a, b, c, d = tables[i]
            (low, high), (low_others, high_others) = _score(a, a + b), _score(c, c + d)
            here, others = a / (a + b), c / (c + d)
            smaller = [p for p in raw.values() if p <= raw[i]]
            times = {p: sum(other >= p for other in raw.values()) for p in smaller}
            holm = max(p * n for p, n in times.items()) if len(raw) > 2 else raw[i]
            found = FunnelDifference(
                difference=here - others,
                low=here - others - math.hypot(here - low, high_others - others),
                high=here - others + math.hypot(high - here, others - low_others),
                p=min(1.0, holm),
            )
            group = group.model_copy(update={"against_others": found})
        compared.append(group)
    return compared


def _p(a: int, b: int, c: int, d: int) -> float:
    n, here, made = a + b + c + d, a + b, a + c
    expected = [Fraction(r * k, n) for r in (here, n - here) for k in (made, n - made)]
    if min(expected) < 5:
        ways = [math.comb(here, x) * math.comb(n - here, made - x) for x in range(made + 1)]
        return float(Fraction(sum(w for w in ways if w <= ways[a]), sum(ways)))
    error = math.sqrt(made / n * (n - made) / n * (1 / here + 1 / (n - here)))
    return 2 * (1 - NormalDist().cdf(abs(a / here - c / (n - here)) / error))


def _score(made: int, of: int) -> tuple[float, float]:
    """Return the two shares from which what was found lies 1.96 standard errors away."""
    z = NormalDist().inv_cdf(0.975)
    share = made / of
    half = math.sqrt((2 * of * share + z * z) ** 2 - 4 * (of + z * z) * of * share * share)
    low, high = ((2 * of * share + z * z + s * half) / (2 * (of + z * z)) for s in (-1, 1))
    return low, high


def _percentile(values: Sequence[float], percent: int) -> float | None:
    if not values:
        return None
    ascending = sorted(values)
    rank = Fraction((len(values) - 1) * percent, 100)
    below = int(rank)
    above = min(below + 1, len(values) - 1)
    step = Fraction(ascending[above]) - Fraction(ascending[below])
    return float((Fraction(ascending[below]) + step * (rank - below)) / SECOND)


def _summary(
    spec: FunnelSpec,
    journeys: Sequence[Journey],
    group: Group | None,
    trending: tuple[Span, Calendar] | None,
) -> FunnelGroup:
    steps = []
    for k in range(len(spec.steps)):
        here = [journey.times for journey in journeys if journey.took(k)]
        since = [times[k] - [t for t in times[:k] if t < NEVER][-1] for times in here] if k else []
        steps.append(
            FunnelStep(
                persons=len(here),
                average_seconds=mean(since) / SECOND if since else None,
                median_seconds=median(since) / SECOND if since else None,
                percentiles_seconds=tuple(_percentile(since, p) for p in spec.percentiles),
            )
        )
    done = [int(j.times[-1] - j.times[0]) for j in journeys if j.took(len(spec.steps) - 1)]
    return FunnelGroup(
        group=group,
        steps=tuple(steps),
        average_seconds=mean(done) / SECOND if done else None,
        median_seconds=median(done) / SECOND if done else None,
        histogram=_histogram(done),
        percentiles_seconds=tuple(_percentile(done, percent) for percent in spec.percentiles),
        trend=_moments(spec, journeys, *trending) if trending else (),
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
