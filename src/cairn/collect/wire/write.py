"""A stored event as the message of the Segment spec that makes it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from cairn.model.event import PAGE_EVENT, SCREEN_EVENT
from cairn.store.export import Exported

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CALLS = {PAGE_EVENT: "page", SCREEN_EVENT: "screen"}
_PLACES = {
    "session": ("sessionId",),
    "device": ("device", "model"),
    "os": ("os", "name"),
    "browser": ("browser", "name"),
    "app_version": ("app", "version"),
    "library": ("library", "name"),
    "locale": ("locale",),
    "country": ("location", "country"),
    "url": ("page", "url"),
    "path": ("page", "path"),
    "referrer": ("page", "referrer"),
    "utm_source": ("campaign", "source"),
    "utm_medium": ("campaign", "medium"),
    "utm_campaign": ("campaign", "name"),
}


def written(event: Exported) -> bytes:
    """Return the message as one line of JSON.

    `person` is Cairn's public id of the person and `receivedAt` when the event arrived: both are
    for readers, and left alone when the message is read in again.
    """
    message: dict[str, Any] = {
        "messageId": event.id,
        "timestamp": _iso(event.time_us),
        "receivedAt": _iso(event.received_us),
        "person": event.person,
    }
    for name, value in (
        ("userId", event.user_id),
        ("anonymousId", event.anonymous_id),
        ("previousId", event.previous_id),
    ):
        if value is not None:
            message[name] = value
    context = _context(event.context)
    call = _call(event)
    message["type"] = call
    if call == "group":
        message["groupId"] = event.account
    elif event.account is not None:
        context["groupId"] = event.account
    if call in ("identify", "group"):
        message["traits"] = msgspec.Raw(event.traits or b"{}")
    elif call != "alias":
        message["properties"] = msgspec.Raw(event.properties)
    if call == "track":
        message["event"] = event.event
    if context:
        message["context"] = context
    return msgspec.json.encode(message)


def _call(event: Exported) -> str:
    """Return the kind of call; a track call may have the name of another kind."""
    if event.properties == b"{}":
        if event.event == "$identify" or (event.event == "$group" and event.account is not None):
            return event.event[1:]
        if event.event == "$alias" and event.previous_id is not None:
            return "alias"
    return _CALLS.get(event.event, "track")


def _context(columns: Mapping[str, str]) -> dict[str, Any]:
    context: dict[str, Any] = {}
    for name, path in _PLACES.items():
        value = columns.get(name)
        if value is not None:
            inner = context
            for key in path[:-1]:
                inner = inner.setdefault(key, {})
            inner[path[-1]] = value
    platform = columns.get("platform")
    if platform in ("ios", "android"):
        context.setdefault("device", {})["type"] = platform
    elif platform == "web":
        context.setdefault("page", {})
    return context


def _iso(time_us: int) -> str:
    return (_EPOCH + timedelta(microseconds=time_us)).isoformat().replace("+00:00", "Z")
