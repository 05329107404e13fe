"""The answer to a funnel over people's events in order: one pass, each event looked at once.

For each step the pass remembers the latest start from which the step was reached, and that attempt's
times. A later start never loses to an earlier one (its window closes later), so one start per step
is enough. Events of one instant are taken together: they may serve steps in any order, each event one
step, which is a bipartite matching when an event fits several steps.

Most people have no two events at one instant and no event that fits two steps. They are followed
first by a shorter loop, which remembers only the starts: the winning attempt took each step at its
first event after the step before, so its times are read off at the end.

Options that judge attempts need each followed on its own (`attempts.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from llvmlite.ir import Constant, IntType  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from cairn.insights.funnel.attempts import attempted
from cairn.insights.funnel.holding import held_together
from cairn.insights.funnel.journeys import Journeys, behind, counted, first_steps, joined
from cairn.insights.funnel.plain import lanes_of, plainly_followed
from cairn.insights.funnel.selecting import by_step, pick_of
from cairn.insights.funnel.spec import FunnelPoint, FunnelResult, FunnelSpec
from cairn.insights.points import within
from cairn.query.periods import Calendar, Span
from cairn.query.picking import compiled
from cairn.query.sequences import Matches, Sequences, Stretch

Persons = NDArray[np.int32]

_NEVER = np.iinfo(np.int64).min


def answer(spec: FunnelSpec, sequences: Sequences, span: Span, calendar: Calendar) -> FunnelResult:
    """Count everyone, and each group of the breakdown."""
    journeys = walk(spec, sequences, span)
    return counted(spec, journeys, _texts(spec, sequences), span, calendar, sequences.each)


def people(
    spec: FunnelSpec,
    point: FunnelPoint,
    sequences: Sequences,
    span: Span,
    calendar: Calendar,
) -> Persons:
    """Return the people who reached a step, or who stopped just before it."""
    within(point.step, len(spec.steps), "steps")
    journeys = walk(spec, sequences, span)
    return behind(spec, point, journeys, _texts(spec, sequences), span, calendar)


def walk(spec: FunnelSpec, sequences: Sequences, span: Span) -> Journeys:
    """Follow every person through the steps."""
    lanes = lanes_of(spec, sequences.snapshot)
    shortcut = None
    if lanes is not None:

        def shortcut(stretch: Stretch) -> Journeys:
            return plainly_followed(lanes, spec.window.microseconds, span, stretch)

    def work(matches: Matches) -> Journeys:
        return followed(spec, by_step(spec, matches), span)

    return joined(sequences.scan(pick_of(spec, span), work, shortcut, reads_all=False))


def followed(spec: FunnelSpec, matches: Matches, span: Span) -> Journeys:
    """Follow the people of a chunk; its masks are those of `by_step`."""
    if spec.simple:
        found = _furthest(spec, matches)
    elif spec.hold:
        found = held_together(spec, matches, span)
    else:
        found = attempted(spec, matches, span)
    code = found.code
    if spec.breakdown is not None:
        steps = (1 << len(spec.steps)) - 1
        last = spec.attribution == "last_touch"
        code = _touched(
            matches.offsets, matches.mask, np.uint32(steps), matches.codes[-1], found.person, last
        )
    return Journeys(found.person + np.int32(matches.first_person), found.done, found.times, code)


def _furthest(spec: FunnelSpec, matches: Matches) -> Journeys:
    """Follow everyone in one pass, which knows the latest start of each step."""
    steps = len(spec.steps)
    persons = min(matches.persons, len(matches.time))
    person, reached = np.empty(persons, np.int32), np.empty(persons, np.uint8)
    times = np.empty((persons, steps), np.int64)
    n = _walk(
        matches.offsets, matches.time, matches.mask, steps, spec.window.microseconds,
        person, reached, times,
    )  # fmt: skip
    return Journeys(person[:n], first_steps(reached[:n]), times[:n], np.zeros(n, np.uint32))


def _texts(spec: FunnelSpec, sequences: Sequences) -> Sequence[str | None]:
    return [None] if spec.breakdown is None else sequences.values(spec.breakdown)


def _lowest_bit_of(context: Any, mask: Any) -> Any:
    """Return the number of the lowest bit that is set."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], Constant(IntType(1), 0))

    return types.uint32(types.uint32), generate


_lowest_bit: Any = intrinsic(_lowest_bit_of)


@compiled
def _walk(
    offsets: Any, time: Any, mask: Any, steps: int, window: int, person: Any, reached: Any, times: Any
) -> int:  # fmt: skip
    """Write the journeys of those who took the first step, and return how many they are."""
    latest = np.empty(steps + 1, np.int64)
    start = np.empty(steps, np.int64)
    chain = np.empty((steps, steps), np.int64)
    n = 0
    for p in range(len(offsets) - 1):
        i, end = offsets[p], offsets[p + 1]
        if i == end:
            continue
        best, first, last = _follow(i, end, time, mask, steps, window, latest)
        if best < 0:
            best = _follow_instants(i, end, time, mask, steps, window, start, chain, times[n])
        elif best > 0:
            times[n, 0] = time[first]
            k = 1
            for j in range(first + 1, last + 1):
                if k < best and (mask[j] >> np.uint32(k)) & np.uint32(1):
                    times[n, k] = time[j]
                    k += 1
        if best > 0:
            person[n] = p
            reached[n] = best
            n += 1
    return n


