from __future__ import annotations

from pathlib import Path

import pytest

from .running import well


@pytest.mark.timeout(240)
def test_the_benchmark_measures_every_kind_of_question_and_leaves_nothing(tmp_path: Path) -> None:
    shown = well("bench", "--events", "20000", folder=tmp_path, TMPDIR=str(tmp_path))
    assert "20,000 events of 400 people" in shown
    for kind in ("trends:", "funnel:", "retention:", "Loading, as events arrive", "bytes an event"):
        assert kind in shown
    assert list(tmp_path.iterdir()) == []
