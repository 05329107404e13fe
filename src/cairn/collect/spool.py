"""The spool: files of requests that were acknowledged and wait to be loaded.

A segment is a header and then records, each `magic · length · CRC-32 · payload`. One receiver
process writes a segment and holds its lock; whoever gets the lock knows that nothing more will come.
Reading never fails: bytes that are no record become a `Damage`, and reading goes on at the next
record. A record that is still being written at the end of a locked segment is simply not there yet.

The record magic starts with a byte that UTF-8 never uses, so no request body contains it.
"""

from __future__ import annotations

import fcntl
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cairn.core.files import sync_folder

HEADER = b"CAIRN-1\n"
RECORD_LIMIT = 2 << 20
"""The longest record, in bytes. A length beyond it can only be damage."""

_MAGIC = b"\xf5CR\x01"
_HEAD = struct.Struct("<4sII")
_PAYLOAD = struct.Struct("<QB")
_CHUNK = 3 * RECORD_LIMIT
_SUFFIX = ".seg"


@dataclass(frozen=True, slots=True)
class Record:
    """One acknowledged request: when it arrived, in which format (`segment/batch`), and its body."""

    received_us: int
    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes of a segment that cannot be read as records."""

    segment: str
    first: int
    last: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Place:
    """What lies in a segment up to `end`, the byte from which to read on."""

    found: Record | Damage
    end: int


def encode(record: Record) -> bytes:
    """Return the record as it stands in a segment."""
    kind = record.kind.encode()
    payload = _PAYLOAD.pack(record.received_us, len(kind)) + kind + record.body
    return _HEAD.pack(_MAGIC, len(payload), zlib.crc32(payload)) + payload


def segment_path(folder: Path, receiver: str, boot: str, number: int) -> Path:
    """Return where a receiver's n-th segment since its start lies."""
    return folder / f"{receiver}-{boot}-{number:06d}{_SUFFIX}"


def segments(folder: Path) -> list[Path]:
    """Return the segments of a spool, oldest first."""

    def age(path: Path) -> tuple[str, str]:
        receiver, _, rest = path.stem.partition("-")
        return rest, receiver

    return sorted(folder.glob("*" + _SUFFIX), key=age)


def is_finished(path: Path) -> bool:
    """Return whether no process writes the segment any more."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def read_segment(path: Path, offset: int, finished: bool) -> Iterator[Place]:
    """Yield what follows `offset`, up to the end of what is wholly written.

    With `finished`, bytes at the end that make no whole record are damage; without, they are a
    record on its way and are left for later.
    """
    with path.open("rb", buffering=0) as file:
        while True:
            file.seek(offset)
            chunk = file.read(_CHUNK)
            at_end = len(chunk) < _CHUNK
            last = offset
            for place in _places(path.name, chunk, offset, at_end, finished):
                last = place.end
                yield place
            if at_end or last == offset:
                return
            offset = last


def _places(
    segment: str, chunk: bytes, offset: int, at_end: bool, finished: bool
) -> Iterator[Place]:
    at = 0
    if offset == 0:
        if chunk.startswith(HEADER):
            at = len(HEADER)
        elif at_end and HEADER.startswith(chunk):
            return
    while at < len(chunk):
        end = _record_end(chunk, at)
        if end:
            yield Place(_record(chunk, at, end), offset + end)
            at = end
            continue
        resume = _next_record(chunk, at + 1)
        if not resume and not at_end and at > 0:
            return
        if not resume and at_end and not finished:
            return
        resume = resume or (len(chunk) if at_end else len(chunk) - RECORD_LIMIT - _HEAD.size)
        yield Place(
            Damage(segment, offset + at, offset + resume, chunk[at:resume]), offset + resume
        )
        at = resume


def _record_end(chunk: bytes, at: int) -> int:
    """Return where the whole, undamaged record at this place ends, or 0."""
    start = at + _HEAD.size
    if start > len(chunk):
        return 0
    magic, length, checksum = _HEAD.unpack_from(chunk, at)
    end: int = start + length
    if magic != _MAGIC or not _PAYLOAD.size <= length <= RECORD_LIMIT or end > len(chunk):
        return 0
    return end if zlib.crc32(memoryview(chunk)[start:end]) == checksum else 0


def _next_record(chunk: bytes, at: int) -> int:
    while (at := chunk.find(_MAGIC, at)) >= 0:
        if _record_end(chunk, at):
            return at
        at += 1
    return 0


def _record(chunk: bytes, at: int, end: int) -> Record:
    start = at + _HEAD.size
    received_us, length = _PAYLOAD.unpack_from(chunk, start)
    body = start + _PAYLOAD.size + length
    kind = chunk[start + _PAYLOAD.size : body].decode("utf-8", "replace")
    return Record(received_us, kind, chunk[body:end])


class Segment:
    """A segment being written. Not safe for several threads."""

    def __init__(self, path: Path) -> None:
        """Create the file, locked from the first moment at which it can be seen."""
        self.path = path
        self.size = len(HEADER)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        self._file = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o640)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            _write_all(self._file, HEADER)
            os.fsync(self._file)
            draft.rename(path)
            for folder in (path.parent, *path.parent.parents[:2]):  # also when they are new
                sync_folder(folder)
        except OSError:
            os.close(self._file)
            draft.unlink(missing_ok=True)
            raise

    def append(self, records: bytes) -> None:
        """Return when the records are on disk. On an OSError none of them is, and none was harmed.

        After an error the segment must be closed: a reader may have seen what was cut back.
        """
        try:
            _write_all(self._file, records)
            os.fdatasync(self._file)
        except OSError:
            os.ftruncate(self._file, self.size)
            raise
        self.size += len(records)

    def close(self) -> None:
        """Finish the segment, which releases its lock."""
        os.close(self._file)


def _write_all(file: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(file, rest) :]
