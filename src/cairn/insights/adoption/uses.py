"""Everyone's first and last use of a feature, and what is counted from them: alike on every engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cairn.core.clock import MICROSECONDS
from cairn.insights.adoption.spec import (
    STAGES,
    AdoptionGroup,
    AdoptionPoint,
    AdoptionResult,
    AdoptionSpec,
    Stage,
)
from cairn.insights.grouping import ranked
from cairn.insights.points import within
from cairn.query.filters import Group
from cairn.query.periods import Calendar, Span, after, buckets, floor

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Uses:
    """The people of the period: when they first came, and when they first and last used the feature.

    `first` is NEVER for those who did not. `code` is that of their value at their first use.
    """

    person: NDArray[np.int32]
    born: Ints
    first: Ints
    last: Ints
    code: Ints


def counted(
    spec: AdoptionSpec, uses: Uses, values: Sequence[str | None], span: Span, calendar: Calendar
) -> AdoptionResult:
    """Count everyone, and each group of the breakdown."""
    divided = buckets(span, spec.interval, calendar)
    closes = np.minimum(divided.edges_us[1:], span.end_us)
    at = {stage: is_at(spec, stage, uses, calendar) for stage in STAGES}

    def of(group: Group | None, inside: Flags) -> AdoptionGroup:
        first = np.sort(uses.first[inside])
        return AdoptionGroup(
            group=group,
            curve=tuple(np.searchsorted(first, closes).tolist()),
            **{stage: int((there & inside).sum()) for stage, there in at.items()},
        )

    group_of, groups = grouped(spec, uses, values)
    return AdoptionResult(
        buckets=divided.labels,
        persons=len(uses.person),
        total=of(None, uses.first != NEVER),
        groups=tuple(of(group, group_of == index) for index, group in enumerate(groups)),
    )


def behind(
    spec: AdoptionSpec,
    point: AdoptionPoint,
    uses: Uses,
    values: Sequence[str | None],
    span: Span,
    calendar: Calendar,
) -> NDArray[np.int32]:
    """Return the people behind a number, ascending."""
    divided = buckets(span, spec.interval, calendar)
    within(point.bucket, len(divided), "points in time")
    inside = is_at(spec, point.stage, uses, calendar)
    if point.bucket is not None:
        inside &= uses.first < min(divided.edges_us[point.bucket + 1], span.end_us)
    if point.group is not None:
        group_of, groups = grouped(spec, uses, values)
        if point.group not in groups:
            return uses.person[:0]
        inside &= group_of == groups.index(point.group)
    return np.sort(uses.person[inside])


def is_at(spec: AdoptionSpec, stage: Stage, uses: Uses, calendar: Calendar) -> Flags:
    """Flag those who are at a stage."""
    adopted: Flags = uses.first != NEVER
    if stage == "adopted" or not adopted.any():
        return adopted
    if stage == "early":
        soon: Flags = uses.first - uses.born < spec.early_days * 86_400 * MICROSECONDS
        return soon & adopted
    edges = [floor(int(uses.first[adopted].min()), "day", calendar)]
    latest = int(uses.last[adopted].max())
    while edges[-1] <= latest:
        edges.append(after(edges[-1], "day", calendar))
    first, last = (np.searchsorted(edges, times, side="right") for times in (uses.first, uses.last))
    again: Flags = first != last
    return again & adopted


def grouped(
    spec: AdoptionSpec, uses: Uses, values: Sequence[str | None]
) -> tuple[Ints, Sequence[Group]]:
    """Return the number of everyone's group, -1 for those who did not adopt, and the groups."""
    if spec.breakdown is None:
        return np.full(len(uses.person), -1), []
    adopted = uses.first != NEVER
    sizes = np.bincount(uses.code[adopted], minlength=len(values))
    group_of, groups = ranked(sizes, values, spec.limit)
    return np.where(adopted, group_of[uses.code], -1), groups
