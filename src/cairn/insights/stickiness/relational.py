"""The answer to stickiness as a relation: everyone's number, then how many have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cairn.insights.entries import entries, grouped, numbered
from cairn.insights.points import within
from cairn.insights.stickiness.spec import StickinessPoint, StickinessResult, StickinessSpec
from cairn.insights.stickiness.table import (
    Counts,
    Frame,
    Shares,
    bounds,
    frame_of,
    result_of,
    shares_of,
)
from cairn.query.filters import Group, Selector
from cairn.query.periods import Calendar, Span
from cairn.query.relational import Relation, RelationalEngine, bucket_of, scope_of

Persons = NDArray[np.int32]


def answer(
    spec: StickinessSpec, engine: RelationalEngine, span: Span, calendar: Calendar
) -> StickinessResult:
    """Count people by the number of their intervals or events, or how many are sticky over time."""
    frame = frame_of(spec, span, calendar)
    asked = [Asked.of(spec, series, engine, frame) for series in spec.series]
    if spec.per:
        return shares_of(frame, [one.shares() for one in asked])
    return result_of(spec, frame, [one.counts() for one in asked])


def people(
    spec: StickinessSpec,
    point: StickinessPoint,
    engine: RelationalEngine,
    span: Span,
    calendar: Calendar,
) -> Persons:
    """Return those of a bar, or those who are sticky in a week or month."""
    within(point.series, len(spec.series), "series")
    frame = frame_of(spec, span, calendar)
    asked = Asked.of(spec, spec.series[point.series], engine, frame)
    if spec.per:
        within(point.index, len(frame.stretches), "points in time")
        table = asked.stretched()
        table = table.filter((table.stretch == point.index) & (table.amount >= spec.at_least))
    else:
        within(point.index, len(frame.starts), "bars")
        least, most = bounds(spec, frame, point.index)
        table = asked.amounts()
        table = table.filter((table.amount >= least) & (table.amount <= most))
    found = asked.relation.rows(asked.valued(table).select("person", "value").order_by("person"))
    who = np.asarray(found["person"].to_numpy(), np.int32)
    if spec.breakdown is None:
        return who if point.group is None else who[:0]
    group_of, groups = asked.groups()
    if point.group not in groups:
        return who[:0]
    inside = numbered(found["value"].to_pylist(), group_of) == groups.index(point.group)
    return np.compress(inside, who)


@dataclass(frozen=True, slots=True)
class Asked:
    """One series as a relation."""

    spec: StickinessSpec
    series: Selector
    relation: Relation
    frame: Frame

    @classmethod
    def of(
        cls, spec: StickinessSpec, series: Selector, engine: RelationalEngine, frame: Frame
    ) -> Asked:
        """Return the events that a series looks at."""
        scope = scope_of((series,), spec.filter, (spec.breakdown,), frame.span)
        return cls(spec, series, Relation(scope, engine), frame)

    def events(self) -> ir.Table:
        """Return the events that count, with their value and interval."""
        events, breakdown = self.relation.events, self.spec.breakdown
        value = ibis.null("string") if breakdown is None else self.relation.text(breakdown)
        wanted = self.relation.selected(self.series, self.spec.filter)
        interval = bucket_of(events.time, self.frame.edges[:-1].tolist())
        return events.filter(wanted).select("seq", "time", "person", value=value, interval=interval)

    def intervals(self) -> ir.Table:
        """Return the intervals in which a person has enough events."""
        table = self.events()
        table = table.group_by("person", "interval").aggregate(times=table.count())
        return table.filter(table.times >= self.spec.minimum)

    def amounts(self) -> ir.Table:
        """Return how many events, or intervals with enough events, everyone has."""
        table = self.events() if self.spec.of == "events" else self.intervals()
        return table.group_by("person").aggregate(amount=table.count())

    def stretched(self) -> ir.Table:
        """Return how many intervals with enough events everyone has in each stretch."""
        table = self.intervals()
        firsts = np.unique(self.frame.stretch_of, return_index=True)[1].tolist()
        table = table.mutate(stretch=bucket_of(table.interval, firsts))
        return table.group_by("person", "stretch").aggregate(amount=table.count())

    def valued(self, table: ir.Table) -> ir.Table:
        """Return people with their value of the breakdown."""
        if self.spec.breakdown is None:
            return table.mutate(value=ibis.null("string"))
        return table.join(entries(self.events()), "person")

    def groups(self) -> tuple[dict[str | None, int], list[Group]]:
        """Rank the values of the breakdown by how many people have them."""
        table = self.valued(self.amounts())
        sizes = self.relation.rows(table.group_by("value").aggregate(persons=table.count()))
        return grouped(sizes["value"].to_pylist(), sizes["persons"].to_pylist(), self.spec.limit)

    def counts(self) -> Counts:
        """Return how many people of each group have a number in each bin."""
        table = self.valued(self.amounts())
        rows = self.relation.rows(
            table.group_by("value", "amount").aggregate(persons=table.count())
        )
        group, groups = self._grouped(rows)
        amount, persons = rows["amount"].to_numpy(), rows["persons"].to_numpy()
        counts = Counts(
            groups,
            np.zeros((len(groups), len(self.frame.starts)), np.int64),
            np.zeros(len(groups), np.int64),
        )
        place = np.searchsorted(self.frame.starts, amount, side="right") - 1
        np.add.at(counts.persons, (group, place), persons)
        np.add.at(counts.amounts, group, amount * persons)
        return counts

    def shares(self) -> Shares:
        """Return how many people of each group are active, and sticky, in each stretch."""
        table = self.valued(self.stretched())
        enough = (table.amount >= self.spec.at_least).sum()
        sized = table.group_by("value", "stretch").aggregate(persons=table.count(), sticky=enough)
        rows = self.relation.rows(sized)
        group, groups = self._grouped(rows)
        shape = (len(groups), len(self.frame.stretches))
        shares = Shares(groups, np.zeros(shape, np.int64), np.zeros(shape, np.int64))
        place = (group, rows["stretch"].to_numpy())
        np.add.at(shares.active, place, rows["persons"].to_numpy())
        np.add.at(shares.sticky, place, rows["sticky"].to_numpy())
        return shares

    def _grouped(self, rows: pa.Table) -> tuple[Any, list[Group | None]]:
        if self.spec.breakdown is None:
            return np.zeros(len(rows), np.int64), [None]
        group_of, groups = self.groups()
        return numbered(rows["value"].to_pylist(), group_of), list(groups)
