"""Questions of every kind, filtered and divided by cohorts, count as the book does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from insights.acting import acts_of_actors
from insights.agreement import difference, trying
from insights.funnel import oracle as funnel_oracle
from insights.funnel.test_agreement import specs as funnels
from insights.history import Act, in_clickhouse, in_duckdb
from insights.questions import World, worlds
from insights.retention import oracle as retention_oracle
from insights.retention.test_agreement import specs as retentions
from insights.trends import oracle as trends_oracle
from insights.trends.test_agreement import specs as trends

from cairn.cohorts.members import Flagged, Selected, asked_by
from cairn.cohorts.relational import WithCohorts
from cairn.core.errors import InvalidInput
from cairn.insights.registry import kind_of
from cairn.insights.run import span_of
from cairn.query.cohort import Definition
from cairn.query.filters import All, Filter, Property
from cairn.query.relational import ByActor
from cairn.query.sequences import Sequences
from cairn.store.duckdb.scoped import DuckDBRelation
from cohorts.oracle import Book
from cohorts.test_agreement import Case, book_of, in_cohort, parts, persons_in, trees

COHORT = Property(of="cohort", name="one")
Oracle = Callable[[Any, Sequence[Act], Any, Any], Any]
ORACLES: Mapping[str, Oracle] = {
    "funnel": funnel_oracle.answer,
    "retention": retention_oracle.answer,
    "trends": trends_oracle.answer,
}


@dataclass(frozen=True)
class Asked:
    """A world with a saved cohort, and questions about it."""

    world: World
    saved: Mapping[str, Definition]
    questions: Sequence[Any]

    @property
    def book(self) -> Book:
        """Return what the book knows."""
        return book_of(Case(self.world, self.saved, ()))


@st.composite
def cases(draw: DrawFn, questions: int) -> Asked:
    """Draw questions that are filtered and divided by a saved cohort and by one described."""
    world = draw(worlds())
    definitions = trees(parts(world))
    cohorts = st.builds(in_cohort, st.one_of(st.just("one"), definitions), st.booleans())
    drawn = []
    for _ in range(draw(st.integers(1, questions))):
        spec = draw(st.one_of(funnels(world), retentions(world), trends(world)))
        filters: list[Filter] = [part for part in (spec.filter,) if part is not None]
        if draw(st.booleans()):
            filters.append(draw(cohorts))
        update: dict[str, Any] = {
            "filter": All(all=tuple(filters)),
            "actor": draw(st.sampled_from(("person", "person", "session", "account"))),
        }
        if not filters or draw(st.booleans()):
            update["breakdown"] = COHORT
        try:
            told = {name: getattr(spec, name) for name in type(spec).model_fields}
            drawn.append(type(spec).model_validate({**told, **update}))
        except ValueError:
            continue  # not every chart can be divided
    return Asked(world, {"one": draw(definitions)}, drawn)


def _expected(spec: Any, asked: Asked, store: Any) -> Any:
    try:
        span = span_of(store, spec, asked.world.calendar)
    except InvalidInput:
        return None, None
    book = asked.book
    marked = [book.marked(act, spec) for act in book.acts]
    acts = acts_of_actors(marked, spec.actor)
    return span, ORACLES[spec.kind](spec, acts, span, asked.world.calendar)


@trying(30)
@given(cases(4))
def test_sequences_agree_with_the_definition(asked: Asked) -> None:
    calendar = asked.world.calendar
    with in_duckdb(asked.world.history) as store:
        for spec in asked.questions:
            span, expected = _expected(spec, asked, store)
            if span:
                known = asked_by(spec, asked.saved)
                flagged = Flagged(store.snapshot, known, calendar, persons_in(asked.book), 2)
                sequences = Sequences(store.snapshot, 2, spec.actor, flagged)
                result = kind_of(spec).kernel().answer(spec, sequences, span, calendar)
                assert difference(result, expected) is None, spec


@trying(6)
@given(cases(3))
def test_relations_in_duckdb_agree_with_the_definition(asked: Asked) -> None:
    with in_duckdb(asked.world.history) as store:
        _agree(asked, store, DuckDBRelation(store))


@trying(6)
@given(cases(3))
def test_relations_in_clickhouse_agree_with_the_definition(asked: Asked) -> None:
    with in_clickhouse(asked.world.history) as store:
        _agree(asked, store, store)


def _agree(asked: Asked, store: Any, engine: Any) -> None:
    calendar = asked.world.calendar
    for spec in asked.questions:
        span, expected = _expected(spec, asked, store)
        if span:
            known = asked_by(spec, asked.saved)
            selected = Selected(engine, known, calendar, persons_in(asked.book))
            by_actor = ByActor(WithCohorts(engine, selected), spec.actor)
            result = kind_of(spec).relational().answer(spec, by_actor, span, calendar)
            assert difference(result, expected) is None, spec
