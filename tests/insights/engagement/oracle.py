"""Engagement by the book: for every feature, list who used it, and when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cairn.insights.engagement.spec import (
    EngagementFeature,
    EngagementPoint,
    EngagementResult,
    EngagementSpec,
)
from cairn.query.filters import Selector
from cairn.query.periods import Calendar, Span
from insights.calendar import wall_clock
from insights.filtering import wanted
from insights.history import Act


def answer(
    spec: EngagementSpec, acts: Sequence[Act], span: Span, calendar: Calendar
) -> EngagementResult:
    """Count who is active, who uses each feature and how much."""
    active = {act.person for act in _did(spec, Selector(), acts, span)}
    features = []
    for feature in features_of(spec, acts, span):
        did = _did(spec, feature, acts, span)
        users = {act.person for act in did}
        amount = len(did)
        if spec.frequency == "days":
            amount = len({(act.person, wall_clock(act.time_us, calendar).date()) for act in did})
        features.append(
            EngagementFeature(
                title=feature.title,
                persons=len(users),
                share=len(users) / len(active) if active else None,
                average=amount / len(users) if users else None,
            )
        )
    return EngagementResult(active=len(active), features=tuple(features))


def people(
    spec: EngagementSpec,
    point: EngagementPoint,
    acts: Sequence[Act],
    span: Span,
    calendar: Calendar,
) -> set[int]:
    """Return who uses a feature."""
    feature = features_of(spec, acts, span)[point.feature]
    return {act.person for act in _did(spec, feature, acts, span)}


def features_of(spec: EngagementSpec, acts: Sequence[Act], span: Span) -> list[Selector]:
    """Return the features asked about, or the names with the most events."""
    if spec.features:
        return list(spec.features)
    names = Counter(act.event for act in _did(spec, Selector(), acts, span))
    order = sorted(names, key=lambda name: (-names[name], name))
    return [Selector(event=name) for name in order[: spec.top]]


def _did(spec: EngagementSpec, selector: Selector, acts: Sequence[Act], span: Span) -> list[Act]:
    inside = (act for act in acts if span.start_us <= act.time_us < span.end_us)
    return [act for act in inside if wanted(act, selector, spec.filter)]
