"""Questions as relations: what every relational answer is written in, for any SQL engine.

An engine shows the events of a question as one relation named `scoped`, with the columns

    seq     order of arrival        time    microseconds UTC
    event   its name                person  whose it is, after merges
    p0 …    the properties asked for, as text, resolved for event, person or account

and everything else is an Ibis expression over it. Text is read as in `cairn.query.filters`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_
from typing import Any, Protocol

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from cairn.model.actor import Actor
from cairn.model.event import IDENTITY_EVENTS
from cairn.model.values import text_of
from cairn.query.filters import (
    IN,
    NEGATIONS,
    All,
    Condition,
    Filter,
    InCohort,
    Property,
    Selector,
    number_of,
    properties_in,
)
from cairn.query.matching import matching_values
from cairn.query.periods import Span
from cairn.store.base import Known, RelationalStore
from cairn.store.scope import Scope

SCOPED = "scoped"

_SPACE = r"[\s\x0b\x{85}\p{Z}]*"
_NUMBER = rf"^{_SPACE}([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?){_SPACE}$"
_SPECIAL = frozenset(r"\.+*?()|[]{}^$-#&~")


def scope_of(
    selectors: Iterable[Selector],
    filter: Filter | None,
    extra: Iterable[Property | None],
    span: Span,
) -> Scope:
    """Return the smallest scope that selectors, a filter and further properties need."""
    selectors = tuple(selectors)
    needed = [prop for prop in extra if prop is not None]
    needed += properties_in(filter)
    for selector in selectors:
        needed += properties_in(selector.filter)
    named = frozenset(selector.event for selector in selectors if selector.event is not None)
    return Scope(
        tuple(dict.fromkeys(needed)),
        None if None in [selector.event for selector in selectors] else named,
        span.start_us,
        span.end_us,
        without=frozenset(IDENTITY_EVENTS) - named,
    )


class RelationalEngine(Protocol):
    """A store that answers SQL: its dialect, its events in scope, and a way to run a query."""

    @property
    def dialect(self) -> str:
        """Return the name by which Ibis knows the engine's SQL."""

    def scoped_sql(self, scope: Scope) -> str:
        """Return a SELECT with exactly the columns seq, time, event, person, p0 … of the scope."""

    def sql(self, query: str) -> pa.Table:
        """Run a read-only query and return its rows."""


@dataclass(frozen=True, slots=True)
class ByActor:
    """An engine that shows the number of whoever acts in place of the person's."""

    engine: RelationalEngine
    actor: Actor

    @property
    def dialect(self) -> str:
        """Return the name by which Ibis knows the engine's SQL."""
        return self.engine.dialect

    def scoped_sql(self, scope: Scope) -> str:
        """Return the events in scope, by actor."""
        return self.engine.scoped_sql(replace(scope, actor=self.actor))

    def sql(self, query: str) -> pa.Table:
        """Run a read-only query and return its rows."""
        return self.engine.sql(query)


class Recorded:
    """A store that remembers the queries it runs."""

    def __init__(self, store: RelationalStore) -> None:
        """Run everything on this store."""
        self.store = store
        self.dialect = store.dialect
        self.data_version, self.fresh_until_us = store.data_version, store.fresh_until_us
        self.statements: list[str] = []

    def scoped_sql(self, scope: Scope) -> str:
        """Return the events in scope."""
        return self.store.scoped_sql(scope)

    def sql(self, query: str) -> pa.Table:
        """Run a read-only query and return its rows."""
        self.statements.append(query)
        return self.store.sql(query)

    def who(self, distinct_ids: Sequence[str]) -> dict[str, Known]:
        """Return the person behind each distinct id that is known."""
        return self.store.who(distinct_ids)

    def first_event_us(self) -> int | None:
        """Return the time of the earliest event."""
        return self.store.first_event_us()


