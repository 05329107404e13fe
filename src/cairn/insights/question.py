"""What questions of every kind have."""

from __future__ import annotations

from cairn.query.actors import Actor
from cairn.query.filters import Filter, Frozen
from cairn.query.periods import Period

NOUNS: dict[Actor, tuple[str, str]] = {
    "person": ("person", "people"),
    "session": ("session", "sessions"),
    "account": ("account", "accounts"),
}
"""One of them, and several."""


class Question(Frozen):
    """A question about the events of a period that satisfy a filter, counted by who acts in them."""

    period: Period = Period()
    filter: Filter | None = None
    actor: Actor = "person"
