"""The answer to a funnel as a relation: one running maximum per step.

For each step, `reached_k` of an event is the latest start from which the event completes step k: the
running maximum of `reached_(k-1)` over the person's events up to that instant, if it lies within the
window. An event that fits two steps can serve only one of them, which a running maximum cannot say,
nor can it judge attempts; then the engine selects the events in order and the kernel walks them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cairn.insights.funnel.journeys import Journeys, Persons, behind, counted, first_steps
from cairn.insights.funnel.kernel import followed
from cairn.insights.funnel.selecting import needs_of, properties_of, seen, selectors_of
from cairn.insights.funnel.spec import FunnelPoint, FunnelResult, FunnelSpec
from cairn.insights.points import within
from cairn.query.periods import Calendar, Span
from cairn.query.relational import Relation, RelationalEngine, scope_of
from cairn.query.sequences import Matches


def answer(
    spec: FunnelSpec, engine: RelationalEngine, span: Span, calendar: Calendar
) -> FunnelResult:
    """Count everyone, and each group of the breakdown."""
    return counted(spec, *journeys_of(spec, engine, span), span, calendar)


def people(
    spec: FunnelSpec,
    point: FunnelPoint,
    engine: RelationalEngine,
    span: Span,
    calendar: Calendar,
) -> Persons:
    """Return the people who reached a step, or who stopped just before it."""
    within(point.step, len(spec.steps), "steps")
    return np.sort(behind(spec, point, *journeys_of(spec, engine, span), span, calendar))


def journeys_of(
    spec: FunnelSpec, engine: RelationalEngine, span: Span
) -> tuple[Journeys, list[str | None]]:
    """Return how far everyone came, and the text behind each code of the breakdown."""
    relation = relation_of(spec, engine, span)
    if steps_overlap(spec) or not spec.simple:
        return walked(spec, relation, span)
    return read(spec, relation.rows(expression(spec, relation)))


def relation_of(spec: FunnelSpec, engine: RelationalEngine, span: Span) -> Relation:
    """Return the events that a funnel looks at."""
    needed = selectors_of(spec), spec.filter, properties_of(spec), seen(spec, span)
    return Relation(scope_of(*needed), engine)


def steps_overlap(spec: FunnelSpec) -> bool:
    """Return whether one event could fit two steps: only different names rule it out."""
    names = [{selector.event for selector in step} for step in spec.alternatives]
    return any(None in step for step in names) or len(set().union(*names)) < sum(map(len, names))


def taken(spec: FunnelSpec, relation: Relation) -> ir.Table:
    """Return the events of the funnel: which steps each fits, and the properties that are read."""
    events = relation.events
    fits = {
        f"fits_{bit}": ibis.or_(*map(relation.selected, need))
        for bit, need in enumerate(needs_of(spec))
    }
    texts = {f"text_{i}": relation.text(prop) for i, prop in enumerate(properties_of(spec))}
    chosen = events if spec.filter is None else events.filter(relation.holds(spec.filter))
    chosen = chosen.select("seq", "time", "person", **texts, **fits)
    return chosen.filter(ibis.or_(*(chosen[name] for name in fits)))


def valued(spec: FunnelSpec, relation: Relation) -> ir.Table:
    """Return the same events with the person's value: the first or last that is not missing."""
    chosen = taken(spec, relation)
    if spec.breakdown is None:
        return chosen.mutate(value=ibis.null("string"))
    chosen = chosen.rename(own="text_0")
    order = [chosen.own.isnull(), chosen.time, chosen.seq]
    if spec.attribution == "last_touch":
        order = [chosen.own.isnull(), chosen.time.desc(), chosen.seq.desc()]
    placed = chosen.mutate(place=ibis.row_number().over(group_by=chosen.person, order_by=order))
    first = ibis.ifelse(placed.place == 0, placed.own, ibis.null("string"))
    return placed.mutate(value=first.max().over(group_by=placed.person))


