"""SQL that people write: read-only, over documented views, bounded in rows, bytes and time."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa

from cairn.core.errors import InvalidInput, QueryTimeout
from cairn.store.sql import Rows

MOST_BYTES = 32 << 20
_BATCH_ROWS = 2_048
_READS = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)


class DuckDBSql:
    """Runs people's SQL on one project. Safe from any thread."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Ask over cursors of this connection, which must not reach files or the network."""
        self._connection = connection

    def run(
        self,
        query: str,
        parameters: Mapping[str, Any],
        most_rows: int,
        timeout_seconds: float,
        tables: Mapping[str, pa.Table] | None = None,
    ) -> Rows:
        """Return the rows of one statement that reads; `$name` in it is a parameter.

        Raises InvalidInput for what cannot be run, QueryTimeout when it takes too long.
        """
        _must_read(query)
        with self._connection.cursor() as cursor:
            for name, table in (tables or {}).items():
                cursor.register(name, table)
            late = threading.Timer(timeout_seconds, cursor.interrupt)
            late.daemon = True
            late.start()
            try:
                cursor.execute("SET search_path = 'sql'")
                cursor.execute("BEGIN TRANSACTION READ ONLY")
                found = cursor.sql(query, params=dict(parameters) or None)
                return _bounded(found.to_arrow_reader(_BATCH_ROWS), most_rows)
            except duckdb.InterruptException as error:
                raise QueryTimeout(
                    f"the query took longer than {timeout_seconds:g} s",
                    hint="Look at fewer events, for example with a condition on time.",
                ) from error
            except duckdb.OutOfMemoryException as error:
                raise InvalidInput(
                    "the query needs more memory than it may use",
                    hint="Look at fewer events, or raise memory_limit_mb.",
                ) from error
            except duckdb.Error as error:
                raise InvalidInput(
                    f"the query cannot be run: {_first_lines(error)}",
                    hint="The views are events, persons, sessions, accounts and distinct_ids; "
                    "DESCRIBE events shows the columns of one.",
                ) from error
            finally:
                late.cancel()


def _must_read(query: str) -> None:
    """Raise InvalidInput unless there is one statement and it reads."""
    try:
        statements = duckdb.extract_statements(query)
    except duckdb.Error as error:
        raise InvalidInput(f"the query cannot be read: {_first_lines(error)}") from error
    if len(statements) != 1:
        raise InvalidInput(
            f"there are {len(statements)} statements in the query", hint="Send one at a time."
        )
    if statements[0].type not in _READS:
        raise InvalidInput(
            f"a {statements[0].type.name} statement would not only read",
            hint="Use SELECT, WITH, FROM, DESCRIBE, SUMMARIZE or EXPLAIN.",
        )


def _bounded(reader: pa.RecordBatchReader, most_rows: int) -> Rows:
    """Take rows until there are enough, or they have become too large."""
    batches, rows, size = [], 0, 0
    more = False
    for batch in reader:
        if rows + batch.num_rows > most_rows or size + batch.nbytes > MOST_BYTES:
            kept = min(batch.num_rows, most_rows - rows) if size <= MOST_BYTES else 0
            batches.append(batch.slice(0, kept))
            more = True
            break
        batches.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
    return Rows(pa.Table.from_batches(batches, reader.schema), more)


def _first_lines(error: duckdb.Error) -> str:
    text = str(error).split("\n\nLINE", 1)[0]
    return " ".join(text.split())[:500]
