"""Which events count: conditions on properties, nested with all and any.

Values compare as text, so the number 5 equals the text "5" and true equals "true"
(`cairn.model.values.text_of`). A missing property satisfies `is_not`, `not_contains` and
`not_matches`, and none of the other operators but `is_not_set`. `greater`, `less` and their kin
read the text as a number; text that is no number never satisfies them. Patterns are RE2,
unanchored and case-sensitive; `contains` ignores case and takes its value literally.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StrictBool, Tag, model_validator

if TYPE_CHECKING:
    from cairn.query.cohort import Definition

Scalar = str | StrictBool | int | float


class Frozen(BaseModel):
    """A value that is part of a question: immutable, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Property(Frozen):
    """A property of the event, or of the person or account behind it.

    Event properties whose name starts with `$` are the typed context columns (`$country`). Person
    and account properties are read as they are now. A cohort, named by its id, is a property whose
    value is `in` for its members and `out` for everyone else.
    """

    of: Literal["event", "person", "account", "cohort"] = "event"
    name: str = Field(min_length=1, max_length=200)


Operator = Literal[
    "is",
    "is_not",
    "contains",
    "not_contains",
    "matches",
    "not_matches",
    "greater",
    "at_least",
    "less",
    "at_most",
    "is_set",
    "is_not_set",
]

NEGATIONS: dict[str, Operator] = {
    "is_not": "is",
    "not_contains": "contains",
    "not_matches": "matches",
    "is_not_set": "is_set",
}
NUMERIC_OPERATORS = ("greater", "at_least", "less", "at_most")
VALUELESS_OPERATORS = ("is_set", "is_not_set")


class Condition(Frozen):
    """One comparison. Several values mean any of them (for a negation: none of them)."""

    property: Property
    operator: Operator = "is"
    values: tuple[Annotated[Scalar, Field(union_mode="left_to_right")], ...] = Field(
        default=(), max_length=1000
    )

    @model_validator(mode="after")
    def _values_fit_the_operator(self) -> Condition:
        if self.operator in VALUELESS_OPERATORS:
            if self.values:
                raise ValueError(f"'{self.operator}' takes no values, got {list(self.values)}")
        elif not self.values:
            raise ValueError(f"'{self.operator}' needs at least one value")
        if self.operator in NUMERIC_OPERATORS:
            for value in self.values:
                if number_of(str(value)) is None:
                    raise ValueError(f"'{self.operator}' needs a number, got {value!r}")
        return self


class All(Frozen):
    """Every one of the inner filters holds; an empty list holds always."""

    all: tuple[Filter, ...] = Field(max_length=100)


class Any_(Frozen):  # noqa: N801
    """At least one of the inner filters holds; an empty list never holds."""

    any: tuple[Filter, ...] = Field(max_length=100)


class InCohort(Frozen):
    """The person is in a cohort, or is not: a saved one by its id, or one that is described here."""

    cohort: Annotated[str, Field(min_length=1, max_length=64)] | Definition
    in_: bool = Field(default=True, alias="in")

    @property
    def name(self) -> str:
        """Return the id of the cohort, or a name that only this description has."""
        if isinstance(self.cohort, str):
            return self.cohort
        return "~" + sha256(self.cohort.model_dump_json(by_alias=True).encode()).hexdigest()[:32]

    @property
    def property(self) -> Property:
        """Return the property that says who is in it."""
        return Property(of="cohort", name=self.name)


IN, OUT = "in", "out"
"""The values of a cohort as a property."""

_TAGS: dict[str, type[Frozen]] = {"all": All, "any": Any_, "cohort": InCohort}


def _tag(value: object) -> str:
    if isinstance(value, dict):
        return next((tag for tag in _TAGS if tag in value), "condition")
    return next((tag for tag, kind in _TAGS.items() if isinstance(value, kind)), "condition")


Filter = Annotated[
    Annotated[Condition, Tag("condition")]
    | Annotated[All, Tag("all")]
    | Annotated[Any_, Tag("any")]
    | Annotated[InCohort, Tag("cohort")],
    Discriminator(_tag),
]


class Selector(Frozen):
    """Which events are meant: a name (None means any event) and a filter."""

    event: str | None = Field(default=None, max_length=200)
    filter: Filter | None = None
    label: str | None = Field(default=None, max_length=200)

    @property
    def title(self) -> str:
        """Return the words a reader sees for this selection."""
        return self.label or self.event or "Any event"

    def narrowed(self, filter: Filter | None) -> Selector:
        """Return the same selection of only those events that satisfy a filter, too."""
        if self.filter is not None and filter is not None:
            filter = All(all=(self.filter, filter))
        return self.model_copy(update={"filter": filter or self.filter})


class Group(Frozen):
    """One value of a breakdown: a text, None for missing, or all the others together.

    Of a breakdown by several properties, `more` holds the values of the second and third.
    """

    value: str | None = None
    more: tuple[str | None, ...] = Field(default=(), max_length=2)
    other: bool = False


def number_of(text: str | None) -> float | None:
    """Return the number that a text spells, or None.

    >>> number_of("5"), number_of(" 1e3 "), number_of("five"), number_of("nan"), number_of("1_0")
    (5.0, 1000.0, None, None, None)
    """
    if text is None or "_" in text:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def properties_in(filter: Filter | None) -> tuple[Property, ...]:
    """Return every property that a filter reads, each once, in order of appearance."""
    if filter is None:
        return ()
    if isinstance(filter, Condition | InCohort):
        return (filter.property,)
    inner = filter.all if isinstance(filter, All) else filter.any
    return tuple(dict.fromkeys(prop for part in inner for prop in properties_in(part)))
