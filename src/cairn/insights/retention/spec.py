"""The question of retention: who comes back, how long after they started."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cairn.insights.question import Question
from cairn.query.filters import Frozen, Group, Property, Selector

RetentionInterval = Literal["day", "week", "month"]


class RetentionSpec(Question):
    """How many of those who start come back, by intervals since.

    A person is in the cohort of an interval (a local calendar day, week or month that touches the
    period) when they did `start` in it: in every such interval (`recurring`), or only in that of
    their first `start` in all history that satisfies the filters (`first_time`). Column 0 is the
    size of the cohort. Column d counts those of them who did `returning` exactly d intervals later
    (`on`), or d or more intervals later (`on_or_after`). Returns may lie after the period; one
    inside the starting interval is no return.

    With a breakdown a person is counted under the value on their first start event of the interval.
    """

    kind: Literal["retention"] = "retention"
    start: Selector = Selector()
    returning: Selector | None = Field(default=None, description="Defaults to the start event.")
    cohort: Literal["recurring", "first_time"] = "first_time"
    match: Literal["on", "on_or_after"] = "on"
    interval: RetentionInterval = "day"
    columns: int = Field(default=8, ge=2, le=120, description="Columns, with column 0.")
    breakdown: Property | None = None
    limit: int = Field(default=25, ge=1, le=100)


class RetentionPoint(Frozen):
    """A number of a retention table: the people of a row who are counted in a column."""

    kind: Literal["retention"] = "retention"
    row: int = Field(ge=0)
    column: int = Field(ge=0)
    group: Group | None = None


class RetentionRow(Frozen):
    """One cohort: its size is `persons[0]`.

    `complete` is how many of the columns are over; later ones can still grow.
    """

    start: str
    persons: tuple[int, ...]
    complete: int


class RetentionGroup(Frozen):
    """The rows of one value of the breakdown, or of everyone.

    `average[d]` is the share who return in column d, over all cohorts for which d is complete,
    weighted by their size; None when there is none.
    """

    group: Group | None
    rows: tuple[RetentionRow, ...]
    average: tuple[float | None, ...]


class RetentionResult(Frozen):
    """The answer: everyone in `total`, and the groups of the breakdown by size."""

    total: RetentionGroup
    groups: tuple[RetentionGroup, ...] = ()
