"""From counts to stickiness: the intervals and bins, and what every engine does once it has counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.insights.stickiness.spec import (
    StickinessBin,
    StickinessLine,
    StickinessResult,
    StickinessShares,
    StickinessSpec,
)
from cairn.insights.view import share
from cairn.query.filters import Group
from cairn.query.periods import Buckets, Calendar, Span, buckets

_ROUND = tuple(digit * 10**power for power in range(18) for digit in (1, 2, 5))


@dataclass(frozen=True, slots=True)
class Frame:
    """The intervals of the period, and the bins by how many of them, or of events, people have.

    Interval i is `edges[i]` to `edges[i + 1]`; it lies in stretch `stretch_of[i]`. Bin b starts at
    `starts[b]`.
    """

    edges: NDArray[np.int64]
    starts: NDArray[np.int64]
    stretches: Buckets
    stretch_of: NDArray[np.int64]

    @property
    def span(self) -> Span:
        """Return the stretch in which events count."""
        return Span(int(self.edges[0]), int(self.edges[-1]))

    def stretch(self, index: int) -> NDArray[np.int64]:
        """Return the edges of the intervals of one stretch."""
        inside = np.flatnonzero(self.stretch_of == index)
        return self.edges[inside[0] : inside[-1] + 2]


@dataclass(frozen=True, slots=True)
class Counts:
    """What an engine counts for one series: people per group and bin, and all their amounts."""

    groups: Sequence[Group | None]
    persons: NDArray[np.int64]
    amounts: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shares:
    """What an engine counts for one series over time: people per group and stretch."""

    groups: Sequence[Group | None]
    active: NDArray[np.int64]
    sticky: NDArray[np.int64]


def frame_of(spec: StickinessSpec, span: Span, calendar: Calendar) -> Frame:
    """Divide the period into intervals, and numbers into bins."""
    stretches = buckets(span, spec.per or spec.interval, calendar)
    whole = Span(stretches.edges_us[0], span.end_us)
    intervals = buckets(whole, spec.interval, calendar)
    edges = np.array([*intervals.edges_us[:-1], span.end_us], np.int64)
    starts = np.arange(1, len(intervals) + 1)
    if spec.of == "events":
        starts = np.array(sorted({1, *spec.bins}) if spec.bins else _ROUND, np.int64)
    stretch_of = np.searchsorted(stretches.edges_us, edges[:-1], side="right") - 1
    return Frame(edges, starts, stretches, stretch_of)


def bounds(spec: StickinessSpec, frame: Frame, index: int) -> tuple[int, int]:
    """Return the least and the largest amount of those who are counted in a bin."""
    last = index + 1 == len(frame.starts) or spec.cumulative
    endless = np.iinfo(np.int64).max
    return int(frame.starts[index]), int(endless if last else frame.starts[index + 1] - 1)


def result_of(spec: StickinessSpec, frame: Frame, series: Sequence[Counts]) -> StickinessResult:
    """Return the answer of what was counted for each series.

    Bins of our own choice end with the last that anybody is in.
    """
    shown = len(frame.starts)
    if spec.of == "events" and not spec.bins:
        used = [np.flatnonzero(counts.persons.any(axis=0)) for counts in series]
        shown = 1 + max((int(places[-1]) for places in used if len(places)), default=0)
    return StickinessResult(
        bins=tuple(_bin(spec, frame, index) for index in range(shown)),
        lines=tuple(
            _line(spec, index, group, persons[:shown], int(amount))
            for index, counts in enumerate(series)
            for group, persons, amount in zip(
                counts.groups, counts.persons, counts.amounts, strict=True
            )
        ),
    )


def shares_of(frame: Frame, series: Sequence[Shares]) -> StickinessResult:
    """Return the answer over time of what was counted for each series."""
    return StickinessResult(
        times=frame.stretches.labels,
        shares=tuple(
            StickinessShares(
                series=index,
                group=group,
                active=tuple(active.tolist()),
                sticky=tuple(sticky.tolist()),
                share=tuple(map(share, sticky.tolist(), active.tolist())),
            )
            for index, counts in enumerate(series)
            for group, active, sticky in zip(
                counts.groups, counts.active, counts.sticky, strict=True
            )
        ),
    )


def _bin(spec: StickinessSpec, frame: Frame, index: int) -> StickinessBin:
    first = int(frame.starts[index])
    if spec.cumulative:
        return StickinessBin(first=first, last=None)
    if index + 1 < len(frame.starts):
        return StickinessBin(first=first, last=int(frame.starts[index + 1]) - 1)
    return StickinessBin(first=first, last=None if spec.of == "events" else first)


def _line(
    spec: StickinessSpec, index: int, group: Group | None, persons: Any, amount: int
) -> StickinessLine:
    actors = int(persons.sum())
    if spec.cumulative:
        persons = persons[::-1].cumsum()[::-1]
    return StickinessLine(
        series=index,
        group=group,
        persons=tuple(persons.tolist()),
        actors=actors,
        average=share(amount, actors),
    )
