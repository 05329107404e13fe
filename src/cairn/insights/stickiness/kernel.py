"""The answer to stickiness over people's events in order: everyone's number, then how many have it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.insights.bucketing import bucket_at, place_of, typical_width
from cairn.insights.grouping import ranked
from cairn.insights.points import within
from cairn.insights.stickiness.spec import StickinessPoint, StickinessResult, StickinessSpec
from cairn.insights.stickiness.table import (
    Counts,
    Frame,
    Shares,
    bounds,
    frame_of,
    result_of,
    shares_of,
)
from cairn.query.filters import Group, Selector
from cairn.query.periods import Calendar, Span
from cairn.query.picking import compiled
from cairn.query.sequences import Matches, Pick, Sequences, Stretch

Persons = NDArray[np.int32]
_NO_CODES = np.zeros(0, np.uint32)
_NO_ONE = np.zeros(0, np.bool_)
_AS_IT_IS = np.arange(2, dtype=np.uint32)
"""The mask of each mask: for matches, whose masks are known already."""


def answer(
    spec: StickinessSpec, sequences: Sequences, span: Span, calendar: Calendar
) -> StickinessResult:
    """Count people by the number of their intervals or events, or how many are sticky over time."""
    frame = frame_of(spec, span, calendar)
    asked = [_Asked(spec, sequences, frame, series) for series in spec.series]
    if spec.per:
        return shares_of(frame, [one.shares() for one in asked])
    return result_of(spec, frame, [one.counts() for one in asked])


def people(
    spec: StickinessSpec,
    point: StickinessPoint,
    sequences: Sequences,
    span: Span,
    calendar: Calendar,
) -> Persons:
    """Return those of a bar, or those who are sticky in a week or month."""
    within(point.series, len(spec.series), "series")
    frame = frame_of(spec, span, calendar)
    asked = _Asked(spec, sequences, frame, spec.series[point.series])
    group_of, groups = asked.groups()
    if point.group not in groups:
        return np.zeros(0, np.int32)
    group = groups.index(point.group)
    edges = frame.edges
    if spec.per:
        within(point.index, len(frame.stretches), "points in time")
        edges = frame.stretch(point.index)
        least, most = spec.at_least, len(frame.edges)
    else:
        within(point.index, len(frame.starts), "bars")
        least, most = bounds(spec, frame, point.index)

    def work(matches: Matches) -> Any:
        amount, first = asked.amounts(matches, edges)
        if spec.per:
            _, first = asked.amounts(matches, frame.edges)
        who = np.flatnonzero((amount >= least) & (amount <= most))
        code = matches.codes[0][first[who]] if matches.codes else np.zeros(len(who), np.uint32)
        return (who[group_of[code] == group] + matches.first_person).astype(np.int32)

    return np.concatenate(sequences.scan(asked.pick, work))


@dataclass(frozen=True, slots=True)
class _Asked:
    """One series laid out over people's events."""

    spec: StickinessSpec
    sequences: Sequences
    frame: Frame
    series: Selector

    @property
    def pick(self) -> Pick:
        """Return the events of the series, with the breakdown."""
        extra = () if self.spec.breakdown is None else (self.spec.breakdown,)
        return Pick((self.series,), self.frame.span, self.spec.filter, extra)

    def groups(self) -> tuple[NDArray[np.int64], Sequence[Group | None]]:
        """Rank the values of the breakdown by how many people have them."""
        if self.spec.breakdown is None:
            return np.zeros(1, np.int64), [None]
        values = self.sequences.values(self.spec.breakdown)
        sizes = np.zeros(len(values), np.int64)
        lock = threading.Lock()

        def work(matches: Matches) -> None:
            amount, first = self.amounts(matches, self.frame.edges)
            counts = np.bincount(matches.codes[0][first[amount > 0]], minlength=len(values))
            with lock:
                sizes[:] += counts

        self.sequences.scan(self.pick, work)
        return ranked(sizes, values, self.spec.limit)

    def amounts(self, matches: Matches, edges: Any) -> tuple[Any, Any]:
        """Return everyone's number within the intervals, and the place of their first event."""
        return _amounts(
            matches.offsets, matches.time, matches.mask, _AS_IT_IS, _NO_ONE, edges,
            self.spec.of == "events", self.spec.minimum,
        )  # fmt: skip

    def counts(self) -> Counts:
        """Return how many people of each group have a number in each bin."""
        group_of, groups = self.groups()
        bins = len(self.frame.starts)
        persons = np.zeros(len(groups) * bins, np.int64)
        amounts = np.zeros(len(groups), np.int64)
        lock = threading.Lock()

        def count(amount: Any, group: Any) -> None:
            place = np.searchsorted(self.frame.starts, amount, side="right") - 1
            part = np.bincount(group * bins + place, minlength=len(persons))
            total = np.zeros_like(amounts)
            np.add.at(total, group, amount)
            with lock:
                persons[:] += part
                amounts[:] += total

        def work(matches: Matches) -> None:
            amount, first = self.amounts(matches, self.frame.edges)
            there = amount > 0
            code = matches.codes[0][first[there]] if matches.codes else 0
            count(amount[there], np.broadcast_to(group_of[code], there.sum()))

        def shortcut(stretch: Stretch) -> None:
            run, lo, hi = stretch.base, stretch.first_person, stretch.end_person
            amount, _ = _amounts(
                run.start[lo : hi + 1], run.time, run.event, stretch.masks, stretch.skipped,
                self.frame.edges, self.spec.of == "events", self.spec.minimum,
            )  # fmt: skip
            amount = amount[amount > 0]
            count(amount, np.zeros(len(amount), np.int64))

        self.sequences.scan(self.pick, work, shortcut)
        return Counts(groups, persons.reshape(len(groups), bins), amounts)

    def shares(self) -> Shares:
        """Return how many people of each group are active, and sticky, in each stretch."""
        group_of, groups = self.groups()
        active = np.zeros((len(groups), len(self.frame.stretches)), np.int64)
        sticky = np.zeros_like(active)
        lock = threading.Lock()

        def count(offsets: Any, time: Any, event: Any, masks: Any, code: Any, skipped: Any) -> None:
            here, enough = np.zeros_like(active), np.zeros_like(sticky)
            _count(
                offsets, time, event, masks, code, skipped, group_of, self.frame.edges,
                self.frame.stretch_of, self.spec.minimum, self.spec.at_least, here, enough,
            )  # fmt: skip
            with lock:
                np.add(active, here, out=active)
                np.add(sticky, enough, out=sticky)

        def work(matches: Matches) -> None:
            code = matches.codes[0] if matches.codes else _NO_CODES
            count(matches.offsets, matches.time, matches.mask, _AS_IT_IS, code, _NO_ONE)

        def shortcut(stretch: Stretch) -> None:
            run, lo, hi = stretch.base, stretch.first_person, stretch.end_person
            offsets = run.start[lo : hi + 1]
            count(offsets, run.time, run.event, stretch.masks, _NO_CODES, stretch.skipped)

        self.sequences.scan(self.pick, work, shortcut)
        return Shares(groups, active, sticky)


