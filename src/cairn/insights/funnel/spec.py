"""The question of a funnel: who goes from step to step, in order, in time."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from cairn.insights.question import Question
from cairn.query.filters import Frozen, Group, Property, Selector
from cairn.query.periods import Interval

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


class Alternatives(Frozen):
    """A step that any of several selectors takes; an optional one may be left out."""

    any_of: tuple[Selector, ...] = Field(min_length=1, max_length=10)
    label: str | None = Field(default=None, max_length=200)
    optional: bool = False

    @property
    def title(self) -> str:
        """Return the words a reader sees for this step."""
        return self.label or " or ".join(selector.title for selector in self.any_of)


def _tag(value: Any) -> str:
    several = "any_of" in value if isinstance(value, dict) else isinstance(value, Alternatives)
    return "alternatives" if several else "selector"


Step = Annotated[
    Annotated[Selector, Tag("selector")] | Annotated[Alternatives, Tag("alternatives")],
    Discriminator(_tag),
]


class Exclusion(Frozen):
    """An event that must not happen after one step and before another; None is the last step.

    Steps count from 0. The event counts strictly between the instants of the two, or until the
    window closes when the later step was not taken.
    """

    selector: Selector
    after: int = Field(default=0, ge=0, le=18)
    before: int | None = Field(default=None, ge=1, le=19)


MOST_SELECTORS = 31
"""Bits of a mask, but one for any event."""


class FunnelSpec(Question):
    """How many people go through the steps.

    A person reaches step k if some event of step one is followed, in order and within the window
    from it, by steps two to k. Each person counts once, with the furthest attempt. Steps may fall
    on the same instant in either order; one event serves one step. All events lie in the period.

    In `strict` order the events after step one must be the steps, with nothing in between, by time
    and then arrival. In `any` order an attempt starts with any step, and step k counts those who took
    k different ones. Properties in `hold` must have one value on all steps.

    With a breakdown each person has one value: the first (or last) non-missing one on any of their
    events of the funnel in the period. The `limit` values with the most people at step one are shown (ties by
    value), the rest together as one row.
    """

    kind: Literal["funnel"] = "funnel"
    steps: tuple[Step, ...] = Field(min_length=2, max_length=20)
    order: Literal["ordered", "strict", "any"] = "ordered"
    window: Window = Window()
    anchor: Literal["every", "first"] = "every"
    complete_after_period: bool = False
    exclusions: tuple[Exclusion, ...] = Field(default=(), max_length=10)
    on_exclusion: Literal["remove", "drop"] = "remove"
    hold: tuple[Property, ...] = Field(default=(), max_length=3)
    count: Literal["uniques", "totals"] = "uniques"
    breakdown: Property | None = None
    attribution: Literal["first_touch", "last_touch"] = "first_touch"
    limit: int = Field(default=25, ge=1, le=100)
    percentiles: tuple[Annotated[int, Field(ge=1, le=99)], ...] = Field(default=(), max_length=5)
    show: Literal["steps", "trend"] = "steps"
    interval: Interval = "day"
    significance: bool = False

    @property
    def alternatives(self) -> tuple[tuple[Selector, ...], ...]:
        """Return the selectors that take each step."""
        return tuple(
            step.any_of if isinstance(step, Alternatives) else (step,) for step in self.steps
        )

    @property
    def optional(self) -> tuple[bool, ...]:
        """Return which steps may be left out."""
        return tuple(isinstance(step, Alternatives) and step.optional for step in self.steps)

    def required_before(self, step: int) -> int:
        """Return the last step before another that may not be left out, or the first."""
        return max((k for k in range(step) if not self.optional[k]), default=0)

    @property
    def titles(self) -> tuple[str, ...]:
        """Return the words a reader sees for each step; in any order, how many were taken."""
        if self.order == "any":
            return tuple(f"{k} of {len(self.steps)} steps" for k in range(1, len(self.steps) + 1))
        return tuple(step.title for step in self.steps)

    @property
    def between(self) -> tuple[tuple[int, int], ...]:
        """Return the steps that each exclusion lies between."""
        last = len(self.steps) - 1
        return tuple(
            (each.after, last if each.before is None else each.before) for each in self.exclusions
        )

    @property
    def simple(self) -> bool:
        """Return whether the furthest way through required steps in order is all that is asked."""
        return (
            self.order == "ordered"
            and self.anchor == "every"
            and self.count == "uniques"
            and not (self.complete_after_period or self.exclusions or self.hold)
            and not any(self.optional)
        )

    @model_validator(mode="after")
    def _options_fit_each_other(self) -> FunnelSpec:
        selectors = sum(map(len, self.alternatives)) + len(self.exclusions)
        if selectors > MOST_SELECTORS:
            raise ValueError(
                f"the steps and exclusions name {selectors} selectors; at most {MOST_SELECTORS} fit"
            )
        if self.significance and (self.breakdown is None or self.count == "totals"):
            raise ValueError(
                "significance compares the people of a breakdown's groups; "
                "set 'breakdown', and 'count' to 'uniques'"
            )
        if self.optional[0]:
            raise ValueError("the first step cannot be optional; every attempt begins with it")
        if self.order != "ordered" and any(self.optional):
            raise ValueError(
                f"optional steps need the order 'ordered', not '{self.order}'; "
                "make them required or leave them out"
            )
        if self.order == "strict" and self.exclusions:
            raise ValueError(
                "the order 'strict' lets nothing happen between steps; leave out the exclusions"
            )
        for number, (after, before) in enumerate(self.between):
            self._lies_between(number, after, before)
        return self

    def _lies_between(self, number: int, after: int, before: int) -> None:
        last = len(self.steps) - 1
        if not after < before <= last:
            raise ValueError(
                f"exclusion {number} lies after step {after} and before step {before}; "
                f"steps go from 0 to {last}, and the later one comes second"
            )
        if self.order == "any" and (after, before) != (0, last):
            raise ValueError(
                f"in any order an exclusion lies between the first step and the last, not between "
                f"{after} and {before}; leave out 'after' and 'before'"
            )
        excluded = self.exclusions[number].selector.model_copy(update={"label": None})
        within = self.alternatives if self.order == "any" else self.alternatives[after : before + 1]
        for selector in (one for step in within for one in step):
            if selector.model_copy(update={"label": None}) == excluded:
                raise ValueError(
                    f"exclusion {number} is also a step it lies between: '{selector.title}'; "
                    "give one of them a filter"
                )


class FunnelPoint(Frozen):
    """A number of a funnel: the people who reached a step, or who stopped just before it."""

    kind: Literal["funnel"] = "funnel"
    step: int = Field(ge=0, description="Index of the step, from 0.")
    dropped: bool = Field(
        default=False, description="The people who reached the step before and not this one."
    )
    group: Group | None = None
    bucket: int | None = Field(
        default=None, ge=0, description="Only attempts that began in this bucket of the trend."
    )


class FunnelStep(Frozen):
    """One step of the answer. Seconds run from the step before, along the winning attempt."""

    persons: int
    average_seconds: float | None
    median_seconds: float | None
    percentiles_seconds: tuple[float | None, ...] = ()


class FunnelMoment(Frozen):
    """Those whose attempt began in a bucket, and how many of them took the last step.

    It is complete when the window of every attempt that began in it has closed.
    """

    time: str
    started: int
    converted: int
    complete: bool


class FunnelDifference(Frozen):
    """How much more of a group converted than of everybody else, as a difference of shares.

    `low` to `high` is its 95 % interval; `p` is adjusted for the number of groups.
    """

    difference: float
    low: float
    high: float
    p: float


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
    percentiles_seconds: tuple[float | None, ...] = ()
    trend: tuple[FunnelMoment, ...] = ()
    against_others: FunnelDifference | None = None


class FunnelResult(Frozen):
    """The answer: everyone in `total`, and the groups of the breakdown by size."""

    total: FunnelGroup
    groups: tuple[FunnelGroup, ...] = ()
