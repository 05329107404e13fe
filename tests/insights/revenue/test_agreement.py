"""Every engine follows revenue as the book does, on random payments and random questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from cairn.core.errors import InvalidInput
from cairn.insights.revenue import kernel, relational
from cairn.insights.revenue.spec import (
    Movement,
    Rate,
    RevenuePoint,
    RevenueResult,
    RevenueSpec,
)
from cairn.query import sequences
from cairn.query.cohort import Gap
from cairn.query.filters import Property, Selector
from cairn.query.periods import Span, resolve
from cairn.query.relational import RelationalEngine
from cairn.query.sequences import Sequences
from cairn.store.duckdb.scoped import DuckDBRelation
from insights.agreement import difference, trying
from insights.history import Act, acts_of, in_clickhouse, in_duckdb
from insights.questions import NAMES, World, periods, selectors, some_filter, worlds
from insights.revenue import oracle

AMOUNTS = (10, 10, 20, 30.5, 120, 0, -5, "8", "x", None, True)
_said = st.fixed_dictionaries(
    {"amount": st.sampled_from(AMOUNTS)},
    optional={
        "currency": st.sampled_from(("USD", "EUR", "EUR", "GBP", None)),
        "subscription": st.sampled_from(("s1", "s1", "s2", "日本", None, 5)),
        "every": st.sampled_from(("month", "Year", "quarter", "week", 6, "0", "x", "", None)),
    },
)


@st.composite
def paid(draw: DrawFn) -> World:
    """Draw a history in which events also say what was paid."""
    world = draw(worlds(spread_days=150))
    history = tuple(
        replace(
            delivery,
            happenings=[replace(h, properties=draw(_said)) for h in delivery.happenings],
        )
        for delivery in world.history
    )
    return replace(world, history=history)


_RATES = (
    Rate(currency="EUR", rate=1.25),
    Rate(currency="EUR", rate=1.5, since="2024-04-06"),
    Rate(currency="EUR", rate=2.0, since="2024-10-27"),
    Rate(currency="GBP", rate=0.5, since="2024-03-31"),
)
_EXPIRES = ((45, "day"), (45, "day"), (30, "day"), (1, "day"), (2, "day"), (1, "hour"))


@st.composite
def specs(draw: DrawFn, world: World) -> RevenueSpec:
    """Draw a question of revenue about what happens in a world."""
    names = st.sampled_from(NAMES[:3]).map(lambda name: Selector(event=name))
    one = st.one_of(names, names, selectors)
    rates = st.lists(st.sampled_from(_RATES), max_size=3, unique=True).map(tuple)
    has_currency = draw(st.booleans())
    every = st.one_of(
        st.sampled_from(("month", "month", "week", "quarter", "year")),
        st.just(Property(name="every")),
    )
    count, unit = draw(st.sampled_from(_EXPIRES))
    return RevenueSpec(
        payment=draw(st.one_of(st.just(Selector()), one)),
        amount=Property(name="amount"),
        currency=Property(name="currency") if has_currency else None,
        base=draw(st.sampled_from(("USD", "USD", "JPY"))),
        rates=draw(rates) if has_currency else (),
        subscription=draw(st.sampled_from((None, Property(name="subscription")))),
        interval=draw(every),
        refund=draw(st.one_of(st.none(), one)),
        cancellation=draw(st.one_of(st.none(), one)),
        expires=Gap.model_validate({"count": count, "unit": unit}),
        movement_of=draw(st.sampled_from(("subscription", "customer"))),
        period=draw(periods(world)),
        filter=draw(some_filter),
    )


@st.composite
def cases(draw: DrawFn, questions: int) -> tuple[World, list[RevenueSpec]]:
    """Draw a world, and questions about it."""
    world = draw(paid())
    return world, draw(st.lists(specs(world), min_size=1, max_size=questions))


def _span(world: World, spec: RevenueSpec) -> Span | None:
    try:
        return resolve(spec.period, world.calendar)
    except InvalidInput:
        return None


@trying(40)
@given(cases(6), st.sampled_from((2, 1 << 19)))
def test_the_kernel_agrees_with_the_definition(
    case: tuple[World, list[RevenueSpec]], chunk_events: int
) -> None:
    world, questions = case
    acts, calendar = acts_of(world.history), world.calendar
    with in_duckdb(world.history) as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sequences, "CHUNK_EVENTS", chunk_events)
        for spec in questions:
            if span := _span(world, spec):
                people = Sequences(store.snapshot, 2)
                result = kernel.answer(spec, people, span, calendar)
                assert difference(result, oracle.answer(spec, acts, span, calendar)) is None
                _adds_up(result)
                for point, persons in _points(result):
                    who = kernel.people(spec, point, people, span, calendar).tolist()
                    assert who == sorted(oracle.people(spec, point, acts, span, calendar))
                    assert len(who) == persons


def _adds_up(result: RevenueResult) -> None:
    """Fail unless movements explain every change of the MRR."""
    before = result.opening
    for month in result.series:
        gained = month.new.amount + month.expansion.amount + month.reactivation.amount
        lost = month.contraction.amount + month.churn.amount
        assert month.mrr == pytest.approx(before + gained - lost)
        before = month.mrr


def _points(result: RevenueResult) -> list[tuple[RevenuePoint, int]]:
    """Return the numbers of the answer that stand for customers, and only some of the empty ones."""
    found: list[tuple[RevenuePoint, int]] = []
    for m, month in enumerate(result.series):
        found += [
            (RevenuePoint(of=way, month=m), getattr(month, way).persons)
            for way in get_args(Movement)
        ]
        found += [
            (RevenuePoint(of="mrr", month=m), month.customers),
            (RevenuePoint(of="churned", month=m), month.churned),
            (RevenuePoint(of="payers", month=m), month.payers),
            (RevenuePoint(of="cohort", month=m), result.cohorts[m].customers),
        ]
    return [p for p in found if p[1]] + [p for p in found if not p[1]][:4]


@trying(8)
@given(cases(3))
def test_relations_in_duckdb_agree_with_the_definition(
    case: tuple[World, list[RevenueSpec]],
) -> None:
    world, questions = case
    with in_duckdb(world.history) as store:
        _agrees(world, questions, DuckDBRelation(store), acts_of(world.history))


@trying(8)
@given(cases(3))
def test_relations_in_clickhouse_agree_with_the_definition(
    case: tuple[World, list[RevenueSpec]],
) -> None:
    world, questions = case
    with in_clickhouse(world.history) as store:
        _agrees(world, questions, store, acts_of(world.history))


def _agrees(
    world: World, questions: Sequence[RevenueSpec], engine: RelationalEngine, acts: Sequence[Act]
) -> None:
    for spec in questions:
        if span := _span(world, spec):
            result = relational.answer(spec, engine, span, world.calendar)
            assert difference(result, oracle.answer(spec, acts, span, world.calendar)) is None
            for point, _ in _points(result)[:3]:
                who = relational.people(spec, point, engine, span, world.calendar).tolist()
                assert who == sorted(oracle.people(spec, point, acts, span, world.calendar))
