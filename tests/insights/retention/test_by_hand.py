"""Retention over a handful of events, counted by hand."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cairn.core.errors import InvalidInput
from cairn.insights.retention import kernel
from cairn.insights.retention.spec import RetentionPoint, RetentionResult, RetentionSpec
from cairn.query.filters import Group
from cairn.query.periods import Calendar, resolve
from cairn.query.sequences import Sequences
from insights.history import Delivery, Happening, Row, arriving, in_duckdb

HOUR = 3_600_000_000
DAY = 24 * HOUR
MAY_1 = 1_714_521_600_000_000
CALENDAR = Calendar(ZoneInfo("UTC"), MAY_1 + 60 * DAY)
PERIOD = {"from": "2024-05-01", "to": "2024-05-02"}


def ask(
    events: list[Row], calendar: Calendar = CALENDAR, since_us: int = MAY_1, **question: Any
) -> RetentionResult:
    """Return the answer to retention over events of (person, name, time since May 1, properties)."""
    spec = RetentionSpec.model_validate({"period": PERIOD, "columns": 3, **question})
    with in_duckdb([arriving(events, since_us)]) as store:
        span = resolve(spec.period, calendar)
        return kernel.answer(spec, Sequences(store.snapshot, 1), span, calendar)


def cells(result: RetentionResult) -> list[tuple[int, ...]]:
    """Return the rows of the table."""
    return [row.persons for row in result.total.rows]


def test_the_size_of_a_cohort_counts_people_not_events() -> None:
    events: list[Row] = [(0, "open", 0), (0, "open", HOUR), (1, "open", 2 * HOUR)]
    assert cells(ask(events)) == [(2, 0, 0), (0, 0, 0)]


def test_a_return_in_the_starting_interval_is_no_return() -> None:
    events: list[Row] = [(0, "open", 0), (0, "open", DAY - 1), (1, "open", 0), (1, "open", DAY)]
    assert cells(ask(events)) == [(2, 1, 0), (0, 0, 0)]


def test_a_first_time_cohort_has_those_who_never_started_before() -> None:
    events: list[Row] = [(0, "open", -40 * DAY), (0, "open", 0), (1, "open", DAY)]
    assert cells(ask(events, cohort="first_time")) == [(0, 0, 0), (1, 0, 0)]
    assert cells(ask(events, cohort="recurring")) == [(1, 0, 0), (1, 0, 0)]


def test_a_first_time_is_the_first_that_satisfies_the_filters() -> None:
    pro = {"property": {"name": "plan"}, "values": ["pro"]}
    events: list[Row] = [(0, "open", -DAY, {"plan": "free"}), (0, "open", 0, {"plan": "pro"})]
    assert cells(ask(events, start={"event": "open", "filter": pro})) == [(1, 0, 0), (0, 0, 0)]


def test_a_recurring_person_is_in_every_cohort_they_start() -> None:
    events: list[Row] = [(0, "open", 0), (0, "open", DAY), (0, "open", 2 * DAY)]
    assert cells(ask(events, cohort="recurring")) == [(1, 1, 1), (1, 1, 0)]


def test_on_or_after_counts_whoever_returns_then_or_later_even_beyond_the_table() -> None:
    events: list[Row] = [(0, "open", 0), (0, "open", DAY), (1, "open", 0), (1, "open", 30 * DAY)]
    assert cells(ask(events, match="on_or_after")) == [(2, 2, 1), (0, 0, 0)]
    assert cells(ask(events, match="on")) == [(2, 1, 0), (0, 0, 0)]


def test_returns_may_lie_after_the_period_and_starts_may_not() -> None:
    events: list[Row] = [(0, "open", DAY), (0, "open", 3 * DAY), (1, "open", 2 * DAY)]
    assert cells(ask(events)) == [(0, 0, 0), (1, 0, 1)]


def test_the_returning_event_can_differ_from_the_start() -> None:
    events: list[Row] = [(0, "sign up", 0), (0, "open", DAY), (0, "sign up", 2 * DAY)]
    question: dict[str, Any] = {"start": {"event": "sign up"}, "returning": {"event": "open"}}
    assert cells(ask(events, **question)) == [(1, 1, 0), (0, 0, 0)]


def test_identify_calls_are_no_activity() -> None:
    events: list[Row] = [(0, "open", 0), (0, "$identify", DAY)]
    assert cells(ask(events)) == [(1, 0, 0), (0, 0, 0)]


def test_a_cell_is_complete_when_its_interval_is_over() -> None:
    events: list[Row] = [(0, "open", 0), (0, "open", DAY), (1, "open", DAY), (1, "open", 2 * DAY)]
    for now, complete in (
        (DAY, [1, 0]),
        (2 * DAY - 1, [1, 0]),
        (2 * DAY, [2, 1]),
        (9 * DAY, [3, 3]),
    ):
        result = ask(events, Calendar(ZoneInfo("UTC"), MAY_1 + now))
        assert [row.complete for row in result.total.rows] == complete


def test_the_average_weighs_cohorts_by_size_and_leaves_out_what_is_not_over() -> None:
    events: list[Row] = [(0, "open", 0), (1, "open", 0), (2, "open", 0), (0, "open", DAY)]
    events += [(3, "open", DAY), (3, "open", 2 * DAY)]
    result = ask(events, Calendar(ZoneInfo("UTC"), MAY_1 + 2 * DAY + HOUR))
    assert cells(result) == [(3, 1, 0), (1, 1, 0)]
    assert result.total.average == (1.0, 1 / 3, None)
    over = ask(events, Calendar(ZoneInfo("UTC"), MAY_1 + 3 * DAY))
    assert over.total.average == (1.0, 2 / 4, 0.0)


def test_nobody_has_no_average() -> None:
    assert ask([]).total.average == (None, None, None)


@pytest.mark.parametrize(
    ("changes", "hours"), [("2024-03-31T00:00+01:00", 23), ("2024-10-27T00:00+02:00", 25)]
)
def test_a_day_on_which_the_clocks_change_has_23_or_25_hours(changes: str, hours: int) -> None:
    calendar = Calendar(ZoneInfo("Europe/Amsterdam"), MAY_1 + 300 * DAY)
    day = changes[:10]
    start = resolve(
        RetentionSpec.model_validate({"period": {"from": day, "to": day}}).period, calendar
    )
    last_hour = hours * HOUR - 1
    events: list[Row] = [(0, "open", 0), (0, "open", last_hour), (1, "open", 0)]
    events += [(1, "open", last_hour + 1)]
    result = ask(events, calendar, start.start_us, period={"from": day, "to": day})
    assert [(row.start, row.persons) for row in result.total.rows] == [
        (changes.replace("T00:00", "T00:00:00"), (2, 1, 0))
    ]


@pytest.mark.parametrize(("week_start", "sizes"), [("sunday", [1, 1]), ("monday", [2])])
def test_a_week_starts_on_the_day_that_the_project_says(week_start: Any, sizes: list[int]) -> None:
    """May 4 was a Saturday."""
    events: list[Row] = [(0, "open", 3 * DAY), (1, "open", 4 * DAY)]
    calendar = Calendar(ZoneInfo("UTC"), MAY_1 + 60 * DAY, week_start)
    period = {"from": "2024-05-01", "to": "2024-05-05"}
    result = ask(events, calendar, interval="week", period=period)
    assert [row.persons[0] for row in result.total.rows] == sizes


def test_a_month_is_a_calendar_month() -> None:
    events: list[Row] = [(0, "open", 30 * DAY), (0, "open", 31 * DAY), (0, "open", 61 * DAY)]
    period = {"from": "2024-05-15", "to": "2024-05-31"}
    result = ask(events, interval="month", period=period, match="on")
    assert [(row.start, row.persons) for row in result.total.rows] == [
        ("2024-05-01T00:00:00+00:00", (1, 1, 1))
    ]


def test_a_person_is_in_the_group_of_their_first_start_of_the_interval() -> None:
    events: list[Row] = [
        (0, "open", 0, {"plan": "free"}),
        (0, "open", HOUR, {"plan": "pro"}),
        (0, "open", DAY, {"plan": "pro"}),
        (1, "open", DAY),
    ]
    result = ask(events, breakdown={"name": "plan"}, cohort="recurring")
    assert [(group.group, [row.persons for row in group.rows]) for group in result.groups] == [
        (Group(value="free"), [(1, 1, 0), (0, 0, 0)]),
        (Group(value="pro"), [(0, 0, 0), (1, 0, 0)]),
        (Group(value=None), [(0, 0, 0), (1, 0, 0)]),
    ]


def test_people_who_turn_out_to_be_one_person_are_one_member_of_the_cohort() -> None:
    spec = RetentionSpec.model_validate({"period": PERIOD, "columns": 3})
    first = Delivery([Happening(0, "open", MAY_1), Happening(1, "open", MAY_1 + DAY)])
    with in_duckdb([first, Delivery(merges=[(1, 0)])]) as store:
        people, span = Sequences(store.snapshot, 1), resolve(spec.period, CALENDAR)
        assert cells(kernel.answer(spec, people, span, CALENDAR)) == [(1, 1, 0), (0, 0, 0)]
        point = RetentionPoint(row=0, column=1)
        assert kernel.people(spec, point, people, span, CALENDAR).tolist() == [0]


@pytest.mark.parametrize(
    ("point", "complaint"),
    [({"row": 2, "column": 0}, "2 cohorts"), ({"row": 0, "column": 3}, "3 columns")],
)
def test_a_cell_that_the_table_does_not_have_is_refused(
    point: dict[str, int], complaint: str
) -> None:
    spec = RetentionSpec.model_validate({"period": PERIOD, "columns": 3})
    with in_duckdb([]) as store, pytest.raises(InvalidInput, match=complaint):
        people, span = Sequences(store.snapshot, 1), resolve(spec.period, CALENDAR)
        kernel.people(spec, RetentionPoint.model_validate(point), people, span, CALENDAR)


def test_a_table_of_more_than_100_000_cells_is_refused() -> None:
    with pytest.raises(InvalidInput, match="more than 100,000 cells"):
        ask([], period={"from": "2020-01-01", "to": "2024-01-01"}, columns=120)
