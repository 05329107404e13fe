"""A lifecycle for a reader: bars of who came and stayed, and below zero who left."""

from __future__ import annotations

from cairn.insights.chart import Line, Lines
from cairn.insights.lifecycle.spec import (
    STATUSES,
    LifecycleGroup,
    LifecyclePoint,
    LifecycleResult,
    LifecycleSpec,
    Status,
)
from cairn.insights.question import NOUNS
from cairn.insights.unfinished import first_unfinished
from cairn.insights.view import Cell, Column, Table, View, counted, group_label, plural
from cairn.query.periods import Calendar, Span, buckets

DOCS = "/docs/insights/lifecycle"


def view(spec: LifecycleSpec, result: LifecycleResult, span: Span, calendar: Calendar) -> View:
    """Show everyone, or each group of the breakdown, interval by interval."""
    shown = result.groups if spec.breakdown is not None else (result.total,)
    open_from = first_unfinished(buckets(span, spec.interval, calendar), span, calendar)
    return View(
        sentence=_sentence(spec, result, open_from),
        chart=Lines(
            interval=spec.interval,
            stacked=True,
            times=result.buckets,
            lines=tuple(_line(group, status) for group in shown for status in STATUSES),
            partial_from=open_from,
        ),
        table=_table(spec, result, shown),
        notes=_notes(spec),
        docs=DOCS,
    )


def _line(group: LifecycleGroup, status: Status) -> Line:
    counts: tuple[int, ...] = getattr(group, status)
    name = status.capitalize()
    return Line(
        label=name if group.group is None else f"{group_label(group.group)}: {name}",
        values=tuple(map(float, _signed(status, counts))),
        total=None,
        points=tuple(
            LifecyclePoint(status=status, bucket=bucket, group=group.group)
            for bucket in range(len(counts))
        ),
        total_point=None,
        unit="count",
    )


def _signed(status: Status, counts: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(-count for count in counts) if status == "dormant" else counts


def _sentence(spec: LifecycleSpec, result: LifecycleResult, open_from: int | None) -> str:
    total = result.total
    over = len(result.buckets) if open_from is None else open_from
    many = plural(over, spec.interval, f"{spec.interval}s")
    if not any(sum(getattr(total, status)) for status in STATUSES):
        return f"Nobody did {spec.event.title} in this period."
    if not over:
        return f"No {spec.interval} of this period is over yet."
    new, back, gone = (
        sum(getattr(total, status)[:over]) for status in ("new", "resurrecting", "dormant")
    )
    return (
        f"In {many}, {counted(new, spec.actor)} became active for the first time, {back:,} came "
        f"back and {gone:,} went dormant: a growth of {new + back - gone:+,}."
    )


def _notes(spec: LifecycleSpec) -> tuple[str, ...]:
    one, _ = NOUNS[spec.actor]
    first = "event of any kind" if spec.new == "first_event" else f"{spec.event.title}"
    return (
        f"A new {one} is one whose first {first} ever lies in the {spec.interval}.",
        f"Whoever goes dormant is counted once, in the first {spec.interval} without them; while "
        "that is not over they can still return.",
    )


def _table(
    spec: LifecycleSpec, result: LifecycleResult, groups: tuple[LifecycleGroup, ...]
) -> Table:
    columns = [
        Column(key="time", label="Time", unit="time"),
        *(Column(key=status, label=status.capitalize(), unit="count") for status in STATUSES),
        Column(key="growth", label="Growth", unit="count"),
        Column(key="pulse", label="Pulse", unit="number"),
    ]
    if spec.breakdown is not None:
        columns.insert(0, Column(key="group", label=spec.breakdown.name, unit="text"))
    rows: list[tuple[Cell, ...]] = []
    for group in groups:
        counts = [_signed(status, getattr(group, status)) for status in STATUSES]
        for cells in zip(result.buckets, *counts, group.growth, group.pulse, strict=True):
            rows.append((group_label(group.group), *cells) if spec.breakdown is not None else cells)
    return Table(columns=tuple(columns), rows=tuple(rows))
