"""Every engine measures a trend as the book does, on random events and random questions."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from cairn.core.errors import InvalidInput
from cairn.insights.chart import Lines
from cairn.insights.trends import kernel, relational
from cairn.insights.trends.spec import Measure, Series, TrendsPoint, TrendsResult, TrendsSpec
from cairn.insights.trends.view import view
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
from insights.trends import oracle

COUNTS = ("total", "persons", "daily_active", "weekly_active", "monthly_active", "per_person")
PEOPLE = ("persons", "daily_active", "weekly_active", "monthly_active")
FORMULAS = ("A", "A + B", "A / B * 100", "-(A - B) / 2", "1 - A / (A + B)", "B * 1.5")

_measures = st.one_of(
    st.sampled_from(COUNTS).map(lambda of: Measure.model_validate({"of": of})),
    st.builds(
        Measure,
        of=st.sampled_from(
            ("sum", "average", "minimum", "maximum", "median", "p75", "p90", "p95", "p99")
        ),
        property=numeric,
    ),
)


@st.composite
def specs(draw: DrawFn, world: World) -> TrendsSpec:
    """Draw a trend about what happens in a world."""
    chosen = draw(st.lists(selectors, min_size=1, max_size=2))
    series = tuple(
        Series(event=one.event, filter=one.filter, measure=draw(_measures)) for one in chosen
    )
    known = FORMULAS if len(series) > 1 else FORMULAS[:1]
    return TrendsSpec(
        series=series,
        formulas=tuple(draw(st.lists(st.sampled_from(known), max_size=2))),
        period=draw(periods(world)),
        interval=draw(st.sampled_from(("hour", "day", "day", "week", "month"))),
        filter=draw(some_filter),
        breakdown=draw(st.one_of(st.none(), properties)),
        limit=draw(limits),
        compare=draw(st.booleans()),
    )


@st.composite
def cases(draw: DrawFn, questions: int) -> tuple[World, list[TrendsSpec]]:
    """Draw a world, and questions about it."""
    world = draw(worlds())
    return world, draw(st.lists(specs(world), min_size=1, max_size=questions))


def _span(world: World, spec: TrendsSpec) -> Span | None:
    try:
        return resolve(spec.period, world.calendar)
    except InvalidInput:
        return None


@trying(70)
@given(cases(6), st.sampled_from((2, 1 << 19)))
def test_the_kernel_agrees_with_the_definition(
    case: tuple[World, list[TrendsSpec]], chunk_events: int
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
                for point, value in _points(spec, result, span, world):
                    who = kernel.people(spec, point, people, span, calendar).tolist()
                    assert who == sorted(oracle.people(spec, point, acts, span, calendar))
                    if spec.series[point.series].measure.of in PEOPLE:
                        assert len(who) == value


def _points(
    spec: TrendsSpec, result: TrendsResult, span: Span, world: World
) -> list[tuple[TrendsPoint, float | None]]:
    """Return the points of the view and their values, and only some of those with nothing."""
    shown = view(spec, result, span, world.calendar).chart
    assert isinstance(shown, Lines)
    marks = [
        (point, value)
        for line in shown.lines
        for point, value in [
            *zip(line.points, line.values, strict=True),
            (line.total_point, line.total),
        ]
        if isinstance(point, TrendsPoint)
    ]
    empty = [mark for mark in marks if not mark[1]]
    return [mark for mark in marks if mark[1]][:40] + empty[:5]


@trying(8)
@given(cases(2))
def test_relations_in_duckdb_agree_with_the_definition(
    case: tuple[World, list[TrendsSpec]],
) -> None:
    world, questions = case
    with in_duckdb(world.history) as store:
        _agrees(world, questions, DuckDBRelation(store), acts_of(world.history))


@trying(8)
@given(cases(2))
def test_relations_in_clickhouse_agree_with_the_definition(
    case: tuple[World, list[TrendsSpec]],
) -> None:
    world, questions = case
    with in_clickhouse(world.history) as store:
        _agrees(world, questions, store, acts_of(world.history))


def _agrees(
    world: World, questions: Sequence[TrendsSpec], engine: RelationalEngine, acts: Sequence[Act]
) -> None:
    for spec in questions:
        if span := _span(world, spec):
            result = relational.answer(spec, engine, span, world.calendar)
            expected = oracle.answer(spec, acts, span, world.calendar)
            assert difference(result, expected) is None
            for point, _ in _points(spec, result, span, world)[:2]:
                who = relational.people(spec, point, engine, span, world.calendar).tolist()
                assert who == sorted(oracle.people(spec, point, acts, span, world.calendar))