@dataclass(frozen=True, slots=True)
class Relation:
    """The events in scope as an Ibis table, with the words to ask about them."""

    scope: Scope
    engine: RelationalEngine

    @property
    def events(self) -> ir.Table:
        """Return the events in scope, unbound."""
        columns = {
            "seq": "int64",
            "time": "int64",
            "event": "string",
            "person": "int32",
        }
        columns |= {f"p{i}": "string" for i in range(len(self.scope.properties))}
        return ibis.table(columns, name=SCOPED)

    def text(self, prop: Property) -> Any:
        """Return a property as a column of text."""
        return self.events[f"p{self.scope.properties.index(prop)}"]

    def selected(self, selector: Selector, filter: Filter | None = None) -> Any:
        """Return whether an event is one that a selector and a filter mean."""
        parts = [self.named(selector.event)]
        parts += [self.holds(part) for part in (selector.filter, filter) if part is not None]
        return reduce(and_, parts)

    def named(self, event: str | None) -> Any:
        """Return whether an event has a name; None is any that is something a person did."""
        name: Any = self.events.event
        return name.notin(IDENTITY_EVENTS) if event is None else name == event

    def holds(self, filter: Filter) -> Any:
        """Return a filter as a condition that is true or false, never null.

        Raises InvalidInput when a pattern cannot be read.
        """
        if isinstance(filter, Condition):
            return compiled(filter, self.text(filter.property))
        if isinstance(filter, InCohort):
            return (self.text(filter.property) == IN) == filter.in_
        if isinstance(filter, All):
            return reduce(and_, map(self.holds, filter.all), ibis.literal(True))
        return reduce(or_, map(self.holds, filter.any), ibis.literal(False))

    def rows(self, expression: ir.Table) -> pa.Table:
        """Run an expression over the events in scope."""
        return self.engine.sql(self.query(expression))

    def query(self, expression: ir.Table) -> str:
        """Return the SQL text of an expression, with the events in scope as its first relation."""
        text = str(ibis.to_sql(expression, dialect=self.engine.dialect))
        start = f"WITH {SCOPED} AS ({self.engine.scoped_sql(self.scope)})"
        return f"{start}, {text[5:]}" if text.startswith("WITH ") else f"{start} {text}"


def compiled(condition: Condition, text: Any) -> Any:
    """Return a condition on a column of text; null is a missing value."""
    operator = condition.operator
    if operator in NEGATIONS:
        positive = condition.model_copy(update={"operator": NEGATIONS[operator]})
        return ~compiled(positive, text)
    if operator == "is_set":
        return text.notnull()
    wanted = [text_of(value) or "" for value in condition.values]
    if operator == "is":
        return text.isin(wanted).fill_null(False)
    if operator == "contains":
        parts = [text.re_search("(?i)" + literally(value)) for value in wanted]
    elif operator == "matches":
        matching_values(condition, [""])
        parts = [text.re_search(f"(?-s){value}") for value in wanted]
    else:
        number = number_in(text)
        limits = [number_of(value) or 0.0 for value in wanted]
        compare = {
            "greater": number.__gt__,
            "at_least": number.__ge__,
            "less": number.__lt__,
            "at_most": number.__le__,
        }[operator]
        parts = [compare(limit) for limit in limits]
    return reduce(or_, [part.fill_null(False) for part in parts])


def literally(text: str) -> str:
    """Return the RE2 pattern that matches a text itself.

    >>> literally("5% (net)")
    '5% \\\\(net\\\\)'
    """
    return "".join("\\" + char if char in _SPECIAL else char for char in text)


def number_in(text: Any) -> Any:
    """Return the number that a column of text spells, null where it spells none."""
    known = text.fill_null("")
    spelled = ibis.ifelse(known.re_search(_NUMBER), known.re_extract(_NUMBER, 1), ibis.null())
    number = spelled.cast("string").try_cast("float64")
    return ibis.ifelse(number.abs() < float("inf"), number, ibis.null()).cast("float64")


def steps_up_to(time: Any, rises: Sequence[int]) -> Any:
    """Return how many of the ascending instants lie at or before a time, as a column.

    Instants at equal distances share one division, so that a year of days is a handful of branches
    (one per change of the clocks) rather than 365.
    """
    points: list[tuple[int, int]] = []
    for count, rise in enumerate(rises, 1):
        if points and points[-1][0] == rise:
            points[-1] = (rise, count)
        else:
            points.append((rise, count))
    runs: list[tuple[int, int, int, int]] = []
    i = 0
    while i < len(points):
        j = i
        width = growth = 0
        if i + 1 < len(points):
            width, growth = (
                points[i + 1][0] - points[i][0],
                points[i + 1][1] - points[i][1],
            )
            while j + 1 < len(points) and (
                points[j + 1][0] - points[j][0] == width
                and points[j + 1][1] - points[j][1] == growth
            ):
                j += 1
        runs.append((points[i][0], points[i][1], width, growth if j > i + 1 else 0))
        i = max(j, i + 1)
    return _branch(time, runs, ibis.literal(0, "int64"))


def bucket_of(time: Any, edges: Sequence[int]) -> Any:
    """Return the index of the bucket that holds a time; -1 before the first edge."""
    return steps_up_to(time, edges) - 1


def _branch(time: Any, runs: Sequence[tuple[int, int, int, int]], before: Any) -> Any:
    """Return the count of the run that holds a time, halving the runs at each test."""
    if not runs:
        return before
    middle = len(runs) // 2
    start, count, width, growth = runs[middle]
    here: Any = ibis.literal(count, "int64")
    if growth:
        passed = time - start
        whole = ((passed - passed % width) / width).cast("int64")
        here = here + whole * growth
    return ibis.ifelse(
        time >= start,
        _branch(time, runs[middle + 1 :], here),
        _branch(time, runs[:middle], before),
    )
