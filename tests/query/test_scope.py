"""An engine shows every event that one of a question's selectors can mean."""

from __future__ import annotations

import pytest
from insights.history import Row, arriving, in_clickhouse, in_duckdb

from cairn.query.filters import Selector
from cairn.query.periods import Span
from cairn.query.relational import Relation, RelationalEngine, scope_of
from cairn.store.duckdb.scoped import DuckDBRelation

EVENTS: list[Row] = [(0, name, 0) for name in ("visit", "$identify", "$group", "$alias")]


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ([None], {"visit"}),
        (["$identify"], {"$identify"}),
        ([None, "$identify"], {"visit", "$identify"}),
        ([None, "$identify", "$group", "$alias"], {"visit", "$identify", "$group", "$alias"}),
        ([], set()),
    ],
)
def test_an_identity_call_is_shown_when_it_is_named(
    names: list[str | None], shown: set[str]
) -> None:
    scope = scope_of([Selector(event=name) for name in names], None, (), Span(0, 1))

    def events(engine: RelationalEngine) -> set[str]:
        relation = Relation(scope, engine)
        return set(relation.rows(relation.events)["event"].to_pylist())

    with in_duckdb([arriving(EVENTS, 0)]) as duckdb, in_clickhouse([arriving(EVENTS, 0)]) as other:
        assert events(DuckDBRelation(duckdb)) == shown
        assert events(other) == shown
