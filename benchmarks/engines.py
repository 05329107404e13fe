"""The engines that a question is put to: Cairn's store, ClickHouse inside this process, and DuckDB.

Each has the events in the form that suits it best, and as many threads as the machine has cores.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from chdb.session import Session

from benchmarks.data import DataSet
from benchmarks.questions import DAY_US, Question
from cairn.insights.registry import kind_of
from cairn.insights.run import span_of
from cairn.query.periods import Calendar
from cairn.query.sequences import Sequences
from cairn.store.duckdb.store import DuckDBStore

THREADS = os.cpu_count() or 1

CLICKHOUSE_TABLE = """CREATE TABLE {name} (
    event LowCardinality(String),
    time Int64,
    person UInt32,
    country LowCardinality(String),
    platform LowCardinality(String),
    plan LowCardinality(String),
    amount Nullable(Float64)
) ENGINE = MergeTree ORDER BY ({key})"""
CLICKHOUSE_KEYS = {"by_person": "person, time", "by_event": "event, person, time"}


class Cairn:
    """Cairn's own store, asked directly."""

    name = "Cairn"

    def __init__(self, folder: Path) -> None:
        self.store = DuckDBStore.open(folder, THREADS)
        self._calendar: Calendar | None = None

    def load(self, data: DataSet) -> None:
        """Take in the events and fold the index."""
        self.store.ingest_arrow(data.events, data.persons)
        self.store.fold()

    def formulations(self, question: Question) -> dict[str, str]:
        """Return the one way there is to ask."""
        return {"one call": ""}

    def run(self, question: Question, sql: str) -> Any:
        """Answer a question."""
        if self._calendar is None:
            newest = self.store.sql("SELECT epoch_us(max(time)) FROM events").column(0)[0].as_py()
            self._calendar = Calendar(ZoneInfo("UTC"), newest + DAY_US)
        spec, span = question.spec, span_of(self.store, question.spec, self._calendar)
        people = Sequences(self.store.snapshot, THREADS)
        return kind_of(spec).kernel().answer(spec, people, span, self._calendar)

    def cells(self, question: Question, result: Any) -> Any:
        """Return the answer as cells."""
        return question.answer(result)

    def close(self) -> None:
        """Release files."""
        self.store.close()


class ClickHouse:
    """ClickHouse through chDB, with one table ordered by person and one by event."""

    name = "ClickHouse"

    def __init__(self, folder: Path) -> None:
        self._session: Any = Session(str(folder))  # type: ignore[no-untyped-call]
        self._folder = folder

    def load(self, data: DataSet) -> None:
        """Fill both tables and merge each into one part."""
        self._session.query("CREATE DATABASE bench; USE bench")
        file = self._folder / "events.parquet"
        columns = data.events.set_column(1, "time", data.events["time"].cast(pa.int64()))
        pq.write_table(columns, file, compression="lz4")
        for name, key in CLICKHOUSE_KEYS.items():
            self._session.query(CLICKHOUSE_TABLE.format(name=name, key=key))
            self._session.query(f"INSERT INTO {name} SELECT * FROM file('{file}', Parquet)")
            self._session.query(f"OPTIMIZE TABLE {name} FINAL")
        file.unlink()

    def formulations(self, question: Question) -> dict[str, str]:
        """Return the queries that are tried, by name."""
        return dict(question.clickhouse)

    def run(self, question: Question, sql: str) -> Any:
        """Answer a query."""
        setting = f"max_threads = {THREADS}"
        joined = f"{sql}, {setting}" if "SETTINGS" in sql else f"{sql} SETTINGS {setting}"
        return self._session.query(joined, "Arrow")

    def cells(self, question: Question, result: Any) -> Any:
        """Return the answer as cells."""
        table = pa.ipc.open_file(io.BytesIO(result.bytes())).read_all()
        return question.rows(_with_texts(table))

    def close(self) -> None:
        """Release files."""
        self._session.close()


class DuckDB:
    """DuckDB with one table in order of person and time, and names as enums."""

    name = "DuckDB"

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._connection = duckdb.connect(str(folder / "events.db"), config={"threads": THREADS})

    def load(self, data: DataSet) -> None:
        """Fill the table."""
        self._connection.register("arrived", data.events)
        for column in ("event", "country", "platform", "plan"):
            self._connection.execute(
                f"CREATE TYPE {column}_name AS ENUM (SELECT DISTINCT {column}::VARCHAR FROM arrived)"
            )
        self._connection.execute(
            "CREATE TABLE by_person AS SELECT event::VARCHAR::event_name AS event, "
            "epoch_us(time) AS time, person, country::VARCHAR::country_name AS country, "
            "platform::VARCHAR::platform_name AS platform, plan::VARCHAR::plan_name AS plan, amount "
            "FROM arrived ORDER BY person, time"
        )
        self._connection.unregister("arrived")
        self._connection.execute("CHECKPOINT")

    def formulations(self, question: Question) -> dict[str, str]:
        """Return the queries that are tried, by name."""
        return dict(question.duckdb)

    def run(self, question: Question, sql: str) -> Any:
        """Answer a query."""
        return self._connection.sql(sql).to_arrow_table()

    def cells(self, question: Question, result: Any) -> Any:
        """Return the answer as cells."""
        return question.rows(result)

    def close(self) -> None:
        """Release files."""
        self._connection.close()


def _with_texts(table: pa.Table) -> pa.Table:
    """Return the table with binary columns as text."""
    return table.cast(
        pa.schema(
            [
                pa.field(f.name, pa.string() if pa.types.is_binary(f.type) else f.type)
                for f in table.schema
            ]
        )
    )
