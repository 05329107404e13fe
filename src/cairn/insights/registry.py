"""The kinds of question, each with its parts. Add a kind here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.insights.funnel import view as funnel_view
from cairn.insights.funnel.spec import FunnelSpec
from cairn.insights.retention import view as retention_view
from cairn.insights.retention.spec import RetentionSpec
from cairn.insights.trends import view as trends_view
from cairn.insights.trends.spec import TrendsSpec
from cairn.insights.view import View
from cairn.query.filters import Frozen
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

    The kernel and the relational engine give the same answer to every spec. `view(spec, result, span,
    calendar)` is for readers.
    """

    name: str
    spec: type[Frozen]
    kernel: Callable[[], Engine]
    relational: Callable[[], Engine]
    view: Callable[[Any, Any, Span, Calendar], View]


def _kernel_of_trends() -> Engine:
    from cairn.insights.trends import kernel

    return Engine(kernel.answer, kernel.people)


def _kernel_of_funnel() -> Engine:
    from cairn.insights.funnel import kernel

    return Engine(kernel.answer, kernel.people)


def _kernel_of_retention() -> Engine:
    from cairn.insights.retention import kernel

    return Engine(kernel.answer, kernel.people)


def _relational_trends() -> Engine:
    from cairn.insights.trends import relational

    return Engine(relational.answer, relational.people)


def _relational_funnel() -> Engine:
    from cairn.insights.funnel import relational

    return Engine(relational.answer, relational.people)


def _relational_retention() -> Engine:
    from cairn.insights.retention import relational

    return Engine(relational.answer, relational.people)


# Engines are imported when first asked, because a server that starts need not wait for them: numba
# and Ibis take their time to load.
KINDS = (
    Kind(
        "trends",
        TrendsSpec,
        _kernel_of_trends,
        _relational_trends,
        trends_view.view,
    ),
    Kind(
        "funnel",
        FunnelSpec,
        _kernel_of_funnel,
        _relational_funnel,
        funnel_view.view,
    ),
    Kind(
        "retention",
        RetentionSpec,
        _kernel_of_retention,
        _relational_retention,
        retention_view.view,
    ),
)


def kind_of(spec: Frozen) -> Kind:
    """Return the kind of a question."""
    return next(kind for kind in KINDS if isinstance(spec, kind.spec))
