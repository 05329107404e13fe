"""Conversion over time: each attempt in the bucket in which it began, so that buckets add up."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.insights.funnel.spec import FunnelMoment, FunnelSpec
from cairn.query.periods import Buckets, Calendar, Span, buckets


def buckets_of(spec: FunnelSpec, span: Span, calendar: Calendar) -> Buckets:
    """Return the buckets of the period."""
    return buckets(span, spec.interval, calendar)


def bucket_of_each(began: NDArray[np.int64], over: Buckets) -> NDArray[Any]:
    """Return the bucket in which each attempt began."""
    return np.asarray(np.searchsorted(over.edges_us, began, side="right") - 1)


def moments(
    spec: FunnelSpec,
    began: NDArray[np.int64],
    converted: NDArray[np.bool_],
    span: Span,
    calendar: Calendar,
) -> tuple[FunnelMoment, ...]:
    """Return how many began in each bucket, and how many of them converted."""
    over = buckets_of(spec, span, calendar)
    place = bucket_of_each(began, over)
    started = np.bincount(place, minlength=len(over))
    made = np.bincount(place[converted], minlength=len(over))
    known = calendar.now_us
    if not spec.complete_after_period:
        known = min(known, span.end_us)
    return tuple(
        FunnelMoment(
            time=over.labels[i],
            started=int(started[i]),
            converted=int(made[i]),
            complete=min(over.edges_us[i + 1], span.end_us) + spec.window.microseconds <= known,
        )
        for i in range(len(over))
    )
