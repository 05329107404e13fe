"""How far an import has come, kept in a file until it is finished."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from cairn.core.files import write_durably

_HEAD_BYTES = 65_536


class Tally(msgspec.Struct, frozen=True):
    """What has become of the rows up to a line, and how long the file of rejected rows is.

    `sent` counts rows that became messages, `skipped` those that the mapping leaves out.
    """

    line: int = 0
    rows: int = 0
    sent: int = 0
    skipped: int = 0
    rejected: int = 0
    rejected_bytes: int = 0


class _Kept(msgspec.Struct):
    content: str
    tally: Tally


class Bookmark:
    """Where one file's import into one project stopped; empty when it was never interrupted."""

    def __init__(self, folder: Path, file: Path, target: Sequence[str]) -> None:
        """Keep the place in a folder, for this file, project and way of reading it."""
        digest = hashlib.blake2b(digest_size=6)
        for part in (str(file.resolve()), *target):
            digest.update(part.encode("utf-8", "surrogateescape") + b"\0")
        self.path = folder / f"{file.name[:80]}-{digest.hexdigest()}.json"
        self.rejected_path = self.path.with_suffix(".rejected.jsonl")
        self._content = _content_of(file)

    def read(self) -> Tally:
        """Return how far the import came, if the file is still the same."""
        try:
            kept = msgspec.json.decode(self.path.read_bytes(), type=_Kept)
        except (OSError, msgspec.DecodeError):
            return Tally()
        return kept.tally if kept.content == self._content else Tally()

    def write(self, tally: Tally) -> None:
        """Remember that everything up to here is safe."""
        write_durably(self.path, msgspec.json.encode(_Kept(self._content, tally)))

    def remove(self) -> None:
        """Forget the place: the import is finished, and a repeat reads the whole file."""
        self.path.unlink(missing_ok=True)


def _content_of(file: Path) -> str:
    with file.open("rb") as stored:
        head = hashlib.blake2b(stored.read(_HEAD_BYTES), digest_size=12).hexdigest()
    state = file.stat()
    return f"{state.st_size} {state.st_mtime_ns} {head}"
