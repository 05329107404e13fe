"""When an event happened, although the client's clock may be wrong."""

from __future__ import annotations

TRUSTED_SKEW_US = 5_000_000
"""Differences below this come from the network, not from a wrong clock."""


def corrected(time_us: int, sent_us: int | None, received_us: int) -> int:
    """Return the event's time by the server's clock, from when the client says that it sent it.

    The client's clock was an hour behind:

        >>> hour = 3_600_000_000
        >>> corrected(9 * hour, 10 * hour, 11 * hour) == 10 * hour
        True
    """
    if sent_us is None:
        return time_us
    skew_us = received_us - sent_us
    return time_us if abs(skew_us) < TRUSTED_SKEW_US else time_us + skew_us
