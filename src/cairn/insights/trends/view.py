"""A trend for a reader: lines over time, or the chart that the question asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cairn.insights.chart import (
    Bars,
    BarSeries,
    Chart,
    Heat,
    Line,
    Lines,
    Number,
    Numbers,
    Place,
    Places,
    Unit,
)
from cairn.insights.question import NOUNS
from cairn.insights.trends.formula import spelled_out
from cairn.insights.trends.spec import (
    ROLLING_DAYS,
    Measure,
    Offset,
    TrendsLine,
    TrendsPoint,
    TrendsResult,
    TrendsSpec,
)
from cairn.insights.view import Cell, Column, Table, View, group_label
from cairn.query.filters import Group
from cairn.query.periods import Calendar, Span, buckets

DOCS = "/docs/insights/trends"
_WORDS = {
    "total": "events",
    "persons": "{people}",
    "first_time": "{people} for the first time",
    "daily_active": "daily active {people}",
    "weekly_active": "weekly active {people}",
    "active_28_days": "{people} active in 28 days",
    "monthly_active": "monthly active {people}",
    "per_person": "events per {person}",
    "sessions": "sessions",
    "accounts": "accounts",
}
COUNTS = tuple(of for of in (*_WORDS, "distinct") if of != "per_person")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line as it is drawn, with what it measures and of which group."""

    title: str
    group: Group | None
    line: Line
    errors: tuple[float | None, ...]
    total_error: float | None

    @property
    def key(self) -> tuple[str, Group | None]:
        """Return what a line has in common with that of the comparison period."""
        return self.title, self.group


def view(spec: TrendsSpec, result: TrendsResult, span: Span, calendar: Calendar) -> View:
    """Show formulas if there are any, else every series; the comparison period beside it."""
    drawn = _drawn(spec, result, previous=False)
    if result.previous is not None:
        drawn += _drawn(spec, result.previous, previous=True)
    chart = _chart(spec, result, drawn, span, calendar)
    return View(
        sentence=_sentence(spec, drawn),
        chart=chart,
        table=_table(spec, chart, drawn, result),
        table_first=spec.show == "table",
        notes=_notes(spec, result),
        docs=DOCS,
    )


def _chart(
    spec: TrendsSpec, result: TrendsResult, drawn: Sequence[Drawn], span: Span, calendar: Calendar
) -> Chart:
    if spec.show == "total":
        return _bars(spec, drawn)
    if spec.show == "number":
        return _numbers(drawn)
    if spec.show == "map":
        return _places(drawn)
    if spec.show == "heat":
        return _heat(spec, result, calendar)
    return Lines(
        interval=spec.interval,
        stacked=spec.show in ("area", "bars"),
        filled=spec.show == "area",
        times=result.buckets,
        lines=tuple(one.line for one in drawn),
        partial_from=_first_open(spec, span, calendar),
    )


def _first_open(spec: TrendsSpec, span: Span, calendar: Calendar) -> int | None:
    """Return the index of the first bucket that is not over yet."""
    closes = buckets(span, spec.interval, calendar).edges_us[1:]
    return next((b for b, close in enumerate(closes) if close > calendar.now_us), None)


def _drawn(spec: TrendsSpec, result: TrendsResult, previous: bool) -> list[Drawn]:
    titles = [_title(spec, i) for i in range(len(spec.series))]
    if spec.formulas:
        labels = [spelled_out(text, titles) for text in spec.formulas]
        return [
            _draw(spec, labels[line.series], line, "number", None, previous)
            for of_formula in result.formulas
            for line in of_formula
        ]
    return [
        _draw(spec, titles[line.series], line, _unit(spec, line.series), line.series, previous)
        for line in result.lines
    ]


def _unit(spec: TrendsSpec, series: int) -> Unit:
    exact = spec.moving_average is None and spec.sample is None
    return "count" if exact and spec.series[series].measure.of in COUNTS else "number"


