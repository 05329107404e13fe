"""From what was counted for each month to an answer: what every engine does in the end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cairn.insights.revenue.spec import Moved, RevenueCohort, RevenueMonth, RevenueResult
from cairn.query.periods import Calendar, Span, buckets

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frame:
    """The months of a period: m lies from `ends[m]` to `ends[m + 1]`, the last up to the period's end."""

    ends: Ints
    labels: tuple[str, ...]


def frame_of(span: Span, calendar: Calendar) -> Frame:
    """Divide a period into months; the first one begins at or before it."""
    months = buckets(span, "month", calendar)
    ends = np.minimum(np.array(months.edges_us, np.int64), span.end_us)
    return Frame(ends, months.labels)


@dataclass(frozen=True, slots=True)
class Counts:
    """What was added up. `mrr[0]` and `customers[0]` are those before the first month.

    `moved[w, m]` and `movers[w, m]` are MRR and customers by way, as in `Movement`, and month.
    `cohort[m]` counts those who first paid in month m, `paid[m, d]` what they paid d months later.
    """

    mrr: Floats
    moved: Floats
    movers: Ints
    customers: Ints
    churned: Ints
    revenue: Floats
    payers: Ints
    cohort: Ints
    paid: Floats
    without_rate: Ints

    @classmethod
    def empty(cls, months: int) -> Counts:
        """Return counts of nothing."""
        return cls(
            mrr=np.zeros(months + 1),
            moved=np.zeros((5, months)),
            movers=np.zeros((5, months), np.int64),
            customers=np.zeros(months + 1, np.int64),
            churned=np.zeros(months, np.int64),
            revenue=np.zeros(months),
            payers=np.zeros(months, np.int64),
            cohort=np.zeros(months, np.int64),
            paid=np.zeros((months, months)),
            without_rate=np.zeros(1, np.int64),
        )


def result_of(frame: Frame, counts: Counts) -> RevenueResult:
    """Say what each month was, and what each cohort has paid so far."""
    months = len(frame.labels)
    return RevenueResult(
        months=frame.labels,
        opening=float(counts.mrr[0]),
        series=tuple(_month(counts, m) for m in range(months)),
        cohorts=tuple(
            RevenueCohort(
                month=m,
                customers=int(counts.cohort[m]),
                revenue=tuple(np.cumsum(counts.paid[m, : months - m]).tolist()),
            )
            for m in range(months)
        ),
        without_rate=int(counts.without_rate[0]),
    )


def _month(counts: Counts, m: int) -> RevenueMonth:
    new, expansion, reactivation, contraction, churn = (
        Moved(amount=float(amount), persons=int(persons))
        for amount, persons in zip(counts.moved[:, m], counts.movers[:, m], strict=True)
    )
    start, mrr = float(counts.mrr[m]), float(counts.mrr[m + 1])
    customers, churned = int(counts.customers[m + 1]), int(counts.churned[m])
    revenue, payers = float(counts.revenue[m]), int(counts.payers[m])
    kept = start - contraction.amount - churn.amount
    arpu = _over(mrr, customers)
    churn_rate = _over(churned, int(counts.customers[m]))
    return RevenueMonth(
        mrr=mrr,
        new=new,
        expansion=expansion,
        reactivation=reactivation,
        contraction=contraction,
        churn=churn,
        customers=customers,
        churned=churned,
        revenue=revenue,
        payers=payers,
        arpu=arpu,
        arppu=_over(revenue, payers),
        nrr=_over(kept + expansion.amount, start),
        grr=_over(kept, start),
        churn_rate=churn_rate,
        ltv=_over(arpu, churn_rate) if arpu is not None and churn_rate else None,
    )


def _over(part: float, whole: float) -> float | None:
    return part / whole if whole else None
