"""Dates are read, and time is divided, as the clock on the project's wall shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cairn.core.errors import InvalidInput
from cairn.query.periods import (
    Calendar,
    Interval,
    Period,
    Span,
    after,
    buckets,
    floor,
    instant,
    local,
    previous,
    resolve,
)

HOUR = 3_600_000_000
DAY = 24 * HOUR
ZONES = (
    ("UTC", "Europe/Amsterdam", "America/New_York", "America/Santiago", "America/Havana")
    + ("Africa/Cairo", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "Asia/Beirut")
)  # fmt: skip


def calendar(zone: str, now: str = "2024-05-20T15:30", week_start: Any = "sunday") -> Calendar:
    """Return the calendar of a project when its clock shows a time."""
    return Calendar(ZoneInfo(zone), at(now, zone), week_start)


def at(text: str, zone: str) -> int:
    """Return the instant of a local time."""
    moment = datetime.fromisoformat(text)
    return instant(moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone)))


def divided(zone: str, interval: Interval, start: str, end: str) -> tuple[str, ...]:
    """Return the buckets between two local times."""
    return buckets(Span(at(start, zone), at(end, zone)), interval, calendar(zone)).labels


def test_an_hour_that_the_clock_skips_is_not_there() -> None:
    assert divided("Europe/Amsterdam", "hour", "2024-03-31T01:00", "2024-03-31T04:00") == (
        "2024-03-31T01:00:00+01:00",
        "2024-03-31T03:00:00+02:00",
    )


def test_an_hour_that_the_clock_shows_twice_is_there_twice() -> None:
    assert divided("Europe/Amsterdam", "hour", "2024-10-27T02:00", "2024-10-27T03:00") == (
        "2024-10-27T02:00:00+02:00",
        "2024-10-27T02:00:00+01:00",
    )


def test_a_day_without_midnight_starts_when_the_clock_first_shows_it() -> None:
    assert divided("Africa/Cairo", "day", "2024-04-25T12:00", "2024-04-27T12:00") == (
        "2024-04-25T00:00:00+02:00",
        "2024-04-26T01:00:00+03:00",
        "2024-04-27T00:00:00+03:00",
    )


def test_a_day_with_two_midnights_starts_at_the_first() -> None:
    assert divided("America/Havana", "day", "2024-11-03T12:00", "2024-11-04T12:00") == (
        "2024-11-03T00:00:00-04:00",
        "2024-11-04T00:00:00-05:00",
    )


def test_a_day_that_a_country_skipped_is_not_there() -> None:
    """Samoa crossed the date line: there was no 30 December 2011."""
    assert divided("Pacific/Apia", "day", "2011-12-29T12:00", "2012-01-01T00:00") == (
        "2011-12-29T00:00:00-10:00",
        "2011-12-31T00:00:00+14:00",
    )


@pytest.mark.parametrize(
    ("week_start", "first"), [("sunday", "2024-05-12"), ("monday", "2024-05-13")]
)
def test_a_week_starts_on_the_day_of_the_setting(week_start: str, first: str) -> None:
    project = calendar("UTC", week_start=week_start)
    for day in range(7):
        moment = at(first, "UTC") + day * DAY + HOUR
        assert local(floor(moment, "week", project), project.zone).date().isoformat() == first


def test_a_month_is_a_calendar_month() -> None:
    assert divided("UTC", "month", "2024-01-31T23:00", "2024-03-01T00:00") == (
        "2024-01-01T00:00:00+00:00",
        "2024-02-01T00:00:00+00:00",
    )


def test_months_back_end_on_the_last_day_that_there_is() -> None:
    project = calendar("UTC", "2024-03-31T12:00")
    span = resolve(Period.model_validate({"from": "-1m"}), project)
    assert local(span.start_us, project.zone).date().isoformat() == "2024-02-29"


def test_hours_back_count_from_now_and_not_from_midnight() -> None:
    project = calendar("Europe/Amsterdam")
    span = resolve(Period.model_validate({"from": "-3h", "to": "-1h"}), project)
    assert (project.now_us - span.start_us, project.now_us - span.end_us) == (3 * HOUR, HOUR)


def test_all_starts_at_midnight_of_the_first_event_or_today_when_there_is_none() -> None:
    project = calendar("Europe/Amsterdam")
    period = Period.model_validate({"from": "all"})
    first = resolve(period, project, at("2020-02-02T13:00", "Europe/Amsterdam"))
    assert first.start_us == at("2020-02-02", "Europe/Amsterdam")
    assert resolve(period, project).start_us == at("2024-05-20", "Europe/Amsterdam")


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2024-05-08", "2024-05-15", "2024-05-01T00:00:00+02:00"),
        ("2024-03-28", "2024-04-04", "2024-03-21T00:00:00+01:00"),
        ("2024-05-01T06:00", "2024-05-01T09:00", "2024-05-01T03:00:00+02:00"),
        ("2024-03-31T06:00", "2024-03-31T12:00", "2024-03-30T23:00:00+01:00"),
    ],
)
def test_the_period_before_is_as_long_in_days_or_else_in_hours(
    start: str, end: str, expected: str
) -> None:
    zone = "Europe/Amsterdam"
    before = previous(Span(at(start, zone), at(end, zone)), calendar(zone))
    assert local(before.start_us, ZoneInfo(zone)).isoformat() == expected
    assert before.end_us == at(start, zone)


@pytest.mark.parametrize("text", ["yesterday", "-7", "-7x", "2024-13-01", "7d", "-123456d", ""])
def test_a_date_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="cannot read"):
        Period.model_validate({"from": text})


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize(
    "period",
    [
        {"from": "0001-01-01"},
        {"from": "1599-12-30"},
        {"from": "2024-01-01", "to": "2600-01-02"},
        {"from": "2024-01-01", "to": "9999-12-31"},
        {"from": "9999-12-30", "to": "9999-12-31T23:59"},
        {"from": "-99999y"},
        {"from": "-99999m"},
        {"from": "-99999w"},
    ],
)
def test_a_period_beyond_the_years_1600_to_2600_is_refused(
    zone: str, period: dict[str, str]
) -> None:
    with pytest.raises(InvalidInput, match="reaches beyond the years 1600 to 2600"):
        resolve(Period.model_validate(period), calendar(zone))


def test_the_longest_period_can_be_divided_and_compared() -> None:
    project = calendar("Asia/Tokyo", "2599-12-20T00:00")
    period = Period.model_validate({"from": "1600-01-02", "to": "2599-12-30"})
    span = resolve(period, project)
    assert local(previous(span, project).start_us, project.zone).year == 600
    with pytest.raises(InvalidInput, match="more than 5000 points"):
        buckets(span, "month", project)


def test_all_leaves_out_what_lies_before_the_year_1600() -> None:
    period = Period.model_validate({"from": "all"})
    start = resolve(period, calendar("Asia/Tokyo"), at("0001-01-02", "UTC")).start_us
    assert local(start, ZoneInfo("UTC")).isoformat() == "1600-01-01T00:00:00+00:00"


_instants = st.integers(at("2009-01-01", "UTC"), at("2027-01-01", "UTC"))
_intervals: st.SearchStrategy[Interval] = st.sampled_from(("hour", "day", "week", "month"))


@given(st.sampled_from(ZONES), _instants, _intervals, st.sampled_from(("sunday", "monday")))
def test_an_instant_lies_in_the_bucket_that_starts_at_or_before_it(
    zone: str, moment: int, interval: Interval, week_start: Any
) -> None:
    project = Calendar(ZoneInfo(zone), moment, week_start)
    edge = floor(moment, interval, project)
    assert edge <= moment < after(edge, interval, project)
    assert floor(edge, interval, project) == edge
    assert interval == "hour" or floor(edge - 1, interval, project) < edge


@given(st.sampled_from(ZONES), _instants, st.integers(1, 100 * DAY), _intervals)
def test_buckets_follow_each_other_and_cover_the_span(
    zone: str, start: int, length: int, interval: Interval
) -> None:
    project = Calendar(ZoneInfo(zone), start)
    found = buckets(Span(start, start + length), interval, project)
    edges = found.edges_us
    assert edges[0] <= start < edges[1]
    assert edges[-2] < start + length <= edges[-1]
    assert list(edges) == sorted(set(edges))
    assert len(set(found.labels)) == len(found)
