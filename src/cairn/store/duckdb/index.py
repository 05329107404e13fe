"""The sequence index: every event of a project in order of (person, time), derived from DuckDB.

The base lies in files of one *generation* folder and is memory-mapped. Batches go to the recent run;
when that has grown, a *fold* writes the next generation in the background and the recent run shrinks
to what arrived meanwhile. Nothing here is the only copy: delete the folder and it is rebuilt.

    index/current.json        which generation counts, and which database it was made from
    index/<generation>/       event.npy time.npy row.npy start.npy, and columns/ for properties
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray

from cairn.core.files import save_array_durably, write_durably
from cairn.store.base import Merge, final_targets
from cairn.store.duckdb.arrange import merge_order, order_events, take_from_two
from cairn.store.duckdb.columns import DuckDBColumns
from cairn.store.duckdb.derived import UNREADABLE, read_array, read_object
from cairn.store.lanes import Lanes
from cairn.store.snapshot import Codes, Flags, Ints, Run, Snapshot

FORMAT = 1
FOLD_AT_LEAST = 1_000_000
FOLD_SHARE = 0.1
_FEW_NAMES = 60_000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Rows:
    """Events in order of arrival: `event` holds codes, `row` the arrival numbers."""

    event: Codes
    time: Ints
    row: Codes
    person: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True, slots=True)
class Source:
    """What the index is made from: a database, its event names, merges and rows."""

    database: str
    names: Sequence[str]
    persons: int
    rows: int
    merges: Sequence[Merge]
    read: Callable[[int], Iterable[Rows]]
    columns: Callable[[Path, Codes], DuckDBColumns]


class SequenceIndex:
    """Keeps the snapshot that questions read. One thread appends; any thread may read."""

    def __init__(self, folder: Path, source: Source) -> None:
        """Open the index, building whatever of it is missing or stale."""
        self._folder = folder
        self._source = source
        self._codes = {name: code for code, name in enumerate(source.names)}
        self._target = np.arange(max(source.persons, 1), dtype=np.int32)
        self._lock = threading.Lock()
        self._since_fold: list[tuple[Rows, Sequence[Merge]]] | None = None
        self._fold: threading.Thread | None = None
        self._fold_at: int | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self._retarget(source.merges)
        self._snapshot = self._opened()
        rows = [rows for rows in source.read(self._snapshot.rows) if len(rows)]
        if rows:
            joined = Rows(*(np.concatenate([getattr(r, f) for r in rows]) for f in Rows.__slots__))
            if len(self._snapshot.base) == 0 and len(joined) > FOLD_AT_LEAST // 10:
                self._snapshot = self._written(self._from_rows(joined))
            else:
                self._snapshot = self._with(self._snapshot, joined, source.merges)
        elif source.merges:
            self._snapshot = self._with(self._snapshot, _no_rows(), source.merges)

    @property
    def snapshot(self) -> Snapshot:
        """Return the events as of the last batch."""
        return self._snapshot

    def codes_of(self, names: Iterable[str]) -> Codes:
        """Return the code of each event name, giving new names the next codes."""
        codes = self._codes
        unknown = [name for name in dict.fromkeys(names) if name not in codes]
        if unknown:
            codes = dict(codes)
            for name in unknown:
                codes[name] = len(codes)
            self._codes = codes
        return np.fromiter((codes[name] for name in names), np.uint32)

    def append(self, rows: Rows, merges: Sequence[Merge], persons: int) -> None:
        """Add a batch that has just been committed, with the merges it brought."""
        with self._lock:
            if persons > len(self._target):
                grown = np.arange(max(persons, len(self._target) * 3 // 2), dtype=np.int32)
                grown[: len(self._target)] = self._target
                self._target = grown
            self._retarget(merges)
            if self._since_fold is not None:
                self._since_fold.append((rows, merges))
            self._snapshot = self._with(replace(self._snapshot, persons=persons), rows, merges)
            grown_too_far = len(self._snapshot.recent) > self._fold_limit()
            if grown_too_far and self._since_fold is None:
                self._since_fold = []
                self._fold = threading.Thread(
                    target=self._run_fold, args=(self._snapshot,), name="fold", daemon=True
                )
                self._fold.start()

    def fold(self) -> None:
        """Fold the recent run into the base now, and wait for it."""
        self.wait()
        with self._lock:
            if len(self._snapshot.recent) or self._snapshot.moved.any():
                self._snapshot = self._written(self._snapshot)

    def wait(self) -> None:
        """Wait for a fold that runs in the background."""
        if self._fold is not None:
            self._fold.join()

    def bytes_on_disk(self) -> int:
        """Return the size of event, time, person and order on disk."""
        folder = self._generation_folder()
        return sum(file.stat().st_size for file in folder.glob("*.npy")) if folder else 0

    def _retarget(self, merges: Sequence[Merge]) -> None:
        """Send everyone who was, or ended up as, a merged person to whom that person is now."""
        final = final_targets(merges)
        if final:
            now = np.arange(len(self._target), dtype=np.int32)
            now[list(final)] = list(final.values())
            self._target = now[self._target]

    def _fold_limit(self) -> int:
        return max(FOLD_AT_LEAST, int(len(self._snapshot.base) * FOLD_SHARE))

    def _run_fold(self, snapshot: Snapshot) -> None:
        try:
            folded = self._write_generation(snapshot)
            with self._lock:
                folded = replace(folded, persons=self._snapshot.persons)
                for rows, merges in self._since_fold or ():
                    folded = self._with(folded, rows, merges)
                self._snapshot = replace(folded, version=self._snapshot.version)
                self._publish(folded.columns)
        except Exception:  # the recent run still holds everything; the next batch tries again
            log.exception("index fold failed; questions stay right but slow down")
        finally:
            self._since_fold = None

    def _with(self, snapshot: Snapshot, rows: Rows, merges: Sequence[Merge]) -> Snapshot:
        """Return the snapshot with more rows, and with the merged persons' events moved."""
        base, recent = snapshot.base, snapshot.recent
        persons = max(snapshot.persons, 1)
        moved = snapshot.moved
        gone = np.zeros(len(recent.start) - 1, np.bool_)
        parts = [(rows.event, rows.time, rows.row, rows.row, self._target[rows.person])]
        sources = np.unique(np.fromiter((m.source for m in merges), np.int64))
        if len(sources):
            moved = moved.copy()
        for person in sources.tolist():
            target = self._target[person]
            lo, hi = _stretch(base, person)
            if hi > lo and not moved[person]:
                moved[person] = True
                positions = np.arange(lo, hi, dtype=np.uint32)
                parts.append(_moved(base, lo, hi, positions, target))
            lo, hi = _stretch(recent, person)
            if hi > lo:
                gone[person] = True
                parts.append(_moved(recent, lo, hi, recent.position[lo:hi], target))
        event, time, row, position, person_of = (
            np.concatenate(p) for p in zip(*parts, strict=True)
        )
        if len(parts) > 1:
            by_arrival = np.argsort(row, kind="stable")
            event, time, row = event[by_arrival], time[by_arrival], row[by_arrival]
            position, person_of = position[by_arrival], person_of[by_arrival]
        start, order = order_events(person_of, time, persons)
        small = Run(start, event[order], time[order], row[order], position[order])
        return replace(
            snapshot,
            codes=self._codes,
            persons=persons,
            rows=snapshot.rows + len(rows),
            moved=moved,
            recent=_merged(recent, gone, small, persons),
            version=snapshot.version + 1,
        )

    def _from_rows(self, rows: Rows) -> Snapshot:
        """Return a snapshot whose recent run is all rows, for a first fold."""
        return self._with(self._empty(), rows, ())

    def _empty(self) -> Snapshot:
        return Snapshot(
            codes=self._codes,
            persons=self._source.persons,
            rows=0,
            base=_no_run(),
            moved=np.zeros(0, np.bool_),
            recent=_no_run(),
            columns=self._source.columns(self._folder / "0", np.zeros(0, np.uint32)),
            lanes=_lanes_of(_no_run()),
            version=0,
        )

    def _written(self, snapshot: Snapshot) -> Snapshot:
        folded = self._write_generation(snapshot)
        self._publish(folded.columns)
        return replace(folded, version=snapshot.version)

    def _write_generation(self, snapshot: Snapshot) -> Snapshot:
        """Write base and recent run as the next generation and return the snapshot that reads it."""
        base, recent = snapshot.base, snapshot.recent
        folder = self._folder / str(self._next_generation())
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        start, source = merge_order(
            base.start, base.time, base.row, snapshot.moved,
            recent.start, recent.time, recent.row, snapshot.persons,
        )  # fmt: skip
        code_type: Any = np.uint16 if len(snapshot.codes) < _FEW_NAMES else np.uint32
        for name, kind in (("event", code_type), ("time", np.int64), ("row", np.uint32)):
            out = np.lib.format.open_memmap(
                folder / f"{name}.npy", mode="w+", dtype=kind, shape=(len(source),)
            )
            take_from_two(source, getattr(base, name), getattr(recent, name), out)
            out.flush()
        save_array_durably(folder / "start.npy", start)
        run = _read_run(folder)
        columns = self._source.columns(folder, run.row)
        if isinstance(snapshot.columns, DuckDBColumns):
            positions = np.arange(len(base), dtype=np.uint32)
            old_positions = np.empty(len(source), np.uint32)
            take_from_two(source, positions, recent.position, old_positions)
            columns.carry_over(snapshot.columns, old_positions, snapshot.rows - len(base))
        meta = {
            "format": FORMAT,
            "database": self._source.database,
            "rows": snapshot.rows,
            "names": list(snapshot.codes),
        }
        write_durably(folder / "meta.json", json.dumps(meta).encode())
        return Snapshot(
            codes=snapshot.codes,
            persons=snapshot.persons,
            rows=snapshot.rows,
            base=run,
            moved=np.zeros(snapshot.persons, np.bool_),
            recent=_no_run(),
            columns=columns,
            lanes=_lanes_of(run),
            version=snapshot.version,
        )

    def _opened(self) -> Snapshot:
        """Return the base on disk, or an empty one when it is missing, damaged or of another database."""
        folder = self._generation_folder()
        if folder is None:
            return self._empty()
        try:
            meta = read_object(folder / "meta.json")
            names = list(self._source.names)
            fits = (
                meta["format"] == FORMAT
                and meta["database"] == self._source.database
                and meta["rows"] <= self._source.rows
                and meta["names"] == names[: len(meta["names"])]
            )
            if not fits:
                return self._empty()
            run = _read_run(folder)
            if {len(run.event), len(run.time), len(run.row), run.start[-1]} != {meta["rows"]}:
                return self._empty()
        except UNREADABLE as error:
            log.warning("sequence index cannot be read and is rebuilt", reason=str(error))
            return self._empty()
        return replace(
            self._empty(),
            rows=meta["rows"],
            base=run,
            moved=np.zeros(len(run.start) - 1, np.bool_),
            columns=self._source.columns(folder, run.row),
            lanes=_lanes_of(run),
        )

    def _publish(self, columns: Any) -> None:
        """Make the generation of these columns the one that counts, and drop older ones."""
        folder: Path = columns.folder
        pointer = json.dumps({"generation": folder.name}).encode()
        write_durably(self._folder / "current.json", pointer)
        for other in self._folder.iterdir():
            if other.is_dir() and other.name != folder.name:
                shutil.rmtree(other, ignore_errors=True)

    def _generation_folder(self) -> Path | None:
        try:
            name = read_object(self._folder / "current.json")["generation"]
        except UNREADABLE:
            return None
        folder = self._folder / str(name)
        return folder if folder.is_dir() else None

    def _next_generation(self) -> int:
        taken = [int(f.name) for f in self._folder.iterdir() if f.is_dir() and f.name.isdigit()]
        return max(taken, default=0) + 1


