"""The index is derived: whatever is lost or damaged of it, the answers stay the same."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from cairn.core.errors import CairnError
from cairn.model.event import Event
from cairn.query.filters import Selector
from cairn.query.sequences import Matches, Pick, Sequences
from cairn.store.base import Batch, Merge, NewPerson
from cairn.store.duckdb import columns, index
from cairn.store.duckdb.store import DuckDBStore

from .plain_store import PlainStore, sequences_of, value_at

ROWS = 24


def happened(first: int, rows: int, persons: int = 3, new: bool = False) -> Batch:
    """Return a batch of events that go back and forth in time."""
    return Batch(
        events=[
            Event(
                id=f"event-{i}",
                event="abc"[i % 3],
                time_us=1_000_000 + (i * 7) % 11,
                received_us=1,
                distinct_id=f"id-{i % persons}",
                properties={"plan": "free" if i % 2 else "pro"},
            )
            for i in range(first, first + rows)
        ],
        people=[i % persons for i in range(first, first + rows)],
        new_persons=[NewPerson(p, f"uid-{p}", 0) for p in range(persons)] if new else [],
        distinct_ids={f"id-{p}": p for p in range(persons)} if new else {},
    )


@pytest.fixture
def folded(tmp_path: Path) -> tuple[Path, PlainStore]:
    """Return a closed store with a folded index that has read a property, and what it holds."""
    plain = PlainStore()
    batch = happened(0, ROWS, new=True)
    store = DuckDBStore.open(tmp_path, 1)
    store.append(batch)
    plain.append(batch)
    store.fold()
    assert sequences_of(store.snapshot) == plain.sequences()
    store.close()
    return tmp_path, plain


def generation(folder: Path) -> Path:
    name = json.loads((folder / "index" / "current.json").read_text())["generation"]
    return folder / "index" / str(name)


def reopened_is_right(folder: Path, plain: PlainStore) -> None:
    store = DuckDBStore.open(folder, 1)
    try:
        assert sequences_of(store.snapshot) == plain.sequences()
        ids = [event.id for _, event in plain.events]
        assert store.seen([*ids, "never sent"]) == set(ids)
    finally:
        store.close()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def removed(path: Path) -> None:
    path.unlink()


def of_another_kind(path: Path) -> None:
    path.write_bytes(b"[1, 2]")


@pytest.mark.parametrize("damage", [emptied, cut_short, removed, of_another_kind])
def test_every_file_of_the_index_can_be_lost_or_cut_short(
    folded: tuple[Path, PlainStore],
    tmp_path_factory: pytest.TempPathFactory,
    damage: Callable[[Path], None],
) -> None:
    folder, plain = folded
    files = [path.relative_to(folder) for path in (folder / "index").rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"event.npy", "time.npy", "row.npy", "start.npy"}
    for file in files:
        copy = tmp_path_factory.mktemp("damaged") / "store"
        shutil.copytree(folder, copy)
        damage(copy / file)
        reopened_is_right(copy, plain)


def test_any_flipped_byte_in_the_header_of_an_array_is_noticed(
    folded: tuple[Path, PlainStore],
) -> None:
    folder, plain = folded
    for name in ("event", "time", "row", "start"):
        for place in (0, 3, 6, 8, 12, 22, 25, 40, 50, 62, 70, 127):
            path = generation(folder) / f"{name}.npy"
            content = bytearray(path.read_bytes())
            content[place] ^= 0x04
            path.write_bytes(bytes(content))
            reopened_is_right(folder, plain)
            path.write_bytes(
                bytes(content[:place] + bytes([content[place] ^ 0x04]) + content[place + 1 :])
            )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", index.FORMAT + 1),
        ("database", "another"),
        ("rows", ROWS + 1),
        ("rows", ROWS - 1),
        ("names", ["c", "b", "a"]),
        ("names", 5),
    ],
)
def test_an_index_of_another_version_or_database_is_rebuilt(
    folded: tuple[Path, PlainStore], key: str, value: object
) -> None:
    folder, plain = folded
    path = generation(folder) / "meta.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
    reopened_is_right(folder, plain)


def test_events_that_came_after_the_index_was_written_are_read_from_the_database(
    folded: tuple[Path, PlainStore],
) -> None:
    folder, plain = folded
    old = folder.with_name("old")
    shutil.copytree(folder / "index", old)
    store = DuckDBStore.open(folder, 1)
    for batch in (happened(ROWS, 9), Batch(merges=[Merge(0, 1)]), happened(ROWS + 9, 1)):
        store.append(batch)
        plain.append(batch)
    store.fold()
    store.close()
    shutil.rmtree(folder / "index")
    shutil.copytree(old, folder / "index")
    reopened_is_right(folder, plain)


def test_old_generations_are_dropped(folded: tuple[Path, PlainStore]) -> None:
    folder, plain = folded
    store = DuckDBStore.open(folder, 1)
    for turn in range(3):
        batch = happened(ROWS + turn, 1)
        store.append(batch)
        plain.append(batch)
        store.fold()
    store.close()
    assert len([path for path in (folder / "index").iterdir() if path.is_dir()]) == 1
    reopened_is_right(folder, plain)


def test_values_are_read_across_slices(
    folded: tuple[Path, PlainStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "_SLICE", 7)
    folder, plain = folded
    shutil.rmtree(folder / "index")
    store = DuckDBStore.open(folder, 1)
    store.fold()
    column = store.snapshot.columns.event("plan", 0)
    found = {int(row): value_at(column, place) for place, row in enumerate(store.snapshot.base.row)}
    store.close()
    assert found == {i: event.properties["plan"] for i, (_, event) in enumerate(plain.events)}


def test_event_time_person_and_order_take_less_than_16_bytes_an_event(tmp_path: Path) -> None:
    rows, persons = 100_000, 2_000
    store = DuckDBStore.open(tmp_path, 1)
    table = pa.table(
        {
            "event": ["a", "b"] * (rows // 2),
            "time": pa.array(np.arange(rows), pa.timestamp("us")),
            "person": pa.array(np.arange(rows) % persons, pa.int32()),
        }
    )
    store.ingest_arrow(table, [f"user-{i}" for i in range(persons)])
    store.fold()
    size = store.index_bytes()
    store.close()
    assert 14 * rows <= size <= 16 * rows


def test_readers_see_whole_batches_while_others_arrive_and_fold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "FOLD_AT_LEAST", 50)
    store = DuckDBStore.open(tmp_path, 1)
    store.append(happened(0, ROWS, new=True))
    done = threading.Event()
    counts: list[int] = []
    failures: list[BaseException] = []

    def read() -> None:
        def size(matches: Matches) -> int:
            assert (np.diff(matches.time) >= 0)[np.diff(_owners(matches)) == 0].all()
            return len(matches.time)

        try:
            while not done.is_set():
                people = Sequences(store.snapshot, 1)
                counts.append(sum(people.scan(Pick((Selector(),)), size)))
        except BaseException as error:
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for turn in range(1, 25):
        store.append(happened(turn * ROWS, ROWS))
    done.set()
    for reader in readers:
        reader.join()
    last = sum(Sequences(store.snapshot, 1).scan(Pick((Selector(),)), lambda m: len(m.time)))
    generations = json.loads((tmp_path / "index" / "current.json").read_text())["generation"]
    store.close()
    assert not failures
    assert last == 25 * ROWS
    assert int(generations) > 1, "no fold ran while others read"
    assert len(counts) > 10
    assert {count % ROWS for count in counts} == {0}


def test_a_snapshot_stays_as_it_was(folded: tuple[Path, PlainStore]) -> None:
    folder, plain = folded
    store = DuckDBStore.open(folder, 1)
    before, then = store.snapshot, plain.sequences()
    store.append(happened(ROWS, 5))
    store.append(Batch(merges=[Merge(2, 0)]))
    store.fold()
    assert sequences_of(before) == then
    store.close()


def test_a_folder_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    (tmp_path / "events.duckdb").write_bytes(b"this is no database" * 1_000)
    with pytest.raises(CairnError, match="cannot be opened"):
        DuckDBStore.open(tmp_path, 1)


def test_a_file_where_the_folder_should_be_says_so(tmp_path: Path) -> None:
    (tmp_path / "project").write_text("in the way")
    with pytest.raises(CairnError, match="cannot be opened"):
        DuckDBStore.open(tmp_path / "project", 1)


def test_a_store_that_is_open_in_another_process_is_not_opened_twice(tmp_path: Path) -> None:
    import subprocess
    import sys

    held = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path; from cairn.store.duckdb.store import DuckDBStore\n"
            "store = DuckDBStore.open(Path(sys.argv[1]), 1); print('open', flush=True)\n"
            "sys.stdin.read(); store.close()",
            str(tmp_path),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert held.stdin is not None and held.stdout is not None
    try:
        assert held.stdout.readline() == b"open\n"
        with pytest.raises(CairnError, match="cannot be opened"):
            DuckDBStore.open(tmp_path, 1)
    finally:
        held.communicate()
    DuckDBStore.open(tmp_path, 1).close()


def _owners(matches: Matches) -> np.ndarray:
    return np.repeat(np.arange(matches.persons), np.diff(matches.offsets))
