"""One project's events in ClickHouse: a server, or chDB, the same engine inside this process."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import clickhouse_connect
import pyarrow as pa
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from cairn.core.errors import InvalidInput
from cairn.model.event import CONTEXT_COLUMNS
from cairn.model.values import text_of
from cairn.store.base import Batch, Known, final_targets
from cairn.store.clickhouse import schema
from cairn.store.clickhouse.scoped import scoped_sql
from cairn.store.scope import Scope

_SETTINGS = {
    "join_use_nulls": 1,
    "precise_float_parsing": 1,
    "max_query_size": 10_000_000,
    "max_ast_elements": 1_000_000,
    "max_expanded_ast_elements": 5_000_000,
    "output_format_arrow_string_as_string": 1,
}
_WHO = """SELECT id, p.person, p.known, p.account FROM
    (SELECT DISTINCT e.distinct_id AS id, ifNull(m.target, e.person) AS person FROM events AS e
        LEFT JOIN (SELECT source, toNullable(target) AS target FROM merges FINAL) AS m
        ON m.source = e.person WHERE e.distinct_id IN {ids:Array(String)}) AS found
    JOIN (SELECT person, known, account FROM persons FINAL) AS p ON p.person = found.person"""
_AT_ONCE = 1_000
_PERSON = ("person", "uid", "created_us", "known", "account", "properties", "version")


class ClickHouseStore:
    """A project's events where relational answers can read them.

    `append` is not one transaction, as ClickHouse has none: events go last, so that what they refer
    to is there. One thread appends; any thread reads.
    """

    dialect = "clickhouse"

    def __init__(self, client: Client) -> None:
        """Use `open`."""
        self._client = client
        self._lock = threading.Lock()
        for table in schema.TABLES:
            client.command(table)
        self._rows = int(self._one("SELECT count() FROM events"))
        self._version = int(
            self._one(
                "SELECT greatest((SELECT max(version) FROM persons), "
                "(SELECT max(version) FROM accounts), (SELECT max(version) FROM merges))"
            )
        )
        self.data_version = self._version
        self.fresh_until_us = int(self._one("SELECT max(received_us) FROM events"))

    @classmethod
    def open(cls, dsn: str, database: str) -> ClickHouseStore:
        """Open the project's database, creating what is missing.

        `dsn` is `http://member:password@host:8123` for a server, `chdb://memory` or
        `chdb:///a/folder` for the engine in this process (one folder per process).
        """
        client = clickhouse_connect.get_client(dsn=dsn, settings=dict(_SETTINGS))
        client.command(f"CREATE DATABASE IF NOT EXISTS `{database}`")
        if dsn.startswith("chdb:"):
            client.command(f"USE `{database}`")
        else:
            client.database = database
        return cls(client)

    def append(self, batch: Batch) -> None:
        """Write a batch: people, merges and accounts first, then the events."""
        with self._lock:
            self._version += 1
            self._write_people(batch)
            self._write_accounts(batch)
            self._write_events(batch)
            arrived = max((event.received_us for event in batch.events), default=0)
            self.fresh_until_us = max(self.fresh_until_us, arrived)
            self.data_version = self._version

    def who(self, distinct_ids: Sequence[str]) -> dict[str, Known]:
        """Return the person behind each distinct id that is known."""
        with self._lock:
            rows = [
                row
                for i in range(0, len(distinct_ids), _AT_ONCE)
                for row in self._client.query(
                    _WHO, parameters={"ids": list(distinct_ids[i : i + _AT_ONCE])}
                ).result_rows
            ]
        return {distinct_id: Known(*known) for distinct_id, *known in rows}

    def scoped_sql(self, scope: Scope) -> str:
        """Return the events in scope."""
        return scoped_sql(scope)

    def sql(self, query: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """Run a read-only query and return its rows. Safe from any thread."""
        with self._lock:
            try:
                return self._client.query_arrow(query, parameters=list(parameters) or None)
            except DatabaseError as error:
                raise InvalidInput(f"the query cannot be run: {error}") from error

    def first_event_us(self) -> int | None:
        """Return the time of the earliest event."""
        earliest = self._one("SELECT min(toNullable(time_us)) FROM events")
        return None if earliest is None else int(earliest)

    def person_count(self) -> int:
        """Return how many person numbers are taken."""
        return int(self._one("SELECT ifNull(max(toNullable(person)) + 1, 0) FROM persons"))

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def _one(self, query: str) -> Any:
        return self._client.query(query).result_rows[0][0]

    def _write_events(self, batch: Batch) -> None:
        if not batch.events:
            return
        rows = [
            (
                self._rows + i,
                event.id,
                event.event,
                event.time_us,
                event.received_us,
                person,
                event.distinct_id,
                event.account,
                *(getattr(event, name) for name in CONTEXT_COLUMNS),
                _texts(event.properties),
            )
            for i, (event, person) in enumerate(zip(batch.events, batch.people, strict=True))
        ]
        columns = (
            "seq",
            "id",
            "event",
            "time_us",
            "received_us",
            "person",
            "distinct_id",
        )
        self._insert("events", rows, (*columns, "account", *CONTEXT_COLUMNS, "properties"))
        self._rows += len(rows)

    def _write_people(self, batch: Batch) -> None:
        final = final_targets(batch.merges)
        people: dict[int, dict[str, Any]] = {
            new.person: {
                "person": new.person,
                "uid": new.uid,
                "created_us": new.created_us,
                "known": False,
                "account": None,
                "properties": {},
            }
            for new in batch.new_persons
        }
        touched = {*final, *final.values(), *batch.known, *batch.person_accounts}
        touched |= {*batch.person_properties, *(merge.target for merge in batch.merges)}
        people |= self._stored(touched - people.keys())
        for merge in batch.merges:
            source, target = people[merge.source], people[merge.target]
            target["properties"] = {**source["properties"], **target["properties"]}
            target["known"] = target["known"] or source["known"]
            target["created_us"] = min(target["created_us"], source["created_us"])
            target["account"] = target["account"] or source["account"]
        for person in batch.known:
            people[final.get(person, person)]["known"] = True
        for person, account in batch.person_accounts.items():
            people[final.get(person, person)]["account"] = account
        for person, patch in batch.person_properties.items():
            row = people[final.get(person, person)]
            row["properties"] = _patched(row["properties"], patch)
        rows = [(*(row[name] for name in _PERSON[:-1]), self._version) for row in people.values()]
        self._insert("persons", rows, _PERSON)
        if final:
            self._write_merges(final)

    def _write_merges(self, final: Mapping[int, int]) -> None:
        listed = ", ".join(map(str, final))
        earlier = self._client.query(
            f"SELECT source, target FROM merges FINAL WHERE target IN ({listed})"
        ).result_rows
        moved = [(source, final[target], self._version) for source, target in earlier]
        moved += [(source, target, self._version) for source, target in final.items()]
        self._insert("merges", moved, ("source", "target", "version"))

    def _stored(self, persons: Iterable[int]) -> dict[int, dict[str, Any]]:
        listed = ", ".join(map(str, persons))
        if not listed:
            return {}
        found = self._client.query(
            f"SELECT {', '.join(_PERSON)} FROM persons FINAL WHERE person IN ({listed})"
        )
        return {row[0]: dict(zip(_PERSON, row, strict=True)) for row in found.result_rows}

    def _write_accounts(self, batch: Batch) -> None:
        if not batch.account_properties:
            return
        found = self._client.query(
            "SELECT account, properties FROM accounts FINAL WHERE account IN {names:Array(String)}",
            parameters={"names": list(batch.account_properties)},
        )
        stored: dict[str, dict[str, str]] = {row[0]: row[1] for row in found.result_rows}
        rows = [
            (account, _patched(stored.get(account, {}), patch), self._version)
            for account, patch in batch.account_properties.items()
        ]
        self._insert("accounts", rows, ("account", "properties", "version"))

    def _insert(self, table: str, rows: Sequence[Sequence[Any]], columns: Sequence[str]) -> None:
        if rows:
            self._client.insert(table, rows, column_names=list(columns))


def _texts(properties: Mapping[str, Any]) -> dict[str, str]:
    texts = {key: text_of(value) for key, value in properties.items()}
    return {key: text for key, text in texts.items() if text is not None}


def _patched(stored: Mapping[str, str], patch: Mapping[str, Any]) -> dict[str, str]:
    removed = {key for key, value in patch.items() if text_of(value) is None}
    kept = {key: text for key, text in stored.items() if key not in removed}
    return {**kept, **_texts(patch)}
