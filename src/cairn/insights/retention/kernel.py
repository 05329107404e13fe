"""The answer to retention over people's events in order: one walk along each person's intervals."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, get_args

import numba
import numpy as np
from numpy.typing import NDArray

from cairn.insights.bucketing import bucket_at, typical_width
from cairn.insights.grouping import ranked
from cairn.insights.points import within
from cairn.insights.retention import plain
from cairn.insights.retention.spec import Match, RetentionPoint, RetentionResult, RetentionSpec
from cairn.insights.retention.table import Counts, Frame, first_of, frame_of, result_of
from cairn.query.filters import All, Group, Selector
from cairn.query.periods import Calendar, Span
from cairn.query.picking import compiled
from cairn.query.sequences import Matches, Pick, Sequences, Stretch

Persons = NDArray[np.int32]
_ALWAYS = np.iinfo(np.int64)
_NO_CODES = np.zeros(0, np.uint32)
_NO_ONE = np.zeros(0, np.bool_)
_AS_IT_IS = np.arange(8, dtype=np.uint32)
"""The mask of each mask: for matches, whose masks are known already."""
_STARTS, _RETURNS, _DECIDES = 1, 2, 4
"""What an event is, as bits of its mask; `_DECIDES` is there for `first_ever` only."""
_ON, _AFTER, _BEFORE, _STREAK = range(4)
_inlined = numba.njit(nogil=True, inline="always")
"""For what is called for every cohort of every person: handing over arrays would cost more."""


def answer(
    spec: RetentionSpec, sequences: Sequences, span: Span, calendar: Calendar
) -> RetentionResult:
    """Count who starts in each interval and who of them returns in each later one."""
    asked = _Asked.of(spec, sequences, span, calendar)
    if spec.breakdown is None:
        return result_of(spec, asked.frame, asked.counted(np.zeros(1, np.int64), 1))
    group_of, groups = asked.groups()
    counts = asked.counted(group_of, len(groups))
    each = [counts.of([group]) for group in range(len(groups))]
    return result_of(spec, asked.frame, counts.of(slice(None)), groups, each)


def people(
    spec: RetentionSpec,
    point: RetentionPoint,
    sequences: Sequences,
    span: Span,
    calendar: Calendar,
) -> Persons:
    """Return the people of a row who are counted in a column."""
    asked = _Asked.of(spec, sequences, span, calendar)
    frame, row = asked.frame, point.row
    within(row, len(frame.rows), "cohorts")
    within(point.column, frame.columns, "columns")
    group_of, group = None, -1
    if point.group is not None and spec.breakdown is not None:
        group_of, groups = asked.groups()
        if point.group not in groups:
            return np.zeros(0, np.int32)
        group = groups.index(point.group)
    begins = Span(int(frame.edges[row]), min(int(frame.edges[row + 1]), frame.starts.end_us))
    bounds = frame.window_us * frame.reach
    if not frame.window_us:
        bounds = frame.edges[row + frame.reach]

    def work(matches: Matches) -> Any:
        who, code = _members(
            matches.offsets, matches.time, matches.mask, asked.codes(matches), asked.rules,
            begins.start_us, begins.end_us, bounds, point.column,
        )  # fmt: skip
        if group_of is not None:
            who = who[group_of[code] == group]
        return who + np.int32(matches.first_person)

    return np.concatenate(sequences.scan(asked.pick, work))


class _Rules(NamedTuple):
    """A question for the compiled loops.

    The first event with the bits of `gate` decides over a person who may start `once`. `since` is
    the first column that `on_or_before` looks at. `column_of[n]` is the column n intervals after
    the start, or, with a `window`, n windows of that length.
    """

    once: bool
    gate: int
    match: int
    minimum: int
    since: int
    edges: NDArray[np.int64]
    end_us: int
    window: int
    column_of: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question laid out over people's events."""

    spec: RetentionSpec
    sequences: Sequences
    frame: Frame
    pick: Pick
    rules: _Rules

    @classmethod
    def of(
        cls, spec: RetentionSpec, sequences: Sequences, span: Span, calendar: Calendar
    ) -> _Asked:
        frame = frame_of(spec, span, calendar)
        once = spec.cohort != "recurring"
        since = _ALWAYS.min if once else frame.starts.start_us
        filter = spec.filter
        selectors: tuple[Selector, ...] = (spec.start, spec.returning or spec.start)
        if spec.cohort == "first_ever" and (spec.filter or spec.start.filter):
            selectors = (*(_both(selector, filter) for selector in selectors), first_of(spec))
            filter = None
        pick = Pick(
            selectors,
            Span(since, _ALWAYS.max),
            filter,
            tuple(p for p in (spec.breakdown, spec.measure.property) if p is not None),
        )
        rules = _Rules(
            once=once,
            gate=_DECIDES if len(selectors) > 2 else _STARTS,
            match=get_args(Match).index(spec.match),
            minimum=spec.minimum,
            since=0 if spec.measure.property else 1,
            edges=frame.edges,
            end_us=frame.starts.end_us,
            window=frame.window_us,
            column_of=np.repeat(np.arange(frame.columns), spec.lengths),
        )
        return cls(spec, sequences, frame, pick, rules)

    def codes(self, matches: Matches) -> Any:
        """Return the code of the breakdown of each match."""
        if self.spec.breakdown is None:
            return np.zeros(len(matches.time), np.uint32)
        return matches.codes[0]

    def groups(self) -> tuple[NDArray[np.int64], Sequence[Group]]:
        """Rank the values of the breakdown by how often they start."""
        assert self.spec.breakdown is not None
        values = self.sequences.values(self.spec.breakdown)
        sizes = np.zeros(len(values), np.int64)
        lock = threading.Lock()

        def work(matches: Matches) -> None:
            codes = _starts(
                matches.offsets, matches.time, matches.mask, self.codes(matches), self.rules
            )
            counts = np.bincount(codes, minlength=len(values))
            with lock:
                sizes[:] += counts

        self.sequences.scan(self.pick, work)
        return ranked(sizes, values, self.spec.limit)

    def counted(self, group_of: Any, groups: int) -> Counts:
        """Return what is counted in each group, row and column."""
        spec, rules = self.spec, self.rules
        whole = Counts.none(groups, self.frame)
        lock = threading.Lock()
        simple = plain.is_plain(spec)
        prop = spec.measure.property
        number_of = None if prop is None else np.nan_to_num(self.sequences.numbers(prop))

        def count(
            offsets: Any, time: Any, event: Any, masks: Any, code: Any, number: Any, skipped: Any
        ) -> None:
            part = Counts.none(groups, self.frame)
            if simple:
                plain.count(
                    offsets, time, event, masks, code, skipped, group_of, rules.once,
                    rules.match == _ON, rules.edges, rules.end_us, part.size, part.active,
                )  # fmt: skip
            else:
                _count(
                    offsets, time, event, masks, code, number, skipped, group_of, rules,
                    part.size, part.active, part.sums,
                )  # fmt: skip
            with lock:
                whole.add(part)

        def work(matches: Matches) -> None:
            code = _NO_CODES if spec.breakdown is None else matches.codes[0]
            number = None if number_of is None else number_of[matches.codes[-1]]
            count(matches.offsets, matches.time, matches.mask, _AS_IT_IS, code, number, _NO_ONE)

        def shortcut(stretch: Stretch) -> None:
            run, lo, hi = stretch.base, stretch.first_person, stretch.end_person
            offsets = run.start[lo : hi + 1]
            count(offsets, run.time, run.event, stretch.masks, _NO_CODES, None, stretch.skipped)

        assert self.pick.span is not None
        from_the_start = self.pick.span.start_us <= self.frame.starts.start_us
        self.sequences.scan(self.pick, work, shortcut if from_the_start else None)
        if simple and rules.match == _AFTER:
            later = whole.active[:, :, 1:]
            later[:] = later[:, :, ::-1].cumsum(axis=2)[:, :, ::-1]
        return whole


