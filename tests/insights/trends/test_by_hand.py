"""Trends over a handful of events, counted by hand."""

from __future__ import annotations

import sys
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cairn.core.errors import InvalidInput
from cairn.insights.trends import kernel
from cairn.insights.trends.spec import TrendsPoint, TrendsResult, TrendsSpec
from cairn.query.filters import Group
from cairn.query.periods import Calendar, Span, resolve
from cairn.query.sampling import in_sample
from cairn.query.sequences import Sequences
from insights.history import Row, arriving, in_duckdb

HOUR = 3_600_000_000
DAY = 24 * HOUR
MAY_1 = 1_714_521_600_000_000
CALENDAR = Calendar(ZoneInfo("UTC"), MAY_1 + 60 * DAY)
PERIOD = {"from": "2024-05-01", "to": "2024-05-03"}
PRICE = {"name": "price"}


def ask(
    events: list[Row], calendar: Calendar = CALENDAR, since_us: int = MAY_1, **question: Any
) -> TrendsResult:
    """Return the answer to a trend over events of (person, name, time since May 1, properties)."""
    spec = TrendsSpec.model_validate({"series": [{}], "period": PERIOD, **question})
    with in_duckdb([arriving(events, since_us)]) as store:
        span = resolve(spec.period, calendar)
        return kernel.answer(spec, Sequences(store.snapshot, 1), span, calendar)


def measured(events: list[Row], of: str, **question: Any) -> tuple[tuple[float, ...], float | None]:
    """Return the values and the total of one measure."""
    measure = {"of": of, **question.pop("measure", {})}
    [line] = ask(events, series=[{"measure": measure}], **question).lines
    return line.values, line.total


def test_a_person_counts_once_in_each_bucket_and_once_in_the_total() -> None:
    events: list[Row] = [(0, "open", 0), (0, "open", 1), (0, "open", DAY), (1, "open", DAY)]
    assert measured(events, "persons") == ((1, 2, 0), 2)
    assert measured(events, "total") == ((2, 2, 0), 4)


def test_a_bucket_holds_its_first_instant_and_not_its_end() -> None:
    events: list[Row] = [(0, "open", DAY - 1), (0, "open", DAY), (0, "open", 3 * DAY)]
    assert measured(events, "total") == ((1, 1, 0), 2)


def test_weekly_active_people_are_those_of_the_seven_days_that_end_with_the_bucket() -> None:
    events: list[Row] = [(0, "open", -6 * DAY), (1, "open", -6 * DAY - 1), (2, "open", 2 * DAY)]
    assert measured(events, "weekly_active") == ((1, 0, 1), 1)
    assert measured(events, "daily_active") == ((0, 0, 1), 1)
    assert measured(events, "monthly_active") == ((2, 2, 3), 3)


def test_an_hour_looks_back_from_the_end_of_its_day() -> None:
    events: list[Row] = [(0, "open", 5 * HOUR)]
    period = {"from": "2024-05-01", "to": "2024-05-01"}
    assert measured(events, "daily_active", interval="hour", period=period)[0] == (1,) * 24


def test_events_per_person_leave_out_people_without_events() -> None:
    events: list[Row] = [(0, "open", 0), (0, "open", 1), (1, "open", 2), (1, "open", DAY)]
    assert measured(events, "per_person") == ((1.5, 1, 0), 2)


@pytest.mark.parametrize(
    ("of", "value"),
    [
        ("sum", 110),
        ("average", 27.5),
        ("minimum", 1),
        ("maximum", 100),
        ("median", 4.5),
        ("p75", 29.5),
        ("p90", 71.8),
        ("p95", 85.9),
        ("p99", 97.18),
    ],
)
def test_a_measure_of_a_property_uses_the_values_that_spell_numbers(of: str, value: float) -> None:
    prices: list[Any] = [100, "3", " 6 ", 1, "many", None, True, ""]
    events: list[Row] = [(0, "buy", i, {"price": price}) for i, price in enumerate(prices)]
    values, total = measured(events, of, measure={"property": PRICE})
    assert values == pytest.approx((value, 0, 0))
    assert total == pytest.approx(value)


def test_a_measure_of_nothing_is_0_in_a_bucket_and_missing_in_the_total() -> None:
    events: list[Row] = [(0, "buy", 0, {"price": "many"})]
    assert measured(events, "average", measure={"property": PRICE}) == ((0, 0, 0), None)
    assert measured(events, "sum", measure={"property": PRICE}) == ((0, 0, 0), 0)


