"""The instants of a cohort's windows, as of now."""

from __future__ import annotations

from calendar import monthrange
from datetime import timedelta

from cairn.core.clock import MICROSECONDS
from cairn.query.cohort import Last, Length, When
from cairn.query.periods import Calendar, Span, instant, resolve

BEGINNING_US = -(1 << 62)
"""Before any event."""

END_US = 1 << 62
"""After any event."""


def span_of(when: When | None, calendar: Calendar) -> Span:
    """Return the instants of a window: up to now, which is left out.

    Raises InvalidInput when a period cannot be read.
    """
    if when is None:
        return Span(BEGINNING_US, calendar.now_us)
    if isinstance(when, Last):
        return Span(ago(when.last, calendar), calendar.now_us)
    span = resolve(when, calendar)
    start = BEGINNING_US if when.from_ == "all" else min(span.start_us, calendar.now_us)
    return Span(start, min(span.end_us, calendar.now_us))


def ago(length: Length, calendar: Calendar) -> int:
    """Return the instant so long before now, by the wall clock for days and longer.

    A month before 31 March is the last of February. What would be before the year 1 is the beginning.
    """
    if length.unit == "hour":
        return calendar.now_us - length.count * 3_600 * MICROSECONDS
    now = calendar.now.replace(tzinfo=None)
    try:
        if length.unit in ("day", "week"):
            at = now - timedelta(days=length.count * (7 if length.unit == "week" else 1))
        else:
            months = length.count * (12 if length.unit == "year" else 1)
            year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
            day = min(now.day, monthrange(year, month + 1)[1])
            at = now.replace(year=year, month=month + 1, day=day)
        return instant(at.replace(tzinfo=calendar.zone))
    except (ValueError, OverflowError):
        return BEGINNING_US
