"""The answer to an attribution over people's events in order.

The touches of a person stand in one list, and two ends that only move forward mark those within the
look-back of each conversion. Models that share credit by rules add it up on the way. The Markov model
needs only how often a touch of one channel follows that of another, so these are counted as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.insights.attribution.channels import Channels, Numbers, read_by
from cairn.insights.attribution.credits import Counts, joined, ordered_groups, result_of
from cairn.insights.attribution.spec import (
    AttributionPoint,
    AttributionResult,
    AttributionSpec,
    Model,
)
from cairn.insights.points import within
from cairn.query.filters import Group
from cairn.query.periods import Calendar, Span
from cairn.query.picking import compiled
from cairn.query.sequences import Matches, Pick, Sequences

Persons = NDArray[np.int32]

CONVERSION, TOUCH = 1, 2
"""The bits of an event's mask."""

_POSITION, _LAST_NON_DIRECT, _LINEAR, _TIME_DECAY, _EACH, _SHARED = range(6)
_RULES: dict[Model, tuple[int, tuple[float, float, float]]] = {
    "last": (_POSITION, (0, 0, 1)),
    "first": (_POSITION, (1, 0, 0)),
    "last_non_direct": (_LAST_NON_DIRECT, (0, 0, 0)),
    "linear": (_LINEAR, (0, 0, 0)),
    "u_shaped": (_POSITION, (40, 20, 40)),
    "j_shaped": (_POSITION, (20, 20, 60)),
    "inverse_j": (_POSITION, (60, 20, 20)),
    "time_decay": (_TIME_DECAY, (0, 0, 0)),
    "participation": (_EACH, (0, 0, 0)),
    "markov": (_EACH, (0, 0, 0)),
    "shapley": (_SHARED, (0, 0, 0)),
}


def answer(
    spec: AttributionSpec, sequences: Sequences, span: Span, calendar: Calendar
) -> AttributionResult:
    """Share the credit of every conversion among channels."""
    asked = _Asked.of(spec, sequences, span)
    if len(asked.channels.texts) > spec.limit:
        asked = asked.grouped()
        return result_of(spec, asked.groups, asked.counted())
    counts = asked.counted()
    group_of, groups = ordered_groups(spec, counts, asked.channels.texts)
    return result_of(spec, groups, counts.arranged(group_of, len(groups)))


def people(
    spec: AttributionSpec,
    point: AttributionPoint,
    sequences: Sequences,
    span: Span,
    calendar: Calendar,
) -> Persons:
    """Return who converted and gave credit to a channel by a model."""
    within(point.model, len(spec.models), "models")
    asked = _Asked.of(spec, sequences, span).grouped()
    place = place_of(point, asked.groups)
    if place is None:
        return np.zeros(0, np.int32)
    wanted = (point.model, place)
    parts = asked.sequences.scan(
        asked.pick,
        lambda matches: asked.walk.behind(asked.journeys(matches), wanted) + matches.first_person,
    )
    return np.concatenate(parts).astype(np.int32)


def place_of(point: AttributionPoint, groups: Sequence[Group]) -> int | None:
    """Return the number of a point's channel: -1 for everyone, None when the answer has none such."""
    if point.channel is None:
        return -1
    if point.channel == Group():
        return len(groups)
    return groups.index(point.channel) if point.channel in groups else None


@dataclass(frozen=True, slots=True)
class Journeys:
    """Conversions and touches by person; `number` is what a conversion is worth, NaN for nothing."""

    offsets: NDArray[np.int64]
    time: NDArray[np.int64]
    mask: NDArray[np.uint32]
    channel: Numbers
    number: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Walk:
    """A question for the compiled loop; channels count as the group that `group_of` says."""

    spec: AttributionSpec
    start_us: int
    direct: NDArray[np.bool_]
    group_of: Numbers
    groups: int

    def counted(self, journeys: Journeys) -> Counts:
        """Share the credit of the conversions of some people."""
        return self._walked(journeys, (-1, -2))[0]

    def behind(self, journeys: Journeys, wanted: tuple[int, int]) -> Any:
        """Return who gave credit by a model to a group: -1 is any, the number of groups is none."""
        return np.flatnonzero(self._walked(journeys, wanted)[1])

    def _walked(
        self, journeys: Journeys, wanted: tuple[int, int]
    ) -> tuple[Counts, NDArray[np.bool_]]:
        spec = self.spec
        own = spec.weights
        custom = (0.0, 0.0, 0.0) if own is None else (own.first, own.middle, own.last)
        rules = [_RULES.get(model, (_POSITION, custom)) for model in spec.models]
        counts = Counts.empty(len(rules), self.groups, "markov" in spec.models)
        flagged = np.zeros(len(journeys.offsets) - 1, np.bool_)
        _walk(
            journeys.offsets, journeys.time, journeys.mask, journeys.channel, journeys.number,
            self.start_us, spec.lookback.microseconds, self.direct, self.group_of,
            np.array([rule for rule, _ in rules], np.int64),
            np.array([weights for _, weights in rules], np.float64).reshape(-1, 3),
            float(spec.half_life.microseconds), wanted[0], wanted[1], flagged,
            counts.totals, counts.worth_total, counts.touches, counts.reached, counts.credit,
            counts.worth, counts.persons, counts.starts, counts.follows, counts.ends, counts.lost,
        )  # fmt: skip
        return counts, flagged


