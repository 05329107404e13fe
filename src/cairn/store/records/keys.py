"""Which project a write key belongs to, for receiver processes: a light, read-only look."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections import OrderedDict
from pathlib import Path

from cairn.core.errors import Unavailable

_KNOWN_SECONDS = 5.0
_UNKNOWN_SECONDS = 1.0
_REMEMBERED = 10_000
_FIND = """
SELECT project_id FROM keys WHERE public = :key
UNION ALL
SELECT project_id FROM keys
WHERE secret_hash = :hash AND EXISTS (SELECT 1 FROM json_each(scopes) WHERE value = 'write')
LIMIT 1
"""


class WriteKeys:
    """Answers whose write key this is. One thread asks.

    Answers are remembered for a few seconds, so a deleted key works at most that much longer and a
    new one after at most a second.
    """

    def __init__(self, path: Path) -> None:
        """Read keys from the records in the file; it may come into being later."""
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._remembered: OrderedDict[str, tuple[float, str | None]] = OrderedDict()

    def project_of(self, key: str) -> str | None:
        """Return the id of the key's project, or None when no key allows to write there."""
        now = time.monotonic()
        remembered = self._remembered.get(key)
        if remembered is not None and remembered[0] > now:
            return remembered[1]
        project = self._find(key)
        lasts = _UNKNOWN_SECONDS if project is None else _KNOWN_SECONDS
        self._remembered[key] = (now + lasts, project)
        self._remembered.move_to_end(key)
        if len(self._remembered) > _REMEMBERED:
            self._remembered.popitem(last=False)
        return project

    def close(self) -> None:
        """Release the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _find(self, key: str) -> str | None:
        if "\0" in key or not self._path.exists():
            return None
        try:
            if self._connection is None:
                self._connection = sqlite3.connect(
                    f"{self._path.absolute().as_uri()}?mode=ro",
                    uri=True,
                    timeout=5,
                    check_same_thread=False,
                )
            digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
            given = key.encode("utf-8", "replace").decode()
            row = self._connection.execute(_FIND, {"key": given, "hash": digest}).fetchone()
        except sqlite3.OperationalError as error:
            self.close()
            if "no such table" in str(error):
                return None
            raise Unavailable(
                f"the write keys cannot be read: {error}", hint="Send the events again shortly."
            ) from error
        return None if row is None else str(row[0])
