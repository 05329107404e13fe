"""An attribution for a reader: channels side by side, a bar for each model."""

from __future__ import annotations

from collections.abc import Sequence

from cairn.insights.attribution.spec import (
    AttributionPoint,
    AttributionResult,
    AttributionSpec,
    ChannelCredits,
    Credit,
    Model,
)
from cairn.insights.chart import Bars, BarSeries
from cairn.insights.question import NOUNS
from cairn.insights.view import Cell, Column, Table, View, counted, group_label, plural
from cairn.query.filters import Group
from cairn.query.periods import Calendar, Span

DOCS = "/docs/insights/attribution"
WORDS: dict[Model, str] = {
    "last": "Last touch",
    "first": "First touch",
    "last_non_direct": "Last non-direct touch",
    "linear": "Linear",
    "u_shaped": "U-shaped",
    "j_shaped": "J-shaped",
    "inverse_j": "Inverse J",
    "time_decay": "Time decay",
    "custom": "Custom weights",
    "participation": "Participation",
    "markov": "Markov",
    "shapley": "Shapley",
}


def view(spec: AttributionSpec, result: AttributionResult, span: Span, calendar: Calendar) -> View:
    """Show the value that each channel is credited with if there is one, else the conversions."""
    series = tuple(_bars(spec, result, m) for m in range(len(spec.models)))
    return View(
        sentence=_sentence(spec, result),
        chart=Bars(
            title="Value" if spec.value else "Conversions",
            categories=tuple(label_of(row.channel) for row in result.channels),
            series=series,
        ),
        table=_table(spec, result),
        notes=_notes(spec, result),
        docs=DOCS,
    )


def label_of(channel: Group) -> str:
    """Return the words for a channel.

    >>> label_of(Group(value="Email")), label_of(Group()), label_of(Group(other=True))
    ('Email', 'No touch', 'Other')
    """
    return "No touch" if channel == Group() else group_label(channel)


def _bars(spec: AttributionSpec, result: AttributionResult, model: int) -> BarSeries:
    credits = [row.credits[model] for row in result.channels]
    return BarSeries(
        label=WORDS[spec.models[model]],
        values=tuple(c.value if spec.value else c.conversions for c in credits),
        points=tuple(
            AttributionPoint(model=model, channel=row.channel) if credit.persons else None
            for row, credit in zip(result.channels, credits, strict=True)
        ),
        unit="number",
    )


def _sentence(spec: AttributionSpec, result: AttributionResult) -> str:
    title = spec.conversion.title
    if not result.conversions:
        return f"Nobody did {title} in this period."
    rows = [row for row in result.channels if row.channel.value or row.channel.other]
    best = max(rows, key=lambda row: row.credits[0].conversions, default=None)
    many = f"{plural(result.conversions, 'conversion', 'conversions')} to {title}"
    by = f"{many} by {counted(result.persons, spec.actor)}"
    if best is None or not best.credits[0].share:
        return f"{by}, none of them after a touch."
    return f"{by}; {best.credits[0].share:.1%} go to {label_of(best.channel)} ({WORDS[spec.models[0]]})."


def _notes(spec: AttributionSpec, result: AttributionResult) -> tuple[str, ...]:
    back = plural(spec.lookback.count, spec.lookback.unit, f"{spec.lookback.unit}s")
    notes = [f"Touches count up to {back} before a conversion."]
    if any(row.channel == Group() for row in result.channels):
        notes.append("No touch: no channel is known in that time; elsewhere often called Direct.")
    if any(row.channel.other for row in result.channels):
        notes.append(f"The {spec.limit} largest channels are shown; Other holds all the rest.")
    if "participation" in spec.models:
        notes.append("Participation credits every channel in full: shares add up to more than all.")
    if "markov" in spec.models:
        _, many = NOUNS[spec.actor]
        notes.append(
            f"Markov also learns from {result.unconverted:,} {many} with touches who did not convert."
        )
    return tuple(notes)


def _table(spec: AttributionSpec, result: AttributionResult) -> Table:
    columns = [
        Column(key="channel", label="Channel", unit="text"),
        Column(key="touches", label="Touches", unit="count"),
        Column(key="reached", label="Conversions reached", unit="count"),
    ]
    if spec.spend:
        columns.append(Column(key="cost", label="Cost", unit="number"))
    for m, model in enumerate(spec.models):
        title = WORDS[model]
        columns.append(Column(key=f"conversions_{m}", label=title, unit="number"))
        columns.append(Column(key=f"share_{m}", label=f"{title}, share", unit="share"))
        if spec.value:
            columns.append(Column(key=f"value_{m}", label=f"{title}, value", unit="number"))
        if spec.spend:
            columns.append(Column(key=f"cac_{m}", label=f"{title}, CAC", unit="number"))
        if spec.spend and spec.value:
            columns.append(Column(key=f"roas_{m}", label=f"{title}, ROAS", unit="number"))
            columns.append(Column(key=f"roi_{m}", label=f"{title}, ROI", unit="share"))
    return Table(
        columns=tuple(columns), rows=tuple(_row(spec, channel) for channel in result.channels)
    )


def _row(spec: AttributionSpec, row: ChannelCredits) -> tuple[Cell, ...]:
    cells: list[Cell] = [label_of(row.channel), row.touches, row.reached]
    if spec.spend:
        cells.append(row.cost)
    for credit in row.credits:
        cells += _cells(spec, credit)
    return tuple(cells)


def _cells(spec: AttributionSpec, credit: Credit) -> Sequence[Cell]:
    cells: list[Cell] = [credit.conversions, credit.share]
    if spec.value:
        cells.append(credit.value)
    if spec.spend:
        cells.append(credit.cac)
    if spec.spend and spec.value:
        cells += [credit.roas, credit.roi]
    return cells
