"""A shop's events, generated: the one data set that every engine of a benchmark answers from.

People differ in how much they do (a few do most), come in sessions, mostly by day, and more often
while they are new. Events arrive almost in order of time: one in a hundred comes up to two hours
late. Nobody has two events at the same microsecond, so no answer depends on how an engine breaks a
tie. The same seed gives the same events.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

SEED = 20_240
DAYS = 90
START = datetime(2024, 3, 1, tzinfo=UTC)
START_US = int(START.timestamp()) * 1_000_000

_SIGN_UP = "signed up"

EVENTS = {
    "page viewed": 31.0,
    "product viewed": 17.0,
    "searched": 9.0,
    "list viewed": 8.0,
    "added to cart": 6.0,
    "image opened": 5.0,
    "filter changed": 4.5,
    "review read": 4.0,
    "cart viewed": 3.5,
    "removed from cart": 2.0,
    "checkout started": 2.4,
    "purchased": 1.8,
    "wish added": 1.5,
    "banner clicked": 1.2,
    "video played": 0.9,
    "coupon entered": 0.7,
    "shared": 0.5,
    "help opened": 0.4,
    "review written": 0.3,
    "settings changed": 0.2,
    "refund asked": 0.1,
}
"""Names and how common they are; `signed up` comes on top, as the first event of most people."""

COUNTRIES = (
    "US", "DE", "GB", "FR", "IN", "BR", "CA", "NL", "ES", "IT", "PL", "SE", "JP", "AU", "MX", "CH",
)  # fmt: skip
PLATFORMS = ("web", "ios", "android")
PLANS = ("free", "plus", "gold")
_HOURS = (1, 1, 1, 1, 1, 2, 4, 7, 10, 12, 13, 13, 14, 13, 12, 12, 13, 14, 16, 18, 18, 15, 9, 4)


@dataclass(frozen=True, slots=True)
class DataSet:
    """Events in order of arrival, and the distinct ids of the people behind them."""

    events: pa.Table
    persons: list[str]


def generate(events: int, persons: int, seed: int = SEED) -> DataSet:
    """Return so many events of so many people over ninety days.

    The columns are event, time, person, country, platform, and the properties plan and amount.
    """
    rng = np.random.default_rng(seed)
    person = _people(rng, events, persons)
    is_first = np.diff(person, prepend=-1) != 0
    session = np.cumsum(is_first | (rng.random(len(person), np.float32) < 1 / 8)) - 1
    time = _times(rng, person, session, is_first, persons)
    event = _names(rng, len(person))
    event[is_first & (rng.random(len(person), np.float32) < 0.7)] = len(EVENTS)
    arrived = time.copy()
    late = rng.random(len(time), np.float32) < 0.01
    arrived[late] += rng.integers(0, 7_200_000_000, int(late.sum()))
    order = np.argsort(arrived, kind="stable")
    bought = event == list(EVENTS).index("purchased")
    amount = np.round(rng.lognormal(3.5, 0.8, len(event)), 2)
    table = pa.table(
        {
            "event": _texts((*EVENTS, _SIGN_UP), event[order]),
            "time": pa.array(time[order], pa.timestamp("us")),
            "person": pa.array(person[order], pa.int32()),
            "country": _texts(COUNTRIES, _skewed(rng, persons, len(COUNTRIES))[person[order]]),
            "platform": _texts(
                PLATFORMS, _skewed(rng, int(session[-1]) + 1, len(PLATFORMS))[session[order]]
            ),
            "plan": _texts(PLANS, _skewed(rng, persons, len(PLANS))[person[order]]),
            "amount": pa.array(amount[order], mask=~bought[order]),
        }
    )
    return DataSet(table, [f"user-{i}" for i in range(persons)])


def _people(rng: np.random.Generator, events: int, persons: int) -> NDArray[np.int32]:
    weight = rng.lognormal(0.0, 1.3, persons)
    counts = 1 + rng.multinomial(events - persons, weight / weight.sum())
    return np.repeat(np.arange(persons, dtype=np.int32), counts)


def _times(
    rng: np.random.Generator,
    person: NDArray[np.int32],
    session: NDArray[np.int64],
    is_first: NDArray[np.bool_],
    persons: int,
) -> NDArray[np.int64]:
    """Return ascending times within each session; a person's first event is their earliest."""
    joined = rng.integers(0, (DAYS - 1) * 24, persons)
    opens = np.flatnonzero(np.diff(session, prepend=-1))
    who = person[opens]
    left = DAYS - 1 - joined[who] // 24
    later = 1 + np.floor(left * rng.random(len(opens)) ** 1.6).astype(np.int64)
    hour = rng.choice(24, len(opens), p=np.array(_HOURS) / sum(_HOURS))
    begins = (joined[who] // 24 + later) * 24 + hour
    begins = np.where(is_first[opens], joined[who], begins)
    begins_us = begins * 3_600_000_000 + rng.integers(0, 3_600_000_000, len(opens))
    gaps = 1 + (rng.standard_exponential(len(person), np.float32) * 45e6).astype(np.int64)
    walked = np.cumsum(gaps)
    return np.asarray(START_US + begins_us[session] + walked - walked[opens][session])


def _names(rng: np.random.Generator, count: int) -> NDArray[np.int8]:
    weights = np.array(list(EVENTS.values()))
    edges = np.cumsum(weights / weights.sum())
    return np.searchsorted(edges[:-1], rng.random(count)).astype(np.int8)


def _skewed(rng: np.random.Generator, count: int, choices: int) -> NDArray[np.int8]:
    weights = 1 / np.arange(1, choices + 1)
    return rng.choice(choices, count, p=weights / weights.sum()).astype(np.int8)


def _texts(texts: tuple[str, ...], codes: NDArray[np.int8]) -> Any:
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(texts))
