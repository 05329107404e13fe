"""The answer to retention as a relation: starts joined to later returns, person by person."""

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
from cairn.insights.retention.table import Frame, frame_of, result_of
from cairn.query.periods import Calendar, Span
from cairn.query.relational import Relation, RelationalEngine, bucket_of, scope_of

Persons = NDArray[np.int32]
_FIRST, _LAST = -(1 << 62), 1 << 62


def answer(
    spec: RetentionSpec, engine: RelationalEngine, span: Span, calendar: Calendar
) -> RetentionResult:
    """Count who starts in each interval and who of them returns in each later one."""
    frame = frame_of(spec, span, calendar)
    relation = relation_of(spec, engine, frame)
    sizes = relation.rows(cohorts(spec, relation, frame))
    returns = relation.rows(returned(spec, relation, frame))
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
    within(point.column, spec.columns, "columns")
    relation = relation_of(spec, engine, frame)
    entries = starts(spec, relation, frame)
    entries = entries.filter(entries.row == point.row)
    if point.column:
        back = came_back(spec, relation, frame)
        column = back.interval - point.row
        hit = column == point.column if spec.match == "on" else column >= point.column
        back = back.filter(hit)
        entries = entries.semi_join(back, entries.person == back.who)
    found = relation.rows(entries.select("person", "value").order_by("person"))
    who = np.asarray(found["person"].to_numpy(), np.int32)
    if point.group is None:
        return who
    sizes = relation.rows(cohorts(spec, relation, frame))
    values = _values(sizes)
    counts = np.zeros(len(values), np.int64)
    np.add.at(counts, _codes(values, sizes), sizes["persons"].to_numpy())
    group_of, groups = ranked(counts, values, spec.limit)
    if spec.breakdown is None or point.group not in groups:
        return np.zeros(0, np.int32)
    inside = group_of[_codes(values, found)] == groups.index(point.group)
    return np.compress(inside, who)


def relation_of(spec: RetentionSpec, engine: RelationalEngine, frame: Frame) -> Relation:
    """Return the events that retention looks at: returns may lie anywhere after the start."""
    since = _FIRST if spec.cohort == "first_time" else frame.starts.start_us
    selectors = (spec.start, spec.returning or spec.start)
    scope = scope_of(selectors, spec.filter, (spec.breakdown,), Span(since, _LAST))
    return Relation(scope, engine)


def starts(spec: RetentionSpec, relation: Relation, frame: Frame) -> ir.Table:
    """Return person, row and value of every entry into a cohort."""
    events = relation.events
    value = ibis.null("string") if spec.breakdown is None else relation.text(spec.breakdown)
    chosen = events.select(
        "seq",
        "time",
        "person",
        value=value,
        row=bucket_of(events.time, frame.edges.tolist()),
        wanted=relation.selected(spec.start, spec.filter),
    )
    chosen = chosen.filter(chosen.wanted)
    inside = (chosen.time >= frame.starts.start_us) & (chosen.time < frame.starts.end_us)
    if spec.cohort == "recurring":
        chosen = chosen.filter(inside)
        keys = [chosen.person, chosen.row]
    else:
        keys = [chosen.person]
    order = ibis.row_number().over(group_by=keys, order_by=[chosen.time, chosen.seq])
    ordered = chosen.mutate(place=order)
    inside = (ordered.time >= frame.starts.start_us) & (ordered.time < frame.starts.end_us)
    return ordered.filter((ordered.place == 0) & inside).select("person", "row", "value")


def cohorts(spec: RetentionSpec, relation: Relation, frame: Frame) -> ir.Table:
    """Return how many people start, by value and row."""
    entries = starts(spec, relation, frame)
    return entries.group_by("value", "row").aggregate(persons=entries.count())


def returned(spec: RetentionSpec, relation: Relation, frame: Frame) -> ir.Table:
    """Return how many people come back, by value, row and column.

    For `on_or_after` each person is in the last of their columns; `read` sums from the right.
    """
    back = came_back(spec, relation, frame)
    entries = starts(spec, relation, frame)
    pairs = entries.join(back, entries.person == back.who)
    pairs = pairs.select("value", "row", column=pairs.interval - pairs.row)
    if spec.match == "on":
        pairs = pairs.filter((pairs.column > 0) & (pairs.column < spec.columns))
    else:
        pairs = pairs.filter(pairs.column > 0)
        last = ibis.literal(spec.columns - 1, "int64")
        pairs = pairs.mutate(column=ibis.least(pairs.column, last))
    return pairs.group_by("value", "row", "column").aggregate(persons=pairs.count())


def came_back(spec: RetentionSpec, relation: Relation, frame: Frame) -> ir.Table:
    """Return who did the returning event and in which intervals: in all of them, or in the last."""
    events = relation.events
    back = events.select(
        "time",
        who=events.person,
        interval=bucket_of(events.time, frame.edges.tolist()),
        wanted=relation.selected(spec.returning or spec.start, spec.filter),
    )
    back = back.filter(back.wanted & (back.time >= frame.starts.start_us))
    if spec.match == "on":
        return back.select("who", "interval").distinct()
    return back.group_by("who").aggregate(interval=back.interval.max())


def read(spec: RetentionSpec, frame: Frame, sizes: pa.Table, returns: pa.Table) -> RetentionResult:
    """Return the table that the counted rows make."""
    values = _values(sizes)
    counts = np.zeros((len(values), len(frame.rows), spec.columns), np.int64)
    starting: Any = (_codes(values, sizes), sizes["row"].to_numpy())
    np.add.at(counts[:, :, 0], starting, sizes["persons"].to_numpy())
    place: Any = (_codes(values, returns), returns["row"].to_numpy(), returns["column"].to_numpy())
    np.add.at(counts, place, returns["persons"].to_numpy())
    if spec.match == "on_or_after":
        later = counts[:, :, 1:]
        later[:] = later[:, :, ::-1].cumsum(axis=2)[:, :, ::-1]
    total = counts.sum(axis=0)
    if spec.breakdown is None:
        return result_of(frame, total)
    group_of, groups = ranked(counts[:, :, 0].sum(axis=1), values, spec.limit)
    shown = [counts[group_of == group].sum(axis=0) for group in range(len(groups))]
    return result_of(frame, total, groups, shown)


def _values(table: pa.Table) -> list[str | None]:
    """Return the values of a breakdown in a table, missing first, as `ranked` takes them."""
    return [None, *sorted({text for text in table["value"].to_pylist() if text is not None})]


def _codes(values: Sequence[str | None], table: pa.Table) -> NDArray[np.int64]:
    """Return the place in `values` of the value of each row."""
    code_of = {value: code for code, value in enumerate(values)}
    texts = table["value"].to_pylist()
    return np.fromiter((code_of[text] for text in texts), np.int64, len(texts))
