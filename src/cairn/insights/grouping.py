"""Which values of a breakdown get a row of their own, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.query.filters import Group

NOWHERE = -1


def ranked(
    size: Any, values: Sequence[str | None], limit: int, present: Any = None
) -> tuple[NDArray[np.int64], list[Group]]:
    """Return (group of each code, groups): the largest `limit` values, and the rest as one.

    `size[code]` ranks the values, ties by text with missing last; codes without `present` (by default
    without size) get no group, or the rest's when there is one.

        >>> ranked(np.array([1, 5, 5, 0]), [None, "b", "a", "c"], 2)[1]
        [Group(value='a', other=False), Group(value='b', other=False), Group(value=None, other=True)]
    """
    size = np.asarray(size)
    present = np.asarray(size if present is None else present) > 0
    shown = sorted(
        np.flatnonzero(present).tolist(),
        key=lambda code: (-size[code], values[code] is None, values[code] or ""),
    )
    group_of = np.full(len(size), NOWHERE, np.int64)
    groups = [Group(value=values[code]) for code in shown[:limit]]
    if len(shown) > limit:
        group_of[:] = limit
        groups.append(Group(other=True))
    for rank, code in enumerate(shown[:limit]):
        group_of[code] = rank
    return group_of, groups
