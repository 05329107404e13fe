"""The wire formats of client libraries, one file each. Adding one is a file and a line in `WIRES`."""

from __future__ import annotations

from cairn.collect.wire import segment
from cairn.collect.wire.base import Reading, Wire

WIRES = (segment.WIRE,)

__all__ = ["WIRES", "Reading", "Wire"]