def _both(selector: Selector, filter: Any) -> Selector:
    """Return a selector of those of its events that satisfy a filter, too."""
    parts = tuple(part for part in (selector.filter, filter) if part is not None)
    return selector.model_copy(update={"filter": All(all=parts) if parts else None})


@compiled
def _starts(offsets: Any, time: Any, mask: Any, code: Any, rules: Any) -> Any:
    """Return the breakdown's code of every cohort entry of every person."""
    opens, closes = rules.edges[:-1], rules.edges[1:]
    width = typical_width(opens, closes)
    out = np.empty(len(time), np.uint32)
    n = 0
    for p in range(len(offsets) - 1):
        last = -1
        for i in range(offsets[p], offsets[p + 1]):
            if rules.once and not mask[i] & rules.gate:
                continue
            t = time[i]
            if mask[i] & _STARTS and opens[0] <= t < rules.end_us:
                row = bucket_at(t, opens, closes, width)
                if row != last:
                    last = row
                    out[n] = code[i]
                    n += 1
            if rules.once:
                break
    return out[:n]


@compiled
def _count(
    offsets: Any, time: Any, event: Any, masks: Any, code: Any, number: Any, skipped: Any,
    group_of: Any, rules: Any, size: Any, active: Any, sums: Any,
) -> None:  # fmt: skip
    """Add each person to their cohorts and to the columns in which they return.

    `masks[event[i]]` says which selectors an event fits. Without a `code` per event everyone has
    code 0. `number` is what each event adds to a measure of a property, None for `persons`.
    """
    columns = active.shape[2]
    edges, end_us, window, column_of = rules.edges, rules.end_us, rules.window, rules.column_of
    once, gate, match = rules.once, rules.gate, rules.match
    opens, closes = edges[:-1], edges[1:]
    width = typical_width(opens, closes)
    horizon = len(column_of) * max(window, 1)
    room = 1
    for p in range(len(offsets) - 1):
        room = max(room, offsets[p + 1] - offsets[p])
    row_of, group = np.empty(len(edges), np.int64), np.empty(len(edges), np.int64)
    since, following = np.empty(len(edges), np.int64), np.empty(len(edges), np.int64)
    returned, times, total = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room)
    many_in, total_in = np.empty(columns + 1, np.int64), np.empty(columns + 1)
    for p in range(len(offsets) - 1):
        if len(skipped) and skipped[p]:
            continue
        starts, returns, decided, apart = 0, 0, False, True
        interval, until, entered, latest = 0, edges[0], -1, edges[0]
        for i in range(offsets[p], offsets[p + 1]):
            mask = masks[event[i]]
            if mask == 0 or (starts == 0 and (mask & gate) == 0):
                continue
            t = time[i]
            wanted = (mask & _STARTS) != 0
            if once:
                wanted &= not decided
                decided = True
                if starts == 0 and not (wanted and edges[0] <= t < end_us):
                    break  # what decides lies elsewhere, or is no start
            if t < edges[0]:
                continue
            wanted &= t < end_us
            back = (mask & _RETURNS) != 0 and (starts > 0 or wanted)
            if not back and not wanted:
                continue
            if t >= until and (wanted or window == 0):
                interval = bucket_at(t, opens, closes, width)
                until = closes[min(interval, len(closes) - 1)]
            if wanted and entered != interval:
                entered = interval
                row_of[starts] = interval
                group[starts] = group_of[code[i] if len(code) else 0]
                since[starts] = t if window else interval
                following[starts] = returns
                starts += 1
                apart = True
            if back:
                at = t if window else interval
                if apart or latest != at:
                    latest = at
                    returned[returns], times[returns], total[returns] = at, 0, 0.0
                    returns += 1
                    apart = False
                if once and match != _AFTER and at - since[0] >= horizon:
                    break  # later returns change nothing
                times[returns - 1] += 1
                if number is not None:
                    total[returns - 1] += number[i]
        for s in range(starts):
            g, row = group[s], row_of[s]
            size[g, row] += 1
            _sort(
                returned, times, total, following[s], returns, since[s], match, window, column_of,
                many_in, total_in,
            )  # fmt: skip
            _add(many_in, total_in, rules, active[g, row], sums[g, row])


