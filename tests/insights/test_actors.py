"""Every question may count sessions or accounts instead of people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from cairn.core.errors import InvalidInput
from cairn.insights.registry import kind_of
from cairn.insights.run import span_of
from cairn.model.actor import Actor
from cairn.query import actors, sequences
from cairn.query.relational import ByActor
from cairn.query.sequences import Sequences
from cairn.store.duckdb.scoped import DuckDBRelation
from insights.acting import acts_of_actors
from insights.agreement import difference, trying
from insights.funnel import oracle as funnel_oracle
from insights.funnel.test_agreement import specs as funnels
from insights.history import Act, Delivery, Happening, acts_of, in_clickhouse, in_duckdb
from insights.questions import World, worlds
from insights.retention import oracle as retention_oracle
from insights.retention.test_agreement import specs as retentions
from insights.trends import oracle as trends_oracle
from insights.trends.test_agreement import specs as trends

MINUTE = 60_000_000
Oracle = Callable[[Any, Sequence[Act], Any, Any], Any]
ORACLES: dict[str, Oracle] = {
    "funnel": funnel_oracle.answer,
    "retention": retention_oracle.answer,
    "trends": trends_oracle.answer,
}


@st.composite
def cases(draw: DrawFn, questions: int) -> tuple[World, list[Any]]:
    """Draw a world, and questions about its sessions and accounts."""
    world = draw(worlds())
    specs = st.one_of(funnels(world), retentions(world), trends(world))
    other = st.sampled_from(("session", "account"))
    drawn = draw(st.lists(st.tuples(specs, other), min_size=1, max_size=questions))
    return world, [spec.model_copy(update={"actor": actor}) for spec, actor in drawn]


def _expected(spec: Any, world: World, store: Any) -> Any:
    try:
        span = span_of(store, spec, world.calendar)
    except InvalidInput:
        return None, None
    acts = acts_of_actors(acts_of(world.history), spec.actor)
    return span, ORACLES[spec.kind](spec, acts, span, world.calendar)


@trying(60)
@given(cases(5), st.sampled_from((2, 1 << 19)), st.sampled_from((1, 1 << 16)))
def test_sequences_of_actors_agree_with_the_definition(
    case: tuple[World, list[Any]], chunk_events: int, chunk_people: int
) -> None:
    world, questions = case
    with in_duckdb(world.history) as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sequences, "CHUNK_EVENTS", chunk_events)
        patch.setattr(actors, "_CHUNK_PEOPLE", chunk_people)
        for spec in questions:
            span, expected = _expected(spec, world, store)
            if span:
                acting = Sequences(store.snapshot, 2, spec.actor)
                result = kind_of(spec).kernel().answer(spec, acting, span, world.calendar)
                assert difference(result, expected) is None


@trying(6)
@given(cases(3))
def test_relations_of_actors_in_duckdb_agree_with_the_definition(
    case: tuple[World, list[Any]],
) -> None:
    world, questions = case
    with in_duckdb(world.history) as store:
        _agree(world, questions, store, DuckDBRelation(store))


@trying(6)
@given(cases(3))
def test_relations_of_actors_in_clickhouse_agree_with_the_definition(
    case: tuple[World, list[Any]],
) -> None:
    world, questions = case
    with in_clickhouse(world.history) as store:
        _agree(world, questions, store, store)


def _agree(world: World, questions: Sequence[Any], store: Any, engine: Any) -> None:
    for spec in questions:
        span, expected = _expected(spec, world, store)
        if span:
            by_actor = ByActor(engine, spec.actor)
            result = kind_of(spec).relational().answer(spec, by_actor, span, world.calendar)
            assert difference(result, expected) is None


def counted(happenings: Sequence[Happening], actor: Actor, splits: int = 0) -> list[int]:
    """Return how many events each actor has, in order of its number."""
    deliveries = [Delivery(happenings[:splits], folds=True), Delivery(happenings[splits:])]
    with in_duckdb(deliveries) as store:
        acting = Sequences(store.snapshot, 1, actor)
        everything = sequences.Pick((sequences.Selector(),))
        sizes = acting.scan(everything, lambda matches: matches.offsets.tolist())
        return [b - a for offsets in sizes for a, b in pairwise(offsets)]


@pytest.mark.parametrize("splits", [0, 2, 4])
def test_a_pause_of_exactly_half_an_hour_does_not_end_a_session(splits: int) -> None:
    times = [0, 30 * MINUTE, 60 * MINUTE + 1, 61 * MINUTE]
    happenings = [Happening(0, "a", time) for time in times]
    assert [n for n in counted(happenings, "session", splits) if n] == [2, 2]


@pytest.mark.parametrize("splits", [0, 2, 4])
def test_a_session_that_the_client_names_lasts_through_a_pause(splits: int) -> None:
    rows = [("s", 0), ("s", 300 * MINUTE), (None, 301 * MINUTE), (None, 302 * MINUTE)]
    happenings = [Happening(0, "a", time, session=name) for name, time in rows]
    assert [n for n in counted(happenings, "session", splits) if n] == [2, 2]


@pytest.mark.parametrize("splits", [0, 2, 4])
def test_two_sessions_of_one_person_may_overlap(splits: int) -> None:
    rows = [("s", 0), ("t", MINUTE), ("s", 2 * MINUTE), ("t", 3 * MINUTE)]
    happenings = [Happening(0, "a", time, session=name) for name, time in rows]
    assert [n for n in counted(happenings, "session", splits) if n] == [2, 2]


def test_people_share_no_session_even_if_their_clients_name_it_alike() -> None:
    happenings = [Happening(person, "a", person, session="s") for person in (0, 1, 0)]
    assert [n for n in counted(happenings, "session") if n] == [2, 1]


def test_an_account_acts_by_the_events_that_carry_it() -> None:
    rows = [(0, "acme"), (1, "acme"), (0, "zoo"), (2, None)]
    happenings = [Happening(person, "a", i, account=name) for i, (person, name) in enumerate(rows)]
    assert [n for n in counted(happenings, "account") if n] == [2, 1]
