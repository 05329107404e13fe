"""A trend for a reader: lines over time."""

from __future__ import annotations

from collections.abc import Sequence

from cairn.insights.chart import Line, Lines, Unit
from cairn.insights.trends.formula import spelled_out
from cairn.insights.trends.spec import (
    ROLLING_DAYS,
    TrendsLine,
    TrendsPoint,
    TrendsResult,
    TrendsSpec,
)
from cairn.insights.view import Cell, Column, Table, View, group_label
from cairn.query.periods import Calendar, Span, buckets

DOCS = "/docs/insights/trends"
COUNTS = ("total", "persons", "daily_active", "weekly_active", "monthly_active")
_WORDS = {
    "total": "events",
    "persons": "people",
    "daily_active": "daily active people",
    "weekly_active": "weekly active people",
    "monthly_active": "monthly active people",
    "per_person": "events per person",
}


def view(spec: TrendsSpec, result: TrendsResult, span: Span, calendar: Calendar) -> View:
    """Show formulas if there are any, else every series; the comparison period beside it."""
    lines = _lines(spec, result, previous=False)
    if result.previous is not None:
        lines += _lines(spec, result.previous, previous=True)
    return View(
        sentence=_sentence(spec, lines),
        chart=Lines(
            interval=spec.interval,
            times=result.buckets,
            lines=tuple(lines),
            partial_from=_first_open(spec, span, calendar),
        ),
        table=_table(lines, result),
        notes=_notes(spec, result),
        docs=DOCS,
    )


def _first_open(spec: TrendsSpec, span: Span, calendar: Calendar) -> int | None:
    """Return the index of the first bucket that is not over yet."""
    closes = buckets(span, spec.interval, calendar).edges_us[1:]
    return next((b for b, close in enumerate(closes) if close > calendar.now_us), None)


def _lines(spec: TrendsSpec, result: TrendsResult, previous: bool) -> list[Line]:
    if spec.formulas:
        titles = [_title(spec, i) for i in range(len(spec.series))]
        labels = [spelled_out(text, titles) for text in spec.formulas]
        return [
            _line(labels[line.series], line, "number", None, previous)
            for of_formula in result.formulas
            for line in of_formula
        ]
    return [
        _line(
            _title(spec, line.series),
            line,
            "count" if spec.series[line.series].measure.of in COUNTS else "number",
            line.series,
            previous,
        )
        for line in result.lines
    ]


def _line(title: str, line: TrendsLine, unit: Unit, series: int | None, previous: bool) -> Line:
    """Draw a line; without a series, as for a formula, nobody stands behind its values."""
    label = title if line.group is None else f"{title}: {group_label(line.group)}"

    def point(bucket: int | None) -> TrendsPoint | None:
        if series is None:
            return None
        return TrendsPoint(series=series, bucket=bucket, group=line.group, previous=previous)

    return Line(
        label=f"{label} (period before)" if previous else label,
        values=line.values,
        total=line.total,
        points=tuple(point(bucket) for bucket in range(len(line.values))),
        total_point=point(None),
        unit=unit,
        previous=previous,
    )


def _title(spec: TrendsSpec, index: int) -> str:
    series = spec.series[index]
    if series.label:
        return series.label
    measure = series.measure
    if measure.property is not None:
        return f"{series.title}, {measure.of} of {measure.property.name}"
    return f"{series.title}, {_WORDS[measure.of]}"


def _sentence(spec: TrendsSpec, lines: Sequence[Line]) -> str:
    current = [line for line in lines if not line.previous]
    if not current or all(not any(line.values) for line in current):
        return "Nothing happened in this period."
    first = current[0]
    if first.total is None:
        return f"{first.label} over time."
    rolling = not spec.formulas and spec.series[0].measure.of in ROLLING_DAYS
    when = "at the end of the period" if rolling else "over the period"
    sentence = f"{first.label}: {_number(first.total)} {when}"
    before = next((line for line in lines if line.previous), None)
    if before is not None and before.total:
        change = first.total / before.total - 1
        sentence += f", {change:+.1%} against the period before"
    return sentence + "."


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _notes(spec: TrendsSpec, result: TrendsResult) -> tuple[str, ...]:
    notes = []
    if any(line.group is not None and line.group.other for line in result.lines):
        notes.append(
            f"The {spec.limit} largest groups are shown; Other holds all the rest, counted exactly."
        )
    if any(series.measure.of == "persons" for series in spec.series):
        notes.append("A person counts once in each bucket and once in the total.")
    return tuple(notes)


def _table(lines: Sequence[Line], result: TrendsResult) -> Table:
    columns = [Column(key="time", label="Time", unit="time")]
    columns += [
        Column(key=f"line_{i}", label=line.label, unit=line.unit) for i, line in enumerate(lines)
    ]
    if result.previous is not None:
        columns.insert(1, Column(key="time_before", label="Period before", unit="time"))
    rows: list[tuple[Cell, ...]] = []
    for b, label in enumerate(result.buckets):
        cells: list[Cell] = [label]
        if result.previous is not None:
            earlier = result.previous.buckets
            cells.append(earlier[b] if b < len(earlier) else None)
        cells += [line.values[b] if b < len(line.values) else None for line in lines]
        rows.append(tuple(cells))
    return Table(columns=tuple(columns), rows=tuple(rows))
