"""Every engine counts paths as the book does, on random events and random questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from cairn.core.errors import InvalidInput
from cairn.insights.chart import Flow
from cairn.insights.paths import counting, kernel, relational
from cairn.insights.paths.items import items_of
from cairn.insights.paths.spec import (
    PathsPoint,
    PathsResult,
    PathsSpec,
    Pause,
    Reach,
    Replacement,
)
from cairn.insights.paths.view import view
from cairn.query import sequences
from cairn.query.filters import Property, Selector
from cairn.query.periods import Period, Span, resolve
from cairn.query.relational import RelationalEngine
from cairn.query.sequences import Sequences
from cairn.store.duckdb.scoped import DuckDBRelation
from insights.agreement import difference, trying
from insights.filtering import wanted
from insights.history import Act, acts_of, in_clickhouse, in_duckdb
from insights.paths import oracle
from insights.questions import NAMES, World, periods, properties, selectors, some_filter, worlds

SECOND = 1_000_000
PLAN = Property(name="plan")
changes = st.sampled_from(
    (("o", ""), ("^(.)r", r"\1R"), (r"\d+", "N"), ("i", "ii"), ("^free$", ""), ("t$", "t/"))
)
wildcards = st.sampled_from(("*i*", "p*", "f*e", "visit", "[*", "5", "*/", "s*p", "*"))
few = st.lists(wildcards, min_size=1, max_size=2).map(tuple)


@st.composite
def lengths(draw: DrawFn, world: World) -> int:
    """Draw a number of seconds, often exactly those between two events of someone."""
    happened = [h for delivery in world.history for h in delivery.happenings]
    gaps = {
        (later.time_us - first.time_us) // SECOND
        for first in happened
        for later in happened
        if first.person == later.person and (later.time_us - first.time_us) % SECOND == 0
    }
    known = sorted(gap for gap in gaps if 0 < gap <= 31_536_000)
    chosen = st.sampled_from((1, 1_800, 3_600, 86_400, 31_536_000))
    return draw(st.one_of(chosen, st.sampled_from(known)) if known else chosen)


@st.composite
def specs(draw: DrawFn, world: World) -> PathsSpec:
    """Draw a question about paths through what happens in a world; most options are rarely taken."""

    def rarely(strategy: st.SearchStrategy[Any], otherwise: Any = ()) -> Any:
        return draw(strategy) if draw(st.integers(0, 4)) == 4 else otherwise

    texts = st.sampled_from((*NAMES[:2] * 3, "free", "pro", "5", "*i*"))
    start, end = rarely(texts, None), rarely(texts, None)
    both = start is not None and end is not None
    by = draw(st.sampled_from((None, None, PLAN)))
    by = rarely(properties, by)
    named = st.lists(st.sampled_from(NAMES[:3]), min_size=1, max_size=2).map(tuple)
    length = draw(lengths(world))
    listed = st.lists(selectors, min_size=1, max_size=3).map(tuple)
    exceptions = st.lists(st.builds(Selector, event=st.sampled_from(NAMES)), max_size=2).map(tuple)
    return PathsSpec(
        events=rarely(listed, (Selector(),)),
        except_events=rarely(st.one_of(listed, exceptions)),
        by=by,
        by_on=() if by is None else rarely(named),
        replacements=tuple(
            Replacement(pattern=pattern, by=text)
            for pattern, text in rarely(st.lists(changes, max_size=2))
        ),
        groups=rarely(few),
        only_items=rarely(few),
        except_items=rarely(few),
        collapse=draw(st.booleans()),
        within=draw(
            st.sampled_from((Pause(pause_seconds=length),) * 2 + (Reach(reach_seconds=length),))
        ),
        start=start,
        end=None if end == start else end,
        steps=draw(st.sampled_from((3, 4, 5, 8) if both else (2, 3, 4, 5, 8))),
        top=draw(st.sampled_from((1, 2, 3, 5, 50))),
        expand=rarely(st.sampled_from(((0,), (1,), (0, 1)))),
        count=draw(st.sampled_from(("paths", "actors"))),
        period=rarely(periods(world), Period.model_validate({"from": "all"})),
        filter=rarely(some_filter, None),
    )


@st.composite
def cases(draw: DrawFn, questions: int) -> tuple[World, list[PathsSpec]]:
    """Draw a world, and questions about it."""
    world = draw(worlds())
    return world, draw(st.lists(specs(world), min_size=1, max_size=questions))


def _span(world: World, spec: PathsSpec) -> Span | None:
    try:
        return resolve(spec.period, world.calendar, 0)
    except InvalidInput:
        return None


def river_of(result: PathsResult) -> oracle.River:
    """Return an answer as the book tells it."""
    node = [(n.step, n.item) for n in result.nodes]
    moves = [(node[m.source], node[m.target]) for m in result.moves]
    return oracle.River(
        total=result.total,
        nodes={node[i]: n.value for i, n in enumerate(result.nodes)},
        ended={node[i]: n.ended for i, n in enumerate(result.nodes) if n.ended},
        moves={move: m.value for move, m in zip(moves, result.moves, strict=True)},
        seconds={move: m.average_seconds for move, m in zip(moves, result.moves, strict=True)},
    )


def _differ(result: PathsResult, expected: oracle.River) -> str | None:
    found = river_of(result)
    if found.seconds.keys() == expected.seconds.keys():
        for move, seconds in expected.seconds.items():
            if difference(found.seconds[move], float(seconds)):
                return f"{move}: {found.seconds[move]} and {seconds} seconds"
    for part in ("total", "nodes", "ended", "moves"):
        if getattr(found, part) != getattr(expected, part):
            return f"{part}: {getattr(found, part)} and {getattr(expected, part)}"
    return None


def _points(
    spec: PathsSpec, result: PathsResult, span: Span, world: World
) -> list[tuple[PathsPoint, int]]:
    """Return the points of the view, and of ends, with the numbers that they stand for."""
    chart = view(spec, result, span, world.calendar).chart
    assert isinstance(chart, Flow)
    marks = [(node.point, node.value) for node in chart.nodes]
    marks += [(link.point, link.value) for link in chart.links]
    points = [(point, value) for point, value in marks if isinstance(point, PathsPoint)]
    assert len(points) == len(marks)
    return points + [
        (PathsPoint(step=node.step, item=node.item, ended=True), node.ended)
        for node in result.nodes
    ]


@trying(70)
@given(cases(6), st.sampled_from((2, 1 << 19)), st.sampled_from((0, 1 << 15)))
def test_the_kernel_agrees_with_the_definition(
    case: tuple[World, list[PathsSpec]], chunk_events: int, dense: int
) -> None:
    world, questions = case
    acts = acts_of(world.history)
    with in_duckdb(world.history) as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sequences, "CHUNK_EVENTS", chunk_events)
        patch.setattr(counting, "DENSE", dense)
        for spec in questions:
            if span := _span(world, spec):
                people = Sequences(store.snapshot, 2)
                result = kernel.answer(spec, people, span, world.calendar)
                assert _differ(result, oracle.answer(spec, acts, span)) is None
                for point, value in _points(spec, result, span, world)[:12]:
                    who = kernel.people(spec, point, people, span, world.calendar).tolist()
                    assert who == sorted(oracle.people(spec, point, acts, span))
                    assert len(who) == value if spec.count == "actors" else len(who) <= value


@trying(30)
@given(cases(6))
def test_what_flows_in_flows_on_or_ends(case: tuple[World, list[PathsSpec]]) -> None:
    world, questions = case
    with in_duckdb(world.history) as store:
        for asked in questions:
            spec = asked.model_copy(update={"count": "paths"})
            if span := _span(world, spec):
                result = kernel.answer(spec, Sequences(store.snapshot, 2), span, world.calendar)
                _conserves(spec, result)


def _conserves(spec: PathsSpec, result: PathsResult) -> None:
    into, out = [0] * len(result.nodes), [0] * len(result.nodes)
    for move in result.moves:
        assert result.nodes[move.target].step == result.nodes[move.source].step + 1
        out[move.source] += move.value
        into[move.target] += move.value
    for i, node in enumerate(result.nodes):
        if node.step < spec.steps - 1:
            assert node.value == out[i] + node.ended
        if spec.ends_last:
            assert node.value >= into[i]
        elif node.step > 0:
            assert node.value == into[i]
    anchor = spec.steps - 1 if spec.ends_last else 0
    assert result.total == sum(node.value for node in result.nodes if node.step == anchor)


@trying(30)
@given(cases(4))
def test_a_selector_means_the_events_of_its_item(case: tuple[World, list[PathsSpec]]) -> None:
    world, questions = case
    acts = acts_of(world.history)
    with in_duckdb(world.history) as store:
        for asked in questions:
            spec = asked.model_copy(update={"replacements": (), "top": 1_000})
            if span := _span(world, spec):
                result = kernel.answer(spec, Sequences(store.snapshot, 2), span, world.calendar)
                for node in result.nodes:
                    if node.selector is not None:
                        for act in acts:
                            same = oracle.item_of(spec, act) == node.item.value
                            assert wanted(act, node.selector, spec.filter) == same


@trying(8)
@given(cases(3))
def test_relations_in_duckdb_agree_with_the_definition(
    case: tuple[World, list[PathsSpec]],
) -> None:
    world, questions = case
    with in_duckdb(world.history) as store:
        _agrees(world, questions, DuckDBRelation(store), acts_of(world.history))


@trying(8)
@given(cases(3))
def test_relations_in_clickhouse_agree_with_the_definition(
    case: tuple[World, list[PathsSpec]],
) -> None:
    world, questions = case
    with in_clickhouse(world.history) as store:
        _agrees(world, questions, store, acts_of(world.history))


def _agrees(
    world: World, questions: Sequence[PathsSpec], engine: RelationalEngine, acts: Sequence[Act]
) -> None:
    for spec in questions:
        if span := _span(world, spec):
            result = relational.answer(spec, engine, span, world.calendar)
            assert _differ(result, oracle.answer(spec, acts, span)) is None
            for point, _ in _points(spec, result, span, world)[:3]:
                who = relational.people(spec, point, engine, span, world.calendar).tolist()
                assert who == sorted(oracle.people(spec, point, acts, span))


@pytest.mark.parametrize("pattern", ["(", "a(?=b)"])
def test_a_pattern_that_cannot_be_read_is_refused(pattern: str) -> None:
    spec = PathsSpec(replacements=(Replacement(pattern=pattern),))
    with pytest.raises(InvalidInput, match="cannot be read"):
        items_of(spec, [None, "visit"], [None])