def direct_among(spec: AttributionSpec, texts: Sequence[str | None]) -> NDArray[np.bool_]:
    """Flag the channels that are direct."""
    return np.array([text in spec.direct for text in texts], np.bool_)


def ranking(spec: AttributionSpec) -> AttributionSpec:
    """Return a question that only counts what ranks channels."""
    return spec.model_copy(update={"models": ()})


def picked(spec: AttributionSpec, span: Span) -> Span:
    """Return where conversions and their touches lie."""
    return Span(span.start_us - spec.lookback.microseconds, span.end_us)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question laid out over people's events; until it is grouped, each channel counts alone."""

    spec: AttributionSpec
    sequences: Sequences
    pick: Pick
    channels: Channels
    number_of: NDArray[np.float64]
    walk: Walk
    groups: Sequence[Group]

    @classmethod
    def of(cls, spec: AttributionSpec, sequences: Sequences, span: Span) -> _Asked:
        channels = Channels.of(spec, sequences)
        value = () if spec.value is None else (spec.value,)
        pick = Pick(
            (spec.conversion, spec.touch), picked(spec, span), spec.filter, (*read_by(spec), *value)
        )
        numbers = np.zeros(0) if spec.value is None else sequences.numbers(spec.value)
        texts = channels.texts
        direct, each = direct_among(spec, texts), np.arange(len(texts), dtype=np.int64)
        walk = Walk(spec, span.start_us, direct, each, len(texts))
        return cls(spec, sequences, pick, channels, numbers, walk, ())

    def grouped(self) -> _Asked:
        """Return the question with the channels that are shown, and the rest as one."""
        sizes = replace(self, walk=replace(self.walk, spec=ranking(self.spec))).counted()
        group_of, groups = ordered_groups(self.spec, sizes, self.channels.texts)
        walk = replace(self.walk, group_of=group_of, groups=len(groups))
        return replace(self, walk=walk, groups=groups)

    def journeys(self, matches: Matches) -> Journeys:
        codes, count = list(matches.codes), len(matches.time)
        number = np.full(count, np.nan)
        if self.spec.value is not None:
            number = self.number_of[codes.pop()]
        channel = self.channels.numbers(codes, count)
        return Journeys(matches.offsets, matches.time, matches.mask, channel, number)

    def counted(self) -> Counts:
        return joined(self.sequences.scan(self.pick, lambda m: self.walk.counted(self.journeys(m))))


