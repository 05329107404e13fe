"""The simulated product as a client sends it: messages of the Segment spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cairn.simulate.saas import END, WEEKS, distinct_ids, simulate

EVENTS_PER_PERSON = 50

_FIRST = (
    "Ada", "Alan", "Alba", "Amir", "Anna", "Ben", "Clara", "Dario", "Edda", "Emil", "Eva", "Femi",
    "Goran", "Grace", "Hana", "Hugo", "Ida", "Igor", "Iris", "Jan", "Jonas", "Kaito", "Karl", "Lea",
    "Lena", "Liam", "Lina", "Mara", "Max", "Mei", "Mia", "Nils", "Nina", "Noor", "Olga", "Omar",
    "Otto", "Paul", "Rosa", "Sami", "Sara", "Tara", "Theo", "Tom", "Uma", "Vera", "Wei", "Yusuf",
)  # fmt: skip
_LAST = (
    "Adams", "Almeida", "Becker", "Bianchi", "Chen", "Costa", "Dubois", "Eriksen", "Fischer",
    "Garcia", "Haddad", "Hansen", "Ito", "Jensen", "Kaya", "Keller", "Khan", "Kim", "Kowalski",
    "Larsen", "Lopez", "Martin", "Meyer", "Mori", "Nagy", "Novak", "Okafor", "Patel", "Popov",
    "Rossi", "Sato", "Schmidt", "Silva", "Smith", "Tanaka", "Turner", "Virtanen", "Weber", "Wilson",
)  # fmt: skip
_TRADES = ("Works", "Labs", "Group", "Studio", "Partners", "Systems", "Trading")
_INDUSTRIES = ("software", "retail", "health", "education", "finance")


def people_for(events: int) -> int:
    """Return how many people to simulate for so many events."""
    return max(1, events // EVENTS_PER_PERSON)


def days_simulated() -> tuple[date, date]:
    """Return the first and the last day of the simulation."""
    return (END - timedelta(weeks=WEEKS)).date(), (END - timedelta(days=1)).date()


def simulated_messages(events: int, seed: int = 1) -> Iterator[bytes]:
    """Yield so many track calls in order of time, with an identify and a group call at each signup.

    The same arguments give the same messages with the same ids, so sending them twice adds nothing.
    """
    persons = people_for(events)
    ids = distinct_ids(persons)
    names = _names(np.random.default_rng([seed, 0, 0]), persons)
    prefix = f"simulated-{events}-{seed}"
    encode = msgspec.json.encode
    number = 0
    for table in simulate(events, persons, seed):
        for row in _rows(table):
            person = row["person"]
            if row["event"] == "signup":
                call = {"userId": ids[person], "timestamp": row["time"]}
                called = f"{prefix}-person-{person}"
                yield encode(
                    {
                        "type": "identify",
                        "messageId": f"{called}-identify",
                        **call,
                        "traits": {"name": names[person], "signed_up_from": row["country"]},
                    }
                )
                yield encode(
                    {
                        "type": "group",
                        "messageId": f"{called}-group",
                        **call,
                        "groupId": row["account"],
                        "traits": _account(row["account"]),
                    }
                )
            yield encode(_track(row, ids[person], f"{prefix}-{number}"))
            number += 1


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    written = table.set_column(
        table.column_names.index("time"),
        "time",
        pc.strftime(table["time"], "%Y-%m-%dT%H:%M:%SZ"),
    )
    for batch in written.to_batches(10_000):
        yield from batch.to_pylist()


def _track(row: Mapping[str, Any], person: str, message_id: str) -> dict[str, Any]:
    properties = {
        name: row[name] for name in ("plan", "feature", "amount") if row[name] is not None
    }
    context = {
        "groupId": row["account"],
        "app": {"version": row["release"]},
        "device": {"model": row["device"]},
        "location": {"country": row["country"]},
        "campaign": {"name": row["campaign"]},
        "page": {},
    }
    return {
        "type": "track",
        "messageId": message_id,
        "userId": person,
        "event": row["event"],
        "timestamp": row["time"],
        "properties": properties,
        "context": context,
    }


def _names(rng: np.random.Generator, persons: int) -> Sequence[str]:
    first = rng.integers(0, len(_FIRST), persons)
    last = rng.integers(0, len(_LAST), persons)
    return [f"{_FIRST[i]} {_LAST[j]}" for i, j in zip(first, last, strict=True)]


def _account(account: str) -> dict[str, Any]:
    number = int(account.rpartition("-")[2])
    return {
        "name": f"{_LAST[number % len(_LAST)]} {_TRADES[number % len(_TRADES)]} {number}",
        "industry": _INDUSTRIES[number % len(_INDUSTRIES)],
    }
