"""The question of a trend: how much of what, over time, by what."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from cairn.insights.question import Question
from cairn.insights.ranges import Breakdown, Divider
from cairn.query.filters import Frozen, Group, Property, Selector
from cairn.query.periods import Interval

NumberMeasure = Literal[
    "sum", "average", "minimum", "maximum", "median", "p75", "p90", "p95", "p99"
]
CountMeasure = Literal[
    "total",
    "persons",
    "first_time",
    "daily_active",
    "weekly_active",
    "active_28_days",
    "monthly_active",
    "per_person",
    "distinct",
    "sessions",
    "accounts",
]

PERCENTILES: dict[str, float] = {"median": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99}
ROLLING_DAYS: dict[str, int] = {
    "daily_active": 1,
    "weekly_active": 7,
    "active_28_days": 28,
    "monthly_active": 30,
}
PEOPLE = ("persons", "first_time", *ROLLING_DAYS)
ADDITIVE = ("total", "persons", "first_time", "distinct", "sessions", "accounts", "sum")
ACCOUNT = Property(name="$account")


class Measure(Frozen):
    """What is counted in each bucket.

    - `total`: events. `persons`: distinct people.
    - `first_time`: people whose first event of this name, in all time, lies in the bucket and satisfies
      the filters.
    - `daily_active`, `weekly_active`, `active_28_days`, `monthly_active`: distinct people in the 1, 7,
      28 or 30 local days that end with the last day of the bucket (that hold the bucket, when it is
      an hour).
    - `per_person`: events divided by distinct people, 0 where there are none.
    - `distinct`: different values of a `property`. `accounts`: different accounts. `sessions`: different
      sessions, as the client divides them or a pause of 30 minutes does.
    - `sum`, `average`, `minimum`, `maximum`, `median`, `p75` … `p99` of a numeric `property`; values
      that are no numbers are left out; percentiles interpolate linearly; 0 where there are none.

    With `per` person, the last ones are those of people instead of events: of how many events each
    person has in the bucket, or of each person's sum of the `property`.
    """

    of: CountMeasure | NumberMeasure = "total"
    property: Property | None = None
    per: Literal["event", "person"] = "event"

    def takes_numbers(self) -> bool:
        """Return whether it is a statistic of numbers, not a count."""
        return self.of in PERCENTILES or self.of in ("sum", "average", "minimum", "maximum")

    def reads(self) -> Property | None:
        """Return the property whose values count."""
        return ACCOUNT if self.of == "accounts" else self.property

    @model_validator(mode="after")
    def _parts_fit(self) -> Measure:
        if self.per == "person" and (not self.takes_numbers() or self.of == "sum"):
            raise ValueError(
                f"measure '{self.of}' cannot be taken per person; average, minimum, maximum and "
                "percentiles can"
            )
        optional = self.per == "person"
        needs_one = self.of == "distinct" or (self.takes_numbers() and not optional)
        if needs_one and self.property is None:
            raise ValueError(f"measure '{self.of}' needs a property")
        if not needs_one and not optional and self.property is not None:
            raise ValueError(f"measure '{self.of}' takes no property, got '{self.property.name}'")
        return self


class Series(Selector):
    """One line of the chart: which events, measured how."""

    measure: Measure = Measure()


class Offset(Frozen):
    """How long ago a period to compare with was, on the project's calendar."""

    count: int = Field(default=1, ge=1, le=1_000)
    unit: Literal["day", "week", "month", "year"]


Show = Literal["lines", "area", "bars", "total", "number", "heat", "map", "table"]

COUNTRY = Property(name="$country")
COUNTRIES = 300
"""More groups than there are countries."""

HOURS_OF_A_WEEK = 7 * 24


