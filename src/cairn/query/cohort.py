"""Which people: by what they did, who they are or a list, joined by all, any and not.

A definition is asked about everyone who has an event, one person at a time, as of a moment that is
called *now*. What a person did counts up to that moment, never after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Discriminator, Field, Tag, model_validator

from cairn.core.clock import MICROSECONDS
from cairn.query.filters import All, Any_, Condition, Frozen, InCohort, Property, Selector
from cairn.query.periods import Period

MOST_LISTED = 50_000
_NOMINAL_HOURS = {"hour": 1, "day": 24, "week": 168, "month": 730, "year": 8_760}
_SECONDS = {"minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}


class Length(Frozen):
    """A stretch of the project's calendar: a day or longer keeps the time on the wall clock."""

    count: int = Field(ge=1, le=10_000)
    unit: Literal["hour", "day", "week", "month", "year"] = "day"

    def is_shorter_than(self, other: Length) -> bool:
        """Return whether it is, whatever the calendar: a month has at least 730 hours here."""
        return self.count * _NOMINAL_HOURS[self.unit] < other.count * _NOMINAL_HOURS[other.unit]

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'s' if self.count > 1 else ''}"


class Last(Frozen):
    """The time from so long ago up to now, which is left out."""

    last: Length


When = Annotated[
    Annotated[Last, Tag("last")] | Annotated[Period, Tag("period")],
    Discriminator(lambda value: "last" if _has(value, "last", Last) else "period"),
]
"""A window that moves with now, or a period; neither reaches beyond now."""


class Amount(Frozen):
    """How often, or how much: a number of events, or a property's sum or distinct values.

    Only people with at least one event are compared, so `at_most` never means those who did nothing.
    Values that are no numbers add nothing to a sum; sums within a billionth of the limit equal it.
    """

    of: Literal["events", "sum", "distinct"] = "events"
    property: Property | None = None
    operator: Literal["at_least", "at_most", "exactly"] = "at_least"
    value: int | float = Field(default=1, ge=-1e15, le=1e15)

    @model_validator(mode="after")
    def _is_complete(self) -> Amount:
        if (self.of == "events") != (self.property is None):
            takes = "takes no property" if self.property else "needs a property"
            raise ValueError(f"an amount of '{self.of}' {takes}")
        least = {"events": 1, "distinct": 0, "sum": -1e15}[self.of]
        if self.value < least or (self.of != "sum" and self.value != int(self.value)):
            raise ValueError(
                f"an amount of '{self.of}' is a whole number from {least} on, got {self.value}; "
                "to ask for people who did nothing, write 'not'"
            )
        return self


class Did(Frozen):
    """Those who did something, so often, within a time."""

    did: Selector
    amount: Amount = Amount()
    within: When | None = Field(default=None, description="All time when null.")


class First(Frozen):
    """Those whose first event ever that the selector means lies within a time."""

    first: Selector
    within: When


class Gap(Frozen):
    """The longest time between two events."""

    count: int = Field(ge=1, le=100_000)
    unit: Literal["minute", "hour", "day", "week"] = "day"

    @property
    def microseconds(self) -> int:
        """Return its length."""
        return self.count * _SECONDS[self.unit] * MICROSECONDS


class Then(Frozen):
    """Those who did one thing, and later another, at most `gap` after it; both within a time."""

    start: Selector
    then: Selector
    gap: Gap | None = Field(default=None, description="However long when null.")
    within: When | None = Field(default=None, description="All time when null.")


class Stopped(Frozen):
    """Those who did something in the time `active`, but not in the shorter time `quiet` since."""

    stopped: Selector
    active: Length
    quiet: Length

    @model_validator(mode="after")
    def _was_active_before(self) -> Stopped:
        if not self.quiet.is_shorter_than(self.active):
            raise ValueError(
                f"'quiet' ({self.quiet}) must be shorter than 'active' ({self.active})"
            )
        return self


class Resumed(Frozen):
    """Those who did something before the time `quiet`, then not, and again in the last `again`."""

    resumed: Selector
    quiet: Length
    again: Length

    @model_validator(mode="after")
    def _came_back_since(self) -> Resumed:
        if not self.again.is_shorter_than(self.quiet):
            raise ValueError(f"'again' ({self.again}) must be shorter than 'quiet' ({self.quiet})")
        return self


class Listed(Frozen):
    """Those who have one of these distinct ids."""

    ids: tuple[Annotated[str, Field(max_length=1_000)], ...] = Field(max_length=MOST_LISTED)


class AllOf(Frozen):
    """Those in every part; an empty list means everyone."""

    all: tuple[Definition, ...] = Field(max_length=100)


class AnyOf(Frozen):
    """Those in at least one part; an empty list means nobody."""

    any: tuple[Definition, ...] = Field(max_length=100)


class Not(Frozen):
    """Everyone else."""

    not_: Definition = Field(alias="not")


def _about_people(condition: Condition) -> Condition:
    of, name = condition.property.of, condition.property.name
    if of == "event":
        raise ValueError(
            f"'{name}' is a property of events; say who *did* an event that has it, or take a "
            "property of a person or an account"
        )
    if of == "cohort":
        raise ValueError(f"write {{'cohort': '{name}'}} for the people in another cohort")
    return condition


_TAGS: dict[str, type[Frozen]] = {
    "all": AllOf,
    "any": AnyOf,
    "not": Not,
    "did": Did,
    "first": First,
    "then": Then,
    "stopped": Stopped,
    "resumed": Resumed,
    "ids": Listed,
    "cohort": InCohort,
    "property": Condition,
}


def _has(value: object, key: str, kind: type[Frozen]) -> bool:
    return key in value if isinstance(value, dict) else isinstance(value, kind)


def _tag(value: object) -> str | None:
    return next((tag for tag, kind in _TAGS.items() if _has(value, tag, kind)), None)


Definition = Annotated[
    Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[Did, Tag("did")]
    | Annotated[First, Tag("first")]
    | Annotated[Then, Tag("then")]
    | Annotated[Stopped, Tag("stopped")]
    | Annotated[Resumed, Tag("resumed")]
    | Annotated[Listed, Tag("ids")]
    | Annotated[InCohort, Tag("cohort")]
    | Annotated[Condition, AfterValidator(_about_people), Tag("property")],
    Discriminator(
        _tag,
        custom_error_type="cohort_part",
        custom_error_message="a part of a cohort has one of the keys " + ", ".join(_TAGS),
    ),
]

_PARTS: tuple[type[Frozen], ...] = (AllOf, AnyOf, Not, Did, First, Then, Stopped, Resumed)
_FILTERS: tuple[type[Frozen], ...] = (InCohort, All, Any_, Selector)
for _model in _FILTERS + _PARTS:
    _model.model_rebuild(_types_namespace={"Definition": Definition})


def cohorts_in(part: Any) -> Iterator[tuple[str, Definition | None]]:
    """Yield the name of each cohort in a question or definition; None for those saved elsewhere."""
    if isinstance(part, InCohort):
        yield part.name, None if isinstance(part.cohort, str) else part.cohort
    if isinstance(part, Property):
        if part.of == "cohort":
            yield part.name, None
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from cohorts_in(getattr(part, name))
    elif isinstance(part, tuple):
        for item in part:
            yield from cohorts_in(item)
