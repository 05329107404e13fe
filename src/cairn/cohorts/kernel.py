"""Who is in a cohort, over people's events in order: one pass for each thing they did, a flag each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.cohorts.windows import BEGINNING_US, ago, span_of
from cairn.model.event import IDENTITY_EVENTS
from cairn.query.cohort import (
    AllOf,
    Amount,
    AnyOf,
    Definition,
    Did,
    First,
    Listed,
    Not,
    Resumed,
    Stopped,
    Then,
)
from cairn.query.filters import Condition, InCohort, Property, Selector
from cairn.query.matching import matching_values
from cairn.query.periods import Calendar, Span
from cairn.query.picking import compiled
from cairn.query.sequences import Matches, Pick, Sequences
from cairn.store.snapshot import Flags, Snapshot

Persons = Callable[[Sequence[str]], Iterable[int]]
"""Returns the people who have one of these distinct ids."""

_ACCOUNT = Property(name="$account")
_ROUNDING = 1e-9


def members(
    definition: Definition,
    sequences: Sequences,
    calendar: Calendar,
    persons: Persons,
) -> Flags:
    """Flag the people in a cohort, whose sequences these are."""
    asked = _Asked(sequences, calendar, persons)
    return np.asarray(asked.flags(definition) & seen(sequences.snapshot), np.bool_)


def seen(snapshot: Snapshot) -> Flags:
    """Flag the people who have an event; those who turned out to be someone else have none."""
    flags = np.zeros(snapshot.persons, np.bool_)
    base, recent = snapshot.base.start, snapshot.recent.start
    flags[: len(base) - 1] = np.diff(base) > 0
    flags[: len(snapshot.moved)] &= ~snapshot.moved
    flags[: len(recent) - 1] |= np.diff(recent) > 0
    return flags


@dataclass(frozen=True, slots=True)
class _Asked:
    """A cohort asked about everyone. Nobody is left out of these flags for having no events."""

    sequences: Sequences
    calendar: Calendar
    persons: Persons

    def flags(self, part: Definition) -> Flags:
        """Flag those in a part of the definition."""
        size = self.sequences.persons
        if isinstance(part, AllOf):
            return _joined(np.logical_and, [self.flags(inner) for inner in part.all], True, size)
        if isinstance(part, AnyOf):
            return _joined(np.logical_or, [self.flags(inner) for inner in part.any], False, size)
        if isinstance(part, Not):
            return np.logical_not(self.flags(part.not_))
        if isinstance(part, InCohort):
            return np.equal(self.sequences.members(part.name), part.in_)
        if isinstance(part, Condition):
            return self._who_are(part)
        if isinstance(part, Listed):
            return self._listed(part)
        if isinstance(part, Did):
            return self._did(part)
        if isinstance(part, First):
            return self._first(part)
        if isinstance(part, Then):
            return self._then(part)
        if isinstance(part, Stopped):
            return self._stopped(part)
        return self._resumed(part)

    def _each(
        self, selectors: tuple[Selector, ...], span: Span, work: Callable[[Matches], Any],
        properties: tuple[Property, ...] = (),
    ) -> Any:  # fmt: skip
        """Return what `work` makes of each person's matches, one value a person."""
        pick = Pick(selectors, span, None, properties)
        return np.concatenate(self.sequences.scan(pick, work))

    def _who_are(self, part: Condition) -> Flags:
        prop = part.property
        holds = matching_values(part, self.sequences.values(prop))
        if prop.of == "person":
            codes = self.sequences.people.columns.person(prop.name, self.sequences.persons).codes
            return np.asarray(holds[codes], np.bool_)
        anything = (Selector(), *(Selector(event=name) for name in sorted(IDENTITY_EVENTS)))
        codes = self._each(
            anything,
            Span(BEGINNING_US, self.calendar.now_us),
            lambda m: _last_account(m.offsets, *m.codes),
            (_ACCOUNT, prop),
        )
        return np.asarray(holds[codes], np.bool_)

    def _listed(self, part: Listed) -> Flags:
        flags = np.zeros(self.sequences.persons, np.bool_)
        found = np.fromiter(self.persons(part.ids), np.int64)
        flags[found[found < len(flags)]] = True
        return flags

    def _did(self, part: Did) -> Flags:
        span, amount = span_of(part.within, self.calendar), part.amount
        if amount.property is None:
            count = self._each((part.did,), span, lambda m: np.diff(m.offsets))
            return np.asarray(_is(amount, count) & (count > 0), np.bool_)
        prop, numbers = amount.property, np.zeros(0)
        if amount.of == "sum":
            numbers = np.nan_to_num(self.sequences.numbers(prop), nan=0.0)
        codes = len(self.sequences.values(prop))

        def measured(matches: Matches) -> Any:
            offsets, code = matches.offsets, matches.codes[0]
            if amount.of == "sum":
                found = _sums(offsets, code, numbers)
            else:
                found = _distinct(offsets, code, codes)
            return _is(amount, found) & (np.diff(offsets) > 0)

        return np.asarray(self._each((part.did,), span, measured, (prop,)), np.bool_)

    def _first(self, part: First) -> Flags:
        span = span_of(part.within, self.calendar)

        def inside(matches: Matches) -> Any:
            did = np.diff(matches.offsets) > 0
            did[did] = matches.time[matches.offsets[:-1][did]] >= span.start_us
            return did

        return np.asarray(
            self._each((part.first,), Span(BEGINNING_US, span.end_us), inside), np.bool_
        )

    def _then(self, part: Then) -> Flags:
        gap = part.gap.microseconds if part.gap else np.iinfo(np.int64).max
        span = span_of(part.within, self.calendar)

        def followed(matches: Matches) -> Any:
            return _followed(matches.offsets, matches.time, matches.mask, gap)

        return np.asarray(self._each((part.start, part.then), span, followed), np.bool_)

    def _stopped(self, part: Stopped) -> Flags:
        quiet = ago(part.quiet, self.calendar)

        def ended(matches: Matches) -> Any:
            did = np.diff(matches.offsets) > 0
            did[did] = matches.time[matches.offsets[1:][did] - 1] < quiet
            return did

        span = Span(ago(part.active, self.calendar), self.calendar.now_us)
        return np.asarray(self._each((part.stopped,), span, ended), np.bool_)

    def _resumed(self, part: Resumed) -> Flags:
        quiet, again = ago(part.quiet, self.calendar), ago(part.again, self.calendar)

        def back(matches: Matches) -> Any:
            early, late = matches.time < quiet, matches.time >= again
            between = _counted(~early & ~late, matches.offsets)
            return (
                (_counted(early, matches.offsets) > 0)
                & (between == 0)
                & (_counted(late, matches.offsets) > 0)
            )

        span = Span(BEGINNING_US, self.calendar.now_us)
        return np.asarray(self._each((part.resumed,), span, back), np.bool_)


