"""The answer to a question of revenue over people's payments in order: one pass per customer.

The state of a customer is what each of their subscriptions costs and until when. It is compared at the
end of each month with that at the end of the month before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from cairn.insights.points import within
from cairn.insights.revenue.money import Money
from cairn.insights.revenue.months import Counts, Frame, frame_of, result_of
from cairn.insights.revenue.spec import Movement, RevenuePoint, RevenueResult, RevenueSpec
from cairn.query.filters import Property, Selector
from cairn.query.periods import Calendar, Span
from cairn.query.picking import compiled
from cairn.query.sequences import Matches, Pick, Sequences

Persons = NDArray[np.int32]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

PAYMENT, REFUND, CANCELLATION = 1, 2, 4
"""The bits of an event's mask."""

OF = (*get_args(Movement), "mrr", "churned", "payers", "cohort")
"""What a point can ask for, by number; movements come first."""

_NEW, _EXPANSION, _REACTIVATION, _CONTRACTION, _CHURN = range(5)
_MRR, _CHURNED, _PAYERS, _COHORT = range(5, 9)
_FOREVER = np.iinfo(np.int64).max


def answer(
    spec: RevenueSpec, sequences: Sequences, span: Span, calendar: Calendar
) -> RevenueResult:
    """Follow the recurring revenue of every month."""
    asked = _Asked.of(spec, sequences, span, calendar)
    frame = asked.frame
    parts = sequences.scan(asked.pick, lambda found: counted(spec, frame, asked.payments(found)))
    return result_of(frame, joined(parts))


def people(
    spec: RevenueSpec,
    point: RevenuePoint,
    sequences: Sequences,
    span: Span,
    calendar: Calendar,
) -> Persons:
    """Return the customers behind a number of a month."""
    asked = _Asked.of(spec, sequences, span, calendar)
    within(point.month, len(asked.frame.ends) - 1, "months")
    parts = sequences.scan(
        asked.pick,
        lambda found: behind(spec, asked.frame, asked.payments(found), point) + found.first_person,
    )
    return np.concatenate(parts).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Payments:
    """What happened by customer, in order.

    `amount` is in the base currency, below 0 for a refund, NaN when it is no number or has no rate
    (then `no_rate`); `monthly` is what it comes to per month, and `lasts` for how long. `subscription`
    is a code from 1 up to `subscriptions`, 0 for none.
    """

    offsets: Ints
    time: Ints
    mask: NDArray[np.uint32]
    amount: Floats
    monthly: Floats
    lasts: Ints
    no_rate: NDArray[np.bool_]
    subscription: Ints
    subscriptions: int


def payments_of(
    spec: RevenueSpec,
    money: Money,
    offsets: Ints,
    time: Ints,
    mask: NDArray[np.uint32],
    number: Floats,
    currency: Ints,
    interval: Ints,
    subscription: Ints | None,
    subscriptions: int,
) -> Payments:
    """Return payments in the base currency, from the codes of their properties."""
    refund = (mask & np.uint32(REFUND)) != 0
    worth = money.worth(number, currency, time)
    return Payments(
        offsets=offsets,
        time=time,
        mask=mask,
        amount=np.where(refund, -np.abs(worth), worth),
        monthly=worth / money.months[interval],
        lasts=money.lasts(interval),
        no_rate=np.isnan(worth) & ~np.isnan(number),
        subscription=np.ones(len(time), np.int64) if subscription is None else subscription,
        subscriptions=1 if subscription is None else subscriptions,
    )


def counted(spec: RevenueSpec, frame: Frame, payments: Payments) -> Counts:
    """Return the months of some customers."""
    return _walked(spec, frame, payments, -1, -1)[0]


def behind(spec: RevenueSpec, frame: Frame, payments: Payments, point: RevenuePoint) -> Any:
    """Return the customers behind a number of a month."""
    wanted = _walked(spec, frame, payments, OF.index(point.of), point.month)[1]
    return np.flatnonzero(wanted)


