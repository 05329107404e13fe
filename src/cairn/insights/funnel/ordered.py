"""One attempt in order: each required step as early as it can be, optional ones where they fit.

Events of one instant are taken together. First they serve as many required steps as they can, then
the optional steps in between. An exclusion ends the attempt when it falls after the instant of one
step of its pair and before that of the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cairn.insights.funnel.matching import all_placed
from cairn.query.picking import compiled


@compiled
def in_order(
    begin: int, start: int, end: int, time: Any, mask: Any, window: int, optional: int,
    between: Any, at: Any, holder: Any, room: Any,
) -> tuple[int, int]:  # fmt: skip
    """Follow the attempt that event `start` begins; `begin` is the first event of its instant.

    Returns the bit set of the steps taken, with their times in `at`, and the time at which an
    exclusion ended it, -1 for none.
    """
    steps = len(at)
    done, last, need, since = 1, 0, 1, time[start]
    at[0] = since
    while need < steps and (optional >> need) & 1:
        need += 1
    j = begin
    while j < end and time[j] - since <= window and last < steps - 1:
        t, union = time[j], np.int64(0)
        i = j
        while i < end and time[i] == t:
            if i != start:
                union |= np.int64(mask[i])
            i += 1
        before, wanted = last, 0
        while need < steps and (union >> need) & 1:
            if not all_placed(mask, j, i, start, wanted | (1 << need), holder, room):
                break
            wanted |= 1 << need
            last = need
            need += 1
            while need < steps and (optional >> need) & 1:
                need += 1
        for k in range(before + 1, need):
            fits = (optional >> k) & (union >> k) & 1
            if fits and all_placed(mask, j, i, start, wanted | (1 << k), holder, room):
                wanted |= 1 << k
                last = max(last, k)
        for k in range(before + 1, last + 1):
            if (wanted >> k) & 1:
                at[k] = t
        done |= wanted
        for x in range(len(between)):
            excluded = (union >> (steps + x)) & 1
            if excluded and before >= between[x, 0] and last < between[x, 1] and t > since:
                return done, t
        j = i
    return done, -1
