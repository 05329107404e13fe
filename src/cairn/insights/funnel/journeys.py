"""From people's journeys to a funnel: what every engine does once it knows how far each came."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.insights.funnel.significance import differences
from cairn.insights.funnel.spec import (
    FunnelGroup,
    FunnelPoint,
    FunnelResult,
    FunnelSpec,
    FunnelStep,
    HistogramBin,
)
from cairn.insights.funnel.trend import bucket_of_each, buckets_of, moments
from cairn.insights.grouping import ranked
from cairn.insights.points import within
from cairn.insights.ranks import median, value_at
from cairn.query.filters import Group
from cairn.query.periods import Calendar, Span
from cairn.query.picking import compiled

Persons = NDArray[np.int32]
Each = Callable[..., Iterable[Any]]


NOT_TAKEN = np.iinfo(np.int64).max
"""The time of a step that an attempt left out."""


@dataclass(frozen=True, slots=True)
class Journeys:
    """The attempts that count: one of each person, or each one when totals are counted.

    Bit k of `done[i]` says whether `person[i]` took step k; `times[i, k]` is when (only for steps
    taken); `code[i]` is the value of the breakdown, 0 for missing.
    """

    person: Persons
    done: NDArray[np.uint32]
    times: NDArray[np.int64]
    code: NDArray[np.uint32]


def first_steps(counts: NDArray[Any]) -> NDArray[np.uint32]:
    """Return the bit sets of the first so many steps."""
    sets: NDArray[np.uint32] = np.array([(1 << n) - 1 for n in range(33)], np.uint32)
    return np.asarray(sets[counts])


def joined(parts: Sequence[Journeys]) -> Journeys:
    """Return all journeys, by person."""
    person = np.concatenate([part.person for part in parts])
    done = np.concatenate([part.done for part in parts])
    times = np.concatenate([part.times for part in parts])
    code = np.concatenate([part.code for part in parts])
    if np.any(person[1:] < person[:-1]):
        order = np.argsort(person, kind="stable")
        person, done, times, code = person[order], done[order], times[order], code[order]
    return Journeys(person, done, times, code)


def counted(
    spec: FunnelSpec,
    journeys: Journeys,
    texts: Sequence[str | None],
    span: Span,
    calendar: Calendar,
    each: Each = map,
) -> FunnelResult:
    """Count everyone, and each group of the breakdown; `texts` are the values behind the codes.

    `each` is `map`, or one that does several at once.
    """
    when = span, calendar
    total = _summary(spec, journeys, None, when, each)
    if spec.breakdown is None:
        return FunnelResult(total=total)
    group_of, groups = _groups(spec, journeys, texts)
    summaries = tuple(
        _summary(spec, _only(journeys, group_of[journeys.code] == i), group, when)
        for i, group in enumerate(groups)
    )
    return FunnelResult(
        total=total, groups=_compared(summaries) if spec.significance else summaries
    )


def _compared(groups: tuple[FunnelGroup, ...]) -> tuple[FunnelGroup, ...]:
    """Return groups with how each differs from the others."""
    found = differences(
        [group.steps[0].persons for group in groups], [group.steps[-1].persons for group in groups]
    )
    return tuple(
        group.model_copy(update={"against_others": each})
        for group, each in zip(groups, found, strict=True)
    )


def behind(
    spec: FunnelSpec,
    point: FunnelPoint,
    journeys: Journeys,
    texts: Sequence[str | None],
    span: Span,
    calendar: Calendar,
) -> Persons:
    """Return the people who took a step, or who took the required one before it and not this one."""
    chosen = _took_step(journeys, point.step)
    if point.dropped:
        chosen = _took_step(journeys, spec.required_before(point.step)) & ~chosen
    if point.group is not None:
        group_of, groups = _groups(spec, journeys, texts)
        if spec.breakdown is None or point.group not in groups:
            return np.zeros(0, np.int32)
        chosen = chosen & (group_of[journeys.code] == groups.index(point.group))
    if point.bucket is not None:
        over = buckets_of(spec, span, calendar)
        within(point.bucket, len(over), "buckets")
        chosen = chosen & (bucket_of_each(journeys.times[:, 0], over) == point.bucket)
    found = journeys.person[chosen]
    return np.unique(found) if spec.count == "totals" else found


def _took_step(journeys: Journeys, step: int) -> NDArray[np.bool_]:
    return np.asarray((journeys.done >> np.uint32(step)) & np.uint32(1), np.bool_)


@dataclass(frozen=True, slots=True)
class _Timed:
    """How long everyone took who went from one step to another, in microseconds, and on average."""

    took: NDArray[np.int64]
    average_seconds: float | None
    median_seconds: float | None
    percentiles_seconds: tuple[float | None, ...]


def histogram(times_us: NDArray[np.int64]) -> tuple[HistogramBin, ...]:
    """Divide times to convert into about cube-root-of-n equal bins, 1 to 60 of them.

    Edges are compared as exact fractions of a microsecond, so that a time on an edge falls into the
    bin that starts there.
    """
    if not len(times_us):
        return ()
    low, high = int(times_us.min()), int(times_us.max())
    if low == high:
        seconds = low / 1e6
        return (
            HistogramBin(from_seconds=seconds, to_seconds=seconds + 60.0, persons=len(times_us)),
        )
    bins = min(60, int(np.ceil(round(len(times_us) ** (1 / 3), 9))))
    reach = high - low
    bin_of = np.minimum((times_us - low) * bins // reach, bins - 1)
    counts = np.bincount(bin_of, minlength=bins)
    edges = [(low * bins + reach * i) / (bins * 1e6) for i in range(bins + 1)]
    return tuple(
        HistogramBin(from_seconds=a, to_seconds=b, persons=int(n))
        for a, b, n in zip(edges[:-1], edges[1:], counts, strict=True)
    )


def _mean(times_us: NDArray[np.int64]) -> float | None:
    return float(times_us.mean()) / 1e6 if len(times_us) else None


def _median(times_us: NDArray[np.int64]) -> float | None:
    middle = median(times_us)
    return None if middle is None else middle / 1e6


def _percentile(times_us: NDArray[np.int64], percent: int) -> float | None:
    """Return the value that so many percent lie below, in seconds, between neighbours in proportion.

    >>> [_percentile(np.array([30, 10, 20]) * 1_000_000, percent) for percent in (25, 50, 90)]
    [15.0, 20.0, 28.0]
    """
    if not len(times_us):
        return None
    rank, rest = divmod((len(times_us) - 1) * percent, 100)
    low = float(value_at(times_us, rank))
    high = float(value_at(times_us, rank + 1)) if rest else low
    return (low + (high - low) * rest / 100) / 1e6


@compiled
def _took(done: Any, times: Any, begin: int, end: int) -> Any:
    """Return the microseconds between two steps for everyone who took the later one.

    Those who left out the earlier step count from the one that they took before it.
    """
    out = np.empty(len(done), np.int64)
    n = 0
    for i in range(len(done)):
        if (done[i] >> np.uint32(end)) & np.uint32(1):
            k = begin
            while k > 0 and not (done[i] >> np.uint32(k)) & np.uint32(1):
                k -= 1
            out[n] = times[i, end] - times[i, k]
            n += 1
    return out[:n]


def _groups(
    spec: FunnelSpec, journeys: Journeys, texts: Sequence[str | None]
) -> tuple[NDArray[np.int64], list[Group]]:
    return ranked(np.bincount(journeys.code, minlength=len(texts)), texts, spec.limit)


def _only(journeys: Journeys, chosen: NDArray[np.bool_]) -> Journeys:
    return Journeys(
        journeys.person[chosen],
        journeys.done[chosen],
        journeys.times[chosen],
        journeys.code[chosen],
    )


def _summary(
    spec: FunnelSpec,
    journeys: Journeys,
    group: Group | None,
    when: tuple[Span, Calendar],
    each: Each = map,
) -> FunnelGroup:
    last = len(spec.steps) - 1
    done, times = journeys.done, journeys.times

    def timed(begin: int, end: int) -> _Timed:
        took = _took(done, times, begin, end)
        percentiles = tuple(_percentile(took, percent) for percent in spec.percentiles)
        return _Timed(took, _mean(took), _median(took), percentiles)

    *between, whole = each(timed, (*range(last), 0), (*range(1, last + 1), last))
    nobody = (None,) * len(spec.percentiles)
    steps = [
        FunnelStep(
            persons=len(done),
            average_seconds=None,
            median_seconds=None,
            percentiles_seconds=nobody,
        )
    ]
    steps += [
        FunnelStep(
            persons=len(step.took),
            average_seconds=step.average_seconds,
            median_seconds=step.median_seconds,
            percentiles_seconds=step.percentiles_seconds,
        )
        for step in between
    ]
    return FunnelGroup(
        group=group,
        steps=tuple(steps),
        average_seconds=whole.average_seconds,
        median_seconds=whole.median_seconds,
        histogram=histogram(whole.took),
        percentiles_seconds=whole.percentiles_seconds,
        trend=moments(spec, times[:, 0], _took_step(journeys, last), *when)
        if spec.show == "trend"
        else (),
    )
