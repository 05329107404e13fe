"""Usage over a handful of events, counted by hand."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cairn.core.errors import InvalidInput
from cairn.insights.usage import kernel
from cairn.insights.usage.spec import UsagePoint, UsageResult, UsageSpec
from cairn.insights.usage.view import view
from cairn.query.periods import Calendar, resolve
from cairn.query.sequences import Sequences
from insights.history import Row, arriving, in_duckdb

HOUR = 3_600_000_000
DAY = 24 * HOUR
MAY_1 = 1_714_521_600_000_000
CALENDAR = Calendar(ZoneInfo("UTC"), MAY_1 + 60 * DAY)
PERIOD = {"from": "2024-05-01", "to": "2024-05-31"}


def ask(events: list[Row], **question: Any) -> UsageResult:
    """Return the answer to usage over events of (person, name, time since May 1, properties)."""
    spec = UsageSpec.model_validate({"period": PERIOD, "bars": 4, **question})
    with in_duckdb([arriving(events, MAY_1)]) as store:
        span = resolve(spec.period, CALENDAR)
        return kernel.answer(spec, Sequences(store.snapshot, 1), span, CALENDAR)


def on(person: int, *days: int) -> list[Row]:
    """Return a visit of a person at noon of some days."""
    return [(person, "visit", day * DAY + 12 * HOUR) for day in days]


def test_the_usual_gap_is_the_median_of_the_gaps_between_active_days() -> None:
    assert ask(on(0, 0, 1, 2, 9)).persons == (1, 0, 0, 0, 0)
    assert ask(on(0, 0, 3, 4, 7)).persons == (0, 0, 1, 0, 0)


def test_a_gap_between_two_days_is_rounded_up() -> None:
    assert ask(on(0, 0, 1, 3)).persons == (0, 1, 0, 0, 0)
    assert ask(on(0, 0, 1, 4)).persons == (0, 1, 0, 0, 0)


def test_several_events_on_a_day_are_one_active_day() -> None:
    events: list[Row] = [(0, "visit", 0), (0, "visit", HOUR), (0, "visit", 2 * DAY)]
    assert ask(events).persons == (0, 1, 0, 0, 0)


def test_whoever_was_active_once_has_no_gap() -> None:
    result = ask(on(0, 0) + on(1, 0, 1))
    assert (result.persons, result.once) == ((1, 0, 0, 0, 0), 1)


def test_the_last_bar_holds_all_longer_gaps() -> None:
    assert ask(on(0, 0, 4) + on(1, 0, 5) + on(2, 0, 30)).persons == (0, 0, 0, 1, 2)


def test_days_outside_the_period_leave_no_gap() -> None:
    assert ask([*on(0, -1, 0), *on(0, 31)]).once == 1


@pytest.mark.parametrize(("share", "natural"), [(0.2, 1), (0.6, 1), (0.8, 3), (0.81, 20), (1, 20)])
def test_the_natural_gap_is_the_shortest_by_which_the_share_come_back(
    share: float, natural: int
) -> None:
    events = [row for person in range(3) for row in on(person, 0, 1)] + on(3, 0, 3) + on(4, 0, 20)
    assert ask(events, share=share).natural == natural


def test_hours_can_be_intervals() -> None:
    events: list[Row] = [(0, "visit", HOUR - 1), (0, "visit", HOUR), (1, "visit", 0)]
    events += [(1, "visit", 3 * HOUR)]
    assert ask(events, interval="hour").persons == (1, 0, 1, 0, 0)


@pytest.mark.parametrize(
    ("days", "interval"), [(1, "day"), (2, "week"), (7, "week"), (8, "month"), (28, "month")]
)
def test_the_sentence_says_by_which_interval_to_ask_for_retention(days: int, interval: str) -> None:
    spec = UsageSpec.model_validate({"period": PERIOD, "bars": 4})
    span = resolve(spec.period, CALENDAR)
    sentence = view(spec, ask(on(0, 0, days)), span, CALENDAR).sentence
    assert sentence.endswith(f"ask for retention by {interval}.")


def test_nobody_has_no_usual_gap() -> None:
    result = ask([])
    assert result == UsageResult(persons=(0, 0, 0, 0, 0), once=0, natural=None)
    spec = UsageSpec.model_validate({"period": PERIOD, "bars": 4})
    sentence = view(spec, result, resolve(spec.period, CALENDAR), CALENDAR).sentence
    assert sentence == "Nobody did Any event in more than one day of this period."


def test_a_bar_that_the_answer_does_not_have_is_refused() -> None:
    spec = UsageSpec.model_validate({"period": PERIOD, "bars": 4})
    with in_duckdb([]) as store, pytest.raises(InvalidInput, match="6 bars"):
        span = resolve(spec.period, CALENDAR)
        kernel.people(spec, UsagePoint(gap=6), Sequences(store.snapshot, 1), span, CALENDAR)
