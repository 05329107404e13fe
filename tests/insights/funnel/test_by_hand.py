"""Funnels over a handful of events, counted by hand."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from cairn.core.errors import InvalidInput
from cairn.insights.funnel import kernel
from cairn.insights.funnel.journeys import histogram
from cairn.insights.funnel.significance import differences
from cairn.insights.funnel.spec import FunnelPoint, FunnelResult, FunnelSpec
from cairn.query.filters import Group
from cairn.query.periods import Calendar, resolve
from cairn.query.sequences import Matches, Sequences
from insights.history import Delivery, Happening, Row, arriving, in_duckdb

SECOND = 1_000_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
MAY_1 = 1_714_521_600 * SECOND
CALENDAR = Calendar(ZoneInfo("UTC"), MAY_1 + 30 * DAY)
PERIOD = {"from": "2024-05-01", "to": "2024-05-20"}


def ask(events: list[Row], *steps: Any, **question: Any) -> FunnelResult:
    """Return the answer to a funnel over events of (person, name, time since May 1, properties)."""
    spec = spec_of(*steps, **question)
    with in_duckdb([arriving(events, MAY_1)]) as store:
        span = resolve(spec.period, CALENDAR)
        return kernel.answer(spec, Sequences(store.snapshot, 1), span, CALENDAR)


def spec_of(*steps: Any, **question: Any) -> FunnelSpec:
    """Return a funnel over the first three weeks of May."""
    named = [{"event": step} if isinstance(step, str) else step for step in steps]
    return FunnelSpec.model_validate({"steps": named, "period": PERIOD, **question})


def counts(result: FunnelResult) -> list[int]:
    """Return how many people reached each step."""
    return [step.persons for step in result.total.steps]


def test_a_person_who_repeats_step_one_counts_once() -> None:
    events: list[Row] = [(0, "visit", 0), (0, "visit", 1), (0, "buy", 2), (0, "buy", 3)]
    assert counts(ask(events, "visit", "buy")) == [1, 1]


def test_steps_count_only_in_order() -> None:
    events: list[Row] = [(0, "buy", 0), (0, "visit", 1), (1, "visit", 0), (1, "buy", 1)]
    assert counts(ask(events, "visit", "buy")) == [2, 1]


def test_other_events_may_lie_between_steps() -> None:
    events: list[Row] = [(0, "visit", 0), (0, "help", 1), (0, "buy", 2)]
    assert counts(ask(events, "visit", "buy")) == [1, 1]


def test_steps_of_one_instant_count_in_either_order_of_arrival() -> None:
    events: list[Row] = [(0, "buy", 0), (0, "visit", 0), (1, "visit", 0), (1, "buy", 0)]
    result = ask(events, "visit", "buy")
    assert counts(result) == [2, 2]
    assert result.total.average_seconds == 0.0


def test_one_event_serves_one_step() -> None:
    events: list[Row] = [(0, "visit", 0), (1, "visit", 0), (1, "visit", 1)]
    assert counts(ask(events, "visit", "visit")) == [2, 1]


def test_two_events_of_one_instant_serve_two_equal_steps() -> None:
    events: list[Row] = [(0, "visit", 0), (0, "visit", 0), (1, "visit", 0)]
    assert counts(ask(events, "visit", "visit")) == [2, 1]


def test_events_of_one_instant_are_given_to_the_steps_that_need_them() -> None:
    """The pro visit could be step one, but then nothing is left for step two."""
    pro = {"event": "visit", "filter": {"property": {"name": "plan"}, "values": ["pro"]}}
    events: list[Row] = [(0, "visit", 0, {"plan": "pro"}), (0, "visit", 0), (0, "buy", 0)]
    assert counts(ask(events, "visit", pro, "buy")) == [1, 1, 1]


def test_the_window_includes_its_last_instant_and_runs_from_step_one() -> None:
    events: list[Row] = [
        (0, "visit", 0),
        (0, "sign up", 30 * SECOND),
        (0, "buy", 60 * SECOND),
        (1, "visit", 0),
        (1, "sign up", 59 * SECOND),
        (1, "buy", 60 * SECOND + 1),
    ]
    result = ask(events, "visit", "sign up", "buy", window={"count": 1, "unit": "minute"})
    assert counts(result) == [2, 2, 1]


def test_a_later_start_counts_when_the_first_is_too_old() -> None:
    events: list[Row] = [(0, "visit", 0), (0, "visit", 3 * DAY), (0, "buy", 4 * DAY)]
    result = ask(events, "visit", "buy", window={"count": 1, "unit": "day"})
    assert counts(result) == [1, 1]
    assert result.total.average_seconds == 86_400.0


def test_the_time_to_convert_runs_from_the_latest_start_that_converts_first() -> None:
    events: list[Row] = [(0, "visit", 0), (0, "visit", HOUR), (0, "buy", 3 * HOUR)]
    events += [(0, "visit", 4 * HOUR), (0, "buy", 5 * HOUR)]
    assert ask(events, "visit", "buy").total.average_seconds == 7_200.0


def test_a_start_that_overtakes_takes_only_the_steps_it_reached() -> None:
    events: list[Row] = [
        (0, "visit", 0),
        (0, "sign up", HOUR),
        (0, "visit", 2 * HOUR),
        (0, "buy", 3 * HOUR),
    ]
    result = ask(events, "visit", "sign up", "buy")
    assert counts(result) == [1, 1, 1]
    assert [step.average_seconds for step in result.total.steps] == [None, 3_600.0, 7_200.0]


def test_every_step_lies_in_the_period() -> None:
    events: list[Row] = [(0, "visit", 20 * DAY - 1), (0, "buy", 20 * DAY), (1, "visit", -1)]
    assert counts(ask(events, "visit", "buy")) == [1, 0]


def test_a_month_is_thirty_days() -> None:
    events: list[Row] = [(0, "visit", 0), (0, "buy", 30 * DAY), (1, "visit", 0)]
    events += [(1, "buy", 30 * DAY + 1)]
    period = {"from": "2024-05-01", "to": "2024-07-01"}
    month = {"count": 1, "unit": "month"}
    assert counts(ask(events, "visit", "buy", window=month, period=period)) == [2, 1]


def test_a_step_that_nobody_takes_ends_the_funnel() -> None:
    events: list[Row] = [(0, "visit", 0), (0, "buy", 1)]
    result = ask(events, "visit", "never", "buy")
    assert counts(result) == [1, 0, 0]
    assert result.total.average_seconds is None
    assert result.total.histogram == ()


def test_the_filter_of_the_funnel_holds_for_every_step() -> None:
    events: list[Row] = [(0, "visit", 0, {"plan": "pro"}), (0, "buy", 1)]
    plan = {"property": {"name": "plan"}, "values": ["pro"]}
    assert counts(ask(events, "visit", "buy", filter=plan)) == [1, 0]


def test_a_person_is_in_the_group_of_their_first_value_on_any_step() -> None:
    events: list[Row] = [
        (0, "visit", 0),
        (0, "buy", 1, {"plan": "pro"}),
        (1, "visit", 0, {"plan": "free"}),
        (1, "buy", 1, {"plan": "pro"}),
        (2, "visit", 0),
    ]
    result = ask(events, "visit", "buy", breakdown={"name": "plan"})
    assert [(group.group, group.steps[1].persons) for group in result.groups] == [
        (Group(value="free"), 1),
        (Group(value="pro"), 1),
        (Group(value=None), 0),
    ]


def test_values_beyond_the_limit_are_counted_together() -> None:
    events: list[Row] = [(who, "visit", 0, {"plan": plan}) for who, plan in enumerate("bbac")]
    result = ask(events, "visit", "buy", breakdown={"name": "plan"}, limit=2)
    assert [(group.group, group.steps[0].persons) for group in result.groups] == [
        (Group(value="b"), 2),
        (Group(value="a"), 1),
        (Group(other=True), 1),
    ]


def test_people_who_turn_out_to_be_one_person_convert_together() -> None:
    first = Delivery([Happening(0, "visit", MAY_1), Happening(1, "buy", MAY_1 + DAY)])
    spec = spec_of("visit", "buy")
    span = resolve(spec.period, CALENDAR)
    for folds in (False, True):
        history = [first, Delivery(merges=[(0, 1)], folds=folds)]
        with in_duckdb(history) as store:
            people = Sequences(store.snapshot, 1)
            assert counts(kernel.answer(spec, people, span, CALENDAR)) == [1, 1]
            who = kernel.people(spec, FunnelPoint(step=1), people, span, CALENDAR)
            assert who.tolist() == [1]


def test_a_step_that_the_funnel_does_not_have_is_refused() -> None:
    spec = spec_of("visit", "buy")
    span = resolve(spec.period, CALENDAR)
    with in_duckdb([]) as store, pytest.raises(InvalidInput, match="has 2 steps"):
        kernel.people(spec, FunnelPoint(step=2), Sequences(store.snapshot), span, CALENDAR)


def test_a_group_that_the_answer_does_not_have_holds_nobody() -> None:
    spec = spec_of("visit", "buy")
    span = resolve(spec.period, CALENDAR)
    with in_duckdb([Delivery([Happening(0, "visit", MAY_1)])]) as store:
        point = FunnelPoint(step=0, group=Group(value="pro"))
        found = kernel.people(spec, point, Sequences(store.snapshot), span, CALENDAR)
    assert found.tolist() == []


@pytest.mark.parametrize(
    ("times", "bins"),
    [
        ([], []),
        ([5], [(5, 65, 1)]),
        ([0, 10], [(0, 5, 1), (5, 10, 1)]),
        ([0, 3, 6, 9, 9, 1, 2, 3, 4], [(0, 3, 3), (3, 6, 3), (6, 9, 3)]),
    ],
)
def test_a_time_on_an_edge_falls_into_the_bin_that_starts_there(
    times: list[int], bins: list[tuple[int, int, int]]
) -> None:
    found = histogram(np.array(times, np.int64) * SECOND)
    assert [(b.from_seconds, b.to_seconds, b.persons) for b in found] == bins


def test_in_strict_order_nothing_may_lie_between_steps() -> None:
    events: list[Row] = [(0, "visit", 0), (0, "buy", 1), (1, "visit", 0), (1, "help", 1)]
    events += [(1, "buy", 2), (2, "visit", 0), (2, "help", 1), (2, "visit", 2), (2, "buy", 3)]
    assert counts(ask(events, "visit", "buy", order="strict")) == [3, 2]


def test_in_strict_order_events_that_the_filter_leaves_out_may_lie_between() -> None:
    here = {"property": {"name": "site"}, "values": ["shop"]}
    events: list[Row] = [(0, "visit", 0, {"site": "shop"}), (0, "help", 1)]
    events += [(0, "buy", 2, {"site": "shop"})]
    assert counts(ask(events, "visit", "buy", order="strict", filter=here)) == [1, 1]


def test_in_any_order_steps_count_by_how_many_were_taken() -> None:
    events: list[Row] = [(0, "buy", 0), (0, "visit", HOUR), (1, "visit", 0), (1, "visit", 1)]
    result = ask(events, "visit", "buy", order="any")
    assert counts(result) == [2, 1]
    assert result.total.average_seconds == 3_600.0


def test_in_any_order_one_event_serves_one_step() -> None:
    pro = {"event": "visit", "filter": {"property": {"name": "plan"}, "values": ["pro"]}}
    events: list[Row] = [(0, "visit", 0, {"plan": "pro"}), (0, "visit", 1)]
    events += [(1, "visit", 0, {"plan": "pro"})]
    assert counts(ask(events, "visit", pro, order="any")) == [2, 1]


def test_any_of_a_steps_alternatives_takes_it() -> None:
    either = {"any_of": [{"event": "buy"}, {"event": "rent"}]}
    events: list[Row] = []
    events += [(n, "visit", 0) for n in range(3)]
    events += [(0, "buy", 1), (1, "rent", 1)]
    assert counts(ask(events, "visit", either)) == [3, 2]
    assert spec_of("visit", either).titles == ("visit", "buy or rent")


OPTIONAL = {"any_of": [{"event": "help"}], "optional": True}


def test_leaving_out_an_optional_step_does_not_end_an_attempt() -> None:
    events: list[Row] = [(0, "visit", 0), (0, "buy", HOUR)]
    events += [(1, "visit", 0), (1, "help", HOUR), (1, "buy", 2 * HOUR), (2, "visit", 0)]
    result = ask(events, "visit", OPTIONAL, "buy")
    assert counts(result) == [3, 1, 2]
    assert [step.average_seconds for step in result.total.steps] == [None, 3_600.0, 3_600.0]


def test_an_optional_step_counts_only_in_its_place() -> None:
    events: list[Row] = [(0, "help", 0), (0, "visit", 1), (0, "buy", 2), (0, "help", 3)]
    assert counts(ask(events, "visit", OPTIONAL, "buy")) == [1, 0, 1]


def test_a_required_step_takes_an_event_that_an_optional_one_could_have() -> None:
    either = {"any_of": [{"event": "buy"}, {"event": "help"}], "optional": True}
    events: list[Row] = [(0, "visit", 0), (0, "buy", 1), (1, "visit", 0), (1, "help", 1)]
    assert counts(ask(events, "visit", either, "buy")) == [2, 1, 1]


def test_those_who_dropped_at_a_step_took_the_required_one_before() -> None:
    spec = spec_of("visit", OPTIONAL, "buy")
    events: list[Row] = [(0, "visit", 0), (1, "visit", 0), (1, "help", 1), (2, "visit", 0)]
    events += [(2, "buy", 1)]
    with in_duckdb([arriving(events, MAY_1)]) as store:
        span, people = resolve(spec.period, CALENDAR), Sequences(store.snapshot, 1)
        dropped = [
            kernel.people(spec, FunnelPoint(step=k, dropped=True), people, span, CALENDAR).tolist()
            for k in (1, 2)
        ]
    assert dropped == [[0, 2], [0, 1]]


REFUND = {"selector": {"event": "refund"}}


def test_an_excluded_event_throws_the_attempt_away() -> None:
    events: list[Row] = [(0, "visit", 0), (0, "refund", 1), (0, "buy", 2)]
    events += [(1, "visit", 0), (1, "buy", 1), (1, "refund", 2)]
    assert counts(ask(events, "visit", "buy", exclusions=[REFUND])) == [1, 1]


def test_an_excluded_event_can_end_the_attempt_and_keep_its_steps() -> None:
    events: list[Row] = [(0, "visit", 0), (0, "refund", 1), (0, "buy", 2)]
    result = ask(events, "visit", "buy", exclusions=[REFUND], on_exclusion="drop")
    assert counts(result) == [1, 0]


def test_an_excluded_event_counts_only_between_its_two_steps() -> None:
    late = {**REFUND, "after": 1}
    events: list[Row] = [(0, "visit", 0), (0, "refund", 1), (0, "sign up", 2), (0, "buy", 3)]
    events += [(1, "visit", 0), (1, "sign up", 2), (1, "refund", 3), (1, "buy", 4)]
    assert counts(ask(events, "visit", "sign up", "buy", exclusions=[late])) == [1, 1, 1]


def test_an_excluded_event_does_not_count_at_the_instant_of_a_step_or_after_the_window() -> None:
    events: list[Row] = [(0, "visit", 0), (0, "refund", 0), (0, "buy", 1), (0, "refund", 1)]
    events += [(1, "visit", 0), (1, "refund", 2 * DAY)]
    window = {"count": 1, "unit": "day"}
    assert counts(ask(events, "visit", "buy", exclusions=[REFUND], window=window)) == [2, 1]


def test_a_start_after_the_excluded_event_still_counts() -> None:
    events: list[Row] = [(0, "visit", 0), (0, "refund", 1), (0, "visit", 2), (0, "buy", 3)]
    assert counts(ask(events, "visit", "buy", exclusions=[REFUND])) == [1, 1]
    assert counts(ask(events, "visit", "buy", exclusions=[REFUND], anchor="first")) == [0, 0]


def test_with_the_first_step_one_as_anchor_no_later_start_counts() -> None:
    events: list[Row] = [(0, "visit", 0), (0, "visit", 3 * DAY), (0, "buy", 4 * DAY)]
    window = {"count": 1, "unit": "day"}
    assert counts(ask(events, "visit", "buy", window=window, anchor="first")) == [1, 0]


def test_steps_after_the_period_count_when_they_may() -> None:
    events: list[Row] = [(0, "visit", 19 * DAY), (0, "buy", 21 * DAY), (1, "visit", 20 * DAY)]
    assert counts(ask(events, "visit", "buy")) == [1, 0]
    assert counts(ask(events, "visit", "buy", complete_after_period=True)) == [1, 1]


def test_a_property_that_is_held_has_one_value_on_all_steps() -> None:
    events: list[Row] = [(0, "visit", 0, {"item": "a"}), (0, "visit", 1, {"item": "b"})]
    events += [(0, "buy", 2, {"item": "a"}), (1, "visit", 0, {"item": "a"})]
    events += [(1, "buy", 1, {"item": "b"}), (2, "visit", 0), (2, "buy", 1)]
    result = ask(events, "visit", "buy", hold=[{"name": "item"}])
    assert counts(result) == [2, 1]
    assert result.total.average_seconds == 2e-6


def test_counted_as_totals_every_attempt_counts_once_the_one_before_is_over() -> None:
    events: list[Row] = [(0, "visit", 0), (0, "visit", 1), (0, "buy", 2)]
    events += [(0, "visit", 3), (0, "buy", 4), (0, "visit", 5), (0, "visit", 6)]
    assert counts(ask(events, "visit", "buy", count="totals")) == [3, 2]


@pytest.mark.parametrize("apart", [SECOND, 0])
@pytest.mark.parametrize("calls", [False, True])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"count": "totals"},
        {"order": "any"},
        {"anchor": "first"},
        {"order": "strict"},
        {"exclusions": [REFUND]},
        {"exclusions": [REFUND], "on_exclusion": "drop"},
        {"exclusions": [REFUND], "order": "any"},
        {"hold": [{"name": "item"}]},
    ],
)
def test_a_robot_that_never_converts_costs_no_more_than_its_events(
    options: dict[str, Any], calls: bool, apart: int
) -> None:
    """It visits 100,000 times within the window; every other visit may be a call; the last refunds."""
    events = 100_000
    spec = spec_of("visit", "call", "buy", **options)
    mask = np.resize(np.array([1, 3 if calls else 1], np.uint32), events)
    if spec.exclusions:
        mask[-1] |= np.uint32(8)
    offsets, time = np.array([0, events]), MAY_1 + apart * np.arange(events)
    robot = Matches(0, offsets, time, mask, (np.ones(events, np.uint32),))
    found = kernel.followed(spec, robot, resolve(spec.period, CALENDAR))
    removed = spec.exclusions and spec.on_exclusion == "remove" and apart
    assert found.done.tolist() == [3 if calls and not removed else 1]


def test_exclusions_are_refused_where_they_cannot_lie() -> None:
    for exclusion, because in [
        ({**REFUND, "after": 1, "before": 1}, "after step 1 and before step 1"),
        ({**REFUND, "before": 2}, "steps go from 0 to 1"),
        ({"selector": {"event": "buy", "label": "b"}}, "also a step it lies between: 'buy'"),
    ]:
        with pytest.raises(ValueError, match=because):
            spec_of("visit", "buy", exclusions=[exclusion])


def test_percentiles_lie_between_neighbours_in_proportion() -> None:
    events: list[Row] = [(n, "visit", 0) for n in range(3)]
    events += [(n, "buy", (n + 1) * 10 * SECOND) for n in range(3)]
    result = ask(events, "visit", "buy", percentiles=[25, 90])
    assert result.total.percentiles_seconds == (15.0, 28.0)
    assert result.total.steps[1].percentiles_seconds == (15.0, 28.0)
    assert result.total.steps[0].percentiles_seconds == (None, None)


def test_over_time_each_attempt_counts_where_it_began_and_the_last_points_are_not_complete() -> (
    None
):
    events: list[Row] = [(0, "visit", 0), (0, "buy", 3 * DAY), (1, "visit", 2 * DAY)]
    few = {"from": "2024-05-01", "to": "2024-05-04"}
    window = {"count": 2, "unit": "day"}
    events += [(2, "visit", DAY), (2, "buy", 2 * DAY)]
    result = ask(events, "visit", "buy", show="trend", period=few, window=window)
    told = [(m.started, m.converted, m.complete) for m in result.total.trend]
    assert told == [(1, 0, True), (1, 1, True), (1, 0, False), (0, 0, False)]


def test_a_point_over_time_opens_those_who_began_there() -> None:
    spec = spec_of("visit", "buy", show="trend")
    events: list[Row] = [(0, "visit", 0), (0, "buy", DAY), (1, "visit", DAY), (1, "buy", DAY)]
    with in_duckdb([arriving(events, MAY_1)]) as store:
        span, people = resolve(spec.period, CALENDAR), Sequences(store.snapshot, 1)
        point = FunnelPoint(step=1, bucket=1)
        assert kernel.people(spec, point, people, span, CALENDAR).tolist() == [1]
        with pytest.raises(InvalidInput, match="has 20 buckets"):
            beyond = FunnelPoint(step=1, bucket=20)
            kernel.people(spec, beyond, people, span, CALENDAR)


def test_the_interval_of_a_difference_is_that_of_newcombe() -> None:
    """His example: 56 of 70 against 48 of 80, 0.0524 to 0.3339."""
    found, other = differences([70, 80], [56, 48])
    assert found and other
    assert [round(x, 4) for x in (found.difference, found.low, found.high)] == [0.2, 0.0524, 0.3339]
    assert other.difference == -found.difference


def test_few_people_are_compared_by_the_exact_test() -> None:
    """The lady who tasted tea: 3 of 4 right has p 17/35."""
    found, _ = differences([4, 4], [3, 1])
    assert found and round(found.p, 9) == round(17 / 35, 9)


def test_a_group_that_is_everybody_is_compared_with_nobody() -> None:
    assert differences([5], [3]) == (None,)
    assert differences([5, 0], [3, 0]) == (None, None)


def test_significance_needs_groups_of_people() -> None:
    for question in ({}, {"breakdown": {"name": "plan"}, "count": "totals"}):
        with pytest.raises(ValueError, match="significance compares the people"):
            spec_of("visit", "buy", significance=True, **question)


def test_by_last_touch_a_person_has_the_last_value_on_a_step() -> None:
    events: list[Row] = [(0, "visit", 0, {"plan": "free"}), (0, "buy", 1, {"plan": "pro"})]
    events += [(0, "visit", 2), (0, "help", 3, {"plan": "none"})]
    for attribution, value in (("first_touch", "free"), ("last_touch", "pro")):
        result = ask(events, "visit", "buy", breakdown={"name": "plan"}, attribution=attribution)
        assert [group.group for group in result.groups] == [Group(value=value)]
