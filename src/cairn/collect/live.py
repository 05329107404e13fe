"""The newest arrivals, for those who watch.

A watcher that falls behind misses the oldest it has not read; the loader never waits for one.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cairn.model.event import Event, Rejection
from cairn.store.base import Person

RECENT = 50
_BEHIND_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event that was just loaded."""

    id: str
    event: str
    time_us: int
    received_us: int
    person: Person
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
    """One who watches. Read with `next`, and leave with `Live.leave`."""

    waiting: deque[Arrival | Rejection] = field(
        default_factory=lambda: deque[Arrival | Rejection](maxlen=_BEHIND_LIMIT)
    )
    news: threading.Condition = field(default_factory=threading.Condition)

    def next(self, timeout_seconds: float) -> Arrival | Rejection | None:
        """Return the next arrival or rejection, or None when none came in time."""
        with self.news:
            if not self.waiting:
                self.news.wait(timeout_seconds)
            return self.waiting.popleft() if self.waiting else None

    def ready(self) -> list[Arrival | Rejection]:
        """Return what has come since the last look, without waiting."""
        with self.news:
            items = list(self.waiting)
            self.waiting.clear()
        return items


class Live:
    """A project's stream of arrivals and rejections. Safe to use from many threads."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._recent: deque[Arrival | Rejection] = deque(maxlen=RECENT)
        self._watchers: set[Watcher] = set()
        self._lock = threading.Lock()

    def publish(self, loaded: Loaded) -> None:
        """Show what a turn has loaded. Of a large turn, watchers see the last part."""
        with self._lock:
            shown = _BEHIND_LIMIT if self._watchers else RECENT
            items: list[Arrival | Rejection] = [
                Arrival(
                    event.id,
                    event.event,
                    event.time_us,
                    event.received_us,
                    person,
                    event.distinct_id,
                    event.properties,
                )
                for event, person in zip(
                    loaded.events[-shown:], loaded.people[-shown:], strict=True
                )
            ]
            items.extend(loaded.rejections[-shown:])
            self._recent.extend(items)
            for watcher in self._watchers:
                with watcher.news:
                    watcher.waiting.extend(items)
                    watcher.news.notify_all()

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
