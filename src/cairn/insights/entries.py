"""The one value of a breakdown that everybody has: that on the first of their events."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from cairn.insights.grouping import ranked
from cairn.query.filters import Group


def entries(events: ir.Table) -> ir.Table:
    """Return everyone with the value of the first of their events.

    `events` has the columns person, time, seq and value.
    """
    order = ibis.row_number().over(group_by=events.person, order_by=[events.time, events.seq])
    placed = events.mutate(place=order)
    return placed.filter(placed.place == 0).select("person", "value")


def grouped(
    values: Sequence[str | None], sizes: Sequence[int], limit: int
) -> tuple[dict[str | None, int], list[Group]]:
    """Return the number of the group of each value, and the groups, from how many have each value.

    >>> grouped(["a", None, "b"], [1, 2, 3], 1)[0]
    {'a': 1, None: 1, 'b': 0}
    """
    group_of, groups = ranked(np.array(sizes, np.int64), values, limit)
    return dict(zip(values, group_of.tolist(), strict=True)), groups


def numbered(values: Sequence[str | None], group_of: dict[str | None, int]) -> NDArray[np.int64]:
    """Return the number of the group of each value."""
    return np.fromiter((group_of[value] for value in values), np.int64, len(values))
