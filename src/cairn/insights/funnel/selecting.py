"""Which events a funnel looks at: its steps, what it excludes, and in strict order everything.

In the masks that follow, bit k is step k; the bits after the steps are the exclusions.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cairn.insights.funnel.spec import FunnelSpec
from cairn.query.filters import Property, Selector
from cairn.query.periods import Span
from cairn.query.sequences import Matches, Pick


def needs_of(spec: FunnelSpec) -> tuple[tuple[Selector, ...], ...]:
    """Return for each bit of a mask the selectors that set it."""
    excluded = tuple((each.selector,) for each in spec.exclusions)
    anything = ((Selector(),),) if spec.order == "strict" else ()
    return spec.alternatives + excluded + anything


def selectors_of(spec: FunnelSpec) -> tuple[Selector, ...]:
    """Return every selector, step by step."""
    return tuple(selector for need in needs_of(spec) for selector in need)


def properties_of(spec: FunnelSpec) -> tuple[Property, ...]:
    """Return the properties that are read of every event: those held, then the breakdown."""
    return spec.hold if spec.breakdown is None else (*spec.hold, spec.breakdown)


def seen(spec: FunnelSpec, span: Span) -> Span:
    """Return the stretch of time in which steps may lie."""
    if not spec.complete_after_period:
        return span
    return Span(span.start_us, span.end_us + spec.window.microseconds)


def pick_of(spec: FunnelSpec, span: Span) -> Pick:
    """Return what to select from sequences."""
    return Pick(selectors_of(spec), seen(spec, span), spec.filter, properties_of(spec))


def by_step(spec: FunnelSpec, matches: Matches) -> Matches:
    """Return matches whose masks speak of steps and exclusions rather than of selectors."""
    needs = needs_of(spec)
    if all(len(need) == 1 for need in needs):
        return matches
    mask = np.zeros(len(matches.mask), np.uint32)
    first = 0
    for bit, need in enumerate(needs):
        any_of = np.uint32(((1 << len(need)) - 1) << first)
        mask |= ((matches.mask & any_of) != 0).astype(np.uint32) << np.uint32(bit)
        first += len(need)
    return replace(matches, mask=mask)
