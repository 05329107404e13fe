"""The answer to usage as a relation: each person's gaps in order, and the ones in the middle."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from cairn.insights.points import within
from cairn.insights.usage.distribution import has_gap, result_of
from cairn.insights.usage.spec import UsagePoint, UsageResult, UsageSpec
from cairn.query.periods import Calendar, Span, buckets
from cairn.query.relational import Relation, RelationalEngine, bucket_of, scope_of

Persons = NDArray[np.int32]


def answer(
    spec: UsageSpec, engine: RelationalEngine, span: Span, calendar: Calendar
) -> UsageResult:
    """Count the people with each usual gap."""
    relation = relation_of(spec, engine, span)
    gaps = usual_gaps(spec, relation, span, calendar)
    rows = relation.rows(gaps.group_by("twice").aggregate(persons=gaps.count()))
    counts = np.bincount(
        _rounded_up(rows["twice"]), weights=rows["persons"].to_numpy(), minlength=1
    )
    return result_of(spec, counts)


def people(
    spec: UsageSpec, point: UsagePoint, engine: RelationalEngine, span: Span, calendar: Calendar
) -> Persons:
    """Return the people whose usual gap is that of a bar."""
    within(point.gap, spec.bars + 2, "bars")
    relation = relation_of(spec, engine, span)
    rows = relation.rows(usual_gaps(spec, relation, span, calendar).order_by("person"))
    who = np.asarray(rows["person"].to_numpy(), np.int32)
    return np.compress(has_gap(spec, point.gap, _rounded_up(rows["twice"])), who)


def relation_of(spec: UsageSpec, engine: RelationalEngine, span: Span) -> Relation:
    """Return the events of the period that make people active."""
    return Relation(scope_of((spec.event,), spec.filter, (), span), engine)


def usual_gaps(spec: UsageSpec, relation: Relation, span: Span, calendar: Calendar) -> ir.Table:
    """Return everyone active with twice their median gap, 0 for those active once."""
    edges = buckets(span, spec.interval, calendar).edges_us
    events = relation.events
    chosen = events.filter(relation.selected(spec.event, spec.filter))
    active = chosen.select("person", at=bucket_of(chosen.time, edges)).distinct()
    before = active.at.lag().over(group_by=active.person, order_by=active.at)
    table = active.mutate(gap=active.at - before)
    order = [table.gap.isnull(), table.gap]
    table = table.mutate(
        twice_place=ibis.row_number().over(group_by=table.person, order_by=order) * 2,
        gaps=table.gap.count().over(group_by=table.person),
    )
    after_middle = table.twice_place - table.gaps
    nothing = ibis.null("int64")
    low: Any = ibis.ifelse(after_middle.isin((-1, -2)), table.gap, nothing).max()
    high: Any = ibis.ifelse(after_middle.isin((-1, 0)), table.gap, nothing).max()
    return table.group_by("person").aggregate(twice=(low + high).fill_null(0))


def _rounded_up(twice: Any) -> NDArray[np.int64]:
    return (np.asarray(twice.to_numpy(), np.int64) + 1) // 2
