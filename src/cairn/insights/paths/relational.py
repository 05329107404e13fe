"""The answer to paths where events live in a database.

Where a path is cut, which of a run stays and how far it reaches depend on what came before, so the
engine selects and orders the events, and the kernel's counting walks them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np

from cairn.insights.ordered import coded
from cairn.insights.paths.counting import Counts, Layout, counted, joined, rules_of
from cairn.insights.paths.flow import Persons, behind, flow
from cairn.insights.paths.items import Items, items_of
from cairn.insights.paths.spec import PathsPoint, PathsResult, PathsSpec
from cairn.query.periods import Calendar, Span
from cairn.query.relational import Relation, RelationalEngine, scope_of
from cairn.query.sequences import Matches


def answer(
    spec: PathsSpec, engine: RelationalEngine, span: Span, calendar: Calendar
) -> PathsResult:
    """Count what flows from step to step."""
    walks = _Walks.of(spec, engine, span)
    return flow(spec, walks.texts, walks.tally)


def people(
    spec: PathsSpec,
    point: PathsPoint,
    engine: RelationalEngine,
    span: Span,
    calendar: Calendar,
) -> Persons:
    """Return who was at a node, or moved on from it, or ended with it."""
    walks = _Walks.of(spec, engine, span)
    return behind(spec, point, walks.texts, walks.tally)


@dataclass(frozen=True, slots=True)
class _Walks:
    """Everyone's events on paths, to be counted in any layout. Match p is about `people[p]`."""

    spec: PathsSpec
    matches: Matches
    people: Persons
    items: Items
    texts: Sequence[str]

    @classmethod
    def of(cls, spec: PathsSpec, engine: RelationalEngine, span: Span) -> _Walks:
        selectors = (*spec.events, *spec.except_events)
        relation = Relation(scope_of(selectors, spec.filter, (spec.by,), span), engine)
        rows = relation.rows(_selected(spec, relation))
        person = rows["person"].to_numpy()
        people, first = np.unique(person, return_index=True)
        names, event = coded(rows["event"])
        texts, text = coded(rows["text"])
        matches = Matches(
            first_person=0,
            offsets=np.append(first, len(person)).astype(np.int64),
            time=rows["time"].to_numpy().astype(np.int64),
            mask=rows["mask"].to_numpy().astype(np.uint32),
            codes=(event, text),
        )
        return cls(spec, matches, people.astype(np.int32), *items_of(spec, names, texts))

    def tally(self, layout: Layout, asked: int) -> tuple[Counts, Persons]:
        """Count every path, and say who is counted for a key."""
        counts, found = counted(self.matches, self.items, rules_of(self.spec), layout, asked)
        return joined([counts]), self.people[found]


def _selected(spec: PathsSpec, relation: Relation) -> Any:
    """Return the events on paths, in order, with the bits of the selectors they match."""
    events = relation.events
    chosen = events if spec.filter is None else events.filter(relation.holds(spec.filter))
    mask: Any = ibis.literal(0, "int64")
    for bit, selector in enumerate((*spec.events, *spec.except_events)):
        mask = mask + ibis.ifelse(relation.selected(selector), 1 << bit, 0)
    text = ibis.null("string") if spec.by is None else relation.text(spec.by)
    table = chosen.select("person", "time", "seq", "event", text=text, mask=mask.cast("int64"))
    return table.filter(table.mask > 0).order_by("person", "time", "seq")
