"""One attempt in any order: how many different steps are taken, and when each was the next.

Taken in order of time, an event counts when it lets one more step have an event of its own. The
matchable sets of events are a matroid, so that no other choice has more or earlier times.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cairn.insights.funnel.matching import placed
from cairn.query.picking import compiled


@compiled
def in_any_order(
    begin: int, end: int, time: Any, mask: Any, window: int, between: Any, at: Any,
    holder: Any, room: Any,
) -> tuple[int, int]:  # fmt: skip
    """Follow the attempt that begins at the instant of event `begin`, which is its first.

    Returns the bit set of 1, 2 … steps taken, with their times in `at`, and the time at which an
    exclusion ended it, -1 for none.
    """
    steps, taken, j = len(at), 0, begin
    holder[:] = -1
    every = (1 << steps) - 1
    while j < end and time[j] - time[begin] <= window and taken < steps:
        t, union = time[j], np.int64(0)
        while j < end and time[j] == t:
            union |= np.int64(mask[j])
            if taken < steps and placed(mask, j, every, holder, room):
                at[taken] = t
                taken += 1
            j += 1
        excluded = len(between) and (union >> steps) != 0
        if excluded and taken < steps and t > time[begin]:
            return (1 << taken) - 1, t
    return (1 << taken) - 1, -1
