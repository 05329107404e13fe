"""The question of a funnel: who goes from step to step, in order, in time."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cairn.insights.question import Question
from cairn.query.filters import Frozen, Group, Property, Selector

SECONDS = {
    "second": 1,
    "minute": 60,
    "hour": 3_600,
    "day": 86_400,
    "week": 604_800,
    "month": 2_592_000,
}


class Window(Frozen):
    """The longest time from the first step to any later one, both ends included. A month is 30 days."""

    count: int = Field(default=14, ge=1, le=100_000)
    unit: Literal["second", "minute", "hour", "day", "week", "month"] = "day"

    @property
    def microseconds(self) -> int:
        """Return the length of the window."""
        return self.count * SECONDS[self.unit] * 1_000_000


class FunnelSpec(Question):
    """How many people go through the steps.

    A person reaches step k if some event of step one is followed, in order and within the window
    from it, by steps two to k. Each person counts once, with the furthest attempt. Steps may fall
    on the same instant in either order; one event serves one step. All events lie in the period.

    With a breakdown each person has one value: the first non-missing one on any of their events of
    the funnel in the period. The `limit` values with the most people at step one are shown (ties by
    value), the rest together as one row.
    """

    kind: Literal["funnel"] = "funnel"
    steps: tuple[Selector, ...] = Field(min_length=2, max_length=20)
    window: Window = Window()
    breakdown: Property | None = None
    limit: int = Field(default=25, ge=1, le=100)


class FunnelPoint(Frozen):
    """A number of a funnel: the people who reached a step, or who stopped just before it."""

    kind: Literal["funnel"] = "funnel"
    step: int = Field(ge=0, description="Index of the step, from 0.")
    dropped: bool = Field(
        default=False, description="The people who reached the step before and not this one."
    )
    group: Group | None = None


class FunnelStep(Frozen):
    """One step of the answer. Seconds run from the step before, along the winning attempt."""

    persons: int
    average_seconds: float | None
    median_seconds: float | None


class HistogramBin(Frozen):
    """How many people converted in at least `from_seconds` and less than `to_seconds`.

    The last bin includes its upper end.
    """

    from_seconds: float
    to_seconds: float
    persons: int


class FunnelGroup(Frozen):
    """The steps of one value of the breakdown, or of everyone.

    The times run from the first step to the last, over those who converted; None when nobody did.
    """

    group: Group | None
    steps: tuple[FunnelStep, ...]
    average_seconds: float | None
    median_seconds: float | None
    histogram: tuple[HistogramBin, ...] = ()


class FunnelResult(Frozen):
    """The answer: everyone in `total`, and the groups of the breakdown by size."""

    total: FunnelGroup
    groups: tuple[FunnelGroup, ...] = ()
