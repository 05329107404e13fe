"""Giving events to steps so that each event serves one: a bipartite matching.

It grows by augmenting paths (H. W. Kuhn, "The Hungarian method for the assignment problem", 1955): an
event whose steps are all held asks the events that hold them to move.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cairn.query.picking import compiled


@compiled
def _asked(mask: Any, event: int, allowed: int, holder: Any, room: Any) -> tuple[int, int]:
    """Return a free step at the end of a path of moves, -1 for none, and how many held ones it met.

    Those held are in row 1 of `room`; row 0 says who would move into each step.
    """
    asked, head, tail, moving, held = 0, 0, 0, event, -1
    while True:
        fits = np.int64(mask[moving]) & allowed
        for k in range(len(holder)):
            if (fits >> k) & 1 and not (asked >> k) & 1:
                asked |= 1 << k
                room[0, k] = held
                if holder[k] < 0:
                    return k, tail
                room[1, tail] = k
                tail += 1
        if head == tail:
            return -1, tail
        held = room[1, head]
        moving = holder[held]
        head += 1


@compiled
def _moved(event: int, free: int, holder: Any, room: Any) -> None:
    """Let everyone on the path to a free step move, and the event into the first step of it."""
    while room[0, free] >= 0:
        holder[free] = holder[room[0, free]]
        free = room[0, free]
    holder[free] = event


@compiled
def placed(mask: Any, event: int, allowed: int, holder: Any, room: Any) -> bool:
    """Give an event a step of its own among those allowed, if the holders of steps can make place.

    `holder[k]` is the event that holds step k, -1 for none. `room` is scratch, two rows of steps.
    """
    free, _ = _asked(mask, event, allowed, holder, room)
    if free >= 0:
        _moved(event, free, holder, room)
    return bool(free >= 0)


@compiled
def placed_first(mask: Any, event: int, allowed: int, holder: Any, room: Any) -> None:
    """Give an event a step in any case: if nobody can make place, the last of those asked goes."""
    free, asked = _asked(mask, event, allowed, holder, room)
    if free < 0:
        for x in range(asked):
            k = room[1, x]
            if free < 0 or holder[k] > holder[free]:
                free = k
    if free >= 0:
        _moved(event, free, holder, room)


@compiled
def all_placed(
    mask: Any, begin: int, end: int, used: Any, wanted: Any, holder: Any, room: Any
) -> bool:
    """Return whether every step of the bit set `wanted` can be given an event from begin to end.

    The event `used` is spoken for.
    """
    missing = 0
    for k in range(len(holder)):
        holder[k] = -1
        missing += (wanted >> k) & 1
    j = begin
    while missing and j < end:
        if j != used and placed(mask, j, wanted, holder, room):
            missing -= 1
        j += 1
    return missing == 0
