"""Finding the bucket of an instant, and the events after it, inside compiled loops."""

from __future__ import annotations

from typing import Any

from cairn.query.picking import compiled


@compiled
def typical_width(opens: Any, closes: Any) -> Any:
    """Return the average length of a bucket, a first guess for `bucket_at`."""
    return max(1, (closes[-1] - opens[0]) // len(closes))


@compiled
def bucket_at(t: int, opens: Any, closes: Any, width: int) -> Any:
    """Return the first bucket that closes after t, or the number of buckets.

    `opens` and `closes` ascend. Buckets differ in length by little, so the guess is one or two off.
    """
    n = len(closes)
    b = (t - opens[0]) // width
    b = 0 if b < 0 else n - 1 if b >= n else b
    while b > 0 and closes[b - 1] > t:
        b -= 1
    while b < n and closes[b] <= t:
        b += 1
    return b


@compiled
def place_of(time: Any, lo: int, hi: int, at_us: int) -> Any:
    """Return the first place from lo up to hi whose time is not before an instant, or hi."""
    while lo < hi:
        middle = (lo + hi) // 2
        if time[middle] < at_us:
            lo = middle + 1
        else:
            hi = middle
    return lo
