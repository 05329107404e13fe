"""What is done ahead of the first question."""

from __future__ import annotations

import pytest

from cairn import warm


def test_warming_up_answers_its_own_questions_without_a_failure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    warm._run()
    assert "warm_up_failed" not in capsys.readouterr().out


def test_warming_up_happens_once_per_process() -> None:
    assert warm.warm_up() is warm.warm_up()
    warm.warm_up().join()
