"""Holding properties constant: each person is followed once per combination of their values.

Events that lack one of the properties count for no combination. A person counts once with the
combination that comes furthest, ties as between attempts, or in totals with every attempt.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from cairn.insights.funnel.attempts import attempted, optional_steps, wins
from cairn.insights.funnel.journeys import Journeys
from cairn.insights.funnel.spec import FunnelSpec
from cairn.query.periods import Span
from cairn.query.picking import compiled
from cairn.query.sequences import Matches


def held_together(spec: FunnelSpec, matches: Matches, span: Span) -> Journeys:
    """Return the journeys of a chunk's people, each with the same values on all steps."""
    codes = np.stack(matches.codes[: len(spec.hold)])
    event, offsets, owner = _by_value(matches.offsets, codes)
    apart = Matches(
        first_person=0,
        offsets=offsets,
        time=matches.time[event],
        mask=matches.mask[event],
        codes=(),
    )
    found = attempted(spec, apart, span)
    found = replace(found, person=owner[found.person])
    if spec.count == "totals":
        return found
    best = _furthest(found.person, found.done, found.times, optional_steps(spec))
    return Journeys(found.person[best], found.done[best], found.times[best], found.code[best])


@compiled
def _by_value(offsets: Any, codes: Any) -> tuple[Any, Any, Any]:
    """Divide each person's events by their values, in the order that they had.

    Returns the events, where each division begins and the last ends, and whose each division is. The
    divisions of a person are found by hashing, with one table for everyone: a place whose division is
    older than the person's first is free.
    """
    persons, n = len(offsets) - 1, codes.shape[1]
    most = 1
    for p in range(persons):
        most = max(most, offsets[p + 1] - offsets[p])
    size = 2
    while size < 2 * most:
        size *= 2
    table = np.full(size, -1, np.int64)
    of, example = np.empty(most, np.int64), np.empty(n, np.int64)
    event, begins = np.empty(n, np.int64), np.zeros(n + 1, np.int64)
    owner = np.empty(n, np.int32)
    divisions = 0
    for p in range(persons):
        own, before = divisions, begins[divisions]
        for j in range(offsets[p], offsets[p + 1]):
            key, lacking = np.uint64(0), False
            for x in range(len(codes)):
                lacking |= codes[x, j] == 0
                key = (key ^ np.uint64(codes[x, j])) * np.uint64(0x9E3779B97F4A7C15)
                key ^= key >> np.uint64(32)
            of[j - offsets[p]] = -1
            if lacking:
                continue
            place = np.int64(key & np.uint64(size - 1))
            while table[place] >= own and not _alike(codes, example[table[place]], j):
                place = (place + 1) & (size - 1)
            if table[place] < own:
                table[place] = divisions
                example[divisions], owner[divisions] = j, p
                divisions += 1
            of[j - offsets[p]] = table[place]
            begins[table[place] + 1] += 1
        for d in range(own, divisions):
            begins[d + 1] += begins[d]
        for j in range(offsets[p], offsets[p + 1]):
            d = of[j - offsets[p]]
            if d >= 0:
                event[begins[d]] = j
                begins[d] += 1
        for d in range(divisions, own, -1):
            begins[d] = begins[d - 1]
        begins[own] = before
    return event[: begins[divisions]], begins[: divisions + 1], owner[:divisions]


@compiled
def _alike(codes: Any, one: int, other: int) -> bool:
    same = True
    for x in range(len(codes)):
        same &= codes[x, one] == codes[x, other]
    return same


@compiled
def _furthest(person: Any, done: Any, times: Any, optional: int) -> Any:
    """Return the winning attempt of each person; those of a person follow each other."""
    best = np.empty(len(person), np.int64)
    n = 0
    for i in range(len(person)):
        if n == 0 or person[best[n - 1]] != person[i]:
            best[n] = i
            n += 1
        elif wins(
            np.int64(done[i]), times[i], np.int64(done[best[n - 1]]), times[best[n - 1]], optional
        ):
            best[n - 1] = i
    return best[:n]
