"""Counting the plain question: calendar intervals, one each, and people who return once or more.

A person's returns are then a short list of intervals, each once, from which a cohort reads its columns.
`kernel` counts whatever else can be asked.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cairn.insights.bucketing import bucket_at, typical_width
from cairn.insights.retention.spec import RetentionSpec
from cairn.query.picking import compiled


def is_plain(spec: RetentionSpec) -> bool:
    """Return whether `count` can count a question."""
    return (
        spec.cohort != "first_ever"
        and spec.match in ("on", "on_or_after")
        and spec.minimum == 1
        and spec.clock == "calendar"
        and not spec.brackets
        and spec.measure.property is None
    )


@compiled
def count(
    offsets: Any, time: Any, event: Any, masks: Any, code: Any, skipped: Any, group_of: Any,
    first_time: bool, on: bool, edges: Any, end_us: int, size: Any, active: Any,
) -> None:  # fmt: skip
    """Add each person to their cohorts and to the columns in which they return.

    `masks[event[i]]` says which selectors an event fits. Without a `code` per event everyone has
    code 0. For `on_or_after` only the last column is marked; the caller sums from the right.
    """
    rows, columns = active.shape[1], active.shape[2]
    opens, closes = edges[:-1], edges[1:]
    width = typical_width(opens, closes)
    row_of = np.empty(rows, np.int64)
    group = np.empty(rows, np.int64)
    returned = np.empty(len(edges), np.int64)
    for p in range(len(offsets) - 1):
        if len(skipped) and skipped[p]:
            continue
        starts, returns, started = 0, 0, False
        interval, until = 0, edges[0]
        for i in range(offsets[p], offsets[p + 1]):
            mask = masks[event[i]]
            if mask == 0 or (starts == 0 and (mask & np.uint32(1)) == 0):
                continue
            t = time[i]
            wanted = (mask & np.uint32(1)) != 0 and not (first_time and started)
            started |= wanted
            if first_time and wanted and not edges[0] <= t < end_us:
                break  # the one start that counts lies elsewhere
            if t < edges[0]:
                continue
            back = (mask & np.uint32(2)) != 0 and starts > 0
            if not back and not (wanted and t < end_us):
                continue
            if t >= until:
                interval = bucket_at(t, opens, closes, width)
                until = closes[min(interval, len(closes) - 1)]
            if back and (returns == 0 or returned[returns - 1] != interval):
                returned[returns] = interval
                returns += 1
                if first_time and interval >= row_of[0] + columns:
                    break  # later returns change nothing
            if wanted and t < end_us and (starts == 0 or row_of[starts - 1] != interval):
                row_of[starts] = interval
                group[starts] = group_of[code[i] if len(code) else 0]
                starts += 1
        first = 0
        for s in range(starts):
            row, g = row_of[s], group[s]
            size[g, row] += 1
            while first < returns and returned[first] <= row:
                first += 1
            if on:
                for r in range(first, returns):
                    if returned[r] >= row + columns:
                        break
                    active[g, row, returned[r] - row] += 1
            elif first < returns:
                active[g, row, min(returned[returns - 1] - row, columns - 1)] += 1
