"""Every kind of question has all its parts."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from cairn.insights.registry import KINDS

ROOT = Path(__file__).parents[2]


def parts_of(name: str) -> list[Path]:
    """Return the files that a kind of question is made of."""
    code = ROOT / "src" / "cairn" / "insights" / name
    tests = ROOT / "tests" / "insights" / name
    return [
        *(code / part for part in ("spec.py", "kernel.py", "relational.py", "view.py")),
        *(tests / part for part in ("oracle.py", "test_by_hand.py", "test_agreement.py")),
        ROOT / "docs" / "insights" / f"{name}.md",
    ]


@pytest.mark.parametrize("name", [kind.name for kind in KINDS])
def test_no_part_of_a_kind_is_missing(name: str) -> None:
    missing = [str(part.relative_to(ROOT)) for part in parts_of(name) if not part.is_file()]
    assert not missing, f"the kind '{name}' lacks {', '.join(missing)}"


def test_every_folder_of_insights_is_a_kind_in_the_registry() -> None:
    folders = (ROOT / "src" / "cairn" / "insights").glob("*/spec.py")
    assert sorted(spec.parent.name for spec in folders) == sorted(kind.name for kind in KINDS)


@pytest.mark.parametrize("name", [kind.name for kind in KINDS])
def test_the_view_of_a_kind_points_to_its_page(name: str) -> None:
    view = importlib.import_module(f"cairn.insights.{name}.view")
    page = f"/docs/insights/{name}"
    assert page == view.DOCS
