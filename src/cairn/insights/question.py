"""What questions of every kind have."""

from __future__ import annotations

from typing import Literal

from cairn.query.filters import Filter, Frozen
from cairn.query.periods import Period

Actor = Literal["person", "session", "account"]
"""Who is counted. Whoever acts has a sequence of events; a question follows each of them."""

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