@_inlined
def _sort(
    returned: Any, times: Any, total: Any, first: int, end: int, since: int, match: int,
    window: int, column_of: Any, many_in: Any, total_in: Any,
) -> None:  # fmt: skip
    """Put the returns since a start into their columns; those beyond the table into one more."""
    columns = len(many_in) - 1
    many_in[:] = 0
    total_in[:] = 0.0
    for k in range(first, end):
        later = returned[k] - since
        if window:
            later //= window
        column = column_of[later] if later < len(column_of) else columns
        if column == columns and match != _AFTER:
            break
        many_in[column] += times[k]
        total_in[column] += total[k]


@_inlined
def _add(many_in: Any, total_in: Any, rules: Any, active: Any, sums: Any) -> None:
    """Add a person with so many returns in each column to the cells for which that is enough."""
    columns = len(active)
    match = rules.match
    many, total, unbroken = 0, 0.0, True
    for i in range(columns + 1):
        column = columns - i if match == _AFTER else i
        if match in (_ON, _STREAK) or (match == _BEFORE and i <= rules.since):
            many, total = 0, 0.0
        many += many_in[column]
        total += total_in[column]
        enough = many >= rules.minimum
        if match == _STREAK and column > 0:
            unbroken &= enough
            enough = unbroken
        if enough and column < columns:
            active[column] += 1
            sums[column] += total


@compiled
def _members(
    offsets: Any, time: Any, mask: Any, code: Any, rules: Any, begin_us: int, end_us: int,
    bounds: Any, column: int,
) -> tuple[Any, Any]:  # fmt: skip
    """Return who started in [begin, end) and is counted in a column, and their codes.

    Column c lies from `bounds[c]` up to `bounds[c + 1]`, with a window after the start.
    """
    columns = len(bounds) - 1
    who = np.empty(len(offsets) - 1, np.int32)
    codes = np.empty(len(offsets) - 1, np.uint32)
    many_in, total_in = np.empty(columns + 1, np.int64), np.zeros(columns + 1)
    active, sums = np.empty(columns, np.int64), np.zeros(columns)
    n = 0
    for p in range(len(offsets) - 1):
        start, shift, at = -1, 0, 0
        many_in[:] = 0
        for i in range(offsets[p], offsets[p + 1]):
            t = time[i]
            if start < 0:
                if (
                    begin_us <= t < end_us
                    and mask[i] & _STARTS
                    and (not rules.once or mask[i] & rules.gate)
                ):
                    start = i
                    shift = t if rules.window else 0
                elif rules.once and mask[i] & rules.gate:
                    break
                else:
                    continue
            if mask[i] & _RETURNS:
                while at < columns and t >= bounds[at + 1] + shift:
                    at += 1
                many_in[at] += 1
        if start < 0:
            continue
        active[:] = 0
        _add(many_in, total_in, rules, active, sums)
        if column == 0 or active[column]:
            who[n] = p
            codes[n] = code[start]
            n += 1
    return who[:n], codes[:n]
