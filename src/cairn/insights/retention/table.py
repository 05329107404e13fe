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
from cairn.query.filters import Group
from cairn.query.periods import Buckets, Calendar, Span, after, buckets

MAX_CELLS = 100_000


@dataclass(frozen=True, slots=True)
class Frame:
    """The rows and columns of a table in time.

    `edges[i]` to `edges[i + 1]` is interval i; row r starts in interval r, and its column d is
    interval r + d. Starts lie in `starts`; `complete[r]` columns of row r are over.
    """

    rows: Buckets
    edges: NDArray[np.int64]
    starts: Span
    complete: NDArray[np.int64]


def frame_of(spec: RetentionSpec, span: Span, calendar: Calendar) -> Frame:
    """Lay out the table, raising InvalidInput when it has more than 100,000 cells."""
    rows = buckets(span, spec.interval, calendar)
    if len(rows) * spec.columns > MAX_CELLS:
        raise InvalidInput(
            f"{len(rows)} rows of {spec.columns} columns are more than {MAX_CELLS:,} cells",
            hint="Choose a longer interval, a shorter period or fewer columns.",
        )
    edges = list(rows.edges_us)
    while len(edges) < len(rows) + spec.columns:
        edges.append(after(edges[-1], spec.interval, calendar))
    over = int(np.searchsorted(edges[1:], calendar.now_us, side="right"))
    complete = np.clip(over - np.arange(len(rows)), 0, spec.columns)
    return Frame(rows, np.array(edges, np.int64), Span(edges[0], span.end_us), complete)


def result_of(
    frame: Frame, total: Any, groups: Sequence[Group] = (), counts: Sequence[Any] = ()
) -> RetentionResult:
    """Return the table of people per row and column, for everyone and for each group."""
    return RetentionResult(
        total=_group(frame, None, total),
        groups=tuple(
            _group(frame, group, of_group) for group, of_group in zip(groups, counts, strict=True)
        ),
    )


def _group(frame: Frame, group: Group | None, counts: Any) -> RetentionGroup:
    rows = tuple(
        RetentionRow(start=label, persons=tuple(row.tolist()), complete=int(complete))
        for label, row, complete in zip(frame.rows.labels, counts, frame.complete, strict=True)
    )
    return RetentionGroup(group=group, rows=rows, average=_average(frame, counts))


def _average(frame: Frame, counts: Any) -> tuple[float | None, ...]:
    """Share who return in each column, over the cohorts for which it is over, weighted by size."""
    out: list[float | None] = [1.0 if counts[:, 0].any() else None]
    for column in range(1, counts.shape[1]):
        over = frame.complete > column
        size = int(counts[over, 0].sum())
        out.append(float(counts[over, column].sum() / size) if size else None)
    return tuple(out)
