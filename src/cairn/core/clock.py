"""The time, as a value that tests can set."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

MICROSECONDS = 1_000_000

Clock = Callable[[], int]
"""Returns the current time in microseconds since 1970-01-01 UTC."""


def system_clock() -> int:
    """Return the time of this machine in microseconds since the epoch."""
    return time.time_ns() // 1_000


def fixed_clock(now_us: int) -> Clock:
    """Return a clock that stands still, for tests and reproducible reports."""
    return lambda: now_us


def moment(at_us: int) -> datetime:
    """Return an instant as an aware time in UTC.

    >>> moment(0).isoformat()
    '1970-01-01T00:00:00+00:00'
    """
    seconds, microseconds = divmod(at_us, MICROSECONDS)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds)
