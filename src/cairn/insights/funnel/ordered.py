"""Attempts in order: each required step as early as it can be, optional ones where they fit.

Events of one instant are taken together. First they serve as many required steps as they can, then
the optional steps in between. An exclusion ends the attempt when it falls after the instant of one
step of its pair and before that of the other.

What happens to an attempt after its first instant depends only on the last step it took, not on when
it began. So a person's instants are read once from the last to the first, to know for each step what
comes next; then each attempt is a walk from change to change, at most one per step.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cairn.insights.funnel.matching import all_placed
from cairn.query.picking import compiled


@compiled
def what_matters(steps: int, optional: Any, between: Any) -> Any:
    """Return for each last step the bits of a mask that can change something after it."""
    matters = np.zeros(steps, np.int64)
    for last in range(steps - 1):
        for x in range(len(between)):
            if between[x, 0] <= last < between[x, 1]:
                matters[last] |= 1 << (steps + x)
        k, goes_on = last + 1, True
        while k < steps and goes_on:
            matters[last] |= 1 << k
            goes_on = (optional >> k) & 1 != 0
            k += 1
    return matters


@compiled
def look_ahead(
    first: Any, instants: int, mask: Any, matters: Any, optional: Any, between: Any, holder: Any,
    room: Any, change: Any, follows: Any,
) -> None:  # fmt: skip
    """Write for each instant and last step what the instant changes, and the next that does.

    `first` says where each instant begins. Of `change` the bits are the steps taken, the one after
    the last step is an exclusion met; 0 is no change. `follows` is `instants` when none follows.
    """
    steps = len(holder)
    for i in range(instants - 1, -1, -1):
        union = np.int64(0)
        for j in range(first[i], first[i + 1]):
            union |= np.int64(mask[j])
        for last in range(steps - 1):
            follows[i, last] = i + 1
            if i + 1 < instants and change[i + 1, last] == 0:
                follows[i, last] = follows[i + 1, last]
            change[i, last] = 0
            if union & matters[last]:
                change[i, last] = changed_by(
                    first[i], first[i + 1], -1, last, union, mask, optional, between, holder, room
                )


@compiled
def changed_by(
    begin: int, end: int, used: Any, before: int, union: Any, mask: Any, optional: Any,
    between: Any, holder: Any, room: Any,
) -> Any:  # fmt: skip
    """Return the steps that the events of one instant take after step `before`, but for one used.

    The bit after the steps is set when an exclusion ends the attempt here.
    """
    steps = len(holder)
    last, need, wanted = before, before + 1, np.int64(0)
    while need < steps and (optional >> need) & 1:
        need += 1
    while need < steps and (union >> need) & 1:
        if not all_placed(mask, begin, end, used, wanted | (1 << need), holder, room):
            break
        wanted |= 1 << need
        last = need
        need += 1
        while need < steps and (optional >> need) & 1:
            need += 1
    for k in range(before + 1, need):
        fits = (optional >> k) & (union >> k) & 1
        if fits and all_placed(mask, begin, end, used, wanted | (1 << k), holder, room):
            wanted |= 1 << k
            last = max(last, k)
    for x in range(len(between)):
        if (union >> (steps + x)) & 1 and before >= between[x, 0] and last < between[x, 1]:
            return wanted | (1 << steps)
    return wanted


@compiled
def _taken(changed: Any, t: int, last: int, at: Any) -> int:
    """Write when the steps of a change were taken, and return the last step then."""
    for k in range(last + 1, len(at)):
        if (changed >> k) & 1:
            at[k] = t
            last = k
    return last


@compiled
def in_order(
    i: int, start: int, union: Any, first: Any, instants: int, time: Any, mask: Any, window: int,
    optional: int, between: Any, at: Any, holder: Any, room: Any, change: Any, follows: Any,
) -> tuple[Any, Any]:  # fmt: skip
    """Follow the attempt that event `start` of instant `i` begins, which together fits `union`.

    Returns the bit set of the steps taken, with their times in `at`, and the time at which an
    exclusion ended it, -1 for none.
    """
    steps, since = len(at), time[start]
    done, last = np.int64(1), 0
    at[0] = since
    if first[i + 1] - first[i] > 1:
        changed = changed_by(
            first[i], first[i + 1], start, 0, union, mask, optional, between, holder, room
        ) & ((1 << steps) - 1)
        done |= changed
        last = _taken(changed, since, last, at)
    while last < steps - 1:
        i = follows[i, last]
        if i == instants or time[first[i]] - since > window:
            break
        t, changed = time[first[i]], np.int64(change[i, last])
        done |= changed & ((1 << steps) - 1)
        last = _taken(changed, t, last, at)
        if (changed >> steps) & 1:
            return done, t
    return done, -1
