"""The question of stickiness: on how many days, or how many times, people do something."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from cairn.insights.question import Question
from cairn.query.filters import Frozen, Group, Property, Selector
from cairn.query.periods import Interval


class StickinessSpec(Question):
    """How many people do something in exactly so many intervals of the period, or so many times.

    - `intervals`: a person counts at n when they have at least `minimum` events in exactly n of the
      local hours, days, weeks or months of the period. With `per` it is asked of every calendar week
      or month: what share of those active in it are so in `at_least` or more of its intervals.
    - `events`: a person counts by the number of their events in the period. `bins` are the numbers
      from which bars start; by default 1, 2, 5, 10, 20, 50 and so on.

    `cumulative` counts those at n or more. With a breakdown a person has one value per series, that on
    the first of its events in the period.
    """

    kind: Literal["stickiness"] = "stickiness"
    series: tuple[Selector, ...] = Field(default=(Selector(),), min_length=1, max_length=10)
    of: Literal["intervals", "events"] = "intervals"
    interval: Interval = "day"
    minimum: int = Field(default=1, ge=1, le=1_000_000)
    cumulative: bool = False
    per: Literal["week", "month"] | None = None
    at_least: int = Field(default=3, ge=1, le=744)
    bins: tuple[int, ...] = Field(default=(), max_length=100)
    breakdown: Property | None = None
    limit: int = Field(default=25, ge=1, le=100)

    @model_validator(mode="after")
    def _options_fit(self) -> StickinessSpec:
        if self.of == "events" and (self.minimum != 1 or self.per):
            raise ValueError("'minimum' and 'per' count intervals; leave them out or 'of' events")
        if self.of == "intervals" and self.bins:
            raise ValueError("'bins' divide numbers of events; ask 'of' events or leave them out")
        if self.per and self.interval not in ("hour", "day"):
            raise ValueError(f"a {self.per} is not divided by {self.interval}s; use hours or days")
        if self.per and self.cumulative:
            raise ValueError("'per' counts those at 'at_least' or more; leave 'cumulative' out")
        if any(a >= b for a, b in zip((0, *self.bins), self.bins, strict=False)):
            raise ValueError(f"'bins' must ascend from 1 or more, got {list(self.bins)}")
        return self


class StickinessPoint(Frozen):
    """A number of stickiness: those of a bar, or those who are sticky in a week or month."""

    kind: Literal["stickiness"] = "stickiness"
    series: int = Field(ge=0)
    index: int = Field(ge=0)
    group: Group | None = None


class StickinessBin(Frozen):
    """A range of numbers of intervals or events, both ends included; None is without end."""

    first: int
    last: int | None


class StickinessLine(Frozen):
    """The people of each bin, for one series and group; `average` is None of nobody."""

    series: int
    group: Group | None
    persons: tuple[int, ...]
    actors: int
    average: float | None


class StickinessShares(Frozen):
    """How many are active in each week or month, and how many of them in enough intervals of it."""

    series: int
    group: Group | None
    active: tuple[int, ...]
    sticky: tuple[int, ...]
    share: tuple[float | None, ...]


class StickinessResult(Frozen):
    """The answer: `lines` over `bins`, or with `per` `shares` over `times`."""

    bins: tuple[StickinessBin, ...] = ()
    lines: tuple[StickinessLine, ...] = ()
    times: tuple[str, ...] = ()
    shares: tuple[StickinessShares, ...] = ()
