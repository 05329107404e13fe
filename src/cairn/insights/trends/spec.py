"""The question of a trend: how much of what, over time, by what."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from cairn.insights.question import Question
from cairn.query.filters import Frozen, Group, Property, Selector
from cairn.query.periods import Interval

PropertyMeasure = Literal[
    "sum", "average", "minimum", "maximum", "median", "p75", "p90", "p95", "p99"
]
CountMeasure = Literal[
    "total", "persons", "daily_active", "weekly_active", "monthly_active", "per_person"
]

PERCENTILES: dict[str, float] = {"median": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99}
ROLLING_DAYS: dict[str, int] = {"daily_active": 1, "weekly_active": 7, "monthly_active": 30}


class Measure(Frozen):
    """What is counted in each bucket.

    - `total`: events. `persons`: distinct people.
    - `daily_active`, `weekly_active`, `monthly_active`: distinct people in the 1, 7 or 30 local days
      that end with the last day of the bucket (that hold the bucket, when it is an hour).
    - `per_person`: events divided by distinct people, 0 where there are none.
    - `sum`, `average`, `minimum`, `maximum`, `median`, `p75` … `p99` of a numeric `property`; values
      that are no numbers are left out; percentiles interpolate linearly; 0 where there are none.
    """

    of: CountMeasure | PropertyMeasure = "total"
    property: Property | None = None

    @model_validator(mode="after")
    def _property_fits(self) -> Measure:
        needs_one = self.of in PERCENTILES or self.of in ("sum", "average", "minimum", "maximum")
        if needs_one and self.property is None:
            raise ValueError(f"measure '{self.of}' needs a property")
        if not needs_one and self.property is not None:
            raise ValueError(f"measure '{self.of}' takes no property, got '{self.property.name}'")
        return self


class Series(Selector):
    """One line of the chart: which events, measured how."""

    measure: Measure = Measure()


class TrendsSpec(Question):
    """How much, over time.

    Formulas combine series by their letters in order (`A / B * 100`); dividing by zero gives 0.
    With a breakdown, each series shows its `limit` largest values (by number of events, or by sum for
    a sum; ties by value) and one row for all others together, counted exactly.
    """

    kind: Literal["trends"] = "trends"
    series: tuple[Series, ...] = Field(min_length=1, max_length=10)
    formulas: tuple[str, ...] = Field(default=(), max_length=10)
    interval: Interval = "day"
    breakdown: Property | None = None
    limit: int = Field(default=25, ge=1, le=100)
    compare: bool = False

    @model_validator(mode="after")
    def _formulas_are_readable(self) -> TrendsSpec:
        from cairn.insights.trends.formula import parse

        for text in self.formulas:
            parse(text, len(self.series))
        return self


class TrendsPoint(Frozen):
    """A number of a trend, to ask who is behind it.

    `bucket` is the index of the point, None for the total. `previous` means the comparison period.
    """

    kind: Literal["trends"] = "trends"
    series: int = Field(ge=0)
    bucket: int | None = Field(default=None, ge=0)
    group: Group | None = None
    previous: bool = False


class TrendsLine(Frozen):
    """One series of the answer, for one group: a value per bucket and one for the whole period."""

    series: int
    group: Group | None
    values: tuple[float, ...]
    total: float | None


class TrendsResult(Frozen):
    """The answer: the buckets, and every series of every group in order of size.

    `formulas[i]` holds the lines of formula i, which carry i as their series. `previous` answers the
    same question for the period before.
    """

    buckets: tuple[str, ...]
    lines: tuple[TrendsLine, ...]
    formulas: tuple[tuple[TrendsLine, ...], ...] = ()
    previous: TrendsResult | None = None
