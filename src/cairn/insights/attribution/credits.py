"""From credit that has been added up to an answer: what every engine does in the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from cairn.insights.attribution.markov import removal_effects
from cairn.insights.attribution.spec import (
    AttributionResult,
    AttributionSpec,
    ChannelCredits,
    Credit,
)
from cairn.insights.grouping import ranked
from cairn.query.filters import Group

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted, by group; the group after the last is that of conversions without touches.

    `totals` are people who converted, conversions, and people with touches who did not; `worth_total`
    is of all conversions, and of those with touches. `starts`,
    `follows`, `ends` and `lost` count where journeys start, what follows what, and after which group
    they convert or not; they are empty unless asked for.
    """

    totals: Ints
    worth_total: Floats
    touches: Ints
    reached: Ints
    credit: Floats
    worth: Floats
    persons: Ints
    starts: Ints
    follows: Ints
    ends: Ints
    lost: Ints

    @classmethod
    def empty(cls, models: int, groups: int, chain: bool) -> Counts:
        """Return counts of nothing."""
        states = groups if chain else 0
        return cls(
            totals=np.zeros(3, np.int64),
            worth_total=np.zeros(2),
            touches=np.zeros(groups, np.int64),
            reached=np.zeros(groups + 1, np.int64),
            credit=np.zeros((models, groups + 1)),
            worth=np.zeros((models, groups + 1)),
            persons=np.zeros((models, groups + 1), np.int64),
            starts=np.zeros(states, np.int64),
            follows=np.zeros((states, states), np.int64),
            ends=np.zeros(states, np.int64),
            lost=np.zeros(states, np.int64),
        )

    def arranged(self, group_of: Ints, groups: int) -> Counts:
        """Return the counts of channels that are groups of their own, in the order of the groups."""
        order = np.argsort(group_of, kind="stable")[len(group_of) - groups :]
        rows = np.append(order, len(group_of))
        chain = order if len(self.starts) else np.zeros(0, np.int64)
        return replace(
            self,
            touches=self.touches[order],
            reached=self.reached[rows],
            credit=self.credit[:, rows],
            worth=self.worth[:, rows],
            persons=self.persons[:, rows],
            starts=self.starts[chain],
            follows=self.follows[np.ix_(chain, chain)],
            ends=self.ends[chain],
            lost=self.lost[chain],
        )


def joined(parts: Sequence[Counts]) -> Counts:
    """Return the sum of counts."""
    names = [field.name for field in fields(Counts)]
    return Counts(*(sum(getattr(part, name) for part in parts) for name in names))


def ordered_groups(
    spec: AttributionSpec, counts: Counts, texts: Sequence[str | None]
) -> tuple[Ints, list[Group]]:
    """Return the group of each channel, and the groups, from the counts of each channel."""
    reached, touches = counts.reached[:-1], counts.touches
    size = reached * (int(touches.max(initial=0)) + 1) + touches
    return ranked(size, texts, spec.limit)


def result_of(spec: AttributionSpec, groups: Sequence[Group], counts: Counts) -> AttributionResult:
    """Say what each channel gets, and what it costs."""
    credit, worth = counts.credit.copy(), counts.worth.copy()
    if "markov" in spec.models:
        model = spec.models.index("markov")
        touched, untouched = int(counts.ends.sum()), credit[model, -1]
        effects = removal_effects(counts.starts, counts.follows, counts.ends, counts.lost)
        shares = effects / effects.sum() if touched else effects
        credit[model] = np.append(shares * touched, untouched)
        worth[model] = np.append(shares * counts.worth_total[1], worth[model, -1])
    conversions = int(counts.totals[1])
    rows = [*groups, Group()] if counts.reached[-1] else list(groups)
    costs = _costs(spec, rows)
    channels = [
        ChannelCredits(
            channel=group,
            touches=int(counts.touches[place]) if place < len(groups) else 0,
            reached=int(counts.reached[place]),
            cost=costs.get(group),
            credits=tuple(
                _credit(int(persons), float(given), float(value), conversions, costs.get(group))
                for persons, given, value in zip(
                    counts.persons[:, place], credit[:, place], worth[:, place], strict=True
                )
            ),
        )
        for place, group in enumerate(rows)
    ]
    channels += [
        ChannelCredits(
            channel=group,
            touches=0,
            reached=0,
            cost=cost,
            credits=tuple(_credit(0, 0.0, 0.0, conversions, cost) for _ in spec.models),
        )
        for group, cost in costs.items()
        if group not in rows
    ]
    return AttributionResult(
        persons=int(counts.totals[0]),
        conversions=conversions,
        value=float(counts.worth_total[0]),
        unconverted=int(counts.totals[2]),
        channels=tuple(channels),
    )


def _costs(spec: AttributionSpec, rows: Sequence[Group]) -> dict[Group, float]:
    """Return what each row cost; channels without one are among the others, or have their own."""
    costs: dict[Group, float] = {}
    for spend in spec.spend:
        group = Group(value=spend.channel)
        if group not in rows and Group(other=True) in rows:
            group = Group(other=True)
        costs[group] = costs.get(group, 0.0) + spend.cost
    return costs


def _credit(
    persons: int, given: float, value: float, conversions: int, cost: float | None
) -> Credit:
    return Credit(
        persons=persons,
        conversions=given,
        value=value,
        share=given / conversions if conversions else None,
        cac=cost / given if cost is not None and given else None,
        roas=value / cost if cost else None,
        roi=(value - cost) / cost if cost else None,
    )
