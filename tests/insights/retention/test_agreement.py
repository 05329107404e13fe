"""Every engine counts retention as the book does, on random events and random questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from cairn.core.errors import InvalidInput
from cairn.insights.chart import Matrix
from cairn.insights.retention import kernel, relational
from cairn.insights.retention.spec import (
    Match,
    RetentionMeasure,
    RetentionPoint,
    RetentionResult,
    RetentionSpec,
)
from cairn.insights.retention.view import view
from cairn.query import sequences
from cairn.query.periods import Span, resolve
from cairn.query.relational import RelationalEngine
from cairn.query.sequences import Sequences
from cairn.store.duckdb.scoped import DuckDBRelation
from insights.agreement import difference, trying
from insights.history import Act, acts_of, in_clickhouse, in_duckdb
from insights.questions import (
    World,
    limits,
    numeric,
    periods,
    properties,
    selectors,
    some_filter,
    worlds,
)
from insights.retention import oracle

measures = st.one_of(
    st.just(RetentionMeasure()),
    st.builds(
        RetentionMeasure, of=st.sampled_from(("sum", "average", "per_person")), property=numeric
    ),
)
brackets = st.sampled_from(((), (), (1, 1), (2, 3), (1, 7, 1), (4, 10, 3), (30,)))


@st.composite
def specs(draw: DrawFn, world: World) -> RetentionSpec:
    """Draw a question of retention about what happens in a world."""
    return RetentionSpec(
        start=draw(selectors),
        returning=draw(st.one_of(st.none(), selectors)),
        cohort=draw(st.sampled_from(("recurring", "first_time", "first_ever"))),
        match=draw(st.sampled_from(get_args(Match))),
        minimum=draw(st.sampled_from((1, 1, 2, 3))),
        clock=draw(st.sampled_from(("calendar", "rolling"))),
        interval=draw(st.sampled_from(("day", "day", "day", "week", "week", "month", "hour"))),
        columns=draw(st.sampled_from((2, 3, 4, 8, 15))),
        brackets=draw(brackets),
        measure=draw(measures),
        period=draw(periods(world)),
        filter=draw(some_filter),
        breakdown=draw(st.one_of(st.none(), properties)),
        limit=draw(limits),
    )


@st.composite
def cases(draw: DrawFn, questions: int) -> tuple[World, list[RetentionSpec]]:
    """Draw a world, and questions about it."""
    world = draw(worlds())
    return world, draw(st.lists(specs(world), min_size=1, max_size=questions))


def _span(world: World, spec: RetentionSpec) -> Span | None:
    try:
        return resolve(spec.period, world.calendar)
    except InvalidInput:
        return None


@trying(70)
@given(cases(6), st.sampled_from((2, 1 << 19)))
def test_the_kernel_agrees_with_the_definition(
    case: tuple[World, list[RetentionSpec]], chunk_events: int
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
                for point, persons in _points(spec, result, span, world):
                    who = kernel.people(spec, point, people, span, calendar).tolist()
                    assert who == sorted(oracle.people(spec, point, acts, span, calendar))
                    assert len(who) == persons


def _points(
    spec: RetentionSpec, result: RetentionResult, span: Span, world: World
) -> list[tuple[RetentionPoint, int]]:
    """Return the points of the view and their sizes, and only some of the empty ones."""
    shown = view(spec, result, span, world.calendar).chart
    assert isinstance(shown, Matrix)
    cells = [cell for group in shown.groups for row in group.rows for cell in row.cells]
    points = [(c.point, c.persons) for c in cells if isinstance(c.point, RetentionPoint)]
    return [p for p in points if p[1]] + [p for p in points if not p[1]][:8]


@trying(8)
@given(cases(3))
def test_relations_in_duckdb_agree_with_the_definition(
    case: tuple[World, list[RetentionSpec]],
) -> None:
    world, questions = case
    with in_duckdb(world.history) as store:
        _agrees(world, questions, DuckDBRelation(store), acts_of(world.history))


@trying(8)
@given(cases(3))
def test_relations_in_clickhouse_agree_with_the_definition(
    case: tuple[World, list[RetentionSpec]],
) -> None:
    world, questions = case
    with in_clickhouse(world.history) as store:
        _agrees(world, questions, store, acts_of(world.history))


def _agrees(
    world: World, questions: Sequence[RetentionSpec], engine: RelationalEngine, acts: Sequence[Act]
) -> None:
    for spec in questions:
        if span := _span(world, spec):
            result = relational.answer(spec, engine, span, world.calendar)
            expected = oracle.answer(spec, acts, span, world.calendar)
            assert difference(result, expected) is None
            for point, _ in _points(spec, result, span, world)[:3]:
                who = relational.people(spec, point, engine, span, world.calendar).tolist()
                assert who == sorted(oracle.people(spec, point, acts, span, world.calendar))
