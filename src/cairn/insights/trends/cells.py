"""Counting events and people into cells, and what many numbers in a cell come to.

A cell is a group's bucket; events that count nowhere have NOWHERE. A person's events stand together,
so distinct people need no set: a cell remembers the last person who was counted in it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.insights.bucketing import bucket_at, typical_width
from cairn.insights.trends.spec import PERCENTILES
from cairn.query.picking import compiled

Numbers = NDArray[np.float64]
Reduction = Callable[[Any, Any, int], tuple[Numbers, Any]]


def reduction(of: str) -> Reduction:
    """Return the function from (cell, number, cells) to (a value per cell, whether it has any)."""
    if of in PERCENTILES:
        return lambda cell, number, cells: _percentile(cell, number, cells, PERCENTILES[of])
    return {
        "sum": _total,
        "average": _average,
        "minimum": _minimum,
        "maximum": _maximum,
    }[of]


def _total(cell: Any, number: Any, cells: int) -> tuple[Numbers, Any]:
    sums = np.bincount(cell, number, cells).astype(np.float64)
    return sums, np.bincount(cell, minlength=cells) > 0


def _average(cell: Any, number: Any, cells: int) -> tuple[Numbers, Any]:
    counts = np.bincount(cell, minlength=cells)
    return divided(np.bincount(cell, number, cells), counts), counts > 0


def _minimum(cell: Any, number: Any, cells: int) -> tuple[Numbers, Any]:
    out = np.full(cells, np.inf)
    np.minimum.at(out, cell, number)
    return np.where(np.isinf(out), 0.0, out), ~np.isinf(out)


def _maximum(cell: Any, number: Any, cells: int) -> tuple[Numbers, Any]:
    out, present = _minimum(cell, -number, cells)
    return 0.0 - out, present


def _percentile(cell: Any, number: Any, cells: int, share: float) -> tuple[Numbers, Any]:
    """Interpolate linearly between the two nearest values of each cell (Hyndman and Fan, type 7)."""
    order = np.lexsort((number, cell))
    ordered = number[order]
    counts = np.bincount(cell, minlength=cells)
    first = np.cumsum(counts) - counts
    present = counts > 0
    place = (counts[present] - 1) * share
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, counts[present] - 1)
    low, high = ordered[first[present] + below], ordered[first[present] + above]
    out = np.zeros(cells)
    with np.errstate(over="ignore"):
        out[present] = low + (high - low) * (place - below)
    return out, present


def divided(above: Any, below: Any) -> Numbers:
    """Return a ratio, 0 where it has no meaning."""
    out = np.zeros(np.shape(above))
    np.divide(above, below, out=out, where=np.asarray(below) > 0)
    return out


def accumulated_distinct(
    group: Any, bucket: Any, value: Any, shape: tuple[int, int]
) -> tuple[Numbers, Numbers]:
    """Return how many of a group's values first occur in each bucket, and how many it has.

    No group's value occurs twice in a bucket.
    """
    order = np.lexsort((bucket, value, group))
    group, bucket, value = group[order], bucket[order], value[order]
    first = np.ones(len(group), np.bool_)
    first[1:] = (group[1:] != group[:-1]) | (value[1:] != value[:-1])
    group, bucket = group[first], bucket[first]
    new = np.bincount(group * shape[1] + bucket, minlength=shape[0] * shape[1])
    overall = np.bincount(group, minlength=shape[0])
    return new.reshape(shape).astype(np.float64), overall.astype(np.float64)


@compiled
def count_events(time: Any, code: Any, group_of: Any, opens: Any, closes: Any, counts: Any) -> None:
    """Count each event in the bucket that holds it."""
    width = typical_width(opens, closes)
    for i in range(len(time)):
        g = group_of[code[i]]
        if g >= 0:
            counts[g, bucket_at(time[i], opens, closes, width)] += 1


@compiled
def find_cells(time: Any, code: Any, group_of: Any, opens: Any, closes: Any, cell: Any) -> None:
    """Write the cell of each event."""
    width = typical_width(opens, closes)
    for i in range(len(time)):
        g = group_of[code[i]]
        cell[i] = -1
        if g >= 0:
            cell[i] = g * len(closes) + bucket_at(time[i], opens, closes, width)


@compiled
def count_people(
    offsets: Any, time: Any, code: Any, group_of: Any, opens: Any, closes: Any, start_us: int,
    counts: Any, overall: Any, events: Any,
) -> None:  # fmt: skip
    """Count each person once in every window that holds an event of theirs, and all events.

    Windows open and close in order, and so do a person's events: `following[g]` is the first window
    in which the person is not counted yet.
    """
    groups, buckets = counts.shape
    width = typical_width(opens, closes)
    person = np.full(groups, -1, np.int64)
    following = np.zeros(groups, np.int64)
    counted = np.zeros(groups, np.bool_)
    for p in range(len(offsets) - 1):
        for i in range(offsets[p], offsets[p + 1]):
            g = group_of[code[i]]
            if g < 0:
                continue
            t = time[i]
            if person[g] != p:
                person[g] = p
                following[g] = 0
                counted[g] = False
            if t >= start_us:
                events[g] += 1
                if not counted[g]:
                    counted[g] = True
                    overall[g] += 1
            b = following[g]
            if b < buckets and closes[b] <= t:
                b = bucket_at(t, opens, closes, width)
            while b < buckets and opens[b] <= t:
                counts[g, b] += 1
                b += 1
            following[g] = max(following[g], b)


@compiled
def sums_of_people(offsets: Any, cell: Any, number: Any, cells: int) -> Any:
    """Return the cell, each person's sum of the numbers in each cell with any of theirs, and the person."""
    person = np.full(cells, -1, np.int64)
    place = np.empty(cells, np.int64)
    cell_of = np.empty(len(cell), np.int64)
    sums = np.empty(len(cell), np.float64)
    person_of = np.empty(len(cell), np.int64)
    n = 0
    for p in range(len(offsets) - 1):
        for i in range(offsets[p], offsets[p + 1]):
            c = cell[i]
            if c < 0 or np.isnan(number[i]):
                continue
            if person[c] != p:
                person[c] = p
                place[c] = n
                cell_of[n] = c
                person_of[n] = p
                sums[n] = 0.0
                n += 1
            sums[place[c]] += number[i]
    return cell_of[:n], sums[:n], person_of[:n]


@compiled
def first_events(offsets: Any, time: Any, mask: Any, start_us: int, after: Any, out: Any) -> Any:
    """Write the place of each person's first event if it has the second bit and is not too early.

    `after` becomes the offsets of what is kept; returns how many that are.
    """
    n = 0
    after[0] = 0
    for p in range(len(offsets) - 1):
        i = offsets[p]
        if i < offsets[p + 1] and mask[i] & 2 and time[i] >= start_us:
            out[n] = i
            n += 1
        after[p + 1] = n
    return n


@compiled
def with_any(offsets: Any, here: Any) -> Any:
    """Return the people of a chunk, from 0, who have a flagged match."""
    out = np.empty(len(offsets) - 1, np.int32)
    n = 0
    for p in range(len(offsets) - 1):
        for i in range(offsets[p], offsets[p + 1]):
            if here[i]:
                out[n] = p
                n += 1
                break
    return out[:n]
