"""Stickiness for a reader: bars of people by their number of days, or shares over time."""

from __future__ import annotations

from cairn.insights.chart import Bars, BarSeries, Line, Lines
from cairn.insights.stickiness.spec import (
    StickinessBin,
    StickinessLine,
    StickinessPoint,
    StickinessResult,
    StickinessShares,
    StickinessSpec,
)
from cairn.insights.unfinished import first_unfinished
from cairn.insights.view import Cell, Column, Table, View, counted, group_label
from cairn.query.filters import Group
from cairn.query.periods import Calendar, Span, buckets

DOCS = "/docs/insights/stickiness"


def view(spec: StickinessSpec, result: StickinessResult, span: Span, calendar: Calendar) -> View:
    """Show how many people have each number, or what share is sticky over time."""
    if spec.per:
        return _over_time(spec, result, span, calendar)
    title = "Events" if spec.of == "events" else f"{spec.interval.capitalize()}s"
    labels = tuple(map(_bin_label, result.bins))
    series = tuple(_bars(spec, line) for line in result.lines)
    columns = (
        Column(key="number", label=title, unit="text"),
        *(Column(key=f"line_{i}", label=s.label, unit=s.unit) for i, s in enumerate(series)),
    )
    rows = zip(labels, *(line.persons for line in result.lines), strict=True)
    return View(
        sentence=_sentence(spec, result),
        chart=Bars(title=title, categories=labels, series=series),
        table=Table(columns=columns, rows=tuple(rows)),
        notes=_notes(spec),
        docs=DOCS,
    )


def _bars(spec: StickinessSpec, line: StickinessLine) -> BarSeries:
    return BarSeries(
        label=_label(spec, line.series, line.group),
        values=tuple(map(float, line.persons)),
        points=tuple(
            StickinessPoint(series=line.series, index=index, group=line.group)
            for index in range(len(line.persons))
        ),
        unit="count",
    )


def _bin_label(bin: StickinessBin) -> str:
    if bin.last is None:
        return f"{bin.first:,}+"
    return f"{bin.first:,}" if bin.first == bin.last else f"{bin.first:,}-{bin.last:,}"


def _label(spec: StickinessSpec, series: int, group: Group | None) -> str:
    title = spec.series[series].title
    return title if group is None else f"{title}: {group_label(group)}"


def _sentence(spec: StickinessSpec, result: StickinessResult) -> str:
    first = [line for line in result.lines if line.series == 0]
    actors = sum(line.actors for line in first)
    title = spec.series[0].title
    if not actors:
        return f"Nobody did {title} in this period."
    average = sum((line.average or 0.0) * line.actors for line in first) / actors
    many = f"{counted(actors, spec.actor)} did {title}"
    if spec.of == "events":
        return f"{many}, {average:,.1f} times on average."
    return f"{many}, in {average:,.1f} of {len(result.bins)} {spec.interval}s on average."


def _notes(spec: StickinessSpec) -> tuple[str, ...]:
    notes = []
    if spec.cumulative:
        notes.append("Each bar counts those with so many or more.")
    if spec.minimum > 1:
        notes.append(f"A {spec.interval} counts from {spec.minimum:,} events in it on.")
    return tuple(notes)


def _over_time(
    spec: StickinessSpec, result: StickinessResult, span: Span, calendar: Calendar
) -> View:
    assert spec.per is not None
    lines = [_line(spec, shares) for shares in result.shares]
    columns = [Column(key="time", label="Time", unit="time")]
    cells: list[tuple[Cell, ...]] = [result.times]
    for i, (shares, line) in enumerate(zip(result.shares, lines, strict=True)):
        columns.append(Column(key=f"active_{i}", label=f"{line.label}, active", unit="count"))
        columns.append(Column(key=f"line_{i}", label=line.label, unit="share"))
        cells += [shares.active, shares.share]
    open_from = first_unfinished(buckets(span, spec.per, calendar), span, calendar)
    return View(
        sentence=_latest(spec, result, open_from),
        chart=Lines(
            interval=spec.per, times=result.times, lines=tuple(lines), partial_from=open_from
        ),
        table=Table(columns=tuple(columns), rows=tuple(zip(*cells, strict=True))),
        notes=_notes(spec),
        docs=DOCS,
    )


def _line(spec: StickinessSpec, shares: StickinessShares) -> Line:
    return Line(
        label=_label(spec, shares.series, shares.group),
        values=shares.share,
        total=None,
        points=tuple(
            StickinessPoint(series=shares.series, index=index, group=shares.group)
            for index in range(len(shares.share))
        ),
        total_point=None,
        unit="share",
    )


def _latest(spec: StickinessSpec, result: StickinessResult, open_from: int | None) -> str:
    over = len(result.times) if open_from is None else open_from
    if not over:
        return f"No {spec.per} of this period is over yet."
    first = [shares for shares in result.shares if shares.series == 0]
    active = sum(shares.active[over - 1] for shares in first)
    sticky = sum(shares.sticky[over - 1] for shares in first)
    if not active:
        return f"Nobody did {spec.series[0].title} in the last full {spec.per}."
    return (
        f"In the last full {spec.per}, {sticky / active:.1%} of {counted(active, spec.actor)} who did "
        f"{spec.series[0].title} did so in {spec.at_least} or more {spec.interval}s."
    )
