"""The cohorts that a question asks for, by their names: found, checked, and worked out once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from pydantic import BaseModel

from cairn.core.clock import MICROSECONDS
from cairn.core.errors import InvalidInput
from cairn.query.cohort import Definition, cohorts_in
from cairn.query.periods import Calendar
from cairn.store.base import RelationalStore, SequenceStore
from cairn.store.lanes import Lanes
from cairn.store.snapshot import Flags, Snapshot

Known = Mapping[str, Definition]
"""Definitions by the names of their cohorts."""

_MINUTE_US = 60 * MICROSECONDS
_KEPT_COHORTS = 64


def asked_by(part: BaseModel, saved: Known) -> dict[str, Definition]:
    """Return every cohort that a question or a definition asks for, those inside others included.

    Raises InvalidInput when one is not known, or is part of itself.
    """
    found: dict[str, Definition] = {}
    _collect(part, saved, found, ())
    return found


def _collect(
    part: Any, saved: Known, found: dict[str, Definition], inside: tuple[str, ...]
) -> None:
    for name, described in cohorts_in(part):
        if name in inside:
            raise InvalidInput(
                f"the cohort '{name}' is part of itself: {' → '.join((*inside, name))}",
                hint="Take one of them out of the other.",
            )
        definition = saved.get(name) if described is None else described
        if definition is None:
            raise InvalidInput(
                f"there is no cohort '{name}'", hint="It may have been deleted; choose another."
            )
        if name not in found:
            _collect(definition, saved, found, (*inside, name))
            found[name] = definition


def persons_of(store: SequenceStore | RelationalStore) -> Callable[[Sequence[str]], Iterable[int]]:
    """Return what finds the people who have one of some distinct ids."""

    def find(ids: Sequence[str]) -> Iterator[int]:
        return (known.person for known in store.who(ids).values())

    return find


@dataclass(frozen=True, slots=True)
class Flagged:
    """The members of cohorts in a snapshot, as flags.

    They are remembered while the minute lasts and no new data arrives.
    """

    snapshot: Snapshot
    known: Known
    calendar: Calendar
    persons: Callable[[Sequence[str]], Iterable[int]]
    threads: int = 0

    def __call__(self, name: str) -> Flags:
        """Flag the people in a cohort. Raises InvalidInput when it is not known."""
        return self.of(_definition(self.known, name))

    def of(self, definition: Definition) -> Flags:
        """Flag the people whom a definition describes."""
        from cairn.cohorts.kernel import members
        from cairn.query.sequences import Sequences

        kept = _kept_of(self.snapshot.lanes)
        key = self._key(definition)
        flags = kept.get(key)
        if flags is None:
            sequences = Sequences(self.snapshot, self.threads, members=self)
            flags = members(definition, sequences, self.calendar, self.persons)
            kept.put(key, flags)
        return flags

    def _key(self, definition: Definition) -> tuple[str, ...]:
        inner = asked_by(definition, self.known)
        return (
            str(self.snapshot.version),
            str(self.calendar.now_us // _MINUTE_US),
            str(self.calendar.zone),
            self.calendar.week_start,
            definition.model_dump_json(by_alias=True),
            *(f"{name}={part.model_dump_json(by_alias=True)}" for name, part in inner.items()),
        )


@dataclass(frozen=True, slots=True)
class Selected:
    """The members of cohorts as SELECTs, for an engine that answers relations."""

    engine: Any
    known: Known
    calendar: Calendar
    persons: Callable[[Sequence[str]], Iterable[int]]

    def __call__(self, name: str) -> str:
        """Return a SELECT of the people in a cohort. Raises InvalidInput when it is not known."""
        return self.of(_definition(self.known, name))

    def of(self, definition: Definition) -> str:
        """Return a SELECT of the people whom a definition describes."""
        from cairn.cohorts.relational import WithCohorts, members

        return members(definition, WithCohorts(self.engine, self), self.calendar, self.persons)


def _definition(known: Known, name: str) -> Definition:
    if name not in known:
        raise InvalidInput(f"there is no cohort '{name}'", hint="Name one by its id.")
    return known[name]


@dataclass(slots=True)
class _Kept:
    """The flags that were asked for last."""

    flags: OrderedDict[tuple[str, ...], Flags] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: tuple[str, ...]) -> Flags | None:
        with self.lock:
            return self.flags.get(key)

    def put(self, key: tuple[str, ...], flags: Flags) -> None:
        with self.lock:
            self.flags[key] = flags
            while len(self.flags) > _KEPT_COHORTS:
                self.flags.popitem(last=False)


_KEPT: WeakKeyDictionary[Lanes, _Kept] = WeakKeyDictionary()
_LOCK = threading.Lock()


def _kept_of(lanes: Lanes) -> _Kept:
    with _LOCK:
        return _KEPT.setdefault(lanes, _Kept())