def joined(parts: Sequence[Counts]) -> Counts:
    """Return the sum of counts."""
    names = [field.name for field in fields(Counts)]
    return Counts(*(sum(getattr(part, name) for part in parts) for name in names))


def selectors_of(spec: RevenueSpec) -> tuple[Selector, ...]:
    """Return what to select, by bit of the mask; what is not asked for is the payment again."""
    return (spec.payment, spec.refund or spec.payment, spec.cancellation or spec.payment)


def wanted_bits(spec: RevenueSpec) -> int:
    """Return the bits of the mask that mean something."""
    refund = REFUND if spec.refund else 0
    return PAYMENT | refund | (CANCELLATION if spec.cancellation else 0)


def _walked(
    spec: RevenueSpec, frame: Frame, payments: Payments, wanted: int, month: int
) -> tuple[Counts, NDArray[np.bool_]]:
    counts = Counts.empty(len(frame.ends) - 1)
    flagged = np.zeros(len(payments.offsets) - 1, np.bool_)
    _walk(
        payments.offsets, payments.time, payments.mask, payments.amount, payments.monthly,
        payments.lasts, payments.no_rate, payments.subscription, payments.subscriptions, frame.ends,
        spec.movement_of == "customer", wanted, month, flagged,
        counts.mrr, counts.moved, counts.movers, counts.customers, counts.churned, counts.revenue,
        counts.payers, counts.cohort, counts.paid, counts.without_rate,
    )  # fmt: skip
    return counts, flagged


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question laid out over people's events."""

    spec: RevenueSpec
    frame: Frame
    pick: Pick
    read: tuple[Property, ...]
    money: Money
    number_of: Floats
    subscriptions: int

    @classmethod
    def of(cls, spec: RevenueSpec, sequences: Sequences, span: Span, calendar: Calendar) -> _Asked:
        frame = frame_of(span, calendar)
        interval = spec.interval if isinstance(spec.interval, Property) else None
        read = tuple(p for p in (spec.amount, spec.currency, interval, spec.subscription) if p)
        history = Span(np.iinfo(np.int64).min, int(frame.ends[-1]))
        nothing: Sequence[str | None] = [None]
        currencies = sequences.values(spec.currency) if spec.currency else nothing
        intervals = sequences.values(interval) if interval else [str(spec.interval)]
        named = sequences.values(spec.subscription) if spec.subscription else nothing
        return cls(
            spec,
            frame,
            Pick(selectors_of(spec), history, spec.filter, read),
            read,
            Money.of(spec, calendar, currencies, intervals),
            sequences.numbers(spec.amount),
            len(named) - 1,
        )

    def payments(self, matches: Matches) -> Payments:
        spec, codes = self.spec, dict(zip(self.read, matches.codes, strict=False))
        none = np.zeros(len(matches.time), np.int64)

        def code(prop: object) -> Ints:
            found = codes.get(prop) if isinstance(prop, Property) else None
            return none if found is None else found.astype(np.int64)

        return payments_of(
            spec,
            self.money,
            matches.offsets,
            matches.time,
            matches.mask & np.uint32(wanted_bits(spec)),
            self.number_of[code(spec.amount)],
            code(spec.currency),
            code(spec.interval),
            code(spec.subscription) if spec.subscription else None,
            self.subscriptions,
        )


