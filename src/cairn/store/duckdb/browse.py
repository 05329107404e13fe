"""Looking around in a DuckDB project: names, values, people, sessions, rejections.

Nothing here reads all events twice. Counts of events are kept and only what arrived since is
added; who did how much, and when first and last, comes from the sequence index.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from cairn.core.clock import MICROSECONDS
from cairn.core.errors import NotFound
from cairn.model.event import CONTEXT_COLUMNS, IDENTITY_EVENTS
from cairn.store.base import Person, SequenceStore
from cairn.store.browse import (
    Catalog,
    EventName,
    PeoplePage,
    PersonEvent,
    PersonLine,
    PersonPage,
    PropertyName,
    RejectedInput,
    RejectionPage,
    ValueCount,
    Visit,
)
from cairn.store.snapshot import Column, Lookup, Run, Snapshot

SESSION_GAP_US = 30 * 60 * MICROSECONDS

_PAGE_EVENTS = 1_000
_VALUES_SHOWN = 50
_SAMPLED_ROWS = 50_000
_SAMPLED_PIECES = 25
_SAMPLED_PER_EVENT = 50
_IDENTITY = ", ".join(f"'{name}'" for name in IDENTITY_EVENTS)


@dataclass(slots=True)
class _Counted:
    """What is known of the first `rows` events."""

    rows: int = 0
    events: dict[str, tuple[int, int]] = field(default_factory=dict)
    properties: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Times:
    """When each person's first and last events were, as of a version of the data; -1 for none."""

    version: int
    first: NDArray[np.int64]
    last: NDArray[np.int64]


