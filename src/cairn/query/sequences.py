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
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from cairn.core.deadline import NEVER, Deadline
from cairn.core.errors import InvalidInput
from cairn.model.actor import Actor
from cairn.model.event import IDENTITY_EVENTS
from cairn.query.actors import acting, people_merged, person_at
from cairn.query.filters import (
    IN,
    OUT,
    All,
    Any_,
    Condition,
    Filter,
    InCohort,
    Property,
    Selector,
    properties_in,
)
from cairn.query.matching import matching_values, numbers_of
from cairn.query.periods import Span
from cairn.query.picking import (
    gather,
    keep_within,
    merge_picked,
    pick_events,
    pick_from_lane,
    pick_from_lanes,
    read_events,
    recount,
    spread,
)
from cairn.query.sampling import in_sample
from cairn.store.lanes import Lane, Wanted
from cairn.store.snapshot import Codes, Flags, Ints, Lookup, Run, Snapshot

T = TypeVar("T")
Masks = NDArray[np.uint32]
Picked = tuple[Ints, Ints, Masks, Codes]

CHUNK_EVENTS = 1 << 19
_FEW = 4
EVENT_NAME = Property(name="$event")
"""The name of an event, as a property of it."""

_NOBODY = np.zeros(0, np.bool_)


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


@dataclass(frozen=True, slots=True)
class Stretch:
    """People from `first_person` up to `end_person` whose events are all in the base, in order.

    Those flagged in `skipped` (none when it is empty) are not among them. `masks[code]` says which
    selectors an event's code fits.
    """

    first_person: int
    end_person: int
    skipped: Flags
    masks: Masks
    base: Run


def no_cohorts(name: str) -> Flags:
    """Refuse to say who is in a cohort, where none is known."""
    raise InvalidInput(f"there is no cohort '{name}'", hint="Name one by its id, or describe it.")


