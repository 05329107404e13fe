"""What a project holds, for looking around: names, values, people, sessions and rejections.

Questions of behaviour go through `cairn.insights`; this is everything else that pages show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from cairn.store.base import Person


@dataclass(frozen=True, slots=True)
class EventName:
    """An event that the project has seen, how often, and when last."""

    name: str
    count: int
    last_us: int


@dataclass(frozen=True, slots=True)
class PropertyName:
    """A property that events, persons or accounts of the project carry."""

    of: Literal["event", "person", "account"]
    name: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything that a question can name. Events come by count, the largest first.

    `event_total` counts what "any event" counts: calls that only say who somebody is are left out.
    """

    events: Sequence[EventName]
    properties: Sequence[PropertyName]
    event_total: int
    person_total: int


@dataclass(frozen=True, slots=True)
class ValueCount:
    """A value of a property as text, and how many events, persons or accounts have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person in a list. `events` counts what they did: identify, group and alias are no acts."""

    person: Person
    uid: str
    distinct_ids: Sequence[str]
    properties: Mapping[str, Any]
    account: str | None
    first_us: int
    last_us: int
    events: int


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Some of the people found, and how many there are."""

    total: int
    people: Sequence[PersonLine]


@dataclass(frozen=True, slots=True)
class PersonEvent:
    """An event on a person's page."""

    id: str
    event: str
    time_us: int
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Visit:
    """A session: its events in order of time."""

    start_us: int
    end_us: int
    events: Sequence[PersonEvent]


@dataclass(frozen=True, slots=True)
class PersonPage:
    """A person with their sessions, newest first. `more` says that older events are left out."""

    line: PersonLine
    visits: Sequence[Visit]
    more: bool


@dataclass(frozen=True, slots=True)
class RejectedInput:
    """Something that arrived and could not become an event."""

    received_us: int
    reason: str
    hint: str
    payload: str


@dataclass(frozen=True, slots=True)
class RejectionPage:
    """Some rejections, newest first, and how many there are."""

    total: int
    rejections: Sequence[RejectedInput]


class Browser(Protocol):
    """Looks around in one project. Safe from any thread."""

    def catalog(self) -> Catalog:
        """Return the events and properties that questions can name."""

    def values(self, of: str, name: str, event: str | None, search: str) -> Sequence[ValueCount]:
        """Return the commonest values of a property, on one event or all, that contain a text."""

    def people(self, search: str, limit: int, offset: int) -> PeoplePage:
        """Return the persons whose ids or properties contain a text, last seen first."""

    def lines(self, persons: Sequence[Person]) -> Sequence[PersonLine]:
        """Return these persons, in the order given."""

    def person(self, uid: str) -> PersonPage:
        """Return a person's page, or raise NotFound."""

    def rejections(self, limit: int, offset: int) -> RejectionPage:
        """Return what was rejected, newest first."""

    def rejection_count(self) -> int:
        """Return how much was rejected."""
