"""The pages that people read first stay true."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import cairn

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "cairn"
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in (".", "docs", "docs/insights", "examples", "benchmarks")
    for path in (ROOT / folder).glob("*.md")
)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s#]+)(#[^)\s]+)?\)")


def links(page: str) -> Iterator[str]:
    """Yield the links of a page to other files of the project."""
    for link, _ in _LINK.findall((ROOT / page).read_text("utf-8")):
        if "://" not in link and not link.startswith(("/", "mailto:")):
            yield link


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    lost = [link for link in links(page) if not (ROOT / page).parent.joinpath(link).exists()]
    assert lost == []


def test_every_page_can_be_reached_from_the_first() -> None:
    reached = {"README.md"}
    waiting = ["README.md"]
    while waiting:
        page = waiting.pop()
        for link in links(page):
            target = (ROOT / page).parent.joinpath(link).resolve()
            if target.is_dir():
                target = target / "README.md"
            name = target.relative_to(ROOT).as_posix()
            if name.endswith(".md") and name not in reached and target.exists():
                reached.add(name)
                waiting.append(name)
    assert sorted(set(PAGES) - reached) == []


def test_the_commands_of_the_readme_are_targets_of_the_makefile() -> None:
    told = set(re.findall(r"\bmake ([a-z]+)", (ROOT / "README.md").read_text("utf-8")))
    known = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {"demo", "test", "check", "bench", "dev"} <= told <= known


def test_the_architecture_names_every_package() -> None:
    table = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    told = {
        name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in row.split("`")
    }
    there = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    there |= {path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__"}
    assert there - told == set()


def test_the_newest_change_is_that_of_this_version() -> None:
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert newest is not None
    assert newest[1] == project["version"] == cairn.__version__
