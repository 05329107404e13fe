"""What payments are worth: currencies by a table of rates, and how many months an amount pays for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from cairn.insights.revenue.spec import RevenueSpec
from cairn.query.filters import number_of
from cairn.query.periods import Calendar, midnight

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MONTHS = {
    "week": 84 / 365.25,
    "weekly": 84 / 365.25,
    "month": 1.0,
    "monthly": 1.0,
    "quarter": 3.0,
    "quarterly": 3.0,
    "half-year": 6.0,
    "year": 12.0,
    "yearly": 12.0,
    "annual": 12.0,
    "annually": 12.0,
}
MONTH_US = 2_629_800_000_000
"""A twelfth of 365.25 days."""
_ALWAYS = np.iinfo(np.int64).min


def months_of(interval: str | None) -> float:
    """Return how many months a payment is for: by name or number, one when that cannot be read.

    >>> [months_of(text) for text in ("year", "Quarterly", "6", "forever", None)]
    [12.0, 3.0, 6.0, 1.0, 1.0]
    """
    named = MONTHS.get((interval or "").strip().lower())
    if named is not None:
        return named
    number = number_of(interval)
    return number if number is not None and 0 < number <= 1_200 else 1.0


@dataclass(frozen=True, slots=True)
class Money:
    """A question's rates and intervals, by the code of a currency and of an interval.

    `rates` holds for each code of a currency the instants from which a rate holds, ascending, and the
    rates.
    """

    expires_us: int
    rates: tuple[tuple[Ints, Floats], ...]
    months: Floats

    @classmethod
    def of(
        cls,
        spec: RevenueSpec,
        calendar: Calendar,
        currencies: Sequence[str | None],
        intervals: Sequence[str | None],
    ) -> Money:
        """Look up every currency and every interval, once."""
        rates = tuple(_rates(spec, calendar, currency) for currency in currencies)
        months = [months_of(interval) for interval in intervals]
        return cls(spec.expires.microseconds, rates, np.array(months, np.float64))

    def worth(self, amount: Floats, currency: Ints, time: Ints) -> Floats:
        """Return amounts in the base currency, NaN where there is no rate."""
        out = np.full(len(amount), np.nan)
        for code in np.unique(currency).tolist():
            since, rate = self.rates[code]
            here = np.flatnonzero(currency == code)
            at = np.searchsorted(since, time[here], side="right") - 1
            known = at >= 0
            out[here[known]] = amount[here[known]] * rate[at[known]]
        return out

    def lasts(self, interval: Ints) -> Ints:
        """Return how many microseconds after a payment its subscription ends without another."""
        spread = np.maximum(self.months - 1.0, 0.0) * MONTH_US
        return np.asarray(np.rint(spread).astype(np.int64)[interval] + self.expires_us, np.int64)


def _rates(spec: RevenueSpec, calendar: Calendar, currency: str | None) -> tuple[Ints, Floats]:
    if currency is None or currency == spec.base:
        return np.array([_ALWAYS]), np.ones(1)
    found = sorted(
        (
            _ALWAYS
            if rate.since is None
            else midnight(date.fromisoformat(rate.since), calendar.zone),
            rate.rate,
        )
        for rate in spec.rates
        if rate.currency == currency
    )
    since = np.array([at for at, _ in found], np.int64)
    return since, np.array([rate for _, rate in found], np.float64)
