"""A funnel of plain steps: each step is one event without conditions, and no two are the same.

Then an event serves one step only, and the order within an instant does not matter. So it is enough to
look at the times of each step's event, one sorted list per step: an event of step k is best reached from
the latest event of the step before, that one from the latest before it, down to the start. If that
start is too long ago, every earlier one is. People who never did a step cost nothing in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cairn.insights.funnel.journeys import Journeys, first_steps
from cairn.insights.funnel.spec import FunnelSpec
from cairn.query.periods import Span
from cairn.query.picking import compiled
from cairn.query.sequences import Stretch
from cairn.store.lanes import Lane, Wanted
from cairn.store.snapshot import Snapshot


def lanes_of(spec: FunnelSpec, snapshot: Snapshot) -> Sequence[Lane] | None:
    """Return the lane of each step, or None when the steps are not plain, or too many for memory."""
    selectors = [selector for step in spec.alternatives for selector in step]
    names = [selector.event for selector in selectors if selector.event is not None]
    plain = (
        spec.simple
        and len(set(names)) == len(selectors) == len(spec.steps)
        and all(selector.filter is None for selector in selectors)
        and spec.filter is None
        and spec.breakdown is None
    )
    return (
        snapshot.lanes.of([Wanted(snapshot.codes.get(name)) for name in names]) if plain else None
    )


def plainly_followed(lanes: Sequence[Lane], window: int, span: Span, stretch: Stretch) -> Journeys:
    """Follow the people of a stretch whose steps have these lanes."""
    lo, hi, steps = stretch.first_person, stretch.end_person, len(lanes)
    person, reached = np.empty(hi - lo, np.int32), np.empty(hi - lo, np.uint8)
    times = np.empty((hi - lo, steps), np.int64)
    n = _follow(
        np.stack([lane.start[lo : hi + 1] for lane in lanes]),
        np.array([lane.first for lane in lanes], np.int64),
        lanes[0].time, stretch.skipped, span.start_us, span.end_us, window, person, reached, times,
    )  # fmt: skip
    return Journeys(
        person[:n] + np.int32(lo), first_steps(reached[:n]), times[:n], np.zeros(n, np.uint32)
    )


@compiled
def _at_or_after(t: int, time: Any, i: int, end: int) -> int:
    """Return the first place in [i, end) whose time is t or later, or end."""
    while i < end:
        middle = (i + end) >> 1
        if time[middle] < t:
            i = middle + 1
        else:
            end = middle
    return i


@compiled
def _follow(
    start: Any, first: Any, time: Any, skipped: Any, start_us: int, end_us: int, window: int,
    person: Any, reached: Any, times: Any,
) -> int:  # fmt: skip
    """Write the journeys of those who took the first step, and return how many they are.

    `start[k]` and `first[k]` are those of step k's lane.
    """
    steps = len(first)
    begin, end = np.empty(steps, np.int64), np.empty(steps, np.int64)
    place = np.empty(steps, np.int64)
    n = 0
    for p in range(start.shape[1] - 1):
        if start[0, p] == start[0, p + 1] or (len(skipped) and skipped[p]):
            continue
        i, stop = first[0] + start[0, p], first[0] + start[0, p + 1]
        if time[i] < start_us:
            i = _at_or_after(start_us, time, i, stop)
        if i == stop or time[i] >= end_us:
            continue
        begin[0], end[0] = i, stop
        came = 1
        while came < steps and start[came, p] < start[came, p + 1]:
            begin[came], end[came] = first[came] + start[came, p], first[came] + start[came, p + 1]
            came += 1
        while came > 1:
            j = _reached(came - 1, time, begin, end, place, end_us, window)
            if j >= 0:
                times[n, came - 1] = time[j]
                break
            came -= 1
        times[n, 0] = time[place[0]] if came > 1 else time[i]
        for k in range(1, came - 1):
            times[n, k] = time[_at_or_after(times[n, k - 1], time, begin[k], end[k])]
        person[n] = p
        reached[n] = came
        n += 1
    return n


@compiled
def _reached(
    step: int, time: Any, begin: Any, end: Any, place: Any, end_us: int, window: int
) -> int:
    """Return the first event of a step that is reached in time, -1 for none.

    `place[0]` becomes the latest start that it is reached from.
    """
    for k in range(step):
        place[k] = begin[k] - 1
    for j in range(begin[step], end[step]):
        t = time[j]
        if t >= end_us:
            return -1
        before = t
        k = step - 1
        while k >= 0:
            i = place[k]
            while i + 1 < end[k] and time[i + 1] <= before:
                i += 1
            place[k] = i
            if i < begin[k]:
                break
            before = time[i]
            k -= 1
        if k < 0 and t - before <= window:
            return j
    return -1
