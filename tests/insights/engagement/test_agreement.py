"""Every engine counts engagement as the book does, on random events and random questions."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from cairn.core.errors import InvalidInput
from cairn.insights.chart import Dots
from cairn.insights.engagement import kernel, relational
from cairn.insights.engagement.spec import (
    EngagementPoint,
    EngagementResult,
    EngagementSpec,
)
from cairn.insights.engagement.view import view
from cairn.model.event import IDENTITY_EVENTS
from cairn.query import sequences
from cairn.query.filters import Selector
from cairn.query.periods import Span, resolve
from cairn.query.relational import ByActor, RelationalEngine
from cairn.query.sequences import Sequences
from cairn.store.duckdb.scoped import DuckDBRelation
from insights.acting import acts_of_actors
from insights.agreement import difference, trying
from insights.engagement import oracle
from insights.history import Act, acts_of, in_clickhouse, in_duckdb
from insights.questions import World, periods, selectors, some_filter, worlds

many = st.just([Selector(event=("visit", "buy", None)[i % 3]) for i in range(40)])
features = selectors.filter(lambda selector: selector.event not in IDENTITY_EVENTS)


@st.composite
def specs(draw: DrawFn, world: World) -> EngagementSpec:
    """Draw a question of engagement about what happens in a world."""
    return EngagementSpec(
        features=draw(st.one_of(st.just(()), st.lists(features, max_size=3), many).map(tuple)),
        top=draw(st.sampled_from((1, 2, 20))),
        frequency=draw(st.sampled_from(("times", "days"))),
        period=draw(periods(world)),
        filter=draw(some_filter),
        actor=draw(st.sampled_from(("person", "person", "session", "account"))),
    )


@st.composite
def cases(draw: DrawFn, questions: int) -> tuple[World, list[EngagementSpec]]:
    """Draw a world, and questions about it."""
    world = draw(worlds())
    return world, draw(st.lists(specs(world), min_size=1, max_size=questions))


def _span(world: World, spec: EngagementSpec) -> Span | None:
    try:
        return resolve(spec.period, world.calendar)
    except InvalidInput:
        return None


@trying(12)
@given(cases(5), st.sampled_from((2, 1 << 19)))
def test_the_kernel_agrees_with_the_definition(
    case: tuple[World, list[EngagementSpec]], chunk_events: int
) -> None:
    world, questions = case
    everything, calendar = acts_of(world.history), world.calendar
    with in_duckdb(world.history) as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sequences, "CHUNK_EVENTS", chunk_events)
        for spec in questions:
            if span := _span(world, spec):
                acts = acts_of_actors(everything, spec.actor)
                people = Sequences(store.snapshot, 2, spec.actor)
                result = kernel.answer(spec, people, span, calendar)
                assert difference(result, oracle.answer(spec, acts, span, calendar)) is None
                for point, persons in _points(spec, result, span, world):
                    who = kernel.people(spec, point, people, span, calendar).tolist()
                    expected = sorted(oracle.people(spec, point, acts, span, calendar))
                    assert len(who) == len(expected) == persons
                    assert who == expected or spec.actor != "person"


@trying(4)
@given(cases(3))
def test_relations_in_duckdb_agree_with_the_definition(
    case: tuple[World, list[EngagementSpec]],
) -> None:
    world, questions = case
    with in_duckdb(world.history) as store:
        _agrees(world, questions, DuckDBRelation(store), acts_of(world.history))


@trying(4)
@given(cases(3))
def test_relations_in_clickhouse_agree_with_the_definition(
    case: tuple[World, list[EngagementSpec]],
) -> None:
    world, questions = case
    with in_clickhouse(world.history) as store:
        _agrees(world, questions, store, acts_of(world.history))


def _points(
    spec: EngagementSpec, result: EngagementResult, span: Span, world: World
) -> list[tuple[EngagementPoint, int]]:
    """Return the points of the view and their sizes."""
    shown = view(spec, result, span, world.calendar).chart
    assert isinstance(shown, Dots)
    sizes = [feature.persons for feature in result.features if feature.persons]
    points = [dot.point for dot in shown.dots]
    assert [dot.label for dot in shown.dots] == [f.title for f in result.features if f.persons]
    pairs = zip(points, sizes, strict=True)
    return [(point, size) for point, size in pairs if isinstance(point, EngagementPoint)][:10]


def _agrees(
    world: World, questions: Sequence[EngagementSpec], engine: RelationalEngine, acts: Sequence[Act]
) -> None:
    for spec in questions:
        if span := _span(world, spec):
            by_actor, own = ByActor(engine, spec.actor), acts_of_actors(acts, spec.actor)
            result = relational.answer(spec, by_actor, span, world.calendar)
            assert difference(result, oracle.answer(spec, own, span, world.calendar)) is None
            for point, persons in _points(spec, result, span, world)[:3]:
                who = relational.people(spec, point, by_actor, span, world.calendar).tolist()
                expected = sorted(oracle.people(spec, point, own, span, world.calendar))
                assert len(who) == len(expected) == persons
                assert who == expected or spec.actor != "person"
