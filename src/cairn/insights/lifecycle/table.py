"""From counts to a lifecycle: the intervals, and what every engine does once it has counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.insights.lifecycle.spec import LifecycleGroup, LifecycleResult, LifecycleSpec
from cairn.insights.view import share
from cairn.query.filters import Group
from cairn.query.periods import Buckets, Calendar, Span, after, buckets


@dataclass(frozen=True, slots=True)
class Frame:
    """The intervals of the period, and the one before them.

    Interval i is `edges[i]` to `edges[i + 1]`. Interval 0 lies before the period; bucket b of the
    answer is interval b + 1. The last one ends with the period.
    """

    buckets: Buckets
    edges: NDArray[np.int64]

    @property
    def span(self) -> Span:
        """Return the stretch in which being active matters."""
        return Span(int(self.edges[0]), int(self.edges[-1]))


def frame_of(spec: LifecycleSpec, span: Span, calendar: Calendar) -> Frame:
    """Divide the period into intervals."""
    divided = buckets(span, spec.interval, calendar)
    before = after(divided.edges_us[0], spec.interval, calendar, -1)
    edges = np.array([before, *divided.edges_us[:-1], span.end_us], np.int64)
    return Frame(divided, edges)


def result_of(
    frame: Frame, total: Any, groups: Sequence[Group] = (), counts: Sequence[Any] = ()
) -> LifecycleResult:
    """Return the answer of people per status and bucket, for everyone and for each group."""
    return LifecycleResult(
        buckets=frame.buckets.labels,
        total=_group(None, total),
        groups=tuple(_group(group, part) for group, part in zip(groups, counts, strict=True)),
    )


def _group(group: Group | None, counts: Any) -> LifecycleGroup:
    new, returning, resurrecting, dormant = (tuple(row) for row in np.asarray(counts).tolist())
    came = [a + b for a, b in zip(new, resurrecting, strict=True)]
    return LifecycleGroup(
        group=group,
        new=new,
        returning=returning,
        resurrecting=resurrecting,
        dormant=dormant,
        growth=tuple(a - b for a, b in zip(came, dormant, strict=True)),
        pulse=tuple(share(a, b) for a, b in zip(came, dormant, strict=True)),
    )
