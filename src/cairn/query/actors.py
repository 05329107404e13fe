"""Who acts: people, or their sessions, or accounts, each with a sequence of events.

Questions follow whoever acts and need not know who that is. A session is what a client calls one; events
without a client's session belong together while no pause is longer than 30 minutes. An account acts by
the events that carry it. Identity calls belong to no session.

Sessions and accounts are shown as a snapshot of their own, whose runs hold the same events in another
order: sessions only divide people's stretches, unless two of a person's sessions overlap.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from cairn.model.actor import Actor, Told
from cairn.model.event import IDENTITY_EVENTS
from cairn.query.picking import compiled, gather
from cairn.store.lanes import Lanes
from cairn.store.snapshot import Codes, Flags, Ints, Run, Snapshot

PAUSE_US = 30 * 60 * 1_000_000
"""A pause longer than this ends a session that the client does not name."""

_CHUNK_PEOPLE = 1 << 16


@dataclass(frozen=True, slots=True)
class Acting:
    """A snapshot of other actors than people.

    `snapshot.persons` counts the actors. `person[a]` is whose session actor a is; accounts have none.
    `names[a]` is the account that actor a is; sessions have none. Events of the codes in `hidden`
    stand in the runs but are nobody's.
    """

    snapshot: Snapshot
    person: Ints
    names: Sequence[str]
    hidden: Codes


@dataclass(slots=True)
class _Kept:
    """What was worked out about one base, and the last snapshot made from it."""

    sessions: _Sessions | None = None
    accounts: dict[str, tuple[Run, Lanes]] = field(default_factory=dict)
    last: dict[str, tuple[int, Acting]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Sessions:
    """The sessions of the base: person p has those from `first[p]` to `first[p + 1]`.

    `mixed` flags the people of whom two sessions overlap.
    """

    start: Ints
    first: Ints
    mixed: Flags
    lanes: Lanes


_KEPT: WeakKeyDictionary[Lanes, _Kept] = WeakKeyDictionary()
_LOCK = threading.Lock()


def acting(snapshot: Snapshot, actor: Actor) -> Acting:
    """Return a snapshot whose sequences are those of sessions or accounts."""
    with _LOCK:
        kept = _KEPT.setdefault(snapshot.lanes, _Kept())
        version, found = kept.last.get(actor, (-1, None))
        if found is None or version != snapshot.version:
            make = _by_session if actor == "session" else _by_account
            found = make(snapshot, kept)
            kept.last[actor] = (snapshot.version, found)
        return found


def told(acting: Acting, actors: Iterable[int]) -> list[Told]:
    """Say of each actor who it is and how much it did."""
    base, recent, moved = acting.snapshot.base, acting.snapshot.recent, acting.snapshot.moved
    lines = []
    for a in actors:
        runs = [recent] if a < len(moved) and moved[a] else [base, recent]
        times = [_times(run, a, acting.hidden) for run in runs]
        time = np.concatenate(times)
        person = int(acting.person[a]) if len(acting.person) else None
        name = acting.names[a] if acting.names else None
        lines.append(Told(person, name, int(time.min()), int(time.max()), len(time)))
    return lines


def _times(run: Run, actor: int, hidden: Codes) -> Ints:
    """Return when an actor did something that a run holds."""
    if actor >= len(run.start) - 1:
        return np.zeros(0, np.int64)
    here = slice(run.start[actor], run.start[actor + 1])
    return np.asarray(run.time[here][~np.isin(run.event[here], hidden)])


def people_merged(snapshot: Snapshot) -> Flags:
    """Flag the people whose events are not all in the base, or were moved away from there."""
    flags = np.zeros(snapshot.persons, np.bool_)
    flags[: len(snapshot.recent.start) - 1] = np.diff(snapshot.recent.start) > 0
    flags[: len(snapshot.moved)] |= snapshot.moved
    return flags


def person_at(snapshot: Snapshot) -> tuple[Codes, Codes]:
    """Return whose event stands at each position of the base, and at each one beyond it."""
    base, recent = snapshot.base, snapshot.recent
    of_base = np.repeat(np.arange(len(base.start) - 1, dtype=np.uint32), np.diff(base.start))
    of_recent = np.zeros(snapshot.rows - len(base), np.uint32)
    person = np.repeat(np.arange(len(recent.start) - 1, dtype=np.uint32), np.diff(recent.start))
    inside = recent.position < len(base)
    of_base[recent.position[inside]] = person[inside]
    of_recent[recent.position[~inside] - len(base)] = person[~inside]
    return of_base, of_recent


def _by_account(snapshot: Snapshot, kept: _Kept) -> Acting:
    base, recent = snapshot.base, snapshot.recent
    column = snapshot.columns.event("$account", snapshot.rows - len(base))
    if "base" not in kept.accounts:
        run = _grouped(column.base, base.event, base.time, base.row, np.arange(len(base)))
        kept.accounts["base"] = (run, Lanes(run.start, run.event, run.time))
    of_base, lanes = kept.accounts["base"]
    new = recent.position >= len(base)  # an event that moved to another person keeps its account
    position = recent.position[new]
    of_recent = _grouped(
        column.recent[position - len(base)],
        recent.event[new],
        recent.time[new],
        recent.row[new],
        position,
    )
    accounts = max(len(of_base.start), len(of_recent.start)) - 1
    changed = replace(
        snapshot,
        persons=accounts,
        base=of_base,
        moved=np.zeros(accounts, np.bool_),
        recent=of_recent,
        lanes=lanes,
    )
    names = [name or "" for name in column.values[1 : accounts + 1]]
    return Acting(changed, np.zeros(0, np.int64), names, np.zeros(0, np.uint32))


def _grouped(code: Codes, event: Any, time: Ints, row: Codes, position: Any) -> Run:
    """Return the events that have a code as a run: actor a has those of code a + 1."""
    by_row = np.full(int(row.max()) + 1 if len(row) else 0, -1, np.int64)
    by_row[row] = np.arange(len(row))
    order = by_row[by_row >= 0]
    order = order[code[order] > 0]
    order = order[np.argsort(time[order], kind="stable")]
    account = code[order] - np.uint32(1)
    small = account.astype(np.uint16) if len(order) and account.max() < 1 << 16 else account
    order = order[np.argsort(small, kind="stable")]
    counts = np.bincount(account) if len(order) else np.zeros(0, np.int64)
    return Run(
        start=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        event=event[order],
        time=time[order],
        row=row[order],
        position=position[order].astype(np.uint32),
    )


def _by_session(snapshot: Snapshot, kept: _Kept) -> Acting:
    base, recent = snapshot.base, snapshot.recent
    column = snapshot.columns.event("$session", snapshot.rows - len(base))
    hidden = _hidden(snapshot)
    if kept.sessions is None:
        kept.sessions = _sessions_of(base, column.base, hidden)
    known = kept.sessions
    settled = len(known.start) - 1
    merged = people_merged(snapshot)
    merged[: len(known.mixed)] |= known.mixed
    moved = np.repeat(merged[: len(known.mixed)], np.diff(known.first))
    offsets, source = _merged(merged, snapshot.moved, base, recent)
    position = source.astype(np.uint32)
    position[source < 0] = recent.position[-1 - source[source < 0]]
    of_recent, new, first = _renumbered(
        offsets, source, position, base, recent, column, hidden, settled
    )
    persons = np.concatenate(
        [np.repeat(np.arange(len(f) - 1), np.diff(f)) for f in (known.first, first)]
    )
    changed = replace(
        snapshot,
        codes={name: c for name, c in snapshot.codes.items() if name not in IDENTITY_EVENTS},
        persons=settled + new,
        base=replace(base, start=known.start),
        moved=moved,
        recent=of_recent,
        lanes=known.lanes,
    )
    return Acting(changed, persons, [], np.flatnonzero(hidden).astype(np.uint32))


def _hidden(snapshot: Snapshot) -> Flags:
    """Flag the codes of identity calls."""
    flags = np.zeros(max(len(snapshot.codes), 1), np.bool_)
    for name in IDENTITY_EVENTS:
        if name in snapshot.codes:
            flags[snapshot.codes[name]] = True
    return flags


def _sessions_of(base: Run, client: Codes, hidden: Flags) -> _Sessions:
    """Divide everyone's stretch of the base, some people at a time."""
    people = len(base.start) - 1
    starts: list[Ints] = []
    first, mixed = np.zeros(people + 1, np.int64), np.zeros(people, np.bool_)
    n = 0
    for lo, hi in _pieces(people):
        a, b = base.start[lo], base.start[hi]
        start = np.empty(b - a, np.int64)
        count = number_sessions(
            base.start[lo : hi + 1] - a, base.event[a:b], hidden, base.time[a:b], client[a:b],
            PAUSE_US, start, first[lo : hi + 1], np.empty(b - a, np.int64), mixed[lo:hi],
        )  # fmt: skip
        starts.append(start[:count] + a)
        first[lo : hi + 1] += n
        n += count
    whole = np.concatenate([*starts, [len(base)]]).astype(np.int64)
    return _Sessions(whole, first, mixed, Lanes(whole, base.event, base.time))


