"""A project's events as arrays at one moment: what kernels read.

Events lie in two *runs*, each ordered by (person, time, arrival). The *base* is memory-mapped and
immutable; the *recent* run is small, in memory, and replaced with each batch. A person's sequence
is the merge of their stretch in both. When a person is merged into another, their base stretch is
marked *moved* and its events stand in the other's stretch of the recent run until the next fold.

Bytes per event of the base: event 2, time 8, row 4; and 8 per person for `start`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cairn.store.lanes import Lanes

Ints = NDArray[np.int64]
Codes = NDArray[np.uint32]
Flags = NDArray[np.bool_]

MISSING = 0
"""The code of a missing value; `values[0]` of every column is None."""


@dataclass(frozen=True, slots=True)
class Run:
    """Events ordered by person, then time, then arrival.

    Person p's events are `start[p]` to `start[p + 1]`; persons beyond `len(start) - 2` have none.
    `time` is in microseconds UTC. `row` is the event's place in order of arrival. `position` says
    where a column holds the event's values (see Column); the base leaves it empty, for the index itself.
    """

    start: Ints
    event: NDArray[np.uint16] | Codes
    time: Ints
    row: Codes
    position: Codes

    def __len__(self) -> int:
        return len(self.time)


@dataclass(frozen=True, slots=True)
class Column:
    """A property of every event, as codes into `values`; code 0 is missing.

    The value of the event at position p is `base[p]`, or `recent[p - len(base)]` beyond the base.
    """

    base: Codes
    recent: Codes
    values: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Lookup:
    """A property of every person or account, as codes into `values`; code 0 is missing.

    For persons the index is the person; for accounts it is the code of the `$account` column.
    """

    codes: Codes
    values: Sequence[str | None]


class Columns(Protocol):
    """Where a snapshot's properties come from; they are read when first asked for."""

    def event(self, name: str, recent: int) -> Column:
        """Return an event property for the base and the first `recent` events after it."""

    def person(self, name: str, persons: int) -> Lookup:
        """Return a property of every person, as it is now."""

    def account(self, name: str, accounts: Sequence[str | None]) -> Lookup:
        """Return a property of the accounts given, as it is now."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All events of a project at one moment. Immutable; a new batch makes a new one.

    `codes` maps event names to the codes in the runs. `rows` counts the events in order of
    arrival; those from `len(base)` on are in the recent run only. `lanes` are those of the base.
    """

    codes: Mapping[str, int]
    persons: int
    rows: int
    base: Run
    moved: Flags
    recent: Run
    columns: Columns
    lanes: Lanes
    version: int
