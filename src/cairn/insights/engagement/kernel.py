"""The answer to engagement over people's events in order: which features each person used yet."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.insights.bucketing import bucket_at, place_of, typical_width
from cairn.insights.engagement.spec import EngagementPoint, EngagementResult, EngagementSpec
from cairn.insights.engagement.table import most_used, result_of
from cairn.insights.points import within
from cairn.query.filters import Property, Selector
from cairn.query.periods import Calendar, Span, buckets
from cairn.query.picking import compiled
from cairn.query.sequences import Matches, Pick, Sequences, Stretch

Persons = NDArray[np.int32]
Counts = NDArray[np.int64]
_NAME = Property(name="$event")
_NO_MASKS = np.zeros(0, np.uint32)
_NO_ONE = np.zeros(0, np.bool_)
_AT_ONCE = 31
"""Features that fit a mask beside any event."""

_BIT_OF = np.empty(32, np.int64)
for _bit in range(32):
    _BIT_OF[((1 << _bit) * 0x077CB531 & 0xFFFFFFFF) >> 27] = _bit
"""Which bit is set, by the top five bits of the product with a de Bruijn sequence."""


def answer(
    spec: EngagementSpec, sequences: Sequences, span: Span, calendar: Calendar
) -> EngagementResult:
    """Count who is active, who uses each feature and how much."""
    features = _features(spec, sequences, span)
    edges = np.array(buckets(span, "day", calendar).edges_us, np.int64)
    active, persons, amounts = 0, [], []
    for first in range(0, max(len(features), 1), _AT_ONCE):
        some = features[first : first + _AT_ONCE]
        pick = Pick((Selector(), *some), span, spec.filter)
        who, much = _counted(pick, sequences, span, edges, spec.frequency == "days")
        active = int(who[0])
        persons += who[1:].tolist()
        amounts += much[1:].tolist()
    return result_of(features, active, persons, amounts)


def people(
    spec: EngagementSpec,
    point: EngagementPoint,
    sequences: Sequences,
    span: Span,
    calendar: Calendar,
) -> Persons:
    """Return who uses a feature."""
    features = _features(spec, sequences, span)
    within(point.feature, len(features), "features")

    def work(matches: Matches) -> Any:
        who = np.flatnonzero(np.diff(matches.offsets))
        return (who + matches.first_person).astype(np.int32)

    pick = Pick((features[point.feature],), span, spec.filter)
    return np.concatenate(sequences.scan(pick, work))


def _features(spec: EngagementSpec, sequences: Sequences, span: Span) -> tuple[Selector, ...]:
    """Return the features asked about."""
    if spec.features:
        return spec.features
    names = sequences.values(_NAME)
    events = np.zeros(len(names), np.int64)
    lock = threading.Lock()

    def work(matches: Matches) -> None:
        counts = np.bincount(matches.codes[0], minlength=len(names))
        with lock:
            events[:] += counts

    sequences.scan(Pick((Selector(),), span, spec.filter, (_NAME,)), work)
    found = zip(names, events.tolist(), strict=True)
    return most_used(spec, {name: count for name, count in found if name is not None and count})


def _counted(
    pick: Pick, sequences: Sequences, span: Span, edges: Any, by_day: bool
) -> tuple[Counts, Counts]:
    """Return how many people each selector of a pick has, and how many events or days of theirs."""
    persons = np.zeros(len(pick.selectors), np.int64)
    amounts = np.zeros_like(persons)
    lock = threading.Lock()

    def count(offsets: Any, time: Any, event: Any, masks: Any, skipped: Any) -> None:
        who, much = np.zeros_like(persons), np.zeros_like(amounts)
        _count(
            offsets, time, event, masks, skipped, span.start_us, span.end_us, edges, by_day, who,
            much,
        )  # fmt: skip
        with lock:
            np.add(persons, who, out=persons)
            np.add(amounts, much, out=amounts)

    def work(matches: Matches) -> None:
        count(matches.offsets, matches.time, matches.mask, _NO_MASKS, _NO_ONE)

    def shortcut(stretch: Stretch) -> None:
        run, lo, hi = stretch.base, stretch.first_person, stretch.end_person
        offsets = run.start[lo : hi + 1]
        count(offsets, run.time, run.event, stretch.masks, stretch.skipped)

    sequences.scan(pick, work, shortcut)
    return persons, amounts


@compiled
def _count(
    offsets: Any, time: Any, event: Any, masks: Any, skipped: Any, start_us: int, end_us: int,
    edges: Any, by_day: bool, persons: Any, amounts: Any,
) -> None:  # fmt: skip
    """Add each person to the selectors that their events fit, and what they did to the amounts.

    `masks[event[i]]` says which selectors an event fits; without masks, `event[i]` does. Selector 0,
    which is any event, has no amount.
    """
    opens, closes = edges[:-1], edges[1:]
    width = typical_width(opens, closes)
    for p in range(len(offsets) - 1):
        if len(skipped) and skipped[p]:
            continue
        seen, today, until = np.int64(0), np.int64(0), start_us
        for i in range(place_of(time, offsets[p], offsets[p + 1], start_us), offsets[p + 1]):
            t = time[i]
            if t >= end_us:
                break
            mask = np.int64(masks[event[i]]) if len(masks) else np.int64(event[i])
            new = mask & ~seen
            seen |= mask
            while new:
                persons[_BIT_OF[((new & -new) * 0x077CB531 & 0xFFFFFFFF) >> 27]] += 1
                new &= new - 1
            if by_day:
                if t >= until:
                    until = closes[bucket_at(t, opens, closes, width)]
                    today = np.int64(0)
                done = mask & ~today
                today |= mask
                mask = done
            mask &= ~1
            while mask:
                amounts[_BIT_OF[((mask & -mask) * 0x077CB531 & 0xFFFFFFFF) >> 27]] += 1
                mask &= mask - 1