def _pieces(people: int) -> Iterable[tuple[int, int]]:
    return pairwise([*range(0, people, _CHUNK_PEOPLE), people])


def _renumbered(
    offsets: Ints,
    source: Ints,
    position: Codes,
    base: Run,
    recent: Run,
    column: Any,
    hidden: Flags,
    settled: int,
) -> tuple[Run, int, Ints]:
    """Return the run of the sessions of merged people, how many they are, and each person's first.

    They are numbered from `settled` on.
    """
    event = _taken(source, base.event, recent.event, np.dtype(np.uint32))
    time = _taken(source, base.time, recent.time, np.dtype(np.int64))
    row = _taken(source, base.row, recent.row, np.dtype(np.uint32))
    client = np.empty(len(position), np.uint32)
    gather(position, column.base, column.recent, client)
    people = len(offsets) - 1
    first = np.zeros(people + 1, np.int64)
    session = np.empty(len(source), np.int64)
    new = number_sessions(
        offsets, event, hidden, time, client, PAUSE_US, np.empty(len(source), np.int64), first,
        session, np.zeros(people, np.bool_),
    )  # fmt: skip
    order = np.argsort(session, kind="stable")
    counts = np.bincount(session, minlength=new)
    start = np.concatenate((np.zeros(settled + 1, np.int64), np.cumsum(counts)))
    return Run(start, event[order], time[order], row[order], position[order]), new, first


