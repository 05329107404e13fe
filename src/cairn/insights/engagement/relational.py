"""The answer to engagement as a relation: what each person did with every feature, added up."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from cairn.insights.engagement.spec import EngagementPoint, EngagementResult, EngagementSpec
from cairn.insights.engagement.table import most_used, result_of
from cairn.insights.points import within
from cairn.query.filters import Selector
from cairn.query.periods import Calendar, Span, buckets
from cairn.query.relational import Relation, RelationalEngine, bucket_of, scope_of

Persons = NDArray[np.int32]


def answer(
    spec: EngagementSpec, engine: RelationalEngine, span: Span, calendar: Calendar
) -> EngagementResult:
    """Count who is active, who uses each feature and how much."""
    relation = relation_of(spec, engine, span)
    features = features_of(spec, relation)
    edges = buckets(span, "day", calendar).edges_us[:-1]
    [row] = relation.rows(totals(spec, features, relation, edges)).to_pylist()
    numbers = range(len(features))
    return result_of(
        features,
        row["active"] or 0,
        [row[f"persons_{k}"] or 0 for k in numbers],
        [row[f"amount_{k}"] or 0 for k in numbers],
    )


def people(
    spec: EngagementSpec,
    point: EngagementPoint,
    engine: RelationalEngine,
    span: Span,
    calendar: Calendar,
) -> Persons:
    """Return who uses a feature."""
    relation = relation_of(spec, engine, span)
    features = features_of(spec, relation)
    within(point.feature, len(features), "features")
    used = relation.events.filter(relation.selected(features[point.feature], spec.filter))
    found = relation.rows(used.select("person").distinct().order_by("person"))
    return np.asarray(found["person"].to_numpy(), np.int32)


def relation_of(spec: EngagementSpec, engine: RelationalEngine, span: Span) -> Relation:
    """Return the events of the period."""
    return Relation(scope_of((Selector(), *spec.features), spec.filter, (), span), engine)


def features_of(spec: EngagementSpec, relation: Relation) -> tuple[Selector, ...]:
    """Return the features asked about."""
    if spec.features:
        return spec.features
    events = relation.events.filter(relation.selected(Selector(), spec.filter))
    counts = relation.rows(events.group_by("event").aggregate(events=events.count()))
    names, sizes = counts["event"].to_pylist(), counts["events"].to_pylist()
    return most_used(spec, dict(zip(names, sizes, strict=True)))


def totals(
    spec: EngagementSpec, features: tuple[Selector, ...], relation: Relation, edges: tuple[int, ...]
) -> ir.Table:
    """Return one row: how many are active, and how many and how much for each feature."""
    events = relation.events
    day = bucket_of(events.time, edges)
    nothing = ibis.null("int64")
    done = {}
    for k, feature in enumerate(features):
        here = ibis.ifelse(relation.selected(feature), day, nothing)
        done[f"done_{k}"] = here
    wanted = relation.selected(Selector(), spec.filter)
    table = events.mutate(**done).filter(wanted)
    by_day = spec.frequency == "days"
    amounts = {
        f"amount_{k}": table[name].nunique() if by_day else table[name].count()
        for k, name in enumerate(done)
    }
    table = table.group_by("person").aggregate(events=table.count(), **amounts)
    return table.aggregate(
        active=table.count(),
        **{f"persons_{k}": (table[name] > 0).sum() for k, name in enumerate(amounts)},
        **{name: table[name].sum() for name in amounts},
    )
