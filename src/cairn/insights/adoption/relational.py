"""The answer to adoption as a relation: when everyone came, first and last used the feature."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from cairn.insights.adoption.spec import AdoptionPoint, AdoptionResult, AdoptionSpec
from cairn.insights.adoption.uses import NEVER, Uses, behind, counted
from cairn.insights.entries import entries
from cairn.query.filters import Selector
from cairn.query.periods import Calendar, Span
from cairn.query.relational import Relation, RelationalEngine, scope_of

Persons = NDArray[np.int32]
_FIRST = -(1 << 62)


def answer(
    spec: AdoptionSpec, engine: RelationalEngine, span: Span, calendar: Calendar
) -> AdoptionResult:
    """Count who adopted the feature, and how soon."""
    uses, values = read(spec, relation_of(spec, engine, span), span)
    return counted(spec, uses, values, span, calendar)


def people(
    spec: AdoptionSpec,
    point: AdoptionPoint,
    engine: RelationalEngine,
    span: Span,
    calendar: Calendar,
) -> Persons:
    """Return those at a stage, or who adopted by the end of an interval."""
    uses, values = read(spec, relation_of(spec, engine, span), span)
    return behind(spec, point, uses, values, span, calendar)


def relation_of(spec: AdoptionSpec, engine: RelationalEngine, span: Span) -> Relation:
    """Return the events that adoption looks at: all there are up to the end of the period."""
    reach = Span(_FIRST, span.end_us)
    scope = scope_of((Selector(), spec.feature), spec.filter, (spec.breakdown,), reach)
    return Relation(scope, engine)


def found(spec: AdoptionSpec, relation: Relation, span: Span) -> ir.Table:
    """Return who is in the period, when they came, and when they first and last used the feature."""
    events, nothing = relation.events, ibis.null("int64")
    active = relation.selected(Selector(), spec.filter) & (events.time >= span.start_us)
    used = relation.selected(spec.feature, spec.filter)
    table = events.select(
        "person",
        "time",
        active=active.cast("int64"),
        used=ibis.ifelse(used, events.time, nothing),
    )
    table = table.group_by("person").aggregate(
        active=table.active.max(),
        born=table.time.min(),
        first=table.used.min(),
        last=table.used.max(),
    )
    table = table.filter(table.active > 0)
    return table.filter(table.born >= span.start_us) if spec.among == "new" else table


def first_uses(spec: AdoptionSpec, relation: Relation) -> ir.Table:
    """Return everyone's value at their first use."""
    assert spec.breakdown is not None
    events = relation.events
    used = events.filter(relation.selected(spec.feature, spec.filter))
    return entries(used.select("person", "time", "seq", value=relation.text(spec.breakdown)))


def read(spec: AdoptionSpec, relation: Relation, span: Span) -> tuple[Uses, list[str | None]]:
    """Return everyone's uses, and the text behind each code of the breakdown."""
    rows = relation.rows(found(spec, relation, span))
    person = rows["person"].to_numpy().astype(np.int32)
    values: list[str | None] = [None]
    code = np.zeros(len(person), np.int64)
    if spec.breakdown is not None:
        known = relation.rows(first_uses(spec, relation))
        texts = known["value"].to_pylist()
        values += sorted({text for text in texts if text is not None})
        code_of = {text: number for number, text in enumerate(values)}
        value_of = dict(zip(known["person"].to_pylist(), texts, strict=True))
        found_codes = (code_of[value_of.get(who)] for who in person.tolist())
        code = np.fromiter(found_codes, np.int64, len(person))
    return Uses(
        person,
        rows["born"].to_numpy().astype(np.int64),
        rows["first"].fill_null(int(NEVER)).to_numpy().astype(np.int64),
        rows["last"].fill_null(0).to_numpy().astype(np.int64),
        code,
    ), values
