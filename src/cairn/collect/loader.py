"""Loads acknowledged requests from a project's spool into its store, exactly once.

Each turn writes what it found and how far it read in one transaction, so a stop at any moment
neither loses nor doubles an event. A turn that fails is tried again; when it fails because of
something in it, that part is found by halving and becomes a rejection, and the rest is loaded.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from cairn.collect.live import Loaded
from cairn.collect.pipeline import Turn, batch_of, walk
from cairn.collect.spool import Damage, Place, Record, is_finished, read_segment, segments
from cairn.core.clock import Clock, system_clock
from cairn.model.event import Rejection
from cairn.store.base import Batch, EventStore, SpoolOffset

TURN_BYTES = 4 << 20
"""How much of the spool one turn takes: about ten thousand events."""

TURN_RECORDS = 5_000

_IDLE_SECONDS = 0.05
_PAUSE_SECONDS = 0.1
_LONGEST_RETRY_SECONDS = 30.0
_TRIES_BEFORE_HALVING = 3
_BODY_SHOWN = 32 << 10
_PROBE = "probe"

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Take:
    """What one turn takes from the spool."""

    places: list[Place] = field(default_factory=list)
    offsets: dict[str, int] = field(default_factory=dict)
    finished: list[Path] = field(default_factory=list)
    size: int = 0

    @property
    def is_full(self) -> bool:
        return self.size >= TURN_BYTES or len(self.places) >= TURN_RECORDS


class Loader:
    """The one writer of a project's store."""

    def __init__(
        self,
        store: EventStore,
        spool_folder: Path,
        clock: Clock = system_clock,
        on_loaded: Callable[[Loaded], None] = lambda loaded: None,
    ) -> None:
        """Load from `spool_folder` into `store`; call `on_loaded` after each turn that did."""
        self._store = store
        self._folder = spool_folder
        self._clock = clock
        self._on_loaded = on_loaded
        self._offsets = self._open_offsets()
        self._failures = 0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.events_loaded = 0
        self.duplicates_dropped = 0
        self.events_rejected = 0
        self.turns_failed = 0

    def start(self) -> None:
        """Load in a thread of its own until `stop`."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="loader", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the turn that runs and stop."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def run_once(self) -> int:
        """Load one turn's worth, and return how many records it took. Raises when it fails."""
        take = self._take()
        if take.places:
            try:
                self._load(take)
            except Exception:
                self._failures += 1
                self.turns_failed += 1
                if self._failures < _TRIES_BEFORE_HALVING:
                    raise
                self._load_by_halves(take)
            self._failures = 0
        self._remove(take)
        return len(take.places)

    def lag_bytes(self) -> int:
        """Return how many bytes of the spool are not loaded yet."""
        lag = 0
        for path in segments(self._folder):
            try:
                lag += max(0, path.stat().st_size - self._offsets.get(path.name, 0))
            except FileNotFoundError:
                continue
        return lag

    def _run(self) -> None:
        retry_seconds = _PAUSE_SECONDS
        while not self._stopping.is_set():
            started = time.monotonic()
            try:
                taken = self.run_once()
            except Exception as error:  # whatever it is, the spool still has it all
                _log.error("load_failed", spool=str(self._folder), error=str(error), exc_info=True)
                self._stopping.wait(retry_seconds)
                retry_seconds = min(2 * retry_seconds, _LONGEST_RETRY_SECONDS)
                continue
            retry_seconds = _PAUSE_SECONDS
            if taken < TURN_RECORDS // 10:  # gather a little before the next turn
                spent = time.monotonic() - started
                self._stopping.wait(_PAUSE_SECONDS - spent if taken else _IDLE_SECONDS)

    def _take(self) -> _Take:
        take = _Take()
        for path in segments(self._folder):
            if take.is_full:
                break
            finished = is_finished(path)  # asked before reading: nothing is written after it
            start = end = self._offsets.get(path.name, 0)
            try:
                if finished or path.stat().st_size > start:
                    end = self._read(path, start, finished, take)
            except FileNotFoundError:
                continue
            if end > start:
                take.offsets[path.name] = end
            if finished and not take.is_full:
                take.finished.append(path)
        take.places.sort(key=_arrival)
        return take

    def _read(self, path: Path, start: int, finished: bool, take: _Take) -> int:
        end = start
        for place in read_segment(path, start, finished):
            take.places.append(place)
            take.size += place.end - end
            end = place.end
            if take.is_full:
                break
        return end

    def _load(self, take: _Take) -> None:
        turn = walk(Turn([place.found for place in take.places], self._clock()), self._store)
        self._write(batch_of(turn, _spool_offsets(take)), turn.duplicates)
        self._offsets.update(take.offsets)

    def _load_by_halves(self, take: _Take) -> None:
        """Load a turn that fails again and again without what makes it fail.

        The offsets go with the last part. When the process stops before, the parts that were
        written are read again, and their events are recognised by their ids.
        """
        bad: list[Rejection] = []
        self._load_part([place.found for place in take.places], bad)
        self._write(Batch(rejections=bad, offsets=_spool_offsets(take)), 0)
        self._offsets.update(take.offsets)

    def _load_part(self, found: Sequence[Record | Damage], bad: list[Rejection]) -> None:
        try:
            turn = walk(Turn(found, self._clock()), self._store)
            self._write(batch_of(turn, ()), turn.duplicates)
        except Exception as error:  # it is narrowed down, then kept as a rejection
            if len(found) == 1:
                self._check_store()
                _log.error("record_rejected", error=str(error), exc_info=True)
                bad.append(_poison(found[0], error, self._clock()))
                return
            middle = len(found) // 2
            self._load_part(found[:middle], bad)
            self._load_part(found[middle:], bad)

    def _check_store(self) -> None:
        """Raise when the store cannot write at all: then no record is to blame."""
        self._store.append(Batch(offsets=[SpoolOffset(_PROBE, 0)]))
        self._store.forget_offsets([_PROBE])

    def _open_offsets(self) -> dict[str, int]:
        """Return how far each segment is loaded, forgetting those deleted just before a stop."""
        stored = self._store.offsets()
        present = {path.name for path in segments(self._folder)}
        gone = [name for name in stored if name not in present]
        if gone:
            self._store.forget_offsets(gone)
        return {name: offset for name, offset in stored.items() if name in present}

    def _write(self, batch: Batch, duplicates: int) -> None:
        self._store.append(batch)
        self.events_loaded += len(batch.events)
        self.duplicates_dropped += duplicates
        self.events_rejected += len(batch.rejections)
        if batch.events or batch.rejections:
            loaded = Loaded(batch.events, batch.people, batch.rejections, duplicates)
            try:
                self._on_loaded(loaded)
            except Exception as error:  # watchers never stop the loader
                _log.error("loaded_not_announced", error=str(error), exc_info=True)

    def _remove(self, take: _Take) -> None:
        """Delete segments that are wholly loaded, then what the store remembers of them."""
        for path in take.finished:
            path.unlink(missing_ok=True)
        gone = [path.name for path in take.finished if path.name in self._offsets]
        if gone:
            self._store.forget_offsets(gone)
            for name in gone:
                del self._offsets[name]


def _spool_offsets(take: _Take) -> list[SpoolOffset]:
    return [SpoolOffset(segment, offset) for segment, offset in take.offsets.items()]


def _arrival(place: Place) -> int:
    return place.found.received_us if isinstance(place.found, Record) else 0


def _poison(found: Record | Damage, error: Exception, now_us: int) -> Rejection:
    record = found if isinstance(found, Record) else Record(now_us, "", found.content)
    return Rejection(
        received_us=record.received_us,
        reason=f"the store could not keep it: {error}",
        hint="This is a fault of Cairn: please report it with this payload.",
        payload=record.body[:_BODY_SHOWN].decode("utf-8", "replace"),
    )
