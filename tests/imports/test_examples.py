"""The data sets in the repository are whole, and are read as their descriptions say."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from cairn.imports.examples import EXAMPLES, GAME_LAUNCH, STACKEXCHANGE, Example
from cairn.imports.run import run_import

FOLDER = Path(__file__).resolve().parents[2] / "examples"


class Seen:
    """Counts messages."""

    def __init__(self) -> None:
        self.events: Counter[str] = Counter()
        self.people: set[str] = set()
        self.ids: set[str] = set()
        self.described: Counter[str] = Counter()

    def send(self, messages: Sequence[bytes]) -> None:
        for message in map(json.loads, messages):
            self.ids.add(message["messageId"])
            if message["type"] == "track":
                self.events[message["event"]] += 1
                self.people.add(message["userId"])
            else:
                self.described[message["userId"]] += 1


def brought(example: Example, folder: Path) -> Seen:
    seen = Seen()
    for file, reading in example.paths():
        report = run_import(file, reading, seen.send, folder, ["key"])
        assert report.tally.rejected == 0
    return seen


def test_stackexchange_has_the_published_events_and_people(tmp_path: Path) -> None:
    seen = brought(STACKEXCHANGE, tmp_path)
    assert seen.events == {
        "signup": 40_324,
        "question": 42_188,
        "answer": 47_100,
        "other_post": 1_085,
        "badge": 79_851,
    }
    assert seen.events.total() == 210_548
    assert len(seen.people) == 40_324
    assert set(seen.described.values()) == {1} and seen.described.keys() == seen.people
    assert len(seen.ids) == 210_548 + 40_324


def test_game_launch_has_the_published_rows_and_players(tmp_path: Path) -> None:
    seen = brought(GAME_LAUNCH, tmp_path)
    assert seen.events.total() == 29_324
    assert seen.events["newPlayer"] == 4_102
    assert len(seen.people) == 3_994


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.folder)
def test_every_data_set_names_its_origin_and_licence(example: Example) -> None:
    about = (FOLDER / example.folder / "README.md").read_text()
    licence = example.credit.rpartition(", ")[2]
    assert licence in about
    assert "Origin" in about
    for file in example.files:
        assert file.name in about
