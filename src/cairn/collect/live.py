"""The newest arrivals, for those who watch.

A watcher that falls behind misses the oldest it has not read; the loader never waits for one.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cairn.core.clock import MICROSECONDS
from cairn.model.event import Event, Rejection
from cairn.store.base import EventStore, Person

RECENT = 50
_BEHIND_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event that was just loaded. `person` is the public id of the person."""

    id: str
    event: str
    time_us: int
    received_us: int
    person: str
    distinct_id: str
    properties: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one turn of the loader has made queryable."""

    events: Sequence[Event] = ()
    people: Sequence[Person] = ()
    rejections: Sequence[Rejection] = ()
    duplicates: int = 0


@dataclass(eq=False, slots=True)
class Watcher:
    """One who watches. Look with `ready`, and leave with `Live.leave`."""

    waiting: deque[Arrival | Rejection] = field(
        default_factory=lambda: deque[Arrival | Rejection](maxlen=_BEHIND_LIMIT)
    )
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ready(self) -> list[Arrival | Rejection]:
        """Return what has come since the last look, without waiting."""
        with self.lock:
            items = list(self.waiting)
            self.waiting.clear()
        return items


class Live:
    """A project's stream of arrivals and rejections. Safe to use from many threads."""

    def __init__(self, uids: Callable[[Sequence[Person]], Mapping[Person, str]]) -> None:
        """Start with nothing. `uids` tells the public ids of persons."""
        self._uids = uids
        self._recent: deque[Arrival | Rejection] = deque(maxlen=RECENT)
        self._watchers: set[Watcher] = set()
        self._lock = threading.Lock()

    def publish(self, loaded: Loaded) -> None:
        """Show what a turn has loaded. Of a large turn, watchers see the last part."""
        shown = _BEHIND_LIMIT if self._watchers else RECENT
        people = loaded.people[-shown:]
        uids = self._uids(people) if people else {}
        with self._lock:
            items: list[Arrival | Rejection] = [
                Arrival(
                    event.id,
                    event.event,
                    event.time_us,
                    event.received_us,
                    uids.get(person, ""),
                    event.distinct_id,
                    event.properties,
                )
                for event, person in zip(loaded.events[-shown:], people, strict=True)
            ]
            items.extend(loaded.rejections[-shown:])
            self._recent.extend(items)
            for watcher in self._watchers:
                with watcher.lock:
                    watcher.waiting.extend(items)

    def recent(self, limit: int = RECENT) -> list[Arrival | Rejection]:
        """Return the last arrivals and rejections, oldest first."""
        with self._lock:
            return list(self._recent)[-limit:] if limit > 0 else []

    def subscribe(self) -> Watcher:
        """Return a watcher that has the recent ones and gets all that follow."""
        watcher = Watcher()
        with self._lock:
            watcher.waiting.extend(self._recent)
            self._watchers.add(watcher)
        return watcher

    def leave(self, watcher: Watcher) -> None:
        """Stop a watcher."""
        with self._lock:
            self._watchers.discard(watcher)


def as_data(item: Arrival | Rejection) -> tuple[str, dict[str, Any]]:
    """Return what a watcher of the live stream reads, with its kind."""
    if isinstance(item, Arrival):
        return "arrival", {
            "id": item.id,
            "event": item.event,
            "time": _iso(item.time_us),
            "received": _iso(item.received_us),
            "person": item.person,
            "distinct_id": item.distinct_id,
            "properties": item.properties,
            "status": "accepted",
        }
    return "rejection", {
        "received": _iso(item.received_us),
        "reason": item.reason,
        "hint": item.hint,
        "payload": item.payload,
    }


def person_uids(store: EventStore) -> Callable[[Sequence[Person]], Mapping[Person, str]]:
    """Return a function that looks up the public ids of persons in a store."""

    def look_up(people: Sequence[Person]) -> Mapping[Person, str]:
        rows = store.sql(
            "SELECT person, uid FROM persons WHERE person IN (SELECT unnest(?::INTEGER[]))",
            (sorted(set(people)),),
        )
        return dict(zip(rows["person"].to_pylist(), rows["uid"].to_pylist(), strict=True))

    return look_up


def _iso(time_us: int) -> str:
    seconds, rest = divmod(time_us, MICROSECONDS)
    moment = datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