def expression(spec: FunnelSpec, relation: Relation) -> ir.Table:
    """Return for each person who started: how far they came, when, and their value."""
    last = len(spec.steps) - 1
    nothing = ibis.null("int64")
    table = valued(spec, relation)
    table = table.mutate(reached_0=ibis.ifelse(table.fits_0, table.time, nothing))
    for k in range(1, last + 1):
        so_far = ibis.range_window(
            group_by=table.person, order_by=table.time, preceding=None, following=0
        )
        table = table.mutate(start=table[f"reached_{k - 1}"].max().over(so_far))
        here = table[f"fits_{k}"] & (table.time - table.start <= spec.window.microseconds)
        table = table.mutate(**{f"reached_{k}": ibis.ifelse(here, table.start, nothing)})
    firsts = {
        f"first_{k}": table[f"reached_{k}"].min().over(group_by=table.person)
        for k in range(last + 1)
    }
    table = table.mutate(**firsts)
    table = table.mutate(best=ibis.coalesce(*(table[f"first_{k}"] for k in range(last, -1, -1))))
    table = table.filter(table.best.notnull())
    times = {
        f"time_{k}": ibis.ifelse(table[f"reached_{k}"] == table.best, table.time, nothing).min()
        for k in range(last + 1)
    }
    came = {f"came_{k}": table[f"reached_{k}"].count() for k in range(last + 1)}
    return table.group_by("person").aggregate(value=table.value.max(), **times, **came)


def read(spec: FunnelSpec, table: pa.Table) -> tuple[Journeys, list[str | None]]:
    """Return journeys and the values behind their codes from the rows of `expression`."""
    steps = len(spec.steps)
    reached = np.zeros(len(table), np.uint8)
    times = np.zeros((len(table), steps), np.int64)
    for k in range(steps):
        reached += (table[f"came_{k}"].to_numpy() > 0).astype(np.uint8)
        times[:, k] = table[f"time_{k}"].fill_null(0).to_numpy()
    codes, texts = _coded(table["value"].to_pylist())
    person = table["person"].to_numpy().astype(np.int32)
    return Journeys(person, first_steps(reached), times, codes), texts


def walked(spec: FunnelSpec, relation: Relation, span: Span) -> tuple[Journeys, list[str | None]]:
    """Let the engine select and order the events, and follow each person through the steps here."""
    table = taken(spec, relation)
    mask: Any = ibis.literal(0, "int64")
    for bit in range(len(needs_of(spec))):
        mask = mask + ibis.ifelse(table[f"fits_{bit}"], 1 << bit, 0)
    read = [f"text_{i}" for i in range(len(properties_of(spec)))]
    ordered = table.select("person", "time", "seq", *read, mask=mask.cast("int64"))
    rows = relation.rows(ordered.order_by("person", "time", "seq"))
    person = rows["person"].to_numpy()
    people, first = np.unique(person, return_index=True)
    coded = [_coded(rows[name].to_pylist()) for name in read]
    matches = Matches(
        first_person=0,
        offsets=np.append(first, len(person)).astype(np.int64),
        time=rows["time"].to_numpy().astype(np.int64),
        mask=rows["mask"].to_numpy().astype(np.uint32),
        codes=tuple(codes for codes, _ in coded),
    )
    journeys = followed(spec, matches, span)
    texts: list[str | None] = [None] if spec.breakdown is None else coded[-1][1]
    return replace(journeys, person=people[journeys.person].astype(np.int32)), texts


def _coded(
    found: Sequence[str | None],
) -> tuple[NDArray[np.uint32], list[str | None]]:
    """Return the code of each text, 0 for missing, and the text of each code."""
    texts = [None, *sorted({text for text in found if text is not None})]
    code_of = {text: code for code, text in enumerate(texts)}
    return np.fromiter((code_of[text] for text in found), np.uint32, len(found)), texts
