"""Which points in time can still change."""

from __future__ import annotations

from cairn.query.periods import Buckets, Calendar, Span


def first_unfinished(buckets: Buckets, span: Span, calendar: Calendar) -> int | None:
    """Return the first bucket that is not over yet, or that the period does not hold to its end."""
    known_us = min(calendar.now_us, span.end_us)
    closes = buckets.edges_us[1:]
    return next((b for b, close in enumerate(closes) if close > known_us), None)
