"""A funnel for a reader: bars that shrink from step to step."""

from __future__ import annotations

from cairn.insights.chart import Bar, BarGroup, HistogramBar, Line, Lines, Steps
from cairn.insights.funnel.spec import (
    FunnelGroup,
    FunnelPoint,
    FunnelResult,
    FunnelSpec,
)
from cairn.insights.question import NOUNS
from cairn.insights.view import Cell, Column, Table, View, group_label, plural, share
from cairn.query.periods import Calendar, Span

DOCS = "/docs/insights/funnel"


def view(spec: FunnelSpec, result: FunnelResult, span: Span, calendar: Calendar) -> View:
    """Show everyone, or each group of the breakdown, step by step."""
    shown = result.groups if spec.breakdown is not None else (result.total,)
    return View(
        sentence=_sentence(spec, result.total),
        chart=_lines(spec, shown)
        if spec.show == "trend"
        else Steps(steps=spec.titles, groups=tuple(_bars(spec, group) for group in shown)),
        table=_trend_table(spec, shown) if spec.show == "trend" else _table(spec, shown),
        notes=_notes(spec, result),
        docs=DOCS,
    )


def _nouns(spec: FunnelSpec) -> tuple[str, str]:
    """Return the words for one and for several of what is counted."""
    return ("attempt", "attempts") if spec.count == "totals" else NOUNS[spec.actor]


def _sentence(spec: FunnelSpec, total: FunnelGroup) -> str:
    one, several = _nouns(spec)
    first, last = total.steps[0].persons, total.steps[-1].persons
    begin, end = spec.titles[0], spec.titles[-1]
    if not first:
        return f"{_NOBODY.get(one, f'No {one}')} did {begin} in this period."
    converted = share(last, first) or 0.0
    that = "who" if one == "person" else "that"
    return (
        f"{last:,} of {plural(first, one, several)} {that} did {begin} went on to "
        f"{end}: {converted:.1%}."
    )


_NOBODY = {"person": "Nobody"}
_LEFT_OUT = {
    "remove": "An attempt that meets {0} does not count at all.",
    "drop": "An attempt ends at {0}.",
}


def _notes(spec: FunnelSpec, result: FunnelResult) -> tuple[str, ...]:
    window = spec.window
    several = _nouns(spec)[1]
    notes = [
        "Steps two and later count within "
        + f"{plural(window.count, window.unit, window.unit + 's')} of step one."
    ]
    if spec.order == "strict":
        notes.append("Nothing else may happen between the steps.")
    if spec.order == "any":
        steps = ", ".join(step.title for step in spec.steps)
        notes.append(f"The steps may come in any order: {steps}.")
    if any(spec.optional):
        left = ", ".join(
            title for title, may in zip(spec.titles, spec.optional, strict=True) if may
        )
        notes.append(f"Optional, so that leaving it out does not end an attempt: {left}.")
    if spec.exclusions:
        names = " or ".join(each.selector.title for each in spec.exclusions)
        notes.append(_LEFT_OUT[spec.on_exclusion].format(names))
    if spec.hold:
        names = " and ".join(prop.name for prop in spec.hold)
        notes.append(f"All steps of an attempt have the same {names}.")
    if spec.anchor == "first":
        notes.append("Only the first step one of each counts.")
    if spec.complete_after_period:
        notes.append("Attempts begin in the period and may end after it.")
    if spec.show == "trend" and not all(moment.complete for moment in result.total.trend):
        notes.append("In the last points some windows have not closed, so that shares may rise.")
    if spec.significance:
        notes.append(
            "Groups are compared with all others by the last step: 95 % intervals, and p adjusted "
            "for the number of groups."
        )
    if any(group.group is not None and group.group.other for group in result.groups):
        notes.append(f"The {spec.limit} largest groups are shown; Other holds all the rest.")
    if spec.count == "totals":
        notes.append(f"Counts are of {several}; opening one lists whose they are.")
    return tuple(notes)


