"""The answer to paths over people's events in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cairn.insights.paths.counting import Counts, Layout, counted, joined, rules_of
from cairn.insights.paths.flow import Persons, behind, flow
from cairn.insights.paths.items import Items, items_of
from cairn.insights.paths.spec import PathsPoint, PathsResult, PathsSpec
from cairn.query.periods import Calendar, Span
from cairn.query.sequences import EVENT_NAME, Pick, Sequences


def answer(spec: PathsSpec, sequences: Sequences, span: Span, calendar: Calendar) -> PathsResult:
    """Count what flows from step to step."""
    walks = _Walks.of(spec, sequences, span)
    return flow(spec, walks.texts, walks.tally)


def people(
    spec: PathsSpec,
    point: PathsPoint,
    sequences: Sequences,
    span: Span,
    calendar: Calendar,
) -> Persons:
    """Return who was at a node, or moved on from it, or ended with it."""
    walks = _Walks.of(spec, sequences, span)
    return behind(spec, point, walks.texts, walks.tally)


@dataclass(frozen=True, slots=True)
class _Walks:
    """Everyone's events on paths, to be counted in any layout."""

    spec: PathsSpec
    sequences: Sequences
    pick: Pick
    items: Items
    texts: Sequence[str]

    @classmethod
    def of(cls, spec: PathsSpec, sequences: Sequences, span: Span) -> _Walks:
        properties = (EVENT_NAME,) if spec.by is None else (EVENT_NAME, spec.by)
        pick = Pick((*spec.events, *spec.except_events), span, spec.filter, properties)
        texts = [None] if spec.by is None else sequences.values(spec.by)
        return cls(spec, sequences, pick, *items_of(spec, sequences.values(EVENT_NAME), texts))

    def tally(self, layout: Layout, asked: int) -> tuple[Counts, Persons]:
        """Count every path, and say who is counted for a key."""
        rules = rules_of(self.spec)
        parts = self.sequences.scan(
            self.pick, lambda matches: counted(matches, self.items, rules, layout, asked)
        )
        return joined([counts for counts, _ in parts]), np.concatenate([who for _, who in parts])
