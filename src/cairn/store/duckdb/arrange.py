"""Putting events in order of (person, time, arrival): the compiled loops behind the index.

All functions release the GIL and are compiled when first called.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cairn.core.compiled import compiled


@compiled
def order_events(person: Any, time: Any, persons: int) -> tuple[Any, Any]:
    """Return (start, order): where each person's events begin, and which event stands at each place.

    `person` and `time` are in order of arrival, which decides between equal times.
    """
    start = np.zeros(persons + 1, np.int64)
    for i in range(len(person)):
        start[person[i] + 1] += 1
    for p in range(persons):
        start[p + 1] += start[p]
    cursor = start[:-1].copy()
    order = np.empty(len(person), np.int64)
    for i in range(len(person)):
        p = person[i]
        order[cursor[p]] = i
        cursor[p] += 1
    for p in range(persons):
        lo, hi = start[p], start[p + 1]
        in_order = True
        for i in range(lo + 1, hi):
            if time[order[i]] < time[order[i - 1]]:
                in_order = False
                break
        if in_order:
            continue
        if hi - lo <= 48:
            for i in range(lo + 1, hi):
                moving = order[i]
                j = i
                while j > lo and time[order[j - 1]] > time[moving]:
                    order[j] = order[j - 1]
                    j -= 1
                order[j] = moving
        else:
            stretch = order[lo:hi].copy()
            by_time = np.argsort(time[stretch], kind="mergesort")
            for i in range(hi - lo):
                order[lo + i] = stretch[by_time[i]]
    return start, order


@compiled
def merge_order(
    a_start: Any,
    a_time: Any,
    a_row: Any,
    a_moved: Any,
    b_start: Any,
    b_time: Any,
    b_row: Any,
    persons: int,
) -> tuple[Any, Any]:
    """Merge two runs: return (start, source), where source is i for a[i] and -1 - j for b[j].

    Stretches of `a` whose person is marked in `a_moved` are left out.
    """
    a_persons, b_persons = len(a_start) - 1, len(b_start) - 1
    start = np.zeros(persons + 1, np.int64)
    source = np.empty(len(a_time) + len(b_time), np.int64)
    n = 0
    for p in range(persons):
        i = i_end = j = j_end = 0
        if p < a_persons and not (p < len(a_moved) and a_moved[p]):
            i, i_end = a_start[p], a_start[p + 1]
        if p < b_persons:
            j, j_end = b_start[p], b_start[p + 1]
        while i < i_end and j < j_end:
            if a_time[i] < b_time[j] or (a_time[i] == b_time[j] and a_row[i] < b_row[j]):
                source[n] = i
                i += 1
            else:
                source[n] = -1 - j
                j += 1
            n += 1
        while i < i_end:
            source[n] = i
            i += 1
            n += 1
        while j < j_end:
            source[n] = -1 - j
            j += 1
            n += 1
        start[p + 1] = n
    return start, source[:n]


@compiled
def take_from_two(source: Any, a: Any, b: Any, out: Any) -> None:
    """Fill `out` with a[i] or b[j] as `source` of `merge_order` says."""
    for k in range(len(source)):
        s = source[k]
        out[k] = a[s] if s >= 0 else b[-1 - s]


@compiled
def take_positions(position: Any, base: Any, recent: Any, out: Any) -> None:
    """Fill `out` with the column's code at each position: base first, recent beyond it."""
    n = len(base)
    for k in range(len(position)):
        p = position[k]
        out[k] = base[p] if p < n else recent[p - n]
