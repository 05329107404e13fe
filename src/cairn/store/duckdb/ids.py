"""Which message ids are stored already, without asking the database for each.

A sorted array of 64-bit hashes of all ids: the base memory-mapped from a file, the recent ones in
memory. A hash that is not here belongs to a new id; one that is here is confirmed in DuckDB, so
that two ids with one hash are never taken for the same. Derived, and rebuilt when missing.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cairn.core.files import save_array_durably, write_durably
from cairn.store.duckdb.derived import UNREADABLE, read_array, read_object

Hashes = NDArray[np.uint64]


class SeenIds:
    """A set of 64-bit hashes that grows. One thread adds."""

    def __init__(self, folder: Path, stamp: str) -> None:
        """Open the file made for the database and hash function that `stamp` names."""
        self._folder = folder
        self._stamp = stamp
        self._recent: Hashes = np.zeros(0, np.uint64)
        self.rows = 0
        self._base: Hashes = np.zeros(0, np.uint64)
        try:
            meta = read_object(folder / "ids.json")
            base = read_array(folder / "ids.npy", np.uint64)
            if meta["stamp"] == stamp and meta["rows"] == len(base):
                self._base, self.rows = base, len(base)
        except UNREADABLE:
            pass  # a missing or damaged file is rebuilt from the database

    def maybe(self, hashes: Hashes) -> NDArray[np.bool_]:
        """Return for each hash whether it is in the set."""
        return _contains(self._base, hashes) | _contains(self._recent, hashes)

    def add(self, hashes: Hashes) -> None:
        """Add the hashes of a batch."""
        fresh = np.sort(hashes)
        self._recent = np.insert(self._recent, np.searchsorted(self._recent, fresh), fresh)
        self.rows += len(fresh)

    def save(self) -> None:
        """Write all hashes to the file, so that the next start reads none from the database."""
        if not len(self._recent):
            return
        merged = np.insert(self._base, np.searchsorted(self._base, self._recent), self._recent)
        (self._folder / "ids.json").unlink(missing_ok=True)
        save_array_durably(self._folder / "ids.npy", merged)
        meta = {"stamp": self._stamp, "rows": len(merged)}
        write_durably(self._folder / "ids.json", json.dumps(meta).encode())
        self._base = read_array(self._folder / "ids.npy", np.uint64)
        self._recent = np.zeros(0, np.uint64)

    @property
    def recent(self) -> int:
        """Return how many hashes are not in the file."""
        return len(self._recent)


def _contains(ordered: Hashes, hashes: Hashes) -> NDArray[np.bool_]:
    if not len(ordered):
        return np.zeros(len(hashes), np.bool_)
    place = np.minimum(np.searchsorted(ordered, hashes), len(ordered) - 1)
    return np.asarray(ordered[place] == hashes)
