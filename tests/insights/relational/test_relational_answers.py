"""Relational answers on events small enough to count by hand, on every engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cairn.insights.funnel import relational as funnel
from cairn.insights.funnel.spec import FunnelSpec
from cairn.insights.retention import relational as retention
from cairn.insights.retention.spec import RetentionSpec
from cairn.insights.trends import relational as trends
from cairn.insights.trends.spec import TrendsSpec
from cairn.model.event import Event
from cairn.query.filters import Group
from cairn.query.periods import Calendar, resolve
from cairn.query.relational import RelationalEngine
from cairn.store.base import Batch, NewPerson
from cairn.store.clickhouse.store import ClickHouseStore
from cairn.store.duckdb.scoped import DuckDBRelation
from cairn.store.duckdb.store import DuckDBStore

HOUR = 3_600_000_000
DAY = 24 * HOUR
MAY_1 = 1_714_521_600_000_000
CALENDAR = Calendar(ZoneInfo("UTC"), MAY_1 + 9 * DAY)
PERIOD = {"from": "2024-05-01", "to": "2024-05-03"}
PLAN = {"of": "event", "name": "plan"}

EVENTS: list[tuple[int, str, int, dict[str, Any]]] = [
    (0, "visit", MAY_1, {"plan": "free"}),
    (0, "sign up", MAY_1 + HOUR, {"plan": "pro", "price": 10}),
    (0, "buy", MAY_1 + DAY, {"price": "30"}),
    (1, "visit", MAY_1 + HOUR, {"plan": "pro"}),
    (1, "visit", MAY_1 + DAY, {}),
    (1, "sign up", MAY_1 + DAY + 2 * HOUR, {"price": "a lot"}),
    (2, "visit", MAY_1 + 2 * DAY, {"plan": "free"}),
    (2, "$identify", MAY_1 + 2 * DAY, {}),
]


@pytest.fixture(scope="module", params=["duckdb", "clickhouse"])
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RelationalEngine]:
    """Each engine in turn, with the events above."""
    batch = Batch(
        events=[
            Event(
                id=str(i),
                event=name,
                time_us=at,
                received_us=at,
                distinct_id=str(who),
                properties=p,
            )
            for i, (who, name, at, p) in enumerate(EVENTS)
        ],
        people=[who for who, *_ in EVENTS],
        new_persons=[NewPerson(person, f"u{person}", MAY_1) for person in range(3)],
    )
    if request.param == "duckdb":
        folder: Path = tmp_path_factory.mktemp("project")
        duckdb = DuckDBStore.open(folder, 1)
        duckdb.append(batch)
        yield DuckDBRelation(duckdb)
        duckdb.close()
    else:
        clickhouse = ClickHouseStore.open("chdb://memory", "answers")
        clickhouse.append(batch)
        yield clickhouse
        clickhouse.close()


def ask_trends(engine: RelationalEngine, **question: Any) -> Any:
    """Return the answer to a trend over the three days."""
    spec = TrendsSpec.model_validate({"period": PERIOD, **question})
    return trends.answer(spec, engine, resolve(spec.period, CALENDAR), CALENDAR)


def ask_funnel(engine: RelationalEngine, *steps: str | None, **question: Any) -> Any:
    """Return the answer to a funnel over the three days."""
    asked = {"steps": [{"event": step} for step in steps], "period": PERIOD, **question}
    spec = FunnelSpec.model_validate(asked)
    return funnel.answer(spec, engine, resolve(spec.period, CALENDAR), CALENDAR)


def ask_retention(engine: RelationalEngine, **question: Any) -> Any:
    """Return the answer to retention over the three days."""
    spec = RetentionSpec.model_validate({"period": PERIOD, "columns": 3, **question})
    return retention.answer(spec, engine, resolve(spec.period, CALENDAR), CALENDAR)


@pytest.mark.parametrize(
    ("measure", "values", "total"),
    [
        ("total", (3, 3, 1), 7),
        ("persons", (2, 2, 1), 3),
        ("daily_active", (2, 2, 1), 1),
        ("weekly_active", (2, 2, 3), 3),
        ("per_person", (1.5, 1.5, 1), 7 / 3),
    ],
)
def test_a_trend_counts_by_day(
    engine: RelationalEngine, measure: str, values: tuple[float, ...], total: float
) -> None:
    [line] = ask_trends(engine, series=[{"measure": {"of": measure}}]).lines
    assert line.values == values
    assert line.total == pytest.approx(total)


@pytest.mark.parametrize(
    ("measure", "values", "total"),
    [("sum", (10, 30, 0), 40), ("average", (10, 30, 0), 20), ("median", (10, 30, 0), 20)],
)
def test_a_measure_of_a_property_leaves_out_what_is_no_number(
    engine: RelationalEngine, measure: str, values: tuple[float, ...], total: float
) -> None:
    asked = {"of": measure, "property": {"name": "price"}}
    [line] = ask_trends(engine, series=[{"measure": asked}]).lines
    assert (line.values, line.total) == (values, total)


def test_a_breakdown_shows_the_largest_values_and_the_rest_together(
    engine: RelationalEngine,
) -> None:
    lines = ask_trends(engine, series=[{}], breakdown=PLAN, limit=2).lines
    assert [(line.group, line.total) for line in lines] == [
        (Group(value=None), 3.0),
        (Group(value="free"), 2.0),
        (Group(other=True), 2.0),
    ]


def test_a_formula_divides_series_and_gives_0_where_it_divides_by_0(
    engine: RelationalEngine,
) -> None:
    series = [{"event": "visit"}, {"event": "sign up"}]
    answer = ask_trends(engine, series=series, formulas=["B / A"], interval="day")
    assert answer.formulas[0][0].values == (0.5, 1.0, 0.0)


def test_a_funnel_counts_each_person_as_far_as_they_came(engine: RelationalEngine) -> None:
    total = ask_funnel(engine, "visit", "sign up", "buy").total
    assert [step.persons for step in total.steps] == [3, 2, 1]
    assert [step.average_seconds for step in total.steps] == [None, 5400.0, 82800.0]
    assert total.average_seconds == 86400.0


def test_a_window_ends_at_its_last_instant(engine: RelationalEngine) -> None:
    for hours, reached in ((24, 1), (23, 0)):
        window = {"count": hours, "unit": "hour"}
        total = ask_funnel(engine, "visit", "sign up", "buy", window=window).total
        assert total.steps[2].persons == reached


def test_an_event_that_fits_two_steps_serves_one(engine: RelationalEngine) -> None:
    total = ask_funnel(engine, "visit", None, "visit").total
    assert [step.persons for step in total.steps] == [3, 2, 0]


def test_a_funnel_breaks_down_by_the_first_value_that_is_not_missing(
    engine: RelationalEngine,
) -> None:
    groups = ask_funnel(engine, "visit", "sign up", breakdown=PLAN).groups
    assert [(group.group.value, group.steps[1].persons) for group in groups] == [
        ("free", 1),
        ("pro", 1),
    ]


def test_retention_counts_those_who_come_back_on_a_day_or_after_it(
    engine: RelationalEngine,
) -> None:
    rows = ask_retention(engine).total.rows
    assert [row.persons for row in rows] == [(2, 2, 0), (0, 0, 0), (1, 0, 0)]
    again = ask_retention(engine, cohort="recurring", match="on_or_after").total.rows
    assert [row.persons for row in again] == [(2, 2, 0), (2, 0, 0), (1, 0, 0)]


def test_retention_breaks_down_by_the_value_of_the_start(engine: RelationalEngine) -> None:
    groups = ask_retention(engine, breakdown=PLAN).groups
    assert [(group.group.value, group.average) for group in groups] == [
        ("free", (1.0, 0.5, 0.0)),
        ("pro", (1.0, 1.0, 0.0)),
    ]