def test_a_number_too_large_for_a_float_is_the_largest_one() -> None:
    events: list[Row] = [(0, "buy", 0, {"price": 1.7e308}), (0, "buy", 1, {"price": 1.7e308})]
    largest = sys.float_info.max
    assert measured(events, "sum", measure={"property": PRICE}) == ((largest, 0, 0), largest)


def test_first_time_finds_the_first_event_before_it_asks_whether_it_counts() -> None:
    events: list[Row] = [
        (0, "open", -DAY, {"plan": "pro"}),
        (0, "open", 0, {"plan": "free"}),
        (1, "open", DAY, {"plan": "free"}),
        (1, "open", DAY + 1, {"plan": "pro"}),
        (2, "other", 0),
        (2, "open", 2 * DAY, {"plan": "pro"}),
    ]
    first = {"event": "open", "measure": {"of": "first_time"}}
    pro = {"property": {"name": "plan"}, "values": ["pro"]}
    assert ask(events, series=[first]).lines[0].values == (0, 1, 1)
    assert ask(events, series=[{**first, "filter": pro}]).lines[0].values == (0, 0, 1)
    assert ask(events, series=[first], filter=pro).lines[0].total == 1
    by_plan = ask(events, series=[first], breakdown={"name": "plan"}).lines
    assert [(line.group, line.total) for line in by_plan] == [
        (Group(value="free"), 1),
        (Group(value="pro"), 1),
    ]


def test_first_time_of_any_event_is_the_first_thing_that_someone_does() -> None:
    events: list[Row] = [(0, "$identify", -DAY), (0, "open", 0), (1, "open", -DAY), (1, "buy", 0)]
    assert measured(events, "first_time") == ((1, 0, 0), 1)


def test_sessions_end_after_a_pause_of_half_an_hour() -> None:
    minute = HOUR // 60
    times = [0, 30 * minute, 60 * minute + 1, DAY - 1, DAY]
    events: list[Row] = [(0, "open", time) for time in times]
    events += [(1, "open", 5, {"plan": "pro"}), (1, "$identify", 6)]
    assert measured(events, "sessions") == ((4, 1, 0), 4)
    assert measured(events, "sessions", cumulative=True) == ((4, 4, 4), 4)
    question = {"series": [{"measure": {"of": "sessions"}}], "period": PERIOD}
    assert behind(events, question, bucket=0) == [0, 1]
    assert behind(events, question, bucket=1) == [0]


def test_different_values_are_counted_once_in_each_bucket_and_once_in_the_total() -> None:
    plans: list[Any] = ["a", "b", "a", 5, "5", None]
    events: list[Row] = [(i, "open", i, {"plan": plan}) for i, plan in enumerate(plans)]
    events += [(0, "open", DAY, {"plan": "a"}), (0, "open", DAY + 1, {"plan": "c"})]
    plan = {"property": {"name": "plan"}}
    assert measured(events, "distinct", measure=plan) == ((3, 2, 0), 4)
    assert measured(events, "distinct", measure=plan, cumulative=True) == ((3, 4, 4), 4)


def test_a_statistic_per_person_is_of_their_events_or_of_their_sums() -> None:
    spent = [(0, 5), (0, 7), (1, 1), (2, "many")]
    events: list[Row] = [(who, "buy", i, {"price": n}) for i, (who, n) in enumerate(spent)]
    events.append((1, "buy", DAY, {"price": 3}))
    per_person = {"per": "person"}
    assert measured(events, "median", measure=per_person) == ((1, 1, 0), 2)
    assert measured(events, "maximum", measure=per_person) == ((2, 1, 0), 2)
    of_price = {"per": "person", "property": PRICE}
    assert measured(events, "average", measure=of_price) == ((6.5, 3, 0), 8)
    values, total = measured(events, "p90", measure=of_price)
    assert (*values, total) == pytest.approx((10.9, 3, 0, 11.2))


def test_numbers_outside_the_edges_are_in_the_ranges_at_the_ends() -> None:
    prices: list[Any] = [-1, 10, "19.5", 20, 1e9, "many", None]
    events: list[Row] = [(0, "buy", i, {"price": price}) for i, price in enumerate(prices)]
    lines = ask(events, breakdown={"name": "price", "edges": [10, 20]}).lines
    assert [(line.group.value if line.group else "", line.total) for line in lines] == [
        ("below 10", 1),
        ("10 – 20", 2),
        ("20 and more", 2),
        (None, 2),
    ]


def test_ranges_of_equal_width_start_at_0_and_know_no_end() -> None:
    prices: list[Any] = [-0.5, 0, 0.25, 0.3, 1e300]
    events: list[Row] = [(0, "buy", i, {"price": price}) for i, price in enumerate(prices)]
    lines = ask(events, breakdown={"name": "price", "width": 0.25}, limit=4).lines
    assert [(line.group.value if line.group else "", line.total) for line in lines] == [
        ("-0.5 – -0.25", 1),
        ("0 – 0.25", 1),
        ("0.25 – 0.5", 2),
        ("250000000000 – 250000000000.25", 1),
    ]


