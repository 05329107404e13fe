"""A stop at any moment leaves a store that opens with whole batches, in order."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cairn.store.duckdb import index
from cairn.store.duckdb.store import DuckDBStore

from .plain_store import PlainStore, sequences_of
from .test_index import ROWS, happened

WRITER = """
import sys
from itertools import count
from pathlib import Path
from cairn.model.event import Event
from cairn.store.base import Batch
from cairn.store.duckdb import index, store
from cairn.store.duckdb.store import DuckDBStore

index.FOLD_AT_LEAST, store._IDS_SAVED_EVERY = 40, 30
opened, rows = DuckDBStore.open(Path(sys.argv[1]), 1), int(sys.argv[2])
for turn in count(opened.snapshot.rows // rows):
    first = turn * rows
    opened.append(Batch(
        events=[
            Event(
                id=f"event-{i}", event="abc"[i % 3], time_us=1_000_000 + (i * 7) % 11,
                received_us=1, distinct_id=f"id-{i % 3}",
                properties={"plan": "free" if i % 2 else "pro"},
            )
            for i in range(first, first + rows)
        ],
        people=[i % 3 for i in range(first, first + rows)],
    ))
    print(turn + 1, flush=True)
"""


def test_killing_a_store_while_it_appends_and_folds_keeps_every_batch_whole(tmp_path: Path) -> None:
    store = DuckDBStore.open(tmp_path, 1)
    store.append(happened(0, ROWS, new=True))
    store.close()
    moments = random.Random(5)
    for _ in range(6):
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(ROWS)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            said = [int(writer.stdout.readline()) for _ in range(3)]
            time.sleep(moments.uniform(0, 0.5))
            writer.kill()
            said += [int(line) for line in writer.stdout.read().splitlines()]
        store = DuckDBStore.open(tmp_path, 1)
        turns = store.snapshot.rows // ROWS
        plain = PlainStore()
        plain.append(happened(0, turns * ROWS, new=True))
        found = sequences_of(store.snapshot)
        store.close()
        assert turns in (said[-1], said[-1] + 1)
        assert found == plain.sequences()


def test_a_fold_that_cannot_be_written_costs_no_answer_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "FOLD_AT_LEAST", 10)
    plain, store = PlainStore(), DuckDBStore.open(tmp_path, 1)
    shutil.rmtree(tmp_path / "index")
    (tmp_path / "index").write_text("in the way")
    for turn in range(3):
        batch = happened(turn * ROWS, ROWS, new=turn == 0)
        store.append(batch)
        plain.append(batch)
        store._index.wait()
        assert len(store.snapshot.base) == 0
        assert sequences_of(store.snapshot) == plain.sequences()
    (tmp_path / "index").unlink()
    (tmp_path / "index").mkdir()
    batch = happened(3 * ROWS, ROWS)
    store.append(batch)
    plain.append(batch)
    store._index.wait()
    assert len(store.snapshot.base) > 0
    assert sequences_of(store.snapshot) == plain.sequences()
    store.close()
