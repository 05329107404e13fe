"""The question of usage: after how long people usually come back."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cairn.insights.question import Question
from cairn.query.filters import Frozen, Selector
from cairn.query.periods import Period

QUARTER = Period.model_validate({"from": "-90d"})


class UsageSpec(Question):
    """After how many days, or hours, most people come back: the interval that fits the product.

    A person is active on the local days, or in the local hours, of the period in which they did
    `event`. Their usual gap is the median of the gaps between an active day and the next, rounded
    up; it takes two active days to have one. The answer is how many people have each usual gap, and
    the shortest one within which the given `share` of them come back.
    """

    kind: Literal["usage"] = "usage"
    event: Selector = Selector()
    interval: Literal["hour", "day"] = "day"
    share: float = Field(default=0.8, gt=0, le=1, description="How many have to come back by then.")
    bars: int = Field(default=30, ge=2, le=365, description="The longest gap that has its own bar.")
    period: Period = QUARTER


class UsagePoint(Frozen):
    """The people of a bar: those whose usual gap is `gap`.

    The bar after the last holds all longer gaps. Gap 0 is those who were active only once.
    """

    kind: Literal["usage"] = "usage"
    gap: int = Field(ge=0)


class UsageResult(Frozen):
    """The answer: `persons[i]` people have a usual gap of i + 1; the last have a longer one.

    `once` were active on one day, or in one hour, only, and are not among them. `natural` is the
    shortest gap within which the share of people come back; None when nobody does.
    """

    persons: tuple[int, ...]
    once: int
    natural: int | None
