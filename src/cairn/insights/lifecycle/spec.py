"""The question of a lifecycle: who is new, who stays, who comes back and who leaves."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cairn.insights.question import Question
from cairn.query.filters import Frozen, Group, Property, Selector
from cairn.query.periods import Interval

Status = Literal["new", "returning", "resurrecting", "dormant"]
STATUSES: tuple[Status, ...] = ("new", "returning", "resurrecting", "dormant")


class LifecycleSpec(Question):
    """Where the active people of each interval come from, and how many of those before left.

    Whoever does `event` in an interval is active in it, and either

    - `new`: their first event of any kind in all history lies in it (`first_event`), or the first
      that satisfies `event` and the filters does (`first_matching`);
    - `returning`: not new, and active in the interval before;
    - `resurrecting`: neither, so they were away for at least one interval.

    Those who were active in the interval before and are not in this one are `dormant`: once, in the
    first interval without them. With a breakdown a person has one value, that on their first event
    from the interval before the period on, so that the statuses of each group add up.
    """

    kind: Literal["lifecycle"] = "lifecycle"
    event: Selector = Selector()
    new: Literal["first_event", "first_matching"] = "first_event"
    interval: Interval = "day"
    breakdown: Property | None = None
    limit: int = Field(default=25, ge=1, le=100)


class LifecyclePoint(Frozen):
    """A number of a lifecycle: those who have a status in an interval."""

    kind: Literal["lifecycle"] = "lifecycle"
    status: Status
    bucket: int = Field(ge=0)
    group: Group | None = None


class LifecycleGroup(Frozen):
    """The numbers of one value of the breakdown, or of everyone, per interval.

    `growth` is new + resurrecting - dormant, by how much more are active than in the interval before.
    `pulse` is (new + resurrecting) / dormant, above 1 when more come than leave; None when nobody left.
    """

    group: Group | None
    new: tuple[int, ...]
    returning: tuple[int, ...]
    resurrecting: tuple[int, ...]
    dormant: tuple[int, ...]
    growth: tuple[int, ...]
    pulse: tuple[float | None, ...]


class LifecycleResult(Frozen):
    """The answer: everyone in `total`, and the groups of the breakdown by size."""

    buckets: tuple[str, ...]
    total: LifecycleGroup
    groups: tuple[LifecycleGroup, ...] = ()
