"""The answer to retention as a relation: starts joined to later returns, person by person."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cairn.insights.grouping import ranked
from cairn.insights.retention.spec import RetentionResult, RetentionSpec
from cairn.insights.retention.table import Frame, frame_of, result_of
from cairn.query.periods import Calendar, Span
from cairn.query.relational import Relation, RelationalEngine, bucket_of, scope_of

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
    events = relation.events
    back = events.select(
        "time",
        who=events.person,
        interval=bucket_of(events.time, frame.edges.tolist()),
        wanted=relation.selected(spec.returning or spec.start, spec.filter),
    )
    back = back.filter(back.wanted & (back.time >= frame.starts.start_us))
    if spec.match == "on":
        back = back.select("who", "interval").distinct()
    else:
        back = back.group_by("who").aggregate(interval=back.interval.max())
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


def read(spec: RetentionSpec, frame: Frame, sizes: pa.Table, returns: pa.Table) -> RetentionResult:
    """Return the table that the counted rows make."""
    values: list[str | None] = [None]
    values += sorted({value for value in sizes["value"].to_pylist() if value is not None})
    code_of = {value: code for code, value in enumerate(values)}
    counts = np.zeros((len(values), len(frame.rows), spec.columns), np.int64)
    _put(counts, code_of, sizes)
    _put(counts, code_of, returns)
    if spec.match == "on_or_after":
        later = counts[:, :, 1:]
        later[:] = later[:, :, ::-1].cumsum(axis=2)[:, :, ::-1]
    total = counts.sum(axis=0)
    if spec.breakdown is None:
        return result_of(frame, total)
    group_of, groups = ranked(counts[:, :, 0].sum(axis=1), values, spec.limit)
    shown = [counts[group_of == group].sum(axis=0) for group in range(len(groups))]
    return result_of(frame, total, groups, shown)


def _put(counts: NDArray[np.int64], code_of: dict[str | None, int], table: pa.Table) -> None:
    columns: list[Any] = [table["value"].to_pylist(), table["row"].to_pylist()]
    here = table["column"].to_pylist() if "column" in table.column_names else [0] * len(table)
    columns += [here, table["persons"].to_pylist()]
    for value, row, column, persons in zip(*columns, strict=True):
        counts[code_of[value], row, column] += persons
