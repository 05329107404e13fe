"""The answer to adoption over people's events in order: one look at each person's uses."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.insights.adoption.spec import AdoptionPoint, AdoptionResult, AdoptionSpec
from cairn.insights.adoption.uses import NEVER, Uses, behind, counted
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

    Of `masks[event[i]]`, bit 0 is being active, bit 1 the feature, bit 2 any event.
    """
    room = max(len(offsets) - 1, 0)
    who = np.empty(room, np.int64)
    born, first, last = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    place = np.empty(room, np.int64)
    n = 0
    for p in range(room):
        lo, hi = offsets[p], offsets[p + 1]
        if (len(skipped) and skipped[p]) or lo == hi or time[hi - 1] < start_us:
            continue
        seen, came = np.uint32(0), np.int64(0)
        began, ended, at = NEVER, np.int64(0), -1
        for i in range(lo, hi):
            mask = masks[event[i]]
            if mask == 0:
                continue
            t = time[i]
            if t >= end_us:
                break
            if mask & ~seen & np.uint32(4):
                came = t
            if mask & np.uint32(2):
                if at < 0:
                    began, at = t, i
                ended = t
            seen |= mask & (np.uint32(7) if t >= start_us else np.uint32(6))
        if seen & np.uint32(1) and not (only_new and came < start_us):
            who[n], born[n], first[n], last[n], place[n] = p, came, began, ended, at
            n += 1
    return who[:n], born[:n], first[:n], last[:n], place[:n]
