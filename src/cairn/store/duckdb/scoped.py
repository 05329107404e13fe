"""The events of a question as SQL over DuckDB: what relational answers read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa

from cairn.model.event import IDENTITY_EVENTS
from cairn.store.base import Known
from cairn.store.duckdb.extract import event_text, json_text, quoted
from cairn.store.scope import Scope


class Queries(Protocol):
    """Something that runs DuckDB SQL over a project's events, such as `DuckDBStore`."""

    data_version: int
    fresh_until_us: int

    def sql(self, query: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """Run a query and return its rows."""

    def who(self, distinct_ids: Sequence[str]) -> dict[str, Known]:
        """Return the person behind each distinct id that is known."""

    def first_event_us(self) -> int | None:
        """Return the time of the earliest event."""


@dataclass(frozen=True, slots=True)
class DuckDBRelation:
    """A DuckDB store as an engine for relational answers."""

    store: Queries
    dialect: str = "duckdb"

    def scoped_sql(self, scope: Scope) -> str:
        """Return the events in scope."""
        return scoped_sql(scope)

    def sql(self, query: str) -> pa.Table:
        """Run a read-only query and return its rows."""
        return self.store.sql(query)

    @property
    def data_version(self) -> int:
        """Return how many batches the store has taken."""
        return self.store.data_version

    @property
    def fresh_until_us(self) -> int:
        """Return when the newest stored event arrived."""
        return self.store.fresh_until_us

    def who(self, distinct_ids: Sequence[str]) -> dict[str, Known]:
        """Return the person behind each distinct id that is known."""
        return self.store.who(distinct_ids)

    def first_event_us(self) -> int | None:
        """Return the time of the earliest event."""
        return self.store.first_event_us()


def scoped_sql(scope: Scope) -> str:
    """Return a SELECT with the columns seq, time, event, person and one text per property."""
    names = scope.events
    listed = ", ".join(quoted(name) for name in sorted(scope.without if names is None else names))
    where = (
        [f"event {'NOT IN' if names is None else 'IN'} ({listed})"]
        if listed
        else ["1" if names is None else "0"]
    )
    where += [f"epoch_us(time) >= {scope.start_us}", f"epoch_us(time) < {scope.end_us}"]
    by_event = "".join(
        f", {event_text(prop.name)} AS p{i}"
        for i, prop in enumerate(scope.properties)
        if prop.of == "event"
    )
    joined = {prop.of for prop in scope.properties}
    actor = "person" if scope.actor == "person" else "actor"
    relation = (
        f"(SELECT seq, epoch_us(time) AS time, event, {actor} AS acting, person, account{by_event} "
        f"FROM {_ACTIVITY[scope.actor]} WHERE {' AND '.join(where)}) e"
    )
    for of, key in (("person", "person"), ("account", "account")):
        if of in joined:
            texts = ", ".join(
                f"{json_text('properties', prop.name)} AS p{i}"
                for i, prop in enumerate(scope.properties)
                if prop.of == of
            )
            relation += f" LEFT JOIN (SELECT {key}, {texts} FROM {of}s) {of}_row USING ({key})"
    columns = "".join(f", p{i}" for i in range(len(scope.properties)))
    return f"SELECT seq, time, event, acting::INTEGER AS person{columns} FROM {relation}"


_IDENTITY = ", ".join(quoted(name) for name in IDENTITY_EVENTS)
_MARKED = f"""SELECT *, CASE WHEN session IS NOT NULL THEN session IS DISTINCT FROM lag(session) OVER w
    ELSE coalesce(time - lag(time) OVER w > INTERVAL 30 MINUTE OR lag(session) OVER w IS NOT NULL, true)
    END AS starts
FROM activity WHERE event NOT IN ({_IDENTITY}) WINDOW w AS (PARTITION BY person ORDER BY time, seq)"""
_NUMBERED = f"""SELECT *, CASE WHEN session IS NULL
    THEN sum(starts::INTEGER) OVER (PARTITION BY person ORDER BY time, seq) END AS visit
FROM ({_MARKED})"""
_ACTIVITY = {
    "person": "activity",
    "account": "(SELECT *, dense_rank() OVER (ORDER BY account) - 1 AS actor FROM activity "
    "WHERE account IS NOT NULL)",
    "session": "(SELECT *, dense_rank() OVER (ORDER BY person, session, visit) - 1 AS actor "
    f"FROM ({_NUMBERED}))",
}
"""Everything that was done, and by which session or account, by the rule of the view `sessions`."""