class Sequences:
    """People's events at one moment, ready to be picked from. Cheap to make; use one per question."""

    def __init__(
        self,
        snapshot: Snapshot,
        threads: int = 0,
        actor: Actor = "person",
        members: Callable[[str], Flags] = no_cohorts,
        deadline: Deadline = NEVER,
    ) -> None:
        """Read the sequences of whoever acts, with so many threads (0: one per core).

        `members` flags the people in a cohort, by its name. A scan that goes on beyond the deadline
        raises QueryTimeout.
        """
        self.people = snapshot
        self.acting = None if actor == "person" else acting(snapshot, actor)
        self.snapshot = self.acting.snapshot if self.acting else snapshot
        self.members = members
        self.share = 1.0
        self._deadline = deadline
        self._threads = threads or os.cpu_count() or 1
        self._sources: dict[Property, _Codes] = {}
        self._lock = threading.Lock()

    @property
    def persons(self) -> int:
        """Return how many actors there are; they are numbered from 0."""
        return self.snapshot.persons

    def by(self, actor: Actor) -> Sequences:
        """Return the sequences of other actors at the same moment."""
        return Sequences(self.people, self._threads, actor, self.members, self._deadline)

    def sampled(self, share: float) -> Sequences:
        """Return the sequences of the people in a sample that holds such a share of all."""
        sequences = self.by("person")
        sequences.share = share
        return sequences

    def whose(self, sessions: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the person of each session, in sequences of sessions."""
        assert self.acting is not None
        return self.acting.person[sessions].astype(np.int32)

    def scan(
        self,
        pick: Pick,
        work: Callable[[Matches], T],
        shortcut: Callable[[Stretch], T] | None = None,
        reads_all: bool = True,
    ) -> list[T]:
        """Run `work` over the matches of every chunk of people and return its results in order.

        With a `shortcut`, which must come to the same, that takes the people whose events need no
        merging, in fewer and longer stretches; results of the others follow. Questions that read
        properties never take it, nor, where a shortcut `reads_all` events, those about few of them.
        """
        plan = _Plan.of(pick, self)
        ranges = self._ranges(CHUNK_EVENTS)
        few = plan.lanes is not None and reads_all and plan.is_about_few()
        if shortcut is None or few or plan.filters.tests or plan.properties or plan.share < 1:
            return self._each(ranges, lambda lo, hi: [work(plan.matches(lo, hi))])
        merged = people_merged(self.snapshot)
        settled = len(self.snapshot.base.start) - 1

        def short(lo: int, hi: int) -> list[T]:
            end = max(lo, min(hi, settled))
            skipped = merged[lo:end] if merged[lo:end].any() else _NOBODY
            return [shortcut(Stretch(lo, end, skipped, plan.masks, self.snapshot.base))]

        def long(lo: int, hi: int) -> list[T]:
            only = merged[lo:hi]
            return [work(plan.matches(lo, hi, only))] if only.any() else []

        results = self._each(self._ranges(len(self.snapshot.base) // (2 * self._threads)), short)
        return results + (self._each(ranges, long) if merged.any() else [])

    def _each(
        self, ranges: Sequence[tuple[int, int]], work: Callable[[int, int], list[T]]
    ) -> list[T]:
        """Run `work` over stretches of people, several at once, and join its results in order."""

        def piece(people: tuple[int, int]) -> list[T]:
            self._deadline.check()
            return work(*people)

        parts = self.each(piece, ranges)
        return [result for part in parts for result in part]

    def each(self, work: Callable[..., T], *items: Sequence[Any]) -> Iterable[T]:
        """Do what `map` does, several at once."""
        if len(items[0]) == 1 or self._threads == 1:
            return map(work, *items)
        return _pool(self._threads).map(work, *items)

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
        snapshot = self.people
        recent = snapshot.rows - len(snapshot.base)
        if prop.of in ("person", "cohort"):
            lookup = self._of_people(prop)
            if self.acting is None:
                return _Codes(lookup.values, by_person=lookup.codes)
            of_base, of_recent = person_at(snapshot)
            return _Codes(lookup.values, base=of_base, recent=of_recent, then=lookup.codes)
        if prop == EVENT_NAME:
            return self._event_names()
        name = prop.name if prop.of == "event" else "$account"
        column = snapshot.columns.event(name, recent)
        if prop.of == "event":
            return _Codes(column.values, base=column.base, recent=column.recent)
        found: Lookup = snapshot.columns.account(prop.name, list(column.values))
        return _Codes(found.values, base=column.base, recent=column.recent, then=found.codes)

    def _event_names(self) -> _Codes:
        snapshot = self.people
        base, recent = snapshot.base, snapshot.recent
        of_recent = np.zeros(snapshot.rows - len(base), np.uint32)
        new = recent.position >= len(base)
        of_recent[recent.position[new] - len(base)] = recent.event[new]
        names = sorted(snapshot.codes, key=snapshot.codes.__getitem__)
        codes = np.arange(1, len(names) + 1, dtype=np.uint32)
        return _Codes((None, *names), base=base.event, recent=of_recent, then=codes)

    def _of_people(self, prop: Property) -> Lookup:
        if prop.of == "person":
            return self.people.columns.person(prop.name, self.people.persons)
        codes = np.where(self.members(prop.name), np.uint32(1), np.uint32(2))
        return Lookup(codes, (None, IN, OUT))

    def _ranges(self, chunk_events: int) -> list[tuple[int, int]]:
        """Divide the people into stretches of about so many events each."""
        persons = self.snapshot.persons
        run = max(self.snapshot.base, self.snapshot.recent, key=len)
        pieces = max(1, -(-len(run) // max(chunk_events, CHUNK_EVENTS)))
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
    base: NDArray[np.uint16] | Codes | None = None
    recent: Codes | None = None
    by_person: Codes | None = None
    then: Codes | None = None

    def in_base(self, position: Codes) -> Codes:
        """Return the codes at positions in the base, of a property of events."""
        assert self.base is not None
        out = self.base[position].astype(np.uint32)
        return out if self.then is None else np.asarray(self.then[out])

    def read(self, position: Codes, lo: int, offsets: Ints) -> Codes:
        if self.by_person is not None:
            return np.asarray(spread(self.by_person[lo : lo + len(offsets) - 1], offsets))
        out = np.empty(len(position), np.uint32)
        gather(position, self.base, self.recent, out)
        if self.then is not None:
            out = np.asarray(self.then[out])
        return out


Test = Callable[[dict[Property, Codes]], Flags]


@dataclass(frozen=True, slots=True)
class _Filters:
    """What is left to test of picked events: each test holds for some selectors' bits."""

    tests: tuple[tuple[int, Test], ...]
    properties: tuple[Property, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A pick with its names looked up in a snapshot, ready to run on any chunk.

    Where there are `lanes`, they hold what the base has, and less is left to test of it.
    """

    snapshot: Snapshot
    masks: Masks
    span: Span
    filters: _Filters
    of_base: _Filters
    read: dict[Property, _Codes]
    properties: tuple[Property, ...]
    share: float
    lanes: Sequence[Lane] | None

    @classmethod
    def of(cls, pick: Pick, sequences: Sequences) -> _Plan:
        codes, all_codes = sequences.snapshot.codes, sequences.people.codes
        masks = np.zeros(max(len(all_codes), 1), np.uint32)
        for bit, selector in enumerate(pick.selectors):
            if selector.event is None:
                chosen = np.ones(len(masks), np.bool_)
                for name in IDENTITY_EVENTS:
                    if name in all_codes:
                        chosen[all_codes[name]] = False
                masks[chosen] |= np.uint32(1 << bit)
            elif selector.event in codes:
                masks[codes[selector.event]] |= np.uint32(1 << bit)
        lanes, tested = _lanes_of(pick, sequences)
        filters = _filters_of(pick, sequences, frozenset())
        needed = dict.fromkeys((*pick.properties, *filters.properties))
        return cls(
            snapshot=sequences.snapshot,
            masks=masks,
            span=pick.span or Span(np.iinfo(np.int64).min, np.iinfo(np.int64).max),
            filters=filters,
            of_base=filters if lanes is None else _filters_of(pick, sequences, tested),
            read={prop: sequences._codes(prop) for prop in needed},
            properties=pick.properties,
            share=sequences.share,
            lanes=lanes,
        )

    def is_about_few(self) -> bool:
        """Return whether the lanes hold a small part of the base."""
        return _FEW * sum(map(len, self.lanes or ())) < len(self.snapshot.base)

    def matches(self, lo: int, hi: int, only: Flags = _NOBODY) -> Matches:
        """Select the matches of the people from lo up to hi, or of those flagged if any are."""
        if self.share < 1:
            sampled = in_sample(np.arange(lo, hi), self.share)
            only = sampled & only if len(only) else sampled
        offsets, time, mask, position = self._picked(lo, hi, only)
        codes = tuple(self.read[prop].read(position, lo, offsets) for prop in self.properties)
        return Matches(lo, offsets, time, mask, codes)

    def _picked(self, lo: int, hi: int, only: Flags) -> Picked:
        """Return offsets, times, masks and positions in columns."""
        base, recent, moved = self.snapshot.base, self.snapshot.recent, self.snapshot.moved
        if self.lanes is None:
            of_base = self._of_run(base, lo, hi, only, 0)
        else:
            of_base = self._of_lanes(lo, hi, only)
        of_base = self._filtered(of_base, base, self.of_base, lo)
        if not _events_of(recent.start, lo, hi) and not moved[lo:hi].any():
            offsets, time, mask, place = of_base
            return offsets, time, mask, base.position[place] if len(base.position) else place
        of_recent = self._of_run(recent, lo, hi, only, 1)
        of_recent = self._filtered(of_recent, recent, self.filters, lo)
        offsets = np.empty(hi - lo + 1, np.int64)
        time, mask, position = _buffers(len(of_base[1]) + len(of_recent[1]), 2)
        n = merge_picked(
            lo, moved, *of_base, base.row, base.position,
            *of_recent, recent.row, recent.position,
            offsets, time, mask, position,
        )  # fmt: skip
        return offsets, time[:n], mask[:n], position[:n]

    def _filtered(self, picked: Picked, run: Run, filters: _Filters, lo: int) -> Picked:
        """Return what passes the tests."""
        if not filters.tests:
            return picked
        offsets, time, mask, place = picked
        position = run.position[place] if len(run.position) else place
        codes = {prop: self.read[prop].read(position, lo, offsets) for prop in filters.properties}
        for bits, holds in filters.tests:
            mask &= np.where(holds(codes), np.uint32(0xFFFFFFFF), np.uint32(~bits & 0xFFFFFFFF))
        kept = mask != 0
        return recount(offsets, kept), time[kept], mask[kept], place[kept]

    def _of_lanes(self, lo: int, hi: int, only: Flags) -> Picked:
        """Return the same of the base, from the lanes of its events."""
        lanes = self.lanes or ()
        offsets = np.zeros(hi - lo + 1, np.int64)
        settled = len(self.snapshot.base.start) - 1
        lo, end = min(lo, settled), min(hi, settled)
        start = np.stack([lane.start[lo : end + 1] for lane in lanes])
        first = np.array([lane.first for lane in lanes], np.int64)
        time, mask, place = _buffers(int((start[:, -1] - start[:, 0]).sum()) + 1, 0)
        pick = pick_from_lane if len(lanes) == 1 else pick_from_lanes
        n = pick(
            start, first, lanes[0].time, lanes[0].place, only, self.span.start_us,
            self.span.end_us, offsets[: end - lo + 1], time, mask, place,
        )  # fmt: skip
        offsets[end - lo + 1 :] = n
        return offsets, time[:n], mask[:n], place[:n]

    def _of_run(self, run: Run, lo: int, hi: int, only: Flags, slot: int) -> Picked:
        """Return the same of one run; its positions are places in the run."""
        span = self.span
        offsets = np.empty(hi - lo + 1, np.int64)
        time, mask, place = _buffers(_events_of(run.start, lo, hi) + 1, slot)
        n = pick_events(run.start, run.event, self.masks, lo, hi, only, place, offsets)
        inside = read_events(
            place[:n], run.event, run.time, self.masks, span.start_us, span.end_us, time, mask
        )
        if not inside:
            n = keep_within(span.start_us, span.end_us, offsets, time, mask, place)
        return offsets, time[:n], mask[:n], place[:n]


def _lanes_of(pick: Pick, sequences: Sequences) -> tuple[Sequence[Lane] | None, frozenset[Filter]]:
    """Return the lanes of the base that fit each selector, and the filters that they satisfy.

    Conditions on properties of the event itself hold for ever, so they narrow a lane. There are no
    lanes for any event, nor for more events than fit.
    """
    if any(selector.event is None for selector in pick.selectors):
        return None, frozenset()
    codes, wanted = sequences.snapshot.codes, []
    tested: set[Filter] = set()
    for selector in pick.selectors:
        parts = (*_conjuncts(selector.filter), *_conjuncts(pick.filter))
        lasting = tuple(p for p in parts if all(prop.of == "event" for prop in properties_in(p)))
        code = codes.get(selector.event or "")
        if lasting:
            both = All(all=lasting)
            wanted.append(Wanted(code, both.model_dump_json(), _of_places(both, sequences)))
        else:
            wanted.append(Wanted(code))
        tested.update(lasting)
    return sequences.snapshot.lanes.of(wanted), frozenset(tested)


def _filters_of(pick: Pick, sequences: Sequences, tested: frozenset[Filter]) -> _Filters:
    """Return what of a pick's filters is left to test."""
    tests: list[tuple[int, Test]] = []
    needed: list[Property] = []
    everything = (1 << len(pick.selectors)) - 1
    filters = [(1 << bit, selector.filter) for bit, selector in enumerate(pick.selectors)]
    for bits, filter in (*filters, (everything, pick.filter)):
        rest = tuple(part for part in _conjuncts(filter) if part not in tested)
        if rest:
            tests.append((bits, _compiled_later(All(all=rest), sequences)))
            needed += properties_in(All(all=rest))
    return _Filters(tuple(tests), tuple(dict.fromkeys(needed)))


def _conjuncts(filter: Filter | None) -> tuple[Filter, ...]:
    """Return filters that hold together exactly when this one does."""
    if filter is None:
        return ()
    if isinstance(filter, All):
        return tuple(part for inner in filter.all for part in _conjuncts(inner))
    return (filter,)


def _of_places(filter: Filter, sequences: Sequences) -> Callable[[Codes], Flags]:
    """Return what says of places in the base whether their events satisfy a filter."""

    def holds(place: Codes) -> Flags:
        position = sequences.snapshot.base.position
        at = position[place] if len(position) else place
        codes = {prop: sequences._codes(prop).in_base(at) for prop in properties_in(filter)}
        return np.broadcast_to(test(codes), len(place))

    test = _compiled_later(filter, sequences)
    return holds


def _compiled_later(filter: Filter, sequences: Sequences) -> Test:
    """Turn a filter into a function when it is first needed: texts may be many."""
    compiled = cache(lambda: _compile(filter, sequences))
    return lambda codes: compiled()(codes)


def _compile(filter: Filter, sequences: Sequences) -> Callable[[dict[Property, Codes]], Flags]:
    """Turn a filter into a function from codes to flags; texts are compared once per value."""
    if isinstance(filter, Condition):
        prop = filter.property
        holds = matching_values(filter, sequences.values(prop))
        return lambda codes: holds[codes[prop]]
    if isinstance(filter, InCohort):
        asked = Condition(property=filter.property, values=(IN if filter.in_ else OUT,))
        return _compile(asked, sequences)
    parts = [
        _compile(part, sequences)
        for part in (filter.all if isinstance(filter, All) else filter.any)
    ]
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


def _buffers(room: int, slot: int) -> tuple[Ints, Masks, Codes]:
    """Return one of this thread's sets of scratch arrays, which the next chunk overwrites."""
    sets = _local.__dict__.setdefault("sets", {})
    held = sets.get(slot)
    if held is None or len(held[0]) < room:
        size = room + (room >> 2)
        held = (np.empty(size, np.int64), np.empty(size, np.uint32), np.empty(size, np.uint32))
        sets[slot] = held
    return held[0], held[1], held[2]


@lru_cache(maxsize=4)
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="scan")
