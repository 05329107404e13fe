"""The answer to a lifecycle over people's events in order: one walk along each person's intervals."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.insights.bucketing import bucket_at, place_of, typical_width
from cairn.insights.grouping import ranked
from cairn.insights.lifecycle.spec import STATUSES, LifecyclePoint, LifecycleResult, LifecycleSpec
from cairn.insights.lifecycle.table import Frame, frame_of, result_of
from cairn.insights.points import within
from cairn.query.filters import Group, Selector
from cairn.query.periods import Calendar, Span
from cairn.query.picking import compiled
from cairn.query.sequences import Matches, Pick, Sequences, Stretch

Persons = NDArray[np.int32]
_NO_CODES = np.zeros(0, np.uint32)
_NO_ONE = np.zeros(0, np.bool_)
_AS_IT_IS = np.arange(4, dtype=np.uint32)
"""The mask of each mask: for matches, whose masks are known already."""


def answer(
    spec: LifecycleSpec, sequences: Sequences, span: Span, calendar: Calendar
) -> LifecycleResult:
    """Count in each interval who is new, returning, resurrecting and dormant."""
    asked = _Asked.of(spec, sequences, span, calendar)
    if spec.breakdown is None:
        return result_of(asked.frame, asked.counted(np.zeros(1, np.int64), 1)[0])
    group_of, groups = asked.groups()
    counts = asked.counted(group_of, len(groups))
    return result_of(asked.frame, counts.sum(axis=0), groups, list(counts))


def people(
    spec: LifecycleSpec,
    point: LifecyclePoint,
    sequences: Sequences,
    span: Span,
    calendar: Calendar,
) -> Persons:
    """Return who has a status in an interval."""
    asked = _Asked.of(spec, sequences, span, calendar)
    within(point.bucket, len(asked.frame.buckets), "points in time")
    group_of, group = None, -1
    if point.group is not None:
        group_of, groups = asked.groups()
        if point.group not in groups:
            return np.zeros(0, np.int32)
        group = groups.index(point.group)
    status = STATUSES.index(point.status)

    def work(matches: Matches) -> Any:
        who, first = _members(
            matches.offsets, matches.time, matches.mask, asked.first_bit, asked.frame.edges,
            point.bucket + 1, status,
        )  # fmt: skip
        if group_of is not None:
            who = who[group_of[matches.codes[0][first]] == group]
        return who + np.int32(matches.first_person)

    return np.concatenate(sequences.scan(asked.pick, work))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question laid out over people's events.

    Selector 0 is being active. The first event with `first_bit` makes a person new: for
    `first_event` that of selector 1, which is any event.
    """

    spec: LifecycleSpec
    sequences: Sequences
    frame: Frame
    pick: Pick
    first_bit: np.uint32

    @classmethod
    def of(
        cls, spec: LifecycleSpec, sequences: Sequences, span: Span, calendar: Calendar
    ) -> _Asked:
        frame = frame_of(spec, span, calendar)
        active = spec.event.narrowed(spec.filter)
        selectors = (active,) if spec.new == "first_matching" else (active, Selector())
        pick = Pick(
            selectors,
            Span(np.iinfo(np.int64).min, frame.span.end_us),
            properties=() if spec.breakdown is None else (spec.breakdown,),
        )
        return cls(spec, sequences, frame, pick, np.uint32(1 << (len(selectors) - 1)))

    def groups(self) -> tuple[NDArray[np.int64], Sequence[Group]]:
        """Rank the values of the breakdown by how many people have them."""
        if self.spec.breakdown is None:
            return np.zeros(1, np.int64), []
        values = self.sequences.values(self.spec.breakdown)
        sizes = np.zeros(len(values), np.int64)
        lock = threading.Lock()

        def work(matches: Matches) -> None:
            first = _firsts(matches.offsets, matches.time, matches.mask, self.frame.edges[0])
            counts = np.bincount(matches.codes[0][first], minlength=len(values))
            with lock:
                sizes[:] += counts

        self.sequences.scan(self.pick, work)
        return ranked(sizes, values, self.spec.limit)

    def counted(self, group_of: Any, groups: int) -> NDArray[np.int64]:
        """Return people per group, status and bucket."""
        counts = np.zeros((groups, len(STATUSES), len(self.frame.buckets)), np.int64)
        lock = threading.Lock()

        def count(offsets: Any, time: Any, event: Any, masks: Any, code: Any, skipped: Any) -> None:
            part = np.zeros_like(counts)
            _count(
                offsets, time, event, masks, code, skipped, group_of, self.first_bit,
                self.frame.edges, part,
            )  # fmt: skip
            with lock:
                np.add(counts, part, out=counts)

        def work(matches: Matches) -> None:
            code = matches.codes[0] if matches.codes else _NO_CODES
            count(matches.offsets, matches.time, matches.mask, _AS_IT_IS, code, _NO_ONE)

        def shortcut(stretch: Stretch) -> None:
            run, lo, hi = stretch.base, stretch.first_person, stretch.end_person
            offsets = run.start[lo : hi + 1]
            count(offsets, run.time, run.event, stretch.masks, _NO_CODES, stretch.skipped)

        self.sequences.scan(self.pick, work, shortcut)
        return counts


