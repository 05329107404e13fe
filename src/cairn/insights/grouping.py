"""Which values of a breakdown get a row of their own, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.insights.ranges import Range, Value, label_of, order_of
from cairn.query.filters import Group

NOWHERE = -1


def ranked(
    size: Any, values: Sequence[Value | tuple[Value, ...]], limit: int, present: Any = None
) -> tuple[NDArray[np.int64], list[Group]]:
    """Return (group of each code, groups): the largest `limit` values, and the rest as one.

    `size[code]` ranks the values, ties by value with missing last; codes without `present` (by default
    without size) get no group, or the rest's when there is one. Ranges that are shown come in the
    order of their numbers.

        >>> group_of, groups = ranked(np.array([1, 5, 5, 0]), [None, "b", "a", "c"], 2)
        >>> [group.value for group in groups], groups[-1].other
        (['a', 'b', None], True)
    """
    size = np.asarray(size)
    present = np.asarray(size if present is None else present) > 0
    found = np.flatnonzero(present)
    largest = found
    if len(found) > limit:
        least = np.partition(size[found], -limit)[-limit]
        largest = found[size[found] >= least]
    shown = sorted(largest.tolist(), key=lambda code: (-size[code], order_of(values[code])))[:limit]
    shown = in_order(shown, [values[code] for code in shown])
    group_of = np.full(len(size), NOWHERE, np.int64)
    groups = [group_of_value(values[code]) for code in shown]
    if len(found) > limit:
        group_of[:] = limit
        groups.append(Group(other=True))
    for rank, code in enumerate(shown):
        group_of[code] = rank
    return group_of, groups


def in_order(items: Sequence[Any], values: Sequence[Value | tuple[Value, ...]]) -> list[Any]:
    """Return items in the order of their values when these are ranges, else as they are."""
    if not any(isinstance(value, Range) for value in values):
        return list(items)
    places = sorted(range(len(items)), key=lambda i: order_of(values[i]))
    return [items[i] for i in places]


def group_of_value(value: Value | tuple[Value, ...]) -> Group:
    """Return the group of a value, or of a combination of several."""
    if isinstance(value, tuple):
        first, *more = map(label_of, value)
        return Group(value=first, more=tuple(more))
    return Group(value=label_of(value))
