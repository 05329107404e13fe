"""From sessions to the numbers of an answer: what every engine does once it has found them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cairn.insights.grouping import ranked
from cairn.insights.points import within
from cairn.insights.sessions.spec import (
    BARS,
    SessionsLine,
    SessionsPoint,
    SessionsResult,
    SessionsSpec,
)
from cairn.insights.sessions.visits import Visits, divider_of
from cairn.query.filters import Group
from cairn.query.periods import Buckets, Calendar, Span, buckets
from cairn.store.snapshot import Ints

Texts = Sequence[str | None]

LENGTHS = (
    (0, "below 10 s"),
    (10, "10 – 30 s"),
    (30, "30 – 60 s"),
    (60, "1 – 3 min"),
    (180, "3 – 10 min"),
    (600, "10 – 30 min"),
    (1_800, "30 min and more"),
)
"""Ranges of length by where they begin, in seconds."""


def measured(
    spec: SessionsSpec, visits: Visits, texts: Texts, span: Span, calendar: Calendar
) -> SessionsResult:
    """Measure the sessions of every group, in every bucket and in all."""
    if spec.measure in BARS:
        group, groups = _groups(spec, visits, texts)
        sizes = np.bincount(group, minlength=len(groups)).tolist()
        bars = [
            SessionsLine(group=name, values=(), total=float(size))
            for name, size in zip(groups, sizes, strict=True)
        ]
        return SessionsResult(buckets=(), lines=tuple(bars))
    times = buckets(span, spec.interval, calendar)
    group, groups = _groups(spec, visits, texts)
    cell = group * len(times) + _bucket(visits, times)
    values = _measure(spec, visits, cell, len(groups) * len(times))
    totals = _measure(spec, visits, group, len(groups))
    lines = [
        SessionsLine(
            group=name,
            values=tuple(values[g * len(times) : (g + 1) * len(times)]),
            total=totals[g],
        )
        for g, name in enumerate(groups)
    ]
    return SessionsResult(buckets=times.labels, lines=tuple(lines))


def behind(
    spec: SessionsSpec,
    point: SessionsPoint,
    visits: Visits,
    texts: Texts,
    span: Span,
    calendar: Calendar,
) -> NDArray[np.int32]:
    """Return who has the sessions that a number counts, ascending."""
    chosen = np.ones(len(visits.person), np.bool_)
    if point.bucket is not None:
        if spec.measure in BARS:
            within(point.bucket, 0, "buckets")
        times = buckets(span, spec.interval, calendar)
        within(point.bucket, len(times), "buckets")
        chosen &= _bucket(visits, times) == point.bucket
    if point.group is not None:
        group, groups = _groups(spec, visits, texts)
        if point.group not in groups:
            return np.zeros(0, np.int32)
        chosen &= group == groups.index(point.group)
    if spec.measure == "bounce_rate":
        chosen &= visits.bounced
    return np.unique(visits.person[chosen])


def _groups(spec: SessionsSpec, visits: Visits, texts: Texts) -> tuple[Ints, list[Group | None]]:
    """Return the group of each session, and the groups in order."""
    if spec.measure == "lengths":
        edges = [seconds * 1_000_000 for seconds, _ in LENGTHS]
        place = np.searchsorted(edges, visits.length_us, side="right") - 1
        return place.astype(np.int64), [Group(value=label) for _, label in LENGTHS]
    if divider_of(spec) is None:
        return np.zeros(len(visits.person), np.int64), [None]
    group_of, groups = ranked(np.bincount(visits.code, minlength=len(texts)), texts, spec.limit)
    return group_of[visits.code], list(groups)


def _bucket(visits: Visits, times: Buckets) -> Ints:
    edges = np.array(times.edges_us, np.int64)
    return np.searchsorted(edges, visits.begin_us, side="right").astype(np.int64) - 1


def _measure(spec: SessionsSpec, visits: Visits, cell: Ints, cells: int) -> list[float | None]:
    """Return the measure of the sessions in each cell, None of none but for their number."""
    measure = spec.measure
    count = np.bincount(cell, minlength=cells)
    seconds: NDArray[np.float64] = visits.length_us / 1e6
    if measure == "sessions":
        return [float(n) for n in count]
    if measure == "average_length":
        return _mean(seconds, cell, count)
    if measure == "events_per_session":
        return _mean(visits.events, cell, count)
    if measure == "bounce_rate":
        return _mean(visits.bounced, cell, count)
    if measure in ("median_length", "p90_length"):
        return _percentile(seconds, cell, count, 0.5 if measure == "median_length" else 0.9)
    order = np.lexsort((visits.person, cell))
    person, cell, seconds = visits.person[order], cell[order], seconds[order]
    new = np.ones(len(cell), np.bool_)
    new[1:] = (cell[1:] != cell[:-1]) | (person[1:] != person[:-1])
    spent = np.bincount(np.cumsum(new) - 1, weights=seconds).astype(np.float64)
    cell = cell[new]
    count = np.bincount(cell, minlength=cells)
    if measure == "average_time_spent":
        return _mean(spent, cell, count)
    return _percentile(spent, cell, count, 0.5)


def _mean(numbers: NDArray[np.generic], cell: Ints, count: Ints) -> list[float | None]:
    sums = np.bincount(cell, weights=numbers.astype(np.float64), minlength=len(count))
    return [float(total / n) if n else None for total, n in zip(sums, count, strict=True)]


def _percentile(
    numbers: NDArray[np.float64], cell: Ints, count: Ints, share: float
) -> list[float | None]:
    """Return the percentile of each cell, between the two nearest numbers where none is at it."""
    if not len(numbers):
        return [None] * len(count)
    ordered = numbers[np.lexsort((numbers, cell))]
    first = np.cumsum(count) - count
    exact = np.maximum(count - 1, 0) * share
    low = np.floor(exact).astype(np.int64)
    last = len(ordered) - 1
    below = ordered[np.minimum(first + low, last)]
    above = ordered[np.minimum(first + np.minimum(low + 1, np.maximum(count - 1, 0)), last)]
    value = below + (above - below) * (exact - low)
    return [float(v) if n else None for v, n in zip(value, count, strict=True)]
