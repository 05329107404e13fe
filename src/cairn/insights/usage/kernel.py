"""The answer to usage over people's events in order: the median of each person's gaps."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.insights.bucketing import bucket_at, typical_width
from cairn.insights.points import within
from cairn.insights.usage.distribution import has_gap, result_of
from cairn.insights.usage.spec import UsagePoint, UsageResult, UsageSpec
from cairn.query.periods import Calendar, Span, buckets
from cairn.query.picking import compiled
from cairn.query.sequences import Matches, Pick, Sequences, Stretch

Persons = NDArray[np.int32]
_NO_ONE = np.zeros(0, np.bool_)
_AS_IT_IS = np.arange(2, dtype=np.uint32)
"""The mask of each mask: for matches, whose masks are known already."""


def answer(spec: UsageSpec, sequences: Sequences, span: Span, calendar: Calendar) -> UsageResult:
    """Count the people with each usual gap."""
    edges = np.array(buckets(span, spec.interval, calendar).edges_us, np.int64)

    def counts(offsets: Any, time: Any, event: Any, masks: Any, skipped: Any) -> Any:
        gaps = _usual_gaps(offsets, time, event, masks, skipped, edges, span.start_us, span.end_us)
        return np.bincount(gaps[gaps >= 0], minlength=len(edges))

    def work(matches: Matches) -> Any:
        return counts(matches.offsets, matches.time, matches.mask, _AS_IT_IS, _NO_ONE)

    def shortcut(stretch: Stretch) -> Any:
        run, lo, hi = stretch.base, stretch.first_person, stretch.end_person
        return counts(run.start[lo : hi + 1], run.time, run.event, stretch.masks, stretch.skipped)

    parts = sequences.scan(_picked(spec, span), work, shortcut)
    return result_of(spec, np.sum(parts, axis=0))


def people(
    spec: UsageSpec, point: UsagePoint, sequences: Sequences, span: Span, calendar: Calendar
) -> Persons:
    """Return the people whose usual gap is that of a bar."""
    within(point.gap, spec.bars + 2, "bars")
    edges = np.array(buckets(span, spec.interval, calendar).edges_us, np.int64)

    def work(matches: Matches) -> Any:
        gaps = _usual_gaps(
            matches.offsets, matches.time, matches.mask, _AS_IT_IS, _NO_ONE, edges,
            span.start_us, span.end_us,
        )  # fmt: skip
        found = np.flatnonzero(has_gap(spec, point.gap, gaps))
        return (found + matches.first_person).astype(np.int32)

    return np.concatenate(sequences.scan(_picked(spec, span), work))


def _picked(spec: UsageSpec, span: Span) -> Pick:
    return Pick((spec.event,), span, spec.filter)


@compiled
def _usual_gaps(
    offsets: Any, time: Any, event: Any, masks: Any, skipped: Any, edges: Any, start_us: int,
    end_us: int,
) -> Any:  # fmt: skip
    """Return everyone's median gap rounded up, 0 for those active once, -1 for those never active.

    `masks[event[i]]` says whether an event counts.
    """
    opens, closes = edges[:-1], edges[1:]
    width = typical_width(opens, closes)
    out = np.full(max(0, len(offsets) - 1), -1, np.int32)
    counts = np.zeros(len(edges), np.int64)
    for p in range(len(offsets) - 1):
        if len(skipped) and skipped[p]:
            continue
        n, last, longest, until = -1, 0, 0, start_us
        for i in range(offsets[p], offsets[p + 1]):
            t = time[i]
            if masks[event[i]] == 0 or t < until:
                continue
            if t >= end_us:
                break
            active = bucket_at(t, opens, closes, width)
            until = closes[active]
            if n >= 0:
                counts[active - last] += 1
                longest = max(longest, active - last)
            last = active
            n += 1
        if n <= 0:
            out[p] = n
            continue
        gap, passed, below = 0, 0, 0
        while passed <= n // 2:
            if passed <= (n - 1) // 2:
                below = gap + 1
            gap += 1
            passed += counts[gap]
        out[p] = (below + gap + 1) // 2
        counts[1 : longest + 1] = 0
    return out
