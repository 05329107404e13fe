"""What happens in the tests' project: forty people use a small product in the last four weeks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

PEOPLE = 40
ACTIVATED = 24
"""The first so many of them activate, and the first half of those subscribe."""
SUBSCRIBED = ACTIVATED // 2
COUNTRIES = ("DE", "FR", "US", "IN", "BR")
PLANS = ("free", "team", "business")
_PLATFORMS: tuple[dict[str, Any], ...] = (
    {"page": {"path": "/reports", "url": "https://acme.example/reports"}},
    {"device": {"type": "ios"}},
    {"device": {"type": "android"}},
)


def messages(now: datetime) -> Iterator[dict[str, Any]]:
    """Yield the calls of the Segment spec that tell the story, ending shortly before `now`."""
    today = now.replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=1)
    for number in range(PEOPLE):
        yield from _person(number, today - timedelta(days=27 - number * 25 // PEOPLE))


def people_named(part: str) -> int:
    """Return how many people of the story have a name that contains a text."""
    return sum(part in name_of(number) for number in range(PEOPLE))


def name_of(number: int) -> str:
    """Return the name of a person of the story."""
    first = ("Ada", "Grace", "Emmy", "Sofia", "Maryam", "Katherine", "Hedy", "Rosalind")
    last = ("Lovelace", "Hopper", "Noether", "Kovalevskaya", "Mirzakhani")
    return f"{first[number % len(first)]} {last[number // len(first)]}"


def _person(number: int, start: datetime) -> Iterator[dict[str, Any]]:
    person = f"person-{number:02}"
    context = {
        **_PLATFORMS[number % 3],
        "location": {"country": COUNTRIES[number % 5]},
        "library": {"name": "analytics.js", "version": "2.0.0"},
    }
    made = 0

    def call(kind: str, at: datetime, **fields: Any) -> dict[str, Any]:
        nonlocal made
        made += 1
        return {
            "type": kind,
            "messageId": f"{person}-{made}",
            "userId": person,
            "timestamp": at.isoformat(),
            "context": context,
            **fields,
        }

    plan = PLANS[number % 3]
    name = name_of(number)
    email = f"{name.lower().replace(' ', '.')}.{number}@example.org"
    yield call("identify", start, traits={"name": name, "email": email, "plan": plan})
    yield call("track", start, event="Signed up", properties={"source": COUNTRIES[number % 5]})
    if number < ACTIVATED:
        at = start + timedelta(minutes=7)
        yield call("track", at, event="Activated", properties={"seats": 1 + number % 4})
    if number < SUBSCRIBED:
        at = start + timedelta(hours=5)
        yield call(
            "track",
            at,
            event="Subscribed",
            properties={"plan": plan, "price": 9.5 * (1 + number % 3)},
        )
    for visit in range(1 + number % 4):
        at = start + timedelta(days=visit, minutes=30)
        for step in range(3):
            yield call(
                "track",
                at + timedelta(minutes=step),
                event="Viewed report",
                properties={"report": ("revenue", "usage", "people")[step], "seconds": 20 + step},
            )
