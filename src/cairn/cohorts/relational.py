"""Who is in a cohort, as one SELECT over the events of any SQL engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from cairn.cohorts.kernel import Persons, limits
from cairn.cohorts.windows import BEGINNING_US, END_US, ago, span_of
from cairn.query.cohort import (
    AllOf,
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
from cairn.query.filters import IN, OUT, Condition, InCohort, Property, Selector
from cairn.query.periods import Calendar, Span
from cairn.query.relational import Relation, RelationalEngine, compiled, number_in, scope_of
from cairn.store.scope import Scope

_ACCOUNT = Property(name="$account")


@dataclass(frozen=True, slots=True)
class WithCohorts:
    """An engine whose events also say which cohorts their people are in.

    `members` returns the SELECT of the people in a cohort, by its name.
    """

    engine: RelationalEngine
    members: Callable[[str], str]

    @property
    def dialect(self) -> str:
        """Return the name by which Ibis knows the engine's SQL."""
        return self.engine.dialect

    def scoped_sql(self, scope: Scope) -> str:
        """Return the events in scope; a cohort among the properties is `in` or `out`."""
        inner = tuple(prop for prop in scope.properties if prop.of != "cohort")
        if len(inner) == len(scope.properties):
            return self.engine.scoped_sql(scope)
        shown = iter(range(len(inner)))
        columns = ""
        for i, prop in enumerate(scope.properties):
            text = self._text(prop.name, scope) if prop.of == "cohort" else f"acts.p{next(shown)}"
            columns += f", {text} AS p{i}"
        events = self.engine.scoped_sql(replace(scope, properties=inner))
        return f"SELECT seq, time, event, person{columns} FROM ({events}) AS acts"

    def sql(self, query: str) -> pa.Table:
        """Run a read-only query and return its rows."""
        return self.engine.sql(query)

    def _text(self, name: str, scope: Scope) -> str:
        key, members = "person", self.members(name)
        if scope.actor != "person":
            own = self.engine.scoped_sql(replace(scope, properties=(), actor="person"))
            members = f"SELECT seq FROM ({own}) AS own WHERE person IN ({members})"
            key = "seq"
        return f"CASE WHEN {key} IN ({members}) THEN '{IN}' ELSE '{OUT}' END"


def _everything(*properties: Property, until_us: int = END_US) -> Scope:
    """Return the scope of all events, also of those that only say who someone is."""
    return Scope(properties, None, BEGINNING_US, until_us, without=frozenset())


