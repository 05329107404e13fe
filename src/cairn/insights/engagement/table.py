"""From counts to engagement: what every engine does once it has counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cairn.insights.engagement.spec import EngagementFeature, EngagementResult, EngagementSpec
from cairn.insights.view import share
from cairn.query.filters import Selector


def most_used(spec: EngagementSpec, events: Mapping[str, int]) -> tuple[Selector, ...]:
    """Return the features to ask about when none are named, from the events of each name."""
    names = sorted(events, key=lambda name: (-events[name], name))
    return tuple(Selector(event=name) for name in names[: spec.top])


def result_of(
    features: Sequence[Selector], active: int, persons: Sequence[int], amounts: Sequence[int]
) -> EngagementResult:
    """Return the answer of the people of each feature and all that they did with it."""
    return EngagementResult(
        active=active,
        features=tuple(
            EngagementFeature(
                title=feature.title,
                persons=who,
                share=share(who, active),
                average=share(amount, who),
            )
            for feature, who, amount in zip(features, persons, amounts, strict=True)
        ),
    )
