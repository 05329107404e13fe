"""Who acts: people, or their sessions, or accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Actor = Literal["person", "session", "account"]


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to say of a session or an account: whose or which, since when, until when."""

    person: int | None
    name: str | None
    start_us: int
    end_us: int
    events: int
