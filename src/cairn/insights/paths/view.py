"""Paths for a reader: a river from step to step."""

from __future__ import annotations

from cairn.insights.chart import Flow, FlowLink, FlowNode
from cairn.insights.paths.spec import (
    PathsMove,
    PathsNode,
    PathsPoint,
    PathsResult,
    PathsSpec,
    Pause,
)
from cairn.insights.view import Cell, Column, Table, View, counted, group_label, plural
from cairn.query.periods import Calendar, Span

DOCS = "/docs/insights/paths"


def view(spec: PathsSpec, result: PathsResult, span: Span, calendar: Calendar) -> View:
    """Show every node and what flows between them."""
    return View(
        sentence=_sentence(spec, result),
        chart=Flow(
            nodes=tuple(_node(node) for node in result.nodes),
            links=tuple(_link(result, move) for move in result.moves),
        ),
        table=_table(spec, result),
        notes=_notes(spec, result),
        docs=DOCS,
    )


def _sentence(spec: PathsSpec, result: PathsResult) -> str:
    where = "".join(
        f" {word} {item}" for word, item in (("from", spec.start), ("to", spec.end)) if item
    )
    if not result.total:
        return f"There are no paths{where} in this period."
    many = (
        plural(result.total, "path", "paths")
        if spec.count == "paths"
        else f"{counted(result.total, spec.actor)} on paths"
    )
    ends = [(result.nodes[move.source], result.nodes[move.target]) for move in result.moves]
    shown = [
        (move, *nodes)
        for move, nodes in zip(result.moves, ends, strict=True)
        if not any(node.item.other for node in nodes)
    ]
    if not shown:
        return f"{many}{where}."
    largest, source, target = max(shown, key=lambda found: found[0].value)
    return (
        f"{many}{where}; the most common move is from {group_label(source.item)} to "
        f"{group_label(target.item)}: {largest.value:,}."
    )


def _notes(spec: PathsSpec, result: PathsResult) -> tuple[str, ...]:
    if isinstance(spec.within, Pause):
        pause = spec.within.pause_seconds
        notes = [f"A path ends with a pause of {plural(pause, 'second', 'seconds')} or more."]
    else:
        reach = spec.within.reach_seconds
        notes = [f"A path reaches {plural(reach, 'second', 'seconds')} at most."]
    if any(node.item.other for node in result.nodes):
        notes.append("Other holds everything at a step that is not among the largest moves.")
    return tuple(notes)


def _node(node: PathsNode) -> FlowNode:
    return FlowNode(
        step=node.step,
        label=group_label(node.item),
        value=node.value,
        point=PathsPoint(step=node.step, item=node.item),
        other=node.item.other,
    )


def _link(result: PathsResult, move: PathsMove) -> FlowLink:
    source, target = result.nodes[move.source], result.nodes[move.target]
    return FlowLink(
        source=move.source,
        target=move.target,
        value=move.value,
        average_seconds=move.average_seconds,
        point=PathsPoint(step=source.step, item=source.item, next=target.item),
    )


def _table(spec: PathsSpec, result: PathsResult) -> Table:
    unit = "Paths" if spec.count == "paths" else "Actors"
    columns = (
        Column(key="step", label="Step", unit="count"),
        Column(key="from", label="From", unit="text"),
        Column(key="to", label="To", unit="text"),
        Column(key="value", label=unit, unit="count"),
        Column(key="average_seconds", label="Average time", unit="seconds"),
    )
    rows: list[tuple[Cell, ...]] = []
    for move in result.moves:
        source, target = result.nodes[move.source], result.nodes[move.target]
        labels = group_label(source.item), group_label(target.item)
        rows.append((source.step + 1, *labels, move.value, move.average_seconds))
    return Table(columns=columns, rows=tuple(rows))
