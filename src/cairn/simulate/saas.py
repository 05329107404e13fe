"""The events of a simulated SaaS product: people sign up, activate, use it, subscribe, and leave.

The same arguments give the same events on every machine. Life events (`signup`, `activated`,
`subscribed`, `invoice_paid`) come from the population; the rest of the events asked for is use of
the product, in sessions, by those who have not churned, each at least once in each of their weeks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cairn.core.clock import MICROSECONDS
from cairn.core.errors import InvalidInput
from cairn.simulate.population import DAY_US, WEEK_US, Clockwork, Population, draw
from cairn.simulate.truth import Truth

WEEKS = 26
END = datetime(2026, 7, 5, tzinfo=UTC)
"""A Sunday, so that the simulated weeks are calendar weeks."""

EVENTS = (
    "signup",
    "activated",
    "subscribed",
    "invoice_paid",
    "feature_used",
    "page_viewed",
    "report_viewed",
    "search",
    "file_exported",
    "invite_sent",
    "error_shown",
)
_USE = np.array([0.50, 0.26, 0.11, 0.07, 0.03, 0.02, 0.01])
_FIRST_USE = EVENTS.index("feature_used")
FEATURES = ("board", "timeline", "comments", "automation", "files", "chat", "api", "templates")
_FEATURE_SHARES = np.array([0.28, 0.19, 0.16, 0.10, 0.09, 0.08, 0.06, 0.04])
_EVENTS_PER_SESSION = 9
_SESSION_US = 25 * 60 * MICROSECONDS
_INVOICE_EVERY_US = 30 * DAY_US
_CHUNK_ROWS = 1_000_000

TRUTH = Truth()


@dataclass(frozen=True, slots=True)
class _Moments:
    """Events as bare columns, before their properties are written out."""

    event: NDArray[np.int8]
    time_us: NDArray[np.int64]
    person: NDArray[np.int32]


def simulate(
    events: int, persons: int, seed: int, end: datetime = END, truth: Truth = TRUTH
) -> Iterator[pa.Table]:
    """Yield so many events of 26 weeks up to `end`, in order of time, as tables of a few columns.

    The columns are event, time, person (from 0, see `distinct_ids`) and the properties plan,
    country, device, campaign, release, account, feature and amount.
    Raises InvalidInput when there are too few events for the lives of so many people.
    """
    start_us = int(end.timestamp()) * MICROSECONDS - WEEKS * WEEK_US
    clockwork = Clockwork.working_week(start_us)
    people = draw(truth, persons, start_us, WEEKS, clockwork, seed)
    life = _life(people, start_us)
    alive_weeks = people.last_week.astype(np.int64) - people.first_week + 1
    needed = len(life.time_us) + int(alive_weeks[people.first_week < WEEKS].sum())
    if events < needed:
        raise InvalidInput(
            f"{events:,} events are too few for the lives of {persons:,} people, "
            f"who need {needed:,}",
            hint=f"Ask for at least {needed:,} events, or for fewer people.",
        )
    extra = _share_out(events - needed, people)
    columns = _Columns(people, truth)
    for week in range(WEEKS):
        rng = np.random.default_rng([seed, week + 1])
        from_us = start_us + week * WEEK_US
        used = _use(people, week, from_us, int(extra[week]), clockwork, rng)
        first, last = np.searchsorted(life.time_us, [from_us, from_us + WEEK_US])
        moments = _sorted(
            _Moments(
                np.concatenate([life.event[first:last], used.event]),
                np.concatenate([life.time_us[first:last], used.time_us]),
                np.concatenate([life.person[first:last], used.person]),
            )
        )
        for at in range(0, len(moments.time_us), _CHUNK_ROWS):
            part = slice(at, at + _CHUNK_ROWS)
            yield columns.table(
                _Moments(moments.event[part], moments.time_us[part], moments.person[part]),
                week,
                rng,
            )


def distinct_ids(persons: int) -> Sequence[str]:
    """Return the id that each person is known by, in order of their number."""
    return [f"person-{number:07d}" for number in range(persons)]


def _life(people: Population, start_us: int) -> _Moments:
    end_us = start_us + WEEKS * WEEK_US
    leaves_us = start_us + (people.last_week.astype(np.int64) + 1) * WEEK_US
    everyone = np.arange(len(people), dtype=np.int32)
    parts: list[tuple[int, NDArray[np.int64], NDArray[np.int32]]] = [
        (0, people.signup_us, everyone),
        (1, people.activated_us, everyone),
        (2, people.subscribed_us, everyone),
    ]
    due_us, payer = people.subscribed_us, everyone
    while len(payer):
        kept = (due_us < end_us) & (
            (due_us == people.subscribed_us[payer]) | (due_us < leaves_us[payer])
        )
        due_us, payer = due_us[kept], payer[kept]
        parts.append((3, due_us, payer))
        due_us = due_us + _INVOICE_EVERY_US
    happens = [(code, time[time < end_us], who[time < end_us]) for code, time, who in parts]
    return _sorted(
        _Moments(
            np.concatenate([np.full(len(time), code, np.int8) for code, time, _ in happens]),
            np.concatenate([time for _, time, _ in happens]),
            np.concatenate([who for _, _, who in happens]),
        )
    )


def _share_out(extra: int, people: Population) -> NDArray[np.int64]:
    """Return how many of the extra events fall into each week: by the liveliness of who is there."""
    change = np.zeros(WEEKS + 1)
    activated = people.first_week < WEEKS
    np.add.at(change, people.first_week[activated], people.liveliness[activated])
    np.add.at(change, people.last_week[activated] + 1, -people.liveliness[activated])
    present = np.maximum(np.cumsum(change)[:WEEKS], 0)
    if not present.sum():
        return np.zeros(WEEKS, np.int64)
    until = np.round(np.cumsum(present) / present.sum() * extra).astype(np.int64)
    return np.asarray(np.diff(until, prepend=0))


def _use(
    people: Population,
    week: int,
    from_us: int,
    extra: int,
    clockwork: Clockwork,
    rng: np.random.Generator,
) -> _Moments:
    present = np.flatnonzero((people.first_week <= week) & (week <= people.last_week))
    if not len(present):
        return _Moments(np.zeros(0, np.int8), np.zeros(0, np.int64), np.zeros(0, np.int32))
    liveliness = people.liveliness[present]
    counts = 1 + rng.multinomial(extra, liveliness / liveliness.sum())
    total = int(counts.sum())
    begins = np.cumsum(counts) - counts
    nth = np.arange(total) - np.repeat(begins, counts)

    sessions = -(-counts // _EVENTS_PER_SESSION)
    owner = np.repeat(np.arange(len(present)), sessions)
    earliest_us = np.maximum(people.activated_us[present] - from_us, 0)
    done = clockwork.share(earliest_us)[owner]
    starts_us = clockwork.at(done + (1 - done) * rng.random(len(owner)))
    starts_us = np.maximum(starts_us, earliest_us[owner])
    session = np.repeat(np.cumsum(sessions) - sessions, counts) + nth // _EVENTS_PER_SESSION
    offset_us = starts_us[session] + rng.integers(1, _SESSION_US, total)

    code = np.searchsorted(np.cumsum(_USE)[:-1], rng.random(total), side="right") + _FIRST_USE
    code[begins] = _FIRST_USE
    return _Moments(
        code.astype(np.int8),
        from_us + np.minimum(offset_us, WEEK_US - 1),
        np.repeat(present, counts).astype(np.int32),
    )


def _sorted(moments: _Moments) -> _Moments:
    order = np.argsort(moments.time_us, kind="stable")
    return _Moments(moments.event[order], moments.time_us[order], moments.person[order])


class _Columns:
    """Writes out the properties of events; every table shares the same dictionaries."""

    def __init__(self, people: Population, truth: Truth) -> None:
        self._people = people
        plans = ("free", *truth.plans)
        self._prices = np.array([0.0, *(truth.prices[plan] for plan in truth.plans)])
        self._events = pa.array(EVENTS)
        self._plans = pa.array(plans)
        self._countries = pa.array(list(truth.countries))
        self._devices = pa.array(list(truth.devices))
        self._campaigns = pa.array(list(truth.campaigns))
        self._features = pa.array(FEATURES)
        self._releases = pa.array([f"4.{week // 2}.{week % 2}" for week in range(WEEKS + 1)])
        accounts = int(people.account.max(initial=0)) + 1
        self._accounts = pa.array([f"account-{number:06d}" for number in range(accounts)])

    def table(self, moments: _Moments, week: int, rng: np.random.Generator) -> pa.Table:
        people, who, rows = self._people, moments.person, len(moments.person)
        pays = moments.time_us >= people.subscribed_us[who]
        plan = np.where(pays, people.plan[who], 0).astype(np.int8)
        is_use = moments.event == _FIRST_USE
        feature = np.searchsorted(
            np.cumsum(_FEATURE_SHARES)[:-1], rng.random(rows), side="right"
        ).astype(np.int8)
        is_payment = (moments.event == 2) | (moments.event == 3)
        release = np.where(rng.random(rows) < 0.8, week + 1, week).astype(np.int8)
        return pa.table(
            {
                "event": _named(moments.event, self._events),
                "time": pa.array(moments.time_us, pa.timestamp("us")),
                "person": pa.array(who, pa.int32()),
                "plan": _named(plan, self._plans),
                "country": _named(people.country[who], self._countries),
                "device": _named(people.device[who], self._devices),
                "campaign": _named(people.campaign[who], self._campaigns),
                "release": _named(release, self._releases),
                "account": _named(people.account[who], self._accounts),
                "feature": _named(feature, self._features, ~is_use),
                "amount": pa.array(self._prices[plan], pa.float64(), mask=~is_payment),
            }
        )


def _named(
    codes: NDArray[np.int8] | NDArray[np.int32],
    names: pa.Array,
    missing: NDArray[np.bool_] | None = None,
) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=missing), names)
