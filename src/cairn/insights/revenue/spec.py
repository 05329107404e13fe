"""The question of revenue: what recurs each month, and what moves it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Literal

from pydantic import Field, field_validator, model_validator

from cairn.insights.question import Question
from cairn.query.cohort import Gap
from cairn.query.filters import Frozen, Property, Selector
from cairn.query.periods import Period

Movement = Literal["new", "expansion", "reactivation", "contraction", "churn"]
"""What changes recurring revenue: three ways up, then two ways down."""


class Rate(Frozen):
    """What one unit of a currency is worth in the base currency, from a day on (null: always)."""

    currency: str = Field(min_length=1, max_length=20)
    rate: float = Field(gt=0, le=1e9, allow_inf_nan=False)
    since: str | None = Field(default=None, max_length=10)

    @field_validator("since")
    @classmethod
    def _is_a_day(cls, text: str | None) -> str | None:
        if text is not None:
            try:
                date.fromisoformat(text)
            except ValueError:
                raise ValueError(f"cannot read {text!r} as a day; write 2024-05-01") from None
        return text


class RevenueSpec(Question):
    """What recurs each month (MRR), what moved it, and what customers are worth.

    A payment is an event that `payment` means whose `amount` is a number. An amount of 0 or more says
    what its subscription costs from then on: amount / months of its interval. It lasts for these
    months less one, and then for `expires`; the next payment or a cancellation replaces it. Negative
    amounts and the events that `refund` means are refunds: less revenue, the same MRR.

    MRR of a month is that at its end. Each change from month to month, of one subscription (or of one
    customer as a whole), is a movement, and all of them add up to the change of the MRR.

    Without `subscription` each customer has one; with it, payments that name none recur never: they
    are revenue, not MRR. Amounts count times the rate of their currency on their day; a payment without
    a currency is in the base currency, and one whose currency has no rate then is left out and counted.
    """

    kind: Literal["revenue"] = "revenue"
    period: Period = Period.model_validate({"from": "-11m"})
    payment: Selector
    amount: Property
    currency: Property | None = None
    base: str = Field(default="USD", min_length=1, max_length=20)
    rates: tuple[Rate, ...] = Field(default=(), max_length=1_000)
    subscription: Property | None = None
    interval: Literal["week", "month", "quarter", "year"] | Property = "month"
    refund: Selector | None = None
    cancellation: Selector | None = None
    expires: Gap = Gap(count=45)
    movement_of: Literal["subscription", "customer"] = "subscription"
    show: Literal["movements", "mrr", "retention", "arpu", "ltv"] = "movements"

    @model_validator(mode="after")
    def _has_one_rate_for_a_day(self) -> RevenueSpec:
        if self.rates and self.currency is None:
            raise ValueError("rates need the property that says the currency; set 'currency' too")
        found = Counter((rate.currency, rate.since) for rate in self.rates)
        for (currency, since), times in found.items():
            if times > 1:
                raise ValueError(
                    f"{currency} has {times} rates since {since or 'always'}; keep one"
                )
            if currency == self.base:
                raise ValueError(f"the base currency {currency} needs no rate: it is worth 1")
        return self


class RevenuePoint(Frozen):
    """A number of a month: who moved, who pays at its end (`mrr`), who left (`churned`) or paid.

    `cohort` is everyone whose first payment is in the month.
    """

    kind: Literal["revenue"] = "revenue"
    of: Movement | Literal["mrr", "churned", "payers", "cohort"] = "mrr"
    month: int = Field(ge=0, description="Index of the month, from 0.")


class Moved(Frozen):
    """How much MRR moved one way, never below 0, and how many customers moved it."""

    amount: float
    persons: int


class RevenueMonth(Frozen):
    """One month. Rates are of the month before; None where one would divide by 0.

    `mrr` and `customers` are those at its end, `churned` the customers who were there at its start and
    are not at its end. `revenue` is what was paid in it less refunds, by `payers`. `arpu` is MRR per
    customer and `arppu` revenue per payer. `nrr` and `grr` are what is left of the MRR of the start,
    with and without expansion. `ltv` is arpu / churn_rate.
    """

    mrr: float
    new: Moved
    expansion: Moved
    reactivation: Moved
    contraction: Moved
    churn: Moved
    customers: int
    churned: int
    revenue: float
    payers: int
    arpu: float | None
    arppu: float | None
    nrr: float | None
    grr: float | None
    churn_rate: float | None
    ltv: float | None


class RevenueCohort(Frozen):
    """Customers by the month of their first payment; `revenue[d]` is all they paid by month d after."""

    month: int
    customers: int
    revenue: tuple[float, ...]


class RevenueResult(Frozen):
    """The answer: `opening` is the MRR before the first month.

    `without_rate` counts payments in the months whose currency has no rate.
    """

    months: tuple[str, ...]
    opening: float
    series: tuple[RevenueMonth, ...]
    cohorts: tuple[RevenueCohort, ...]
    without_rate: int
