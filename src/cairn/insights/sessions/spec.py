"""The question of sessions: how many there are, how long they take, and how they begin and end."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from cairn.insights.question import Question
from cairn.query.filters import Frozen, Group, Property
from cairn.query.periods import Interval

SessionsMeasure = Literal[
    "sessions",
    "average_length",
    "median_length",
    "p90_length",
    "events_per_session",
    "bounce_rate",
    "average_time_spent",
    "median_time_spent",
    "entries",
    "exits",
    "lengths",
]
BARS = ("entries", "exits", "lengths")
"""Measures that divide the sessions of the whole period instead of following them over time."""


class SessionsSpec(Question):
    """Sessions, by when they start.

    A session is what a client calls one; events without a client's session belong together while no
    pause is longer than `pause_seconds`. It counts where its first event lies in the period, as a whole,
    also when it lasts beyond. All events that satisfy the filter are on sessions.

    - `sessions`: how many. `events_per_session`: their events on average.
    - `average_length`, `median_length`, `p90_length`: seconds from the first event to the last.
    - `bounce_rate`: the share with exactly one page or screen that are shorter than `bounce_seconds`.
    - `average_time_spent`, `median_time_spent`: the lengths of each actor's sessions added up, over the
      actors who have one.
    - `entries`, `exits`: sessions by their first or last event: its name, or the text of `by`.
    - `lengths`: sessions by ranges of their length.

    With a breakdown, a session has the value of its first event. The `limit` values with the most
    sessions are shown (ties by value), the rest together.
    """

    kind: Literal["sessions"] = "sessions"
    measure: SessionsMeasure = "sessions"
    pause_seconds: int = Field(default=1_800, ge=1, le=31_536_000)
    bounce_seconds: int = Field(default=10, ge=0, le=86_400)
    by: Property | None = Field(default=None, description="Names entries and exits.")
    interval: Interval = "day"
    breakdown: Property | None = None
    limit: int = Field(default=25, ge=1, le=100)

    @model_validator(mode="after")
    def _parts_fit(self) -> SessionsSpec:
        if self.by is not None and self.measure not in ("entries", "exits"):
            raise ValueError(f"measure '{self.measure}' takes no 'by'; entries and exits do")
        if self.breakdown is not None and self.measure in BARS:
            raise ValueError(
                f"measure '{self.measure}' divides sessions itself; it takes no breakdown"
            )
        return self


class SessionsPoint(Frozen):
    """A number of the answer: the sessions of a bucket (None: of the period) and a group.

    Of a bounce rate, those that bounced.
    """

    kind: Literal["sessions"] = "sessions"
    bucket: int | None = Field(default=None, ge=0)
    group: Group | None = None


class SessionsLine(Frozen):
    """The measure of one group: per bucket, and for the whole period; None where there is nothing."""

    group: Group | None
    values: tuple[float | None, ...]
    total: float | None


class SessionsResult(Frozen):
    """The answer: a line per group in order of size, or, of bars, one without values per bar."""

    buckets: tuple[str, ...]
    lines: tuple[SessionsLine, ...]
