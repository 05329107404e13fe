"""Properties as columns of codes, read from DuckDB when first asked for and kept beside the base."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cairn.core.files import save_array_durably, write_durably
from cairn.store.duckdb.arrange import take_positions
from cairn.store.duckdb.derived import UNREADABLE, read_array
from cairn.store.duckdb.extract import event_text, json_text
from cairn.store.snapshot import Codes, Column, Lookup

Query = Callable[[str, Sequence[Any]], pa.Table]
_SLICE = 4_000_000


@dataclass(slots=True)
class _Growing:
    """An event property under construction: its base is fixed, its recent part only grows."""

    base: Codes
    recent: Codes
    filled: int
    values: list[str | None]
    code_of: dict[str, int]


@dataclass(slots=True)
class _Current:
    """A person property as of a number of changes."""

    codes: Codes
    values: list[str | None]
    code_of: dict[str, int]
    persons: int
    changes_seen: int


@dataclass(slots=True)
class PersonChanges:
    """Which persons' properties each batch changed, so that lookups read only those again."""

    batches: list[Any] = field(default_factory=list)
    accounts_version: int = 0


class DuckDBColumns:
    """The properties of one generation of the index. Safe to use from many threads."""

    def __init__(self, folder: Path, row: Codes, query: Query, changes: PersonChanges) -> None:
        """Read properties for the base whose events, in its order, arrived as `row`."""
        self.folder = folder
        self._row = row
        self._query = query
        self._changes = changes
        self._events: dict[str, _Growing] = {}
        self._persons: dict[str, _Current] = {}
        self._accounts: dict[str, tuple[int, dict[str, str | None]]] = {}
        self._lock = threading.RLock()

    def event(self, name: str, recent: int) -> Column:
        """Return an event property for the base and the first `recent` events after it."""
        with self._lock:
            growing = self._events.get(name)
            if growing is None:
                growing = self._read_file(name) or self._read_base(name)
                self._events[name] = growing
            if growing.filled < recent:
                self._extend(name, growing, recent)
            return Column(growing.base, growing.recent[:recent], growing.values)

    def person(self, name: str, persons: int) -> Lookup:
        """Return a property of every person, as it is now."""
        with self._lock:
            current = self._persons.get(name)
            seen = len(self._changes.batches)
            text = json_text("properties", name)
            if current is None:
                table = self._query(f"SELECT person, {text} AS value FROM persons", ())
                current = _Current(np.zeros(persons, np.uint32), [None], {}, persons, seen)
                self._persons[name] = current
            elif current.changes_seen < seen:
                changed = np.unique(np.concatenate(self._changes.batches[current.changes_seen :]))
                table = self._query(
                    f"SELECT person, {text} AS value FROM persons "
                    "WHERE person IN (SELECT unnest(?::INTEGER[]))",
                    (changed.tolist(),),
                )
                current.changes_seen = seen
            else:
                table = None
            if persons > len(current.codes):
                grown = np.zeros(max(persons, len(current.codes) * 3 // 2), np.uint32)
                grown[: len(current.codes)] = current.codes
                current.codes = grown
            if table is not None and table.num_rows:
                person = table["person"].to_numpy()
                codes = _encode(table["value"], current.values, current.code_of)
                inside = person < len(current.codes)
                current.codes = current.codes.copy()
                current.codes[person[inside]] = codes[inside]
            return Lookup(current.codes[:persons], current.values)

    def account(self, name: str, accounts: Sequence[str | None]) -> Lookup:
        """Return a property of the accounts given, as it is now."""
        with self._lock:
            version = self._changes.accounts_version
            known = self._accounts.get(name)
            if known is None or known[0] != version:
                table = self._query(
                    f"SELECT account, {json_text('properties', name)} AS value FROM accounts", ()
                )
                pairs = zip(table["account"].to_pylist(), table["value"].to_pylist(), strict=True)
                known = (version, dict(pairs))
                self._accounts[name] = known
        values: list[str | None] = [None]
        code_of: dict[str, int] = {}
        codes = np.zeros(len(accounts), np.uint32)
        for i, account in enumerate(accounts):
            value = known[1].get(account) if account is not None else None
            if value is not None:
                if value not in code_of:
                    code_of[value] = len(values)
                    values.append(value)
                codes[i] = code_of[value]
        return Lookup(codes, values)

    def carry_over(self, old: DuckDBColumns, positions: Codes, recent: int) -> None:
        """Write what an older generation has read, in this base's order."""
        for name in list(old._events):
            column = old.event(name, recent)
            base = np.empty(len(positions), np.uint32)
            take_positions(positions, column.base, column.recent, base)
            self._write_file(name, base, list(column.values))

    def _read_base(self, name: str) -> _Growing:
        rows = len(self._row)
        values: list[str | None] = [None]
        code_of: dict[str, int] = {}
        arrival = np.zeros(rows, np.uint32)
        for first in range(0, rows, _SLICE):
            last = min(first + _SLICE, rows)
            self._fill(name, first, last, arrival[first:], first, values, code_of)
        base = arrival[self._row] if rows else arrival
        if rows:
            self._write_file(name, base, values)
        return _Growing(base, np.zeros(0, np.uint32), 0, values, code_of)

    def _extend(self, name: str, growing: _Growing, recent: int) -> None:
        if recent > len(growing.recent):
            grown = np.zeros(max(recent, len(growing.recent) * 3 // 2), np.uint32)
            grown[: growing.filled] = growing.recent[: growing.filled]
            growing.recent = grown
        first = len(self._row) + growing.filled
        last = len(self._row) + recent
        target = growing.recent[growing.filled :]
        self._fill(name, first, last, target, first, growing.values, growing.code_of)
        growing.filled = recent

    def _fill(
        self,
        name: str,
        first: int,
        last: int,
        target: Codes,
        offset: int,
        values: list[str | None],
        code_of: dict[str, int],
    ) -> None:
        table = self._query(
            f"SELECT seq, {event_text(name)} AS value FROM events WHERE seq >= ? AND seq < ?",
            (first, last),
        )
        target[table["seq"].to_numpy() - offset] = _encode(table["value"], values, code_of)

    def _paths(self, name: str) -> tuple[Path, Path]:
        digest = hashlib.sha256(name.encode()).hexdigest()[:24]
        folder = self.folder / "columns"
        return folder / f"{digest}.npy", folder / f"{digest}.json"

    def _read_file(self, name: str) -> _Growing | None:
        codes_path, values_path = self._paths(name)
        try:
            values = json.loads(values_path.read_text())
            base = read_array(codes_path, np.uint32)
        except UNREADABLE:
            return None
        if len(base) != len(self._row) or not _are_values(values):
            return None
        code_of = {value: code for code, value in enumerate(values) if code}
        return _Growing(base, np.zeros(0, np.uint32), 0, values, code_of)

    def _write_file(self, name: str, base: Codes, values: list[str | None]) -> None:
        codes_path, values_path = self._paths(name)
        codes_path.parent.mkdir(parents=True, exist_ok=True)
        save_array_durably(codes_path, base)
        write_durably(values_path, json.dumps(values).encode())


def _are_values(found: Any) -> bool:
    return (
        isinstance(found, list)
        and found[:1] == [None]
        and all(isinstance(value, str) for value in found[1:])
    )


def _encode(texts: pa.ChunkedArray, values: list[str | None], code_of: dict[str, int]) -> Codes:
    """Return the code of each text, giving new texts the next codes; null is 0."""
    encoded = pc.dictionary_encode(texts.combine_chunks())
    translation = np.empty(len(encoded.dictionary) + 1, np.uint32)
    for i, text in enumerate(encoded.dictionary.to_pylist()):
        code = code_of.get(text)
        if code is None:
            code = len(values)
            code_of[text] = code
            values.append(text)
        translation[i] = code
    translation[-1] = 0
    indices = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False)
    return np.asarray(translation[indices])
