"""A lifecycle over a handful of events, counted by hand."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cairn.core.errors import InvalidInput
from cairn.insights.lifecycle import kernel
from cairn.insights.lifecycle.spec import STATUSES, LifecyclePoint, LifecycleResult, LifecycleSpec
from cairn.insights.lifecycle.view import view
from cairn.query.filters import Group
from cairn.query.periods import Calendar, resolve
from cairn.query.sequences import Sequences
from insights.history import Row, arriving, in_duckdb

HOUR = 3_600_000_000
DAY = 24 * HOUR
MAY_1 = 1_714_521_600_000_000
CALENDAR = Calendar(ZoneInfo("UTC"), MAY_1 + 60 * DAY)
PERIOD = {"from": "2024-05-01", "to": "2024-05-03"}


def ask(events: list[Row], calendar: Calendar = CALENDAR, **question: Any) -> LifecycleResult:
    """Return the answer over events of (person, name, time since May 1, properties)."""
    spec = LifecycleSpec.model_validate({"period": PERIOD, **question})
    with in_duckdb([arriving(events, MAY_1)]) as store:
        span = resolve(spec.period, calendar)
        return kernel.answer(spec, Sequences(store.snapshot, 1), span, calendar)


def counts(result: LifecycleResult) -> dict[str, tuple[int, ...]]:
    """Return the statuses that anybody has, per interval."""
    return {status: row for status in STATUSES if any(row := getattr(result.total, status))}


def test_a_person_is_new_then_returns_then_is_dormant() -> None:
    events: list[Row] = [(0, "open", HOUR), (0, "open", DAY)]
    assert counts(ask(events)) == {
        "new": (1, 0, 0),
        "returning": (0, 1, 0),
        "dormant": (0, 0, 1),
    }


def test_a_person_who_was_away_is_resurrecting() -> None:
    events: list[Row] = [(0, "open", -9 * DAY), (0, "open", 0), (0, "open", 2 * DAY)]
    assert counts(ask(events)) == {"resurrecting": (1, 0, 1), "dormant": (0, 1, 0)}


def test_whoever_leaves_is_dormant_once() -> None:
    assert counts(ask([(0, "open", -DAY)])) == {"dormant": (1, 0, 0)}
    assert counts(ask([(0, "open", -2 * DAY)])) == {}


def test_many_events_in_an_interval_count_once() -> None:
    events: list[Row] = [(0, "open", hour * HOUR) for hour in range(24)]
    assert counts(ask(events)) == {"new": (1, 0, 0), "dormant": (0, 1, 0)}


def test_the_interval_before_the_period_says_who_returns() -> None:
    assert counts(ask([(0, "open", -1), (0, "open", 0)]))["returning"] == (1, 0, 0)


def test_a_person_is_new_in_the_interval_of_their_first_event_of_any_kind() -> None:
    """Ordering a day after the first visit makes nobody new: they were here before."""
    events: list[Row] = [(0, "visit", 0), (0, "buy", DAY)]
    question: dict[str, Any] = {"event": {"event": "buy"}}
    assert counts(ask(events, **question)) == {"resurrecting": (0, 1, 0), "dormant": (0, 0, 1)}
    first_matching = counts(ask(events, new="first_matching", **question))
    assert first_matching == {"new": (0, 1, 0), "dormant": (0, 0, 1)}


def test_a_filter_chooses_who_is_active_but_not_who_is_new() -> None:
    events: list[Row] = [(0, "open", 0, {"plan": "free"}), (0, "open", DAY, {"plan": "pro"})]
    pro = {"property": {"name": "plan"}, "values": ["pro"]}
    assert counts(ask(events, filter=pro))["resurrecting"] == (0, 1, 0)
    assert counts(ask(events, filter=pro, new="first_matching"))["new"] == (0, 1, 0)


def test_identify_calls_make_nobody_new() -> None:
    events: list[Row] = [(0, "$identify", -DAY), (0, "open", 0)]
    assert counts(ask(events))["new"] == (1, 0, 0)


def test_growth_is_by_how_much_more_are_active_and_pulse_the_ratio_of_coming_to_leaving() -> None:
    events: list[Row] = [(0, "open", -DAY), (1, "open", 0), (2, "open", 0), (1, "open", DAY)]
    total = ask(events).total
    assert total.growth == (1, -1, -1)
    assert total.pulse == (2.0, 0.0, 0.0)
    assert ask([(0, "open", 0)]).total.pulse == (None, 0.0, None)


def test_events_after_the_period_keep_nobody_from_being_dormant() -> None:
    period = {"from": "2024-05-01", "to": "2024-05-02T12:00"}
    events: list[Row] = [(0, "open", 0), (0, "open", DAY + 13 * HOUR)]
    assert counts(ask(events, period=period)) == {"new": (1, 0), "dormant": (0, 1)}


@pytest.mark.parametrize(("week_start", "new"), [("sunday", (1, 1)), ("monday", (2,))])
def test_a_week_starts_on_the_day_that_the_project_says(week_start: Any, new: Any) -> None:
    """May 4 was a Saturday."""
    events: list[Row] = [(0, "open", 3 * DAY), (1, "open", 4 * DAY)]
    calendar = Calendar(ZoneInfo("UTC"), MAY_1 + 60 * DAY, week_start)
    period = {"from": "2024-05-01", "to": "2024-05-05"}
    assert ask(events, calendar, interval="week", period=period).total.new == new


def test_hours_and_months_are_intervals_too() -> None:
    period = {"from": "2024-05-01T00:00", "to": "2024-05-01T03:00"}
    events: list[Row] = [(0, "open", 0), (0, "open", HOUR)]
    assert counts(ask(events, interval="hour", period=period)) == {
        "new": (1, 0, 0),
        "returning": (0, 1, 0),
        "dormant": (0, 0, 1),
    }
    monthly: list[Row] = [(0, "open", -2 * DAY), (0, "open", 20 * DAY)]
    may = {"from": "2024-05-01", "to": "2024-05-31"}
    assert counts(ask(monthly, interval="month", period=may)) == {"returning": (1,)}


def test_a_person_keeps_the_value_of_their_first_event_so_that_groups_add_up() -> None:
    events: list[Row] = [
        (0, "open", 0, {"plan": "free"}),
        (0, "open", DAY, {"plan": "pro"}),
        (1, "open", DAY, {"plan": "pro"}),
        (2, "open", DAY, {"plan": "pro"}),
    ]
    result = ask(events, breakdown={"name": "plan"})
    assert [(group.group, group.new, group.returning) for group in result.groups] == [
        (Group(value="pro"), (0, 2, 0), (0, 0, 0)),
        (Group(value="free"), (1, 0, 0), (0, 1, 0)),
    ]


def test_the_sentence_leaves_out_what_is_not_over() -> None:
    spec = LifecycleSpec.model_validate({"period": PERIOD})
    events: list[Row] = [(0, "open", 0), (1, "open", DAY), (2, "open", 2 * DAY)]
    sentences = []
    for days in (0, 2, 9):
        calendar = Calendar(ZoneInfo("UTC"), MAY_1 + days * DAY)
        span = resolve(spec.period, calendar)
        sentences.append(view(spec, ask(events, calendar), span, calendar).sentence)
    assert sentences[0] == "No day of this period is over yet."
    assert sentences[1].startswith("In 2 days, 2 people became active for the first time")
    assert sentences[2].startswith("In 3 days, 3 people became active for the first time")


def test_a_point_in_time_that_the_answer_does_not_have_is_refused() -> None:
    spec = LifecycleSpec.model_validate({"period": PERIOD})
    with in_duckdb([]) as store, pytest.raises(InvalidInput, match="3 points in time"):
        people, span = Sequences(store.snapshot, 1), resolve(spec.period, CALENDAR)
        kernel.people(spec, LifecyclePoint(status="new", bucket=3), people, span, CALENDAR)