@compiled
def _walk(
    offsets: Any, time: Any, mask: Any, amount: Any, monthly: Any, lasts: Any, no_rate: Any,
    subscription: Any, subscriptions: int, ends: Any, by_customer: bool, wanted: int, month: int,
    flagged: Any, mrr: Any, moved: Any, movers: Any, customers: Any, churned: Any, revenue: Any,
    payers: Any, cohort: Any, paid: Any, without_rate: Any,
) -> None:  # fmt: skip
    """Add everyone's months up, and flag those behind the wanted number of a month.

    `ends[0]` is where the first month begins. The state of a subscription is kept by its code, and
    belongs to the person in `owner`.
    """
    months = len(ends) - 1
    owner = np.full(subscriptions + 1, -1, np.int64)
    price, before = np.zeros(subscriptions + 1), np.zeros(subscriptions + 1)
    until = np.zeros(subscriptions + 1, np.int64)
    had = np.zeros(subscriptions + 1, np.bool_)
    had_before = np.zeros(subscriptions + 1, np.bool_)
    own = np.empty(subscriptions + 1, np.int64)
    moved_here = np.zeros(5, np.bool_)
    for p in range(len(offsets) - 1):
        if offsets[p] == offsets[p + 1]:
            continue
        count = closed = 0
        total_before = 0.0
        ever, ever_before = False, False
        first, paid_in = -1, -1
        for i in range(offsets[p], offsets[p + 1] + 1):
            t = time[i] if i < offsets[p + 1] else _FOREVER
            while closed <= months and t >= ends[closed]:
                total = 0.0
                moved_here[:] = False
                for k in range(count):
                    s = own[k]
                    now = price[s] if ends[closed] <= until[s] else 0.0
                    if closed > 0 and not by_customer:
                        _move(before[s], now, had_before[s], moved, movers, moved_here, closed - 1)
                    before[s], had_before[s] = now, had[s]
                    total += now
                mrr[closed] += total
                customers[closed] += total > 0
                if closed > 0:
                    if by_customer:
                        _move(
                            total_before, total, ever_before, moved, movers, moved_here, closed - 1
                        )
                    leaves = total_before > 0 and total == 0
                    churned[closed - 1] += leaves
                    if closed - 1 == month:
                        flagged[p] |= wanted < 5 and wanted >= 0 and moved_here[wanted]
                        flagged[p] |= wanted == _MRR and total > 0
                        flagged[p] |= wanted == _CHURNED and leaves
                total_before, ever_before = total, ever
                closed += 1
            if i == offsets[p + 1]:
                break
            here = closed - 1
            s = subscription[i]
            if mask[i] & np.uint32(CANCELLATION):
                for k in range(count):
                    if s == 0 or own[k] == s:
                        price[own[k]] = 0.0
            if not mask[i] & np.uint32(PAYMENT | REFUND):
                continue
            if no_rate[i] and here >= 0:
                without_rate[0] += 1
            if np.isnan(amount[i]):
                continue
            pays = amount[i] > 0
            if pays and first == -1:
                first = here if here >= 0 else -2
                if first >= 0:
                    cohort[first] += 1
                    flagged[p] |= wanted == _COHORT and first == month
            if here >= 0:
                revenue[here] += amount[i]
                if pays and paid_in != here:
                    paid_in = here
                    payers[here] += 1
                    flagged[p] |= wanted == _PAYERS and here == month
                if first >= 0:
                    paid[first, here - first] += amount[i]
            if mask[i] & np.uint32(REFUND) or amount[i] < 0 or s == 0:
                continue
            if owner[s] != p:
                owner[s], before[s], had[s], had_before[s] = p, 0.0, False, False
                own[count] = s
                count += 1
            price[s], until[s] = monthly[i], t + lasts[i]
            had[s] |= pays
            ever |= pays


@compiled
def _move(
    before: float, now: float, paid_before: bool, moved: Any, movers: Any, moved_here: Any, month: int
) -> None:  # fmt: skip
    """Add a change to the movements of a month; a person moves it one way once."""
    if now == before:
        return
    if before == 0:
        way = _REACTIVATION if paid_before else _NEW
    elif now == 0:
        way = _CHURN
    else:
        way = _EXPANSION if now > before else _CONTRACTION
    moved[way, month] += abs(now - before)
    if not moved_here[way]:
        moved_here[way] = True
        movers[way, month] += 1
