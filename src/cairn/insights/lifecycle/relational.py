"""The answer to a lifecycle as a relation: who is active in each interval, and in the one before."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cairn.insights.entries import entries, grouped, numbered
from cairn.insights.lifecycle.spec import STATUSES, LifecyclePoint, LifecycleResult, LifecycleSpec
from cairn.insights.lifecycle.table import Frame, frame_of, result_of
from cairn.insights.points import within
from cairn.query.filters import Group, Selector
from cairn.query.periods import Calendar, Span
from cairn.query.relational import Relation, RelationalEngine, bucket_of, scope_of

Persons = NDArray[np.int32]
_FIRST = -(1 << 62)


def answer(
    spec: LifecycleSpec, engine: RelationalEngine, span: Span, calendar: Calendar
) -> LifecycleResult:
    """Count in each interval who is new, returning, resurrecting and dormant."""
    frame = frame_of(spec, span, calendar)
    relation = relation_of(spec, engine, frame)
    rows = counted(spec, relation, frame)
    return read(frame, rows, *groups_of(spec, relation, frame))


def people(
    spec: LifecycleSpec,
    point: LifecyclePoint,
    engine: RelationalEngine,
    span: Span,
    calendar: Calendar,
) -> Persons:
    """Return who has a status in an interval."""
    frame = frame_of(spec, span, calendar)
    within(point.bucket, len(frame.buckets), "points in time")
    relation = relation_of(spec, engine, frame)
    table = statuses(spec, relation, frame)
    here = (table.bucket == point.bucket) & (table.status == STATUSES.index(point.status))
    found = relation.rows(table.filter(here).select("person", "value").order_by("person"))
    who = np.asarray(found["person"].to_numpy(), np.int32)
    if point.group is None:
        return who
    group_of, groups = groups_of(spec, relation, frame)
    if point.group not in groups:
        return np.zeros(0, np.int32)
    inside = numbered(found["value"].to_pylist(), group_of) == groups.index(point.group)
    return np.compress(inside, who)


def relation_of(spec: LifecycleSpec, engine: RelationalEngine, frame: Frame) -> Relation:
    """Return the events that a lifecycle looks at: all there are, to know who is new."""
    selectors = (spec.event,) if spec.new == "first_matching" else (spec.event, Selector())
    reach = Span(_FIRST, frame.span.end_us)
    return Relation(scope_of(selectors, spec.filter, (spec.breakdown,), reach), engine)


def active(spec: LifecycleSpec, relation: Relation, frame: Frame) -> ir.Table:
    """Return the events that make people active, with their value and interval."""
    events = relation.events
    value = ibis.null("string") if spec.breakdown is None else relation.text(spec.breakdown)
    wanted = relation.selected(spec.event, spec.filter)
    return events.filter(wanted & (events.time >= frame.span.start_us)).select(
        "seq",
        "time",
        "person",
        value=value,
        interval=bucket_of(events.time, frame.edges[:-1].tolist()),
    )


def born(spec: LifecycleSpec, relation: Relation, frame: Frame) -> ir.Table:
    """Return everyone with the interval in which they were new, -1 for earlier ones."""
    events = relation.events
    counts = relation.named(None)
    if spec.new == "first_matching":
        counts = relation.selected(spec.event, spec.filter)
    first = events.filter(counts).group_by("person").aggregate(time=events.time.min())
    return first.select("person", fresh=bucket_of(first.time, frame.edges[:-1].tolist()))


def statuses(spec: LifecycleSpec, relation: Relation, frame: Frame) -> ir.Table:
    """Return everyone's value and status, a number, in each bucket in which they have one."""
    events = active(spec, relation, frame)
    present = events.select("person", "interval").distinct()
    none, one = ibis.literal(0, "int64"), ibis.literal(1, "int64")
    here = present.mutate(here=one, before=none)
    then = present.select("person", interval=present.interval + 1, here=none, before=one)
    both = ibis.union(here, then)
    both = both.group_by("person", "interval").aggregate(
        here=both.here.max(), before=both.before.max()
    )
    both = both.filter((both.interval > 0) & (both.interval <= len(frame.buckets)))
    known = born(spec, relation, frame)
    table = both.join(known, "person")
    status = ibis.cases(
        (table.here == 0, STATUSES.index("dormant")),
        (table.fresh == table.interval, STATUSES.index("new")),
        (table.before == 1, STATUSES.index("returning")),
        else_=STATUSES.index("resurrecting"),
    )
    table = table.select("person", bucket=table.interval - 1, status=status)
    if spec.breakdown is None:
        return table.mutate(value=ibis.null("string"))
    return table.join(entries(events), "person").select("person", "bucket", "status", "value")


def groups_of(
    spec: LifecycleSpec, relation: Relation, frame: Frame
) -> tuple[dict[str | None, int], list[Group]]:
    """Rank the values of the breakdown by how many people have them."""
    if spec.breakdown is None:
        return {}, []
    known = entries(active(spec, relation, frame))
    sizes = relation.rows(known.group_by("value").aggregate(persons=known.count()))
    return grouped(sizes["value"].to_pylist(), sizes["persons"].to_pylist(), spec.limit)


def counted(spec: LifecycleSpec, relation: Relation, frame: Frame) -> pa.Table:
    """Return how many people have each value, status and bucket."""
    table = statuses(spec, relation, frame)
    sized = table.group_by("value", "status", "bucket").aggregate(persons=table.count())
    return relation.rows(sized)


def read(
    frame: Frame, rows: pa.Table, group_of: dict[str | None, int], groups: Sequence[Group]
) -> LifecycleResult:
    """Return the answer that the counted rows make."""
    total = np.zeros((len(STATUSES), len(frame.buckets)), np.int64)
    parts = np.zeros((len(groups), *total.shape), np.int64)
    place = (rows["status"].to_numpy(), rows["bucket"].to_numpy())
    persons = rows["persons"].to_numpy()
    np.add.at(total, place, persons)
    if groups:
        group = numbered(rows["value"].to_pylist(), group_of)
        np.add.at(parts, (group, *place), persons)
    return result_of(frame, total, groups, list(parts))
