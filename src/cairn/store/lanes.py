"""Each event's own occurrences, person by person: what a question about few events reads instead of all.

A lane is made when it is first asked for and kept in memory: 12 bytes for each time the event occurred,
and 4 for each person. A lane may be narrowed to the events that satisfy a condition, which is then tested
once and not at every question. All lanes lie in the same arrays, so that compiled loops can go from lane to
lane; these take memory only as far as they are filled.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.core.compiled import compiled

ROOM_EVENTS = 1 << 27
"""How many occurrences fit at most: a gigabyte and a half of them."""

_SLICE = 1 << 22

Places = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Lane:
    """Person p's occurrences of one event are `first + start[p]` to `first + start[p + 1]`.

    There, `time` is when, ascending, and `place` where in the run.
    """

    first: int
    start: NDArray[np.uint32]
    time: NDArray[np.int64]
    place: Places

    def __len__(self) -> int:
        return int(self.start[-1])


@dataclass(frozen=True, slots=True)
class Wanted:
    """An event by its code (None for one that never occurred), and a condition on its occurrences.

    `condition` names what `holds` says of places in the run; without a name there is no condition.
    """

    code: int | None
    condition: str = ""
    holds: Callable[[Places], NDArray[np.bool_]] | None = None


class Lanes:
    """The lanes of one run. Safe from any thread."""

    def __init__(self, start: Any, event: Any, time: Any, room_events: int = ROOM_EVENTS) -> None:
        """Read from a run's arrays (see Run)."""
        self._start, self._event, self._source = start, event, time
        self._room = room_events
        self._clear()
        self._lock = threading.Lock()

    def of(self, wanted: Sequence[Wanted]) -> Sequence[Lane] | None:
        """Return the lanes of events, all in the same arrays, None when they do not fit.

        Lanes made earlier give way when there is no room.
        """
        with self._lock:
            for fresh in (False, True):
                if fresh:
                    self._clear()
                lanes = [self._lane(one) for one in wanted]
                found = [lane for lane in lanes if lane is not None]
                if len(found) == len(wanted):
                    return found
            return None

    def _clear(self) -> None:
        room = min(self._room, 2 * len(self._event))
        self._time, self._place = np.empty(room, np.int64), np.empty(room, np.uint32)
        self._filled = 0
        self._made: dict[tuple[int, str], Lane] = {}

    def _lane(self, wanted: Wanted) -> Lane | None:
        code = -1 if wanted.code is None else wanted.code
        made = self._made.get((code, wanted.condition))
        if made is None:
            made = self._all(code) if wanted.holds is None else self._narrowed(code, wanted.holds)
            if made is not None:
                self._made[code, wanted.condition] = made
        return made

    def _all(self, code: int) -> Lane | None:
        counts = np.zeros(len(self._start), np.uint32)
        if code >= 0:
            _count(self._start, self._event, code, counts)
        there = self._taken(int(counts[-1]))
        if there is None:
            return None
        if there.start < there.stop:
            _fill(self._event, self._source, code, self._time[there], self._place[there])
        return Lane(there.start, counts, self._time, self._place)

    def _narrowed(self, code: int, holds: Callable[[Places], NDArray[np.bool_]]) -> Lane | None:
        whole = self._lane(Wanted(code))
        if whole is None:
            return None
        place = whole.place[whole.first : whole.first + len(whole)]
        kept = np.zeros(len(place), np.bool_)
        for i in range(0, len(place), _SLICE):
            kept[i : i + _SLICE] = holds(place[i : i + _SLICE])
        there = self._taken(int(np.count_nonzero(kept)))
        if there is None:
            return None
        np.compress(kept, place, out=self._place[there])
        time = whole.time[whole.first : whole.first + len(whole)]
        np.compress(kept, time, out=self._time[there])
        counts = np.zeros(len(whole.start), np.uint32)
        _recount(whole.start, kept, counts)
        return Lane(there.start, counts, self._time, self._place)

    def _taken(self, total: int) -> slice | None:
        """Return room for so many occurrences, or None."""
        first = self._filled
        if first + total > len(self._time):
            return None
        self._filled += total
        return slice(first, first + total)


@compiled
def _count(start: Any, event: Any, code: int, counts: Any) -> None:
    """Write how often the event occurred before each person's stretch."""
    n = 0
    for p in range(len(start) - 1):
        for k in range(start[p], start[p + 1]):
            n += event[k] == code
        counts[p + 1] = n


@compiled
def _fill(event: Any, source: Any, code: int, time: Any, place: Any) -> None:
    n = 0
    for k in range(len(event)):
        if event[k] == code:
            time[n] = source[k]
            place[n] = k
            n += 1


@compiled
def _recount(start: Any, kept: Any, counts: Any) -> None:
    """Write how many were kept before each person's stretch."""
    n = 0
    for p in range(len(start) - 1):
        for k in range(start[p], start[p + 1]):
            n += kept[k]
        counts[p + 1] = n