class DuckDBBrowser:
    """Looks around in one project. Safe from any thread."""

    def __init__(self, store: SequenceStore) -> None:
        """Look around in a store."""
        self._store = store
        self._counting = threading.Lock()
        self._counted = _Counted()
        self._times: _Times | None = None
        self._described: tuple[int, Sequence[PropertyName]] | None = None

    def catalog(self) -> Catalog:
        """Return the events and properties that questions can name."""
        with self._counting:
            counted = self._count()
            events = [EventName(name, n, last) for name, (n, last) in counted.events.items()]
            names = sorted(counted.properties)
            described = self._person_and_account_properties()
        events.sort(key=lambda event: (-event.count, event.name))
        return Catalog(
            events=events,
            properties=[*(PropertyName("event", name) for name in names), *described],
            event_total=sum(event.count for event in events if event.name not in IDENTITY_EVENTS),
            person_total=self._number(
                "SELECT (SELECT count(*) FROM persons) - (SELECT count(*) FROM merges)"
            ),
        )

    def values(self, of: str, name: str, event: str | None, search: str) -> Sequence[ValueCount]:
        """Return the commonest values of a property, on one event or all, that contain a text."""
        snapshot = self._store.snapshot
        if of == "event":
            recent = snapshot.rows - len(snapshot.base)
            column = snapshot.columns.event(name, recent)
            counts, texts = _event_counts(snapshot, column, event), column.values
        elif of == "person":
            lookup = snapshot.columns.person(name, snapshot.persons)
            counts, texts = _counts(lookup), lookup.values
        else:
            accounts = self._store.sql("SELECT account FROM accounts").column(0).to_pylist()
            lookup = snapshot.columns.account(name, accounts)
            counts, texts = _counts(lookup), lookup.values
        counts[0] = 0
        wanted = search.casefold()
        found: list[ValueCount] = []
        for code in np.argsort(-counts, kind="stable"):
            if not counts[code] or len(found) == _VALUES_SHOWN:
                break
            text = texts[code]
            if text is not None and wanted in text.casefold():
                found.append(ValueCount(text, int(counts[code])))
        return found

    def people(self, search: str, limit: int, offset: int) -> PeoplePage:
        """Return the persons whose ids or properties contain a text, last seen first."""
        query = "SELECT person FROM persons ANTI JOIN merges ON merges.source = persons.person"
        parameters: tuple[str, ...] = ()
        if search.strip():
            query += (
                " WHERE contains(lower(persons.properties), $1) OR persons.uid = $1"
                " OR contains(lower(persons.account), $1) OR persons.person IN "
                "(SELECT person FROM distinct_ids WHERE contains(lower(distinct_id), $1))"
            )
            parameters = (search.strip().lower().replace("\0", ""),)
        found = self._store.sql(query, parameters).column(0).to_numpy()
        last = self._times_now().last
        at = np.full(len(found), -1, np.int64)
        known = found < len(last)
        at[known] = last[found[known]]
        page = found[np.lexsort((found, -at))][offset : offset + limit]
        return PeoplePage(len(found), self.lines([int(person) for person in page]))

    def lines(self, persons: Sequence[Person]) -> Sequence[PersonLine]:
        """Return these persons, in the order given."""
        if not persons:
            return ()
        rows = self._store.sql(
            "SELECT person, uid, epoch_us(created) AS created, account, properties FROM persons "
            "WHERE person IN (SELECT unnest(?::INTEGER[]))",
            (list(persons),),
        ).to_pylist()
        ids: dict[int, list[str]] = {}
        for row in self._store.sql(
            "SELECT person, distinct_id FROM distinct_ids "
            "WHERE person IN (SELECT unnest(?::INTEGER[])) ORDER BY rowid",
            (list(persons),),
        ).to_pylist():
            ids.setdefault(row["person"], []).append(row["distinct_id"])
        times, snapshot = self._times_now(), self._store.snapshot
        ignored = [snapshot.codes[name] for name in IDENTITY_EVENTS if name in snapshot.codes]
        lines = {}
        for row in rows:
            person = row["person"]
            seen = person < len(times.first) and times.first[person] >= 0
            lines[person] = PersonLine(
                person=person,
                uid=row["uid"],
                distinct_ids=ids.get(person, ()),
                properties=msgspec.json.decode(row["properties"]),
                account=row["account"],
                first_us=int(times.first[person]) if seen else row["created"],
                last_us=int(times.last[person]) if seen else row["created"],
                events=_events_of(snapshot, person, ignored),
            )
        return [lines[person] for person in persons if person in lines]

    def person(self, uid: str) -> PersonPage:
        """Return a person's page, or raise NotFound."""
        found = self._store.sql(
            "SELECT coalesce(merges.target, persons.person) FROM persons "
            "LEFT JOIN merges ON merges.source = persons.person WHERE uid = ?",
            (uid,),
        ).column(0)
        if not len(found):
            raise NotFound(
                f"there is no person {uid[:100]!r} in this project",
                hint="The people list of the project gives the ids.",
            )
        person = found[0].as_py()
        rows = _newest_rows(self._store.snapshot, person, _PAGE_EVENTS + 1)
        events = self._store.sql(
            "SELECT id, event, epoch_us(time) AS time, session, url, path, "
            "properties::JSON::VARCHAR AS properties "
            "FROM events WHERE seq IN (SELECT unnest(?::BIGINT[])) "
            f"AND event NOT IN ({_IDENTITY}) ORDER BY events.time, seq",
            (rows[-_PAGE_EVENTS:],),
        ).to_pylist()
        visits = visits_of(events)
        return PersonPage(self.lines([person])[0], visits[::-1], len(rows) > _PAGE_EVENTS)

    def rejections(self, limit: int, offset: int) -> RejectionPage:
        """Return what was rejected, newest first."""
        rows = self._store.sql(
            "SELECT epoch_us(received) AS received, reason, hint, payload FROM rejections "
            "ORDER BY rejections.received DESC, rowid DESC LIMIT ? OFFSET ?",
            (limit, offset),
        ).to_pylist()
        found = [RejectedInput(r["received"], r["reason"], r["hint"], r["payload"]) for r in rows]
        return RejectionPage(self.rejection_count(), found)

    def rejection_count(self) -> int:
        """Return how much was rejected."""
        return self._number("SELECT count(*) FROM rejections")

    def _count(self) -> _Counted:
        """Bring the counts up to the newest event, reading only what arrived since."""
        rows = self._store.snapshot.rows
        counted = self._counted
        if rows < counted.rows:
            counted = self._counted = _Counted()
        if rows == counted.rows:
            return counted
        first = counted.rows
        fresh = self._store.sql(
            "SELECT event, count(*) AS count, epoch_us(max(time)) AS last FROM events "
            "WHERE seq >= ? AND seq < ? GROUP BY event",
            (first, rows),
        ).to_pylist()
        new_names = [row["event"] for row in fresh if row["event"] not in counted.events]
        for row in fresh:
            count, last = counted.events.get(row["event"], (0, row["last"]))
            counted.events[row["event"]] = (count + row["count"], max(last, row["last"]))
        counted.properties.update(self._properties_between(first, rows))
        if rows - first > _SAMPLED_ROWS:
            for name in new_names:
                counted.properties.update(self._properties_of(name))
        counted.rows = rows
        return counted

    def _properties_between(self, first: int, last: int) -> Iterable[str]:
        """Return the event properties in a stretch of rows; of a long one, in pieces of it."""
        pieces = [(first, last)]
        if last - first > _SAMPLED_ROWS:
            size = _SAMPLED_ROWS // _SAMPLED_PIECES
            starts = np.linspace(first, last - size, _SAMPLED_PIECES, dtype=np.int64)
            pieces = [(int(start), int(start) + size) for start in starts]
        where = " OR ".join(f"(seq >= {start} AND seq < {end})" for start, end in pieces)
        return self._properties_where(where)

    def _properties_of(self, event: str) -> Iterable[str]:
        rows = self._store.sql(
            f"SELECT seq FROM events WHERE event = ? LIMIT {_SAMPLED_PER_EVENT}", (event,)
        ).column(0)
        if not len(rows):
            return ()
        return self._properties_where(f"seq IN ({', '.join(map(str, rows.to_pylist()))})")

    def _properties_where(self, where: str) -> Iterable[str]:
        names = self._store.sql(
            "SELECT DISTINCT unnest(json_keys(properties::JSON)) AS name FROM events "
            f"WHERE properties IS NOT NULL AND ({where})"
        ).column(0)
        yield from (name for name in names.to_pylist() if name)
        filled = ", ".join(f"bool_or({name} IS NOT NULL) AS {name}" for name in CONTEXT_COLUMNS)
        row = self._store.sql(f"SELECT {filled} FROM events WHERE {where}").to_pylist()[0]
        yield from (f"${name}" for name, is_filled in row.items() if is_filled)

    def _person_and_account_properties(self) -> Sequence[PropertyName]:
        version = self._store.data_version
        if self._described is not None and self._described[0] == version:
            return self._described[1]
        found: list[PropertyName] = []
        tables: tuple[tuple[Literal["person", "account"], str], ...] = (
            ("person", "persons"),
            ("account", "accounts"),
        )
        for of, table in tables:
            names = self._store.sql(
                "SELECT DISTINCT unnest(json_keys(properties)) AS name FROM "
                f"(SELECT properties FROM {table} WHERE properties <> '{{}}' "
                f"ORDER BY rowid DESC LIMIT {_SAMPLED_ROWS}) ORDER BY name"
            ).column(0)
            found.extend(PropertyName(of, name) for name in names.to_pylist() if name)
        self._described = (version, found)
        return found

    def _times_now(self) -> _Times:
        snapshot = self._store.snapshot
        times = self._times
        if times is None or times.version != snapshot.version:
            times = self._times = _times(snapshot)
        return times

    def _number(self, query: str) -> int:
        return int(self._store.sql(query).column(0)[0].as_py())


