"""Retention for a reader: a cohort per row, an interval since its start per column."""

from __future__ import annotations

from cairn.insights.chart import Matrix, MatrixCell, MatrixGroup, MatrixRow
from cairn.insights.retention.spec import (
    RetentionGroup,
    RetentionPoint,
    RetentionResult,
    RetentionSpec,
)
from cairn.insights.view import Cell, Column, Table, View, group_label, plural, share
from cairn.query.periods import Calendar, Span

DOCS = "/docs/insights/retention"


def view(spec: RetentionSpec, result: RetentionResult, span: Span, calendar: Calendar) -> View:
    """Show everyone, or each group of the breakdown, cohort by cohort."""
    shown = result.groups if spec.breakdown is not None else (result.total,)
    labels = tuple(f"{spec.interval.capitalize()} {d}" for d in range(spec.columns))
    return View(
        sentence=_sentence(spec, result.total),
        chart=Matrix(
            interval=spec.interval,
            columns=labels,
            groups=tuple(_rows(group) for group in shown),
        ),
        table=_table(spec, labels, shown),
        notes=_notes(spec),
        docs=DOCS,
    )


def _sentence(spec: RetentionSpec, total: RetentionGroup) -> str:
    size = sum(row.persons[0] for row in total.rows)
    if not size:
        return f"Nobody did {spec.start.title} in this period."
    back = total.average[1]
    returning = (spec.returning or spec.start).title
    many = (
        plural(size, "start", "starts")
        if spec.cohort == "recurring"
        else plural(size, "person", "people")
    )
    if back is None:
        return f"{many} of {spec.start.title}; no {spec.interval} after it is over yet."
    when = f"the {spec.interval} after"
    if spec.match == "on_or_after":
        when += " or later"
    return f"{back:.1%} of {many} who did {spec.start.title} did {returning} {when}."


def _notes(spec: RetentionSpec) -> tuple[str, ...]:
    cohort = (
        "Each person is in one cohort, that of their first time ever."
        if spec.cohort == "first_time"
        else "A person is in the cohort of every interval in which they start."
    )
    return (
        cohort,
        "The average leaves out intervals that are not over yet and weighs cohorts by size.",
    )


def _rows(group: RetentionGroup) -> MatrixGroup:
    rows = []
    for r, row in enumerate(group.rows):
        size = row.persons[0]
        cells = tuple(
            MatrixCell(
                share=share(persons, size),
                persons=persons,
                complete=column < row.complete,
                point=RetentionPoint(row=r, column=column, group=group.group),
            )
            for column, persons in enumerate(row.persons)
        )
        rows.append(MatrixRow(label=row.start, size=size, cells=cells))
    return MatrixGroup(label=group_label(group.group), average=group.average, rows=tuple(rows))


def _table(
    spec: RetentionSpec, labels: tuple[str, ...], groups: tuple[RetentionGroup, ...]
) -> Table:
    columns = [
        Column(key="start", label="Cohort", unit="time"),
        Column(key="people", label="People", unit="count"),
        *(
            Column(key=f"{spec.interval}_{d}", label=labels[d], unit="share")
            for d in range(1, spec.columns)
        ),
    ]
    if spec.breakdown is not None:
        columns.insert(0, Column(key="group", label=spec.breakdown.name, unit="text"))
    rows: list[tuple[Cell, ...]] = []
    for group in groups:
        for row in group.rows:
            size = row.persons[0]
            cells: tuple[Cell, ...] = (
                row.start,
                size,
                *(share(n, size) for n in row.persons[1:]),
            )
            rows.append((group_label(group.group), *cells) if spec.breakdown is not None else cells)
    return Table(columns=tuple(columns), rows=tuple(rows))
