"""A file or standard input as bytes without compression, which is recognised by its first bytes."""

from __future__ import annotations

import gzip
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import zstandard

from cairn.core.errors import InvalidInput, NotFound

STDIN = "-"
GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"


@dataclass(slots=True)
class Source:
    """An open input: read `content`, and see how far along the stored file that is."""

    name: str
    content: io.BufferedReader
    stored: BinaryIO
    size: int | None

    @property
    def position(self) -> int:
        """Return how many bytes of the file as stored have been read."""
        return self.stored.tell() if self.size is not None else 0


@contextmanager
def open_source(name: str) -> Iterator[Source]:
    """Open a file, or standard input for `-`. Raises NotFound, or InvalidInput for a folder."""
    if name == STDIN:
        yield Source("stdin", _unpacked(sys.stdin.buffer), sys.stdin.buffer, None)
        return
    path = Path(name)
    try:
        stored = path.open("rb")
    except FileNotFoundError:
        raise NotFound(
            f"there is no file {name!r}", hint="Check the path; `-` reads standard input."
        ) from None
    except OSError as error:
        raise InvalidInput(f"{name!r} cannot be read: {error.strerror}") from error
    with stored:
        yield Source(path.name, _unpacked(stored), stored, path.stat().st_size)


def _unpacked(stored: BinaryIO) -> io.BufferedReader:
    peekable = (
        stored
        if isinstance(stored, io.BufferedReader)
        else io.BufferedReader(cast(io.RawIOBase, stored))
    )
    start = peekable.peek(4)[:4]
    if start.startswith(GZIP):
        return io.BufferedReader(cast(io.RawIOBase, gzip.GzipFile(fileobj=peekable)), 1 << 18)
    if start == ZSTD:
        return io.BufferedReader(_Zstd(peekable), 1 << 18)
    return peekable


class _Zstd(io.RawIOBase):
    """Unpacks frames one after the other, and raises EOFError when the last one is cut off."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._is_between_frames = True
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            content = self._packed.read(1 << 17)
            if not content:
                if self._is_between_frames:
                    return 0
                raise EOFError("it ends inside a zstd frame")
            self._ready = memoryview(self._unpacked(content))
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _unpacked(self, content: bytes) -> bytes:
        parts = []
        while content:
            parts.append(self._frame.decompress(content))
            content = self._frame.unused_data
            self._is_between_frames = self._frame.eof
            if self._frame.eof:
                self._frame = zstandard.ZstdDecompressor().decompressobj()
        return b"".join(parts)
