"""From counts to a retention table: what every engine does once it has counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.core.errors import InvalidInput
from cairn.insights.retention.spec import (
    RetentionGroup,
    RetentionResult,
    RetentionRow,
    RetentionSpec,
)
from cairn.query.filters import Group, Selector
from cairn.query.periods import Buckets, Calendar, Interval, Span, after, buckets

MAX_CELLS = 100_000
HOUR_US = 3_600_000_000
WINDOW_HOURS: dict[Interval, int] = {"hour": 1, "day": 24, "week": 168, "month": 720}


@dataclass(frozen=True, slots=True)
class Frame:
    """The rows and columns of a table in time.

    `edges[i]` to `edges[i + 1]` is interval i; row r starts in interval r. Column d holds what
    happens `reach[d]` up to `reach[d + 1]` intervals later: calendar ones, or, when there is a
    `window_us`, windows of that length since each person's own start. Starts lie in `starts`;
    `complete[r]` columns of row r are over.
    """

    rows: Buckets
    edges: NDArray[np.int64]
    starts: Span
    reach: NDArray[np.int64]
    window_us: int
    complete: NDArray[np.int64]

    @property
    def columns(self) -> int:
        """Return how many columns there are, with column 0."""
        return len(self.reach) - 1


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted, by group, row and column.

    `active` are the people who returned often enough for a cell, and `sums` their property; in column 0
    that is the starting interval. `size` are the people of each group and row.
    """

    size: NDArray[np.int64]
    active: NDArray[np.int64]
    sums: NDArray[np.float64]

    @classmethod
    def none(cls, groups: int, frame: Frame) -> Counts:
        """Return room to count in."""
        shape = (groups, len(frame.rows), frame.columns)
        return cls(np.zeros(shape[:2], np.int64), np.zeros(shape, np.int64), np.zeros(shape))

    def add(self, other: Counts) -> None:
        """Add what was counted elsewhere."""
        np.add(self.size, other.size, out=self.size)
        np.add(self.active, other.active, out=self.active)
        np.add(self.sums, other.sums, out=self.sums)

    def of(self, groups: Any) -> Counts:
        """Return the sum of some of the groups, as one."""
        return Counts(*(part[groups].sum(axis=0)[None] for part in self._parts()))

    def _parts(self) -> tuple[NDArray[Any], ...]:
        return self.size, self.active, self.sums


def first_of(spec: RetentionSpec) -> Selector:
    """Return the events the first of which decides whether a person is in a cohort at all."""
    return Selector(event=spec.start.event) if spec.cohort == "first_ever" else spec.start


def frame_of(spec: RetentionSpec, span: Span, calendar: Calendar) -> Frame:
    """Lay out the table, raising InvalidInput when it has more than 100,000 cells."""
    rows = buckets(span, spec.interval, calendar)
    reach = np.concatenate(([0], np.cumsum(spec.lengths)))
    columns = len(spec.lengths)
    if len(rows) * columns > MAX_CELLS:
        raise InvalidInput(
            f"{len(rows)} rows of {columns} columns are more than {MAX_CELLS:,} cells",
            hint="Choose a longer interval, a shorter period or fewer columns.",
        )
    edges = list(rows.edges_us)
    starts = Span(edges[0], span.end_us)
    if spec.clock == "rolling":
        window = WINDOW_HOURS[spec.interval] * HOUR_US
        closes = np.minimum(np.array(edges[1:]), span.end_us)
        over = closes[:, None] + window * reach[None, 1:] <= calendar.now_us
        return Frame(rows, np.array(edges, np.int64), starts, reach, window, over.sum(axis=1))
    while len(edges) < len(rows) + reach[-1]:
        edges.append(after(edges[-1], spec.interval, calendar))
    ends = np.array(edges, np.int64)
    over = ends[np.arange(len(rows))[:, None] + reach[None, 1:]] <= calendar.now_us
    return Frame(rows, ends, starts, reach, 0, over.sum(axis=1))


def result_of(
    spec: RetentionSpec,
    frame: Frame,
    total: Counts,
    groups: Sequence[Group] = (),
    counts: Sequence[Counts] = (),
) -> RetentionResult:
    """Return the table of what was counted, for everyone and for each group."""
    return RetentionResult(
        total=_group(spec, frame, None, total),
        groups=tuple(
            _group(spec, frame, group, of_group)
            for group, of_group in zip(groups, counts, strict=True)
        ),
    )


def _group(
    spec: RetentionSpec, frame: Frame, group: Group | None, counts: Counts
) -> RetentionGroup:
    of = spec.measure.of
    size, active, sums = counts.size[0], counts.active[0], counts.sums[0]
    persons = active.copy()
    persons[:, 0] = size
    everyone = np.broadcast_to(size[:, None], persons.shape)
    above = persons if of == "persons" else sums
    below = {"sum": np.ones_like(persons), "average": active}.get(of, everyone)
    shown = _divided(above, below)
    over = np.arange(frame.columns) < frame.complete[:, None]
    if of == "persons":
        over[:, 0] = True
    counting = over & (everyone > 0) & (below > 0)
    weight = counting * (everyone if of == "sum" else 1)
    rows = tuple(
        RetentionRow(
            start=label,
            persons=tuple(cells.tolist()),
            values=() if of == "persons" else _known(values),
            complete=int(complete),
        )
        for label, cells, values, complete in zip(
            frame.rows.labels, persons, shown, frame.complete, strict=True
        )
    )
    return RetentionGroup(
        group=group,
        rows=rows,
        average=_known(_divided((above * weight).sum(axis=0), (below * weight).sum(axis=0))),
        mean=_known(_divided(np.where(counting, shown, 0).sum(axis=0), counting.sum(axis=0))),
    )


def _divided(above: Any, below: Any) -> Any:
    """Return above / below, NaN where there is nothing below."""
    return np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below > 0)


def _known(values: Any) -> tuple[float | None, ...]:
    return tuple(None if value != value else value for value in values.tolist())
