"""Revenue by the book: each month end on its own, from everything that happened before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import get_args

from cairn.insights.revenue.spec import (
    Moved,
    Movement,
    RevenueCohort,
    RevenueMonth,
    RevenuePoint,
    RevenueResult,
    RevenueSpec,
)
from cairn.query.filters import Property, number_of
from cairn.query.periods import Calendar, Span
from insights.calendar import first_day, labelled, next_first_day, start_of
from insights.filtering import wanted
from insights.history import Act

WAYS: tuple[Movement, ...] = get_args(Movement)
_MONTHS = {"week": 12 * 7 / 365.25, "month": 1.0, "quarter": 3.0, "year": 12.0, "yearly": 12.0}
_MONTH_US = 365.25 / 12 * 86_400_000_000


@dataclass(frozen=True)
class Paid:
    """Something that happened to a customer; `amount` is None where it says none."""

    at: int
    amount: float | None
    monthly: float
    lasts: float
    subscription: str | None
    pays: bool
    cancels: bool
    no_rate: bool


@dataclass(frozen=True)
class State:
    """What each subscription of a customer costs, and which were ever paid for."""

    prices: dict[str, float]
    known: frozenset[str]

    @property
    def total(self) -> float:
        return sum(self.prices.values())


def answer(spec: RevenueSpec, acts: Sequence[Act], span: Span, calendar: Calendar) -> RevenueResult:
    """Follow the recurring revenue of every month."""
    starts, ends = months_of(span, calendar)
    people = histories(spec, acts, span, calendar)
    series, cohorts = [], []
    for m in range(len(starts)):
        series.append(_month(spec, people, starts, ends, m))
        members = [h for h in people.values() if _first_month(h, starts, ends) == m]
        paid = [
            sum(_cash(h, starts[d], ends[d], True) for h in members) for d in range(m, len(ends))
        ]
        cohorts.append(
            RevenueCohort(
                month=m,
                customers=len(members),
                revenue=tuple(float(sum(paid[: d + 1])) for d in range(len(paid))),
            )
        )
    return RevenueResult(
        months=tuple(labelled(at, calendar) for at in starts),
        opening=float(sum(state(h, starts[0]).total for h in people.values())),
        series=tuple(series),
        cohorts=tuple(cohorts),
        without_rate=sum(
            item.no_rate and item.at >= starts[0] for h in people.values() for item in h
        ),
    )


def people(
    spec: RevenueSpec, point: RevenuePoint, acts: Sequence[Act], span: Span, calendar: Calendar
) -> set[int]:
    """Return the customers behind a number of a month."""
    starts, ends = months_of(span, calendar)
    m = point.month
    found = set()
    for person, history in histories(spec, acts, span, calendar).items():
        before, after = state(history, starts[m]), state(history, ends[m])
        holds = {
            "mrr": after.total > 0,
            "churned": before.total > 0 and after.total == 0,
            "payers": any(
                starts[m] <= item.at < ends[m] and (item.amount or 0) > 0 for item in history
            ),
            "cohort": _first_month(history, starts, ends) == m,
        }
        holds |= {way: way in dict(movements(spec, before, after)) for way in WAYS}
        if holds[point.of]:
            found.add(person)
    return found


def months_of(span: Span, calendar: Calendar) -> tuple[list[int], list[int]]:
    """Return where each month begins and ends."""
    day = first_day(span.start_us, "month", calendar)
    edges = [start_of(day, calendar)]
    while edges[-1] < span.end_us:
        day = next_first_day(day, "month")
        edges.append(start_of(day, calendar))
    return edges[:-1], [min(edge, span.end_us) for edge in edges[1:]]


def histories(
    spec: RevenueSpec, acts: Sequence[Act], span: Span, calendar: Calendar
) -> dict[int, list[Paid]]:
    """Return what happened to each customer, in order."""
    found: dict[int, list[Paid]] = {}
    for act in acts:
        pays = wanted(act, spec.payment, spec.filter)
        refunds = spec.refund is not None and wanted(act, spec.refund, spec.filter)
        cancels = spec.cancellation is not None and wanted(act, spec.cancellation, spec.filter)
        if act.time_us < span.end_us and (pays or refunds or cancels):
            number = number_of(act.text(spec.amount)) if pays or refunds else None
            rate = _rate(spec, act, calendar)
            months = _months(spec, act)
            amount = None if number is None or rate is None else number * rate
            if amount is not None and refunds:
                amount = -abs(amount)
            found.setdefault(act.person, []).append(
                Paid(
                    at=act.time_us,
                    amount=amount,
                    monthly=0.0 if amount is None else amount / months,
                    lasts=spec.expires.microseconds + max(months - 1, 0) * _MONTH_US,
                    subscription=act.text(spec.subscription)
                    if spec.subscription
                    else "its only one",
                    pays=pays and not refunds,
                    cancels=cancels,
                    no_rate=number is not None and rate is None,
                )
            )
    return found


def state(history: Sequence[Paid], at: int) -> State:
    """Return what a customer's subscriptions cost just before an instant."""
    last: dict[str, Paid | None] = {}
    known = set()
    for item in history:
        if item.at >= at:
            continue
        if item.cancels:
            for name in last:
                if item.subscription in (None, name):
                    last[name] = None
        if item.pays and item.amount is not None and item.amount >= 0 and item.subscription:
            last[item.subscription] = item
            if item.amount > 0:
                known.add(item.subscription)
    prices = {
        name: item.monthly if item is not None and at - item.at <= round(item.lasts) else 0.0
        for name, item in last.items()
    }
    return State(prices, frozenset(known))


