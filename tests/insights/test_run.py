"""One route for questions of every kind, whichever store holds the events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter

from cairn.core.errors import InvalidInput
from cairn.insights.answer import Spec
from cairn.insights.chart import Lines, Matrix, Point, Steps
from cairn.insights.registry import KINDS, kind_of
from cairn.insights.run import ask, people_behind
from cairn.insights.view import View
from cairn.query.periods import Calendar
from cairn.store.clickhouse.store import ClickHouseStore
from cairn.store.duckdb.store import DuckDBStore
from insights.agreement import difference
from insights.history import Row, arriving, in_clickhouse, in_duckdb

DAY = 86_400_000_000
MAY_1 = 1_714_521_600_000_000
CALENDAR = Calendar(ZoneInfo("Europe/Amsterdam"), MAY_1 + 9 * DAY)
PERIOD = {"from": "2024-05-01", "to": "2024-05-03"}
EVENTS: list[Row] = [
    (0, "visit", 0, {"plan": "free"}),
    (0, "buy", DAY, {"plan": "pro"}),
    (1, "visit", DAY, {"plan": "pro"}),
    (2, "visit", 2 * DAY),
    (2, "buy", 2 * DAY),
]
QUESTIONS: list[dict[str, Any]] = [
    {"kind": "trends", "series": [{"measure": {"of": "persons"}}], "breakdown": {"name": "plan"}},
    {
        "kind": "funnel",
        "steps": [{"event": "visit"}, {"event": "buy"}],
        "breakdown": {"name": "plan"},
    },
    {"kind": "retention", "breakdown": {"name": "plan"}, "columns": 3},
]
read: TypeAdapter[Spec] = TypeAdapter(Spec)


@pytest.fixture(scope="module")
def duckdb() -> Iterator[DuckDBStore]:
    """An embedded store with the events above."""
    with in_duckdb([arriving(EVENTS, MAY_1)]) as store:
        yield store


@pytest.fixture(scope="module")
def clickhouse() -> Iterator[ClickHouseStore]:
    """ClickHouse with the events above."""
    with in_clickhouse([arriving(EVENTS, MAY_1)]) as store:
        yield store


def points_of(view: View) -> list[tuple[Point, float | None]]:
    """Return every point of a view with the number it stands for."""
    chart = view.chart
    match chart:
        case Lines():
            found = [
                pair for line in chart.lines for pair in zip(line.points, line.values, strict=True)
            ]
        case Steps():
            bars = [bar for group in chart.groups for bar in group.bars]
            found = [(bar.point, bar.persons) for bar in bars]
            found += [(bar.dropped_point, bar.dropped_persons) for bar in bars]
        case Matrix():
            rows = [row for group in chart.groups for row in group.rows]
            found = [(cell.point, cell.persons) for row in rows for cell in row.cells]
    return [(point, number) for point, number in found if point is not None]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: str(question["kind"]))
def test_a_store_without_sequences_gives_the_same_answer(
    duckdb: DuckDBStore, clickhouse: ClickHouseStore, question: dict[str, Any]
) -> None:
    spec = read.validate_python({"period": PERIOD, **question})
    ours, theirs = ask(duckdb, spec, CALENDAR), ask(clickhouse, spec, CALENDAR)
    assert difference(ours.result, theirs.result) is None
    assert difference(ours.view, theirs.view) is None
    assert (ours.meta.engine, theirs.meta.engine) == ("sequences", "clickhouse")
    assert ours.meta.fresh_until == theirs.meta.fresh_until == "2024-05-03T02:00:00+02:00"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: str(question["kind"]))
def test_every_number_opens_exactly_so_many_people(
    duckdb: DuckDBStore, clickhouse: ClickHouseStore, question: dict[str, Any]
) -> None:
    spec = read.validate_python({"period": PERIOD, **question})
    points = points_of(ask(duckdb, spec, CALENDAR).view)
    assert any(number for _, number in points)
    for point, number in points:
        who = people_behind(duckdb, spec, point, CALENDAR).tolist()
        assert len(who) == number
        assert people_behind(clickhouse, spec, point, CALENDAR).tolist() == who


def test_all_starts_with_the_first_event_of_the_store(
    duckdb: DuckDBStore, clickhouse: ClickHouseStore
) -> None:
    spec = read.validate_python({"kind": "trends", "series": [{}], "period": {"from": "all"}})
    for store in (duckdb, clickhouse):
        meta = ask(store, spec, CALENDAR).meta
        assert meta.period_from == "2024-05-01T00:00:00+02:00"


def test_a_store_without_events_answers_with_nothing() -> None:
    spec = read.validate_python({"kind": "funnel", "steps": [{}, {}], "period": {"from": "all"}})
    with in_duckdb([]) as ours, in_clickhouse([]) as theirs:
        for store in (ours, theirs):
            answer = ask(store, spec, CALENDAR)
            assert answer.view.sentence == "Nobody did Any event in this period."
            assert answer.meta.fresh_until is None


def test_a_point_of_another_kind_is_refused(duckdb: DuckDBStore) -> None:
    trend, funnel = (read.validate_python({"period": PERIOD, **q}) for q in QUESTIONS[:2])
    [point, *_] = [point for point, _ in points_of(ask(duckdb, trend, CALENDAR).view)]
    with pytest.raises(
        InvalidInput, match="'trends' does not belong to a question of kind 'funnel'"
    ):
        people_behind(duckdb, funnel, point, CALENDAR)


def test_a_new_batch_makes_a_new_version_in_both_stores() -> None:
    first, second = arriving(EVENTS[:2], MAY_1), arriving(EVENTS[2:], MAY_1)
    for told in (in_duckdb, in_clickhouse):
        with told([first]) as store:
            one = store.data_version
        with told([first, second]) as store:
            assert store.data_version > one


def test_the_registry_holds_every_kind_of_spec_once() -> None:
    specs = get_args(get_args(Spec)[0])
    assert sorted(kind.spec.__name__ for kind in KINDS) == sorted(one.__name__ for one in specs)
    for kind in KINDS:
        assert kind.spec.model_fields["kind"].default == kind.name
        assert kind_of(kind.spec.model_construct()) is kind
