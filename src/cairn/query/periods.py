"""Stretches of time in the project's zone, and the buckets that divide them.

Times are stored in UTC; every date a user writes is read in the project's time zone. A day is a
local wall-clock day, so it has 23 or 25 hours when the clocks change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from cairn.core.clock import MICROSECONDS
from cairn.core.errors import InvalidInput
from cairn.query.filters import Frozen

Interval = Literal["hour", "day", "week", "month"]
WeekStart = Literal["sunday", "monday"]

MAX_BUCKETS = 5_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_EARLIEST_US = -11_676_096_000 * MICROSECONDS
_LATEST_US = 19_880_899_200 * MICROSECONDS
_RELATIVE = re.compile(r"^-(\d{1,5})([hdwmqy])$")


@dataclass(frozen=True, slots=True)
class Calendar:
    """How a project reads dates: its zone, the first day of its week, and what time it is now."""

    zone: ZoneInfo
    now_us: int
    week_start: WeekStart = "sunday"

    @property
    def now(self) -> datetime:
        """Return the current local time."""
        return local(self.now_us, self.zone)


class Period(Frozen):
    """From one date to another, both included.

    `from` and `to` take a date (`2024-05-01`), a local time (`2024-05-01T08:00`), a relative form
    (`-7d`, `-3h`, `-2w`, `-1m`, `-1q`, `-1y`), or `all` (from the first event). `to` defaults to now.
    Dates and relative days, weeks, months, quarters and years start at local midnight and include
    the whole last day, so `-7d` covers eight calendar days: today and the seven before it.
    """

    from_: str = Field(default="-30d", alias="from", max_length=40)
    to: str | None = Field(default=None, max_length=40)

    @field_validator("from_", "to")
    @classmethod
    def _is_readable(cls, text: str | None) -> str | None:
        if text is None or text in ("all", "now") or _RELATIVE.match(text):
            return text
        try:
            datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(
                f"cannot read {text!r} as a date; write 2024-05-01, 2024-05-01T08:00, -7d, or all"
            ) from None
        return text


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in microseconds UTC: start included, end excluded."""

    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class Buckets:
    """Consecutive stretches of local time: bucket i is `edges_us[i]` to `edges_us[i + 1]`."""

    interval: Interval
    edges_us: tuple[int, ...]
    labels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def span(self) -> Span:
        """Return the whole stretch that the buckets cover."""
        return Span(self.edges_us[0], self.edges_us[-1])


def local(at_us: int, zone: ZoneInfo) -> datetime:
    """Return the local wall-clock time of an instant."""
    return (EPOCH + timedelta(microseconds=at_us)).astimezone(zone)


def instant(at: datetime) -> int:
    """Return the microseconds since the epoch of an aware time."""
    delta = at.astimezone(UTC) - EPOCH
    return (delta.days * 86_400 + delta.seconds) * MICROSECONDS + delta.microseconds


def midnight(day: date, zone: ZoneInfo) -> int:
    """Return the instant at which a local day begins."""
    return instant(datetime(day.year, day.month, day.day, tzinfo=zone))


def resolve(period: Period, calendar: Calendar, first_event_us: int | None = None) -> Span:
    """Return the instants that a period covers; `all` leaves out what lies before the year 1600.

    Raises InvalidInput when it is upside down or reaches beyond the years 1600 to 2600.
    """
    try:
        start = _start(period.from_, calendar, first_event_us)
        end = _end(period.to, calendar)
        known = start >= _EARLIEST_US and end <= _LATEST_US
    except (ValueError, OverflowError):
        known = False
    if not known:
        raise InvalidInput(
            f"the period from {period.from_!r} to {period.to or 'now'!r} reaches beyond the years "
            "1600 to 2600",
            hint="Use a shorter period, or 'all' for everything since the first event.",
        )
    if end <= start:
        raise InvalidInput(
            f"the period from {period.from_!r} to {period.to or 'now'!r} is empty",
            hint="Put the earlier date in 'from' and the later one in 'to'.",
        )
    return Span(start, end)