class TrendsSpec(Question):
    """How much, over time.

    Formulas combine series by their letters in order (`A / B * 100`); dividing by zero gives 0.
    With a breakdown, each series shows its `limit` largest values, or combinations of values (by number
    of events, or by sum for a sum; ties by value), and one row for all others together, counted exactly.
    `cumulative` shows each bucket's measure from the start of the period. `moving_average` shows the
    mean of so many buckets that end with each one, fewer at the start. `compare` answers also for the
    period before, or for one that was so long ago. `sample` looks at such a share of all people, always
    the same ones, and estimates the rest with standard errors.

    `show` chooses the chart: `lines`, `area` or `bars` over time (the last two on top of each other),
    the `total` of each group as a bar, a `number` beside that of the comparison period, the hours of
    the days of a week as `heat`, a `map` by `$country`, or the `table` alone.
    """

    kind: Literal["trends"] = "trends"
    series: tuple[Series, ...] = Field(min_length=1, max_length=10)
    formulas: tuple[str, ...] = Field(default=(), max_length=10)
    interval: Interval = "day"
    breakdown: Breakdown | None = None
    limit: int = Field(default=25, ge=1, le=100)
    cumulative: bool = False
    moving_average: int | None = Field(default=None, ge=2, le=1_000)
    compare: bool | Offset = False
    sample: float | None = Field(default=None, ge=0.0001, lt=1)
    show: Show = "lines"

    @property
    def dividers(self) -> tuple[Divider, ...]:
        """Return what divides the answer, in order."""
        if self.show == "map":
            return (COUNTRY,)
        if self.breakdown is None:
            return ()
        return self.breakdown if isinstance(self.breakdown, tuple) else (self.breakdown,)

    @property
    def rows(self) -> int:
        """Return how many groups are shown by themselves."""
        return COUNTRIES if self.show == "map" else self.limit

    @model_validator(mode="after")
    def _formulas_are_readable(self) -> TrendsSpec:
        from cairn.insights.trends.formula import parse

        for text in self.formulas:
            parse(text, len(self.series))
        return self

    @model_validator(mode="after")
    def _what_accumulates_adds_up(self) -> TrendsSpec:
        for series in self.series:
            if self.cumulative and series.measure.of not in ADDITIVE:
                raise ValueError(
                    f"measure '{series.measure.of}' does not add up over time; 'cumulative' takes "
                    + ", ".join(ADDITIVE)
                )
        return self

    @model_validator(mode="after")
    def _sessions_are_of_people(self) -> TrendsSpec:
        if self.actor != "person" and any(s.measure.of == "sessions" for s in self.series):
            raise ValueError(
                f"measure 'sessions' counts those of people, not of a '{self.actor}'; leave 'actor' out, "
                "or count by session with measure 'persons'"
            )
        return self

    @model_validator(mode="after")
    def _a_sample_tells_of_people(self) -> TrendsSpec:
        if self.sample is None:
            return self
        if self.actor != "person":
            raise ValueError(
                f"a sample is one of people, not of a '{self.actor}'; leave 'actor' out"
            )
        for series in self.series:
            if series.measure.of in ("distinct", "sessions", "accounts"):
                raise ValueError(
                    f"a sample of people does not tell the measure '{series.measure.of}' of everyone; "
                    "leave 'sample' out"
                )
        if self.show == "heat":
            raise ValueError("heat cannot show the errors of a sample; leave 'sample' out")
        return self

    @model_validator(mode="after")
    def _can_be_shown(self) -> TrendsSpec:
        if self.show == "map":
            if (len(self.formulas) or len(self.series)) != 1:
                raise ValueError("a map shows one series, or one formula")
            if self.breakdown not in (None, COUNTRY, (COUNTRY,)):
                raise ValueError("a map divides by '$country'; leave 'breakdown' out")
        if self.show == "heat":
            if len(self.series) > 1 or self.formulas or self.breakdown is not None:
                raise ValueError("heat shows one series, without formulas and breakdown")
            measure = self.series[0].measure.of
            if measure in ROLLING_DAYS or self.cumulative or self.moving_average is not None:
                what = f"measure '{measure}'" if measure in ROLLING_DAYS else "what is accumulated"
                raise ValueError(f"heat cannot show {what}: an hour of the week has no days before")
        return self


class TrendsPoint(Frozen):
    """A number of a trend, to ask who is behind it.

    `bucket` is the index of the point, None for the total; `hour` that of an hour of the week, from 0
    on Mondays at midnight. `previous` means the comparison period.
    """

    kind: Literal["trends"] = "trends"
    series: int = Field(ge=0)
    bucket: int | None = Field(default=None, ge=0)
    hour: int | None = Field(default=None, ge=0, lt=HOURS_OF_A_WEEK)
    group: Group | None = None
    previous: bool = False


class TrendsLine(Frozen):
    """One series of the answer, for one group: a value per bucket and one for the whole period.

    Of a sample, `errors` and `total_error` are standard errors, None where there is no estimate of one.
    """

    series: int
    group: Group | None
    values: tuple[float, ...]
    total: float | None
    errors: tuple[float | None, ...] = ()
    total_error: float | None = None


class TrendsResult(Frozen):
    """The answer: the buckets, and every series of every group in order of size.

    `formulas[i]` holds the lines of formula i, which carry i as their series. `hours` measures the
    hours of the week, from Monday at midnight, when heat is shown. `previous` answers the same
    question for the comparison period.
    """

    buckets: tuple[str, ...]
    lines: tuple[TrendsLine, ...]
    formulas: tuple[tuple[TrendsLine, ...], ...] = ()
    hours: tuple[float, ...] = ()
    previous: TrendsResult | None = None
