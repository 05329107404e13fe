"""The answer to a trend as relations: rank the groups, then measure group by bucket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cairn.insights.grouping import group_of_value, in_order
from cairn.insights.points import within
from cairn.insights.ranges import FARTHEST, Ranged, Ranges, Value, ranges_of, source
from cairn.insights.trends.combine import lines_of, result_of, with_hours
from cairn.insights.trends.grid import (
    HOUR_US,
    WEEK_US,
    Grid,
    compared,
    grid_of,
    week_clock,
    whole_of,
)
from cairn.insights.trends.sampling import (
    Errors,
    Shares,
    errors_of,
    errors_of_people,
    scaled,
)
from cairn.insights.trends.spec import (
    HOURS_OF_A_WEEK,
    PEOPLE,
    PERCENTILES,
    Series,
    TrendsLine,
    TrendsPoint,
    TrendsResult,
    TrendsSpec,
)
from cairn.model.event import IDENTITY_EVENTS
from cairn.query.filters import Group, Property
from cairn.query.periods import Calendar, Span
from cairn.query.relational import (
    ByActor,
    Relation,
    RelationalEngine,
    number_in,
    scope_of,
    steps_up_to,
)
from cairn.query.sampling import in_sample

Persons = NDArray[np.int32]
Numbers = NDArray[np.float64]
Cuts = dict[Ranged, Ranges]
_EVER = -(1 << 62)


def answer(
    spec: TrendsSpec, engine: RelationalEngine, span: Span, calendar: Calendar
) -> TrendsResult:
    """Measure every series in every bucket, for each group of the breakdown."""
    cuts = cuts_of(spec, engine, whole_of(spec, span, calendar))

    def during(span: Span) -> TrendsResult:
        lines: list[TrendsLine] = []
        for index, series in enumerate(spec.series):
            asked = Asked.of(spec, series, engine, cuts, span, calendar)
            values, totals = asked.measured()
            if spec.sample is None:
                lines += lines_of(index, asked.groups, values, totals)
                continue
            errors = asked.errors(spec.sample, values, totals)
            estimates = scaled(series.measure, spec.sample, values, totals)
            lines += lines_of(index, asked.groups, *estimates, errors)
        result = result_of(spec, asked.grid.buckets.labels, lines)
        return (
            with_hours(result, replace(asked, hours=True).measured()[0])
            if spec.show == "heat"
            else result
        )

    earlier = during(compared(spec, span, calendar)) if spec.compare else None
    return during(span).model_copy(update={"previous": earlier})


def people(
    spec: TrendsSpec,
    point: TrendsPoint,
    engine: RelationalEngine,
    span: Span,
    calendar: Calendar,
) -> Persons:
    """Return the people with at least one event that counts for a point."""
    within(point.series, len(spec.series), "series")
    cuts = cuts_of(spec, engine, whole_of(spec, span, calendar))
    span = compared(spec, span, calendar) if point.previous else span
    asked = Asked.of(spec, spec.series[point.series], engine, cuts, span, calendar)
    asked = replace(asked, relation=replace(asked.relation, engine=engine))
    within(point.bucket, len(asked.grid.buckets), "points in time")
    if point.group not in asked.groups:
        return np.zeros(0, np.int32)
    stretch = asked.grid.stretch(point.bucket)
    counted = asked.counted(asked.groups.index(point.group), stretch, point.hour)
    rows = asked.relation.rows(counted.order_by("person"))
    return np.asarray(rows["person"].to_numpy(), np.int32)


def cuts_of(spec: TrendsSpec, engine: RelationalEngine, span: Span) -> Cuts:
    """Return the ranges of a breakdown's numeric properties, as the events of a span suggest."""
    return {
        divider: ranges_of(divider, _distinct(spec, divider, engine, span))
        for divider in spec.dividers
        if isinstance(divider, Ranged)
    }


def _distinct(
    spec: TrendsSpec, divider: Ranged, engine: RelationalEngine, span: Span
) -> list[float]:
    """Return the different numbers that the events of any series have."""
    if divider.quantiles is None:
        return []
    scope = scope_of(spec.series, spec.filter, (source(divider),), span)
    relation = Relation(scope, engine)
    events = relation.events
    wanted = reduce(or_, [relation.selected(series, spec.filter) for series in spec.series])
    if spec.sample is not None:
        wanted &= in_sample(events.person.cast("int64"), spec.sample)
    chosen = events.filter(wanted)
    number = number_in(relation.text(source(divider)))
    found = chosen.select(number=number).distinct()
    rows = relation.rows(found.filter(found.number.notnull()))
    return [float(number) for number in rows["number"].to_pylist()]


