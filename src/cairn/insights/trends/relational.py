"""The answer to a trend as relations: rank the groups, then measure group by bucket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cairn.insights.points import within
from cairn.insights.trends.combine import combined, lines_of
from cairn.insights.trends.grid import Grid, grid_of
from cairn.insights.trends.spec import (
    PERCENTILES,
    Series,
    TrendsLine,
    TrendsPoint,
    TrendsResult,
    TrendsSpec,
)
from cairn.query.filters import Group
from cairn.query.periods import Calendar, Span, previous
from cairn.query.relational import (
    Relation,
    RelationalEngine,
    number_in,
    scope_of,
    steps_up_to,
)

Persons = NDArray[np.int32]
Numbers = NDArray[np.float64]


def answer(
    spec: TrendsSpec, engine: RelationalEngine, span: Span, calendar: Calendar
) -> TrendsResult:
    """Measure every series in every bucket, for each group of the breakdown."""
    lines: list[TrendsLine] = []
    for index, series in enumerate(spec.series):
        asked = Asked.of(spec, series, engine, span, calendar)
        lines += lines_of(index, asked.groups, *asked.measured())
    earlier = None
    if spec.compare:
        alone = spec.model_copy(update={"compare": False})
        earlier = answer(alone, engine, previous(span, calendar), calendar)
    return TrendsResult(
        buckets=asked.grid.buckets.labels,
        lines=tuple(lines),
        formulas=combined(spec.formulas, lines, len(spec.series)),
        previous=earlier,
    )


def people(
    spec: TrendsSpec,
    point: TrendsPoint,
    engine: RelationalEngine,
    span: Span,
    calendar: Calendar,
) -> Persons:
    """Return the people with at least one event that counts for a point."""
    within(point.series, len(spec.series), "series")
    span = previous(span, calendar) if point.previous else span
    asked = Asked.of(spec, spec.series[point.series], engine, span, calendar)
    within(point.bucket, len(asked.grid.buckets), "points in time")
    if point.group not in asked.groups:
        return np.zeros(0, np.int32)
    counted = asked.counted(asked.groups.index(point.group), asked.grid.stretch(point.bucket))
    rows = asked.relation.rows(counted.order_by("person"))
    return np.asarray(rows["person"].to_numpy(), np.int32)


def chosen(spec: TrendsSpec, series: Series, relation: Relation) -> ir.Table:
    """Return time, person, value and number of each event of a series."""
    events = relation.events
    prop = series.measure.property
    value = ibis.null("string") if spec.breakdown is None else relation.text(spec.breakdown)
    number = ibis.null("float64") if prop is None else number_in(relation.text(prop))
    wanted = relation.selected(series, spec.filter)
    return events.filter(wanted).select("time", "person", value=value, number=number)


def ranking(spec: TrendsSpec, series: Series, relation: Relation, grid: Grid) -> ir.Table:
    """Return the largest values of the breakdown in order, one more than are shown."""
    events = chosen(spec, series, relation)
    size = (events.time >= grid.span.start_us).sum()
    if series.measure.of == "sum":
        size = events.number.sum().fill_null(0.0)
    sizes = events.group_by("value").aggregate(size=size)
    order = [sizes["size"].desc(), sizes.value.isnull(), sizes.value]
    return sizes.order_by(order).limit(spec.limit + 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """One series with its groups found."""

    spec: TrendsSpec
    series: Series
    relation: Relation
    grid: Grid
    groups: Sequence[Group | None]

    @classmethod
    def of(
        cls,
        spec: TrendsSpec,
        series: Series,
        engine: RelationalEngine,
        span: Span,
        calendar: Calendar,
    ) -> Asked:
        """Lay out the buckets and rank the values of the breakdown."""
        grid = grid_of(series.measure, span, spec.interval, calendar)
        extra = (spec.breakdown, series.measure.property)
        relation = Relation(scope_of((series,), spec.filter, extra, grid.reach), engine)
        if spec.breakdown is None:
            return cls(spec, series, relation, grid, [None])
        found = relation.rows(ranking(spec, series, relation, grid))["value"].to_pylist()
        groups: list[Group | None] = [Group(value=value) for value in found[: spec.limit]]
        if len(found) > spec.limit:
            groups.append(Group(other=True))
        return cls(spec, series, relation, grid, groups)

    def measured(self) -> tuple[Numbers, list[float | None]]:
        """Return the values, groups x buckets, and the total of each group."""
        of = self.series.measure.of
        if not self.groups:
            return np.zeros((0, len(self.grid.buckets))), []
        if self.series.measure.property is not None:
            return self._of_property()
        if self.grid.rolling:
            persons = self._values(self.windows().pipe(_people), "persons")
            return persons, _floats(persons[:, -1])
        inside = self.events()
        if of == "total":
            events = self._values(_events(inside, "group", "bucket"), "events")
            return events, _floats(events.sum(axis=1))
        persons = self._values(_people(inside), "persons")
        everyone = self._overall(_people(inside, "group"), "persons")
        if of == "persons":
            return persons, _floats(everyone)
        events = self._values(_events(inside, "group", "bucket"), "events")
        return _divided(events, persons), _floats(_divided(events.sum(axis=1), everyone))

    def events(self) -> ir.Table:
        """Return the events of the series that have a group, with the group and the bucket."""
        table = self._grouped()
        return table.mutate(bucket=steps_up_to(table.time, self.grid.closes.tolist()))

    def windows(self) -> ir.Table:
        """Return person, group and every bucket whose window holds an event of theirs."""
        table = self._grouped()
        first = steps_up_to(table.time, self.grid.closes.tolist())
        after = steps_up_to(table.time, self.grid.opens.tolist())
        pairs = table.select("person", "group", first=first, after=after)
        pairs = pairs.filter(pairs.first < pairs.after).distinct()
        return pairs.select("person", "group", bucket=ibis.range(pairs.first, pairs.after).unnest())

    def counted(self, group: int, stretch: Span) -> ir.Table:
        """Return who has an event of a group, in a stretch of time, that counts."""
        table = self._grouped()
        here = (table.time >= stretch.start_us) & (table.time < stretch.end_us)
        here &= table.group == group
        if self.series.measure.property is not None:
            here &= table.number.notnull()
        return table.filter(here).select("person").distinct()

    def _grouped(self) -> ir.Table:
        table = chosen(self.spec, self.series, self.relation)
        group: Any = ibis.literal(0, "int64")
        if self.groups != [None]:
            cases = []
            for index, shown in enumerate(self.groups):
                assert shown is not None
                if not shown.other:
                    value = table.value
                    same = value.isnull() if shown.value is None else value == shown.value
                    cases.append((same.fill_null(False), ibis.literal(index, "int64")))
            other = self.groups[-1] is not None and self.groups[-1].other
            rest = ibis.literal(len(self.groups) - 1 if other else -1, "int64")
            group = ibis.cases(*cases, else_=rest)
        table = table.mutate(group=group)
        return table.filter(table.group >= 0)

    def _of_property(self) -> tuple[Numbers, list[float | None]]:
        of = self.series.measure.of
        table = self.events()
        table = table.filter(table.number.notnull())
        totals: list[float | None] = []
        if of in PERCENTILES:
            cells = _interpolated(self._rows(_neighbours(table, of, "group", "bucket")))
            whole = _interpolated(self._rows(_neighbours(table, of, "group")))
        else:
            cells = self._rows(_reduced(table, of, "group", "bucket"))
            whole = self._rows(_reduced(table, of, "group"))
        values = self._placed(cells, "result")
        known = dict(zip(whole["group"].to_pylist(), whole["result"].to_pylist(), strict=True))
        for group in range(len(self.groups)):
            totals.append(known.get(group, 0.0 if of == "sum" else None))
        return values, totals

    def _rows(self, expression: ir.Table) -> pa.Table:
        return self.relation.rows(expression)

    def _values(self, expression: ir.Table, column: str) -> Numbers:
        return self._placed(self._rows(expression), column)

    def _overall(self, expression: ir.Table, column: str) -> Numbers:
        rows = self._rows(expression)
        out = np.zeros(len(self.groups))
        out[rows["group"].to_numpy()] = rows[column].to_numpy()
        return out

    def _placed(self, rows: pa.Table, column: str) -> Numbers:
        out = np.zeros((len(self.groups), len(self.grid.buckets)))
        out[rows["group"].to_numpy(), rows["bucket"].to_numpy()] = rows[column].to_numpy()
        return out


def _events(table: ir.Table, *keys: str) -> ir.Table:
    return table.group_by(*keys).aggregate(events=table.count())


def _people(table: ir.Table, *keys: str) -> ir.Table:
    keys = keys or ("group", "bucket")
    return table.group_by(*keys).aggregate(persons=table.person.nunique())


def _reduced(table: ir.Table, of: str, *keys: str) -> ir.Table:
    number = table.number
    result = {
        "sum": number.sum,
        "average": number.mean,
        "minimum": number.min,
        "maximum": number.max,
    }[of]()
    return table.group_by(*keys).aggregate(result=result)


def _neighbours(table: ir.Table, of: str, *keys: str) -> ir.Table:
    """Return the two values between which a percentile lies, and how far from the lower one.

    Engines disagree on what a quantile is; places in the order do not.
    """
    groups = [table[key] for key in keys]
    placed = table.mutate(
        place=ibis.row_number().over(group_by=groups, order_by=table.number),
        size=table.count().over(group_by=groups),
    )
    exact = (placed["size"] - 1).cast("float64") * PERCENTILES[of]
    below = exact.floor().cast("int64")
    above = ibis.least(below + 1, placed["size"] - 1)
    placed = placed.mutate(share=exact - below.cast("float64"), below=below, above=above)
    nothing = ibis.null("float64")
    return placed.group_by(*keys).aggregate(
        low=ibis.ifelse(placed.place == placed.below, placed.number, nothing).max(),
        high=ibis.ifelse(placed.place == placed.above, placed.number, nothing).max(),
        share=placed.share.max(),
    )


def _interpolated(rows: pa.Table) -> pa.Table:
    low, high, share = (rows[name].to_numpy() for name in ("low", "high", "share"))
    with np.errstate(over="ignore"):
        between = low + (high - low) * share
    return rows.append_column("result", pa.array(between, pa.float64()))


def _divided(above: Numbers, below: Numbers) -> Numbers:
    out = np.zeros(np.shape(above))
    np.divide(above, below, out=out, where=below > 0)
    return out


def _floats(totals: Numbers) -> list[float | None]:
    return [float(total) for total in totals]
