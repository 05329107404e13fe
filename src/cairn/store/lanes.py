"""Each event's own times, person by person: what a question about few events reads instead of all.

A lane is made when it is first asked for, in one pass over the base, and kept in memory: 8 bytes for
each time the event occurred, and 4 for each person. All lanes lie in one array, so that compiled loops
can go from lane to lane; it takes memory only as far as it is filled.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.core.compiled import compiled

ROOM_EVENTS = 1 << 27
"""How many times fit at most: a gigabyte of them."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Person p's times of one event are `time[first + start[p]:first + start[p + 1]]`, ascending."""

    first: int
    start: NDArray[np.uint32]
    time: NDArray[np.int64]


class Lanes:
    """The lanes of one run. Safe from any thread."""

    def __init__(self, start: Any, event: Any, time: Any, room_events: int = ROOM_EVENTS) -> None:
        """Read from a run's arrays (see Run)."""
        self._start, self._event, self._time = start, event, time
        self._room = min(room_events, len(event))
        self._array = np.empty(self._room, np.int64)
        self._filled = 0
        self._made: dict[int, Lane] = {}
        self._lock = threading.Lock()

    def of(self, codes: Sequence[int | None]) -> Sequence[Lane] | None:
        """Return the lanes of events by their codes, all in one array, None when they do not fit.

        The lane of no code is empty. Lanes made earlier give way when there is no room.
        """
        with self._lock:
            for fresh in (False, True):
                if fresh:
                    self._array, self._filled = np.empty(self._room, np.int64), 0
                    self._made = {}
                lanes = [self._lane(-1 if code is None else code) for code in codes]
                found = [lane for lane in lanes if lane is not None]
                if len(found) == len(codes):
                    return found
            return None

    def _lane(self, code: int) -> Lane | None:
        if code not in self._made:
            counts = np.zeros(len(self._start), np.uint32)
            if code >= 0:
                _count(self._start, self._event, code, counts)
            first, total = self._filled, int(counts[-1])
            if first + total > self._room:
                return None
            if total:
                _fill(self._event, self._time, code, self._array[first : first + total])
            self._filled += total
            self._made[code] = Lane(first, counts, self._array)
        return self._made[code]


@compiled
def _count(start: Any, event: Any, code: int, counts: Any) -> None:
    """Write how often the event occurred before each person's stretch."""
    n = 0
    for p in range(len(start) - 1):
        for k in range(start[p], start[p + 1]):
            n += event[k] == code
        counts[p + 1] = n


@compiled
def _fill(event: Any, time: Any, code: int, out: Any) -> None:
    n = 0
    for k in range(len(event)):
        if event[k] == code:
            out[n] = time[k]
            n += 1
