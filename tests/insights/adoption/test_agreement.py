"""Every engine counts adoption as the book does, on random events and random questions."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from cairn.core.errors import InvalidInput
from cairn.insights.adoption import kernel, relational
from cairn.insights.adoption.spec import (
    AdoptionPoint,
    AdoptionResult,
    AdoptionSpec,
)
from cairn.insights.adoption.view import view
from cairn.insights.chart import Bars, Lines
from cairn.model.event import IDENTITY_EVENTS
from cairn.query import sequences
from cairn.query.periods import Span, resolve
from cairn.query.relational import ByActor, RelationalEngine
from cairn.query.sequences import Sequences
from cairn.store.duckdb.scoped import DuckDBRelation
from insights.acting import acts_of_actors
from insights.adoption import oracle
from insights.agreement import difference, trying
from insights.history import Act, acts_of, in_clickhouse, in_duckdb
from insights.questions import World, limits, periods, properties, selectors, some_filter, worlds

features = selectors.filter(lambda selector: selector.event not in IDENTITY_EVENTS)


@st.composite
def specs(draw: DrawFn, world: World) -> AdoptionSpec:
    """Draw a question of adoption about what happens in a world."""
    return AdoptionSpec(
        feature=draw(features),
        among=draw(st.sampled_from(("active", "new"))),
        show=draw(st.sampled_from(("curve", "stages"))),
        interval=draw(st.sampled_from(("hour", "day", "day", "week", "month"))),
        early_days=draw(st.sampled_from((1, 2, 7))),
        period=draw(periods(world)),
        filter=draw(some_filter),
        breakdown=draw(st.one_of(st.none(), properties)),
        limit=draw(limits),
        actor=draw(st.sampled_from(("person", "person", "session", "account"))),
    )


@st.composite
def cases(draw: DrawFn, questions: int) -> tuple[World, list[AdoptionSpec]]:
    """Draw a world, and questions about it."""
    world = draw(worlds())
    return world, draw(st.lists(specs(world), min_size=1, max_size=questions))


def _span(world: World, spec: AdoptionSpec) -> Span | None:
    try:
        return resolve(spec.period, world.calendar)
    except InvalidInput:
        return None


@trying(12)
@given(cases(5), st.sampled_from((2, 1 << 19)))
def test_the_kernel_agrees_with_the_definition(
    case: tuple[World, list[AdoptionSpec]], chunk_events: int
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
    case: tuple[World, list[AdoptionSpec]],
) -> None:
    world, questions = case
    with in_duckdb(world.history) as store:
        _agrees(world, questions, DuckDBRelation(store), acts_of(world.history))


@trying(4)
@given(cases(3))
def test_relations_in_clickhouse_agree_with_the_definition(
    case: tuple[World, list[AdoptionSpec]],
) -> None:
    world, questions = case
    with in_clickhouse(world.history) as store:
        _agrees(world, questions, store, acts_of(world.history))


def _points(
    spec: AdoptionSpec, result: AdoptionResult, span: Span, world: World
) -> list[tuple[AdoptionPoint, int]]:
    """Return points of the view and their sizes, and only some of the empty ones."""
    shown = view(spec, result, span, world.calendar).chart
    assert isinstance(shown, Bars | Lines)
    groups = result.groups if spec.breakdown else (result.total,)
    marks = [mark.points for mark in (shown.series if isinstance(shown, Bars) else shown.lines)]
    sizes = [g.curve if spec.show == "curve" else (g.adopted, g.early, g.repeated) for g in groups]
    points = [
        (point, size)
        for mark, persons in zip(marks, sizes, strict=True)
        for point, size in zip(mark, persons, strict=True)
        if isinstance(point, AdoptionPoint)
    ]
    return [p for p in points if p[1]][:40] + [p for p in points if not p[1]][:8]


def _agrees(
    world: World, questions: Sequence[AdoptionSpec], engine: RelationalEngine, acts: Sequence[Act]
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
