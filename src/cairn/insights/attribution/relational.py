"""The answer to an attribution where events live in a database.

The engine says which events are conversions and touches, names their channels and puts them in order;
the credit is shared by the loop that reads sequences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from cairn.insights.attribution.channels import HOST, REFERRER, URL, property_of, read_by, rules_of
from cairn.insights.attribution.credits import ordered_groups, result_of
from cairn.insights.attribution.kernel import (
    CONVERSION,
    TOUCH,
    Journeys,
    Walk,
    direct_among,
    picked,
    place_of,
    ranking,
)
from cairn.insights.attribution.spec import AttributionPoint, AttributionResult, AttributionSpec
from cairn.insights.ordered import Ordered, ordered
from cairn.insights.points import within
from cairn.query.filters import Group
from cairn.query.periods import Calendar, Span
from cairn.query.relational import Relation, RelationalEngine, compiled, number_in, scope_of

Persons = NDArray[np.int32]


def answer(
    spec: AttributionSpec, engine: RelationalEngine, span: Span, calendar: Calendar
) -> AttributionResult:
    """Share the credit of every conversion among channels."""
    asked = _Asked.of(spec, engine, span)
    return result_of(spec, asked.groups, asked.walk.counted(asked.journeys))


def people(
    spec: AttributionSpec,
    point: AttributionPoint,
    engine: RelationalEngine,
    span: Span,
    calendar: Calendar,
) -> Persons:
    """Return who converted and gave credit to a channel by a model."""
    within(point.model, len(spec.models), "models")
    asked = _Asked.of(spec, engine, span)
    place = place_of(point, asked.groups)
    if place is None:
        return np.zeros(0, np.int32)
    who = asked.walk.behind(asked.journeys, (point.model, place))
    return np.sort(asked.selected.person[who])


def relation_of(spec: AttributionSpec, engine: RelationalEngine, span: Span) -> Relation:
    """Return the events that an attribution looks at."""
    read = (*read_by(spec), spec.value)
    scope = scope_of((spec.conversion, spec.touch), spec.filter, read, picked(spec, span))
    return Relation(scope, engine)


def expression(spec: AttributionSpec, relation: Relation) -> ir.Table:
    """Return conversions and touches in order: what each is, its channel and its value."""
    events = relation.events
    channel = channel_of(spec, relation)
    number = ibis.null("float64")
    if spec.value is not None:
        number = number_in(relation.text(spec.value))
    converts = relation.selected(spec.conversion, spec.filter)
    touches = relation.selected(spec.touch, spec.filter) & channel.notnull()
    mask = ibis.ifelse(converts, CONVERSION, 0) + ibis.ifelse(touches, TOUCH, 0)
    chosen = events.select(
        "person", "time", "seq", mask=mask.cast("int64"), channel=channel, number=number
    )
    return chosen.filter(chosen["mask"] > 0).order_by("person", "time", "seq")


def channel_of(spec: AttributionSpec, relation: Relation) -> Any:
    """Return the channel of an event as a column of text, null where it has none."""
    prop = property_of(spec)
    if prop is not None:
        return relation.text(prop)
    texts = {prop: relation.text(prop) for prop in read_by(spec)}
    if REFERRER in texts:
        host, site = (texts[prop].fill_null("").re_extract(HOST, 1) for prop in (REFERRER, URL))
        own = (host != "") & (host == site)
        texts[REFERRER] = ibis.ifelse(own, ibis.null("string"), texts[REFERRER])
    cases = []
    for rule in rules_of(spec):
        holds: Any = ibis.literal(True)
        for condition in rule.when:
            holds = holds & compiled(condition, texts[condition.property])
        cases.append((holds, ibis.literal(rule.channel or "")))
    return ibis.cases(*cases, else_="").nullif("")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question with its events selected and its groups found."""

    selected: Ordered
    journeys: Journeys
    walk: Walk
    groups: Sequence[Group]

    @classmethod
    def of(cls, spec: AttributionSpec, engine: RelationalEngine, span: Span) -> _Asked:
        relation = relation_of(spec, engine, span)
        selected = ordered(relation.rows(expression(spec, relation)))
        codes, texts = selected.codes("channel")
        journeys = Journeys(
            offsets=selected.offsets,
            time=selected.ints("time"),
            mask=selected.ints("mask").astype(np.uint32),
            channel=codes - (codes == 0),
            number=selected.numbers("number"),
        )
        direct, each = direct_among(spec, texts), np.arange(len(texts), dtype=np.int64)
        sizes = Walk(ranking(spec), span.start_us, direct, each, len(texts)).counted(journeys)
        group_of, groups = ordered_groups(spec, sizes, texts)
        return cls(
            selected, journeys, Walk(spec, span.start_us, direct, group_of, len(groups)), groups
        )
