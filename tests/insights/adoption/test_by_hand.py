"""Adoption over a handful of events, counted by hand."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from cairn.core.errors import InvalidInput
from cairn.insights.adoption import kernel
from cairn.insights.adoption.spec import AdoptionPoint, AdoptionResult, AdoptionSpec
from cairn.insights.adoption.view import view
from cairn.query import sequences
from cairn.query.filters import Group
from cairn.query.periods import Calendar, resolve
from cairn.query.sequences import Sequences
from insights.history import Delivery, Happening, Row, arriving, in_duckdb

HOUR = 3_600_000_000
DAY = 24 * HOUR
MAY_1 = 1_714_521_600_000_000
CALENDAR = Calendar(ZoneInfo("UTC"), MAY_1 + 60 * DAY)
QUESTION = {"period": {"from": "2024-05-01", "to": "2024-05-03"}, "feature": {"event": "search"}}


def ask(events: list[Row], **question: Any) -> AdoptionResult:
    """Return the answer over events of (person, name, time since May 1, properties)."""
    spec = AdoptionSpec.model_validate({**QUESTION, **question})
    with in_duckdb([arriving(events, MAY_1)]) as store:
        span = resolve(spec.period, CALENDAR)
        return kernel.answer(spec, Sequences(store.snapshot, 1), span, CALENDAR)


def stages(result: AdoptionResult) -> tuple[int, int, int, int]:
    """Return how many people there are, and how many adopted, early and repeatedly."""
    total = result.total
    return result.persons, total.adopted, total.early, total.repeated


def test_whoever_used_it_once_has_adopted_it() -> None:
    events: list[Row] = [(0, "visit", 0), (0, "search", HOUR), (1, "visit", DAY)]
    assert stages(ask(events)) == (2, 1, 1, 0)


def test_people_who_came_after_the_index_was_folded_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sequences, "CHUNK_EVENTS", 2)
    spec = AdoptionSpec.model_validate(QUESTION)
    old = Delivery([Happening(0, "search", MAY_1)], folds=True)
    new = Delivery([Happening(1 + i % 4, "search", MAY_1) for i in range(16)])
    with in_duckdb([old, new]) as store:
        people, span = Sequences(store.snapshot, 2), resolve(spec.period, CALENDAR)
        result = kernel.answer(spec, people, span, CALENDAR)
    assert stages(result) == (5, 5, 5, 0)


def test_the_curve_rises_with_the_first_use_only() -> None:
    events: list[Row] = [(0, "search", 0), (0, "search", DAY), (1, "search", DAY)]
    assert ask(events).total.curve == (1, 2, 2)


def test_uses_before_the_period_count_if_the_person_is_active_in_it() -> None:
    events: list[Row] = [(0, "search", -40 * DAY), (0, "visit", DAY), (1, "search", -DAY)]
    result = ask(events)
    assert stages(result) == (1, 1, 1, 0)
    assert result.total.curve == (1, 1, 1)


def test_uses_after_the_period_do_not_count() -> None:
    events: list[Row] = [(0, "visit", 0), (0, "search", 3 * DAY)]
    assert stages(ask(events)) == (1, 0, 0, 0)


def test_early_is_before_so_many_times_24_hours_after_the_first_event_of_any_kind() -> None:
    events: list[Row] = [(0, "visit", -7 * DAY), (0, "search", -1), (0, "visit", 0)]
    events += [(1, "visit", -7 * DAY), (1, "search", 0)]
    assert stages(ask(events)) == (2, 2, 1, 0)
    assert stages(ask(events, early_days=8)) == (2, 2, 2, 0)


def test_repeated_is_on_two_local_days_not_twice_on_one() -> None:
    events: list[Row] = [(0, "search", 0), (0, "search", HOUR)]
    assert stages(ask(events)) == (1, 1, 1, 0)
    events.append((0, "search", DAY))
    assert stages(ask(events)) == (1, 1, 1, 1)


def test_among_the_new_are_those_whose_first_event_of_any_kind_lies_in_the_period() -> None:
    events: list[Row] = [(0, "visit", -DAY), (0, "search", 0), (1, "visit", 0)]
    assert stages(ask(events, among="active")) == (2, 1, 1, 0)
    assert stages(ask(events, among="new")) == (1, 0, 0, 0)


def test_the_filter_chooses_activity_and_uses_but_not_when_someone_came() -> None:
    pro = {"property": {"name": "plan"}, "values": ["pro"]}
    events: list[Row] = [
        (0, "search", 0, {"plan": "free"}),
        (0, "search", DAY, {"plan": "pro"}),
        (1, "visit", 0, {"plan": "free"}),
    ]
    assert stages(ask(events, filter=pro)) == (1, 1, 1, 0)
    assert stages(ask(events, filter=pro, early_days=1)) == (1, 1, 0, 0)


def test_groups_are_by_the_value_at_the_first_use() -> None:
    events: list[Row] = [
        (0, "search", 0, {"release": "1.0"}),
        (0, "search", DAY, {"release": "2.0"}),
        (1, "search", DAY, {"release": "2.0"}),
        (2, "visit", DAY, {"release": "2.0"}),
    ]
    result = ask(events, breakdown={"name": "release"})
    assert [(g.group, g.adopted, g.repeated, g.curve) for g in result.groups] == [
        (Group(value="1.0"), 1, 1, (1, 1, 1)),
        (Group(value="2.0"), 1, 0, (0, 1, 1)),
    ]


def test_nobody_has_adopted_nothing() -> None:
    spec = AdoptionSpec.model_validate(QUESTION)
    result = ask([])
    assert (stages(result), result.total.curve) == ((0, 0, 0, 0), (0, 0, 0))
    shown = view(spec, result, resolve(spec.period, CALENDAR), CALENDAR)
    assert shown.sentence == "No person was active in this period."


@pytest.mark.parametrize("name", ["$identify", "$group", "$alias"])
def test_who_someone_is_is_no_feature(name: str) -> None:
    with pytest.raises(ValidationError, match="says who someone is"):
        AdoptionSpec.model_validate({"feature": {"event": name}})


def test_a_point_in_time_that_the_answer_does_not_have_is_refused() -> None:
    spec = AdoptionSpec.model_validate(QUESTION)
    with in_duckdb([]) as store, pytest.raises(InvalidInput, match="3 points in time"):
        people, span = Sequences(store.snapshot, 1), resolve(spec.period, CALENDAR)
        kernel.people(spec, AdoptionPoint(bucket=3), people, span, CALENDAR)
