"""Revenue over a handful of payments, followed by hand."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from cairn.core.errors import InvalidInput
from cairn.insights.chart import Lines, Matrix
from cairn.insights.revenue import kernel
from cairn.insights.revenue.spec import RevenueMonth, RevenuePoint, RevenueResult, RevenueSpec
from cairn.insights.revenue.view import view
from cairn.query.periods import Calendar, resolve
from cairn.query.sequences import Sequences
from insights.history import Row, arriving, in_duckdb

SECOND = 1_000_000
DAY = 86_400 * SECOND
JAN_1 = 1_704_067_200 * SECOND
CALENDAR = Calendar(ZoneInfo("UTC"), JAN_1 + 120 * DAY)
FEB, MAR, APR = 31, 60, 91
"""Days of 2024 before each month."""


def spec_of(**question: Any) -> RevenueSpec:
    """Return a question about payments from January to April 2024."""
    base = {
        "payment": {"event": "pay"},
        "amount": {"name": "amount"},
        "period": {"from": "2024-01-01", "to": "2024-04-30"},
    }
    return RevenueSpec.model_validate({**base, **question})


def pays(person: int, day: float, amount: Any, **properties: Any) -> Row:
    """Return a payment so many days after the first of January."""
    return (person, "pay", int(day * DAY), {"amount": amount, **properties})


def ask(events: list[Row], **question: Any) -> RevenueResult:
    """Return the answer over events of (person, name, time since January 1, properties)."""
    spec = spec_of(**question)
    with in_duckdb([arriving(events, JAN_1)]) as store:
        span = resolve(spec.period, CALENDAR)
        return kernel.answer(spec, Sequences(store.snapshot, 1), span, CALENDAR)


def mrr(result: RevenueResult) -> list[float]:
    """Return the MRR of each month."""
    return [month.mrr for month in result.series]


def moved(month: RevenueMonth) -> dict[str, float]:
    """Return what moved in a month."""
    ways = ("new", "expansion", "reactivation", "contraction", "churn")
    return {way: getattr(month, way).amount for way in ways if getattr(month, way).amount}


def test_an_amount_recurs_until_45_days_after_the_last_payment() -> None:
    result = ask([pays(0, 10, 20), pays(0, FEB + 10, 20)])
    assert mrr(result) == [20, 20, 0, 0]
    assert [moved(month) for month in result.series] == [{"new": 20}, {}, {"churn": 20}, {}]
    assert [month.churned for month in result.series] == [0, 0, 1, 0]


def test_the_45th_day_is_included() -> None:
    assert mrr(ask([pays(0, MAR - 45, 20)]))[1] == 20
    assert mrr(ask([pays(0, MAR - 45 - 1 / 86_400, 20)]))[1] == 0


def test_the_last_payment_before_the_end_of_a_month_is_its_mrr() -> None:
    events = [pays(0, 0, 10), pays(0, 5, 50), pays(0, FEB, 30), pays(0, MAR, 30)]
    result = ask(events)
    assert mrr(result)[:3] == [50, 30, 30]
    assert moved(result.series[1]) == {"contraction": 20}


def test_who_comes_back_reactivates() -> None:
    result = ask([pays(0, 0, 10), pays(0, APR, 15)])
    assert [moved(month) for month in result.series] == [
        {"new": 10},
        {"churn": 10},
        {},
        {"reactivation": 15},
    ]


def test_a_payment_before_the_period_carries_into_it() -> None:
    result = ask([pays(0, -10, 10), pays(0, 20, 25)])
    assert result.opening == 10
    assert moved(result.series[0]) == {"expansion": 15}
    assert [cohort.customers for cohort in result.cohorts] == [0, 0, 0, 0]


def test_movements_are_those_of_subscriptions_or_of_customers() -> None:
    events = [pays(0, 0, 10, id="a"), pays(0, FEB, 10, id="a"), pays(0, FEB, 5, id="b")]
    of_each = ask(events, subscription={"name": "id"})
    assert moved(of_each.series[1]) == {"new": 5}
    whole = ask(events, subscription={"name": "id"}, movement_of="customer")
    assert moved(whole.series[1]) == {"expansion": 5}
    assert mrr(whole)[:2] == mrr(of_each)[:2] == [10, 15]


def test_a_payment_for_no_subscription_is_revenue_but_does_not_recur() -> None:
    events = [pays(0, 0, 10, id="a"), pays(0, 1, 500)]
    result = ask(events, subscription={"name": "id"})
    assert result.series[0].mrr == 10
    assert result.series[0].revenue == 510


def test_an_annual_amount_is_spread_over_twelve_months() -> None:
    result = ask(
        [pays(0, 0, 120, every="year"), pays(1, 0, 9, every="month")], interval={"name": "every"}
    )
    assert mrr(result) == [19, 10, 10, 10]
    assert [month.revenue for month in result.series] == [129, 0, 0, 0]
    assert mrr(ask([pays(0, 0, 30)], interval="quarter")) == [10, 10, 10, 0]


def test_a_refund_is_less_revenue_and_the_same_mrr() -> None:
    events: list[Row] = [pays(0, 0, 10), pays(0, 1, -4), (0, "refund", 2 * DAY, {"amount": 3})]
    result = ask(events, refund={"event": "refund"})
    assert (result.series[0].revenue, result.series[0].mrr) == (3, 10)
    assert result.series[0].payers == 1
    assert result.cohorts[0].revenue == (3, 3, 3, 3)


def test_a_cancellation_ends_the_subscription_it_names_or_all() -> None:
    events: list[Row] = [pays(0, 0, 10, id="a"), pays(0, 0, 5, id="b")]
    cancelled = {"subscription": {"name": "id"}, "cancellation": {"event": "cancel"}}
    one: list[Row] = [*events, (0, "cancel", 5 * DAY, {"id": "a"})]
    assert mrr(ask(one, **cancelled))[0] == 5
    assert mrr(ask([*events, (0, "cancel", 5 * DAY)], **cancelled))[0] == 0


def test_an_amount_of_nothing_ends_what_recurs() -> None:
    result = ask([pays(0, 0, 10), pays(0, FEB, 0)])
    assert moved(result.series[1]) == {"churn": 10}


def test_a_free_trial_is_new_when_it_is_first_paid_for() -> None:
    events = [pays(0, 0, 10, id="a"), pays(0, 1, 0, id="b"), pays(0, FEB, 10, id="a")]
    result = ask([*events, pays(0, FEB + 1, 5, id="b")], subscription={"name": "id"})
    assert moved(result.series[1]) == {"new": 5}


def test_amounts_count_at_the_rate_of_their_day() -> None:
    rates = [{"currency": "EUR", "rate": 2}, {"currency": "EUR", "rate": 3, "since": "2024-02-01"}]
    events = [
        pays(0, 0, 10, in_="EUR"),
        pays(0, FEB, 10, in_="EUR"),
        pays(1, 0, 1),
        pays(2, 0, 7, in_="GBP"),
    ]
    result = ask(events, currency={"name": "in_"}, rates=rates)
    assert mrr(result)[:2] == [21, 30]
    assert result.without_rate == 1
    assert result.series[0].payers == 2


def test_what_is_kept_of_the_revenue_at_the_start() -> None:
    events = [pays(0, 0, 100), pays(1, 0, 60), pays(2, 0, 40)]
    events += [pays(0, FEB, 130), pays(1, FEB, 30), pays(3, FEB, 500)]
    month = ask(events).series[1]
    assert moved(month) == {"new": 500, "expansion": 30, "contraction": 30, "churn": 40}
    assert month.nrr == pytest.approx((200 + 30 - 30 - 40) / 200)
    assert month.grr == pytest.approx((200 - 30 - 40) / 200)
    assert month.churn_rate == pytest.approx(1 / 3)
    assert month.arpu == 660 / 3
    assert month.ltv == pytest.approx(660)


def test_rates_of_nothing_are_none() -> None:
    first, *_ = ask([pays(0, 0, 10)]).series
    assert (first.nrr, first.grr, first.churn_rate, first.ltv) == (None, None, None, None)
    nothing = ask([]).series[0]
    assert (nothing.mrr, nothing.arpu, nothing.arppu) == (0, None, None)


def test_a_cohort_adds_up_what_its_customers_have_paid() -> None:
    events = [pays(0, 0, 10), pays(0, FEB, 20), pays(1, 3, 5), pays(2, FEB, 7), pays(2, MAR, 1)]
    result = ask(events)
    assert [(c.customers, c.revenue) for c in result.cohorts] == [
        (2, (15, 35, 35, 35)),
        (1, (7, 8, 8)),
        (0, (0, 0)),
        (0, (0,)),
    ]


def test_a_month_that_the_period_cuts_ends_there() -> None:
    events = [pays(0, 0, 10), pays(0, FEB + 20, 99)]
    result = ask(events, period={"from": "2024-01-20", "to": "2024-02-10"})
    assert mrr(result) == [10, 10]


def test_the_customers_behind_a_number_can_be_asked_for() -> None:
    spec = spec_of()
    span = resolve(spec.period, CALENDAR)
    with in_duckdb([arriving([pays(0, 0, 10), pays(1, 0, 10), pays(1, FEB, 20)], JAN_1)]) as store:
        people = Sequences(store.snapshot, 1)

        def behind(of: str, month: int) -> list[int]:
            point = RevenuePoint.model_validate({"of": of, "month": month})
            return kernel.people(spec, point, people, span, CALENDAR).tolist()

        assert behind("new", 0) == [0, 1]
        assert behind("expansion", 1) == [1]
        assert behind("churned", 1) == behind("churn", 1) == [0]
        assert behind("mrr", 1) == behind("payers", 1) == [1]
        assert behind("cohort", 0) == [0, 1]
        with pytest.raises(InvalidInput, match="has 4 months"):
            behind("mrr", 4)


@pytest.mark.parametrize(
    ("show", "lines"),
    [
        (
            "movements",
            {
                "New": ([30, 0, 0, 0], [2, None, None, None]),
                "Expansion": ([0, 5, 0, 0], [None, 1, None, None]),
                "Reactivation": ([0, 0, 0, 0], [None] * 4),
                "Contraction": ([0, 0, 0, 0], [None] * 4),
                "Churn": ([0, -10, 0, -25], [None, 1, None, 1]),
            },
        ),
        (
            "mrr",
            {"MRR": ([30, 25, 25, 0], [2, 1, 1, 0]), "Revenue": ([30, 25, 0, 0], [2, 1, 0, 0])},
        ),
        (
            "retention",
            {
                "NRR": ([None, 25 / 30, 1, 0], [None] * 4),
                "GRR": ([None, 20 / 30, 1, 0], [None] * 4),
                "Customer churn": ([None, 0.5, 0, 1], [0, 1, 0, 1]),
            },
        ),
        (
            "arpu",
            {
                "MRR per customer": ([15, 25, 25, None], [2, 1, 1, 0]),
                "Revenue per payer": ([15, 25, None, None], [2, 1, 0, 0]),
                "Lifetime value": ([None, 50, None, None], [None] * 4),
            },
        ),
    ],
)
def test_a_line_opens_the_customers_behind_each_month(
    show: str, lines: dict[str, tuple[list[float | None], list[int | None]]]
) -> None:
    """Two start, one grows and stays until the middle of April, the other leaves in February."""
    spec = spec_of(show=show)
    span = resolve(spec.period, CALENDAR)
    events = [pays(0, 0, 10), pays(1, 0, 20), pays(1, MAR - 1, 25)]
    with in_duckdb([arriving(events, JAN_1)]) as store:
        people = Sequences(store.snapshot, 1)
        result = kernel.answer(spec, people, span, CALENDAR)
        chart = view(spec, result, span, CALENDAR).chart
        assert isinstance(chart, Lines)
        assert chart.stacked == (show == "movements")
        found = {}
        for line in chart.lines:
            sizes = [
                len(kernel.people(spec, point, people, span, CALENDAR))
                if isinstance(point, RevenuePoint)
                else None
                for point in line.points
            ]
            found[line.label] = (list(line.values), sizes)
    assert {label: sizes for label, (_, sizes) in found.items()} == {
        label: sizes for label, (_, sizes) in lines.items()
    }
    for label, (values, _) in lines.items():
        assert found[label][0] == pytest.approx(values)


def test_the_average_customer_is_that_of_months_that_are_over() -> None:
    spec = spec_of(show="ltv")
    span = resolve(spec.period, CALENDAR)
    events = [pays(0, 0, 10), pays(0, FEB, 20), pays(1, FEB, 1), pays(2, APR, 99)]
    with in_duckdb([arriving(events, JAN_1)]) as store:
        result = kernel.answer(spec, Sequences(store.snapshot, 1), span, CALENDAR)
    chart = view(spec, result, span, CALENDAR).chart
    assert isinstance(chart, Matrix)
    assert chart.groups[0].average == (5.5, 15.5, 30, None)
    assert [cell.complete for cell in chart.groups[0].rows[3].cells] == [False]


@pytest.mark.parametrize(
    ("question", "because"),
    [
        ({"rates": [{"currency": "EUR", "rate": 1}]}, "set 'currency' too"),
        (
            {"currency": {"name": "c"}, "rates": [{"currency": "EUR", "rate": 1}] * 2},
            "EUR has 2 rates since always",
        ),
        (
            {"currency": {"name": "c"}, "rates": [{"currency": "USD", "rate": 1}]},
            "the base currency USD needs no rate",
        ),
        (
            {"currency": {"name": "c"}, "rates": [{"currency": "EUR", "rate": 1, "since": "May"}]},
            "cannot read 'May' as a day",
        ),
    ],
)
def test_rates_that_say_too_much_or_too_little_are_refused(
    question: dict[str, Any], because: str
) -> None:
    with pytest.raises(ValidationError, match=re.escape(because)):
        spec_of(**question)
