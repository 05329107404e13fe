"""Local days, weeks and months by the book: read off the wall clock, one instant at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from cairn.query.periods import Calendar, Interval

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = 3_600_000_000


def wall_clock(at_us: int, calendar: Calendar) -> datetime:
    """Return what the clock on the project's wall shows."""
    return (_EPOCH + timedelta(microseconds=at_us)).astimezone(calendar.zone)


def first_day(at_us: int, interval: Interval, calendar: Calendar) -> date:
    """Return the first day of the local day, week or month that holds an instant."""
    day = wall_clock(at_us, calendar).date()
    if interval == "month":
        return day.replace(day=1)
    first_weekday = 6 if calendar.week_start == "sunday" else 0
    while interval == "week" and day.weekday() != first_weekday:
        day -= timedelta(days=1)
    return day


def next_first_day(day: date, interval: Interval) -> date:
    """Return the first day of the day, week or month after the one that starts on this day."""
    if interval == "month":
        return (day + timedelta(days=31)).replace(day=1)
    return day + timedelta(days=7 if interval == "week" else 1)


def start_of(day: date, calendar: Calendar) -> int:
    """Return the instant at which the calendar on the wall turns to a day."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=calendar.zone)
    return (midnight.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)


def labelled(at_us: int, calendar: Calendar) -> str:
    """Return an instant as ISO 8601 in local time."""
    return wall_clock(at_us, calendar).isoformat()


def stretches(
    first_us: int, end_us: int, interval: Interval, calendar: Calendar
) -> list[tuple[int, int]]:
    """Return the local hours, days, weeks or months from the one with an instant up to another."""
    out = []
    if interval == "hour":
        at = wall_clock(first_us, calendar)
        into = timedelta(minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
        start = first_us - into // timedelta(microseconds=1)
        while start < end_us:
            out.append((start, start + HOUR))
            start += HOUR
        return out
    day = first_day(first_us, interval, calendar)
    while start_of(day, calendar) < end_us:
        following = next_first_day(day, interval)
        out.append((start_of(day, calendar), start_of(following, calendar)))
        day = following
    return out