def members(
    definition: Definition, engine: WithCohorts, calendar: Calendar, persons: Persons
) -> str:
    """Return a SELECT of the people in a cohort, in a column `person`."""
    everything = engine.scoped_sql(_everything())
    wanted = _Asked(engine, calendar, persons).condition(definition)
    return f"SELECT DISTINCT person FROM ({everything}) AS everyone WHERE {wanted}"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A cohort asked as conditions on a column `person`."""

    engine: WithCohorts
    calendar: Calendar
    persons: Persons

    def condition(self, part: Definition) -> str:
        """Return whether a person is in a part of the definition."""
        if isinstance(part, AllOf):
            return _joined("AND", [self.condition(inner) for inner in part.all], "1 = 1")
        if isinstance(part, AnyOf):
            return _joined("OR", [self.condition(inner) for inner in part.any], "1 = 0")
        if isinstance(part, Not):
            return f"NOT ({self.condition(part.not_)})"
        if isinstance(part, InCohort):
            return f"person {'' if part.in_ else 'NOT '}IN ({self.engine.members(part.name)})"
        if isinstance(part, Listed):
            return _listed(sorted(set(self.persons(part.ids))))
        if isinstance(part, Condition):
            relation, found = self._who_are(part)
        elif isinstance(part, Did):
            relation, found = self._did(part)
        elif isinstance(part, Then):
            relation, found = self._then(part)
        else:
            relation, found = self._at_times(part)
        return f"person IN ({relation.query(found.select('person'))})"

    def _relation(
        self, span: Span, *selectors: Selector, extra: Sequence[Property | None] = ()
    ) -> Relation:
        return Relation(scope_of(selectors, None, extra, span), self.engine)

    def _who_are(self, part: Condition) -> tuple[Relation, ir.Table]:
        prop = part.property
        if prop.of == "person":
            relation = Relation(_everything(prop), self.engine)
            return relation, relation.events.filter(relation.holds(part)).distinct()
        scope = _everything(_ACCOUNT, prop, until_us=self.calendar.now_us)
        relation = Relation(scope, self.engine)
        events = relation.events
        order = [events.p0.isnull(), events.time.desc(), events.seq.desc()]
        last = ibis.row_number().over(group_by=events.person, order_by=order)
        placed = events.select("person", value=events.p1, place=last)
        return relation, placed.filter((placed.place == 0) & compiled(part, placed.value))

    def _did(self, part: Did) -> tuple[Relation, ir.Table]:
        amount = part.amount
        span = span_of(part.within, self.calendar)
        relation = self._relation(span, part.did, extra=(amount.property,))
        events = relation.events.filter(relation.selected(part.did))
        found: Any = events.count()
        if amount.property is not None:
            text = events[relation.text(amount.property).get_name()]
            found = text.nunique()
            if amount.of == "sum":
                found = number_in(text).sum().fill_null(0.0)
        each = events.group_by("person").aggregate(found=found)
        least, most = limits(amount)
        if amount.operator != "at_most":
            each = each.filter(each.found >= least)
        if amount.operator != "at_least":
            each = each.filter(each.found <= most)
        return relation, each

    def _then(self, part: Then) -> tuple[Relation, ir.Table]:
        relation = self._relation(span_of(part.within, self.calendar), part.start, part.then)
        events = relation.events.select(
            "person",
            "time",
            starts=relation.selected(part.start),
            ends=relation.selected(part.then),
        )
        instants = events.group_by("person", "time").aggregate(
            starts=events.starts.any(), ends=events.ends.any()
        )
        began = ibis.ifelse(instants.starts, instants.time, ibis.null("int64"))
        earlier = ibis.window(group_by=instants.person, order_by=instants.time, preceding=(None, 1))
        placed = instants.mutate(since=began.max().over(earlier))
        wanted = placed.ends & placed.since.notnull()
        if part.gap is not None:
            wanted = wanted & (placed.time - placed.since <= part.gap.microseconds)
        return relation, placed.filter(wanted).select("person").distinct()

    def _at_times(self, part: First | Stopped | Resumed) -> tuple[Relation, ir.Table]:
        now = self.calendar.now_us
        if isinstance(part, First):
            span = span_of(part.within, self.calendar)
            relation, events = self._times(part.first, Span(BEGINNING_US, span.end_us))
            each = events.group_by("person").aggregate(first=events.time.min())
            return relation, each.filter(each["first"] >= span.start_us)
        quiet = ago(part.quiet, self.calendar)
        if isinstance(part, Stopped):
            active = Span(ago(part.active, self.calendar), now)
            relation, events = self._times(part.stopped, active)
            each = events.group_by("person").aggregate(last=events.time.max())
            return relation, each.filter(each["last"] < quiet)
        again = ago(part.again, self.calendar)
        relation, events = self._times(part.resumed, Span(BEGINNING_US, now))
        each = events.group_by("person").aggregate(
            early=(events.time < quiet).sum(),
            late=(events.time >= again).sum(),
            all=events.count(),
        )
        return relation, each.filter(
            (each.early > 0) & (each.late > 0) & (each.early + each.late == each.all)
        )

    def _times(self, selector: Selector, span: Span) -> tuple[Relation, ir.Table]:
        relation = self._relation(span, selector)
        return relation, relation.events.filter(relation.selected(selector))


def _joined(word: str, parts: Sequence[str], empty: str) -> str:
    return f" {word} ".join(f"({part})" for part in parts) if parts else empty


def _listed(persons: Sequence[int]) -> str:
    return f"person IN ({', '.join(map(str, persons))})" if persons else "1 = 0"
