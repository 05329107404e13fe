"""A funnel for a reader: bars that shrink from step to step."""

from __future__ import annotations

from cairn.insights.chart import Bar, BarGroup, HistogramBar, Steps
from cairn.insights.funnel.spec import (
    FunnelGroup,
    FunnelPoint,
    FunnelResult,
    FunnelSpec,
)
from cairn.insights.view import Cell, Column, Table, View, group_label, plural, share
from cairn.query.periods import Calendar, Span

DOCS = "/docs/insights/funnel"


def view(spec: FunnelSpec, result: FunnelResult, span: Span, calendar: Calendar) -> View:
    """Show everyone, or each group of the breakdown, step by step."""
    titles = tuple(step.title for step in spec.steps)
    shown = result.groups if spec.breakdown is not None else (result.total,)
    return View(
        sentence=_sentence(titles, result.total),
        chart=Steps(steps=titles, groups=tuple(_bars(group) for group in shown)),
        table=_table(spec, titles, shown),
        notes=_notes(spec, result),
        docs=DOCS,
    )


def _sentence(titles: tuple[str, ...], total: FunnelGroup) -> str:
    first, last = total.steps[0].persons, total.steps[-1].persons
    if not first:
        return f"Nobody did {titles[0]} in this period."
    converted = share(last, first) or 0.0
    return (
        f"{last:,} of {plural(first, 'person', 'people')} who did {titles[0]} went on to "
        f"{titles[-1]}: {converted:.1%}."
    )


def _notes(spec: FunnelSpec, result: FunnelResult) -> tuple[str, ...]:
    window = spec.window
    notes = [
        "Steps two and later count within "
        + f"{plural(window.count, window.unit, window.unit + 's')} of step one."
    ]
    if any(group.group is not None and group.group.other for group in result.groups):
        notes.append(f"The {spec.limit} largest groups are shown; Other holds all the rest.")
    return tuple(notes)


def _bars(group: FunnelGroup) -> BarGroup:
    first = group.steps[0].persons
    bars = []
    for k, step in enumerate(group.steps):
        before = group.steps[k - 1].persons if k else None
        bars.append(
            Bar(
                persons=step.persons,
                share_of_first=share(step.persons, first),
                share_of_previous=None if before is None else share(step.persons, before),
                average_seconds=step.average_seconds,
                median_seconds=step.median_seconds,
                point=FunnelPoint(step=k, group=group.group),
                dropped_persons=0 if before is None else before - step.persons,
                dropped_point=FunnelPoint(step=k, dropped=True, group=group.group) if k else None,
            )
        )
    return BarGroup(
        label=group_label(group.group),
        bars=tuple(bars),
        average_seconds=group.average_seconds,
        median_seconds=group.median_seconds,
        histogram=tuple(HistogramBar(**dict(bin)) for bin in group.histogram),
    )


def _table(spec: FunnelSpec, titles: tuple[str, ...], groups: tuple[FunnelGroup, ...]) -> Table:
    columns = [
        Column(key="step", label="Step", unit="text"),
        Column(key="persons", label="People", unit="count"),
        Column(key="share_of_first", label="Of first step", unit="share"),
        Column(key="share_of_previous", label="Of previous step", unit="share"),
        Column(key="average_seconds", label="Average time", unit="seconds"),
        Column(key="median_seconds", label="Median time", unit="seconds"),
    ]
    if spec.breakdown is not None:
        columns.insert(0, Column(key="group", label=spec.breakdown.name, unit="text"))
    rows: list[tuple[Cell, ...]] = []
    for group in groups:
        bars = _bars(group)
        for title, bar in zip(titles, bars.bars, strict=True):
            row: tuple[Cell, ...] = (
                title,
                bar.persons,
                bar.share_of_first,
                bar.share_of_previous,
                bar.average_seconds,
                bar.median_seconds,
            )
            rows.append((bars.label, *row) if spec.breakdown is not None else row)
    return Table(columns=tuple(columns), rows=tuple(rows))
