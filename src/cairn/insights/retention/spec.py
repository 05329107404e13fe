"""The question of retention: who comes back, how long after they started."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from cairn.insights.question import Question
from cairn.query.filters import Frozen, Group, Property, Selector
from cairn.query.periods import Interval

Match = Literal["on", "on_or_after", "on_or_before", "streak"]
MAX_REACH = 1_000


class RetentionMeasure(Frozen):
    """What a cell shows: the people in it, or a numeric property of their returns.

    - `persons`: how many people, as a share of the cohort.
    - `sum`: the property of all their returns in the cell, added up.
    - `average`: that sum divided by the people in the cell.
    - `per_person`: that sum divided by everyone in the cohort. With `on_or_before` this is what a
      person has been worth by then (LTV).

    Values that are no numbers add nothing.
    """

    of: Literal["persons", "sum", "average", "per_person"] = "persons"
    property: Property | None = None

    @model_validator(mode="after")
    def _property_fits(self) -> RetentionMeasure:
        if self.of != "persons" and self.property is None:
            raise ValueError(f"measure '{self.of}' needs a property")
        if self.of == "persons" and self.property is not None:
            raise ValueError(f"measure 'persons' takes no property, got '{self.property.name}'")
        return self


class RetentionSpec(Question):
    """How many of those who start come back, by intervals since.

    A person is in the cohort of an interval (a local calendar hour, day, week or month that touches
    the period) when they did `start` in it: in every such interval (`recurring`), only in that of
    their first `start` in all history that satisfies the filters (`first_time`), or only if their
    first event of that name in all history satisfies the filters itself (`first_ever`).

    Column 0 is the size of the cohort. Column d is the d-th interval after the start's, or, with
    `brackets`, the next so many intervals. Intervals since the start are calendar ones, or, with a
    `rolling` clock, windows of 1, 24, 168 or 720 hours that begin with each person's own start.

    A person is counted in column d who did `returning` at least `minimum` times in it (`on`), in it
    or later (`on_or_after`), since the starting interval up to its end (`on_or_before`), or in each
    column up to and with it (`streak`). Returns may lie after the period; one inside the starting
    interval is no return, but counts for a measure of a property.

    With a breakdown a person is counted under the value on their first start event of the interval.
    """

    kind: Literal["retention"] = "retention"
    start: Selector = Selector()
    returning: Selector | None = Field(default=None, description="Defaults to the start event.")
    cohort: Literal["recurring", "first_time", "first_ever"] = "first_time"
    match: Match = "on"
    minimum: int = Field(default=1, ge=1, le=1_000, description="Returns that a cell asks for.")
    clock: Literal["calendar", "rolling"] = "calendar"
    interval: Interval = "day"
    columns: int = Field(default=8, ge=2, le=120, description="Columns, with column 0.")
    brackets: tuple[Annotated[int, Field(ge=1, le=MAX_REACH)], ...] = Field(
        default=(),
        max_length=119,
        description="How many intervals each column after column 0 holds; instead of `columns`.",
    )
    measure: RetentionMeasure = RetentionMeasure()
    breakdown: Property | None = None
    limit: int = Field(default=25, ge=1, le=100)

    @model_validator(mode="after")
    def _brackets_end(self) -> RetentionSpec:
        if sum(self.brackets) > MAX_REACH:
            raise ValueError(
                f"brackets reach {sum(self.brackets):,} intervals, more than {MAX_REACH:,}"
            )
        return self

    @property
    def lengths(self) -> tuple[int, ...]:
        """Return how many intervals each column holds."""
        return (1, *(self.brackets or (1,) * (self.columns - 1)))


class RetentionPoint(Frozen):
    """A number of a retention table: the people of a row who are counted in a column."""

    kind: Literal["retention"] = "retention"
    row: int = Field(ge=0)
    column: int = Field(ge=0)
    group: Group | None = None


class RetentionRow(Frozen):
    """One cohort: its size is `persons[0]`.

    `values[d]` is the measure of column d, None where it has no meaning; there are none for
    `persons`. `complete` is how many of the columns are over; later ones can still grow.
    """

    start: str
    persons: tuple[int, ...]
    values: tuple[float | None, ...] = ()
    complete: int


class RetentionGroup(Frozen):
    """The rows of one value of the breakdown, or of everyone.

    `average[d]` is what column d shows (the share who return, or the measure) over the cohorts for
    which d is complete, weighted by their size, or for an average by the people in the cell. In
    `mean[d]` each of these cohorts weighs the same. None when there is none.
    """

    group: Group | None
    rows: tuple[RetentionRow, ...]
    average: tuple[float | None, ...]
    mean: tuple[float | None, ...]


class RetentionResult(Frozen):
    """The answer: everyone in `total`, and the groups of the breakdown by size."""

    total: RetentionGroup
    groups: tuple[RetentionGroup, ...] = ()