@compiled
def _amounts(
    offsets: Any, time: Any, event: Any, masks: Any, skipped: Any, edges: Any, by_event: bool,
    minimum: int,
) -> tuple[Any, Any]:  # fmt: skip
    """Return how many events, or intervals with enough events, everyone has; and their first event.

    `masks[event[i]]` is 0 for events that do not count.
    """
    opens, closes = edges[:-1], edges[1:]
    width = typical_width(opens, closes)
    people = max(len(offsets) - 1, 0)
    amount = np.zeros(people, np.int64)
    first = np.full(people, -1, np.int64)
    for p in range(people):
        if len(skipped) and skipped[p]:
            continue
        n, times, until = 0, 0, edges[0]
        for i in range(place_of(time, offsets[p], offsets[p + 1], edges[0]), offsets[p + 1]):
            t = time[i]
            if t < until and times >= minimum:
                continue  # this interval counts already
            if t >= edges[-1]:
                break
            if masks[event[i]] == 0:
                continue
            if first[p] < 0:
                first[p] = i
            if by_event:
                n += 1
                continue
            if t >= until:
                until = closes[bucket_at(t, opens, closes, width)]
                times = 0
            times += 1
            n += times == minimum
        amount[p] = n
    return amount, first


@compiled
def _count(
    offsets: Any, time: Any, event: Any, masks: Any, code: Any, skipped: Any, group_of: Any,
    edges: Any, stretch_of: Any, minimum: int, at_least: int, active: Any, sticky: Any,
) -> None:  # fmt: skip
    """Add each person to the stretches in which they have one interval, and `at_least` intervals."""
    opens, closes = edges[:-1], edges[1:]
    width = typical_width(opens, closes)
    for p in range(len(offsets) - 1):
        if len(skipped) and skipped[p]:
            continue
        group, stretch, n, times, here, until = -1, -1, 0, 0, 0, edges[0]
        for i in range(place_of(time, offsets[p], offsets[p + 1], edges[0]), offsets[p + 1]):
            t = time[i]
            if t < until and times >= minimum:
                continue  # this interval counts already
            if t >= edges[-1]:
                break
            if masks[event[i]] == 0:
                continue
            if group < 0:
                group = group_of[code[i] if len(code) else 0]
            if t >= until:
                here = bucket_at(t, opens, closes, width)
                until = closes[here]
                times = 0
            times += 1
            if times == minimum:
                if stretch_of[here] != stretch:
                    stretch = stretch_of[here]
                    n = 0
                n += 1
                active[group, stretch] += n == 1
                sticky[group, stretch] += n == at_least
