"""Retention for a reader: a cohort per row, an interval since its start per column."""

from __future__ import annotations

from itertools import accumulate, pairwise

from cairn.insights.chart import Matrix, MatrixCell, MatrixGroup, MatrixRow
from cairn.insights.question import NOUNS
from cairn.insights.retention.spec import (
    RetentionGroup,
    RetentionPoint,
    RetentionResult,
    RetentionSpec,
)
from cairn.insights.retention.table import WINDOW_HOURS
from cairn.insights.view import (
    Cell,
    Column,
    Table,
    View,
    counted,
    group_label,
    plural,
    share,
)
from cairn.query.periods import Calendar, Span

DOCS = "/docs/insights/retention"


def view(spec: RetentionSpec, result: RetentionResult, span: Span, calendar: Calendar) -> View:
    """Show everyone, or each group of the breakdown, cohort by cohort."""
    shown = result.groups if spec.breakdown is not None else (result.total,)
    labels = tuple(_label(spec, *ends) for ends in _ends(spec))
    return View(
        sentence=_sentence(spec, result.total),
        chart=Matrix(
            interval=spec.interval,
            unit="number" if spec.measure.property else "share",
            columns=labels,
            groups=tuple(_rows(group) for group in shown),
        ),
        table=_table(spec, labels, shown),
        notes=_notes(spec),
        docs=DOCS,
    )


def _ends(spec: RetentionSpec) -> list[tuple[int, int]]:
    """Return the first and the last interval of each column."""
    return [(first, end - 1) for first, end in pairwise(accumulate(spec.lengths, initial=0))]


def _label(spec: RetentionSpec, first: int, last: int) -> str:
    name = spec.interval.capitalize()
    return f"{name} {first}" if first == last else f"{name}s {first}–{last}"


def _sentence(spec: RetentionSpec, total: RetentionGroup) -> str:
    size = sum(row.persons[0] for row in total.rows)
    start, returning = spec.start.title, (spec.returning or spec.start).title
    one = NOUNS[spec.actor][0]
    if not size:
        return f"{'Nobody' if spec.actor == 'person' else f'No {one}'} did {start} in this period."
    recurring = spec.cohort == "recurring"
    those = plural(size, "start", "starts") if recurring else counted(size, spec.actor)
    back = total.average[1]
    if back is None:
        if not any(row.complete > 1 and row.persons[0] for row in total.rows):
            return f"{those} of {start}; no {_label(spec, *_ends(spec)[1]).lower()} is over yet."
        return f"{those} of {start}; nobody did {returning} {_when(spec)}."
    times = f" at least {spec.minimum} times" if spec.minimum > 1 else ""
    if spec.measure.property is None:
        return f"{back:.1%} of {those} who did {start} did {returning}{times} {_when(spec)}."
    what = f"{back:,.6g} {spec.measure.property.name} of {returning}"
    if spec.measure.of == "sum":
        return f"Cohorts of {start} had {what} on average {_when(spec)}."
    who = "start" if recurring else one
    if spec.measure.of == "per_person":
        return f"Each of {those} who did {start} had {what} {_when(spec)}."
    return f"Each {who} that came back had {what} {_when(spec)}; {those} did {start}."


def _when(spec: RetentionSpec) -> str:
    """Return the words for the first column after the start."""
    first, last = _ends(spec)[1]
    if spec.clock == "rolling":
        hours = WINDOW_HOURS[spec.interval]
        when = f"{hours * first} to {hours * (last + 1)} hours after"
    elif first == last:
        when = f"the {spec.interval} after"
    else:
        when = f"{first} to {last} {spec.interval}s after"
    if spec.match == "on_or_after":
        return f"{when} or later"
    if spec.match == "on_or_before" and spec.measure.property is not None:
        return f"{when} or before"
    return when


def _notes(spec: RetentionSpec) -> tuple[str, ...]:
    one, _ = NOUNS[spec.actor]
    cohort = {
        "first_time": f"Each {one} is in one cohort, that of their first time ever.",
        "first_ever": f"Each {one} whose first {spec.start.event or 'event'} of all satisfies the "
        "filters is in one cohort.",
        "recurring": f"A {one} is in the cohort of every interval in which they start."
        if spec.actor != "account"
        else "An account is in the cohort of every interval in which it starts.",
    }[spec.cohort]
    weight = "those in the cell" if spec.measure.of == "average" else "size"
    average = (
        "The average leaves out intervals that are not over yet and weighs cohorts by "
        f"{weight}; in the mean each cohort weighs the same."
    )
    return (cohort, average)


def _rows(group: RetentionGroup) -> MatrixGroup:
    rows = []
    for r, row in enumerate(group.rows):
        size = row.persons[0]
        cells = tuple(
            MatrixCell(
                share=share(persons, size),
                value=row.values[column] if row.values else None,
                persons=persons,
                complete=column < row.complete,
                point=RetentionPoint(row=r, column=column, group=group.group),
            )
            for column, persons in enumerate(row.persons)
        )
        rows.append(MatrixRow(label=row.start, size=size, cells=cells))
    return MatrixGroup(
        label=group_label(group.group), average=group.average, mean=group.mean, rows=tuple(rows)
    )


def _table(
    spec: RetentionSpec, labels: tuple[str, ...], groups: tuple[RetentionGroup, ...]
) -> Table:
    measured = spec.measure.property is not None
    first = 0 if measured else 1
    many = NOUNS[spec.actor][1]
    columns = [
        Column(key="start", label="Cohort", unit="time"),
        Column(key=many, label=many.capitalize(), unit="count"),
        *(
            Column(
                key=f"{spec.interval}_{begin}",
                label=label,
                unit="number" if measured else "share",
            )
            for (begin, _), label in list(zip(_ends(spec), labels, strict=True))[first:]
        ),
    ]
    if spec.breakdown is not None:
        columns.insert(0, Column(key="group", label=spec.breakdown.name, unit="text"))
    rows: list[tuple[Cell, ...]] = []
    for group in groups:
        for row in group.rows:
            size = row.persons[0]
            shown = row.values if measured else tuple(share(n, size) for n in row.persons[1:])
            cells: tuple[Cell, ...] = (row.start, size, *shown)
            rows.append((group_label(group.group), *cells) if spec.breakdown is not None else cells)
    return Table(columns=tuple(columns), rows=tuple(rows))