def limits(amount: Amount) -> tuple[float, float]:
    """Return the least and the most that an amount allows."""
    slack = _ROUNDING * max(1.0, abs(amount.value)) if amount.of == "sum" else 0.0
    least = -np.inf if amount.operator == "at_most" else amount.value - slack
    most = np.inf if amount.operator == "at_least" else amount.value + slack
    return least, most


def _is(amount: Amount, found: NDArray[Any]) -> Flags:
    least, most = limits(amount)
    return np.asarray((found >= least) & (found <= most), np.bool_)


def _joined(join: Any, parts: Sequence[Flags], empty: bool, size: int) -> Flags:
    return np.asarray(join.reduce(parts), np.bool_) if parts else np.full(size, empty)


def _counted(flags: Flags, offsets: Any) -> Any:
    """Return how many of each person's matches are flagged."""
    so_far = np.concatenate(([0], np.cumsum(flags)))
    return so_far[offsets[1:]] - so_far[offsets[:-1]]


@compiled
def _sums(offsets: Any, code: Any, numbers: Any) -> Any:
    out = np.zeros(len(offsets) - 1, np.float64)
    for p in range(len(out)):
        for k in range(offsets[p], offsets[p + 1]):
            out[p] += numbers[code[k]]
    return out


@compiled
def _distinct(offsets: Any, code: Any, codes: int) -> Any:
    """Return how many different values each person has; code 0 is missing and no value."""
    out = np.zeros(len(offsets) - 1, np.int64)
    last = np.full(codes, -1, np.int64)  # whom each code was met with last
    for p in range(len(out)):
        for k in range(offsets[p], offsets[p + 1]):
            if code[k] != 0 and last[code[k]] != p:
                last[code[k]] = p
                out[p] += 1
    return out


@compiled
def _followed(offsets: Any, time: Any, mask: Any, gap: int) -> Any:
    """Flag the people with a match of selector 1 later than one of selector 0, by the gap at most."""
    out = np.zeros(len(offsets) - 1, np.bool_)
    for p in range(len(out)):
        started = False
        since = now = 0  # the last start before this instant, and the last start
        waiting = False  # whether there is a start at this instant
        for k in range(offsets[p], offsets[p + 1]):
            t = time[k]
            if waiting and t > now:
                since, started, waiting = now, True, False
            if started and mask[k] & np.uint32(2) and t - since <= gap:
                out[p] = True
                break
            if mask[k] & np.uint32(1):
                now, waiting = t, True
    return out


@compiled
def _last_account(offsets: Any, account: Any, code: Any) -> Any:
    """Return the code at each person's last event that has an account; 0 when none has."""
    out = np.zeros(len(offsets) - 1, np.uint32)
    for p in range(len(out)):
        for k in range(offsets[p + 1] - 1, offsets[p] - 1, -1):
            if account[k] != 0:
                out[p] = code[k]
                break
    return out
