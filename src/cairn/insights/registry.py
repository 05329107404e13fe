"""The kinds of question, each with its parts. Add a kind here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.insights.adoption import view as adoption_view
from cairn.insights.adoption.spec import AdoptionSpec
from cairn.insights.attribution import view as attribution_view
from cairn.insights.attribution.spec import AttributionSpec
from cairn.insights.engagement import view as engagement_view
from cairn.insights.engagement.spec import EngagementSpec
from cairn.insights.funnel import view as funnel_view
from cairn.insights.funnel.spec import FunnelSpec
from cairn.insights.lifecycle import view as lifecycle_view
from cairn.insights.lifecycle.spec import LifecycleSpec
from cairn.insights.paths import view as paths_view
from cairn.insights.paths.spec import PathsSpec
from cairn.insights.question import Question
from cairn.insights.retention import view as retention_view
from cairn.insights.retention.spec import RetentionSpec
from cairn.insights.revenue import view as revenue_view
from cairn.insights.revenue.spec import RevenueSpec
from cairn.insights.sessions import view as sessions_view
from cairn.insights.sessions.spec import SessionsSpec
from cairn.insights.stickiness import view as stickiness_view
from cairn.insights.stickiness.spec import StickinessSpec
from cairn.insights.trends import view as trends_view
from cairn.insights.trends.spec import TrendsSpec
from cairn.insights.usage import view as usage_view
from cairn.insights.usage.spec import UsageSpec
from cairn.insights.view import View
from cairn.query.periods import Calendar, Span


@dataclass(frozen=True, slots=True)
class Engine:
    """One way to count.

    `answer(spec, events, span, calendar)` returns the numbers, and `people(spec, point, events, span,
    calendar)` who stands behind one of them, ascending. `events` are a snapshot's `Sequences` for a
    kernel, a `RelationalEngine` for relations.
    """

    answer: Callable[[Any, Any, Span, Calendar], Any]
    people: Callable[[Any, Any, Any, Span, Calendar], NDArray[np.int32]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One question asked of the events, written once for each of its readers.

    Its folder has a `kernel` and a `relational` module, which give the same answer to every spec.
    They are imported when first asked for, because a server that starts need not wait for numba and
    Ibis. `view(spec, result, span, calendar)` is for readers.
    """

    name: str
    spec: type[Question]
    view: Callable[[Any, Any, Span, Calendar], View]

    def kernel(self) -> Engine:
        """Return the engine that reads sequences."""
        return self._engine("kernel")

    def relational(self) -> Engine:
        """Return the engine that reads relations."""
        return self._engine("relational")

    def _engine(self, name: str) -> Engine:
        module = import_module(f"cairn.insights.{self.name}.{name}")
        return Engine(module.answer, module.people)


KINDS = (
    Kind("trends", TrendsSpec, trends_view.view),
    Kind("funnel", FunnelSpec, funnel_view.view),
    Kind("retention", RetentionSpec, retention_view.view),
    Kind("lifecycle", LifecycleSpec, lifecycle_view.view),
    Kind("attribution", AttributionSpec, attribution_view.view),
    Kind("stickiness", StickinessSpec, stickiness_view.view),
    Kind("usage", UsageSpec, usage_view.view),
    Kind("engagement", EngagementSpec, engagement_view.view),
    Kind("paths", PathsSpec, paths_view.view),
    Kind("adoption", AdoptionSpec, adoption_view.view),
    Kind("sessions", SessionsSpec, sessions_view.view),
    Kind("revenue", RevenueSpec, revenue_view.view),
)


def kind_of(spec: Question) -> Kind:
    """Return the kind of a question."""
    return next(kind for kind in KINDS if isinstance(spec, kind.spec))
