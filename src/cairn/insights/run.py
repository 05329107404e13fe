"""Answering a question of any kind over one project's events.

A store that shows its events as sequences answers by kernels, any other by relations.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.cohorts.members import Flagged, Known, Selected, asked_by, persons_of
from cairn.core.deadline import NEVER, Deadline
from cairn.core.errors import InvalidInput
from cairn.insights.answer import Answer, Meta, Spec
from cairn.insights.chart import Point
from cairn.insights.registry import Engine, kind_of
from cairn.model.actor import Told
from cairn.query.periods import Calendar, Span, local, resolve
from cairn.store.base import RelationalStore, SequenceStore

Store = SequenceStore | RelationalStore

NO_COHORTS: Known = {}


def ask(
    store: Store,
    spec: Spec,
    calendar: Calendar,
    threads: int = 0,
    saved: Known = NO_COHORTS,
    deadline: Deadline = NEVER,
) -> Answer:
    """Answer a question with so many threads (0: one per core), given the project's cohorts.

    Raises InvalidInput when the period or a pattern cannot be read, or a cohort is not known, and
    QueryTimeout soon after the deadline.
    """
    began = time.perf_counter()
    fresh_us, version = store.fresh_until_us, store.data_version
    span = span_of(store, spec, calendar)
    engine, name, events = _engine(store, spec, calendar, threads, saved, deadline)
    result = engine.answer(spec, events, span, calendar)
    view = kind_of(spec).view(spec, result, span, calendar)
    return Answer(
        kind=spec.kind,
        spec=spec,
        result=result,
        view=view,
        meta=Meta(
            engine=name,
            took_ms=round((time.perf_counter() - began) * 1e3, 3),
            time_zone=str(calendar.zone),
            fresh_until=local(fresh_us, calendar.zone).isoformat() if fresh_us else None,
            data_version=version,
            period_from=local(span.start_us, calendar.zone).isoformat(),
            period_to=local(span.end_us, calendar.zone).isoformat(),
        ),
    )


def people_behind(
    store: Store,
    spec: Spec,
    point: Point,
    calendar: Calendar,
    threads: int = 0,
    saved: Known = NO_COHORTS,
) -> NDArray[np.int32]:
    """Return the people behind a number of the answer, ascending.

    Raises InvalidInput when the answer has no such number.
    """
    return _behind(store, spec, point, calendar, threads, saved)[0]


def actors_behind(
    store: SequenceStore,
    spec: Spec,
    point: Point,
    calendar: Calendar,
    limit: int,
    offset: int,
    saved: Known = NO_COHORTS,
) -> tuple[int, list[Told]]:
    """Return how many sessions or accounts are behind a number, and some of them.

    Raises InvalidInput when the answer has no such number.
    """
    from cairn.query.actors import told

    found, events = _behind(store, spec, point, calendar, 0, saved)
    if events.acting is None:
        raise InvalidInput("a question about people has people behind its numbers")
    return len(found), told(events.acting, found[offset : offset + limit].tolist())


def _behind(
    store: Store, spec: Spec, point: Point, calendar: Calendar, threads: int, saved: Known
) -> tuple[NDArray[np.int32], Any]:
    """Return the actors behind a number, and the events in which they were found."""
    if point.kind != spec.kind:
        raise InvalidInput(
            f"a point of kind '{point.kind}' does not belong to a question of kind '{spec.kind}'",
            hint="Send the point that came with the answer's view.",
        )
    span = span_of(store, spec, calendar)
    engine, _, events = _engine(store, spec, calendar, threads, saved)
    return engine.people(spec, point, events, span, calendar), events


def sql_of(
    store: RelationalStore, spec: Spec, calendar: Calendar, saved: Known = NO_COHORTS
) -> list[str]:
    """Return the SQL that answers a question, having run it.

    Raises what answering raises.
    """
    from cairn.query.relational import Recorded

    recorded = Recorded(store)
    span = span_of(store, spec, calendar)
    engine, _, events = _engine(recorded, spec, calendar, 0, saved)
    engine.answer(spec, events, span, calendar)
    return recorded.statements


def span_of(store: Store, spec: Spec, calendar: Calendar) -> Span:
    """Return the instants that a question's period covers."""
    first = store.first_event_us() if spec.period.from_ == "all" else None
    return resolve(spec.period, calendar, first)


def _engine(
    store: Store,
    spec: Spec,
    calendar: Calendar,
    threads: int,
    saved: Known,
    deadline: Deadline = NEVER,
) -> tuple[Engine, str, Any]:
    """Return what answers, its name, and the events to give it."""
    kind, known, persons = kind_of(spec), asked_by(spec, saved), persons_of(store)
    if isinstance(store, SequenceStore):
        from cairn.query.sequences import Sequences

        snapshot = store.snapshot
        flagged = Flagged(snapshot, known, calendar, persons, threads)
        sequences = Sequences(snapshot, threads, spec.actor, flagged, deadline)
        return kind.kernel(), "sequences", sequences
    events: Any = store
    if known:
        from cairn.cohorts.relational import WithCohorts

        events = WithCohorts(store, Selected(store, known, calendar, persons))
    if spec.actor != "person":
        from cairn.query.relational import ByActor

        events = ByActor(events, spec.actor)
    return kind.relational(), store.dialect, events
