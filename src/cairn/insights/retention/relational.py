"""The answer to retention as a relation: starts joined to their returns, column by column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cairn.insights.grouping import ranked
from cairn.insights.points import within
from cairn.insights.retention.spec import RetentionPoint, RetentionResult, RetentionSpec
from cairn.insights.retention.table import Counts, Frame, first_of, frame_of, result_of
from cairn.query.periods import Calendar, Span
from cairn.query.relational import (
    Relation,
    RelationalEngine,
    bucket_of,
    number_in,
    scope_of,
    steps_up_to,
)

Persons = NDArray[np.int32]
_FIRST, _LAST = -(1 << 62), 1 << 62


def answer(
    spec: RetentionSpec, engine: RelationalEngine, span: Span, calendar: Calendar
) -> RetentionResult:
    """Count who starts in each interval and who of them returns in each later one."""
    frame = frame_of(spec, span, calendar)
    relation = relation_of(spec, engine, frame)
    sizes = relation.rows(cohorts(spec, relation, frame))
    active = cells(spec, relation, frame)
    returns = relation.rows(
        active.group_by("value", "row", "column").aggregate(
            persons=active.count(), total=active.total.sum()
        )
    )
    return read(spec, frame, sizes, returns)


def people(
    spec: RetentionSpec,
    point: RetentionPoint,
    engine: RelationalEngine,
    span: Span,
    calendar: Calendar,
) -> Persons:
    """Return the people of a row who are counted in a column."""
    frame = frame_of(spec, span, calendar)
    within(point.row, len(frame.rows), "cohorts")
    within(point.column, frame.columns, "columns")
    relation = relation_of(spec, engine, frame)
    found = starts(spec, relation, frame)
    if point.column:
        found = cells(spec, relation, frame)
        found = found.filter(found.column == point.column)
    found = found.filter(found.row == point.row).select("person", "value").order_by("person")
    rows = relation.rows(found)
    who = np.asarray(rows["person"].to_numpy(), np.int32)
    if point.group is None:
        return who
    sizes = relation.rows(cohorts(spec, relation, frame))
    values = _values(sizes)
    counts = np.zeros(len(values), np.int64)
    np.add.at(counts, _codes(values, sizes), sizes["persons"].to_numpy())
    group_of, groups = ranked(counts, values, spec.limit)
    if spec.breakdown is None or point.group not in groups:
        return np.zeros(0, np.int32)
    inside = group_of[_codes(values, rows)] == groups.index(point.group)
    return np.compress(inside, who)


def relation_of(spec: RetentionSpec, engine: RelationalEngine, frame: Frame) -> Relation:
    """Return the events that retention looks at: returns may lie anywhere after the start."""
    since = frame.starts.start_us if spec.cohort == "recurring" else _FIRST
    selectors = (spec.start, spec.returning or spec.start)
    extra = (spec.breakdown, spec.measure.property)
    return Relation(scope_of(selectors, spec.filter, extra, Span(since, _LAST)), engine)


def starts(spec: RetentionSpec, relation: Relation, frame: Frame) -> ir.Table:
    """Return person, row, value, seq and time of every entry into a cohort."""
    events = relation.events
    value = ibis.null("string") if spec.breakdown is None else relation.text(spec.breakdown)
    wanted = relation.selected(spec.start, spec.filter)
    decides = wanted if spec.cohort != "first_ever" else relation.selected(first_of(spec))
    chosen = events.select(
        "seq",
        "time",
        "person",
        value=value,
        row=bucket_of(events.time, frame.edges.tolist()),
        wanted=wanted,
        decides=decides,
    )
    chosen = chosen.filter(chosen.decides)
    inside = (chosen.time >= frame.starts.start_us) & (chosen.time < frame.starts.end_us)
    if spec.cohort == "recurring":
        chosen = chosen.filter(inside)
        keys = [chosen.person, chosen.row]
    else:
        keys = [chosen.person]
    order = ibis.row_number().over(group_by=keys, order_by=[chosen.time, chosen.seq])
    ordered = chosen.mutate(place=order)
    inside = (ordered.time >= frame.starts.start_us) & (ordered.time < frame.starts.end_us)
    entered = ordered.filter((ordered.place == 0) & ordered.wanted & inside)
    return entered.select("person", "row", "value", "seq", "time")


def cohorts(spec: RetentionSpec, relation: Relation, frame: Frame) -> ir.Table:
    """Return how many people start, by value and row."""
    entries = starts(spec, relation, frame)
    return entries.group_by("value", "row").aggregate(persons=entries.count())


def cells(spec: RetentionSpec, relation: Relation, frame: Frame) -> ir.Table:
    """Return person, row, value and column of everyone counted in a cell, with their total."""
    entries = starts(spec, relation, frame)
    back = came_back(spec, relation, frame)
    pairs = entries.join(back, entries.person == back.who)
    if frame.window_us:
        passed = pairs.at - pairs.time
        later = ((passed - passed % frame.window_us) / frame.window_us).cast("int64")
    else:
        passed = later = pairs.at - pairs.row
    own = passed >= 0
    if spec.measure.property:
        own &= (pairs.back_time > pairs.time) | (
            (pairs.back_time == pairs.time) & (pairs.back_seq >= pairs.seq)
        )
    else:
        own &= later > 0
    pairs = pairs.mutate(own=own, later=later)
    pairs = pairs.filter(pairs.own)
    column = steps_up_to(pairs.later, frame.reach[1:].tolist())
    pairs = pairs.mutate(column=ibis.least(column, ibis.literal(frame.columns, "int64")))
    keys = ["person", "row", "value", "column"]
    sums = {"times": pairs.times.sum(), "total": pairs.total.sum()}
    in_columns = pairs.group_by(keys).aggregate(**sums)
    if spec.match == "on_or_after":
        cell = implied(in_columns, ibis.literal(0, "int64"), in_columns.column + 1)
    elif spec.match == "on_or_before":
        cell = implied(in_columns, in_columns.column, frame.columns)
    else:
        cell = in_columns
    cell = cell.filter((cell.times >= spec.minimum) & (cell.column < frame.columns))
    if spec.match == "streak":
        unbroken = ibis.row_number().over(
            group_by=[cell.person, cell.row, cell.column > 0], order_by=cell.column
        )
        cell = cell.mutate(place=unbroken)
        cell = cell.filter((cell.column == 0) | (cell.place + 1 == cell.column))
    return cell.select(*keys, "total")


def implied(in_columns: ir.Table, first: Any, end: Any) -> ir.Table:
    """Return what is counted when a return in a column is one in all those from first to end."""
    each = in_columns.select(
        "person", "row", "value", "times", "total", column=ibis.range(first, end).unnest()
    )
    return each.group_by("person", "row", "value", "column").aggregate(
        times=each.times.sum(), total=each.total.sum()
    )


def came_back(spec: RetentionSpec, relation: Relation, frame: Frame) -> ir.Table:
    """Return who did the returning event, how often, and when: an interval, or a time for windows.

    Returns of one interval are one row, unless a property of theirs is measured.
    """
    events = relation.events
    prop = spec.measure.property
    at = events.time if frame.window_us else bucket_of(events.time, frame.edges.tolist())
    back = events.select(
        who=events.person,
        back_time=events.time,
        back_seq=events.seq,
        at=at,
        number=ibis.null("float64") if prop is None else number_in(relation.text(prop)),
        wanted=relation.selected(spec.returning or spec.start, spec.filter),
    )
    back = back.filter(back.wanted & (back.back_time >= frame.starts.start_us))
    keys = ["who", "at"] if prop is None else ["who", "at", "back_time", "back_seq"]
    return back.group_by(keys).aggregate(times=back.count(), total=back.number.sum().fill_null(0.0))


def read(spec: RetentionSpec, frame: Frame, sizes: pa.Table, returns: pa.Table) -> RetentionResult:
    """Return the table that the counted rows make."""
    values = _values(sizes)
    counts = Counts.none(len(values), frame)
    starting: Any = (_codes(values, sizes), sizes["row"].to_numpy())
    counts.size[starting] = sizes["persons"].to_numpy()
    place: Any = (_codes(values, returns), returns["row"].to_numpy(), returns["column"].to_numpy())
    counts.active[place] = returns["persons"].to_numpy()
    counts.sums[place] = returns["total"].to_numpy()
    total = counts.of(slice(None))
    if spec.breakdown is None:
        return result_of(spec, frame, total)
    group_of, groups = ranked(counts.size.sum(axis=1), values, spec.limit)
    shown = [counts.of(group_of == group) for group in range(len(groups))]
    return result_of(spec, frame, total, groups, shown)


def _values(table: pa.Table) -> list[str | None]:
    """Return the values of a breakdown in a table, missing first, as `ranked` takes them."""
    return [None, *sorted({text for text in table["value"].to_pylist() if text is not None})]


def _codes(values: Sequence[str | None], table: pa.Table) -> NDArray[np.int64]:
    """Return the place in `values` of the value of each row."""
    code_of = {value: code for code, value in enumerate(values)}
    texts = table["value"].to_pylist()
    return np.fromiter((code_of[text] for text in texts), np.int64, len(texts))
