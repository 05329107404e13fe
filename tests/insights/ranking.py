"""Which values of a breakdown are shown, by the book."""

from __future__ import annotations

from collections.abc import Mapping

from cairn.query.filters import Group


def shown(
    sizes: Mapping[str | None, float], limit: int
) -> tuple[dict[str | None, Group], list[Group]]:
    """Return the group of each value, and the groups in order: the largest, then the rest."""
    order = sorted(sizes, key=lambda value: (-sizes[value], value is None, value or ""))
    groups = [Group(value=value) for value in order[:limit]]
    group_of = {value: Group(value=value) for value in order[:limit]}
    if order[limit:]:
        groups.append(Group(other=True))
        group_of |= {value: Group(other=True) for value in order[limit:]}
    return group_of, groups