def test_quantiles_divide_the_different_numbers_of_the_period() -> None:
    prices = [1, 1, 1, 1, 2, 3, 4, 100]
    events: list[Row] = [(0, "buy", i, {"price": price}) for i, price in enumerate(prices)]
    events.append((0, "buy", -1, {"price": -50}))
    result = ask(events, breakdown={"name": "price", "quantiles": 2}, compare=True)
    assert result.previous is not None
    assert [(line.group, line.total) for line in (*result.lines, *result.previous.lines)] == [
        (Group(value="1 – 3"), 5),
        (Group(value="3 – 100"), 3),
        (Group(value="1 – 3"), 1),
    ]


def test_combinations_rank_together_and_the_rest_is_exact() -> None:
    rows = [("a", 1), ("a", 1), ("b", 1), ("a", 2), ("a", None), (None, 2)]
    events: list[Row] = [
        (0, "buy", i, {"plan": plan, "price": price}) for i, (plan, price) in enumerate(rows)
    ]
    both = [{"name": "plan"}, {"name": "price", "width": 1}]
    lines = ask(events, breakdown=both, limit=3).lines
    assert [(line.group, line.total) for line in lines] == [
        (Group(value="a", more=("1 – 2",)), 2),
        (Group(value="a", more=("2 – 3",)), 1),
        (Group(value="a", more=(None,)), 1),
        (Group(other=True), 2),
    ]


def test_combinations_too_many_to_list_are_those_that_occur() -> None:
    events: list[Row] = [
        (0, "buy", i, {"plan": f"p{i}", "price": i, "size": f"{i % 50}"}) for i in range(300)
    ]
    three = [{"name": "plan"}, {"name": "price"}, {"name": "size"}]
    lines = ask(events, breakdown=three, limit=2).lines
    assert [(line.group, line.total) for line in lines] == [
        (Group(value="p0", more=("0", "0")), 1),
        (Group(value="p1", more=("1", "1")), 1),
        (Group(other=True), 298),
    ]


def test_accumulated_people_count_when_they_are_first_seen() -> None:
    events: list[Row] = [(0, "open", 0), (0, "open", DAY), (1, "open", 2 * DAY), (2, "open", -DAY)]
    assert measured(events, "persons", cumulative=True) == ((1, 1, 2), 2)
    assert measured(events, "total", cumulative=True) == ((1, 2, 3), 3)
    series = [{"measure": {"of": "persons"}}]
    question = {"series": series, "period": PERIOD, "cumulative": True}
    assert behind(events, question, bucket=2) == [0, 1]


def test_a_moving_average_takes_fewer_buckets_at_the_start() -> None:
    events: list[Row] = [(0, "open", 0), (0, "open", DAY), (0, "open", DAY), (0, "open", 2 * DAY)]
    assert measured(events, "total", moving_average=2) == ((1, 1.5, 1.5), 4)


@pytest.mark.parametrize(
    ("offset", "period", "start"),
    [
        ({"unit": "week"}, {"from": "2024-05-01", "to": "2024-05-03"}, "2024-04-24T00:00:00+02:00"),
        (
            {"unit": "month"},
            {"from": "2024-05-31", "to": "2024-06-01"},
            "2024-04-30T00:00:00+02:00",
        ),
        ({"unit": "year"}, {"from": "2024-02-29", "to": "2024-02-29"}, "2023-02-28T00:00:00+01:00"),
        ({"count": 60, "unit": "day"}, PERIOD, "2024-03-02T00:00:00+01:00"),
    ],
)
def test_a_period_some_time_ago_is_as_many_days_long(
    offset: dict[str, Any], period: dict[str, str], start: str
) -> None:
    calendar = Calendar(ZoneInfo("Europe/Amsterdam"), MAY_1 + 60 * DAY)
    result = ask([], calendar, period=period, compare=offset)
    assert result.previous is not None
    assert result.previous.buckets[0] == start
    assert len(result.previous.buckets) == len(result.buckets)