def _merged(a: Run, gone: Flags, b: Run, persons: int) -> Run:
    start, source = merge_order(a.start, a.time, a.row, gone, b.start, b.time, b.row, persons)
    merged: list[Any] = []
    for name, kind in (
        ("event", np.uint32),
        ("time", np.int64),
        ("row", np.uint32),
        ("position", np.uint32),
    ):
        out = np.empty(len(source), kind)
        take_from_two(source, getattr(a, name), getattr(b, name), out)
        merged.append(out)
    return Run(start, *merged)


def _moved(run: Run, lo: int, hi: int, position: Codes, target: Any) -> tuple[Any, ...]:
    person = np.full(hi - lo, target, np.int32)
    return run.event[lo:hi].astype(np.uint32), run.time[lo:hi], run.row[lo:hi], position, person


def _stretch(run: Run, person: int) -> tuple[int, int]:
    if person >= len(run.start) - 1:
        return 0, 0
    return int(run.start[person]), int(run.start[person + 1])


def _read_run(folder: Path) -> Run:
    arrays = {
        name: read_array(folder / f"{name}.npy", *kinds)
        for name, kinds in (
            ("start", (np.int64,)),
            ("event", (np.uint16, np.uint32)),
            ("time", (np.int64,)),
            ("row", (np.uint32,)),
        )
    }
    return Run(**arrays, position=np.zeros(0, np.uint32))


def _lanes_of(run: Run) -> Lanes:
    return Lanes(run.start, run.event, run.time)


def _no_run() -> Run:
    return Run(
        start=np.zeros(1, np.int64),
        event=np.zeros(0, np.uint32),
        time=np.zeros(0, np.int64),
        row=np.zeros(0, np.uint32),
        position=np.zeros(0, np.uint32),
    )


def _no_rows() -> Rows:
    return Rows(
        np.zeros(0, np.uint32), np.zeros(0, np.int64), np.zeros(0, np.uint32), np.zeros(0, np.int32)
    )
