"""Select: the events a question needs, person by person, as arrays for its kernel.

A question *picks* events: selector k of the pick is bit k of an event's mask. `scan` walks the
project's people in chunks that fit the processor's cache, several chunks at once, and hands each
chunk's matches to the kernel:

    offsets   [0, 2, 2, 5]           person 7 has matches 0 and 1, person 8 none, person 9 three
    time      [t0, t1, t2, t3, t4]   microseconds UTC, ascending within a person
    mask      [1, 2, 1, 1, 3]        which selectors each event matches
    codes     one array per property asked for, 0 for missing
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

from cairn.model.event import IDENTITY_EVENTS
from cairn.query.filters import (
    All,
    Any_,
    Condition,
    Filter,
    Property,
    Selector,
    properties_in,
)
from cairn.query.matching import matching_values, numbers_of
from cairn.query.periods import Span
from cairn.store.snapshot import Codes, Flags, Ints, Lookup, Snapshot

T = TypeVar("T")
Masks = NDArray[np.uint32]

CHUNK_EVENTS = 1 << 19
compiled = numba.njit(nogil=True, cache=True)


@dataclass(frozen=True, slots=True)
class Pick:
    """Which events to select: those in the span that match a selector and the filter."""

    selectors: tuple[Selector, ...]
    span: Span | None = None
    filter: Filter | None = None
    properties: tuple[Property, ...] = ()


@dataclass(frozen=True, slots=True)
class Matches:
    """The matching events of a stretch of people, in order."""

    first_person: int
    offsets: Ints
    time: Ints
    mask: Masks
    codes: tuple[Codes, ...]

    @property
    def persons(self) -> int:
        """Return how many people the chunk covers, with or without matches."""
        return len(self.offsets) - 1


class Sequences:
    """People's events at one moment, ready to be picked from. Cheap to make; use one per question."""

    def __init__(self, snapshot: Snapshot, threads: int = 0) -> None:
        """Read from this snapshot with so many threads (0: one per core)."""
        self.snapshot = snapshot
        self._threads = threads or os.cpu_count() or 1
        self._sources: dict[Property, _Codes] = {}
        self._lock = threading.Lock()

    @property
    def persons(self) -> int:
        """Return how many person numbers there are."""
        return self.snapshot.persons

    def scan(self, pick: Pick, work: Callable[[Matches], T]) -> list[T]:
        """Run `work` over the matches of every chunk of people and return its results in order."""
        plan = _Plan.of(pick, self)
        ranges = self._ranges()
        if len(ranges) == 1 or self._threads == 1:
            return [work(plan.matches(lo, hi)) for lo, hi in ranges]
        return list(_pool(self._threads).map(lambda r: work(plan.matches(*r)), ranges))

    def values(self, prop: Property) -> Sequence[str | None]:
        """Return the texts behind a property's codes; index 0 is missing."""
        return self._codes(prop).values

    def numbers(self, prop: Property) -> NDArray[np.float64]:
        """Return the number that each code spells, NaN where it spells none."""
        return numbers_of(self.values(prop))

    def _codes(self, prop: Property) -> _Codes:
        with self._lock:
            if prop not in self._sources:
                self._sources[prop] = self._read(prop)
            return self._sources[prop]

    def _read(self, prop: Property) -> _Codes:
        snapshot = self.snapshot
        recent = snapshot.rows - len(snapshot.base)
        if prop.of == "person":
            lookup = snapshot.columns.person(prop.name, snapshot.persons)
            return _Codes(lookup.values, by_person=lookup.codes)
        name = prop.name if prop.of == "event" else "$account"
        column = snapshot.columns.event(name, recent)
        if prop.of == "event":
            return _Codes(column.values, base=column.base, recent=column.recent)
        found: Lookup = snapshot.columns.account(prop.name, list(column.values))
        return _Codes(found.values, base=column.base, recent=column.recent, then=found.codes)

    def _ranges(self) -> list[tuple[int, int]]:
        """Divide the people into stretches of about half a million events each."""
        persons = self.snapshot.persons
        run = max(self.snapshot.base, self.snapshot.recent, key=len)
        pieces = max(1, -(-len(run) // CHUNK_EVENTS))
        if pieces == 1:
            return [(0, persons)]
        goals = np.arange(1, pieces) * (len(run) // pieces)
        cuts = np.unique(np.searchsorted(run.start, goals)).tolist()
        edges = sorted({0, *(min(cut, persons) for cut in cuts), persons})
        return list(pairwise(edges))


@dataclass(frozen=True, slots=True)
class _Codes:
    """Where a property's codes are: per event position, or per person; `then` translates them."""

    values: Sequence[str | None]
    base: Codes | None = None
    recent: Codes | None = None
    by_person: Codes | None = None
    then: Codes | None = None

    def read(self, position: Codes, lo: int, offsets: Ints) -> Codes:
        if self.by_person is not None:
            return _spread(self.by_person[lo : lo + len(offsets) - 1], offsets)
        out = np.empty(len(position), np.uint32)
        _gather(position, self.base, self.recent, out)
        return out if self.then is None else self.then[out]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A pick with its names looked up in a snapshot, ready to run on any chunk."""

    snapshot: Snapshot
    masks: Masks
    span: Span
    filters: tuple[tuple[int, Callable[[dict[Property, Codes]], Flags]], ...]
    read: dict[Property, _Codes]
    properties: tuple[Property, ...]

    @classmethod
    def of(cls, pick: Pick, sequences: Sequences) -> _Plan:
        codes = sequences.snapshot.codes
        masks = np.zeros(max(len(codes), 1), np.uint32)
        filters = []
        needed = list(pick.properties)
        everything = (1 << len(pick.selectors)) - 1
        for bit, selector in enumerate(pick.selectors):
            if selector.event is None:
                chosen = np.ones(len(masks), np.bool_)
                for name in IDENTITY_EVENTS:
                    if name in codes:
                        chosen[codes[name]] = False
                masks[chosen] |= np.uint32(1 << bit)
            elif selector.event in codes:
                masks[codes[selector.event]] |= np.uint32(1 << bit)
            if selector.filter is not None:
                needed += properties_in(selector.filter)
                filters.append((1 << bit, _compile(selector.filter, sequences)))
        if pick.filter is not None:
            needed += properties_in(pick.filter)
            filters.append((everything, _compile(pick.filter, sequences)))
        span = pick.span or Span(np.iinfo(np.int64).min, np.iinfo(np.int64).max)
        return cls(
            snapshot=sequences.snapshot,
            masks=masks,
            span=span,
            filters=tuple(filters),
            read={prop: sequences._codes(prop) for prop in dict.fromkeys(needed)},
            properties=pick.properties,
        )

    def matches(self, lo: int, hi: int) -> Matches:
        """Select the matches of the people from lo up to hi."""
        base, recent = self.snapshot.base, self.snapshot.recent
        room = _events_of(base.start, lo, hi) + _events_of(recent.start, lo, hi)
        time, mask, position = _buffers(room)
        offsets = np.empty(hi - lo + 1, np.int64)
        n = _select(
            lo, hi, self.masks, self.span.start_us, self.span.end_us, bool(self.read),
            base.start, base.event, base.time, base.row, self.snapshot.moved,
            recent.start, recent.event, recent.time, recent.row, recent.position,
            offsets, time, mask, position,
        )  # fmt: skip
        time, mask, position = time[:n], mask[:n], position[:n]
        codes = {prop: source.read(position, lo, offsets) for prop, source in self.read.items()}
        if self.filters:
            for bits, holds in self.filters:
                mask &= np.where(holds(codes), np.uint32(0xFFFFFFFF), np.uint32(~bits & 0xFFFFFFFF))
            kept = mask != 0
            offsets = _recount(offsets, kept)
            time, mask = time[kept], mask[kept]
            codes = {prop: array[kept] for prop, array in codes.items() if prop in self.properties}
        return Matches(lo, offsets, time, mask, tuple(codes[prop] for prop in self.properties))


def _compile(filter: Filter, sequences: Sequences) -> Callable[[dict[Property, Codes]], Flags]:
    """Turn a filter into a function from codes to flags; texts are compared once per value."""
    if isinstance(filter, Condition):
        prop = filter.property
        holds = matching_values(filter, sequences.values(prop))
        return lambda codes: holds[codes[prop]]
    parts = [_compile(part, sequences) for part in (filter.all if isinstance(filter, All) else filter.any)]
    if isinstance(filter, Any_):
        return lambda codes: _combine(parts, codes, np.logical_or, False)
    return lambda codes: _combine(parts, codes, np.logical_and, True)


def _combine(
    parts: Sequence[Callable[[dict[Property, Codes]], Flags]],
    codes: dict[Property, Codes],
    join: Any,
    empty: bool,
) -> Flags:
    if not parts:
        return np.full(len(next(iter(codes.values()))) if codes else 1, empty)
    out = parts[0](codes)
    for part in parts[1:]:
        out = join(out, part(codes))
    return out


def _events_of(start: Ints, lo: int, hi: int) -> int:
    last = len(start) - 1
    return int(start[min(hi, last)] - start[min(lo, last)])


_local = threading.local()


def _buffers(room: int) -> tuple[Ints, Masks, Codes]:
    """Return this thread's scratch arrays, which the next chunk overwrites."""
    held = getattr(_local, "arrays", None)
    if held is None or len(held[0]) < room:
        size = max(room, CHUNK_EVENTS)
        held = (np.empty(size, np.int64), np.empty(size, np.uint32), np.empty(size, np.uint32))
        _local.arrays = held
    return held[0], held[1], held[2]


@lru_cache(maxsize=4)
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="scan")


@compiled
def _select(
    lo: int, hi: int, masks: Any, start_us: int, end_us: int, want_position: bool,
    b_start: Any, b_event: Any, b_time: Any, b_row: Any, b_moved: Any,
    r_start: Any, r_event: Any, r_time: Any, r_row: Any, r_position: Any,
    offsets: Any, time: Any, mask: Any, position: Any,
) -> int:  # fmt: skip
    """Write the matches of people lo to hi in order and return how many there are."""
    n = 0
    offsets[0] = 0
    for p in range(lo, hi):
        i = i_end = j = j_end = 0
        if p < len(b_start) - 1 and not b_moved[p]:
            i, i_end = b_start[p], b_start[p + 1]
        if p < len(r_start) - 1:
            j, j_end = r_start[p], r_start[p + 1]
        if j == j_end:
            for k in range(i, i_end):
                m = masks[b_event[k]]
                if m != 0:
                    t = b_time[k]
                    if start_us <= t < end_us:
                        time[n] = t
                        mask[n] = m
                        if want_position:
                            position[n] = k
                        n += 1
        else:
            while i < i_end or j < j_end:
                from_base = j == j_end or (
                    i < i_end
                    and (b_time[i] < r_time[j] or (b_time[i] == r_time[j] and b_row[i] < r_row[j]))
                )
                if from_base:
                    m, t, place = masks[b_event[i]], b_time[i], np.int64(i)
                    i += 1
                else:
                    m, t, place = masks[r_event[j]], r_time[j], np.int64(r_position[j])
                    j += 1
                if m != 0 and start_us <= t < end_us:
                    time[n] = t
                    mask[n] = m
                    position[n] = place
                    n += 1
        offsets[p - lo + 1] = n
    return n


@compiled
def _gather(position: Any, base: Any, recent: Any, out: Any) -> None:
    n = len(base)
    for k in range(len(position)):
        p = position[k]
        out[k] = base[p] if p < n else recent[p - n]


@compiled
def _spread(by_person: Any, offsets: Any) -> Any:
    out = np.empty(offsets[-1], np.uint32)
    for p in range(len(by_person)):
        for k in range(offsets[p], offsets[p + 1]):
            out[k] = by_person[p]
    return out


@compiled
def _recount(offsets: Any, kept: Any) -> Any:
    out = np.empty(len(offsets), np.int64)
    out[0] = 0
    n = 0
    for p in range(len(offsets) - 1):
        for k in range(offsets[p], offsets[p + 1]):
            n += kept[k]
        out[p + 1] = n
    return out
