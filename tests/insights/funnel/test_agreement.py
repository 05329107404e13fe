"""Every engine counts a funnel as the book does, on random events and random questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from pydantic import ValidationError

from cairn.core.errors import InvalidInput
from cairn.insights.chart import Lines, Steps
from cairn.insights.funnel import kernel, relational
from cairn.insights.funnel.spec import (
    SECONDS,
    Alternatives,
    Exclusion,
    FunnelPoint,
    FunnelResult,
    FunnelSpec,
    Step,
    Window,
)
from cairn.insights.funnel.view import view
from cairn.query import sequences
from cairn.query.filters import Selector
from cairn.query.periods import Span, resolve
from cairn.query.relational import RelationalEngine
from cairn.query.sequences import Sequences
from cairn.store.duckdb.scoped import DuckDBRelation
from insights.agreement import difference, trying
from insights.funnel import oracle
from insights.history import Act, acts_of, in_clickhouse, in_duckdb
from insights.questions import (
    NAMES,
    World,
    limits,
    periods,
    properties,
    selectors,
    some_filter,
    worlds,
)

SECOND = 1_000_000
_WINDOWS = ((14, "day"), (90, "day"), (1, "day"), (60, "minute"), (1, "second"), (2, "month"))


@st.composite
def windows(draw: DrawFn, world: World, steps: Sequence[Step]) -> Window:
    """Draw a window, often one that ends exactly with some event."""
    happened = [h for delivery in world.history for h in delivery.happenings]
    first, second, last = (_names(steps[k]) for k in (0, 1, -1))
    gaps = {
        later.time_us - start.time_us
        for start in happened
        for later in happened
        if start.person == later.person and start.event in first
        if later.event in second | last
    }
    known = [
        (gap // SECOND // seconds, unit)
        for gap in sorted(gaps)
        for unit, seconds in SECONDS.items()
        if gap > 0 and gap % (SECOND * seconds) == 0 and gap // SECOND // seconds <= 100_000
    ]
    chosen = st.sampled_from(_WINDOWS)
    count, unit = draw(st.one_of(chosen, st.sampled_from(known)) if known else chosen)
    return Window.model_validate({"count": count, "unit": unit})


def _names(step: Step) -> set[str | None]:
    selectors = step.any_of if isinstance(step, Alternatives) else (step,)
    return {selector.event for selector in selectors}


_alternatives: st.SearchStrategy[Step] = st.builds(
    Alternatives,
    any_of=st.lists(selectors, min_size=1, max_size=2).map(tuple),
    optional=st.booleans(),
)
_steps: st.SearchStrategy[tuple[Step, ...]] = st.one_of(
    st.permutations([Selector(event=name) for name in NAMES[:3]]).map(tuple),
    st.permutations([Selector(event=name) for name in NAMES[:2]]).map(tuple),
    st.lists(selectors, min_size=2, max_size=4).map(tuple),
    st.lists(st.one_of(selectors, _alternatives), min_size=2, max_size=4).map(tuple),
)


@st.composite
def specs(draw: DrawFn, world: World) -> FunnelSpec:
    """Draw a funnel about what happens in a world, with options in half of the cases."""
    spec = draw(_simple(world))
    if draw(st.booleans()):
        try:
            return FunnelSpec.model_validate({**dict(spec), **draw(_options(len(spec.steps)))})
        except ValidationError:
            pass
    return spec


@st.composite
def _options(draw: DrawFn, steps: int) -> dict[str, Any]:
    """Draw options, some of which may not go together."""
    excluded = st.builds(
        Exclusion,
        selector=selectors,
        after=st.sampled_from((0, 0, steps - 2)),
        before=st.sampled_from((None, None, 1)),
    )
    one_of: dict[str, st.SearchStrategy[Any]] = {
        "order": st.sampled_from(("ordered", "strict", "any")),
        "anchor": st.just("first"),
        "complete_after_period": st.just(True),
        "exclusions": st.lists(excluded, min_size=1, max_size=2).map(tuple),
        "hold": st.lists(properties, min_size=1, max_size=2, unique=True).map(tuple),
        "count": st.just("totals"),
    }
    chosen = draw(st.lists(st.sampled_from(sorted(one_of)), min_size=1, max_size=3, unique=True))
    options = {name: draw(one_of[name]) for name in chosen}
    if "exclusions" in options:
        options["on_exclusion"] = draw(st.sampled_from(("remove", "drop")))
    return options


@st.composite
def _simple(draw: DrawFn, world: World) -> FunnelSpec:
    steps = draw(_steps)
    if isinstance(steps[0], Alternatives):
        steps = (steps[0].model_copy(update={"optional": False}), *steps[1:])
    breakdown = draw(st.one_of(st.none(), properties))
    return FunnelSpec(
        steps=steps,
        window=draw(windows(world, steps)),
        period=draw(periods(world)),
        filter=draw(some_filter),
        breakdown=breakdown,
        attribution=draw(st.sampled_from(("first_touch", "last_touch"))),
        significance=breakdown is not None and draw(st.booleans()),
        percentiles=draw(st.sampled_from(((), (), (25, 75, 90)))),
        show=draw(st.sampled_from(("steps", "steps", "trend"))),
        interval=draw(st.sampled_from(("hour", "day", "week", "month"))),
        limit=draw(limits),
    )


@st.composite
def cases(draw: DrawFn, questions: int) -> tuple[World, list[FunnelSpec]]:
    """Draw a world, and questions about it."""
    world = draw(worlds())
    return world, draw(st.lists(specs(world), min_size=1, max_size=questions))


def _span(world: World, spec: FunnelSpec) -> Span | None:
    try:
        return resolve(spec.period, world.calendar)
    except InvalidInput:
        return None


@trying(70)
@given(cases(6), st.sampled_from((2, 1 << 19)))
def test_the_kernel_agrees_with_the_definition(
    case: tuple[World, list[FunnelSpec]], chunk_events: int
) -> None:
    world, questions = case
    acts = acts_of(world.history)
    with in_duckdb(world.history) as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sequences, "CHUNK_EVENTS", chunk_events)
        for spec in questions:
            if span := _span(world, spec):
                people = Sequences(store.snapshot, 2)
                result = kernel.answer(spec, people, span, world.calendar)
                assert difference(result, oracle.answer(spec, acts, span, world.calendar)) is None
                for point, persons in _points(spec, result, span, world):
                    who = kernel.people(spec, point, people, span, world.calendar).tolist()
                    assert who == sorted(oracle.people(spec, point, acts, span, world.calendar))
                    assert len(who) == persons or spec.count == "totals"


def _points(
    spec: FunnelSpec, result: FunnelResult, span: Span, world: World
) -> list[tuple[FunnelPoint, int]]:
    """Return the points of the view and how many people they stand for."""
    shown = view(spec, result, span, world.calendar).chart
    if isinstance(shown, Lines):
        groups = (result.total,) if spec.breakdown is None else result.groups
        told: list[tuple[Any, int]] = []
        for line, group in zip(shown.lines, groups, strict=True):
            assert sum(moment.started for moment in group.trend) == group.steps[0].persons
            told += zip(line.points, [m.converted for m in group.trend], strict=True)
        busy = [(point, n) for point, n in told if isinstance(point, FunnelPoint) and n]
        return busy[:8]
    assert isinstance(shown, Steps)
    bars = [bar for group in shown.groups for bar in group.bars]
    points = [(bar.point, bar.persons) for bar in bars]
    points += [(bar.dropped_point, bar.dropped_persons) for bar in bars if bar.dropped_point]
    return [(point, persons) for point, persons in points if isinstance(point, FunnelPoint)]


@trying(8)
@given(cases(3))
def test_relations_in_duckdb_agree_with_the_definition(
    case: tuple[World, list[FunnelSpec]],
) -> None:
    world, questions = case
    with in_duckdb(world.history) as store:
        _agrees(world, questions, DuckDBRelation(store), acts_of(world.history))


@trying(8)
@given(cases(3))
def test_relations_in_clickhouse_agree_with_the_definition(
    case: tuple[World, list[FunnelSpec]],
) -> None:
    world, questions = case
    with in_clickhouse(world.history) as store:
        _agrees(world, questions, store, acts_of(world.history))


def _agrees(
    world: World, questions: Sequence[FunnelSpec], engine: RelationalEngine, acts: Sequence[Act]
) -> None:
    for spec in questions:
        if span := _span(world, spec):
            result = relational.answer(spec, engine, span, world.calendar)
            assert difference(result, oracle.answer(spec, acts, span, world.calendar)) is None
            for point, _ in _points(spec, result, span, world)[:3]:
                who = relational.people(spec, point, engine, span, world.calendar).tolist()
                assert who == sorted(oracle.people(spec, point, acts, span, world.calendar))