@compiled
def _count(
    offsets: Any, time: Any, event: Any, masks: Any, code: Any, skipped: Any, group_of: Any,
    first_bit: Any, edges: Any, counts: Any,
) -> None:  # fmt: skip
    """Add each person's status in every interval, but not in interval 0.

    `masks[event[i]]` says which selectors an event fits. Without a `code` per event everyone has
    code 0.
    """
    opens, closes = edges[:-1], edges[1:]
    last = len(opens) - 1
    width = typical_width(opens, closes)
    for p in range(len(offsets) - 1):
        if len(skipped) and skipped[p]:
            continue
        lo, hi = offsets[p], offsets[p + 1]
        if lo == hi or time[hi - 1] < edges[0]:
            continue
        begin = lo
        while begin < hi and masks[event[begin]] & first_bit == 0:
            begin += 1
        if begin == hi:
            continue
        born = time[begin]
        before, until, group = -1, edges[0], -1
        for i in range(place_of(time, lo, hi, edges[0]), hi):
            t = time[i]
            if t < until or masks[event[i]] & np.uint32(1) == 0:
                continue
            if t >= edges[-1]:
                break
            here = bucket_at(t, opens, closes, width)
            until = closes[here]
            if before < 0:
                group = group_of[code[i] if len(code) else 0]
            elif before + 1 < here:
                counts[group, 3, before] += 1
            if here > 0:
                status = (
                    0 if born >= opens[here] else 1 if before >= 0 and before + 1 == here else 2
                )
                counts[group, status, here - 1] += 1
            before = here
        if 0 <= before < last:
            counts[group, 3, before] += 1


@compiled
def _firsts(offsets: Any, time: Any, mask: Any, from_us: int) -> Any:
    """Return the place of everyone's first active event from an instant on."""
    out = np.empty(len(offsets) - 1, np.int64)
    n = 0
    for p in range(len(offsets) - 1):
        for i in range(offsets[p], offsets[p + 1]):
            if mask[i] & np.uint32(1) and time[i] >= from_us:
                out[n] = i
                n += 1
                break
    return out[:n]


@compiled
def _members(
    offsets: Any, time: Any, mask: Any, first_bit: Any, edges: Any, interval: int, status: int
) -> tuple[Any, Any]:
    """Return who has a status in an interval, and the place of their first active event."""
    who = np.empty(len(offsets) - 1, np.int32)
    first = np.empty(len(offsets) - 1, np.int64)
    n = 0
    for p in range(len(offsets) - 1):
        entry, born = -1, edges[-1]
        here = before = False
        for i in range(offsets[p], offsets[p + 1]):
            t = time[i]
            if mask[i] & first_bit:
                born = min(born, t)
            if mask[i] & np.uint32(1) and t >= edges[0]:
                entry = i if entry < 0 else entry
                here |= edges[interval] <= t < edges[interval + 1]
                before |= edges[interval - 1] <= t < edges[interval]
        fresh = born >= edges[interval]
        found = 3 if not here else 0 if fresh else 1 if before else 2
        if found == status and (here or before):
            who[n] = p
            first[n] = entry
            n += 1
    return who[:n], first[:n]
