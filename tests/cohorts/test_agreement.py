"""Every engine finds the people whom the book finds, in random cohorts of random histories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from insights.agreement import trying
from insights.history import acts_of, in_clickhouse, in_duckdb
from insights.questions import World, filters, numeric, periods, properties, selectors, worlds

from cairn.cohorts.members import Flagged, Selected, persons_of
from cairn.cohorts.windows import span_of
from cairn.core.errors import InvalidInput
from cairn.query import sequences
from cairn.query.cohort import (
    AllOf,
    Amount,
    AnyOf,
    Definition,
    Did,
    First,
    Gap,
    Last,
    Length,
    Listed,
    Not,
    Resumed,
    Stopped,
    Then,
    When,
)
from cairn.query.filters import Condition, Frozen, InCohort, Selector
from cairn.store.duckdb.scoped import DuckDBRelation
from cohorts.oracle import Book

lengths = st.builds(
    Length,
    count=st.sampled_from((1, 2, 3, 5, 9, 14, 24, 40)),
    unit=st.sampled_from(("hour", "hour", "day", "day", "day", "week", "month", "year")),
)
amounts: SearchStrategy[Amount] = st.one_of(
    st.builds(
        Amount,
        operator=st.sampled_from(("at_least", "at_most", "exactly")),
        value=st.sampled_from((1, 1, 2, 3)),
    ),
    st.builds(
        Amount,
        of=st.just("distinct"),
        property=properties,
        operator=st.sampled_from(("at_least", "at_most", "exactly")),
        value=st.sampled_from((0, 1, 1, 2)),
    ),
    st.builds(
        Amount,
        of=st.just("sum"),
        property=numeric,
        operator=st.sampled_from(("at_least", "at_most", "exactly")),
        value=st.sampled_from((0, 1, 3, 2.25, 5, 10, -2.5)),
    ),
)
_conditions = filters.filter(
    lambda part: isinstance(part, Condition) and part.property.of in ("person", "account")
)


@st.composite
def windows(draw: DrawFn, world: World) -> When:
    """Draw a window that can be read."""
    period = draw(periods(world))
    try:
        span_of(period, world.calendar)
    except InvalidInput:
        return draw(st.builds(Last, last=lengths))
    return draw(st.sampled_from((period, Last(last=draw(lengths)))))


@st.composite
def two_lengths(draw: DrawFn) -> tuple[Length, Length]:
    """Draw a longer and a shorter length."""
    one, other = draw(lengths), draw(lengths)
    if one.is_shorter_than(other):
        one, other = other, one
    return (one, other) if other.is_shorter_than(one) else (Length(count=60), Length(count=2))


@st.composite
def parts(draw: DrawFn, world: World, selectors: SearchStrategy[Selector] = selectors) -> Frozen:
    """Draw something that people did, have or are."""
    when = st.one_of(st.none(), windows(world))
    kind = draw(st.sampled_from(("did", "did", "first", "then", "stopped", "resumed", "who", "id")))
    if kind == "did":
        return Did(did=draw(selectors), amount=draw(amounts), within=draw(when))
    if kind == "first":
        return First(first=draw(selectors), within=draw(windows(world)))
    if kind == "then":
        gap = draw(st.sampled_from((None, Gap(count=1, unit="hour"), Gap(count=60, unit="minute"))))
        gap = draw(st.sampled_from((gap, Gap(count=2), Gap(count=1, unit="week"))))
        return Then(start=draw(selectors), then=draw(selectors), gap=gap, within=draw(when))
    if kind == "who":
        return draw(_conditions)
    if kind == "id":
        return Listed(ids=tuple(draw(st.lists(st.sampled_from("01234x'"), max_size=3))))
    longer, shorter = draw(two_lengths())
    if kind == "stopped":
        return Stopped(stopped=draw(selectors), active=longer, quiet=shorter)
    return Resumed(resumed=draw(selectors), quiet=longer, again=shorter)


def trees(leaves: SearchStrategy[Frozen]) -> SearchStrategy[Any]:
    """Draw parts joined by all, any and not."""
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(lambda several: AllOf(all=tuple(several)), st.lists(inner, max_size=3)),
            st.builds(lambda several: AnyOf(any=tuple(several)), st.lists(inner, max_size=3)),
            inner.map(lambda one: Not.model_validate({"not": one})),
        ),
        max_leaves=4,
    )


@dataclass(frozen=True)
class Case:
    """A world with two saved cohorts, and definitions that may ask for them."""

    world: World
    saved: Mapping[str, Definition]
    definitions: Sequence[Definition]


@st.composite
def cases(draw: DrawFn, definitions: int) -> Case:
    """Draw cohorts of the people of a world; the later ones may be made of the earlier."""
    world = draw(worlds())
    plain = parts(world)
    saved = {"one": draw(trees(plain))}
    asked = st.sampled_from(("one", "two")).flatmap(
        lambda name: st.builds(in_cohort, st.just(name), st.booleans())
    )
    one = st.builds(in_cohort, st.just("one"), st.booleans())
    saved["two"] = draw(trees(st.one_of(plain, one)))
    described = st.builds(in_cohort, trees(plain), st.booleans())
    among = st.builds(
        Selector, event=st.sampled_from((None, "visit")), filter=st.one_of(asked, described)
    )
    leaves = st.one_of(plain, plain, asked, described, parts(world, among))
    return Case(world, saved, draw(st.lists(trees(leaves), min_size=1, max_size=definitions)))


def in_cohort(cohort: Any, is_in: bool) -> InCohort:
    """Return the filter of a cohort."""
    return InCohort.model_validate({"cohort": cohort, "in": is_in})


def book_of(case: Case) -> Book:
    """Return what the book knows of a case."""
    acts = acts_of(case.world.history)
    arrived = [h.person for delivery in case.world.history for h in delivery.happenings]
    ids = {str(arrived[act.arrival]): act.person for act in acts}
    return Book(acts, ids, case.saved, case.world.calendar)


def persons_in(book: Book) -> Any:
    """Return what finds the people of distinct ids, where a store was not told of the ids."""

    def find(ids: Sequence[str]) -> Iterable[int]:
        return [book.ids[name] for name in ids if name in book.ids]

    return find


def known_to(case: Case, definition: Definition) -> Mapping[str, Definition]:
    """Return the cohorts that a definition asks for."""
    from cairn.cohorts.members import asked_by

    return asked_by(definition, case.saved)


@trying(50)
@given(cases(6), st.sampled_from((2, 1 << 19)))
def test_the_kernel_finds_whom_the_definition_means(case: Case, chunk_events: int) -> None:
    book, calendar = book_of(case), case.world.calendar
    with in_duckdb(case.world.history) as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sequences, "CHUNK_EVENTS", chunk_events)
        for definition in case.definitions:
            known = known_to(case, definition)
            flagged = Flagged(store.snapshot, known, calendar, persons_in(book), 2)
            found = set(flagged.of(definition).nonzero()[0].tolist())
            assert found == book.members(definition), definition


@trying(8)
@given(cases(4))
def test_relations_in_duckdb_find_whom_the_definition_means(case: Case) -> None:
    book = book_of(case)
    with in_duckdb(case.world.history) as store:
        _agrees(case, book, DuckDBRelation(store), persons_in(book))


@trying(8)
@given(cases(4))
def test_relations_in_clickhouse_find_whom_the_definition_means(case: Case) -> None:
    with in_clickhouse(case.world.history) as store:
        _agrees(case, book_of(case), store, persons_of(store))


def _agrees(case: Case, book: Book, engine: Any, persons: Any) -> None:
    for definition in case.definitions:
        selected = Selected(engine, known_to(case, definition), case.world.calendar, persons)
        found = engine.sql(selected.of(definition))["person"].to_pylist()
        assert sorted(found) == sorted(book.members(definition)), definition
