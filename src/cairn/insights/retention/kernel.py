"""The answer to retention over people's events in order: one walk along each person's intervals."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.insights.bucketing import bucket_at, typical_width
from cairn.insights.grouping import ranked
from cairn.insights.points import within
from cairn.insights.retention.spec import RetentionPoint, RetentionResult, RetentionSpec
from cairn.insights.retention.table import Frame, frame_of, result_of
from cairn.query.filters import Group
from cairn.query.periods import Calendar, Span
from cairn.query.picking import compiled
from cairn.query.sequences import Matches, Pick, Sequences, Stretch

Persons = NDArray[np.int32]
_ALWAYS = np.iinfo(np.int64)
_NO_CODES = np.zeros(0, np.uint32)
_NO_ONE = np.zeros(0, np.bool_)
_AS_IT_IS = np.arange(4, dtype=np.uint32)
"""The mask of each mask: for matches, whose masks are known already."""


def answer(
    spec: RetentionSpec, sequences: Sequences, span: Span, calendar: Calendar
) -> RetentionResult:
    """Count who starts in each interval and who of them returns in each later one."""
    asked = _Asked.of(spec, sequences, span, calendar)
    if spec.breakdown is None:
        return result_of(asked.frame, asked.counted(np.zeros(1, np.int64), 1)[0])
    group_of, groups = asked.groups()
    counts = asked.counted(group_of, len(groups))
    total = counts.sum(axis=0) if groups else asked.no_one()
    return result_of(asked.frame, total, groups, list(counts))


def people(
    spec: RetentionSpec,
    point: RetentionPoint,
    sequences: Sequences,
    span: Span,
    calendar: Calendar,
) -> Persons:
    """Return the people of a row who are counted in a column."""
    asked = _Asked.of(spec, sequences, span, calendar)
    frame = asked.frame
    within(point.row, len(frame.rows), "cohorts")
    within(point.column, spec.columns, "columns")
    group_of, group = None, -1
    if point.group is not None and spec.breakdown is not None:
        group_of, groups = asked.groups()
        if point.group not in groups:
            return np.zeros(0, np.int32)
        group = groups.index(point.group)
    row, later = point.row, point.row + point.column
    returns = Span(int(frame.edges[later]), int(frame.edges[later + 1]))
    if spec.match == "on_or_after":
        returns = Span(returns.start_us, _ALWAYS.max)
    begins = Span(int(frame.edges[row]), min(int(frame.edges[row + 1]), frame.starts.end_us))

    def work(matches: Matches) -> Any:
        who, code = _members(
            matches.offsets, matches.time, matches.mask, asked.codes(matches),
            spec.cohort == "first_time", begins.start_us, begins.end_us,
            point.column > 0, returns.start_us, returns.end_us,
        )  # fmt: skip
        if group_of is not None:
            who = who[group_of[code] == group]
        return who + np.int32(matches.first_person)

    return np.concatenate(sequences.scan(asked.pick, work))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question laid out over people's events: selector 0 starts, selector 1 returns."""

    spec: RetentionSpec
    sequences: Sequences
    frame: Frame
    pick: Pick

    @classmethod
    def of(
        cls, spec: RetentionSpec, sequences: Sequences, span: Span, calendar: Calendar
    ) -> _Asked:
        frame = frame_of(spec, span, calendar)
        since = _ALWAYS.min if spec.cohort == "first_time" else frame.starts.start_us
        pick = Pick(
            (spec.start, spec.returning or spec.start),
            Span(since, _ALWAYS.max),
            spec.filter,
            () if spec.breakdown is None else (spec.breakdown,),
        )
        return cls(spec, sequences, frame, pick)

    def codes(self, matches: Matches) -> Any:
        """Return the code of the breakdown of each match."""
        return matches.codes[0] if matches.codes else np.zeros(len(matches.time), np.uint32)

    def no_one(self) -> NDArray[np.int64]:
        """Return an empty table."""
        return np.zeros((len(self.frame.rows), self.spec.columns), np.int64)

    def groups(self) -> tuple[NDArray[np.int64], Sequence[Group]]:
        """Rank the values of the breakdown by how often they start."""
        assert self.spec.breakdown is not None
        values = self.sequences.values(self.spec.breakdown)
        sizes = np.zeros(len(values), np.int64)
        lock = threading.Lock()

        def work(matches: Matches) -> None:
            codes = _starts(
                matches.offsets, matches.time, matches.mask, self.codes(matches),
                self.spec.cohort == "first_time", self.frame.edges, len(self.frame.rows),
                self.frame.starts.end_us,
            )  # fmt: skip
            counts = np.bincount(codes, minlength=len(values))
            with lock:
                sizes[:] += counts

        self.sequences.scan(self.pick, work)
        return ranked(sizes, values, self.spec.limit)

    def counted(self, group_of: Any, groups: int) -> NDArray[np.int64]:
        """Return people per group, row and column."""
        spec, frame = self.spec, self.frame
        counts = np.zeros((groups, len(frame.rows), spec.columns), np.int64)
        lock = threading.Lock()

        def count(offsets: Any, time: Any, event: Any, masks: Any, code: Any, skipped: Any) -> None:
            part = np.zeros_like(counts)
            _count(
                offsets, time, event, masks, code, skipped, group_of,
                spec.cohort == "first_time", spec.match == "on", frame.edges, frame.starts.end_us,
                part,
            )  # fmt: skip
            with lock:
                np.add(counts, part, out=counts)

        def work(matches: Matches) -> None:
            code = matches.codes[0] if matches.codes else _NO_CODES
            count(matches.offsets, matches.time, matches.mask, _AS_IT_IS, code, _NO_ONE)

        def shortcut(stretch: Stretch) -> None:
            run, lo, hi = stretch.base, stretch.first_person, stretch.end_person
            offsets = run.start[lo : hi + 1]
            count(offsets, run.time, run.event, stretch.masks, _NO_CODES, stretch.skipped)

        assert self.pick.span is not None
        whole = self.pick.span.start_us <= int(frame.edges[0])
        self.sequences.scan(self.pick, work, shortcut if whole else None)
        if spec.match == "on_or_after":
            later = counts[:, :, 1:]
            later[:] = later[:, :, ::-1].cumsum(axis=2)[:, :, ::-1]
        return counts