def movements(spec: RevenueSpec, before: State, after: State) -> list[tuple[Movement, float]]:
    """Return how a customer's MRR moved."""
    if spec.movement_of == "customer":
        changes = [(before.total, after.total, bool(before.known))]
    else:
        changes = [
            (before.prices.get(name, 0.0), price, name in before.known)
            for name, price in after.prices.items()
        ]
    found: list[tuple[Movement, float]] = []
    for old, new, known in changes:
        if old == 0 < new:
            found.append(("reactivation" if known else "new", new))
        elif new == 0 < old:
            found.append(("churn", old))
        elif new != old:
            found.append(("expansion" if new > old else "contraction", abs(new - old)))
    return found


def _month(
    spec: RevenueSpec,
    people: dict[int, list[Paid]],
    starts: Sequence[int],
    ends: Sequence[int],
    m: int,
) -> RevenueMonth:
    before = {person: state(history, starts[m]) for person, history in people.items()}
    after = {person: state(history, ends[m]) for person, history in people.items()}
    moved = {person: movements(spec, before[person], after[person]) for person in people}
    ways = {
        way: Moved(
            amount=float(sum(x for all_ in moved.values() for w, x in all_ if w == way)),
            persons=sum(any(w == way for w, _ in all_) for all_ in moved.values()),
        )
        for way in WAYS
    }
    old = sum(s.total for s in before.values())
    new = float(sum(s.total for s in after.values()))
    customers = sum(s.total > 0 for s in after.values())
    were = sum(s.total > 0 for s in before.values())
    churned = sum(before[p].total > 0 and after[p].total == 0 for p in people)
    revenue = float(sum(_cash(h, starts[m], ends[m], False) for h in people.values()))
    payers = sum(
        any(starts[m] <= item.at < ends[m] and (item.amount or 0) > 0 for item in h)
        for h in people.values()
    )
    left = old - ways["contraction"].amount - ways["churn"].amount
    return RevenueMonth(
        mrr=new,
        **ways,
        customers=customers,
        churned=churned,
        revenue=revenue,
        payers=payers,
        arpu=new / customers if customers else None,
        arppu=revenue / payers if payers else None,
        nrr=(left + ways["expansion"].amount) / old if old else None,
        grr=left / old if old else None,
        churn_rate=churned / were if were else None,
        ltv=(new / customers) / (churned / were) if customers and churned else None,
    )


def _first(history: Sequence[Paid]) -> int | None:
    """Return the place of a customer's first payment."""
    return next((i for i, item in enumerate(history) if (item.amount or 0) > 0), None)


def _first_month(history: Sequence[Paid], starts: Sequence[int], ends: Sequence[int]) -> int | None:
    first = _first(history)
    if first is None:
        return None
    at = history[first].at
    return next((m for m in range(len(starts)) if starts[m] <= at < ends[m]), None)


def _cash(history: Sequence[Paid], start: int, end: int, since_first: bool) -> float:
    """Return what a customer paid less refunds in a stretch of time."""
    first = (_first(history) or 0) if since_first else 0
    return sum(item.amount or 0.0 for item in history[first:] if start <= item.at < end)


def _months(spec: RevenueSpec, act: Act) -> float:
    if not isinstance(spec.interval, Property):
        return _MONTHS[spec.interval]
    text = act.text(spec.interval) or ""
    number = number_of(text)
    if number is not None and 0 < number <= 1200:
        return number
    return _MONTHS.get(text.strip().lower(), 1.0)


def _rate(spec: RevenueSpec, act: Act, calendar: Calendar) -> float | None:
    currency = act.text(spec.currency) if spec.currency else None
    if currency is None or currency == spec.base:
        return 1.0
    found = None
    for rate in sorted(spec.rates, key=lambda rate: rate.since or ""):
        since = None if rate.since is None else start_of(date.fromisoformat(rate.since), calendar)
        if rate.currency == currency and (since is None or since <= act.time_us):
            found = rate.rate
    return found
