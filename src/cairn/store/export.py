"""Stored events on their way out, with what their client said of who did them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import msgspec


class Exported(msgspec.Struct, kw_only=True, frozen=True):
    """One stored event. Read back in, in order, events like it make the same people of the same ids.

    `user_id`, `anonymous_id` and `previous_id` are what a client has to send for that: an id that
    belongs to a known person is named beside the person's user id by one of their events. `person`
    is the public id of whom the events belong to now. `properties` and `traits` are JSON objects;
    the traits of a person or account are on the last event that can carry them.
    """

    id: str
    event: str
    time_us: int
    received_us: int
    person: str
    user_id: str | None
    anonymous_id: str | None
    previous_id: str | None
    account: str | None
    context: Mapping[str, str]
    properties: bytes
    traits: bytes | None


class Exporter(Protocol):
    """Gives out a project's events."""

    def count(self, start_us: int | None, end_us: int | None, names: Sequence[str]) -> int:
        """Return how many events there are within the bounds, and of these names if any."""

    def events(
        self, start_us: int | None, end_us: int | None, names: Sequence[str]
    ) -> Iterator[Exported]:
        """Yield them in order of arrival. The end is excluded."""
