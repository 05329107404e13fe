"""Numbers that others published about real data come out of the same data here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow import csv
from pydantic import TypeAdapter

from cairn.insights.answer import Spec
from cairn.insights.chart import Steps
from cairn.insights.run import ask, people_behind
from cairn.model.event import Event
from cairn.query.periods import Calendar
from cairn.store.base import Batch, NewPerson, RelationalStore, SequenceStore
from cairn.store.clickhouse.store import ClickHouseStore
from cairn.store.duckdb.store import DuckDBStore

EXAMPLES = Path(__file__).parents[2] / "examples"
NOW = 1_600_000_000_000_000
CALENDAR = Calendar(ZoneInfo("UTC"), NOW)
QUESTION: TypeAdapter[Spec] = TypeAdapter(Spec)


def read(folder: str, name: str) -> pa.Table:
    """Return a file of an example, every column as text."""
    path = EXAMPLES / folder / f"{name}.csv.gz"
    header = csv.open_csv(path).schema.names
    types = dict.fromkeys(header, pa.string())
    return csv.read_csv(path, convert_options=csv.ConvertOptions(column_types=types))


def events_of(table: pa.Table, person: str, time: str, event: Any) -> pa.Table:
    """Return the columns event, time and person of a file."""
    at = pc.cast(pc.replace_substring(table[time], "Z", ""), pa.timestamp("us"))
    names = event if isinstance(event, pa.ChunkedArray) else pa.array([event] * len(table))
    return pa.table({"event": names, "time": at, "person": table[person]})


def stackexchange() -> pa.Table:
    """Return the sign-ups, posts and badges of Cross Validated, without the system account."""
    users, posts, badges = (read("stackexchange", name) for name in ("users", "posts", "badges"))
    kinds = pc.replace_with_mask(
        pa.array(["other_post"] * len(posts)),
        pc.equal(posts["PostTypeId"], "1").combine_chunks(),
        pa.scalar("question"),
    )
    table = pa.concat_tables(
        [
            events_of(users, "Id", "CreationDate", "signup"),
            events_of(posts, "OwnerUserId", "CreationDate", pa.chunked_array([kinds])),
            events_of(badges, "UserId", "Date", "badge"),
        ]
    )
    known = pc.and_(pc.not_equal(table["person"], "-1"), pc.not_equal(table["person"], ""))
    return table.filter(known)


def game_launch() -> pa.Table:
    """Return who was new, and who played, by day."""
    table = read("game-launch", "gamelaunch")
    return events_of(table, "userid", "eventDate", table["eventName"])


def load(store: DuckDBStore, table: pa.Table) -> DuckDBStore:
    """Load a table of event, time and person (by name)."""
    coded = table["person"].combine_chunks().dictionary_encode()
    table = table.set_column(2, "person", pc.cast(coded.indices, pa.int32()))
    store.ingest_arrow(table, coded.dictionary.to_pylist())
    return store


def batch_of(table: pa.Table) -> Batch:
    """Return the same table as one batch of events."""
    coded = table["person"].combine_chunks().dictionary_encode()
    columns = table["event"].to_pylist(), table["time"].cast(pa.int64()).to_pylist()
    people = coded.indices.to_pylist()
    return Batch(
        events=[
            Event(id=str(i), event=name, time_us=at, received_us=at, distinct_id=str(person))
            for i, (name, at, person) in enumerate(zip(*columns, people, strict=True))
        ],
        people=people,
        new_persons=[NewPerson(person, str(person), 0) for person in range(len(coded.dictionary))],
    )


@pytest.fixture(scope="module")
def cross_validated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBStore]:
    """An embedded store with the events of Cross Validated."""
    events = stackexchange()
    store = DuckDBStore.open(tmp_path_factory.mktemp("stackexchange"))
    yield load(store, events)
    store.close()


@pytest.fixture(scope="module", params=["duckdb", "clickhouse"])
def game(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SequenceStore | RelationalStore]:
    """The events of the game's launch in each store."""
    events = game_launch()
    if request.param == "duckdb":
        store = DuckDBStore.open(tmp_path_factory.mktemp("game"))
        yield load(store, events)
        store.close()
    else:
        clickhouse = ClickHouseStore.open("chdb://memory", "game_launch")
        clickhouse.append(batch_of(events))
        yield clickhouse
        clickhouse.close()


def answer(store: SequenceStore | RelationalStore, **question: Any) -> Any:
    """Return the result of a question about all time."""
    spec = QUESTION.validate_python({"period": {"from": "all"}, **question})
    return ask(store, spec, CALENDAR).result


def test_cross_validated_has_as_many_events_and_people_as_published(
    cross_validated: DuckDBStore,
) -> None:
    series = [{}, {"measure": {"of": "persons"}}]
    lines = answer(cross_validated, kind="trends", series=series, interval="month").lines
    assert [line.total for line in lines] == [210_548, 40_324]


def test_a_funnel_counts_those_who_ask_in_the_second_in_which_they_sign_up(
    cross_validated: DuckDBStore,
) -> None:
    day = {"count": 1, "unit": "day"}
    spec = QUESTION.validate_python(
        {
            "kind": "funnel",
            "steps": [{"event": "signup"}, {"event": "question"}],
            "window": day,
            "period": {"from": "all"},
        }
    )
    answered = ask(cross_validated, spec, CALENDAR)
    chart = answered.view.chart
    assert isinstance(chart, Steps)
    signed_up, asked = chart.groups[0].bars
    assert (signed_up.persons, asked.persons) == (40_324, 15_033)
    assert len(people_behind(cross_validated, spec, asked.point, CALENDAR)) == 15_033
    assert strictly_later(cross_validated) == 8_751 == 15_033 - 6_282


def strictly_later(store: DuckDBStore) -> int:
    """Count those who ask later than they sign up, and within a day, in SQL written for this."""
    found = store.sql(
        "SELECT count(DISTINCT s.person) FROM activity s JOIN activity q USING (person) "
        "WHERE s.event = 'signup' AND q.event = 'question' "
        "AND q.time > s.time AND q.time <= s.time + INTERVAL 1 DAY"
    )
    return int(found.column(0)[0].as_py())


def test_daily_cohorts_of_the_game_return_as_published(
    game: SequenceStore | RelationalStore,
) -> None:
    period = {"from": "2016-04-27", "to": "2016-05-27"}
    rows = answer(game, kind="retention", period=period).total.rows
    published = [(96, 65, 33), (200, 117, 72), (370, 207, 98), (387, 223, 115), (405, 222, 103)]
    assert [(row.persons[0], row.persons[1], row.persons[7]) for row in rows[:5]] == published


def test_a_person_is_in_the_cohort_of_one_day(game: SequenceStore | RelationalStore) -> None:
    rows = answer(game, kind="retention", columns=2, period={"from": "2016-04-01"}).total.rows
    assert sum(row.persons[0] for row in rows) == 3_994
