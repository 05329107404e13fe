"""Following every attempt on its own: what a funnel needs when its options judge attempts.

An attempt is decided by the event that begins it. Of a person's attempts the one with the most
required steps wins; then the one with the most optional steps; then the first to get there; then the
latest to begin; then the one with the earlier steps. Counted as totals, every attempt counts that
begins after the one before has converted, met an exclusion, or seen its window close.

The cost of an attempt is that of its steps, not of the events within its window, so that a robot that
begins one with every event costs no more than others. Events of one instant that fit the same begin the
same attempt, and it is followed once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cairn.insights.funnel.any_order import counting_from, in_any_order
from cairn.insights.funnel.journeys import NOT_TAKEN, Journeys
from cairn.insights.funnel.ordered import in_order, look_ahead, what_matters
from cairn.insights.funnel.spec import FunnelSpec
from cairn.insights.funnel.strict import strictly
from cairn.query.periods import Span
from cairn.query.picking import compiled
from cairn.query.sequences import Matches

_ORDERED, _STRICT, _ANY = range(3)
_TRIED = 64
"""How many different beginnings of one instant are remembered, so as not to follow them again."""
_ORDERS = {"ordered": _ORDERED, "strict": _STRICT, "any": _ANY}


def attempted(spec: FunnelSpec, matches: Matches, span: Span) -> Journeys:
    """Return the winning attempt of everyone, or every attempt when totals are counted."""
    totals = spec.count == "totals"
    room = len(matches.time) if totals else min(matches.persons, len(matches.time))
    person, done = np.empty(room, np.int32), np.empty(room, np.uint32)
    times = np.empty((room, len(spec.steps)), np.int64)
    n = _attempts(
        matches.offsets, matches.time, matches.mask, _ORDERS[spec.order], spec.window.microseconds,
        span.end_us, optional_steps(spec),
        np.array(spec.between, np.int64).reshape(-1, 2), spec.on_exclusion == "drop",
        spec.anchor == "first", totals, person, done, times,
    )  # fmt: skip
    return Journeys(person[:n], done[:n], times[:n], np.zeros(n, np.uint32))


def optional_steps(spec: FunnelSpec) -> int:
    """Return the bit set of the steps that may be left out."""
    return sum(1 << k for k, optional in enumerate(spec.optional) if optional)


@compiled
def _attempts(
    offsets: Any, time: Any, mask: Any, order: int, window: int, end_us: int, optional: int,
    between: Any, drops: bool, only_first: bool, totals: bool, person: Any, done: Any, times: Any,
) -> int:  # fmt: skip
    """Write the attempts that count, and return how many they are."""
    steps = times.shape[1]
    at, holder = np.empty(steps, np.int64), np.empty(steps, np.int64)
    room, tried = np.empty((2, steps), np.int64), np.empty(_TRIED, np.uint32)
    most = np.int64(0)
    for p in range(len(offsets) - 1):
        most = max(most, offsets[p + 1] - offsets[p])
    first = np.empty(most + 1, np.int64)
    ahead = most if order == _ORDERED else 0
    change, follows = np.empty((ahead, steps), np.uint32), np.empty((ahead, steps), np.uint32)
    counting = most if order == _ANY else 0
    when, hits = np.empty((counting, steps), np.int64), np.empty(counting, np.int64)
    matters = what_matters(steps, optional, between)
    begins = (1 << steps) - 1 if order == _ANY else 1
    n = 0
    for p in range(len(offsets) - 1):
        instants, some = 0, False
        for j in range(offsets[p], offsets[p + 1]):
            some |= (np.int64(mask[j]) & begins) != 0
            if j == offsets[p] or time[j] != time[j - 1]:
                first[instants] = j
                instants += 1
        first[instants] = offsets[p + 1]
        if not some:
            continue
        if order == _ORDERED:
            look_ahead(
                first, instants, mask, matters, optional, between, holder, room, change, follows
            )
        elif order == _ANY:
            counting_from(first, instants, time, mask, holder, room, when, hits)
        i, end, best, closed = 0, offsets[p + 1], 0, False
        busy_until = np.iinfo(np.int64).min
        while i < instants and time[first[i]] < end_us and not closed:
            t, until, different = time[first[i]], np.iinfo(np.int64).min, 0
            union = np.int64(0)
            for j in range(first[i], first[i + 1]):
                union |= np.int64(mask[j])
            for j in range(first[i], first[i + 1]):
                if (np.int64(mask[j]) & begins) == 0 or t <= busy_until:
                    continue
                if order != _STRICT:
                    again = order == _ANY and different > 0
                    for x in range(min(different, _TRIED)):
                        again |= tried[x] == mask[j]
                    if again:
                        continue
                    tried[different % _TRIED] = mask[j]
                    different += 1
                at[:] = NOT_TAKEN
                hit = -1
                if order == _ORDERED:
                    taken, hit = in_order(
                        i, j, union, first, instants, time, mask, window, optional, between, at,
                        holder, room, change, follows,
                    )  # fmt: skip
                elif order == _ANY:
                    taken, hit = in_any_order(i, t, window, when, hits, at)
                else:
                    taken = strictly(j, end, time, mask, window, at)
                over = _over(taken, at, t, hit, window, order)
                closed |= only_first
                if hit >= 0 and not drops:
                    until = max(until, over) if best == 0 else until
                elif best == 0 or wins(taken, at, best, times[n], optional):
                    best, until = taken, over
                    times[n] = at
            if totals and until >= t:
                busy_until = until
                if best:
                    person[n], done[n], best = p, best, 0
                    n += 1
            elif (best >> (steps - 1)) & 1 and times[n, steps - 1] < t:
                closed |= best == (1 << steps) - 1
            i += 1
        if best:
            person[n], done[n] = p, best
            n += 1
    return n


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
def wins(taken: Any, at: Any, best: Any, times: Any, optional: int) -> Any:
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
