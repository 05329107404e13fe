"""The answer to a question of revenue where events live in a database.

What a subscription costs follows from one payment after another, with ends that no window function
says; so the engine selects the payments and puts them in order, and the loop that reads sequences
follows them.
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from cairn.insights.ordered import Ordered, ordered
from cairn.insights.points import within
from cairn.insights.revenue.kernel import (
    Payments,
    behind,
    counted,
    payments_of,
    selectors_of,
    wanted_bits,
)
from cairn.insights.revenue.money import Money
from cairn.insights.revenue.months import Frame, frame_of, result_of
from cairn.insights.revenue.spec import RevenuePoint, RevenueResult, RevenueSpec
from cairn.query.filters import Property
from cairn.query.periods import Calendar, Span
from cairn.query.relational import Relation, RelationalEngine, number_in, scope_of

Persons = NDArray[np.int32]


def answer(
    spec: RevenueSpec, engine: RelationalEngine, span: Span, calendar: Calendar
) -> RevenueResult:
    """Follow the recurring revenue of every month."""
    frame = frame_of(span, calendar)
    _, payments = _selected(spec, engine, frame, calendar)
    return result_of(frame, counted(spec, frame, payments))


def people(
    spec: RevenueSpec,
    point: RevenuePoint,
    engine: RelationalEngine,
    span: Span,
    calendar: Calendar,
) -> Persons:
    """Return the customers behind a number of a month."""
    frame = frame_of(span, calendar)
    within(point.month, len(frame.labels), "months")
    selected, payments = _selected(spec, engine, frame, calendar)
    return np.sort(selected.person[behind(spec, frame, payments, point)])


def relation_of(spec: RevenueSpec, engine: RelationalEngine, frame: Frame) -> Relation:
    """Return the events that a question of revenue looks at: all up to the end of its period."""
    read = (spec.amount, spec.currency, _interval(spec), spec.subscription)
    history = Span(np.iinfo(np.int64).min, int(frame.ends[-1]))
    return Relation(scope_of(selectors_of(spec), spec.filter, read, history), engine)


def expression(spec: RevenueSpec, relation: Relation) -> ir.Table:
    """Return payments, refunds and cancellations in order, with what they say."""
    mask: Any = ibis.literal(0, "int64")
    for bit, selector in enumerate(selectors_of(spec)):
        if wanted_bits(spec) & (1 << bit):
            chosen = relation.selected(selector, spec.filter)
            mask = mask + ibis.ifelse(chosen, 1 << bit, 0)

    def text(prop: Property | None) -> Any:
        return ibis.null("string") if prop is None else relation.text(prop)

    table = relation.events.select(
        "person",
        "time",
        "seq",
        mask=mask.cast("int64"),
        amount=number_in(relation.text(spec.amount)),
        currency=text(spec.currency),
        interval=text(_interval(spec)),
        subscription=text(spec.subscription),
    )
    return table.filter(table["mask"] > 0).order_by("person", "time", "seq")


def _interval(spec: RevenueSpec) -> Property | None:
    return spec.interval if isinstance(spec.interval, Property) else None


def _selected(
    spec: RevenueSpec, engine: RelationalEngine, frame: Frame, calendar: Calendar
) -> tuple[Ordered, Payments]:
    relation = relation_of(spec, engine, frame)
    selected = ordered(relation.rows(expression(spec, relation)))
    currency, currencies = selected.codes("currency")
    interval, intervals = selected.codes("interval")
    subscription, named = selected.codes("subscription")
    if not isinstance(spec.interval, Property):
        intervals = [spec.interval]
    return selected, payments_of(
        spec,
        Money.of(spec, calendar, currencies, intervals),
        selected.offsets,
        selected.ints("time"),
        selected.ints("mask").astype(np.uint32),
        selected.numbers("amount"),
        currency,
        interval,
        subscription if spec.subscription else None,
        len(named) - 1,
    )
