"""Engagement over a handful of events, counted by hand."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from cairn.core.errors import InvalidInput
from cairn.insights.engagement import kernel
from cairn.insights.engagement.spec import EngagementPoint, EngagementResult, EngagementSpec
from cairn.insights.engagement.view import view
from cairn.query.periods import Calendar, resolve
from cairn.query.sequences import Sequences
from insights.history import Row, arriving, in_duckdb

HOUR = 3_600_000_000
DAY = 24 * HOUR
MAY_1 = 1_714_521_600_000_000
CALENDAR = Calendar(ZoneInfo("UTC"), MAY_1 + 60 * DAY)
PERIOD = {"from": "2024-05-01", "to": "2024-05-03"}
EVENTS: list[Row] = [
    (0, "visit", 0),
    (0, "buy", HOUR),
    (0, "buy", 2 * HOUR),
    (0, "buy", DAY),
    (1, "visit", DAY),
    (2, "buy", DAY),
    (3, "visit", 2 * DAY),
]


def ask(events: list[Row], **question: Any) -> EngagementResult:
    """Return the answer over events of (person, name, time since May 1, properties)."""
    spec = EngagementSpec.model_validate({"period": PERIOD, **question})
    with in_duckdb([arriving(events, MAY_1)]) as store:
        span = resolve(spec.period, CALENDAR)
        return kernel.answer(spec, Sequences(store.snapshot, 1), span, CALENDAR)


def numbers(result: EngagementResult) -> list[tuple[str, int, float | None, float | None]]:
    """Return title, people, share and average of each feature."""
    return [(f.title, f.persons, f.share, f.average) for f in result.features]


def test_reach_is_of_the_active_and_frequency_of_those_who_use_it() -> None:
    result = ask(EVENTS, features=[{"event": "visit"}, {"event": "buy"}])
    assert result.active == 4
    assert numbers(result) == [("visit", 3, 0.75, 1.0), ("buy", 2, 0.5, 2.0)]


def test_days_count_each_local_day_once() -> None:
    result = ask(EVENTS, features=[{"event": "buy"}], frequency="days")
    assert numbers(result) == [("buy", 2, 0.5, 1.5)]


def test_without_features_the_names_with_the_most_events_are_asked_about() -> None:
    assert [f.title for f in ask(EVENTS).features] == ["buy", "visit"]
    assert [f.title for f in ask(EVENTS, top=1).features] == ["buy"]


def test_names_with_equally_many_events_come_in_order() -> None:
    events: list[Row] = [(0, "b", 0), (0, "a", 1), (0, "c", 2)]
    assert [f.title for f in ask(events, top=2).features] == ["a", "b"]


def test_identify_calls_are_no_activity() -> None:
    result = ask([*EVENTS, (4, "$identify", 0)])
    assert (result.active, len(result.features)) == (4, 2)


def test_a_feature_that_nobody_uses_has_no_frequency_and_no_dot() -> None:
    spec = EngagementSpec.model_validate({"period": PERIOD, "features": [{"event": "never"}]})
    result = ask(EVENTS, features=[{"event": "never"}])
    assert numbers(result) == [("never", 0, 0.0, None)]
    shown = view(spec, result, resolve(spec.period, CALENDAR), CALENDAR)
    assert shown.sentence == "None of 4 people used any of these features."
    assert shown.chart.model_dump()["dots"] == ()
    assert shown.table.rows == (("never", 0, 0.0, None),)


def test_nobody_uses_nothing() -> None:
    result = ask([], features=[{"event": "visit"}])
    assert (result.active, numbers(result)) == (0, [("visit", 0, None, None)])
    spec = EngagementSpec.model_validate({"period": PERIOD})
    shown = view(spec, ask([]), resolve(spec.period, CALENDAR), CALENDAR)
    assert shown.sentence == "Nobody was active in this period."


def test_events_outside_the_period_do_not_count() -> None:
    events: list[Row] = [(0, "buy", -1), (0, "buy", 3 * DAY), (0, "buy", 0)]
    assert numbers(ask(events)) == [("buy", 1, 1.0, 1.0)]


def test_more_features_than_fit_a_mask_are_counted() -> None:
    names = [f"feature {i:02}" for i in range(50)]
    events: list[Row] = [(0, name, i) for i, name in enumerate(names)]
    result = ask(events, features=[{"event": name} for name in names])
    assert numbers(result) == [(name, 1, 1.0, 1.0) for name in names]
    assert len(ask(events, top=50).features) == 50


@pytest.mark.parametrize("name", ["$identify", "$group", "$alias"])
def test_who_someone_is_is_no_feature(name: str) -> None:
    with pytest.raises(ValidationError, match="says who someone is"):
        EngagementSpec.model_validate({"features": [{"event": name}]})


def test_a_feature_that_the_answer_does_not_have_is_refused() -> None:
    spec = EngagementSpec.model_validate({"period": PERIOD})
    with (
        in_duckdb([arriving(EVENTS, MAY_1)]) as store,
        pytest.raises(InvalidInput, match="2 features"),
    ):
        people, span = Sequences(store.snapshot, 1), resolve(spec.period, CALENDAR)
        kernel.people(spec, EngagementPoint(feature=2), people, span, CALENDAR)
