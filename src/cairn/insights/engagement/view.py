"""Engagement for a reader: features as dots, by how many use them and how often."""

from __future__ import annotations

from cairn.insights.chart import Dot, Dots
from cairn.insights.engagement.spec import EngagementPoint, EngagementResult, EngagementSpec
from cairn.insights.question import NOUNS
from cairn.insights.view import Column, Table, View, counted
from cairn.query.periods import Calendar, Span

DOCS = "/docs/insights/engagement"


def view(spec: EngagementSpec, result: EngagementResult, span: Span, calendar: Calendar) -> View:
    """Show every feature that somebody uses; the table has the others, too."""
    one, many = NOUNS[spec.actor]
    often = f"{spec.frequency.capitalize()} per {one}"
    reach = f"Share of active {many}"
    return View(
        sentence=_sentence(spec, result),
        chart=Dots(
            x_title=reach,
            x_unit="share",
            y_title=often,
            y_unit="number",
            dots=tuple(
                Dot(label=f.title, x=f.share, y=f.average, point=EngagementPoint(feature=index))
                for index, f in enumerate(result.features)
                if f.share is not None and f.average is not None
            ),
        ),
        table=Table(
            columns=(
                Column(key="feature", label="Feature", unit="text"),
                Column(key="people", label=many.capitalize(), unit="count"),
                Column(key="share", label=reach, unit="share"),
                Column(key="average", label=often, unit="number"),
            ),
            rows=tuple((f.title, f.persons, f.share, f.average) for f in result.features),
        ),
        notes=_notes(spec),
        docs=DOCS,
    )


def _sentence(spec: EngagementSpec, result: EngagementResult) -> str:
    if not result.active:
        return "Nobody was active in this period."
    most = max(result.features, key=lambda feature: feature.persons)
    if most.average is None:
        return f"None of {counted(result.active, spec.actor)} used any of these features."
    return (
        f"{most.title} reaches most: {most.persons:,} of {counted(result.active, spec.actor)}, on "
        f"average {most.average:,.1f} {spec.frequency} each."
    )


def _notes(spec: EngagementSpec) -> tuple[str, ...]:
    if spec.features:
        return ()
    return (f"The {spec.top} names with the most events are shown.",)
