"""The kinds of question, each with its parts. Add a kind here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.insights.funnel import kernel as funnel_kernel
from cairn.insights.funnel import view as funnel_view
from cairn.insights.retention import kernel as retention_kernel
from cairn.insights.retention import view as retention_view
from cairn.insights.trends import kernel as trends_kernel
from cairn.insights.trends import view as trends_view
from cairn.insights.view import View
from cairn.query.periods import Calendar, Span
from cairn.query.sequences import Sequences


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of question is answered, opened and shown.

    `answer(spec, sequences, span, calendar)` counts; `people(spec, point, sequences, span, calendar)`
    returns who stands behind a number; `view(spec, result, span, calendar)` is for readers.
    """

    answer: Callable[[Any, Sequences, Span, Calendar], Any]
    people: Callable[[Any, Any, Sequences, Span, Calendar], NDArray[np.int32]]
    view: Callable[[Any, Any, Span, Calendar], View]


KINDS: Mapping[str, Kind] = {
    "trends": Kind(trends_kernel.answer, trends_kernel.people, trends_view.view),
    "funnel": Kind(funnel_kernel.answer, funnel_kernel.people, funnel_view.view),
    "retention": Kind(
        retention_kernel.answer, retention_kernel.people, retention_view.view
    ),
}
