"""Every engine shares credit as the book does, on random events and random questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from cairn.core.errors import InvalidInput
from cairn.insights.attribution import kernel, relational
from cairn.insights.attribution.spec import (
    AttributionPoint,
    AttributionResult,
    AttributionSpec,
    ChannelRule,
    Model,
    Spend,
    Weights,
)
from cairn.insights.attribution.view import view
from cairn.insights.chart import Bars
from cairn.query import sequences
from cairn.query.cohort import Gap
from cairn.query.filters import Condition, Property, Selector
from cairn.query.periods import Span, resolve
from cairn.query.relational import RelationalEngine
from cairn.query.sequences import Sequences
from cairn.store.duckdb.scoped import DuckDBRelation
from insights.agreement import difference, trying
from insights.attribution import oracle
from insights.history import Act, acts_of, in_clickhouse, in_duckdb
from insights.questions import (
    NAMES,
    World,
    limits,
    numeric,
    periods,
    properties,
    selectors,
    some_filter,
    worlds,
)

MODELS: tuple[Model, ...] = get_args(Model)
CONTEXTS: Sequence[Mapping[str, str]] = (
    {},
    {"utm_source": "google", "utm_medium": "cpc"},
    {"utm_source": "Google", "utm_medium": "organic"},
    {"utm_source": "newsletter", "utm_medium": "E-Mail", "utm_campaign": "spring"},
    {"utm_source": "(direct)", "utm_medium": "(none)"},
    {"utm_source": "direct"},
    {"utm_campaign": "Winter shop", "utm_medium": "ppc"},
    {"utm_source": "tiktok"},
    {"utm_source": "日本", "utm_medium": ""},
    {"referrer": "https://www.bing.com/search?q=a", "url": "https://shop.example/"},
    {"referrer": "https://shop.example/a", "url": "https://shop.example/b?c"},
    {"referrer": "https://www.google.com", "url": "https://www.google.com/maps"},
    {"referrer": "https://shop.example.org/a", "url": "https://shop.example"},
    {"referrer": "https://t.co/x"},
    {"referrer": "nowhere", "url": "nowhere"},
    {"referrer": "://x/y", "url": "://x"},
    {"url": "https://shop.example/"},
)
_RULES = (
    ChannelRule(channel="all"),
    ChannelRule(
        channel=None,
        when=(
            Condition(property=Property(name="$referrer"), operator="contains", values=("t.co",)),
        ),
    ),
    ChannelRule(
        channel="é 'x'",
        when=(
            Condition(property=Property(name="plan"), values=("free", "pro", 5)),
            Condition(property=Property(of="person", name="plan"), operator="is_not_set"),
        ),
    ),
    ChannelRule(channel="b", when=(Condition(property=Property(name="$country"), values=("NL",)),)),
)


@st.composite
def marketed(draw: DrawFn) -> World:
    """Draw a history in which events also say where people come from."""
    world = draw(worlds())
    few = draw(st.lists(st.sampled_from(CONTEXTS), min_size=1, max_size=4))
    contexts = st.sampled_from(few)
    history = tuple(
        replace(
            delivery,
            happenings=[replace(h, context=draw(contexts)) for h in delivery.happenings],
        )
        for delivery in world.history
    )
    return replace(world, history=history)


_ways = st.one_of(
    st.just("channel"),
    st.just("channel"),
    st.sampled_from(("campaign", "source", "medium")),
    st.just(Property(name="plan")),
    properties,
)
_BACK = ((30, "day"), (30, "day"), (4, "week"), (1, "hour"), (2, "hour"), (1, "day"), (2, "day"))


@st.composite
def specs(draw: DrawFn, world: World) -> AttributionSpec:
    """Draw a question of attribution about what happens in a world."""
    models = tuple(draw(st.lists(st.sampled_from(MODELS), min_size=1, max_size=12, unique=True)))
    weight = st.sampled_from((0.0, 0.0, 1.0, 30.0, 0.25))
    weights = st.tuples(weight, weight, weight).filter(any)
    custom = draw(weights) if "custom" in models else None
    by = draw(_ways)
    listed = st.lists(st.sampled_from(_RULES), min_size=1, max_size=4).map(tuple)
    own = st.one_of(st.none(), st.none(), listed)
    spends = st.sampled_from(("Paid Search", "Email", "free", "google", "never"))
    costs = st.dictionaries(spends, st.sampled_from((0.0, 12.5, 100.0)), max_size=2)
    names = st.sampled_from(NAMES[:2]).map(lambda name: Selector(event=name))
    back, unit = draw(st.sampled_from(_BACK))
    return AttributionSpec(
        conversion=draw(st.one_of(names, names, selectors)),
        value=draw(st.one_of(st.none(), numeric)),
        touch=draw(st.one_of(st.just(Selector()), st.just(Selector()), selectors)),
        by=by,
        rules=draw(own) if by == "channel" else None,
        models=models,
        weights=custom and Weights(first=custom[0], middle=custom[1], last=custom[2]),
        lookback=Gap.model_validate({"count": back, "unit": unit}),
        half_life=Gap(
            count=draw(st.sampled_from((1, 7))), unit=draw(st.sampled_from(("day", "hour")))
        ),
        direct=draw(st.sampled_from((("Direct", "direct", "(direct)"), ("free", "google"), ()))),
        spend=tuple(Spend(channel=name, cost=cost) for name, cost in draw(costs).items()),
        period=draw(periods(world)),
        filter=draw(some_filter),
        limit=draw(limits),
    )


@st.composite
def cases(draw: DrawFn, questions: int) -> tuple[World, list[AttributionSpec]]:
    """Draw a world, and questions about it."""
    world = draw(marketed())
    return world, draw(st.lists(specs(world), min_size=1, max_size=questions))


def _span(world: World, spec: AttributionSpec) -> Span | None:
    try:
        return resolve(spec.period, world.calendar)
    except InvalidInput:
        return None


@trying(60)
@given(cases(6), st.sampled_from((2, 1 << 19)))
def test_the_kernel_agrees_with_the_definition(
    case: tuple[World, list[AttributionSpec]], chunk_events: int
) -> None:
    world, questions = case
    acts, calendar = acts_of(world.history), world.calendar
    with in_duckdb(world.history) as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sequences, "CHUNK_EVENTS", chunk_events)
        for spec in questions:
            if span := _span(world, spec):
                people = Sequences(store.snapshot, 2)
                result = kernel.answer(spec, people, span, calendar)
                assert difference(result, oracle.answer(spec, acts, span)) is None
                for point, persons in _points(spec, result, span, world):
                    who = kernel.people(spec, point, people, span, calendar).tolist()
                    assert who == sorted(oracle.people(spec, point, acts, span))
                    assert len(who) == persons


def _points(
    spec: AttributionSpec, result: AttributionResult, span: Span, world: World
) -> list[tuple[AttributionPoint, int]]:
    """Return the points of the view, and everyone's, and how many people they stand for."""
    shown = view(spec, result, span, world.calendar).chart
    assert isinstance(shown, Bars)
    found = [(AttributionPoint(), result.persons)]
    for m, series in enumerate(shown.series):
        for point, row in zip(series.points, result.channels, strict=True):
            if isinstance(point, AttributionPoint):
                found.append((point, row.credits[m].persons))
    return found


