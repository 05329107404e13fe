"""The benchmark asks what its page says, and every engine answers it alike."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "benchmarks.md").read_text()


def test_the_page_shows_every_query_that_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks.behaviour import FURTHER_QUESTIONS
    from benchmarks.questions import FIRST_QUESTIONS

    for question in (*FIRST_QUESTIONS, *FURTHER_QUESTIONS):
        assert question.title in PAGE
        if question.name == "rare funnel":
            continue
        for sql in (*question.clickhouse.values(), *question.duckdb.values()):
            text = sql.replace(" SETTINGS optimize_aggregation_in_order = 1", "")
            assert text.replace("by_event", "by_person").strip() in PAGE


def test_the_same_seed_gives_the_same_events_and_no_ties(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks.data import generate

    data, again = generate(20_000, 400), generate(20_000, 400)
    assert data.events.equals(again.events)
    assert data.events.num_rows == 20_000
    person, time = data.events["person"].to_numpy(), data.events["time"].to_numpy()
    assert len(np.unique(person)) == len(data.persons) == 400
    assert len(np.unique(np.stack([person, time.astype(np.int64)]), axis=1).T) == 20_000
    arrived_late = np.diff(time.astype(np.int64)) < 0
    assert 0 < arrived_late.mean() < 0.05


@pytest.mark.skipif(importlib.util.find_spec("chdb") is None, reason="chdb is not installed")
def test_all_engines_answer_alike_and_the_run_says_so() -> None:
    arguments = ["--events", "20000", "--persons", "400", "--only", "engine"]
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    assert "All engines gave equal answers." in run.stdout
    assert "20,000 events of 400 people" in run.stdout
