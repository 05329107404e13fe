"""The answer to a question about sessions over people's events in order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cairn.insights.sessions.measuring import Texts, behind, measured
from cairn.insights.sessions.spec import SessionsPoint, SessionsResult, SessionsSpec
from cairn.insights.sessions.visits import (
    ALWAYS,
    EVENTS,
    SESSION,
    Visits,
    divider_of,
    found,
    joined,
)
from cairn.query.periods import Calendar, Span
from cairn.query.sequences import Pick, Sequences


def answer(
    spec: SessionsSpec, sequences: Sequences, span: Span, calendar: Calendar
) -> SessionsResult:
    """Measure the sessions that begin in the span."""
    return measured(spec, *_visits(spec, sequences, span), span, calendar)


def people(
    spec: SessionsSpec,
    point: SessionsPoint,
    sequences: Sequences,
    span: Span,
    calendar: Calendar,
) -> NDArray[np.int32]:
    """Return who has the sessions behind a number."""
    return behind(spec, point, *_visits(spec, sequences, span), span, calendar)


def _visits(spec: SessionsSpec, sequences: Sequences, span: Span) -> tuple[Visits, Texts]:
    divider = divider_of(spec)
    properties = (SESSION,) if divider is None else (SESSION, divider)
    pick = Pick(EVENTS, ALWAYS, spec.filter, properties)
    parts = sequences.scan(pick, lambda matches: found(spec, matches, span))
    return joined(parts), [None] if divider is None else sequences.values(divider)
