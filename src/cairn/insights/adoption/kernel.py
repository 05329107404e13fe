"""The answer to adoption over people's events in order: one look at each person's uses."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.insights.adoption.spec import AdoptionPoint, AdoptionResult, AdoptionSpec
from cairn.insights.adoption.uses import NEVER, Uses, behind, counted
from cairn.insights.bucketing import place_of
from cairn.query.filters import Selector
from cairn.query.periods import Calendar, Span
from cairn.query.picking import compiled
from cairn.query.sequences import Matches, Pick, Sequences, Stretch

Persons = NDArray[np.int32]
_NO_ONE = np.zeros(0, np.bool_)
_AS_IT_IS = np.arange(8, dtype=np.uint32)
"""The mask of each mask: for matches, whose masks are known already."""


def answer(
    spec: AdoptionSpec, sequences: Sequences, span: Span, calendar: Calendar
) -> AdoptionResult:
    """Count who adopted the feature, and how soon."""
    uses, values = _uses(spec, sequences, span)
    return counted(spec, uses, values, span, calendar)


def people(
    spec: AdoptionSpec, point: AdoptionPoint, sequences: Sequences, span: Span, calendar: Calendar
) -> Persons:
    """Return those at a stage, or who adopted by the end of an interval."""
    uses, values = _uses(spec, sequences, span)
    return behind(spec, point, uses, values, span, calendar)


def _uses(spec: AdoptionSpec, sequences: Sequences, span: Span) -> tuple[Uses, Any]:
    """Return everyone's uses, and the text behind each code of the breakdown."""
    pick = Pick(
        (Selector().narrowed(spec.filter), spec.feature.narrowed(spec.filter), Selector()),
        Span(np.iinfo(np.int64).min, span.end_us),
        properties=() if spec.breakdown is None else (spec.breakdown,),
    )

    def uses(
        lo: int, offsets: Any, time: Any, event: Any, masks: Any, skipped: Any, codes: Any
    ) -> Uses:
        who, born, first, last, place = _found(
            offsets, time, event, masks, skipped, span.start_us, span.end_us, spec.among == "new"
        )
        code = np.zeros(len(who), np.int64)
        if codes:
            code[place >= 0] = codes[0][place[place >= 0]]
        return Uses((who + lo).astype(np.int32), born, first, last, code)

    def work(matches: Matches) -> Uses:
        return uses(
            matches.first_person, matches.offsets, matches.time, matches.mask, _AS_IT_IS, _NO_ONE,
            matches.codes,
        )  # fmt: skip

    def shortcut(stretch: Stretch) -> Uses:
        run, lo, hi = stretch.base, stretch.first_person, stretch.end_person
        return uses(
            lo, run.start[lo : hi + 1], run.time, run.event, stretch.masks, stretch.skipped, ()
        )

    parts = sequences.scan(pick, work, shortcut)
    columns = ("person", "born", "first", "last", "code")
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in columns}
    values = [None] if spec.breakdown is None else sequences.values(spec.breakdown)
    return Uses(**joined), values


@compiled
def _found(
    offsets: Any, time: Any, event: Any, masks: Any, skipped: Any, start_us: int, end_us: int,
    only_new: bool,
) -> tuple[Any, Any, Any, Any, Any]:  # fmt: skip
    """Return who is in the period, when they came, first and last used it, and where the first is.

    Of `masks[event[i]]`, bit 0 is being active, bit 1 the feature, bit 2 any event. The last use is
    looked for from the end, so that few events are read of those who use it much.
    """
    room = max(len(offsets) - 1, 0)
    who = np.empty(room, np.int64)
    born, first, last = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    place = np.empty(room, np.int64)
    n = 0
    for p in range(room):
        if len(skipped) and skipped[p]:
            continue
        lo = offsets[p]
        end = place_of(time, lo, offsets[p + 1], end_us)
        i = place_of(time, lo, end, start_us)
        while i < end and masks[event[i]] & np.uint32(1) == 0:
            i += 1
        if i == end:
            continue
        i = lo
        while masks[event[i]] & np.uint32(4) == 0:
            i += 1
        if only_new and time[i] < start_us:
            continue
        who[n], born[n], first[n], last[n], place[n] = p, time[i], NEVER, 0, -1
        i = lo
        while i < end and masks[event[i]] & np.uint32(2) == 0:
            i += 1
        if i < end:
            first[n], place[n] = time[i], i
            i = end - 1
            while masks[event[i]] & np.uint32(2) == 0:
                i -= 1
            last[n] = time[i]
        n += 1
    return who[:n], born[:n], first[:n], last[:n], place[:n]