def place_in(divider: Property, text: Any, cuts: Cuts) -> Any:
    """Return what divides events: the text of a property, or the place of its number's range."""
    if not isinstance(divider, Ranged):
        return text
    number = number_in(text)
    ranges = cuts[divider]
    if ranges.width is not None:
        widths = ibis.least(ibis.greatest(number / ranges.width, -float(FARTHEST)), float(FARTHEST))
        place: Any = widths.floor().cast("int64")
    else:
        cases = [
            (number >= cut, ibis.literal(above, "int64"))
            for above, cut in reversed(list(enumerate(ranges.cuts, 1)))
        ]
        place = ibis.cases(*cases, else_=ibis.literal(0, "int64")) if cases else 0
    return ibis.ifelse(number.isnull(), ibis.null("int64"), place).cast("int64")


def chosen(spec: TrendsSpec, series: Series, relation: Relation, cuts: Cuts) -> ir.Table:
    """Return time, person, values and what is measured of each event of a series."""
    events = relation.events
    measured = series.measure.reads()
    columns = {
        f"v{i}": place_in(divider, relation.text(source(divider)), cuts)
        for i, divider in enumerate(spec.dividers)
    }
    text = ibis.null("string") if measured is None else relation.text(measured)
    columns["text"] = text
    columns["number"] = number_in(text) if series.measure.takes_numbers() else ibis.null("float64")
    wanted = relation.selected(series, spec.filter)
    if spec.sample is not None:
        wanted &= in_sample(events.person.cast("int64"), spec.sample)
    if series.measure.of == "sessions":
        wanted &= events.event.notin(IDENTITY_EVENTS)
    if series.measure.of != "first_time":
        return events.filter(wanted).select("time", "person", **columns)
    named = events.filter(relation.named(series.event))
    named = named.select("seq", "time", "person", **columns, wanted=wanted)
    order = ibis.row_number().over(group_by="person", order_by=[named.time, named.seq])
    first = named.mutate(place=order)
    return first.filter((first.place == 0) & first.wanted).drop("seq", "place", "wanted")