def test_a_sample_scales_what_grows_with_people_and_says_how_far_off_it_may_be() -> None:
    sampled = [person for person in range(20) if in_sample(person, 0.25)]
    assert 0 < len(sampled) < 20
    events: list[Row] = [(person, "buy", 0, {"price": 3}) for person in range(20)]
    events += [(sampled[0], "buy", DAY, {"price": 5}), (sampled[0], "buy", DAY, {"price": 5})]
    measures: list[dict[str, Any]] = [
        {"of": "persons"},
        {"of": "total"},
        {"of": "sum", "property": PRICE},
        {"of": "average", "property": PRICE},
        {"of": "median", "property": PRICE},
    ]
    series = [{"measure": measure} for measure in measures]
    persons, total, spent, average, median = ask(events, series=series, sample=0.25).lines
    n = len(sampled)
    assert list(persons.values) == [4 * n, 4, 0]
    assert persons.errors == pytest.approx((4 * (0.75 * n) ** 0.5, 4 * 0.75**0.5, 0))
    assert (total.values, spent.values) == ((4 * n, 8, 0), (12 * n, 40, 0))
    assert total.errors[1] == pytest.approx(4 * (0.75 * 2**2) ** 0.5)
    assert spent.errors[1] == pytest.approx(4 * (0.75 * 10**2) ** 0.5)
    assert (average.values, average.errors) == ((3, 5, 0), (0, 0, 0))
    assert (median.values, median.errors) == ((3, 5, 0), (None, None, None))
    question = {"series": series, "period": PERIOD, "sample": 0.25}
    assert behind(events, question, bucket=0) == sampled


def test_heat_counts_a_person_once_in_each_hour_of_the_week() -> None:
    """March 30 was a Saturday; on the 31st clocks went from 2:00 to 3:00."""
    calendar = Calendar(ZoneInfo("Europe/Amsterdam"), MAY_1 + 60 * DAY)
    midnight = resolve(
        TrendsSpec.model_validate({"series": [{}], "period": {"from": "2024-03-31"}}).period,
        calendar,
    ).start_us
    events: list[Row] = [
        (0, "open", -7 * DAY + HOUR),
        (0, "open", HOUR),
        (0, "open", 2 * HOUR),
        (1, "open", 2 * HOUR),
    ]
    period = {"from": "2024-03-20", "to": "2024-03-31"}
    series = [{"measure": {"of": "persons"}}]
    result = ask(events, calendar, midnight, series=series, period=period, show="heat")
    sunday = 6 * 24
    assert {hour: n for hour, n in enumerate(result.hours) if n} == {sunday + 1: 1, sunday + 3: 2}


def test_any_event_leaves_out_those_that_only_say_who_someone_is() -> None:
    events: list[Row] = [(0, "open", 0), (0, "$identify", 0), (0, "$group", 0), (0, "$alias", 0)]
    assert measured(events, "total")[1] == 1
    assert ask(events, series=[{"event": "$identify"}]).lines[0].total == 1


def test_a_breakdown_shows_the_largest_values_then_all_others_together() -> None:
    plans = ["b", "b", "a", "c", None]
    events: list[Row] = [(i, "open", i, {"plan": plan}) for i, plan in enumerate(plans)]
    lines = ask(events, breakdown={"name": "plan"}, limit=2).lines
    assert [(line.group, line.total) for line in lines] == [
        (Group(value="b"), 2),
        (Group(value="a"), 1),
        (Group(other=True), 2),
    ]
    assert sum(line.total or 0 for line in lines) == len(events)


def test_a_sum_ranks_values_by_sum() -> None:
    events: list[Row] = [
        (0, "buy", 0, {"plan": "small", "price": 1}),
        (0, "buy", 1, {"plan": "small", "price": 1}),
        (0, "buy", 2, {"plan": "big", "price": 50}),
    ]
    series = [{"measure": {"of": "sum", "property": PRICE}}]
    lines = ask(events, series=series, breakdown={"name": "plan"}, limit=1).lines
    assert [(line.group, line.total) for line in lines] == [
        (Group(value="big"), 50),
        (Group(other=True), 2),
    ]


def test_a_value_that_only_the_days_before_have_has_a_row_of_its_own() -> None:
    events: list[Row] = [(0, "open", -DAY, {"plan": "old"}), (1, "open", 0, {"plan": "new"})]
    series = [{"measure": {"of": "weekly_active"}}]
    lines = ask(events, series=series, breakdown={"name": "plan"}).lines
    assert [(line.group, line.values) for line in lines] == [
        (Group(value="new"), (1, 1, 1)),
        (Group(value="old"), (1, 1, 1)),
    ]


def test_a_person_may_be_in_several_groups() -> None:
    events: list[Row] = [(0, "open", 0, {"plan": "free"}), (0, "open", 1, {"plan": "pro"})]
    lines = ask(events, series=[{"measure": {"of": "persons"}}], breakdown={"name": "plan"}).lines
    assert [line.total for line in lines] == [1, 1]


