"""One attempt in strict order: the very next events must be the steps."""

from __future__ import annotations

from typing import Any

from cairn.query.picking import compiled


@compiled
def strictly(start: int, end: int, time: Any, mask: Any, window: int, at: Any) -> int:
    """Follow the attempt that an event begins, event by event, in order of time and arrival.

    Returns the bit set of the steps taken, with their times in `at`.
    """
    done, k = 0, 0
    while k < len(at) and start + k < end:
        t = time[start + k]
        if not (mask[start + k] >> k) & 1 or t - time[start] > window:
            break
        at[k] = t
        done |= 1 << k
        k += 1
    return done
