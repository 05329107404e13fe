"""Who is in a cohort, by the book: one person, one part of the definition and one event at a time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from insights.calendar import wall_clock
from insights.filtering import holds, wanted
from insights.history import Act

from cairn.query.cohort import (
    AllOf,
    Amount,
    AnyOf,
    Definition,
    Did,
    First,
    Last,
    Length,
    Listed,
    Not,
    Resumed,
    Stopped,
    Then,
    When,
)
from cairn.query.filters import Condition, InCohort, Property, Selector, number_of
from cairn.query.periods import Calendar, resolve

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ACCOUNT = Property(name="$account")


@dataclass(frozen=True)
class Book:
    """All that is known: every event, who has which distinct id, and the saved cohorts."""

    acts: Sequence[Act]
    ids: Mapping[str, int]
    saved: Mapping[str, Definition]
    calendar: Calendar

    def members(self, part: Definition) -> set[int]:
        """Return the people in a cohort."""
        marked = [self.marked(act, part) for act in self.acts]
        return {
            person
            for person in {act.person for act in marked}
            if self._is_in(part, [act for act in marked if act.person == person])
        }

    def marked(self, act: Act, question: object) -> Act:
        """Return an event that also says which cohorts of a question its person is in."""
        from cairn.query.cohort import cohorts_in

        told = dict(act.texts)
        for name, described in cohorts_in(question):
            definition = described if described is not None else self.saved[name]
            is_in = act.person in self.members(definition)
            told[Property(of="cohort", name=name)] = "in" if is_in else "out"
        return replace(act, texts=told)

    def _is_in(self, part: Definition, own: Sequence[Act]) -> bool:
        if isinstance(part, AllOf):
            return all(self._is_in(inner, own) for inner in part.all)
        if isinstance(part, AnyOf):
            return any(self._is_in(inner, own) for inner in part.any)
        if isinstance(part, Not):
            return not self._is_in(part.not_, own)
        if isinstance(part, InCohort):
            return holds(part, own[0])
        if isinstance(part, Listed):
            return any(self.ids.get(name) == own[0].person for name in part.ids)
        if isinstance(part, Condition):
            return holds(part, self._bearer(part, own))
        if isinstance(part, Did):
            did = [act for act in self._done(part.did, own) if self._inside(part.within, act)]
            return bool(did) and _is_enough(part.amount, did)
        if isinstance(part, First):
            first = self._done(part.first, own)[:1]
            return any(self._inside(part.within, act) for act in first)
        if isinstance(part, Then):
            starts = [act for act in self._done(part.start, own) if self._inside(part.within, act)]
            ends = [act for act in self._done(part.then, own) if self._inside(part.within, act)]
            longest = part.gap.microseconds if part.gap else math.inf
            return any(
                0 < end.time_us - start.time_us <= longest for start in starts for end in ends
            )
        if isinstance(part, Stopped):
            times = [act.time_us for act in self._done(part.stopped, own)]
            active, quiet = self._ago(part.active), self._ago(part.quiet)
            return any(active <= at < quiet for at in times) and not any(
                at >= quiet for at in times
            )
        assert isinstance(part, Resumed)
        times = [act.time_us for act in self._done(part.resumed, own)]
        quiet, again = self._ago(part.quiet), self._ago(part.again)
        before = any(at < quiet for at in times)
        between = any(quiet <= at < again for at in times)
        return before and not between and any(at >= again for at in times)

    def _done(self, selector: Selector, own: Sequence[Act]) -> list[Act]:
        """Return what a person did before now, in order."""
        return [
            act for act in own if act.time_us < self.calendar.now_us and wanted(act, selector, None)
        ]

    def _bearer(self, part: Condition, own: Sequence[Act]) -> Act:
        """Return an event that tells a person's property, or that of the account they have now."""
        if part.property.of == "person":
            return own[0]
        with_one = [
            act
            for act in own
            if act.time_us < self.calendar.now_us and act.text(_ACCOUNT) is not None
        ]
        return with_one[-1] if with_one else replace(own[0], texts={})

    def _inside(self, when: When | None, act: Act) -> bool:
        """Return whether something done before now lies in a window."""
        if when is None:
            return True
        if isinstance(when, Last):
            return act.time_us >= self._ago(when.last)
        span = resolve(when, self.calendar)
        started = when.from_ == "all" or act.time_us >= span.start_us
        return started and act.time_us < span.end_us

    def _ago(self, length: Length) -> int:
        if length.unit == "hour":
            return self.calendar.now_us - length.count * 3_600_000_000
        at = wall_clock(self.calendar.now_us, self.calendar).replace(tzinfo=None)
        if length.unit in ("day", "week"):
            at -= timedelta(days=length.count) * (7 if length.unit == "week" else 1)
        else:
            day = at.day
            for _ in range(length.count * (12 if length.unit == "year" else 1)):
                at = at.replace(day=1) - timedelta(days=1)
            while day < at.day:
                at -= timedelta(days=1)
        there = at.replace(tzinfo=self.calendar.zone).astimezone(UTC)
        return (there - _EPOCH) // timedelta(microseconds=1)


def _is_enough(amount: Amount, did: Sequence[Act]) -> bool:
    found: float = len(did)
    if amount.property is not None:
        texts = [text for act in did if (text := act.text(amount.property)) is not None]
        numbers = [number for text in texts if (number := number_of(text)) is not None]
        found = math.fsum(numbers) if amount.of == "sum" else len(set(texts))
    equal = abs(found - amount.value) <= 1e-9 * max(1.0, abs(amount.value))
    if amount.operator == "exactly":
        return equal
    more = found > amount.value
    return equal or (more if amount.operator == "at_least" else not more)