@compiled
def _starts(
    offsets: Any, time: Any, mask: Any, code: Any, first_time: bool, edges: Any, rows: int, end_us: int
) -> Any:  # fmt: skip
    """Return the breakdown's code of every cohort entry of every person."""
    opens, closes = edges[:-1], edges[1:]
    width = typical_width(opens, closes)
    out = np.empty(len(time), np.uint32)
    n = 0
    for p in range(len(offsets) - 1):
        last = -1
        for i in range(offsets[p], offsets[p + 1]):
            if mask[i] & np.uint32(1):
                t = time[i]
                if edges[0] <= t < end_us:
                    row = bucket_at(t, opens, closes, width)
                    if row != last:
                        last = row
                        out[n] = code[i]
                        n += 1
                if first_time:
                    break
    return out[:n]


@compiled
def _count(
    offsets: Any, time: Any, event: Any, masks: Any, code: Any, skipped: Any, group_of: Any,
    first_time: bool, on: bool, edges: Any, end_us: int, counts: Any,
) -> None:  # fmt: skip
    """Add each person to their cohorts and to the columns in which they return.

    `masks[event[i]]` says which selectors an event fits. Without a `code` per event everyone has
    code 0. For `on_or_after` only the last column is marked; the caller sums from the right.
    """
    rows, columns = counts.shape[1], counts.shape[2]
    opens, closes = edges[:-1], edges[1:]
    width = typical_width(opens, closes)
    row_of = np.empty(rows, np.int64)
    group = np.empty(rows, np.int64)
    returned = np.empty(len(edges), np.int64)
    for p in range(len(offsets) - 1):
        if len(skipped) and skipped[p]:
            continue
        starts, returns, started = 0, 0, False
        interval, until = 0, edges[0]
        for i in range(offsets[p], offsets[p + 1]):
            mask = masks[event[i]]
            if mask == 0 or (starts == 0 and (mask & np.uint32(1)) == 0):
                continue
            t = time[i]
            wanted = (mask & np.uint32(1)) != 0 and not (first_time and started)
            started |= wanted
            if first_time and wanted and not edges[0] <= t < end_us:
                break  # the one start that counts lies elsewhere
            if t < edges[0]:
                continue
            back = (mask & np.uint32(2)) != 0 and starts > 0
            if not back and not (wanted and t < end_us):
                continue
            if t >= until:
                interval = bucket_at(t, opens, closes, width)
                until = closes[min(interval, len(closes) - 1)]
            if back and (returns == 0 or returned[returns - 1] != interval):
                returned[returns] = interval
                returns += 1
                if first_time and interval >= row_of[0] + columns:
                    break  # later returns change nothing
            if wanted and t < end_us and (starts == 0 or row_of[starts - 1] != interval):
                row_of[starts] = interval
                group[starts] = group_of[code[i] if len(code) else 0]
                starts += 1
        first = 0
        for s in range(starts):
            row, g = row_of[s], group[s]
            counts[g, row, 0] += 1
            while first < returns and returned[first] <= row:
                first += 1
            if on:
                for r in range(first, returns):
                    if returned[r] >= row + columns:
                        break
                    counts[g, row, returned[r] - row] += 1
            elif first < returns:
                counts[g, row, min(returned[returns - 1] - row, columns - 1)] += 1


@compiled
def _members(
    offsets: Any, time: Any, mask: Any, code: Any, first_time: bool, begin_us: int, end_us: int,
    must_return: bool, from_us: int, to_us: int,
) -> tuple[Any, Any]:  # fmt: skip
    """Return who started in [begin, end), and returned in [from, to) if they must, and their codes."""
    who = np.empty(len(offsets) - 1, np.int32)
    codes = np.empty(len(offsets) - 1, np.uint32)
    n = 0
    for p in range(len(offsets) - 1):
        start = -1
        returned = not must_return
        for i in range(offsets[p], offsets[p + 1]):
            t = time[i]
            if start < 0 and (mask[i] & np.uint32(1)):
                if begin_us <= t < end_us:
                    start = i
                elif first_time:
                    break
            if (mask[i] & np.uint32(2)) and from_us <= t < to_us:
                returned = True
        if start >= 0 and returned:
            who[n] = p
            codes[n] = code[start]
            n += 1
    return who[:n], codes[:n]