def test_a_formula_joins_groups_and_takes_what_is_missing_as_0() -> None:
    events: list[Row] = [
        (0, "visit", 0, {"plan": "free"}),
        (0, "visit", 1, {"plan": "free"}),
        (0, "buy", 2, {"plan": "free"}),
        (0, "buy", 3, {"plan": "pro"}),
    ]
    series = [{"event": "visit"}, {"event": "buy"}]
    result = ask(events, series=series, formulas=["B / A", "B - A"], breakdown={"name": "plan"})
    assert [[(line.group, line.total) for line in lines] for lines in result.formulas] == [
        [(Group(value="free"), 0.5), (Group(value="pro"), 0)],
        [(Group(value="free"), -1), (Group(value="pro"), 1)],
    ]


def test_the_period_before_is_as_long_and_ends_where_this_one_starts() -> None:
    events: list[Row] = [
        (0, "open", -3 * DAY),
        (0, "open", -1),
        (0, "open", 0),
        (0, "open", -4 * DAY),
    ]
    result = ask(events, compare=True)
    earlier = result.previous
    assert earlier is not None
    assert [line.values for line in (*earlier.lines, *result.lines)] == [(1, 0, 1), (1, 0, 0)]
    assert earlier.buckets[0] == "2024-04-28T00:00:00+00:00"


@pytest.mark.parametrize(
    ("day", "hours"), [("2024-03-31", 23), ("2024-10-27", 25), ("2024-10-28", 24)]
)
def test_a_day_has_as_many_hours_as_its_clock_shows(day: str, hours: int) -> None:
    calendar = Calendar(ZoneInfo("Europe/Amsterdam"), MAY_1 + 300 * DAY)
    period = {"from": day, "to": day}
    start = resolve(TrendsSpec.model_validate({"series": [{}], "period": period}).period, calendar)
    events: list[Row] = [(0, "open", hour * HOUR) for hour in range(-1, 26)]
    by_hour = ask(events, calendar, start.start_us, interval="hour", period=period)
    assert by_hour.lines[0].values == (1,) * hours
    assert len(set(by_hour.buckets)) == hours
    by_day = ask(events, calendar, start.start_us, period=period)
    assert by_day.lines[0].values == (hours,)


def test_the_first_week_starts_before_the_period_and_the_last_ends_with_it() -> None:
    """April 28 was a Sunday; the period starts on a Wednesday."""
    events: list[Row] = [(0, "open", -3 * DAY), (0, "open", -3 * DAY - 1), (0, "open", 3 * DAY)]
    result = ask(events, interval="week")
    assert result.buckets == ("2024-04-28T00:00:00+00:00",)
    assert result.lines[0].values == (1,)


def test_no_events_make_no_groups_and_no_formula_lines() -> None:
    result = ask([], breakdown={"name": "plan"}, formulas=["A * 2"])
    assert (result.lines, result.formulas) == ((), ((),))


def test_a_period_of_more_than_5_000_points_is_refused() -> None:
    with pytest.raises(InvalidInput, match="more than 5000 points"):
        ask([], interval="hour", period={"from": "2023-01-01", "to": "2024-01-01"})


def test_the_people_behind_a_sum_are_those_whose_events_spell_a_number() -> None:
    events: list[Row] = [(0, "buy", 0, {"price": 3}), (1, "buy", 0, {"price": "many"})]
    question = {"series": [{"measure": {"of": "sum", "property": PRICE}}], "period": PERIOD}
    assert behind(events, question, bucket=0) == [0]


def test_the_people_behind_a_total_are_all_who_did_it_in_the_period() -> None:
    events: list[Row] = [(0, "buy", 0), (1, "buy", 2 * DAY), (2, "buy", 3 * DAY)]
    assert behind(events, {"series": [{}], "period": PERIOD}) == [0, 1]


def test_a_point_that_the_answer_does_not_have_is_refused() -> None:
    question = {"series": [{}], "period": PERIOD}
    with pytest.raises(InvalidInput, match="3 points in time"):
        behind([], question, bucket=3)
    with pytest.raises(InvalidInput, match="1 series"):
        behind([], question, series=1)


def behind(events: list[Row], question: dict[str, Any], **point: Any) -> list[int]:
    """Return the people behind a point of the first series."""
    spec = TrendsSpec.model_validate(question)
    span: Span = resolve(spec.period, CALENDAR)
    with in_duckdb([arriving(events, MAY_1)]) as store:
        people = Sequences(store.snapshot, 1)
        at = TrendsPoint.model_validate({"series": 0, **point})
        return [int(who) for who in kernel.people(spec, at, people, span, CALENDAR)]
