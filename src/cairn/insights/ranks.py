"""The value at a place in the order of many values, without sorting them all."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.query.picking import compiled

_FEW = 32
_BUCKETS = 2_048


def median(values: NDArray[np.int64]) -> float | None:
    """Return the middle value, or the mean of the two in the middle; None of nothing.

    >>> median(np.array([9, 1, 5])), median(np.array([9, 1, 5, 2])), median(np.array([], np.int64))
    (5.0, 3.5, None)
    """
    if not len(values):
        return None
    low = value_at(values, (len(values) - 1) // 2)
    high = low if len(values) % 2 else _next(values, low, len(values) // 2)
    return (float(low) + float(high)) / 2


@compiled
def value_at(values: Any, rank: int) -> Any:
    """Return the value that has `rank` values before it in ascending order.

    Counts values by equal ranges and looks again into the one that holds the rank, until few are left.
    The values lie less than 2**63 apart.
    """
    low, high = values.min(), values.max()
    while len(values) > _FEW and low < high:
        shift = 0
        while (high - low) >> shift >= _BUCKETS:
            shift += 1
        counts = np.zeros(_BUCKETS, np.int64)
        for value in values:
            counts[(value - low) >> shift] += 1
        bucket = 0
        while rank >= counts[bucket]:
            rank -= counts[bucket]
            bucket += 1
        kept = np.empty(counts[bucket] + 1, np.int64)
        n = 0
        for value in values:
            kept[n] = value
            n += (value - low) >> shift == bucket
        values = kept[:n]
        low, high = values.min(), values.max()
    return low if low == high else np.sort(values)[rank]


@compiled
def _next(values: Any, value: int, rank: int) -> Any:
    """Return the value at a rank whose predecessor in the order is `value`."""
    up_to = 0
    least = values.max()
    for other in values:
        up_to += other <= value
        least = min(least, other) if other > value else least
    return value if up_to > rank else least
