"""Who the simulated people are, and when each of them does what happens once in a life."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cairn.core.clock import MICROSECONDS
from cairn.simulate.truth import Truth

HOUR_US = 3_600 * MICROSECONDS
DAY_US = 24 * HOUR_US
WEEK_US = 7 * DAY_US
NEVER = np.int64(2**62)

_BY_HOUR = (1, 1, 1, 1, 1, 2, 4, 8, 14, 18, 19, 17, 14, 16, 18, 18, 16, 13, 9, 7, 6, 5, 3, 2)
_BY_DAY = (0.45, 1.0, 1.1, 1.1, 1.05, 0.9, 0.4)


@dataclass(frozen=True, slots=True)
class Clockwork:
    """How activity spreads over a week: by day of the week, by hour of the day."""

    edges_us: NDArray[np.int64]
    cumulative: NDArray[np.float64]

    @classmethod
    def working_week(cls, start_us: int) -> Clockwork:
        """Return the week of an office product, for weeks that begin at the weekday of an instant."""
        first = (start_us // DAY_US + 4) % 7
        weights = np.concatenate(
            [np.array(_BY_HOUR) * _BY_DAY[(first + day) % 7] for day in range(7)]
        )
        edges = np.arange(7 * 24 + 1, dtype=np.int64) * HOUR_US
        edges[-1] -= HOUR_US // 2
        return cls(edges, np.concatenate([[0.0], np.cumsum(weights) / weights.sum()]))

    def at(self, share: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the offset into the week by which so much of its activity has happened."""
        return np.interp(share, self.cumulative, self.edges_us).astype(np.int64)

    def share(self, offset_us: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return how much of a week's activity has happened by an offset into it."""
        return np.interp(offset_us, self.edges_us, self.cumulative)


@dataclass(frozen=True, slots=True)
class Population:
    """People as columns: element i is person i. Times are microseconds since the epoch."""

    signup_us: NDArray[np.int64]
    activated_us: NDArray[np.int64]
    subscribed_us: NDArray[np.int64]
    first_week: NDArray[np.int32]
    last_week: NDArray[np.int32]
    liveliness: NDArray[np.float64]
    account: NDArray[np.int32]
    country: NDArray[np.int8]
    device: NDArray[np.int8]
    campaign: NDArray[np.int8]
    plan: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.signup_us)


def draw(
    truth: Truth, persons: int, start_us: int, weeks: int, clockwork: Clockwork, seed: int
) -> Population:
    """Draw people who sign up during the weeks, more of them every week."""
    rng = np.random.default_rng([seed, 0])
    campaign = _choose(rng, truth.campaigns, persons)
    device = _choose(rng, truth.devices, persons)

    growth = np.linspace(1.0, 2.5, weeks)
    week = np.sort(rng.choice(weeks, persons, p=growth / growth.sum()))
    signup = start_us + week * WEEK_US + clockwork.at(rng.random(persons))

    activates = rng.random(persons) < truth.activation
    delay = np.minimum(rng.gamma(1.2, 1.8, persons) * HOUR_US + 60 * MICROSECONDS, DAY_US - 1)
    activated = np.where(activates, signup + delay.astype(np.int64), NEVER)

    chance = np.array([truth.conversion[name] for name in truth.campaigns])[campaign]
    converts = activates & (rng.random(persons) < chance)
    late = activates & ~converts & (rng.random(persons) < truth.late_conversion)
    left = signup + WEEK_US - activated
    soon = activated + (rng.beta(1.2, 2.0, persons) * np.where(activates, left, 0)).astype(np.int64)
    later = signup + (rng.uniform(8, 21, persons) * DAY_US).astype(np.int64)
    subscribed = np.where(converts, soon, np.where(late, later, NEVER))

    churn = np.array([truth.weekly_churn[name] for name in truth.devices])[device]
    first_week = np.where(activates, (activated - start_us) // WEEK_US, weeks).astype(np.int32)
    lasts = rng.geometric(churn) - 1
    return Population(
        signup_us=signup,
        activated_us=activated,
        subscribed_us=subscribed,
        first_week=first_week,
        last_week=np.minimum(first_week + lasts, weeks - 1).astype(np.int32),
        liveliness=rng.gamma(0.9, 1.0, persons) + 0.05,
        account=rng.integers(0, max(1, persons // truth.people_per_account), persons, np.int32),
        country=_choose(rng, truth.countries, persons),
        device=device,
        campaign=campaign,
        plan=(_choose(rng, truth.plans, persons) + 1).astype(np.int8),
    )


def _choose(rng: np.random.Generator, shares: Mapping[str, float], count: int) -> NDArray[np.int8]:
    edges = np.cumsum(list(shares.values()))
    return np.searchsorted(edges[:-1], rng.random(count), side="right").astype(np.int8)
