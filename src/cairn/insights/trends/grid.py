"""The points of a trend in time: buckets, and the window of days that each one looks back on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from cairn.insights.trends.spec import ROLLING_DAYS, Measure
from cairn.query.periods import (
    Buckets,
    Calendar,
    Interval,
    Span,
    buckets,
    local,
    midnight,
)


@dataclass(frozen=True, slots=True)
class Grid:
    """Where a measure's events must lie to count for each bucket.

    Bucket b counts events from `opens[b]` up to `closes[b]`: the bucket itself, or for a rolling
    measure the days before its end. `span` is the period from the start of its first bucket.
    """

    buckets: Buckets
    span: Span
    opens: NDArray[np.int64]
    closes: NDArray[np.int64]
    rolling: bool

    @property
    def reach(self) -> Span:
        """Return the stretch in which events can matter."""
        return Span(min(int(self.opens[0]), self.span.start_us), self.span.end_us)

    def stretch(self, bucket: int | None) -> Span:
        """Return where events count for a bucket, or for the total when it is None."""
        if bucket is None and not self.rolling:
            return self.span
        bucket = len(self.buckets) - 1 if bucket is None else bucket
        return Span(int(self.opens[bucket]), int(self.closes[bucket]))


def grid_of(measure: Measure, span: Span, interval: Interval, calendar: Calendar) -> Grid:
    """Return the grid of a measure over a period."""
    divided = buckets(span, interval, calendar)
    edges = np.array(divided.edges_us, np.int64)
    whole = Span(int(edges[0]), span.end_us)
    closes = np.minimum(edges[1:], span.end_us)
    days = ROLLING_DAYS.get(measure.of)
    if days is None:
        return Grid(divided, whole, edges[:-1], closes, False)
    last_days = [local(int(close) - 1, calendar.zone).date() for close in closes]
    opens = [midnight(day - timedelta(days=days - 1), calendar.zone) for day in last_days]
    ends = [midnight(day + timedelta(days=1), calendar.zone) for day in last_days]
    return Grid(divided, whole, np.array(opens), np.minimum(np.array(ends), span.end_us), True)
