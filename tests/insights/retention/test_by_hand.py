"""Retention over a handful of events, counted by hand."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

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


def test_whose_first_event_fails_the_filters_never_enters_as_first_ever() -> None:
    pro = {"property": {"name": "plan"}, "values": ["pro"]}
    events: list[Row] = [(0, "open", 0, {"plan": "free"}), (0, "open", HOUR, {"plan": "pro"})]
    events += [(1, "close", 0), (1, "open", HOUR, {"plan": "pro"}), (1, "open", DAY)]
    opened = {"event": "open"}
    questions: tuple[dict[str, Any], ...] = (
        {"start": {**opened, "filter": pro}, "returning": opened},
        {"start": opened, "filter": pro},
    )
    for question in questions:
        assert cells(ask(events, cohort="first_time", **question))[0][0] == 2
        assert cells(ask(events, cohort="first_ever", **question))[0][0] == 1


def test_without_filters_the_first_ever_is_the_first() -> None:
    events: list[Row] = [(0, "open", -40 * DAY), (0, "open", 0), (1, "open", DAY)]
    assert cells(ask(events, cohort="first_ever")) == [(0, 0, 0), (1, 0, 0)]


def test_a_recurring_person_is_in_every_cohort_they_start() -> None:
    events: list[Row] = [(0, "open", 0), (0, "open", DAY), (0, "open", 2 * DAY)]
    assert cells(ask(events, cohort="recurring")) == [(1, 1, 1), (1, 1, 0)]


def test_on_or_after_counts_whoever_returns_then_or_later_even_beyond_the_table() -> None:
    events: list[Row] = [(0, "open", 0), (0, "open", DAY), (1, "open", 0), (1, "open", 30 * DAY)]
    assert cells(ask(events, match="on_or_after")) == [(2, 2, 1), (0, 0, 0)]
    assert cells(ask(events, match="on")) == [(2, 1, 0), (0, 0, 0)]


def test_on_or_before_counts_whoever_has_returned_by_then() -> None:
    events: list[Row] = [(0, "open", 0), (0, "open", DAY), (1, "open", 0), (1, "open", 2 * DAY)]
    events += [(2, "open", 0), (2, "open", HOUR), (2, "open", 30 * DAY)]
    assert cells(ask(events, match="on_or_before")) == [(3, 1, 2), (0, 0, 0)]


def test_a_streak_ends_with_the_first_interval_without_a_return() -> None:
    events: list[Row] = [(0, "open", day * DAY) for day in (0, 1, 2, 4)]
    events += [(1, "open", 0), (1, "open", 2 * DAY)]
    assert cells(ask(events, match="streak", columns=5))[0] == (2, 1, 1, 0, 0)
    assert cells(ask(events, match="on", columns=5))[0] == (2, 1, 2, 0, 1)


def test_brackets_are_columns_of_several_intervals() -> None:
    """Day 0, days 1 to 4, 5 to 14 and 15 to 17."""
    events: list[Row] = [(0, "open", day * DAY) for day in (0, 4, 5, 14)]
    events += [(1, "open", day * DAY) for day in (0, 1, 2, 17)] + [(2, "open", 0)]
    events += [(2, "open", 18 * DAY)]
    assert cells(ask(events, brackets=[4, 10, 3]))[0] == (3, 2, 1, 1)
    assert cells(ask(events, brackets=[4, 10, 3], match="streak"))[0] == (3, 2, 1, 0)
    assert cells(ask(events, brackets=[4, 10, 3], match="on_or_before"))[0] == (3, 2, 2, 2)
    assert cells(ask(events, brackets=[4, 10, 3], match="on_or_after"))[0] == (3, 3, 3, 2)


def test_a_bracket_is_complete_when_its_last_interval_is_over() -> None:
    for now, complete in ((5 * DAY - 1, 1), (5 * DAY, 2), (15 * DAY, 3)):
        result = ask([(0, "open", 0)], Calendar(ZoneInfo("UTC"), MAY_1 + now), brackets=[4, 10, 3])
        assert result.total.rows[0].complete == complete


def test_a_rolling_day_is_24_hours_from_each_persons_own_start() -> None:
    events: list[Row] = [(0, "open", 20 * HOUR), (0, "open", 44 * HOUR - 1)]
    events += [(1, "open", 20 * HOUR), (1, "open", 44 * HOUR)]
    assert cells(ask(events, clock="rolling"))[0] == (2, 1, 0)
    assert cells(ask(events, clock="calendar"))[0] == (2, 2, 0)


@pytest.mark.parametrize(
    ("interval", "hours"), [("hour", 1), ("day", 24), ("week", 168), ("month", 720)]
)
def test_rolling_windows_do_not_follow_the_calendar(interval: str, hours: int) -> None:
    start = HOUR // 2
    events: list[Row] = [(0, "open", start), (0, "open", start + hours * HOUR)]
    events += [(1, "open", start), (1, "open", start + hours * HOUR - 1)]
    result = ask(events, clock="rolling", interval=interval)
    assert cells(result)[0] == (2, 1, 0)


def test_a_rolling_column_is_complete_when_it_is_over_for_the_latest_start() -> None:
    for now, complete in ((2 * DAY - 1, 0), (2 * DAY, 1), (3 * DAY - 1, 1), (3 * DAY, 2)):
        calendar = Calendar(ZoneInfo("UTC"), MAY_1 + now)
        result = ask([(0, "open", 0)], calendar, clock="rolling")
        assert result.total.rows[0].complete == complete


def test_hours_can_be_intervals() -> None:
    events: list[Row] = [(0, "open", HOUR - 1), (0, "open", HOUR), (1, "open", 0)]
    rows = ask(events, interval="hour").total.rows
    assert len(rows) == 48
    assert (rows[0].start, rows[0].persons) == ("2024-05-01T00:00:00+00:00", (2, 1, 0))


def test_a_minimum_asks_for_so_many_returns_within_the_cell() -> None:
    events: list[Row] = [(0, "open", 0), (0, "open", DAY), (0, "open", 2 * DAY)]
    events += [(1, "open", 0), (1, "open", DAY), (1, "open", DAY + HOUR)]
    assert cells(ask(events, minimum=2))[0] == (2, 1, 0)
    assert cells(ask(events, minimum=2, match="on_or_after"))[0] == (2, 2, 0)
    assert cells(ask(events, minimum=2, match="on_or_before"))[0] == (2, 1, 2)
    assert cells(ask(events, minimum=2, match="streak"))[0] == (2, 1, 0)


PURCHASES: list[Row] = [
    (0, "open", 0),
    (0, "buy", HOUR, {"price": 10}),
    (0, "buy", DAY, {"price": 2}),
    (0, "buy", DAY + HOUR, {"price": 3}),
    (1, "buy", 0, {"price": 1000}),
    (1, "open", HOUR),
    (1, "buy", DAY, {"price": 7}),
    (1, "buy", 2 * DAY, {"price": "free"}),
    (2, "open", 0),
    (3, "open", 0),
]
"""Person 1 bought something before they started, which is no part of what they did since."""


def worth(of: str, **question: Any) -> tuple[float | None, ...]:
    """Return the values of the first cohort."""
    result = ask(
        PURCHASES,
        start={"event": "open"},
        returning={"event": "buy"},
        measure={"of": of, "property": {"name": "price"}},
        **question,
    )
    return result.total.rows[0].values


def test_a_sum_adds_up_a_property_of_the_returns_in_the_cell() -> None:
    assert worth("sum") == (10, 12, 0)
    assert worth("sum", match="on_or_before") == (10, 22, 22)
    assert worth("sum", match="on_or_after") == (22, 12, 0)


def test_an_average_is_over_the_people_in_the_cell() -> None:
    assert worth("average") == (10, 6, 0)
    assert worth("average", minimum=2) == (None, 5, None)
    assert worth("average", match="on_or_before") == (10, 11, 11)


def test_what_each_person_is_worth_counts_those_who_do_not_come_back() -> None:
    assert worth("per_person", match="on_or_before") == (2.5, 5.5, 5.5)


def test_with_a_measure_the_people_in_a_cell_are_those_whose_property_is_measured() -> None:
    question: dict[str, Any] = {
        "start": {"event": "open"},
        "returning": {"event": "buy"},
        "match": "on_or_before",
    }
    events = [*PURCHASES, (2, "buy", HOUR, {"price": 1})]
    measure = {"of": "sum", "property": {"name": "price"}}
    assert cells(ask(events, measure=measure, **question))[0] == (4, 3, 3)
    assert cells(ask(events, **question))[0] == (4, 2, 2)


@pytest.mark.parametrize(
    ("measure", "complaint"),
    [({"of": "sum"}, "needs a property"), ({"property": {"name": "price"}}, "takes no property")],
)
def test_a_measure_and_its_property_belong_together(
    measure: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ValidationError, match=complaint):
        ask([], measure=measure)


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
    assert result.total.mean == (1.0, 1 / 3, None)
    over = ask(events, Calendar(ZoneInfo("UTC"), MAY_1 + 3 * DAY))
    assert over.total.average == (1.0, 2 / 4, 0.0)
    assert over.total.mean == (1.0, (1 / 3 + 1) / 2, 0.0)


def test_nobody_has_no_average() -> None:
    assert ask([]).total.average == (None, None, None)
    assert ask([]).total.mean == (None, None, None)


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