def _taken(source: Ints, base: Any, recent: Any, dtype: np.dtype[Any]) -> Any:
    out = np.empty(len(source), dtype)
    from_base = source >= 0
    out[from_base] = base[source[from_base]]
    out[~from_base] = recent[-1 - source[~from_base]]
    return out


def _merged(merged: Flags, moved: Flags, base: Run, recent: Run) -> tuple[Ints, Ints]:
    """Return the events of the people flagged in order: i of the base, or -1 - j of the recent run."""
    room = len(recent) + int(
        np.diff(base.start)[merged[: len(base.start) - 1]].sum() if len(base) else 0
    )
    offsets, source = np.zeros(len(merged) + 1, np.int64), np.empty(room, np.int64)
    n = _merge(
        merged, moved, base.start, base.time, base.row, recent.start, recent.time, recent.row,
        offsets, source,
    )  # fmt: skip
    return offsets, source[:n]


@compiled
def _merge(
    merged: Any, moved: Any, a_start: Any, a_time: Any, a_row: Any, b_start: Any, b_time: Any,
    b_row: Any, offsets: Any, source: Any,
) -> int:  # fmt: skip
    n = 0
    for p in range(len(merged)):
        i = i_end = j = j_end = 0
        if merged[p]:
            if p < len(a_start) - 1 and not (p < len(moved) and moved[p]):
                i, i_end = a_start[p], a_start[p + 1]
            if p < len(b_start) - 1:
                j, j_end = b_start[p], b_start[p + 1]
        while i < i_end or j < j_end:
            from_a = j == j_end
            if i < i_end and j < j_end:
                from_a = a_time[i] < b_time[j] or (a_time[i] == b_time[j] and a_row[i] < b_row[j])
            if from_a:
                source[n] = i
                i += 1
            else:
                source[n] = -1 - j
                j += 1
            n += 1
        offsets[p + 1] = n
    return n


@compiled
def number_sessions(
    offsets: Any, event: Any, hidden: Any, time: Any, client: Any, pause: int, start: Any,
    first: Any, session: Any, mixed: Any,
) -> int:  # fmt: skip
    """Write the session of each event, and return how many there are.

    `start[s]` becomes the first event of session s, `first[p]` the first session of person p. `mixed`
    flags people of whom two sessions overlap. Hidden events go with those before them.
    """
    key = np.empty(len(time), np.int64)  # the client's code, 0 for none, -1 for not known yet
    n = 0
    for p in range(len(offsets) - 1):
        first[p] = n
        current, before = -1, 0
        for i in range(offsets[p], offsets[p + 1]):
            if current < 0:
                current = n
                key[n], start[n] = -1, i
                n += 1
            if not hidden[event[i]]:
                code = np.int64(client[i])
                opens = False
                if key[current] == -1:
                    key[current] = code
                elif code == 0:
                    opens = key[current] != 0 or time[i] - before > pause
                elif code != key[current]:
                    opens = True
                    for s in range(n - 1, first[p] - 1, -1):
                        if key[s] == code:
                            current, opens = s, False
                            mixed[p] = True
                            break
                if opens:
                    current = n
                    key[n], start[n] = code, i
                    n += 1
                before = time[i]
            session[i] = current
    first[len(offsets) - 1] = n
    return n
