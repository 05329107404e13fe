"""What a store of events must do. Read this to add an engine.

A store belongs to one project. It takes batches (all or nothing, with the place in the spool they
came from), answers who a distinct id is, and shows its events to questions in two ways: as
*sequences* (each person's events in time order, for kernels) or as a *relation* (SQL text, for
relational expressions).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import pyarrow as pa

from cairn.model.event import Event, Rejection
from cairn.store.scope import Scope
from cairn.store.snapshot import Snapshot

Person = int
"""A person's number inside one project: dense, from 0, in order of first sight."""


@dataclass(frozen=True, slots=True)
class SpoolOffset:
    """How far one spool segment has been loaded, in bytes."""

    segment: str
    offset: int


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person first seen in this batch."""

    person: Person
    uid: str
    created_us: int


@dataclass(frozen=True, slots=True)
class Merge:
    """All of one person's events and ids now belong to another."""

    source: Person
    target: Person


def final_targets(merges: Sequence[Merge]) -> dict[int, int]:
    """Return whom each merged person ends up as, following chains.

    >>> final_targets([Merge(1, 2), Merge(2, 3)])
    {2: 3, 1: 3}
    """
    final: dict[int, int] = {}
    for merge in reversed(merges):
        final[merge.source] = final.get(merge.target, merge.target)
    return final


@dataclass(frozen=True, slots=True)
class Batch:
    """What one turn of the loader writes, in one transaction.

    `people[i]` is the person of `events[i]`. `person_properties` and `account_properties` are
    merged key by key into what is stored; a value of None removes the key.
    """

    events: Sequence[Event] = ()
    people: Sequence[Person] = ()
    new_persons: Sequence[NewPerson] = ()
    distinct_ids: Mapping[str, Person] = field(default_factory=dict)
    known: frozenset[Person] = frozenset()
    merges: Sequence[Merge] = ()
    person_properties: Mapping[Person, Mapping[str, Any]] = field(default_factory=dict)
    account_properties: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    person_accounts: Mapping[Person, str] = field(default_factory=dict)
    rejections: Sequence[Rejection] = ()
    offsets: Sequence[SpoolOffset] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of a distinct id: its person, and whether that person is identified."""

    person: Person
    is_known: bool
    account: str | None


class EventStore(Protocol):
    """The system of record for one project's events."""

    def append(self, batch: Batch) -> None:
        """Write the batch and its spool offsets in one transaction, then make it queryable."""

    def seen(self, ids: Sequence[str]) -> set[str]:
        """Return those of the event ids that are stored already."""

    def who(self, distinct_ids: Sequence[str]) -> dict[str, Known]:
        """Return the person behind each distinct id that is known."""

    def person_count(self) -> int:
        """Return how many person numbers are taken; the next new person gets this number."""

    def offsets(self) -> dict[str, int]:
        """Return how far each spool segment has been loaded, in bytes."""

    def forget_offsets(self, segments: Sequence[str]) -> None:
        """Drop the offsets of segments that no longer exist."""

    def sql(self, query: str, parameters: Sequence[Any] = ()) -> pa.Table:
        """Run a read-only query and return its rows."""

    def close(self) -> None:
        """Release files and threads. The store can be opened again."""


@runtime_checkable
class SequenceStore(EventStore, Protocol):
    """An event store that also shows its events as sequences."""

    data_version: int
    """Grows by one with every batch."""

    fresh_until_us: int
    """When the newest stored event arrived; 0 while there is none."""

    @property
    def snapshot(self) -> Snapshot:
        """Return all events as of the last batch."""

    def first_event_us(self) -> int | None:
        """Return the time of the earliest event."""


class RelationalStore(Protocol):
    """A store of events that answers questions as relations, in the SQL of its own dialect."""

    @property
    def dialect(self) -> str:
        """Return the name by which Ibis knows the engine's SQL."""

    @property
    def data_version(self) -> int:
        """Return what grows by one with every batch."""

    @property
    def fresh_until_us(self) -> int:
        """Return when the newest stored event arrived; 0 while there is none."""

    def who(self, distinct_ids: Sequence[str]) -> dict[str, Known]:
        """Return the person behind each distinct id that is known."""

    def scoped_sql(self, scope: Scope) -> str:
        """Return a SELECT with exactly the columns seq, time, event, person, p0 … of the scope."""

    def sql(self, query: str) -> pa.Table:
        """Run a read-only query and return its rows."""

    def first_event_us(self) -> int | None:
        """Return the time of the earliest event."""
