"""The embedded store: one DuckDB file per project, with the sequence index beside it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import numpy as np
import pyarrow as pa

from cairn.core.errors import CairnError, InvalidInput
from cairn.model.event import CONTEXT_COLUMNS, Event
from cairn.store.base import Batch, Known, Merge, final_targets
from cairn.store.duckdb import schema
from cairn.store.duckdb.columns import DuckDBColumns, PersonChanges
from cairn.store.duckdb.extract import identifier
from cairn.store.duckdb.ids import SeenIds
from cairn.store.duckdb.index import Rows, SequenceIndex, Source
from cairn.store.duckdb.sql import DuckDBSql
from cairn.store.snapshot import Codes, Snapshot

_TIME = pa.timestamp("us")
_IDS_SAVED_EVERY = 1_000_000
_SLICE_ROWS = 4_000_000


class DuckDBStore:
    """The system of record for one project's events. One thread appends; any thread reads."""

    def __init__(self, folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
        """Use `open`."""
        self.folder = folder
        self._connection = connection
        self._writing = threading.Lock()
        self._changes = PersonChanges()
        self._prepare()
        self._database = self._meta("database")
        self._persons = self._number("SELECT coalesce(max(person) + 1, 0) FROM persons")
        self._rows = self._number("SELECT coalesce(max(seq) + 1, 0) FROM events")
        newest = self.sql("SELECT epoch_us(max(received)) FROM events").column(0)[0].as_py()
        self.fresh_until_us: int = newest or 0
        self._index = SequenceIndex(folder / "index", self._source())
        self._seen = self._open_ids()
        self.data_version = 0

    @classmethod
    def open(cls, folder: Path, threads: int = 0, memory_limit_mb: int = 0) -> DuckDBStore:
        """Open the project's folder, creating what is missing and rebuilding a stale index."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CairnError(
                f"the folder {folder} cannot be opened: {error.strerror}",
                hint="Choose a folder that may be written to with CAIRN_DATA_DIR.",
            ) from error
        options: dict[str, Any] = {
            "wal_autocheckpoint": "64MB",
            "python_enable_replacements": "false",
            "autoinstall_known_extensions": "false",
        }
        if threads:
            options["threads"] = threads
        if memory_limit_mb:
            options["memory_limit"] = f"{memory_limit_mb}MB"
        try:
            connection = duckdb.connect(str(folder / "events.duckdb"), config=options)
        except duckdb.IOException as error:
            raise CairnError(
                f"the events of this project cannot be opened: {error}",
                hint="Is another Cairn process using this data folder? `cairn doctor` tells.",
            ) from error
        return cls(folder, connection)

    @property
    def for_people(self) -> DuckDBSql:
        """Return what runs SQL that people write."""
        return DuckDBSql(self._connection)

    @property
    def snapshot(self) -> Snapshot:
        """Return all events as of the last batch, as arrays."""
        return self._index.snapshot

    def append(self, batch: Batch) -> None:
        """Write the batch and its spool offsets in one transaction, then make it queryable."""
        with self._writing:
            first = self._rows
            table = _event_table(batch.events, batch.people, first)
            cursor = self._connection.cursor()
            cursor.begin()
            try:
                hashes = self._write(cursor, batch, table)
                cursor.commit()
            except BaseException:
                cursor.rollback()
                raise
            finally:
                cursor.close()
            self._persons += len(batch.new_persons)
            self._rows += len(batch.events)
            if batch.events:
                self._seen.add(hashes)
                self.fresh_until_us = max(
                    self.fresh_until_us, max(event.received_us for event in batch.events)
                )
            changed = self._changed_persons(batch)
            if len(changed):
                self._changes.batches.append(changed)
            if batch.account_properties:
                self._changes.accounts_version += 1
            if batch.events or batch.merges or batch.new_persons:
                rows = Rows(
                    self._index.codes_of([event.event for event in batch.events]),
                    np.asarray(table["time"].cast(pa.int64()).to_numpy()),
                    np.arange(first, self._rows, dtype=np.uint32),
                    np.asarray(table["person"].to_numpy()),
                )
                self._index.append(rows, batch.merges, self._persons)
            self.data_version += 1
            if self._seen.recent > _IDS_SAVED_EVERY:
                self._seen.save()

    def seen(self, ids: Sequence[str]) -> set[str]:
        """Return those of the event ids that are stored already."""
        if not ids:
            return set()
        table = pa.table({"id": pa.array(ids, pa.string())})
        hashes = self._with_table("SELECT hash(id) FROM given", table).column(0).to_numpy()
        maybe = self._seen.maybe(hashes)
        if not maybe.any():
            return set()
        table = table.filter(pa.array(maybe))
        found = self._with_table("SELECT id FROM events WHERE id IN (SELECT id FROM given)", table)
        return set(found.column(0).to_pylist())

    def who(self, distinct_ids: Sequence[str]) -> dict[str, Known]:
        """Return the person behind each distinct id that is known."""
        if not distinct_ids:
            return {}
        found = self._with_table(
            "SELECT d.distinct_id, p.person, p.known, p.account FROM given "
            "JOIN distinct_ids d USING (distinct_id) JOIN persons p USING (person)",
            pa.table({"distinct_id": pa.array(distinct_ids, pa.string())}),
        )
        return {
            distinct_id: Known(person, known, account)
            for distinct_id, person, known, account in zip(
                *(column.to_pylist() for column in found.columns), strict=True
            )
        }

    def person_count(self) -> int:
        """Return how many person numbers are taken; the next new person gets this number."""
        return self._persons

    def offsets(self) -> dict[str, int]:
        """Return how far each spool segment has been loaded, in bytes."""
        table = self.sql("SELECT segment, position FROM spool_offsets")
        return dict(zip(table["segment"].to_pylist(), table["position"].to_pylist(), strict=True))

    def forget_offsets(self, segments: Sequence[str]) -> None:
        """Drop the offsets of segments that no longer exist."""
        with self._writing, self._connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM spool_offsets WHERE segment IN (SELECT unnest(?::VARCHAR[]))",
                [list(segments)],
            )

    def sql(self, query: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """Run a query and return its rows. Safe from any thread."""
        with self._connection.cursor() as cursor:
            try:
                return cursor.sql(query, params=list(parameters)).to_arrow_table()
            except (
                duckdb.ParserException,
                duckdb.BinderException,
                duckdb.ConversionException,
            ) as error:
                raise InvalidInput(f"the query cannot be run: {error}") from error

    def first_event_us(self) -> int | None:
        """Return the time of the earliest event."""
        value = self.sql("SELECT epoch_us(min(time)) FROM events").column(0)[0].as_py()
        return None if value is None else int(value)

    def fold(self) -> None:
        """Bring files to their compact form: fold the index, save the ids, checkpoint DuckDB."""
        with self._writing:
            self._index.fold()
            self._seen.save()
            self._connection.execute("CHECKPOINT")

    def index_bytes(self) -> int:
        """Return the size of the index on disk for event, time, person and order."""
        return self._index.bytes_on_disk()

    def close(self) -> None:
        """Finish a fold that runs, then release files. The store can be opened again."""
        with self._writing:
            self._index.wait()
            self._seen.save()
            self._connection.close()

    def ingest_arrow(self, table: pa.Table, persons: Sequence[str]) -> None:
        """Add many events at once, for bulk loads: no identity, no dedupe, one transaction.

        `table` has the columns event, time (timestamp in microseconds) and person (index into
        `persons`, their distinct ids). Columns named `account` or like a typed column (`country`) go
        there; all others are properties.
        """
        with self._writing:
            self._bulk(table, persons)

    def _bulk(self, table: pa.Table, persons: Sequence[str]) -> None:
        first, base = self._rows, self._persons
        typed = [name for name in table.column_names if name in ("account", *CONTEXT_COLUMNS)]
        names = [n for n in table.column_names if n not in ("event", "time", "person", *typed)]
        packed = ", ".join(f"{identifier(name)} := {identifier(name)}" for name in names)
        properties = f"struct_pack({packed})::VARIANT" if names else "NULL"
        typed_too = "".join(f", {name}" for name in typed)
        people = pa.table(
            {
                "person": pa.array(np.arange(base, base + len(persons)), pa.int32()),
                "distinct_id": pa.array(persons, pa.string()),
            }
        )
        with self._connection.cursor() as cursor:
            cursor.register("bulk", table)
            cursor.register("people", people)
            cursor.begin()
            cursor.execute(
                "INSERT INTO persons SELECT person, uuid()::VARCHAR, now()::TIMESTAMP, true, NULL, '{}' "
                "FROM people"
            )
            cursor.execute("INSERT INTO distinct_ids SELECT distinct_id, person FROM people")
            cursor.execute(
                "INSERT INTO events BY NAME SELECT seq, 'bulk-' || seq AS id, event, time, "
                f"now()::TIMESTAMP AS received, (bulk.person + {base})::INTEGER AS person, "
                f"people.distinct_id AS distinct_id, properties{typed_too} FROM ("
                f"SELECT (row_number() OVER () + {first} - 1)::BIGINT AS seq, event, time, person, "
                f"{properties} AS properties{typed_too} FROM bulk) bulk "
                f"JOIN people ON people.person = bulk.person + {base}"
            )
            cursor.commit()
        self._persons += len(persons)
        self._rows += table.num_rows
        events = table["event"].combine_chunks().dictionary_encode()
        codes = self._index.codes_of(events.dictionary.to_pylist())
        rows = Rows(
            codes[events.indices.to_numpy()],
            table["time"].cast(pa.int64()).to_numpy(),
            np.arange(first, self._rows, dtype=np.uint32),
            (table["person"].to_numpy() + base).astype(np.int32),
        )
        self._index.append(rows, (), self._persons)
        self._remember_names()
        self._seen.add(
            self.sql("SELECT hash(id) FROM events WHERE seq >= ?", (first,)).column(0).to_numpy()
        )
        self.data_version += 1

    def _prepare(self) -> None:
        self._connection.execute("SET TimeZone = 'UTC'")
        self._connection.begin()
        self._connection.execute(schema.TABLES)
        self._connection.execute(schema.VIEWS)
        self._connection.execute(schema.SQL_VIEWS)
        for key, value in (("schema", str(schema.VERSION)), ("database", uuid.uuid4().hex)):
            self._connection.execute(
                "INSERT INTO meta SELECT ?, ? WHERE NOT EXISTS (FROM meta WHERE key = ?)",
                [key, value, key],
            )
        self._connection.commit()
        self._connection.execute("SET enable_external_access = false")

    def _write(self, cursor: duckdb.DuckDBPyConnection, batch: Batch, events: pa.Table) -> Any:
        hashes = None
        if batch.events:
            cursor.register("arrived", events)
            columns = ", ".join(events.column_names[:-1])
            cursor.execute(
                f"INSERT INTO events ({columns}, properties) "
                f"SELECT {columns}, properties::JSON::VARIANT FROM arrived"
            )
            hashes = (
                cursor.sql("SELECT hash(id) FROM arrived").to_arrow_table().column(0).to_numpy()
            )
            self._write_names(cursor, batch.events)
        self._write_people(cursor, batch)
        if batch.account_properties:
            self._write_accounts(cursor, batch)
        if batch.rejections:
            cursor.register(
                "refused",
                pa.table(
                    {
                        "received": pa.array([r.received_us for r in batch.rejections], _TIME),
                        "reason": [r.reason for r in batch.rejections],
                        "hint": [r.hint for r in batch.rejections],
                        "payload": [r.payload for r in batch.rejections],
                    }
                ),
            )
            cursor.execute("INSERT INTO rejections SELECT * FROM refused")
        if batch.offsets:
            cursor.register(
                "positions",
                pa.table(
                    {
                        "segment": [o.segment for o in batch.offsets],
                        "position": pa.array([o.offset for o in batch.offsets], pa.int64()),
                    }
                ),
            )
            cursor.execute(
                "DELETE FROM spool_offsets WHERE segment IN (SELECT segment FROM positions)"
            )
            cursor.execute("INSERT INTO spool_offsets SELECT segment, position FROM positions")
        return hashes

    def _write_people(self, cursor: duckdb.DuckDBPyConnection, batch: Batch) -> None:
        if batch.new_persons:
            cursor.register(
                "newcomers",
                pa.table(
                    {
                        "person": pa.array([p.person for p in batch.new_persons], pa.int32()),
                        "uid": [p.uid for p in batch.new_persons],
                        "created": pa.array([p.created_us for p in batch.new_persons], _TIME),
                    }
                ),
            )
            cursor.execute(
                "INSERT INTO persons SELECT person, uid, created, false, NULL, '{}' FROM newcomers"
            )
        if batch.distinct_ids:
            cursor.register(
                "named",
                pa.table(
                    {
                        "distinct_id": list(batch.distinct_ids),
                        "person": pa.array(list(batch.distinct_ids.values()), pa.int32()),
                    }
                ),
            )
            cursor.execute("INSERT INTO distinct_ids SELECT distinct_id, person FROM named")
        final = final_targets(batch.merges)
        if final:
            _move_ids(cursor, final)
        touched = {*final, *final.values(), *batch.known, *batch.person_accounts}
        touched.update(batch.person_properties)
        if touched:
            _update_persons(cursor, _people_after(_people(cursor, touched), batch, final))

    def _write_accounts(self, cursor: duckdb.DuckDBPyConnection, batch: Batch) -> None:
        cursor.register("touched_accounts", pa.table({"account": list(batch.account_properties)}))
        stored = cursor.execute(
            "SELECT account, properties FROM accounts SEMI JOIN touched_accounts USING (account)"
        ).fetchall()
        before = {account: msgspec.json.decode(properties) for account, properties in stored}
        texts = {
            account: msgspec.json.encode(_patched(before.get(account, {}), patch)).decode()
            for account, patch in batch.account_properties.items()
        }
        cursor.register(
            "account_rows",
            pa.table({"account": list(texts), "properties": list(texts.values())}),
        )
        cursor.execute(
            "UPDATE accounts SET properties = r.properties FROM account_rows r "
            "WHERE accounts.account = r.account"
        )
        cursor.execute(
            "INSERT INTO accounts SELECT account, now()::TIMESTAMP, properties FROM account_rows "
            "ANTI JOIN accounts USING (account)"
        )

    def _write_names(self, cursor: duckdb.DuckDBPyConnection, events: Iterable[Event]) -> None:
        """Keep the event names in order of code, so that codes survive a restart."""
        known = self._index.snapshot.codes
        fresh = [n for n in dict.fromkeys(event.event for event in events) if n not in known]
        if fresh:
            cursor.executemany(
                "INSERT INTO event_names SELECT count(*), ? FROM event_names", [[n] for n in fresh]
            )

    def _remember_names(self) -> None:
        stored = set(self.sql("SELECT name FROM event_names").column(0).to_pylist())
        with self._connection.cursor() as cursor:
            for name in self._index.snapshot.codes:
                if name not in stored:
                    cursor.execute(
                        "INSERT INTO event_names SELECT count(*), ? FROM event_names", [name]
                    )

    def _changed_persons(self, batch: Batch) -> Any:
        changed = {*batch.person_properties, *batch.known}
        changed.update(merge.target for merge in batch.merges)
        return np.fromiter(changed, np.int64)

    def _source(self) -> Source:
        names = self.sql("SELECT name FROM event_names ORDER BY code").column(0).to_pylist()
        merges = self.sql("SELECT source, target FROM merges")
        return Source(
            database=self._database,
            names=names,
            persons=self._persons,
            rows=self._rows,
            merges=[
                Merge(source, target)
                for source, target in zip(
                    merges["source"].to_pylist(), merges["target"].to_pylist(), strict=True
                )
            ],
            read=self._read_rows,
            columns=self._columns,
        )

    def _read_rows(self, first: int) -> Iterator[Rows]:
        for start in range(first, self._rows, _SLICE_ROWS):
            table = self.sql(
                "SELECT seq, n.code AS code, epoch_us(time) AS time, person FROM events "
                "JOIN event_names n ON n.name = events.event "
                "WHERE seq >= ? AND seq < ? ORDER BY seq",
                (start, start + _SLICE_ROWS),
            )
            yield Rows(
                table["code"].to_numpy().astype(np.uint32),
                table["time"].to_numpy(),
                table["seq"].to_numpy().astype(np.uint32),
                table["person"].to_numpy(),
            )

    def _columns(self, folder: Path, row: Codes) -> DuckDBColumns:
        return DuckDBColumns(folder, row, self.sql, self._changes)

    def _open_ids(self) -> SeenIds:
        seen = SeenIds(self.folder / "index", f"{self._database} duckdb-{duckdb.__version__}")
        if seen.rows < self._rows:
            table = self.sql("SELECT hash(id) FROM events WHERE seq >= ?", (seen.rows,))
            seen.add(table.column(0).to_numpy())
        return seen

    def _with_table(self, query: str, given: pa.Table) -> pa.Table:
        with self._connection.cursor() as cursor:
            cursor.register("given", given)
            return cursor.sql(query).to_arrow_table()

    def _meta(self, key: str) -> str:
        return str(self.sql("SELECT value FROM meta WHERE key = ?", (key,)).column(0)[0].as_py())

    def _number(self, query: str) -> int:
        return int(self.sql(query).column(0)[0].as_py())


def _event_table(events: Sequence[Event], people: Sequence[int], first: int) -> pa.Table:
    encode = msgspec.json.encode
    columns: dict[str, pa.Array] = {
        "seq": pa.array(range(first, first + len(events)), pa.int64()),
        "id": pa.array([e.id for e in events], pa.string()),
        "event": pa.array([e.event for e in events], pa.string()),
        "time": pa.array([e.time_us for e in events], _TIME),
        "received": pa.array([e.received_us for e in events], _TIME),
        "person": pa.array(people, pa.int32()),
        "distinct_id": pa.array([e.distinct_id for e in events], pa.string()),
        "account": pa.array([e.account for e in events], pa.string()),
    }
    for name in CONTEXT_COLUMNS:
        columns[name] = pa.array([getattr(e, name) for e in events], pa.string())
    columns["properties"] = pa.array([encode(e.properties).decode() for e in events], pa.string())
    return pa.table(columns)


def _patched(properties: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**properties, **patch}
    return {key: value for key, value in merged.items() if value is not None}


@dataclass(slots=True)
class _Stored:
    """A person's row."""

    person: int
    created: datetime
    known: bool
    account: str | None
    properties: dict[str, Any]


def _move_ids(cursor: duckdb.DuckDBPyConnection, final: Mapping[int, int]) -> None:
    cursor.register(
        "moves",
        pa.table(
            {
                "source": pa.array(list(final), pa.int32()),
                "target": pa.array(list(final.values()), pa.int32()),
            }
        ),
    )
    for table, column in (("distinct_ids", "person"), ("merges", "target")):
        cursor.execute(
            f"UPDATE {table} SET {column} = moves.target FROM moves "
            f"WHERE {table}.{column} = moves.source"
        )
    cursor.execute("INSERT INTO merges SELECT source, target, now()::TIMESTAMP FROM moves")


def _people(cursor: duckdb.DuckDBPyConnection, persons: set[int]) -> dict[int, _Stored]:
    cursor.register("touched", pa.table({"person": pa.array(sorted(persons), pa.int32())}))
    rows = cursor.execute(
        "SELECT person, created, known, account, properties "
        "FROM persons SEMI JOIN touched USING (person)"
    ).fetchall()
    return {
        person: _Stored(person, created, known, account, msgspec.json.decode(properties))
        for person, created, known, account, properties in rows
    }


def _people_after(
    people: dict[int, _Stored], batch: Batch, final: Mapping[int, int]
) -> list[_Stored]:
    """Return the rows that a batch changes; a merged person's own properties never win."""
    for merge in batch.merges:
        source, target = people[merge.source], people[merge.target]
        target.properties = {**source.properties, **target.properties}
        target.known |= source.known
        target.created = min(target.created, source.created)
        target.account = target.account or source.account
    for person in batch.known:
        people[final.get(person, person)].known = True
    for person, account in batch.person_accounts.items():
        people[final.get(person, person)].account = account
    for person, patch in batch.person_properties.items():
        row = people[final.get(person, person)]
        row.properties = _patched(row.properties, patch)
    return [row for row in people.values() if row.person not in final]


def _update_persons(cursor: duckdb.DuckDBPyConnection, rows: Sequence[_Stored]) -> None:
    encode = msgspec.json.encode
    cursor.register(
        "updated",
        pa.table(
            {
                "person": pa.array([r.person for r in rows], pa.int32()),
                "created": pa.array([r.created for r in rows], _TIME),
                "known": pa.array([r.known for r in rows], pa.bool_()),
                "account": pa.array([r.account for r in rows], pa.string()),
                "properties": pa.array([encode(r.properties).decode() for r in rows], pa.string()),
            }
        ),
    )
    cursor.execute(
        "UPDATE persons SET created = u.created, known = u.known, account = u.account, "
        "properties = u.properties FROM updated u WHERE persons.person = u.person"
    )
