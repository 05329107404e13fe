"""Picking a stretch of people's matches out of a snapshot's two runs: the compiled loops of a scan.

Whether an event matches is hard to foresee, so the loops do not branch on it: they always write the
next place, and go on to the one after it only for a match. Only an event's code is read for every
event; its time is read for matches.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

compiled = numba.njit(nogil=True, cache=True)


@compiled
def pick_events(
    start: Any, event: Any, masks: Any, lo: int, hi: int, only: Any, place: Any, offsets: Any
) -> Any:
    """Write where in the run the events of people lo to hi with a mask stand; return how many do.

    `only` flags the people to look at, when it has any. `place` needs room for one more than all
    their events. `offsets` says whose they are.
    """
    n = np.uint64(0)
    offsets[0] = 0
    for p in range(lo, hi):
        if p < len(start) - 1 and (len(only) == 0 or only[p - lo]):
            for k in range(start[p], start[p + 1]):
                place[n] = k
                n += np.uint64(masks[event[k]] != 0)
        offsets[p - lo + 1] = n
    return n


@compiled
def read_events(
    place: Any, run_event: Any, run_time: Any, masks: Any, start_us: int, end_us: int, time: Any, mask: Any
) -> Any:  # fmt: skip
    """Fill in time and mask of the events picked; return whether all lie within the span."""
    outside = False
    for i in range(len(place)):
        k = place[i]
        t = run_time[k]
        time[i] = t
        mask[i] = masks[run_event[k]]
        outside |= (t < start_us) | (t >= end_us)
    return not outside


@compiled
def pick_from_lane(
    start: Any, first: Any, lane_time: Any, lane_place: Any, only: Any, start_us: int, end_us: int,
    offsets: Any, time: Any, mask: Any, place: Any,
) -> Any:  # fmt: skip
    """Do the same as `pick_from_lanes` for one lane, whose occurrences are in order already."""
    n = np.uint64(0)
    offsets[0] = 0
    for p in range(start.shape[1] - 1):
        if len(only) == 0 or only[p]:
            for k in range(first[0] + start[0, p], first[0] + start[0, p + 1]):
                t = lane_time[k]
                time[n], place[n], mask[n] = t, lane_place[k], 1
                n += np.uint64((t >= start_us) & (t < end_us))
        offsets[p + 1] = n
    return n


@compiled
def pick_from_lanes(
    start: Any, first: Any, lane_time: Any, lane_place: Any, only: Any, start_us: int, end_us: int,
    offsets: Any, time: Any, mask: Any, place: Any,
) -> Any:  # fmt: skip
    """Merge the occurrences of events in the span, in order; return how many there are.

    Lane k holds what fits selector k: person p's from `first[k] + start[k, p]` on. An occurrence
    that stands in several lanes fits several selectors. `only` flags the people to look at, when it
    has any.
    """
    lanes = len(first)
    head, end = np.empty(lanes, np.int64), np.empty(lanes, np.int64)
    n = 0
    offsets[0] = 0
    for p in range(start.shape[1] - 1):
        if len(only) == 0 or only[p]:
            for k in range(lanes):
                head[k], end[k] = first[k] + start[k, p], first[k] + start[k, p + 1]
            while True:
                least = -1
                for k in range(lanes):
                    if head[k] < end[k] and (
                        least < 0 or lane_place[head[k]] < lane_place[head[least]]
                    ):
                        least = k
                if least < 0:
                    break
                at, t = lane_place[head[least]], lane_time[head[least]]
                bits = np.uint32(0)
                for k in range(lanes):
                    if head[k] < end[k] and lane_place[head[k]] == at:
                        bits |= np.uint32(1) << np.uint32(k)
                        head[k] += 1
                time[n], mask[n], place[n] = t, bits, at
                n += (t >= start_us) & (t < end_us)
        offsets[p + 1] = n
    return n


@compiled
def keep_within(start_us: int, end_us: int, offsets: Any, time: Any, mask: Any, place: Any) -> Any:
    """Close the gaps of events outside the span, in place, and return how many are left."""
    n = np.uint64(0)
    i = 0
    for p in range(len(offsets) - 1):
        for k in range(i, offsets[p + 1]):
            t = time[k]
            time[n] = t
            mask[n] = mask[k]
            place[n] = place[k]
            n += np.uint64((t >= start_us) & (t < end_us))
        i = offsets[p + 1]
        offsets[p + 1] = n
    return n


@compiled
def merge_picked(
    lo: int, moved: Any,
    a_offsets: Any, a_time: Any, a_mask: Any, a_place: Any, a_row: Any, a_position: Any,
    b_offsets: Any, b_time: Any, b_mask: Any, b_place: Any, b_row: Any, b_position: Any,
    offsets: Any, time: Any, mask: Any, place: Any,
) -> Any:  # fmt: skip
    """Merge what was picked from the base (a) and the recent run (b), in order of time and arrival.

    Those of moved people are taken from b alone. `place` becomes the position in columns, which for
    the base is the place itself when it has no positions.
    """
    n = 0
    offsets[0] = 0
    for q in range(len(offsets) - 1):
        i, i_end, j, j_end = a_offsets[q], a_offsets[q + 1], b_offsets[q], b_offsets[q + 1]
        if lo + q < len(moved) and moved[lo + q]:
            i = i_end
        while i < i_end or j < j_end:
            from_a = j == j_end
            if i < i_end and j < j_end:
                from_a = a_time[i] < b_time[j] or (
                    a_time[i] == b_time[j] and a_row[a_place[i]] < b_row[b_place[j]]
                )
            if from_a:
                at = a_place[i]
                place[n] = a_position[at] if len(a_position) else at
                time[n], mask[n] = a_time[i], a_mask[i]
                i += 1
            else:
                time[n], mask[n], place[n] = b_time[j], b_mask[j], b_position[b_place[j]]
                j += 1
            n += 1
        offsets[q + 1] = n
    return n


@compiled
def gather(place: Any, base: Any, recent: Any, out: Any) -> None:
    """Fill `out` with a column's code at each position: base first, recent beyond it."""
    n = len(base)
    for k in range(len(place)):
        p = place[k]
        out[k] = base[p] if p < n else recent[p - n]


@compiled
def spread(by_person: Any, offsets: Any) -> Any:
    """Return each person's code for each of their matches."""
    out = np.empty(offsets[-1], np.uint32)
    for p in range(len(by_person)):
        for k in range(offsets[p], offsets[p + 1]):
            out[k] = by_person[p]
    return out


@compiled
def recount(offsets: Any, kept: Any) -> Any:
    """Return the offsets of what is kept."""
    out = np.empty(len(offsets), np.int64)
    out[0] = 0
    n = 0
    for p in range(len(offsets) - 1):
        for k in range(offsets[p], offsets[p + 1]):
            n += kept[k]
        out[p + 1] = n
    return out
