"""From everyone's usual gap to the answer: what every engine does once it knows them."""

from __future__ import annotations

from typing import Any

import numpy as np

from cairn.insights.usage.spec import UsageResult, UsageSpec


def result_of(spec: UsageSpec, persons: Any) -> UsageResult:
    """Return the answer when `persons[gap]` people have a usual gap, those of gap 0 none.

    >>> result_of(UsageSpec(bars=2), [7, 2, 1, 1, 1])
    UsageResult(persons=(2, 1, 2), once=7, natural=3)
    """
    persons = np.asarray(persons, np.int64)
    once, persons = int(persons[:1].sum()), persons[1:]
    total = int(persons.sum())
    natural = None
    if total:
        natural = int(np.argmax(persons.cumsum() / total >= spec.share)) + 1
    shown = np.zeros(spec.bars, np.int64)
    shown[: len(persons)] = persons[: spec.bars]
    return UsageResult(
        persons=(*shown.tolist(), total - int(shown.sum())), once=once, natural=natural
    )


def has_gap(spec: UsageSpec, gap: int, gaps: Any) -> Any:
    """Return which usual gaps belong to the bar of a gap; those of nobody active are negative."""
    return gaps > spec.bars if gap > spec.bars else gaps == gap
