"""Adoption for a reader: a curve that rises over time, or bars of how many, how soon and how often."""

from __future__ import annotations

from cairn.insights.adoption.spec import (
    STAGES,
    AdoptionGroup,
    AdoptionPoint,
    AdoptionResult,
    AdoptionSpec,
)
from cairn.insights.chart import Bars, BarSeries, Line, Lines, Unit
from cairn.insights.question import NOUNS
from cairn.insights.unfinished import first_unfinished
from cairn.insights.view import Cell, Column, Table, View, group_label, plural, share
from cairn.query.periods import Calendar, Span, buckets

DOCS = "/docs/insights/adoption"


def view(spec: AdoptionSpec, result: AdoptionResult, span: Span, calendar: Calendar) -> View:
    """Show everyone, or each group of the breakdown, as shares of the people of the period."""
    groups = result.groups if spec.breakdown is not None else (result.total,)
    chart: Lines | Bars
    if spec.show == "curve":
        divided = buckets(span, spec.interval, calendar)
        chart = Lines(
            interval=spec.interval,
            times=result.buckets,
            lines=tuple(_line(result, group) for group in groups),
            partial_from=first_unfinished(divided, span, calendar),
        )
        table = _table("Time", "time", result.buckets, result, groups, [g.curve for g in groups])
    else:
        names = ("Adopted", f"In the first {_days(spec)}", "On two days or more")
        chart = Bars(
            title="Stage",
            categories=names,
            series=tuple(_bars(result, group) for group in groups),
        )
        counts = [_counts(group) for group in groups]
        table = _table("Stage", "text", names, result, groups, counts)
    return View(
        sentence=_sentence(spec, result), chart=chart, table=table, notes=_notes(spec), docs=DOCS
    )


def _counts(group: AdoptionGroup) -> tuple[int, ...]:
    return tuple(getattr(group, stage) for stage in STAGES)


def _line(result: AdoptionResult, group: AdoptionGroup) -> Line:
    return Line(
        label=group_label(group.group),
        values=tuple(share(count, result.persons) for count in group.curve),
        total=share(group.adopted, result.persons),
        points=tuple(
            AdoptionPoint(bucket=bucket, group=group.group) for bucket in range(len(group.curve))
        ),
        total_point=AdoptionPoint(group=group.group),
        unit="share",
    )


def _bars(result: AdoptionResult, group: AdoptionGroup) -> BarSeries:
    return BarSeries(
        label=group_label(group.group),
        values=tuple(share(count, result.persons) for count in _counts(group)),
        points=tuple(AdoptionPoint(stage=stage, group=group.group) for stage in STAGES),
        unit="share",
    )


def _table(
    title: str,
    unit: Unit,
    names: tuple[str, ...],
    result: AdoptionResult,
    groups: tuple[AdoptionGroup, ...],
    counts: list[tuple[int, ...]],
) -> Table:
    columns = [Column(key="row", label=title, unit=unit)]
    cells: list[tuple[Cell, ...]] = [names]
    for i, (group, numbers) in enumerate(zip(groups, counts, strict=True)):
        label = group_label(group.group)
        columns.append(Column(key=f"count_{i}", label=label, unit="count"))
        columns.append(Column(key=f"share_{i}", label=f"{label}, share", unit="share"))
        cells += [numbers, tuple(share(count, result.persons) for count in numbers)]
    return Table(columns=tuple(columns), rows=tuple(zip(*cells, strict=True)))


def _days(spec: AdoptionSpec) -> str:
    return plural(spec.early_days, "day", "days")


def _sentence(spec: AdoptionSpec, result: AdoptionResult) -> str:
    one, many = NOUNS[spec.actor]
    if not result.persons:
        return f"No {one} was {spec.among} in this period."
    whom = plural(result.persons, f"{spec.among} {one}", f"{spec.among} {many}")
    of = [count / result.persons for count in _counts(result.total)]
    return (
        f"{of[0]:.1%} of {whom} have used {spec.feature.title}: {of[1]:.1%} in their first "
        f"{_days(spec)}, {of[2]:.1%} on two days or more."
    )


def _notes(spec: AdoptionSpec) -> tuple[str, ...]:
    notes = ["Uses before the period count, too, so the curve need not start at zero."]
    if spec.breakdown is not None:
        notes.append(f"Groups are by {spec.breakdown.name} at the first use.")
    return tuple(notes)