def _draw(
    spec: TrendsSpec, title: str, line: TrendsLine, unit: Unit, series: int | None, previous: bool
) -> Drawn:
    """Draw a line; nobody stands behind the values of a formula, or behind an average of buckets."""
    label = title if line.group is None else f"{title}: {group_label(line.group)}"

    def point(bucket: int | None) -> TrendsPoint | None:
        if series is None or (bucket is not None and spec.moving_average is not None):
            return None
        return TrendsPoint(series=series, bucket=bucket, group=line.group, previous=previous)

    drawn = Line(
        label=f"{label} ({_before(spec)})" if previous else label,
        values=line.values,
        total=line.total,
        points=tuple(point(bucket) for bucket in range(len(line.values))),
        total_point=point(None),
        unit=unit,
        previous=previous,
    )
    return Drawn(title, line.group, drawn, line.errors, line.total_error)


def _before(spec: TrendsSpec) -> str:
    """Return the words for the comparison period."""
    if not isinstance(spec.compare, Offset):
        return "period before"
    count, unit = spec.compare.count, spec.compare.unit
    return f"{count} {unit if count == 1 else unit + 's'} before"


def _title(spec: TrendsSpec, index: int) -> str:
    series = spec.series[index]
    return series.label or f"{series.title}, {_words(spec, series.measure)}"


def _words(spec: TrendsSpec, measure: Measure) -> str:
    person, people = NOUNS[spec.actor]
    if measure.of == "distinct" and measure.property is not None:
        return f"different values of {measure.property.name}"
    if not measure.takes_numbers():
        return _WORDS[measure.of].format(person=person, people=people)
    what = "events" if measure.property is None else measure.property.name
    each = f" per {person}" if measure.per == "person" else ""
    return f"{measure.of} of {what}{each}"


def _bars(spec: TrendsSpec, drawn: Sequence[Drawn]) -> Bars:
    """Draw the total of each line; groups, or without them the series, are the categories."""
    divided = any(one.group is not None for one in drawn)

    def place(one: Drawn) -> tuple[str, str]:
        before = f" ({_before(spec)})" if one.line.previous else ""
        if divided:
            return group_label(one.group), one.title + before
        return one.title, f"Total{before}"

    categories = tuple(dict.fromkeys(place(one)[0] for one in drawn))
    bars = {place(one): one.line for one in drawn}
    series = []
    for label in dict.fromkeys(place(one)[1] for one in drawn):
        lines = [bars.get((category, label)) for category in categories]
        unit = next(line.unit for line in lines if line is not None)
        series.append(
            BarSeries(
                label=label,
                values=tuple(None if line is None else line.total for line in lines),
                points=tuple(None if line is None else line.total_point for line in lines),
                unit=unit,
            )
        )
    return Bars(title="Over the period", categories=categories, series=tuple(series))


def _numbers(drawn: Sequence[Drawn]) -> Numbers:
    before = {one.key: one.line.total for one in drawn if one.line.previous}
    return Numbers(
        numbers=tuple(
            Number(
                label=one.line.label,
                value=one.line.total,
                previous=before.get(one.key),
                unit=one.line.unit,
                point=one.line.total_point,
            )
            for one in drawn
            if not one.line.previous
        )
    )


def _places(drawn: Sequence[Drawn]) -> Places:
    places, elsewhere = [], 0.0
    current = [one for one in drawn if not one.line.previous]
    for one in current:
        code = one.group.value if one.group else None
        total = one.line.total or 0.0
        if code is not None and len(code) == 2 and code.isascii() and code.isalpha():
            places.append(Place(code=code.upper(), value=total, point=one.line.total_point))
        else:
            elsewhere += total
    return Places(
        title=current[0].title if current else "",
        places=tuple(places),
        elsewhere=elsewhere,
        unit=current[0].line.unit if current else "count",
    )


def _heat(spec: TrendsSpec, result: TrendsResult, calendar: Calendar) -> Heat:
    first = 6 if calendar.week_start == "sunday" else 0
    days = [(first + i) % 7 for i in range(7)]
    hours = [range(day * 24, day * 24 + 24) for day in days]
    return Heat(
        rows=tuple(DAYS[day] for day in days),
        columns=tuple(f"{hour:02}:00" for hour in range(24)),
        values=tuple(tuple(result.hours[hour] for hour in of_day) for of_day in hours),
        points=tuple(
            tuple(TrendsPoint(series=0, hour=hour) for hour in of_day) for of_day in hours
        ),
        unit=_unit(spec, 0),
    )


