"""What every wire format is: a name, and a pure function from a request's body to events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cairn.model.event import Event, Rejection


@dataclass(slots=True)
class Reading:
    """What a request said: events in the order of the body, and what could not become one."""

    events: list[Event] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wire:
    """One wire format. `read` takes the call (`batch`, `track`), the body and the time it came.

    `read` is pure, gives the same events for the same arguments, and never raises on any body.
    """

    name: str
    read: Callable[[str, bytes, int], Reading]
