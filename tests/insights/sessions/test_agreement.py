"""Every engine measures sessions as the book does, on random events and random questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from cairn.core.errors import InvalidInput
from cairn.insights.chart import Bars, Lines
from cairn.insights.sessions import kernel, relational
from cairn.insights.sessions.spec import (
    BARS,
    SessionsMeasure,
    SessionsPoint,
    SessionsResult,
    SessionsSpec,
)
from cairn.insights.sessions.view import view
from cairn.query import sequences
from cairn.query.periods import Period, Span, resolve
from cairn.query.relational import RelationalEngine
from cairn.query.sequences import Sequences
from cairn.store.duckdb.scoped import DuckDBRelation
from insights.agreement import difference, trying
from insights.history import Act, acts_of, in_clickhouse, in_duckdb
from insights.questions import World, limits, periods, properties, some_filter, worlds
from insights.sessions import oracle

SECOND = 1_000_000


@st.composite
def specs(draw: DrawFn, world: World) -> SessionsSpec:
    """Draw a question about sessions of a world, often with a pause that someone makes."""
    happened = [h for delivery in world.history for h in delivery.happenings]
    gaps = {b.time_us - a.time_us for a in happened for b in happened if a.person == b.person}
    known = [gap // SECOND for gap in sorted(gaps) if 0 < gap <= 31_536_000 * SECOND]
    pauses = st.sampled_from((1_800, *(pause for pause in known if pause)))
    measure = draw(st.sampled_from(get_args(SessionsMeasure)))
    maybe = st.one_of(st.none(), properties)
    whole = st.just(Period.model_validate({"from": "all"}))
    wide = (world.calendar.now_us - world.around_us) // (366 * 86_400 * SECOND) < 4
    return SessionsSpec(
        measure=measure,
        pause_seconds=draw(pauses),
        bounce_seconds=draw(st.sampled_from((0, 1, 10, 3_600, 86_400))),
        by=draw(maybe) if measure in ("entries", "exits") else None,
        breakdown=None if measure in BARS else draw(maybe),
        interval=draw(st.sampled_from(("day", "day", "week", "month"))),
        limit=draw(limits),
        period=draw(st.one_of(periods(world), whole) if wide else periods(world)),
        filter=draw(some_filter),
    )


@st.composite
def cases(draw: DrawFn, questions: int) -> tuple[World, list[SessionsSpec]]:
    """Draw a world in which some visit pages, and questions about it."""
    world = draw(worlds())
    pages = draw(st.booleans())
    history = tuple(
        replace(
            delivery,
            happenings=tuple(
                replace(h, event="$page" if pages and h.event == "visit" else h.event)
                for h in delivery.happenings
            ),
        )
        for delivery in world.history
    )
    world = replace(world, history=history)
    return world, draw(st.lists(specs(world), min_size=1, max_size=questions))


def _span(world: World, spec: SessionsSpec) -> Span | None:
    first = min((h.time_us for d in world.history for h in d.happenings), default=None)
    try:
        return resolve(spec.period, world.calendar, first)
    except InvalidInput:
        return None


def _points(
    spec: SessionsSpec, result: SessionsResult, span: Span, world: World
) -> list[SessionsPoint]:
    """Return some points of the view."""
    chart = view(spec, result, span, world.calendar).chart
    if isinstance(chart, Lines):
        found = [line.total_point for line in chart.lines]
        found += [
            point
            for line in chart.lines
            for point, value in zip(line.points, line.values, strict=True)
            if value
        ]
    else:
        assert isinstance(chart, Bars)
        found = [point for series in chart.series for point in series.points]
    points = [point for point in found if isinstance(point, SessionsPoint)]
    assert len(points) == len(found)
    return points[:8]


@trying(70)
@given(cases(5), st.sampled_from((2, 1 << 19)))
def test_the_kernel_agrees_with_the_definition(
    case: tuple[World, list[SessionsSpec]], chunk_events: int
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
                for point in _points(spec, result, span, world):
                    who = kernel.people(spec, point, people, span, calendar).tolist()
                    assert who == sorted(oracle.people(spec, point, acts, span, calendar))


@trying(8)
@given(cases(3))
def test_relations_in_duckdb_agree_with_the_definition(
    case: tuple[World, list[SessionsSpec]],
) -> None:
    world, questions = case
    with in_duckdb(world.history) as store:
        _agrees(world, questions, DuckDBRelation(store), acts_of(world.history))


@trying(8)
@given(cases(3))
def test_relations_in_clickhouse_agree_with_the_definition(
    case: tuple[World, list[SessionsSpec]],
) -> None:
    world, questions = case
    with in_clickhouse(world.history) as store:
        _agrees(world, questions, store, acts_of(world.history))


def _agrees(
    world: World, questions: Sequence[SessionsSpec], engine: RelationalEngine, acts: Sequence[Act]
) -> None:
    calendar = world.calendar
    for spec in questions:
        if span := _span(world, spec):
            result = relational.answer(spec, engine, span, calendar)
            assert difference(result, oracle.answer(spec, acts, span, calendar)) is None
            for point in _points(spec, result, span, world)[:3]:
                who = relational.people(spec, point, engine, span, calendar).tolist()
                assert who == sorted(oracle.people(spec, point, acts, span, calendar))
