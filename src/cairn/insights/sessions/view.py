"""Sessions for a reader: a line over time, or bars by how they begin, end or last."""

from __future__ import annotations

from cairn.insights.chart import Bars, BarSeries, Chart, Line, Lines, Unit
from cairn.insights.sessions.spec import (
    BARS,
    SessionsLine,
    SessionsMeasure,
    SessionsPoint,
    SessionsResult,
    SessionsSpec,
)
from cairn.insights.view import Cell, Column, Table, View, group_label, plural
from cairn.query.periods import Calendar, Span, buckets

DOCS = "/docs/insights/sessions"

TITLES: dict[SessionsMeasure, tuple[str, Unit]] = {
    "sessions": ("Sessions", "count"),
    "average_length": ("Average length", "seconds"),
    "median_length": ("Median length", "seconds"),
    "p90_length": ("90th percentile of length", "seconds"),
    "events_per_session": ("Events per session", "number"),
    "bounce_rate": ("Bounce rate", "share"),
    "average_time_spent": ("Average time spent", "seconds"),
    "median_time_spent": ("Median time spent", "seconds"),
    "entries": ("Entries", "count"),
    "exits": ("Exits", "count"),
    "lengths": ("Lengths", "count"),
}


def view(spec: SessionsSpec, result: SessionsResult, span: Span, calendar: Calendar) -> View:
    """Show the measure of each group over time, or how many sessions each bar stands for."""
    return View(
        sentence=_sentence(spec, result),
        chart=_bars(spec, result) if spec.measure in BARS else _lines(spec, result, span, calendar),
        table=_table(spec, result),
        notes=(_note(spec),),
        docs=DOCS,
    )


def _note(spec: SessionsSpec) -> str:
    pause = plural(spec.pause_seconds, "second", "seconds")
    return f"A session that its client does not name ends with a pause of more than {pause}."


def _sentence(spec: SessionsSpec, result: SessionsResult) -> str:
    title, unit = TITLES[spec.measure]
    if spec.measure in BARS:
        if not result.lines:
            return "There are no sessions in this period."
        largest = max(result.lines, key=lambda line: line.total or 0)
        return (
            f"{title}: most are {group_label(largest.group)}, {largest.total or 0:,.0f} sessions."
        )
    if spec.breakdown is not None:
        return f"{title} by {spec.breakdown.name}."
    total = result.lines[0].total
    if total is None:
        return "There are no sessions in this period."
    said = {"share": f"{total:.1%}", "seconds": f"{total:,.0f} seconds", "count": f"{total:,.0f}"}
    return f"{title}: {said.get(unit, f'{total:,.1f}')}."


def _lines(spec: SessionsSpec, result: SessionsResult, span: Span, calendar: Calendar) -> Chart:
    closes = buckets(span, spec.interval, calendar).edges_us[1:]
    return Lines(
        interval=spec.interval,
        times=result.buckets,
        lines=tuple(_line(spec, line) for line in result.lines),
        partial_from=next((b for b, at in enumerate(closes) if at > calendar.now_us), None),
    )


def _line(spec: SessionsSpec, line: SessionsLine) -> Line:
    title, unit = TITLES[spec.measure]
    return Line(
        label=title if line.group is None else group_label(line.group),
        values=line.values,
        total=line.total,
        points=tuple(SessionsPoint(bucket=b, group=line.group) for b in range(len(line.values))),
        total_point=SessionsPoint(group=line.group),
        unit=unit,
    )


def _bars(spec: SessionsSpec, result: SessionsResult) -> Chart:
    return Bars(
        title=TITLES[spec.measure][0],
        categories=tuple(group_label(line.group) for line in result.lines),
        series=(
            BarSeries(
                label="Sessions",
                values=tuple(line.total for line in result.lines),
                points=tuple(SessionsPoint(group=line.group) for line in result.lines),
                unit="count",
            ),
        ),
    )


def _table(spec: SessionsSpec, result: SessionsResult) -> Table:
    title, unit = TITLES[spec.measure]
    rows: list[tuple[Cell, ...]]
    if spec.measure in BARS:
        rows = [(group_label(line.group), line.total) for line in result.lines]
        first = Column(key="group", label=title, unit="text")
        return Table(
            columns=(first, Column(key="sessions", label="Sessions", unit="count")),
            rows=tuple(rows),
        )
    columns = [
        Column(key=f"line_{i}", label=_line(spec, line).label, unit=unit)
        for i, line in enumerate(result.lines)
    ]
    rows = [
        (time, *(line.values[b] for line in result.lines)) for b, time in enumerate(result.buckets)
    ]
    return Table(
        columns=(Column(key="time", label="Time", unit="time"), *columns), rows=tuple(rows)
    )
