"""Holding properties constant: each person is followed once per combination of their values.

Events that lack one of the properties count for no combination. A person counts once with the
combination that comes furthest, ties as between attempts, or in totals with every attempt.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.insights.funnel.attempts import attempted
from cairn.insights.funnel.journeys import Journeys
from cairn.insights.funnel.spec import FunnelSpec
from cairn.query.periods import Span
from cairn.query.sequences import Matches


def held_together(spec: FunnelSpec, matches: Matches, span: Span) -> Journeys:
    """Return the journeys of a chunk's people, each with the same values on all steps."""
    apart, owner = _by_value(matches, len(spec.hold))
    found = attempted(spec, apart, span)
    found = replace(found, person=owner[found.person])
    order = np.lexsort(_ranking(spec, found))
    if spec.count == "uniques":
        person = found.person[order]
        order = order[np.append(True, person[1:] != person[:-1])[: len(person)]]
    return Journeys(found.person[order], found.done[order], found.times[order], found.code[order])


def _by_value(matches: Matches, held: int) -> tuple[Matches, NDArray[np.int32]]:
    """Divide each person's matches by their values, and return whose each division is."""
    person = np.repeat(np.arange(matches.persons, dtype=np.int32), np.diff(matches.offsets))
    codes = matches.codes[:held]
    kept = np.flatnonzero(np.all([code != 0 for code in codes], axis=0))
    keys = [code[kept] for code in codes] + [person[kept]]
    order = np.lexsort(keys)
    kept = kept[order]
    keys = [key[order] for key in keys]
    new = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    first = np.flatnonzero(np.append(True, new)[: len(kept)])
    apart = Matches(
        first_person=0,
        offsets=np.append(first, len(kept)).astype(np.int64),
        time=matches.time[kept],
        mask=matches.mask[kept],
        codes=(),
    )
    return apart, person[kept][first]


def _ranking(spec: FunnelSpec, found: Journeys) -> list[Any]:
    """Return the keys that put each person's attempts in the order of `attempts`, last key first."""
    steps = range(len(spec.steps))
    taken = [((found.done >> np.uint32(k)) & 1).astype(np.int64) for k in steps]
    required = sum(taken[k] for k in steps if not spec.optional[k])
    optional = sum((taken[k] for k in steps if spec.optional[k]), np.zeros(len(found.done), int))
    last = np.where(np.array(taken) != 0, found.times.T, np.iinfo(np.int64).min).max(axis=0)
    keys = [found.person, -np.asarray(required), -optional, last, -found.times[:, 0]]
    keys += [found.times[:, k] for k in steps]
    return keys[::-1]