def ranking(spec: TrendsSpec, series: Series, table: ir.Table, grid: Grid) -> ir.Table:
    """Return the largest values of the breakdown in order, one more than are shown."""
    keys = [f"v{i}" for i in range(len(spec.dividers))]
    table = table.filter(table.time >= grid.reach.start_us)
    size = (table.time >= grid.span.start_us).sum()
    if series.measure.of == "sum":
        size = table.number.sum().fill_null(0.0)
    sizes = table.group_by(keys).aggregate(size=size)
    order = [sizes["size"].desc()]
    for key in keys:
        order += [sizes[key].isnull(), sizes[key]]
    return sizes.order_by(order).limit(spec.rows + 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """One series with its groups found, and the values of those that have some.

    With `hours`, the buckets are the hours of a week, as the `clock` tells them.
    """

    spec: TrendsSpec
    series: Series
    relation: Relation
    cuts: Cuts
    grid: Grid
    groups: Sequence[Group | None]
    values: Sequence[tuple[str | int | None, ...]] = ()
    clock: Sequence[tuple[int, int]] = ()
    hours: bool = False

    @classmethod
    def of(
        cls,
        spec: TrendsSpec,
        series: Series,
        engine: RelationalEngine,
        cuts: Cuts,
        span: Span,
        calendar: Calendar,
    ) -> Asked:
        """Lay out the buckets and rank the values of the breakdown."""
        grid = grid_of(spec, series.measure, span, calendar)
        extra = (*map(source, spec.dividers), series.measure.reads())
        reach = grid.reach
        if series.measure.of == "first_time":
            reach = Span(_EVER, reach.end_us)
        if series.measure.of == "sessions":
            engine = ByActor(engine, "session")
        relation = Relation(scope_of((series,), spec.filter, extra, reach), engine)
        if not spec.dividers:
            clock = week_clock(grid.span, calendar) if spec.show == "heat" else ()
            return cls(spec, series, relation, cuts, grid, [None], clock=clock)
        table = chosen(spec, series, relation, cuts)
        rows = relation.rows(ranking(spec, series, table, grid))
        columns = [rows[f"v{i}"].to_pylist() for i in range(len(spec.dividers))]
        found = list(zip(*columns, strict=True))[: spec.rows]
        shown = [_spelled(spec, cuts, values) for values in found]
        groups: list[Group | None] = [group_of_value(value) for value in in_order(shown, shown)]
        if len(rows) > spec.rows:
            groups.append(Group(other=True))
        return cls(spec, series, relation, cuts, grid, groups, in_order(found, shown))

    def measured(self) -> tuple[Numbers, list[float | None]]:
        """Return the values, groups x buckets, and the total of each group."""
        measure = self.series.measure
        if not self.groups:
            return np.zeros((0, len(self.grid.buckets))), []
        if measure.takes_numbers():
            return self._of_numbers()
        if measure.reads() is not None:
            return self._distinct()
        if self.grid.rolling:
            persons = self._values(self.windows().pipe(_people), "persons")
            return persons, _floats(persons[:, -1])
        inside = self.events()
        if measure.of == "total":
            events = self._values(_events(inside, "group", "bucket"), "events")
            return self._accumulated(events), _floats(events.sum(axis=1))
        windows = self.windows() if self.spec.cumulative else inside
        persons = self._values(_people(windows), "persons")
        everyone = self._overall(_people(inside, "group"), "persons")
        if measure.of != "per_person":
            return persons, _floats(everyone)
        events = self._values(_events(inside, "group", "bucket"), "events")
        return _divided(events, persons), _floats(_divided(events.sum(axis=1), everyone))

    def errors(self, share: float, values: Numbers, totals: list[float | None]) -> Errors:
        """Return the standard errors of a sample's values and totals."""
        measure = self.series.measure
        if measure.of in PEOPLE or not self.groups:
            return errors_of_people(share, values, totals)
        table = self.events()
        if measure.reads() is None:
            table = table.mutate(number=ibis.literal(1.0, "float64"))
        table = table.filter(table.number.notnull())
        each = table.group_by("person", "group", "bucket")
        rows = self._rows(each.aggregate(events=table.count(), amount=table.number.sum()))
        whole = [rows[name].to_numpy().astype(np.int64) for name in ("person", "group", "bucket")]
        parts = [rows[name].to_numpy().astype(np.float64) for name in ("events", "amount")]
        shape = len(self.groups), len(self.grid.buckets)
        return errors_of(measure, share, Shares(*whole, *parts), shape, self.spec.cumulative)

    def _accumulated(self, values: Numbers) -> Numbers:
        return np.cumsum(values, axis=1) if self.spec.cumulative else values

    def events(self) -> ir.Table:
        """Return the events of the series that have a group, with the group and the bucket."""
        table = self._grouped()
        if self.hours:
            return table.mutate(bucket=self._hour(table.time))
        return table.mutate(bucket=steps_up_to(table.time, self.grid.closes.tolist()))

    def windows(self) -> ir.Table:
        """Return person, group and every bucket whose window holds an event of theirs."""
        table = self._grouped()
        first = steps_up_to(table.time, self.grid.closes.tolist())
        after = steps_up_to(table.time, self.grid.opens.tolist())
        pairs = table.select("person", "group", first=first, after=after)
        pairs = pairs.filter(pairs.first < pairs.after).distinct()
        return pairs.select("person", "group", bucket=ibis.range(pairs.first, pairs.after).unnest())

    def counted(self, group: int, stretch: Span, hour: int | None = None) -> ir.Table:
        """Return who has an event of a group, in a stretch of time or an hour of the week, that counts."""
        table = self._grouped()
        here = (table.time >= stretch.start_us) & (table.time < stretch.end_us)
        here &= table.group == group
        measure = self.series.measure
        if measure.reads() is not None:
            here &= (table.number if measure.takes_numbers() else table.text).notnull()
        if hour is not None:
            here &= self._hour(table.time) == hour
        return table.filter(here).select("person").distinct()

    def _hour(self, time: Any) -> Any:
        """Return the hour of the week of an instant."""
        (_, first), *changes = self.clock
        cases = [(time >= start, ibis.literal(s, "int64")) for start, s in reversed(changes)]
        first = ibis.literal(first, "int64")
        into = (time + (ibis.cases(*cases, else_=first) if cases else first)) % WEEK_US
        return ((into - into % HOUR_US) / HOUR_US).cast("int64")

    def _grouped(self) -> ir.Table:
        table = chosen(self.spec, self.series, self.relation, self.cuts)
        table = table.filter(table.time >= self.grid.reach.start_us)
        group: Any = ibis.literal(0, "int64")
        if self.groups != [None]:
            cases = []
            for index, values in enumerate(self.values):
                same = [
                    table[f"v{i}"].isnull() if value is None else table[f"v{i}"] == value
                    for i, value in enumerate(values)
                ]
                alike = reduce(and_, [part.fill_null(False) for part in same])
                cases.append((alike, ibis.literal(index, "int64")))
            rest = ibis.literal(len(self.values) if self._has_rest() else -1, "int64")
            group = ibis.cases(*cases, else_=rest)
        table = table.mutate(group=group)
        return table.filter(table.group >= 0)

    def _has_rest(self) -> bool:
        return len(self.groups) > len(self.values)

    def _distinct(self) -> tuple[Numbers, list[float | None]]:
        """Count the different values of a property."""
        table = self.events()
        table = table.filter(table.text.notnull())
        overall = self._overall(_different(table, "group"), "texts")
        if not self.spec.cumulative:
            return self._values(_different(table, "group", "bucket"), "texts"), _floats(overall)
        first = table.group_by("group", "text").aggregate(bucket=table.bucket.min())
        new = self._values(_events(first, "group", "bucket"), "events")
        return self._accumulated(new), _floats(overall)

    def _of_numbers(self) -> tuple[Numbers, list[float | None]]:
        """Reduce numbers of events, or of people, to one per cell and one per group."""
        measure = self.series.measure
        table = self.events()
        if measure.reads() is None:
            table = table.mutate(number=ibis.literal(1.0, "float64"))
        table = table.filter(table.number.notnull())
        by_bucket = by_group = table
        if measure.per == "person":
            by_bucket = _sums(table, "person", "group", "bucket")
            by_group = _sums(table, "person", "group")
        totals: list[float | None] = []
        if measure.of in PERCENTILES:
            cells = _interpolated(self._rows(_neighbours(by_bucket, measure.of, "group", "bucket")))
            whole = _interpolated(self._rows(_neighbours(by_group, measure.of, "group")))
        else:
            cells = self._rows(_reduced(by_bucket, measure.of, "group", "bucket"))
            whole = self._rows(_reduced(by_group, measure.of, "group"))
        values = self._placed(cells, "result")
        known = dict(zip(whole["group"].to_pylist(), whole["result"].to_pylist(), strict=True))
        for group in range(len(self.groups)):
            totals.append(known.get(group, 0.0 if measure.of == "sum" else None))
        return self._accumulated(values), totals

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
        width = HOURS_OF_A_WEEK if self.hours else len(self.grid.buckets)
        out = np.zeros((len(self.groups), width))
        out[rows["group"].to_numpy(), rows["bucket"].to_numpy()] = rows[column].to_numpy()
        return out


def _events(table: ir.Table, *keys: str) -> ir.Table:
    return table.group_by(*keys).aggregate(events=table.count())


def _different(table: ir.Table, *keys: str) -> ir.Table:
    return table.group_by(*keys).aggregate(texts=table.text.nunique())


def _sums(table: ir.Table, *keys: str) -> ir.Table:
    return table.group_by(*keys).aggregate(number=table.number.sum())


def _spelled(
    spec: TrendsSpec, cuts: Cuts, values: Sequence[str | int | None]
) -> Value | tuple[Value, ...]:
    """Return what rows of a relation call a value as readers see it."""
    spelled = tuple(
        cuts[divider].at(value)
        if isinstance(divider, Ranged) and isinstance(value, int)
        else str(value)
        if value is not None
        else None
        for divider, value in zip(spec.dividers, values, strict=True)
    )
    return spelled[0] if len(spelled) == 1 else spelled


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