def _sentence(spec: TrendsSpec, drawn: Sequence[Drawn]) -> str:
    current = [one for one in drawn if not one.line.previous]
    if not current or all(not any(one.line.values) for one in current):
        return "Nothing happened in this period."
    first = current[0].line
    if first.total is None:
        return f"{first.label} over time."
    rolling = not spec.formulas and spec.series[0].measure.of in ROLLING_DAYS
    when = "at the end of the period" if rolling else "over the period"
    error = current[0].total_error
    about = "" if error is None else f" ± {_number(error)}"
    sentence = f"{first.label}: {_number(first.total)}{about} {when}"
    before = next((one.line for one in drawn if one.line.previous), None)
    if before is not None and before.total:
        change = first.total / before.total - 1
        against = _before(spec).replace("period before", "the period before")
        sentence += f", {change:+.1%} against {against}"
    return sentence + "."


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _notes(spec: TrendsSpec, result: TrendsResult) -> tuple[str, ...]:
    notes = []
    one, many = NOUNS[spec.actor]
    if any(line.group is not None and line.group.other for line in result.lines):
        notes.append(
            f"The {spec.rows} largest groups are shown; Other holds all the rest, counted exactly."
        )
    if any(series.measure.of == "persons" for series in spec.series) and not spec.cumulative:
        notes.append(f"Each {one} counts once in each interval and once in the total.")
    if spec.sample is not None:
        notes.append(
            f"Estimated from {spec.sample:.4g} of all people; ± is the standard error, within which two "
            "of three such estimates lie."
        )
    if spec.cumulative:
        notes.append(f"Values add up from the start of the period; {many} count once.")
    if spec.moving_average is not None:
        notes.append(
            f"Each value is the mean of the last {spec.moving_average} intervals, of fewer at the start."
        )
    return tuple(notes)


def _table(spec: TrendsSpec, chart: Chart, drawn: Sequence[Drawn], result: TrendsResult) -> Table:
    if isinstance(chart, Heat):
        return _heat_table(chart)
    if spec.show in ("total", "number", "map"):
        return _totals_table(spec, drawn)
    columns = [Column(key="time", label="Time", unit="time")]
    series: list[Sequence[float | None]] = []
    for i, one in enumerate(drawn):
        columns.append(Column(key=f"line_{i}", label=one.line.label, unit=one.line.unit))
        series.append(one.line.values)
        if one.errors:
            columns.append(Column(key=f"error_{i}", label=f"± {one.line.label}", unit="number"))
            series.append(one.errors)
    if result.previous is not None:
        label = _before(spec).capitalize()
        columns.insert(1, Column(key="time_before", label=label, unit="time"))
    rows: list[tuple[Cell, ...]] = []
    for b, label in enumerate(result.buckets):
        cells: list[Cell] = [label]
        if result.previous is not None:
            earlier = result.previous.buckets
            cells.append(earlier[b] if b < len(earlier) else None)
        cells += [values[b] if b < len(values) else None for values in series]
        rows.append(tuple(cells))
    return Table(columns=tuple(columns), rows=tuple(rows))


def _heat_table(heat: Heat) -> Table:
    columns = [Column(key="day", label="Day", unit="text")]
    columns += [
        Column(key=f"hour_{i}", label=h, unit=heat.unit) for i, h in enumerate(heat.columns)
    ]
    rows = [(day, *values) for day, values in zip(heat.rows, heat.values, strict=True)]
    return Table(columns=tuple(columns), rows=tuple(rows))


def _totals_table(spec: TrendsSpec, drawn: Sequence[Drawn]) -> Table:
    columns = [
        Column(key="what", label="What", unit="text"),
        Column(key="total", label="Total", unit="number"),
    ]
    if spec.sample is not None:
        columns.append(Column(key="error", label="± Total", unit="number"))
    if spec.compare:
        columns.append(Column(key="before", label=_before(spec).capitalize(), unit="number"))
    before = {one.key: one.line.total for one in drawn if one.line.previous}
    rows: list[tuple[Cell, ...]] = []
    for one in drawn:
        if not one.line.previous:
            cells: list[Cell] = [one.line.label, one.line.total]
            cells += [one.total_error] if spec.sample is not None else []
            cells += [before.get(one.key)] if spec.compare else []
            rows.append(tuple(cells))
    return Table(columns=tuple(columns), rows=tuple(rows))
