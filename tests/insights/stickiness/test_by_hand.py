"""Stickiness over a handful of events, counted by hand."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from cairn.core.errors import InvalidInput
from cairn.insights.stickiness import kernel
from cairn.insights.stickiness.spec import StickinessPoint, StickinessResult, StickinessSpec
from cairn.insights.stickiness.view import view
from cairn.query import sequences
from cairn.query.filters import Group
from cairn.query.periods import Calendar, resolve
from cairn.query.sequences import Sequences
from insights.history import Delivery, Happening, Row, arriving, in_duckdb

HOUR = 3_600_000_000
DAY = 24 * HOUR
MAY_1 = 1_714_521_600_000_000
CALENDAR = Calendar(ZoneInfo("UTC"), MAY_1 + 60 * DAY)
PERIOD = {"from": "2024-05-01", "to": "2024-05-03"}


def ask(events: list[Row], calendar: Calendar = CALENDAR, **question: Any) -> StickinessResult:
    """Return the answer over events of (person, name, time since May 1, properties)."""
    spec = StickinessSpec.model_validate({"period": PERIOD, **question})
    with in_duckdb([arriving(events, MAY_1)]) as store:
        span = resolve(spec.period, calendar)
        return kernel.answer(spec, Sequences(store.snapshot, 1), span, calendar)


def persons(result: StickinessResult) -> tuple[int, ...]:
    """Return the bars of the first line."""
    return result.lines[0].persons


def test_a_person_counts_once_by_the_number_of_their_days() -> None:
    events: list[Row] = [(0, "open", 0), (0, "open", HOUR), (0, "open", DAY), (1, "open", DAY)]
    result = ask(events)
    assert [bin.first for bin in result.bins] == [1, 2, 3]
    assert persons(result) == (1, 1, 0)
    assert (result.lines[0].actors, result.lines[0].average) == (2, 1.5)


def test_people_who_came_after_the_index_was_folded_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sequences, "CHUNK_EVENTS", 2)
    spec = StickinessSpec.model_validate({"period": PERIOD})
    old = Delivery([Happening(0, "open", MAY_1)], folds=True)
    new = Delivery([Happening(1 + i % 4, "open", MAY_1) for i in range(16)])
    with in_duckdb([old, new]) as store:
        people, span = Sequences(store.snapshot, 2), resolve(spec.period, CALENDAR)
        result = kernel.answer(spec, people, span, CALENDAR)
    assert persons(result)[0] == 5


def test_cumulative_counts_those_with_so_many_or_more() -> None:
    events: list[Row] = [(0, "open", 0), (0, "open", DAY), (0, "open", 2 * DAY), (1, "open", DAY)]
    result = ask(events, cumulative=True)
    assert persons(result) == (2, 1, 1)
    assert result.lines[0].actors == 2


def test_an_interval_counts_only_with_enough_events() -> None:
    events: list[Row] = [(0, "open", 0), (0, "open", HOUR), (0, "open", DAY), (1, "open", 0)]
    assert persons(ask(events, minimum=2)) == (1, 0, 0)


def test_events_outside_the_period_do_not_count() -> None:
    events: list[Row] = [(0, "open", -1), (0, "open", 3 * DAY), (0, "open", 0)]
    assert persons(ask(events)) == (1, 0, 0)


def test_nobody_has_no_average() -> None:
    assert (persons(ask([])), ask([]).lines[0].average) == ((0, 0, 0), None)


def test_frequency_counts_people_by_the_number_of_their_events() -> None:
    events: list[Row] = [(0, "open", hour * HOUR) for hour in range(6)]
    events += [(1, "open", 0), (2, "open", 0), (2, "open", 1)]
    result = ask(events, of="events")
    assert [(bin.first, bin.last) for bin in result.bins] == [(1, 1), (2, 4), (5, 9)]
    assert persons(result) == (1, 1, 1)
    assert result.lines[0].average == 3.0


def test_custom_bins_start_at_the_numbers_given_and_hold_everyone() -> None:
    events: list[Row] = [(0, "open", hour * HOUR) for hour in range(6)]
    events += [(1, "open", 0)]
    result = ask(events, of="events", bins=[3, 6])
    assert [(bin.first, bin.last) for bin in result.bins] == [(1, 2), (3, 5), (6, None)]
    assert persons(result) == (1, 0, 1)


def test_over_time_it_is_the_share_of_the_active_with_enough_days() -> None:
    """May 5 was a Sunday, on which a week starts."""
    events: list[Row] = [(0, "open", 0), (0, "open", DAY), (1, "open", DAY), (1, "open", 5 * DAY)]
    period = {"from": "2024-05-01", "to": "2024-05-11"}
    result = ask(events, per="week", at_least=2, period=period)
    assert result.times == ("2024-04-28T00:00:00+00:00", "2024-05-05T00:00:00+00:00")
    [shares] = result.shares
    assert (shares.active, shares.sticky, shares.share) == ((2, 1), (1, 0), (0.5, 0.0))


def test_a_stretch_without_anybody_has_no_share() -> None:
    assert ask([], per="month").shares[0].share == (None,)


def test_the_first_week_is_whole_even_when_the_period_starts_within_it() -> None:
    result = ask([(0, "open", -2 * DAY), (0, "open", 0)], per="week", at_least=2)
    assert result.shares[0].sticky == (1,)


def test_each_series_has_its_own_people() -> None:
    events: list[Row] = [(0, "open", 0), (0, "buy", DAY), (0, "buy", 2 * DAY)]
    result = ask(events, series=[{"event": "open"}, {"event": "buy"}])
    assert [line.persons for line in result.lines] == [(1, 0, 0), (0, 1, 0)]


def test_a_person_is_in_the_group_of_their_first_event_of_the_period() -> None:
    events: list[Row] = [
        (0, "open", 0, {"plan": "free"}),
        (0, "open", DAY, {"plan": "pro"}),
        (1, "open", DAY),
    ]
    result = ask(events, breakdown={"name": "plan"})
    assert [(line.group, line.persons) for line in result.lines] == [
        (Group(value="free"), (0, 1, 0)),
        (Group(value=None), (1, 0, 0)),
    ]


def test_the_sentence_over_time_is_about_the_last_week_that_is_over() -> None:
    spec = StickinessSpec.model_validate({"period": PERIOD, "per": "week", "at_least": 2})
    span = resolve(spec.period, CALENDAR)
    result = ask([(0, "open", 0)], per="week", at_least=2)
    assert view(spec, result, span, CALENDAR).sentence == "No week of this period is over yet."
    period = {"from": "2024-05-01", "to": "2024-05-04"}
    spec = StickinessSpec.model_validate({"period": period, "per": "week", "at_least": 2})
    span = resolve(spec.period, CALENDAR)
    assert view(spec, result, span, CALENDAR).sentence == (
        "In the last full week, 0.0% of 1 person who did Any event did so in 2 or more days."
    )


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"of": "events", "minimum": 2}, "count intervals"),
        ({"of": "events", "per": "week"}, "count intervals"),
        ({"bins": [1, 2]}, "divide numbers of events"),
        ({"per": "month", "interval": "week"}, "not divided by weeks"),
        ({"per": "month", "cumulative": True}, "leave 'cumulative' out"),
        ({"of": "events", "bins": [2, 2]}, "must ascend"),
        ({"of": "events", "bins": [0, 2]}, "must ascend"),
    ],
)
def test_options_that_do_not_fit_are_refused(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        StickinessSpec.model_validate(change)


@pytest.mark.parametrize(
    ("question", "point", "complaint"),
    [
        ({}, {"series": 1, "index": 0}, "1 series"),
        ({}, {"series": 0, "index": 3}, "3 bars"),
        ({"per": "week"}, {"series": 0, "index": 1}, "1 points in time"),
    ],
)
def test_a_number_that_the_answer_does_not_have_is_refused(
    question: dict[str, Any], point: dict[str, int], complaint: str
) -> None:
    spec = StickinessSpec.model_validate({"period": PERIOD, **question})
    with in_duckdb([]) as store, pytest.raises(InvalidInput, match=complaint):
        people, span = Sequences(store.snapshot, 1), resolve(spec.period, CALENDAR)
        kernel.people(spec, StickinessPoint.model_validate(point), people, span, CALENDAR)
