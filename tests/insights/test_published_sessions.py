"""The sessions that the authors of a course's log published come out of the same log here.

The log (Moodle, "Learning Analytics Methods and Tutorials", CC BY 4.0) lies beside this repository, or
nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from pyarrow import csv
from pydantic import TypeAdapter

from cairn.insights.answer import Spec
from cairn.insights.run import ask
from cairn.query.filters import Group
from cairn.query.periods import Calendar
from cairn.store.duckdb.store import DuckDBStore
from insights.test_published_numbers import load

LOG = Path(__file__).parents[3] / "shared" / "data" / "moodle_la_course" / "Events.csv.gz"
CALENDAR = Calendar(ZoneInfo("UTC"), 1_600_000_000_000_000)
QUESTION: TypeAdapter[Spec] = TypeAdapter(Spec)

pytestmark = pytest.mark.skipif(not LOG.is_file(), reason="the log of the course is not here")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBStore]:
    """An embedded store with the actions of the course."""
    log = csv.read_csv(LOG)
    time = log["timecreated"].cast(pa.timestamp("us"))
    columns = {"event": log["Action"], "time": time, "person": log["user"]}
    store = DuckDBStore.open(tmp_path_factory.mktemp("course"))
    yield load(store, pa.table(columns))
    store.close()


def answer(store: DuckDBStore, **question: Any) -> Any:
    """Return the result of a question about all time."""
    spec = QUESTION.validate_python({"period": {"from": "all"}, **question})
    return ask(store, spec, CALENDAR).result


def test_paths_with_pauses_over_900_seconds_are_the_published_sessions(course: DuckDBStore) -> None:
    result = answer(course, kind="paths", within={"pause_seconds": 901}, expand=[0])
    assert result.total == 9_560
    entries = {node.item: node.value for node in result.nodes if node.step == 0}
    assert sum(entries.values()) == 9_560
    assert entries[Group(value="Course_view")] == 4_612


def test_sessions_with_pauses_of_at_most_900_seconds_are_as_many(course: DuckDBStore) -> None:
    [line] = answer(course, kind="sessions", pause_seconds=900).lines
    assert line.total == 9_560
    entries = answer(course, kind="sessions", pause_seconds=900, measure="entries").lines
    assert (entries[0].group, entries[0].total) == (Group(value="Course_view"), 4_612)


@pytest.mark.parametrize(
    ("action", "published"),
    [
        ("Course_view", 0.858),
        ("Group_work", 0.546),
        ("Practicals", 0.257),
        ("Instructions", 0.252),
        ("Assignment", 0.232),
    ],
)
def test_as_many_sessions_hold_an_action_as_published(
    course: DuckDBStore, action: str, published: float
) -> None:
    every = answer(course, kind="paths", within={"pause_seconds": 901}).total
    holding = answer(course, kind="paths", within={"pause_seconds": 901}, end=action).total
    assert round(holding / every, 3) == published
