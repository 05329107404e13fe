"""Which events, and which of their properties, a question asks an engine to show as a relation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from cairn.model.actor import Actor
from cairn.model.event import IDENTITY_EVENTS


class Named(Protocol):
    """A property by its owner (`event`, `person` or `account`) and its name."""

    @property
    def of(self) -> str:
        """Return whose property it is."""

    @property
    def name(self) -> str:
        """Return its name; `$country` is a typed column of the event."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The smallest part of the events that answers a question.

    `events` names them; None means all but those `without`. Times lie from
    `start_us` up to, not including, `end_us`. `actor` says whose number the column `person` holds:
    that of a person, or of a session or an account, counted from 0.
    """

    properties: tuple[Named, ...]
    events: frozenset[str] | None
    start_us: int
    end_us: int
    actor: Actor = "person"
    without: frozenset[str] = frozenset(IDENTITY_EVENTS)
