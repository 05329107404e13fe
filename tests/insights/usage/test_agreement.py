"""Every engine finds the usual gaps that the book does, on random events and random questions."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from cairn.core.errors import InvalidInput
from cairn.insights.chart import Bars
from cairn.insights.usage import kernel, relational
from cairn.insights.usage.spec import UsagePoint, UsageResult, UsageSpec
from cairn.insights.usage.view import view
from cairn.query import sequences
from cairn.query.periods import Span, resolve
from cairn.query.relational import RelationalEngine
from cairn.query.sequences import Sequences
from cairn.store.duckdb.scoped import DuckDBRelation
from insights.agreement import difference, trying
from insights.history import Act, acts_of, in_clickhouse, in_duckdb
from insights.questions import World, periods, selectors, some_filter, worlds
from insights.usage import oracle


@st.composite
def specs(draw: DrawFn, world: World) -> UsageSpec:
    """Draw a question of usage about what happens in a world."""
    return UsageSpec(
        event=draw(selectors),
        interval=draw(st.sampled_from(("hour", "day"))),
        share=draw(st.sampled_from((0.8, 0.5, 1.0, 0.01, 0.34))),
        bars=draw(st.sampled_from((2, 5, 30))),
        period=draw(periods(world)),
        filter=draw(some_filter),
    )


@st.composite
def cases(draw: DrawFn, questions: int) -> tuple[World, list[UsageSpec]]:
    """Draw a world, and questions about it."""
    world = draw(worlds())
    return world, draw(st.lists(specs(world), min_size=1, max_size=questions))


def _span(world: World, spec: UsageSpec) -> Span | None:
    try:
        return resolve(spec.period, world.calendar)
    except InvalidInput:
        return None


@trying(70)
@given(cases(6), st.sampled_from((2, 1 << 19)))
def test_the_kernel_agrees_with_the_definition(
    case: tuple[World, list[UsageSpec]], chunk_events: int
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
    spec: UsageSpec, result: UsageResult, span: Span, world: World
) -> list[tuple[UsagePoint, int]]:
    """Return those who were active once, and the bars of the view with somebody or in the end."""
    chart = view(spec, result, span, world.calendar).chart
    assert isinstance(chart, Bars)
    [series] = chart.series
    bars = [
        (point, int(value or 0))
        for point, value in zip(series.points, series.values, strict=True)
        if isinstance(point, UsagePoint) and (value or point.gap > spec.bars)
    ]
    return [(UsagePoint(gap=0), result.once), *bars]


@trying(8)
@given(cases(3))
def test_relations_in_duckdb_agree_with_the_definition(case: tuple[World, list[UsageSpec]]) -> None:
    world, questions = case
    with in_duckdb(world.history) as store:
        _agrees(world, questions, DuckDBRelation(store), acts_of(world.history))


@trying(8)
@given(cases(3))
def test_relations_in_clickhouse_agree_with_the_definition(
    case: tuple[World, list[UsageSpec]],
) -> None:
    world, questions = case
    with in_clickhouse(world.history) as store:
        _agrees(world, questions, store, acts_of(world.history))


def _agrees(
    world: World, questions: Sequence[UsageSpec], engine: RelationalEngine, acts: Sequence[Act]
) -> None:
    for spec in questions:
        if span := _span(world, spec):
            result = relational.answer(spec, engine, span, world.calendar)
            assert difference(result, oracle.answer(spec, acts, span, world.calendar)) is None
            for point, _ in _points(spec, result, span, world)[:3]:
                who = relational.people(spec, point, engine, span, world.calendar).tolist()
                assert who == sorted(oracle.people(spec, point, acts, span, world.calendar))