def visits_of(events: Sequence[Mapping[str, Any]]) -> list[Visit]:
    """Return a person's events, given in order of time, as sessions by the rule of the store.

    A session id of the client makes a session; without one, a pause of over 30 minutes ends it.
    """
    numbered: dict[str, list[Mapping[str, Any]]] = {}
    number = 0
    before: Mapping[str, Any] | None = None
    for event in events:
        session = event["session"]
        if before is None:
            starts = True
        elif session is not None:
            starts = session != before["session"]
        else:
            pause = event["time"] - before["time"] > SESSION_GAP_US
            starts = pause or before["session"] is not None
        number += starts
        numbered.setdefault(session or f"auto-{number}", []).append(event)
        before = event
    visits = [
        Visit(inner[0]["time"], inner[-1]["time"], [_person_event(event) for event in inner])
        for inner in numbered.values()
    ]
    return sorted(visits, key=lambda visit: visit.start_us)


def _person_event(row: Mapping[str, Any]) -> PersonEvent:
    properties = msgspec.json.decode(row["properties"]) if row["properties"] else {}
    shown = {f"${name}": row[name] for name in ("url", "path") if row[name]}
    return PersonEvent(row["id"], row["event"], row["time"], {**shown, **properties})


def _event_counts(snapshot: Snapshot, column: Column, event: str | None) -> NDArray[np.int64]:
    """Return how often each code of a column occurs, on one event or all."""
    size = len(column.values)
    base, recent = column.base, column.recent
    inside = snapshot.recent.position >= len(base)
    positions = snapshot.recent.position[inside] - len(base)
    of_recent = recent[positions]
    if event is not None:
        code = snapshot.codes.get(event, -1)
        base = base[snapshot.base.event == code]
        of_recent = of_recent[snapshot.recent.event[inside] == code]
    counts = np.bincount(base, minlength=size) + np.bincount(of_recent, minlength=size)
    return counts.astype(np.int64)


