"""The answer to a question about sessions where events live in a database.

The engine selects and orders the events; which session each belongs to, and what is measured, is
found as in the kernel.
"""

from __future__ import annotations

from typing import Any

import ibis
import numpy as np
from numpy.typing import NDArray

from cairn.insights.ordered import coded
from cairn.insights.sessions.measuring import Texts, behind, measured
from cairn.insights.sessions.spec import SessionsPoint, SessionsResult, SessionsSpec
from cairn.insights.sessions.visits import ALWAYS, EVENTS, SESSION, Visits, divider_of, found
from cairn.query.periods import Calendar, Span
from cairn.query.relational import Relation, RelationalEngine, scope_of
from cairn.query.sequences import Matches


def answer(
    spec: SessionsSpec, engine: RelationalEngine, span: Span, calendar: Calendar
) -> SessionsResult:
    """Measure the sessions that begin in the span."""
    return measured(spec, *_visits(spec, engine, span), span, calendar)


def people(
    spec: SessionsSpec,
    point: SessionsPoint,
    engine: RelationalEngine,
    span: Span,
    calendar: Calendar,
) -> NDArray[np.int32]:
    """Return who has the sessions behind a number."""
    return behind(spec, point, *_visits(spec, engine, span), span, calendar)


def _visits(spec: SessionsSpec, engine: RelationalEngine, span: Span) -> tuple[Visits, Texts]:
    divider = divider_of(spec)
    relation = Relation(scope_of(EVENTS, spec.filter, (SESSION, divider), ALWAYS), engine)
    rows = relation.rows(_selected(spec, relation))
    person = rows["person"].to_numpy()
    persons, first = np.unique(person, return_index=True)
    _, session = coded(rows["session"])
    texts, code = coded(rows["value"])
    matches = Matches(
        first_person=0,
        offsets=np.append(first, len(person)).astype(np.int64),
        time=rows["time"].to_numpy().astype(np.int64),
        mask=rows["mask"].to_numpy().astype(np.uint32),
        codes=(session, code),
    )
    visits = found(spec, matches, span)
    visits.person[:] = persons[visits.person]
    return visits, texts


def _selected(spec: SessionsSpec, relation: Relation) -> Any:
    """Return the events on sessions, in order, with the bits of the selectors they match."""
    events, divider = relation.events, divider_of(spec)
    chosen = events if spec.filter is None else events.filter(relation.holds(spec.filter))
    mask: Any = ibis.literal(0, "int64")
    for bit, selector in enumerate(EVENTS):
        mask = mask + ibis.ifelse(relation.selected(selector), 1 << bit, 0)
    table = chosen.select(
        "person",
        "time",
        "seq",
        session=relation.text(SESSION),
        value=ibis.null("string") if divider is None else relation.text(divider),
        mask=mask.cast("int64"),
    )
    return table.filter(table.mask > 0).order_by("person", "time", "seq")
