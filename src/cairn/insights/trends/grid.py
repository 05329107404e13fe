"""The points of a trend in time: buckets, and the window that each one looks back on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from cairn.insights.trends.spec import ROLLING_DAYS, Measure, Offset, TrendsSpec
from cairn.query.periods import (
    Buckets,
    Calendar,
    Span,
    after,
    buckets,
    floor,
    instant,
    local,
    midnight,
    previous,
)


@dataclass(frozen=True, slots=True)
class Grid:
    """Where a measure's events must lie to count for each bucket.

    Bucket b counts events from `opens[b]` up to `closes[b]`: the bucket itself, for a rolling measure
    the days before its end, and for a cumulative question all since the first bucket started. `span` is
    the period from the start of its first bucket.
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


def grid_of(spec: TrendsSpec, measure: Measure, span: Span, calendar: Calendar) -> Grid:
    """Return the grid of a measure over a period."""
    divided = buckets(span, spec.interval, calendar)
    edges = np.array(divided.edges_us, np.int64)
    whole = Span(int(edges[0]), span.end_us)
    closes = np.minimum(edges[1:], span.end_us)
    days = ROLLING_DAYS.get(measure.of)
    if days is None:
        opens = np.full(len(closes), edges[0]) if spec.cumulative else edges[:-1]
        return Grid(divided, whole, opens, closes, False)
    last_days = [local(int(close) - 1, calendar.zone).date() for close in closes]
    opens = np.array([midnight(day - timedelta(days=days - 1), calendar.zone) for day in last_days])
    ends = [midnight(day + timedelta(days=1), calendar.zone) for day in last_days]
    return Grid(divided, whole, opens, np.minimum(np.array(ends), span.end_us), True)


HOUR_US = 3_600_000_000
WEEK_US = 7 * 24 * HOUR_US
_MONDAY_US = 3 * 24 * HOUR_US
_EONS = 50_000
"""So many weeks make the times of any period positive."""


def week_clock(span: Span, calendar: Calendar) -> list[tuple[int, int]]:
    """Return what to add to an instant, from each of some instants on, to count from a local Monday.

    The sum, modulo a week, says when in the week it is on the wall clock.
    """
    clock: list[tuple[int, int]] = []
    edge = floor(span.start_us, "day", calendar)
    while edge < span.end_us:
        following = after(edge, "day", calendar)
        _turn(edge, following, calendar, clock)
        edge = following
    return clock


def _turn(start: int, end: int, calendar: Calendar, clock: list[tuple[int, int]]) -> None:
    """Add what the clock shows from `start` on, and where in the stretch up to `end` it is changed."""
    shown = _shown(start, calendar)
    if not clock or clock[-1][1] != shown:
        clock.append((start, shown))
    if _shown(end - 1, calendar) == shown:
        return
    low, high = start, end - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _shown(middle, calendar) == shown else (low, middle)
    clock.append((high, _shown(high, calendar)))


def _shown(at_us: int, calendar: Calendar) -> int:
    offset = local(at_us, calendar.zone).utcoffset() or timedelta()
    return offset // timedelta(microseconds=1) + _MONDAY_US + _EONS * WEEK_US


def whole_of(spec: TrendsSpec, span: Span, calendar: Calendar) -> Span:
    """Return a period from the start of its first bucket."""
    return Span(buckets(span, spec.interval, calendar).edges_us[0], span.end_us)


def compared(spec: TrendsSpec, span: Span, calendar: Calendar) -> Span:
    """Return the period to compare one with: as long, in whole local days if it has such.

    A date that its month does not have becomes the last one that it has.
    """
    if not isinstance(spec.compare, Offset):
        return previous(span, calendar)
    return _ago(spec.compare, span, calendar)


def _ago(offset: Offset, span: Span, calendar: Calendar) -> Span:
    start, end = local(span.start_us, calendar.zone), local(span.end_us, calendar.zone)
    day = _earlier(start.date(), offset)
    earlier = instant(start.replace(year=day.year, month=day.month, day=day.day, fold=0))
    if span.start_us == midnight(start.date(), calendar.zone):
        earlier = midnight(day, calendar.zone)
        if span.end_us == midnight(end.date(), calendar.zone):
            return Span(earlier, midnight(day + (end.date() - start.date()), calendar.zone))
    return Span(earlier, earlier + span.end_us - span.start_us)


def _earlier(day: date, offset: Offset) -> date:
    if offset.unit in ("day", "week"):
        return day - timedelta(days=offset.count * (7 if offset.unit == "week" else 1))
    month = day.year * 12 + day.month - 1 - offset.count * (12 if offset.unit == "year" else 1)
    first = date(month // 12, month % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return min(first + timedelta(days=day.day - 1), last)
