"""A property reads as the same text wherever it is kept and whichever engine reads it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cairn.model.values import canonical, text_of
from cairn.query.filters import Property, Selector
from cairn.query.relational import Relation
from cairn.query.sequences import Pick, Sequences
from cairn.store.duckdb.scoped import DuckDBRelation
from cairn.store.scope import Scope
from insights.agreement import trying
from insights.history import Delivery, Happening, in_clickhouse, in_duckdb

OWNERS = ("event", "person", "account")
PROPERTIES = tuple(Property.model_validate({"of": of, "name": "odd"}) for of in OWNERS)
SCOPE = Scope(PROPERTIES, None, 0, 1)

_texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
_scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from((1e16, 1e21, 1e-6, 1.5e-7, 2.0**53, -0.0, 5e-324, 1.7e308)),
    _texts,
    st.sampled_from(("null", "5", '"x"', "{}", "[1]", "é\\\n", "\u2028", "😀")),
)
_values = st.one_of(
    _scalars,
    st.recursive(
        _scalars,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(_texts, inner, max_size=3)
        ),
        max_leaves=6,
    ),
)


def _history(values: list[Any]) -> list[Delivery]:
    kept: list[dict[str, Any]] = [{"odd": value} for value in values]
    return [
        Delivery(
            happenings=[Happening(i, "a", 0, own, account=str(i)) for i, own in enumerate(kept)],
            person_properties=dict(enumerate(kept)),
            account_properties={str(i): own for i, own in enumerate(kept)},
        )
    ]


@trying(30)
@given(st.lists(_values, min_size=1, max_size=40))
def test_a_value_reads_alike_on_events_people_and_accounts(values: list[Any]) -> None:
    values = [canonical(value) for value in values]
    history, expected = _history(values), [text_of(value) for value in values]
    with in_duckdb(history) as store:
        people = Sequences(store.snapshot, 1)
        [matches] = people.scan(Pick((Selector(),), properties=PROPERTIES), lambda found: found)
        for prop, codes in zip(PROPERTIES, matches.codes, strict=True):
            texts = people.values(prop)
            assert [texts[code] for code in codes] == expected
        relation = Relation(SCOPE, DuckDBRelation(store))
        rows = relation.rows(relation.events.order_by("seq"))
        assert [rows[f"p{i}"].to_pylist() for i in range(3)] == [expected] * 3


@trying(10)
@given(st.lists(_values, min_size=1, max_size=40))
def test_a_value_reads_alike_in_clickhouse(values: list[Any]) -> None:
    values = [canonical(value) for value in values]
    with in_clickhouse(_history(values)) as store:
        relation = Relation(SCOPE, store)
        rows = relation.rows(relation.events.order_by("seq"))
    expected = [text_of(value) for value in values]
    assert [rows[f"p{i}"].to_pylist() for i in range(3)] == [expected] * 3