def _lines(spec: FunnelSpec, groups: tuple[FunnelGroup, ...]) -> Lines:
    """Show the share that converted, by when their attempt began."""
    last = len(spec.steps) - 1
    moments = groups[0].trend if groups else ()
    partial = (i for i, moment in enumerate(moments) if not moment.complete)
    return Lines(
        interval=spec.interval,
        times=tuple(moment.time for moment in moments),
        lines=tuple(
            Line(
                label=group_label(group.group),
                values=tuple(share(moment.converted, moment.started) for moment in group.trend),
                total=share(group.steps[last].persons, group.steps[0].persons),
                points=tuple(
                    FunnelPoint(step=last, group=group.group, bucket=i) for i in range(len(moments))
                ),
                total_point=FunnelPoint(step=last, group=group.group),
                unit="share",
            )
            for group in groups
        ),
        partial_from=next(partial, None),
    )


def _trend_table(spec: FunnelSpec, groups: tuple[FunnelGroup, ...]) -> Table:
    columns = [
        Column(key="time", label="Time", unit="time"),
        Column(key="started", label=spec.titles[0], unit="count"),
        Column(key="converted", label=spec.titles[-1], unit="count"),
        Column(key="share", label="Converted", unit="share"),
    ]
    if spec.breakdown is not None:
        columns.insert(0, Column(key="group", label=spec.breakdown.name, unit="text"))
    rows: list[tuple[Cell, ...]] = []
    for group in groups:
        for moment in group.trend:
            counts = moment.started, moment.converted
            row = (moment.time, *counts, share(moment.converted, moment.started))
            rows.append((group_label(group.group), *row) if spec.breakdown is not None else row)
    return Table(columns=tuple(columns), rows=tuple(rows))


def _bars(spec: FunnelSpec, group: FunnelGroup) -> BarGroup:
    first = group.steps[0].persons
    bars = []
    for k, step in enumerate(group.steps):
        before = group.steps[spec.required_before(k)].persons if k else None
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


def _against_others(spec: FunnelSpec, group: FunnelGroup, last: bool) -> tuple[Cell, ...]:
    """Return the cells about how a group differs, in the row of its last step."""
    if not spec.significance:
        return ()
    found = group.against_others if last else None
    return (found.difference, found.low, found.high, found.p) if found else (None,) * 4


def _table(spec: FunnelSpec, groups: tuple[FunnelGroup, ...]) -> Table:
    columns = [
        Column(key="step", label="Step", unit="text"),
        Column(key="persons", label=_nouns(spec)[1].capitalize(), unit="count"),
        Column(key="share_of_first", label="Of first step", unit="share"),
        Column(key="share_of_previous", label="Of previous step", unit="share"),
        Column(key="average_seconds", label="Average time", unit="seconds"),
        Column(key="median_seconds", label="Median time", unit="seconds"),
    ]
    if spec.significance:
        columns += [
            Column(key="difference", label="Against others", unit="share"),
            Column(key="difference_low", label="At least", unit="share"),
            Column(key="difference_high", label="At most", unit="share"),
            Column(key="p", label="p", unit="number"),
        ]
    columns += [
        Column(key=f"p{percent}_seconds", label=f"{percent} % within", unit="seconds")
        for percent in spec.percentiles
    ]
    if spec.breakdown is not None:
        columns.insert(0, Column(key="group", label=spec.breakdown.name, unit="text"))
    rows: list[tuple[Cell, ...]] = []
    for group in groups:
        bars = _bars(spec, group)
        for title, bar, step in zip(spec.titles, bars.bars, group.steps, strict=True):
            row: tuple[Cell, ...] = (
                title,
                bar.persons,
                bar.share_of_first,
                bar.share_of_previous,
                bar.average_seconds,
                bar.median_seconds,
                *_against_others(spec, group, step is group.steps[-1]),
                *step.percentiles_seconds,
            )
            rows.append((bars.label, *row) if spec.breakdown is not None else row)
    return Table(columns=tuple(columns), rows=tuple(rows))
