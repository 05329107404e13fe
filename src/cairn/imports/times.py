"""Times as they stand in files, read into UTC; a time without a zone needs one to be said."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cairn.core.errors import InvalidInput

_NUMBER = re.compile(r"^-?(?!\d{8}$)\d{1,19}(\.\d+)?$")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SCALES = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (float("inf"), 1e9))


class NoZone(InvalidInput):
    """A time has no zone, and none was given for the file."""


def read_time(value: Any, zone: ZoneInfo | None, pattern: str | None = None) -> datetime:
    """Return the instant that a value names, in UTC. Raises ValueError when it names none.

    Reads ISO 8601 (eight digits are a date), seconds, milliseconds, microseconds or nanoseconds since 1970 (told apart by
    size), times and dates of Parquet, and with `pattern` any form that strptime knows. Raises NoZone
    for a time without a zone when `zone` is None.

    >>> read_time("2024-05-01 08:00:00+02:00", None).isoformat()
    '2024-05-01T06:00:00+00:00'
    >>> read_time("1714543200000", None).isoformat()
    '2024-05-01T06:00:00+00:00'
    >>> read_time("2024-05-01 08:00", ZoneInfo("Europe/Berlin")).isoformat()
    '2024-05-01T06:00:00+00:00'
    """
    if isinstance(value, datetime):
        at = value
    elif isinstance(value, date):
        at = datetime(value.year, value.month, value.day)
    elif isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{value!r} is not a time")
    elif isinstance(value, int | float):
        return _since_epoch(float(value))
    elif pattern is not None:
        at = datetime.strptime(value.strip(), pattern)
    elif _NUMBER.match(value.strip()):
        return _since_epoch(float(value))
    else:
        at = datetime.fromisoformat(value.strip())
    if at.tzinfo is None:
        if zone is None:
            raise NoZone(
                f"the time {value!r} does not say its time zone",
                hint="Say it with --timezone, for example --timezone UTC or "
                "--timezone Europe/Berlin.",
            )
        at = at.replace(tzinfo=zone)
    return at.astimezone(UTC)


def _since_epoch(number: float) -> datetime:
    for below, scale in _SCALES:
        if abs(number) < below:
            try:
                return _EPOCH + timedelta(microseconds=round(number / scale * 1e6))
            except OverflowError:
                break
    raise ValueError(f"{number} is too large for a time")
