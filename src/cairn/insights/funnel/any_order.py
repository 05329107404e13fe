"""Attempts in any order: how many different steps are taken, and when each was the next.

Taken in order of time, an event counts when it lets one more step have an event of its own. The
matchable sets of events are a matroid, so that no other choice has more or earlier times.

The events that count are known for every instant in one reading from the last event to the first: an
event before all others always counts, and when there is no place for it, it takes that of the latest
of those which could have made place (the last one of the circuit that it closes).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cairn.insights.funnel.matching import placed_first
from cairn.query.picking import compiled


@compiled
def counting_from(
    first: Any, instants: int, time: Any, mask: Any, holder: Any, room: Any, times: Any, hits: Any
) -> None:
    """Write for each instant when 1, 2 … steps are taken from there on, and the exclusion after it.

    Where there is none it is the end of time.
    """
    steps, never = len(holder), np.iinfo(np.int64).max
    every, hit = (1 << steps) - 1, never
    holder[:] = -1
    for i in range(instants - 1, -1, -1):
        hits[i] = hit
        for j in range(first[i + 1] - 1, first[i] - 1, -1):
            placed_first(mask, j, every, holder, room)
            if np.int64(mask[j]) >> steps:
                hit = time[j]
        n = 0
        for k in range(steps):
            if holder[k] >= 0:
                t, x = time[holder[k]], n
                while x > 0 and times[i, x - 1] > t:
                    times[i, x] = times[i, x - 1]
                    x -= 1
                times[i, x] = t
                n += 1
        times[i, n:] = never


@compiled
def in_any_order(
    i: int, since: int, window: int, times: Any, hits: Any, at: Any
) -> tuple[int, int]:
    """Follow the attempt that begins at an instant.

    Returns the bit set of 1, 2 … steps taken, with their times in `at`, and the time at which an
    exclusion ended it, -1 for none.
    """
    steps, taken, hit = len(at), 0, hits[i]
    met = times[i, steps - 1] > hit and hit - since <= window
    until = hit if met else since + window
    while taken < steps and times[i, taken] <= until:
        at[taken] = times[i, taken]
        taken += 1
    return (1 << taken) - 1, hit if met else -1