def previous(span: Span, calendar: Calendar) -> Span:
    """Return the equally long period that ends where this one starts, in whole local days.

    A span of whole local days stays whole days when the clocks change in between.
    """
    start, end = local(span.start_us, calendar.zone), local(span.end_us, calendar.zone)
    if _is_midnight(start) and _is_midnight(end):
        days = (end.date() - start.date()).days
        return Span(midnight(start.date() - timedelta(days=days), calendar.zone), span.start_us)
    return Span(span.start_us - (span.end_us - span.start_us), span.start_us)


def buckets(span: Span, interval: Interval, calendar: Calendar) -> Buckets:
    """Divide a span into local hours, days, weeks or months; the first starts at or before it.

    Raises InvalidInput when that makes more than 5,000 buckets.
    """
    edges = [floor(span.start_us, interval, calendar)]
    while edges[-1] < span.end_us:
        if len(edges) > MAX_BUCKETS:
            raise InvalidInput(
                f"an interval of one {interval} divides this period into more than "
                f"{MAX_BUCKETS} points",
                hint="Choose a longer interval or a shorter period.",
            )
        edges.append(after(edges[-1], interval, calendar))
    labels = tuple(local(edge, calendar.zone).isoformat() for edge in edges[:-1])
    return Buckets(interval, tuple(edges), labels)


def floor(at_us: int, interval: Interval, calendar: Calendar) -> int:
    """Return the start of the local hour, day, week or month that holds the instant."""
    at = local(at_us, calendar.zone)
    if interval == "hour":
        return at_us - (at.minute * 60 + at.second) * MICROSECONDS - at.microsecond
    day = at.date()
    if interval == "week":
        day -= timedelta(days=(day.weekday() + (calendar.week_start == "sunday")) % 7)
    elif interval == "month":
        day = day.replace(day=1)
    return midnight(day, calendar.zone)


def after(edge_us: int, interval: Interval, calendar: Calendar, count: int = 1) -> int:
    """Return the bucket edge that lies `count` intervals after (or before) a bucket edge."""
    if interval == "hour":
        return edge_us + count * 3_600 * MICROSECONDS
    day = local(edge_us, calendar.zone).date()
    if interval == "month":
        month = day.year * 12 + day.month - 1 + count
        return midnight(date(month // 12, month % 12 + 1, 1), calendar.zone)
    return midnight(day + timedelta(days=count * (7 if interval == "week" else 1)), calendar.zone)


def _start(text: str, calendar: Calendar, first_event_us: int | None) -> int:
    if text == "all":
        first = calendar.now_us if first_event_us is None else first_event_us
        return max(floor(max(first, _EARLIEST_US), "day", calendar), _EARLIEST_US)
    if text == "now":
        return calendar.now_us
    if match := _RELATIVE.match(text):
        return _shifted(calendar, int(match[1]), match[2])
    at = datetime.fromisoformat(text)
    return instant(at if at.tzinfo else at.replace(tzinfo=calendar.zone))


def _end(text: str | None, calendar: Calendar) -> int:
    if text is None or text in ("all", "now"):
        return after(floor(calendar.now_us, "day", calendar), "day", calendar)
    if match := _RELATIVE.match(text):
        start = _shifted(calendar, int(match[1]), match[2])
        return start if match[2] == "h" else after(start, "day", calendar)
    at = datetime.fromisoformat(text)
    start = instant(at if at.tzinfo else at.replace(tzinfo=calendar.zone))
    return start if "T" in text or " " in text else after(start, "day", calendar)


def _shifted(calendar: Calendar, count: int, unit: str) -> int:
    """Return the local midnight (or, for hours, the instant) that lies so long before now."""
    if unit == "h":
        return calendar.now_us - count * 3_600 * MICROSECONDS
    today = calendar.now.date()
    if unit in "dw":
        return midnight(today - timedelta(days=count * (7 if unit == "w" else 1)), calendar.zone)
    months = count * {"m": 1, "q": 3, "y": 12}[unit]
    month = today.year * 12 + today.month - 1 - months
    first = date(month // 12, month % 12 + 1, 1)
    following = date((month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = min(first + timedelta(days=today.day - 1), following - timedelta(days=1))
    return midnight(last, calendar.zone)


def _is_midnight(at: datetime) -> bool:
    return at.hour == at.minute == at.second == at.microsecond == 0
