"""Every engine counts stickiness as the book does, on random events and random questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from cairn.core.errors import InvalidInput
from cairn.insights.chart import Bars, Lines
from cairn.insights.stickiness import kernel, relational
from cairn.insights.stickiness.spec import (
    StickinessPoint,
    StickinessResult,
    StickinessSpec,
)
from cairn.insights.stickiness.view import view
from cairn.query import sequences
from cairn.query.periods import Span, resolve
from cairn.query.relational import ByActor, RelationalEngine
from cairn.query.sequences import Sequences
from cairn.store.duckdb.scoped import DuckDBRelation
from insights.acting import acts_of_actors
from insights.agreement import difference, trying
from insights.history import Act, acts_of, in_clickhouse, in_duckdb
from insights.questions import World, limits, periods, properties, selectors, some_filter, worlds
from insights.stickiness import oracle

_intervals: SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "interval": st.sampled_from(("hour", "day", "day", "week", "month")),
        "minimum": st.sampled_from((1, 1, 2, 3)),
        "cumulative": st.booleans(),
    }
)
_over_time: SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "interval": st.sampled_from(("hour", "day", "day")),
        "minimum": st.sampled_from((1, 1, 2)),
        "per": st.sampled_from(("week", "month")),
        "at_least": st.sampled_from((1, 2, 3)),
    }
)
_events: SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "of": st.just("events"),
        "interval": st.sampled_from(("hour", "day", "month")),
        "cumulative": st.booleans(),
        "bins": st.sampled_from(((), (), (1,), (2, 4), (1, 3, 7))),
    }
)
options = st.one_of(_intervals, _over_time, _events)


@st.composite
def specs(draw: DrawFn, world: World) -> StickinessSpec:
    """Draw a question of stickiness about what happens in a world."""
    return StickinessSpec(
        series=tuple(draw(st.lists(selectors, min_size=1, max_size=2))),
        **draw(options),
        period=draw(periods(world)),
        filter=draw(some_filter),
        breakdown=draw(st.one_of(st.none(), properties)),
        limit=draw(limits),
        actor=draw(st.sampled_from(("person", "person", "session", "account"))),
    )


@st.composite
def cases(draw: DrawFn, questions: int) -> tuple[World, list[StickinessSpec]]:
    """Draw a world, and questions about it."""
    world = draw(worlds())
    return world, draw(st.lists(specs(world), min_size=1, max_size=questions))


def _span(world: World, spec: StickinessSpec) -> Span | None:
    try:
        return resolve(spec.period, world.calendar)
    except InvalidInput:
        return None


@trying(15)
@given(cases(5), st.sampled_from((2, 1 << 19)))
def test_the_kernel_agrees_with_the_definition(
    case: tuple[World, list[StickinessSpec]], chunk_events: int
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


@trying(5)
@given(cases(3))
def test_relations_in_duckdb_agree_with_the_definition(
    case: tuple[World, list[StickinessSpec]],
) -> None:
    world, questions = case
    with in_duckdb(world.history) as store:
        _agrees(world, questions, DuckDBRelation(store), acts_of(world.history))


@trying(5)
@given(cases(3))
def test_relations_in_clickhouse_agree_with_the_definition(
    case: tuple[World, list[StickinessSpec]],
) -> None:
    world, questions = case
    with in_clickhouse(world.history) as store:
        _agrees(world, questions, store, acts_of(world.history))


def _points(
    spec: StickinessSpec, result: StickinessResult, span: Span, world: World
) -> list[tuple[StickinessPoint, int]]:
    """Return points of the view and their sizes, and only some of the empty ones."""
    shown = view(spec, result, span, world.calendar).chart
    assert isinstance(shown, Bars | Lines)
    marks = [mark.points for mark in (shown.series if isinstance(shown, Bars) else shown.lines)]
    sizes = [one.persons for one in result.lines] + [one.sticky for one in result.shares]
    points = [
        (point, size)
        for mark, persons in zip(marks, sizes, strict=True)
        for point, size in zip(mark, persons, strict=True)
        if isinstance(point, StickinessPoint)
    ]
    return [p for p in points if p[1]][:40] + [p for p in points if not p[1]][:8]


def _agrees(
    world: World, questions: Sequence[StickinessSpec], engine: RelationalEngine, acts: Sequence[Act]
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
