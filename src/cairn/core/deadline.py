"""The moment after which an answer is of no use to anyone."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from cairn.core.errors import QueryTimeout


@dataclass(frozen=True, slots=True)
class Deadline:
    """Work asks between its pieces whether there is still time, so that nothing runs on unasked for."""

    seconds: float = math.inf
    at: float = math.inf

    @classmethod
    def within(cls, seconds: float) -> Deadline:
        """Return the deadline so many seconds from now."""
        return cls(seconds, time.monotonic() + seconds)

    def check(self) -> None:
        """Raise QueryTimeout when it has passed."""
        if time.monotonic() > self.at:
            raise QueryTimeout(
                f"the question took longer than {self.seconds:g} s",
                hint="Choose a shorter period, or raise query_timeout_seconds.",
            )


NEVER = Deadline()