def _counts(lookup: Lookup) -> NDArray[np.int64]:
    return np.bincount(lookup.codes, minlength=len(lookup.values)).astype(np.int64)


def _stretch(run: Run, person: Person) -> slice:
    if person + 1 >= len(run.start):
        return slice(0, 0)
    return slice(int(run.start[person]), int(run.start[person + 1]))


def _stretches(snapshot: Snapshot, person: Person) -> list[tuple[Run, slice]]:
    """Return where a person's events are: in the base, unless they moved, and in the recent run."""
    found = [(snapshot.recent, _stretch(snapshot.recent, person))]
    if person >= len(snapshot.moved) or not snapshot.moved[person]:
        found.append((snapshot.base, _stretch(snapshot.base, person)))
    return found


def _events_of(snapshot: Snapshot, person: Person, ignored: Sequence[int]) -> int:
    total = 0
    for run, stretch in _stretches(snapshot, person):
        total += int(np.count_nonzero(~np.isin(run.event[stretch], ignored)))
    return total


def _newest_rows(snapshot: Snapshot, person: Person, limit: int) -> list[int]:
    """Return the places in order of arrival of a person's newest events, oldest first."""
    parts = _stretches(snapshot, person)
    time = np.concatenate([run.time[stretch] for run, stretch in parts])
    row = np.concatenate([run.row[stretch] for run, stretch in parts])
    rows: list[int] = row[np.lexsort((row, time))][-limit:].tolist()
    return rows


def _times(snapshot: Snapshot) -> _Times:
    """Return each person's first and last time, over both runs."""
    first = np.full(snapshot.persons, np.iinfo(np.int64).max, np.int64)
    last = np.full(snapshot.persons, -1, np.int64)
    for run in (snapshot.base, snapshot.recent):
        persons = min(len(run.start) - 1, snapshot.persons)
        starts, ends = run.start[:persons], run.start[1 : persons + 1]
        some = ends > starts
        if run is snapshot.base:
            moved = snapshot.moved[:persons]
            some[: len(moved)] &= ~moved
        at = np.flatnonzero(some)
        first[at] = np.minimum(first[at], run.time[starts[at]])
        last[at] = np.maximum(last[at], run.time[ends[at] - 1])
    first[last < 0] = -1
    return _Times(snapshot.version, first, last)