@trying(15)
@given(cases(6))
def test_the_credits_of_a_conversion_add_up_to_one(
    case: tuple[World, list[AttributionSpec]],
) -> None:
    world, questions = case
    with in_duckdb(world.history) as store:
        for spec in questions:
            if span := _span(world, spec):
                result = kernel.answer(spec, Sequences(store.snapshot, 1), span, world.calendar)
                for m, model in enumerate(spec.models):
                    given = sum(row.credits[m].conversions for row in result.channels)
                    if model == "participation":
                        assert given == sum(row.reached for row in result.channels)
                    else:
                        assert given == pytest.approx(result.conversions)


@trying(8)
@given(cases(3))
def test_relations_in_duckdb_agree_with_the_definition(
    case: tuple[World, list[AttributionSpec]],
) -> None:
    world, questions = case
    with in_duckdb(world.history) as store:
        _agrees(world, questions, DuckDBRelation(store), acts_of(world.history))


@trying(8)
@given(cases(3))
def test_relations_in_clickhouse_agree_with_the_definition(
    case: tuple[World, list[AttributionSpec]],
) -> None:
    world, questions = case
    with in_clickhouse(world.history) as store:
        _agrees(world, questions, store, acts_of(world.history))


def _agrees(
    world: World,
    questions: Sequence[AttributionSpec],
    engine: RelationalEngine,
    acts: Sequence[Act],
) -> None:
    for spec in questions:
        if span := _span(world, spec):
            result = relational.answer(spec, engine, span, world.calendar)
            assert difference(result, oracle.answer(spec, acts, span)) is None
            for point, _ in _points(spec, result, span, world)[:3]:
                who = relational.people(spec, point, engine, span, world.calendar).tolist()
                assert who == sorted(oracle.people(spec, point, acts, span))
