"""What questions of every kind have."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from cairn.insights.presets import Peer, filled
from cairn.model.actor import Actor
from cairn.query.filters import Filter, Frozen
from cairn.query.periods import Period

NOUNS: dict[Actor, tuple[str, str]] = {
    "person": ("person", "people"),
    "session": ("session", "sessions"),
    "account": ("account", "accounts"),
}
"""One of them, and several."""


class Question(Frozen):
    """A question about the events of a period that satisfy a filter, counted by who acts in them.

    `like` takes the options that are left out from what another product does by default.
    """

    period: Period = Period()
    filter: Filter | None = None
    actor: Actor = "person"
    like: Peer = "cairn"

    @model_validator(mode="before")
    @classmethod
    def _is_like_its_peer(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return filled(cls.model_fields["kind"].default, given)
