"""Following every attempt on its own: what a funnel needs when its options judge attempts.

An attempt is decided by the event that begins it. Of a person's attempts the one with the most
required steps wins; then the one with the most optional steps; then the first to get there; then the
latest to begin; then the one with the earlier steps. Counted as totals, every attempt counts that
begins after the one before has converted, met an exclusion, or seen its window close.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cairn.insights.funnel.any_order import in_any_order
from cairn.insights.funnel.journeys import NOT_TAKEN, Journeys
from cairn.insights.funnel.ordered import in_order
from cairn.insights.funnel.spec import FunnelSpec
from cairn.insights.funnel.strict import strictly
from cairn.query.periods import Span
from cairn.query.picking import compiled
from cairn.query.sequences import Matches

_ORDERED, _STRICT, _ANY = range(3)
_ORDERS = {"ordered": _ORDERED, "strict": _STRICT, "any": _ANY}


def attempted(spec: FunnelSpec, matches: Matches, span: Span) -> Journeys:
    """Return the winning attempt of everyone, or every attempt when totals are counted."""
    totals = spec.count == "totals"
    room = len(matches.time) if totals else min(matches.persons, len(matches.time))
    person, done = np.empty(room, np.int32), np.empty(room, np.uint32)
    times = np.empty((room, len(spec.steps)), np.int64)
    n = _attempts(
        matches.offsets, matches.time, matches.mask, _ORDERS[spec.order], spec.window.microseconds,
        span.end_us, sum(1 << k for k, optional in enumerate(spec.optional) if optional),
        np.array(spec.between, np.int64).reshape(-1, 2), spec.on_exclusion == "drop",
        spec.anchor == "first", totals, person, done, times,
    )  # fmt: skip
    return Journeys(person[:n], done[:n], times[:n], np.zeros(n, np.uint32))


@compiled
def _attempts(
    offsets: Any, time: Any, mask: Any, order: int, window: int, end_us: int, optional: int,
    between: Any, drops: bool, only_first: bool, totals: bool, person: Any, done: Any, times: Any,
) -> int:  # fmt: skip
    """Write the attempts that count, and return how many they are."""
    steps = times.shape[1]
    at, holder = np.empty(steps, np.int64), np.empty(steps, np.int64)
    room = np.empty((2, steps), np.int64)
    begins = (1 << steps) - 1 if order == _ANY else 1
    prunes = order != _STRICT and not (totals or only_first) and (drops or not len(between))
    n = 0
    for p in range(len(offsets) - 1):
        i, end, best, closed = offsets[p], offsets[p + 1], 0, False
        busy_until = np.iinfo(np.int64).min
        while i < end and time[i] < end_us and not closed:
            j, t, until = i, time[i], np.iinfo(np.int64).min
            while j < end and time[j] == t:
                again = order == _ANY and until >= t
                if prunes and best != 0 and j == i and _yields(j, end, time, mask, end_us):
                    again = True
                if (np.int64(mask[j]) & begins) != 0 and t > busy_until and not again:
                    at[:] = NOT_TAKEN
                    hit = -1
                    if order == _ORDERED:
                        taken, hit = in_order(
                            i, j, end, time, mask, window, optional, between, at, holder, room
                        )
                    elif order == _ANY:
                        taken, hit = in_any_order(
                            i, end, time, mask, window, between, at, holder, room
                        )
                    else:
                        taken = strictly(j, end, time, mask, window, at)
                    over = _over(taken, at, t, hit, window, order)
                    closed |= only_first
                    if hit >= 0 and not drops:
                        until = max(until, over) if best == 0 else until
                    elif best == 0 or _wins(taken, at, best, times[n], optional):
                        best, until = taken, over
                        times[n] = at
                j += 1
            if totals and until >= t:
                busy_until = until
                if best:
                    person[n], done[n], best = p, best, 0
                    n += 1
            elif (best >> (steps - 1)) & 1 and times[n, steps - 1] < t:
                closed |= best == (1 << steps) - 1
            i = j
        if best:
            person[n], done[n] = p, best
            n += 1
    return n


@compiled
def _yields(j: int, end: int, time: Any, mask: Any, end_us: int) -> Any:
    """Return whether the next event begins an attempt that takes all this one would, only later.

    It does when both are alone at their instants and fit the same single step. Robots that repeat
    step one would otherwise cost the square of their events.
    """
    if j + 1 >= end or mask[j] != mask[j + 1] or (mask[j] & (mask[j] - np.uint32(1))) != 0:
        return False
    alone = time[j] < time[j + 1] and (j + 2 >= end or time[j + 1] < time[j + 2])
    return alone and time[j + 1] < end_us


@compiled
def _over(taken: int, at: Any, since: int, hit: int, window: int, order: int) -> Any:
    """Return the last instant that belongs to an attempt."""
    steps = len(at)
    if hit >= 0:
        return hit
    if (taken >> (steps - 1)) & 1:
        return at[steps - 1]
    if order == _STRICT:
        k = 0
        while (taken >> (k + 1)) & 1:
            k += 1
        return at[k]
    return since + window


@compiled
def _wins(taken: int, at: Any, best: int, times: Any, optional: int) -> Any:
    """Return whether an attempt goes before another."""
    required, others, last, best_last = 0, 0, 0, 0
    for k in range(len(at)):
        more = ((taken >> k) & 1) - ((best >> k) & 1)
        if (optional >> k) & 1:
            others += more
        else:
            required += more
        if (taken >> k) & 1:
            last = at[k]
        if (best >> k) & 1:
            best_last = times[k]
    if required != 0:
        return required > 0
    if others != 0:
        return others > 0
    if last != best_last:
        return last < best_last
    if at[0] != times[0]:
        return at[0] > times[0]
    for k in range(1, len(at)):
        if at[k] != times[k]:
            return at[k] < times[k]
    return False
