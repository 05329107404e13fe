"""A look at a project's files while no server has them open, which changes nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb

from cairn.core.errors import CairnError


@dataclass(frozen=True, slots=True)
class Examined:
    """How many events there are, and how many of them the index holds already."""

    events: int
    indexed: int | None
    index: Literal["present", "stale", "missing"]


def examine(folder: Path) -> Examined:
    """Open the events for reading only. Raises CairnError when they cannot be opened."""
    try:
        with duckdb.connect(str(folder / "events.duckdb"), read_only=True) as connection:
            events = _one(connection, "SELECT count(*) FROM events")
            database = _one(connection, "SELECT value FROM meta WHERE key = 'database'")
    except duckdb.Error as error:
        raise CairnError(
            f"the events in {folder} cannot be opened: {error}",
            hint="Does another process hold the file? Otherwise check the disk, and restore the "
            "folder from a backup.",
        ) from error
    try:
        name = json.loads((folder / "index" / "current.json").read_text())["generation"]
        written = json.loads((folder / "index" / str(name) / "meta.json").read_text())
        stale = written["database"] != database or written["rows"] > events
        return Examined(int(events), written["rows"], "stale" if stale else "present")
    except (OSError, ValueError, KeyError, TypeError):
        return Examined(int(events), None, "missing")


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int | str:
    row = connection.execute(query).fetchone()
    assert row is not None
    value: int | str = row[0]
    return value
