"""The question of engagement: how many use each feature, and how much they do."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from cairn.insights.question import Question
from cairn.model.event import IDENTITY_EVENTS
from cairn.query.filters import Frozen, Selector


class EngagementSpec(Question):
    """How many of the active people use each feature, and how often those do who use it.

    A person is active when they have any event in the period that satisfies the filter. A feature's
    reach is the share of them with one of its events; its frequency is the average number of its
    events (`times`), or of local days with one (`days`), over those people. Without `features`, the
    `top` names with the most events in the period are asked about, ties by name.
    """

    kind: Literal["engagement"] = "engagement"
    features: tuple[Selector, ...] = Field(default=(), max_length=50)
    top: int = Field(default=20, ge=1, le=50)
    frequency: Literal["times", "days"] = "times"

    @field_validator("features")
    @classmethod
    def _are_something_people_do(cls, features: tuple[Selector, ...]) -> tuple[Selector, ...]:
        for feature in features:
            if feature.event in IDENTITY_EVENTS:
                raise ValueError(f"'{feature.event}' says who someone is, it is nothing they use")
        return features


class EngagementPoint(Frozen):
    """A feature of the answer: those who use it."""

    kind: Literal["engagement"] = "engagement"
    feature: int = Field(ge=0)


class EngagementFeature(Frozen):
    """How many use a feature, their share of the active, and how often each of them does."""

    title: str
    persons: int
    share: float | None
    average: float | None


class EngagementResult(Frozen):
    """The answer: how many are active, and each feature as asked, or by its number of events."""

    active: int
    features: tuple[EngagementFeature, ...]
