"""The question of adoption: how many take up a feature, how soon, and whether they come back to it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from cairn.insights.question import Question
from cairn.model.event import IDENTITY_EVENTS
from cairn.query.filters import Frozen, Group, Property, Selector
from cairn.query.periods import Interval

Stage = Literal["adopted", "early", "repeated"]
STAGES: tuple[Stage, ...] = ("adopted", "early", "repeated")


class AdoptionSpec(Question):
    """How many of the people of the period have ever used a feature.

    The people are those with any event in the period that satisfies the filter (`active`), or those of
    them whose first event of any kind in all history lies in it (`new`). All their uses up to the end
    of the period count, also those before it. They have

    - `adopted` it when they used it at all,
    - `early` when their first use came less than `early_days` times 24 hours after their first event
      of any kind,
    - `repeated` when they used it on two local days or more.

    The curve says how many had adopted it by the end of each interval. A breakdown divides those who
    adopted by a value of their first use; by `$app_version` it tells releases apart.
    """

    kind: Literal["adoption"] = "adoption"
    feature: Selector
    among: Literal["active", "new"] = "active"
    show: Literal["curve", "stages"] = "curve"
    interval: Interval = "day"
    early_days: int = Field(default=7, ge=1, le=3650)
    breakdown: Property | None = None
    limit: int = Field(default=25, ge=1, le=100)

    @field_validator("feature")
    @classmethod
    def _is_something_people_do(cls, feature: Selector) -> Selector:
        if feature.event in IDENTITY_EVENTS:
            raise ValueError(f"'{feature.event}' says who someone is, it is nothing they use")
        return feature


class AdoptionPoint(Frozen):
    """A number of adoption: those at a stage, or with a `bucket` those who adopted by its end."""

    kind: Literal["adoption"] = "adoption"
    stage: Stage = "adopted"
    bucket: int | None = Field(default=None, ge=0)
    group: Group | None = None


class AdoptionGroup(Frozen):
    """How many adopted the feature, early and repeatedly, and by the end of each interval."""

    group: Group | None
    adopted: int
    early: int
    repeated: int
    curve: tuple[int, ...]


class AdoptionResult(Frozen):
    """The answer: how many people there are, and those of them who adopted, in all and by group."""

    buckets: tuple[str, ...]
    persons: int
    total: AdoptionGroup
    groups: tuple[AdoptionGroup, ...] = ()
