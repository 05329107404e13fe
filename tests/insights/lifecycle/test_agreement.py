"""Every engine counts a lifecycle as the book does, on random events and random questions."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from cairn.core.errors import InvalidInput
from cairn.insights.chart import Lines
from cairn.insights.lifecycle import kernel, relational
from cairn.insights.lifecycle.spec import (
    LifecycleGroup,
    LifecyclePoint,
    LifecycleResult,
    LifecycleSpec,
)
from cairn.insights.lifecycle.view import view
from cairn.query import sequences
from cairn.query.filters import Selector
from cairn.query.periods import Span, resolve
from cairn.query.relational import ByActor, RelationalEngine
from cairn.query.sequences import Sequences
from cairn.store.duckdb.scoped import DuckDBRelation
from insights.acting import acts_of_actors
from insights.agreement import difference, trying
from insights.calendar import stretches
from insights.filtering import wanted
from insights.history import Act, acts_of, in_clickhouse, in_duckdb
from insights.lifecycle import oracle
from insights.questions import World, limits, periods, properties, selectors, some_filter, worlds


@st.composite
def specs(draw: DrawFn, world: World) -> LifecycleSpec:
    """Draw a question of a lifecycle about what happens in a world."""
    return LifecycleSpec(
        event=draw(st.one_of(st.just(Selector()), selectors)),
        new=draw(st.sampled_from(("first_event", "first_matching"))),
        interval=draw(st.sampled_from(("hour", "day", "day", "week", "month"))),
        period=draw(periods(world)),
        filter=draw(some_filter),
        breakdown=draw(st.one_of(st.none(), properties)),
        limit=draw(limits),
        actor=draw(st.sampled_from(("person", "person", "session", "account"))),
    )


@st.composite
def cases(draw: DrawFn, questions: int) -> tuple[World, list[LifecycleSpec]]:
    """Draw a world, and questions about it."""
    world = draw(worlds())
    return world, draw(st.lists(specs(world), min_size=1, max_size=questions))


def _span(world: World, spec: LifecycleSpec) -> Span | None:
    try:
        return resolve(spec.period, world.calendar)
    except InvalidInput:
        return None


@trying(25)
@given(cases(6), st.sampled_from((2, 1 << 19)))
def test_the_kernel_agrees_with_the_definition(
    case: tuple[World, list[LifecycleSpec]], chunk_events: int
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


@trying(12)
@given(cases(6))
def test_the_statuses_of_an_interval_add_up_to_those_active_in_it_and_before(
    case: tuple[World, list[LifecycleSpec]],
) -> None:
    world, questions = case
    everything, calendar = acts_of(world.history), world.calendar
    with in_duckdb(world.history) as store:
        for spec in questions:
            if span := _span(world, spec):
                acts = acts_of_actors(everything, spec.actor)
                acting = Sequences(store.snapshot, 2, spec.actor)
                result = kernel.answer(spec, acting, span, calendar)
                whole = stretches(span.start_us, span.end_us, spec.interval, calendar)
                before = stretches(whole[0][0] - 1, whole[0][0], spec.interval, calendar)
                active = [_active(spec, acts, span, stretch) for stretch in (*before, *whole)]
                assert _adds_up(result.total, active)
                for status in ("new", "returning", "resurrecting", "dormant"):
                    parts = [getattr(group, status) for group in result.groups]
                    if parts:
                        sums = tuple(map(sum, zip(*parts, strict=True)))
                        assert sums == getattr(result.total, status)


def _active(spec: LifecycleSpec, acts: Sequence[Act], span: Span, stretch: tuple[int, int]) -> int:
    start, end = stretch[0], min(stretch[1], span.end_us)
    here = [act for act in acts if start <= act.time_us < end]
    return len({act.person for act in here if wanted(act, spec.event, spec.filter)})


def _adds_up(group: LifecycleGroup, active: Sequence[int]) -> bool:
    here = zip(group.new, group.returning, group.resurrecting, strict=True)
    gone = zip(group.returning, group.dormant, strict=True)
    grown = zip(active[:-1], group.growth, strict=True)
    return (
        [sum(parts) for parts in here] == list(active[1:])
        and [sum(parts) for parts in gone] == list(active[:-1])
        and [sum(parts) for parts in grown] == list(active[1:])
    )


@trying(6)
@given(cases(3))
def test_relations_in_duckdb_agree_with_the_definition(
    case: tuple[World, list[LifecycleSpec]],
) -> None:
    world, questions = case
    with in_duckdb(world.history) as store:
        _agrees(world, questions, DuckDBRelation(store), acts_of(world.history))


@trying(6)
@given(cases(3))
def test_relations_in_clickhouse_agree_with_the_definition(
    case: tuple[World, list[LifecycleSpec]],
) -> None:
    world, questions = case
    with in_clickhouse(world.history) as store:
        _agrees(world, questions, store, acts_of(world.history))


def _points(
    spec: LifecycleSpec, result: LifecycleResult, span: Span, world: World
) -> list[tuple[LifecyclePoint, int]]:
    """Return points of the view and their sizes, and only some of the empty ones."""
    shown = view(spec, result, span, world.calendar).chart
    assert isinstance(shown, Lines)
    points = [
        (point, abs(int(value or 0)))
        for line in shown.lines
        for point, value in zip(line.points, line.values, strict=True)
        if isinstance(point, LifecyclePoint)
    ]
    return [p for p in points if p[1]][:40] + [p for p in points if not p[1]][:8]


def _agrees(
    world: World, questions: Sequence[LifecycleSpec], engine: RelationalEngine, acts: Sequence[Act]
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