@compiled
def _walk(
    offsets: Any, time: Any, mask: Any, channel: Any, number: Any, start_us: int, lookback: int,
    direct: Any, group_of: Any, rules: Any, weights: Any, half_life: float, wanted_model: int,
    wanted_group: int, flagged: Any, totals: Any, worth_total: Any, touches: Any, reached: Any,
    credit: Any, worth: Any, persons: Any, starts: Any, follows: Any, ends: Any, lost: Any,
) -> None:  # fmt: skip
    """Add everyone's conversions up, and flag those who gave the wanted group credit."""
    groups = len(touches)
    chain = len(starts) > 0
    touch = np.empty(len(time), np.int64)
    met = np.full(groups, -1, np.int64)
    counted = np.full((len(rules), groups + 1), -1, np.int64)
    serial = 0
    for p in range(len(offsets) - 1):
        n = 0
        converted = False
        for i in range(offsets[p], offsets[p + 1]):
            if (mask[i] & np.uint32(TOUCH)) and channel[i] >= 0:
                touch[n] = i
                n += 1
                if time[i] >= start_us:
                    touches[group_of[channel[i]]] += 1
        low = high = 0
        for i in range(offsets[p], offsets[p + 1]):
            t = time[i]
            if t < start_us or not (mask[i] & np.uint32(CONVERSION)):
                continue
            while high < n and time[touch[high]] <= t:
                high += 1
            while low < high and t - time[touch[low]] > lookback:
                low += 1
            value = 0.0 if np.isnan(number[i]) else number[i]
            totals[0] += 0 if converted else 1
            totals[1] += 1
            worth_total[0] += value
            converted = True
            flagged[p] |= wanted_group == -1
            if low == high:
                reached[groups] += 1
                flagged[p] |= wanted_group == groups
                for m in range(len(rules)):
                    credit[m, groups] += 1.0
                    worth[m, groups] += value
                    if counted[m, groups] != p:
                        counted[m, groups] = p
                        persons[m, groups] += 1
                continue
            worth_total[1] += value
            serial += 1
            distinct = 0
            last_known = high - 1
            found = False
            for k in range(high - 1, low - 1, -1):
                g = group_of[channel[touch[k]]]
                if met[g] != serial:
                    met[g] = serial
                    reached[g] += 1
                    distinct += 1
                if not found and not direct[channel[touch[k]]]:
                    found = True
                    last_known = k
            if chain:
                _add_journey(touch, low, high, channel, group_of, starts, follows)
                ends[group_of[channel[touch[high - 1]]]] += 1
            for m in range(len(rules)):
                if rules[m] == _EACH or rules[m] == _SHARED:
                    share = 1.0 if rules[m] == _EACH else 1.0 / distinct
                    serial += 1
                whole = 1.0
                if rules[m] == _TIME_DECAY:
                    whole = 0.0
                    for k in range(low, high):
                        age = time[touch[high - 1]] - time[touch[k]]
                        whole += 0.5 ** (age / half_life)
                elif rules[m] == _POSITION:
                    whole = _whole(weights[m], high - low)
                for k in range(low, high):
                    g = group_of[channel[touch[k]]]
                    if rules[m] == _POSITION:
                        share = _part(weights[m], k - low, high - low, whole)
                    elif rules[m] == _LAST_NON_DIRECT:
                        share = 1.0 if k == last_known else 0.0
                    elif rules[m] == _LINEAR:
                        share = 1.0 / (high - low)
                    elif rules[m] == _TIME_DECAY:
                        age = time[touch[high - 1]] - time[touch[k]]
                        share = 0.5 ** (age / half_life) / whole
                    elif met[g] == serial:
                        continue
                    else:
                        met[g] = serial
                    if share > 0.0:
                        credit[m, g] += share
                        worth[m, g] += share * value
                        flagged[p] |= m == wanted_model and g == wanted_group
                        if counted[m, g] != p:
                            counted[m, g] = p
                            persons[m, g] += 1
        if not converted and n > 0 and time[touch[n - 1]] >= start_us:
            totals[2] += 1
            if chain:
                since = max(start_us, time[touch[n - 1]] - lookback)
                while time[touch[low]] < since:
                    low += 1
                _add_journey(touch, low, n, channel, group_of, starts, follows)
                lost[group_of[channel[touch[n - 1]]]] += 1


@compiled
def _add_journey(
    touch: Any, low: int, high: int, channel: Any, group_of: Any, starts: Any, follows: Any
) -> None:
    """Count where a journey starts, and what follows what on it."""
    before = group_of[channel[touch[low]]]
    starts[before] += 1
    for k in range(low + 1, high):
        g = group_of[channel[touch[k]]]
        follows[before, g] += 1
        before = g


@compiled
def _whole(weights: Any, count: int) -> Any:
    """Return the sum of the weights that apply to so many touches."""
    if count == 1:
        return 1.0
    if count == 2:
        return weights[0] + weights[2]
    return weights[0] + weights[1] + weights[2]


@compiled
def _part(weights: Any, k: int, count: int, whole: float) -> Any:
    """Return the share of touch k of so many."""
    if count == 1:
        return 1.0
    if whole == 0.0:
        return 0.5
    if k == 0:
        return weights[0] / whole
    if k == count - 1:
        return weights[2] / whole
    return weights[1] / whole / (count - 2)
