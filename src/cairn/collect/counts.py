"""What each receiver process has done, counted where every process can read it.

Each receiver keeps its counters in a small memory-mapped file, so that whichever process answers
`/metrics` shows the sum over all of them.
"""

from __future__ import annotations

import mmap
import os
import struct
from pathlib import Path

NAMES = {
    "requests": "Requests whose events are on disk.",
    "events": "Events in those requests.",
    "bytes": "Bytes of those requests, unpacked.",
    "refused": "Requests that were answered with an error.",
}
_NUMBER = struct.Struct("<Q")
_SIZE = _NUMBER.size * len(NAMES)
_AT = {name: i * _NUMBER.size for i, name in enumerate(NAMES)}


class Counts:
    """The counters of one receiver. One thread counts."""

    def __init__(self, folder: Path, receiver: str) -> None:
        """Go on counting in the receiver's file, or start one."""
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / f"{receiver}.counts", os.O_RDWR | os.O_CREAT, 0o640)
        try:
            if os.fstat(handle).st_size != _SIZE:
                os.ftruncate(handle, 0)
                os.pwrite(handle, bytes(_SIZE), 0)
            self._memory = mmap.mmap(handle, _SIZE)
        finally:
            os.close(handle)
        self._values = {name: self._stored(name) for name in NAMES}

    def add(self, name: str, amount: int = 1) -> None:
        """Count `amount` more."""
        self._values[name] += amount
        _NUMBER.pack_into(self._memory, _AT[name], self._values[name])

    def _stored(self, name: str) -> int:
        number: int = _NUMBER.unpack_from(self._memory, _AT[name])[0]
        return number


def received_text(folder: Path) -> str:
    """Return the sums over all receivers of a folder in Prometheus' text form."""
    totals = dict.fromkeys(NAMES, 0)
    for path in folder.glob("*.counts"):
        content = path.read_bytes()
        if len(content) == _SIZE:
            for name in NAMES:
                totals[name] += _NUMBER.unpack_from(content, _AT[name])[0]
    return "".join(
        f"# HELP cairn_received_{name}_total {about}\n"
        f"# TYPE cairn_received_{name}_total counter\n"
        f"cairn_received_{name}_total {totals[name]}\n"
        for name, about in NAMES.items()
    )
