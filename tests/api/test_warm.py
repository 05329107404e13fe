"""What is done ahead of the first question."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import TypeAdapter

from cairn import warm
from cairn.insights.answer import Spec
from cairn.insights.registry import KINDS


def test_warming_up_answers_its_own_questions_without_a_failure(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done = tmp_path / "done"
    monkeypatch.setattr(warm, "_done", lambda: done)
    warm.main()
    assert "warm_up_failed" not in capsys.readouterr().out
    assert done.exists()


def test_every_kind_is_warmed_up() -> None:
    read: TypeAdapter[Spec] = TypeAdapter(Spec)
    asked = [*warm._first(), *map(read.validate_python, warm._OTHERS)]
    assert {spec.kind for spec in asked} == {kind.name for kind in KINDS}


def test_warming_up_happens_once_per_process() -> None:
    assert warm.warm_up() is warm.warm_up()
    warm.warm_up().join()