@compiled
def _follow(
    i: int, end: int, time: Any, mask: Any, steps: int, window: int, latest: Any
) -> tuple[int, int, int]:
    """Return how far a person came, and the matches that began and ended the winning attempt.

    It came as far as -1 when two events share an instant or one fits two steps: then look closer.
    `latest[k]` is the match that began the latest attempt to have taken k steps.
    """
    latest[1:] = -1
    best, first, last = 0, -1, -1
    before = _NEVER
    for j in range(i, end):
        t, m = time[j], mask[j]
        if t == before or (m & (m - np.uint32(1))) != 0:
            return -1, first, last
        before = t
        k = _lowest_bit(m)
        latest[0] = j
        s = latest[k]
        goes_on = (s > latest[k + 1]) & (t - time[max(s, i)] <= window)
        latest[k + 1] = s if goes_on else latest[k + 1]
        if goes_on & (k == best):
            best, first, last = k + 1, s, j
            if best == steps:
                if j + 1 < end and time[j + 1] == t:
                    return -1, first, last
                break
    return best, first, last


@compiled
def _follow_instants(
    i: int, end: int, time: Any, mask: Any, steps: int, window: int, start: Any, chain: Any, times: Any
) -> int:  # fmt: skip
    """Return how far a person came, taking the events of each instant together."""
    start[:] = _NEVER
    best = 0
    while i < end:
        t = time[i]
        j = i + 1
        while j < end and time[j] == t:
            j += 1
        union = mask[i]
        overlap = False
        for k in range(i + 1, j):
            overlap |= (union & mask[k]) != 0 or (mask[k] & (mask[k] - np.uint32(1))) != 0
            union |= mask[k]
        if j == i + 1:
            _one_event(union, t, window, steps, start, chain)
        elif overlap or (mask[i] & (mask[i] - np.uint32(1))) != 0:
            _matched_instant(mask[i:j], t, window, steps, start, chain)
        else:
            _plain_instant(union, t, window, steps, start, chain)
        while best < steps and start[best] != _NEVER:
            best += 1
            if best == steps or start[best] == _NEVER:
                for k in range(best):
                    times[k] = chain[best - 1, k]
        if best == steps:
            break
        i = j
    return best


@compiled
def _one_event(m: Any, t: int, window: int, steps: int, start: Any, chain: Any) -> None:
    """One event at this instant: later steps first, so that it serves only one."""
    for k in range(steps - 1, 0, -1):
        if (m >> np.uint32(k)) & np.uint32(1):
            _advance(k, t, window, start, chain)
    if m & np.uint32(1):
        start[0] = t
        chain[0, 0] = t


@compiled
def _plain_instant(m: Any, t: int, window: int, steps: int, start: Any, chain: Any) -> None:
    """Several events at this instant, each for a step of its own: any order will do."""
    if m & np.uint32(1):
        start[0] = t
        chain[0, 0] = t
    for k in range(1, steps):
        if (m >> np.uint32(k)) & np.uint32(1):
            _advance(k, t, window, start, chain)


@compiled
def _advance(k: int, t: int, window: int, start: Any, chain: Any) -> None:
    s = start[k - 1]
    if s != _NEVER and t - s <= window and s > start[k]:
        start[k] = s
        for x in range(k):
            chain[k, x] = chain[k - 1, x]
        chain[k, k] = t


@compiled
def _matched_instant(masks: Any, t: int, window: int, steps: int, start: Any, chain: Any) -> None:
    """Events at this instant that fit several steps: match steps to events, from every level."""
    old_start, old_chain = start.copy(), chain.copy()
    for done in range(steps - 1, -1, -1):
        s = t
        if done > 0:
            s = old_start[done - 1]
            if s == _NEVER or t - s > window:
                continue
        further = _longest_match(masks, done, steps)
        for k in range(done, done + further):
            if s > start[k]:
                start[k] = s
                for x in range(done):
                    chain[k, x] = old_chain[done - 1, x]
                for x in range(done, k + 1):
                    chain[k, x] = t


@compiled
def _longest_match(masks: Any, first: int, steps: int) -> int:
    """Return how many steps from `first` on can each be given an event of their own."""
    step_of = np.full(len(masks), -1, np.int64)
    came_from = np.empty(len(masks), np.int64)
    queue = np.empty(steps, np.int64)
    for step in range(first, steps):
        came_from[:] = -1
        queue[0] = step
        head, tail, found = 0, 1, -1
        while head < tail and found < 0:
            wanting = queue[head]
            head += 1
            for e in range(len(masks)):
                if came_from[e] < 0 and (masks[e] >> np.uint32(wanting)) & np.uint32(1):
                    came_from[e] = wanting
                    if step_of[e] < 0:
                        found = e
                        break
                    queue[tail] = step_of[e]
                    tail += 1
        if found < 0:
            return step - first
        while found >= 0:
            wanting = came_from[found]
            freed = -1
            for e in range(len(masks)):
                if step_of[e] == wanting:
                    freed = e
                    break
            step_of[found] = wanting
            if freed == found or wanting == step:
                break
            if freed >= 0:
                step_of[freed] = -1
            found = freed
    return steps - first


@compiled
def _touched(offsets: Any, mask: Any, steps: Any, code: Any, person: Any, last: bool) -> Any:
    """Return the first or last code that is not missing on a step, of each of these people."""
    out = np.zeros(len(person), np.uint32)
    for n in range(len(person)):
        for i in range(offsets[person[n]], offsets[person[n] + 1]):
            if code[i] != 0 and mask[i] & steps:
                out[n] = code[i]
                if not last:
                    break
    return out
