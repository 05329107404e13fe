"""Cohorts of a handful of people, found by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from insights.history import Delivery, Happening, Row, arriving, in_duckdb
from pydantic import TypeAdapter, ValidationError

from cairn.cohorts.members import Flagged, asked_by
from cairn.cohorts.windows import ago
from cairn.core.errors import InvalidInput
from cairn.query.cohort import Definition, Length
from cairn.query.filters import InCohort
from cairn.query.periods import Calendar, instant

HOUR = 3_600_000_000
DAY = 24 * HOUR
MAY_31 = 1_717_113_600_000_000
"""Noon is twelve hours later: 31 May 2024, in UTC."""
NOW = Calendar(ZoneInfo("UTC"), MAY_31 + 12 * HOUR)
DEFINITION: TypeAdapter[Definition] = TypeAdapter(Definition)


def read(definition: Any) -> Definition:
    """Return a definition written as JSON."""
    return DEFINITION.validate_python(definition)


def members(
    events: list[Row] | list[Delivery], definition: Any, saved: dict[str, Any] | None = None
) -> list[int]:
    """Return who is in a cohort, of events of (person, name, time before now, properties)."""
    history = [e for e in events if isinstance(e, Delivery)]
    rows: list[Row] = [
        (who, name, -before, *rest)  # type: ignore[misc]
        for who, name, before, *rest in (e for e in events if not isinstance(e, Delivery))
    ]
    asked = read(definition)
    known = asked_by(asked, {name: read(part) for name, part in (saved or {}).items()})
    with in_duckdb([*history, arriving(rows, NOW.now_us)]) as store:
        flagged = Flagged(store.snapshot, known, NOW, lambda ids: [int(name) for name in ids], 1)
        return [int(person) for person in flagged.of(asked).nonzero()[0]]


def test_did_means_once_at_any_time_before_now() -> None:
    events: list[Row] = [(0, "buy", 400 * DAY), (1, "see", DAY), (2, "buy", 0), (3, "buy", 1)]
    assert members(events, {"did": {"event": "buy"}}) == [0, 3]


def test_did_not_is_everyone_else_also_who_only_identified() -> None:
    events: list[Row] = [(0, "buy", DAY), (1, "see", DAY), (2, "$identify", DAY)]
    assert members(events, {"not": {"did": {"event": "buy"}}}) == [1, 2]


def test_any_event_is_none_that_only_says_who_someone_is() -> None:
    events: list[Row] = [(0, "buy", DAY), (2, "$identify", DAY)]
    assert members(events, {"did": {}}) == [0]


def test_the_last_seven_days_begin_at_this_time_seven_days_ago() -> None:
    events: list[Row] = [(0, "buy", 7 * DAY), (1, "buy", 7 * DAY + 1), (2, "buy", 1)]
    week = {"did": {"event": "buy"}, "within": {"last": {"count": 7}}}
    assert members(events, week) == [0, 2]


def test_a_period_covers_whole_days_and_ends_now_at_the_latest() -> None:
    events: list[Row] = [(0, "buy", 12 * HOUR), (1, "buy", 12 * HOUR + 1), (2, "buy", -1)]
    assert members(events, {"did": {}, "within": {"from": "2024-05-31"}}) == [0]
    assert members(events, {"did": {}, "within": {"from": "all"}}) == [0, 1]


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ({"operator": "at_least", "value": 2}, [1, 2]),
        ({"operator": "at_most", "value": 2}, [0, 1]),
        ({"operator": "exactly", "value": 2}, [1]),
    ],
)
def test_how_often_counts_events_and_never_those_who_did_nothing(
    amount: Any, expected: list[int]
) -> None:
    events: list[Row] = [(who, "buy", at) for who in range(3) for at in range(1, who + 2)]
    events += [(3, "see", DAY)]
    assert members(events, {"did": {"event": "buy"}, "amount": amount}) == expected


def test_a_sum_adds_numbers_and_texts_that_spell_one() -> None:
    events: list[Row] = [
        (0, "buy", DAY, {"price": 0.1}),
        (0, "buy", DAY, {"price": "0.2"}),
        (1, "buy", DAY, {"price": "a lot"}),
        (2, "buy", DAY, {"price": 0.5}),
    ]
    price = {"of": "sum", "property": {"name": "price"}}
    exactly = {**price, "operator": "exactly", "value": 0.3}
    assert members(events, {"did": {"event": "buy"}, "amount": exactly}) == [0]
    nothing = {**price, "operator": "at_most", "value": 0}
    assert members(events, {"did": {"event": "buy"}, "amount": nothing}) == [1]


def test_distinct_counts_different_values_and_missing_is_none() -> None:
    events: list[Row] = [
        *((0, "buy", at, {"item": "a"}) for at in (1, 2)),
        *((1, "buy", at, {"item": item}) for at, item in ((1, "a"), (2, "b"), (3, None))),
        (2, "buy", 1),
    ]
    item = {"of": "distinct", "property": {"name": "item"}}
    two = {"did": {"event": "buy"}, "amount": {**item, "value": 2}}
    none = {"did": {"event": "buy"}, "amount": {**item, "operator": "exactly", "value": 0}}
    assert members(events, two) == [1]
    assert members(events, none) == [2]


def test_first_asks_for_the_first_time_ever_that_satisfies_the_filter() -> None:
    events: list[Row] = [
        (0, "buy", 40 * DAY, {"plan": "free"}),
        (0, "buy", 3 * DAY, {"plan": "pro"}),
        (1, "buy", 40 * DAY, {"plan": "pro"}),
        (1, "buy", 3 * DAY, {"plan": "pro"}),
    ]
    month = {"last": {"count": 1, "unit": "month"}}
    pro = {"property": {"name": "plan"}, "values": ["pro"]}
    assert members(events, {"first": {"event": "buy"}, "within": month}) == []
    assert members(events, {"first": {"event": "buy", "filter": pro}, "within": month}) == [0]


def test_then_asks_for_a_later_event_within_the_gap_of_any_start() -> None:
    events: list[Row] = [
        *((0, name, at) for name, at in (("see", 9 * DAY), ("see", 2 * DAY), ("buy", DAY))),
        *((1, name, at) for name, at in (("see", 9 * DAY), ("buy", 7 * DAY))),
        *((2, name, DAY) for name in ("see", "buy")),
        *((3, name, at) for name, at in (("buy", 3 * DAY), ("see", DAY))),
    ]
    steps = {"start": {"event": "see"}, "then": {"event": "buy"}}
    assert members(events, steps) == [0, 1]
    assert members(events, {**steps, "gap": {"count": 24, "unit": "hour"}}) == [0]
    assert members(events, {**steps, "within": {"last": {"count": 8}}}) == [0]


def test_the_same_event_twice_is_a_start_and_what_follows() -> None:
    events: list[Row] = [(0, "buy", 2 * DAY), (0, "buy", DAY), (1, "buy", DAY), (1, "buy", DAY)]
    assert members(events, {"start": {"event": "buy"}, "then": {"event": "buy"}}) == [0]


def test_stopped_means_active_before_and_quiet_since() -> None:
    events: list[Row] = [
        (0, "buy", 20 * DAY),
        (1, "buy", 20 * DAY),
        (1, "buy", 7 * DAY),
        (2, "buy", 31 * DAY),
        (3, "buy", 7 * DAY + 1),
    ]
    stopped = {"stopped": {"event": "buy"}, "active": {"count": 30}, "quiet": {"count": 7}}
    assert members(events, stopped) == [0, 3]


def test_resumed_means_active_long_ago_then_quiet_then_back() -> None:
    events: list[Row] = [
        *((0, "buy", at) for at in (60 * DAY, DAY)),
        *((1, "buy", at) for at in (60 * DAY, 20 * DAY, DAY)),
        (2, "buy", DAY),
        (3, "buy", 60 * DAY),
        *((4, "buy", at) for at in (30 * DAY + 1, 7 * DAY)),
    ]
    resumed = {"resumed": {"event": "buy"}, "quiet": {"count": 30}, "again": {"count": 7}}
    assert members(events, resumed) == [0, 4]


def test_a_property_of_a_person_is_what_it_is_now() -> None:
    first = Delivery(
        [Happening(0, "see", MAY_31), Happening(1, "see", MAY_31), Happening(2, "see", MAY_31)],
        person_properties={0: {"plan": "free"}, 1: {"plan": "free"}},
    )
    later = Delivery(person_properties={1: {"plan": "pro"}})
    plan = {"property": {"of": "person", "name": "plan"}, "values": ["free"]}
    assert members([first, later], plan) == [0]
    assert members([first, later], {**plan, "operator": "is_not"}) == [1, 2]


def test_a_property_of_an_account_is_that_of_the_last_account_a_person_acted_for() -> None:
    history = [
        Delivery(
            [
                Happening(0, "see", MAY_31 + 1, account="acme"),
                Happening(0, "see", MAY_31 + 2, account="zoo"),
                Happening(0, "see", MAY_31 + 3),
                Happening(1, "$group", MAY_31, account="acme"),
                Happening(2, "see", MAY_31),
            ],
            account_properties={"acme": {"plan": "pro"}, "zoo": {"plan": "free"}},
        )
    ]
    plan = {"property": {"of": "account", "name": "plan"}, "values": ["pro"]}
    assert members(history, plan) == [1]
    assert members(history, {"not": plan}) == [0, 2]
    assert members(history, {**plan, "operator": "is_not"}) == [0, 2]


def test_all_any_and_not_nest() -> None:
    events: list[Row] = [(0, "a", 1), (1, "b", 1), (2, "a", 1), (2, "b", 1), (3, "c", 1)]
    a, b = {"did": {"event": "a"}}, {"did": {"event": "b"}}
    assert members(events, {"all": [a, b]}) == [2]
    assert members(events, {"any": [a, b]}) == [0, 1, 2]
    assert members(events, {"all": [a, {"not": b}]}) == [0]
    assert members(events, {"all": []}) == [0, 1, 2, 3]
    assert members(events, {"any": []}) == []


def test_another_cohort_can_be_named_inside_and_outside_of_filters() -> None:
    events: list[Row] = [(0, "a", 1), (1, "b", 1), (1, "c", 1), (2, "c", 1)]
    saved = {"a or b": {"any": [{"did": {"event": "a"}}, {"did": {"event": "b"}}]}}
    assert members(events, {"cohort": "a or b", "in": False}, saved) == [2]
    inside = {"did": {"event": "c", "filter": {"cohort": "a or b"}}}
    assert members(events, inside, saved) == [1]


def test_a_list_finds_people_by_their_ids() -> None:
    events: list[Row] = [(0, "a", 1), (1, "a", 1), (2, "a", 1)]
    assert members(events, {"ids": ["2", "0", "2", "77"]}) == [0, 2]


def test_people_who_turn_out_to_be_one_person_are_one_member() -> None:
    first = Delivery([Happening(0, "see", MAY_31), Happening(1, "buy", MAY_31 + HOUR)])
    for folds in (False, True):
        history = [first, Delivery(merges=[(1, 0)], folds=folds)]
        assert members(history, {"did": {"event": "buy"}}) == [0]
        assert members(history, {"all": []}) == [0]


def test_the_same_question_in_the_same_minute_is_worked_out_once() -> None:
    with in_duckdb([arriving([(0, "buy", -DAY)], NOW.now_us)]) as store:
        flagged = Flagged(store.snapshot, {}, NOW, lambda _: [], 1)
        later = Flagged(
            store.snapshot, {}, Calendar(NOW.zone, NOW.now_us + 60_000_000), lambda _: [], 1
        )
        buyers = read({"did": {"event": "buy"}})
        assert flagged.of(buyers) is flagged.of(buyers)
        assert flagged.of(buyers) is not later.of(buyers)


@pytest.mark.parametrize(
    ("count", "unit", "expected"),
    [
        (36, "hour", "2024-03-29T23:30:00+01:00"),
        (1, "day", "2024-03-30T12:30:00+01:00"),
        (1, "week", "2024-03-24T12:30:00+01:00"),
        (1, "month", "2024-02-29T12:30:00+01:00"),
        (13, "month", "2023-02-28T12:30:00+01:00"),
        (1, "year", "2023-03-31T12:30:00+02:00"),
    ],
)
def test_days_and_longer_keep_the_time_on_the_wall(count: int, unit: Any, expected: str) -> None:
    """On 31 March 2024 at 2:00 the clocks in Amsterdam were put forward by an hour."""
    zone = ZoneInfo("Europe/Amsterdam")
    calendar = Calendar(zone, instant(datetime(2024, 3, 31, 12, 30, tzinfo=zone)))
    back = ago(Length(count=count, unit=unit), calendar)
    assert back == instant(datetime.fromisoformat(expected))


def test_a_time_before_all_calendars_is_before_every_event() -> None:
    assert ago(Length(count=9_999, unit="year"), NOW) < -(1 << 61)


def test_a_cohort_that_is_part_of_itself_is_refused() -> None:
    saved = {"a": read({"not": {"cohort": "b"}}), "b": read({"any": [{"cohort": "a"}]})}
    with pytest.raises(InvalidInput, match="'a' is part of itself: a → b → a"):
        asked_by(InCohort(cohort="a"), saved)


def test_a_cohort_that_is_not_known_is_refused() -> None:
    with pytest.raises(InvalidInput, match="there is no cohort 'gone'"):
        members([], {"all": [{"did": {"filter": {"cohort": "gone"}}}]})


@pytest.mark.parametrize(
    ("definition", "complaint"),
    [
        ({}, "one of the keys all, any, not, did"),
        ({"did": {}, "amount": {"value": 0}}, "write 'not'"),
        ({"did": {}, "amount": {"value": 1.5}}, "a whole number"),
        ({"did": {}, "amount": {"of": "sum"}}, "needs a property"),
        ({"did": {}, "amount": {"property": {"name": "x"}}}, "takes no property"),
        ({"first": {}}, "Field required"),
        (
            {"stopped": {}, "active": {"count": 7}, "quiet": {"count": 1, "unit": "week"}},
            "'quiet' (1 week) must be shorter than 'active' (7 days)",
        ),
        (
            {"resumed": {}, "quiet": {"count": 7}, "again": {"count": 1, "unit": "month"}},
            "'again' (1 month) must be shorter than 'quiet' (7 days)",
        ),
        ({"property": {"name": "plan"}, "operator": "is_set"}, "say who *did* an event"),
        (
            {"property": {"of": "cohort", "name": "x"}, "operator": "is_set"},
            "write {'cohort': 'x'}",
        ),
    ],
)
def test_a_definition_that_means_nothing_is_refused(definition: Any, complaint: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read(definition)
    assert complaint in str(refused.value)
