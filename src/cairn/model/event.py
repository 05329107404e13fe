"""Something a person did, as every part of Cairn speaks of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

IDENTITY_EVENTS = ("$identify", "$group", "$alias")
"""Names under which identify, group and alias calls are kept. They say who someone is, not what
they did, so a question about *any event* leaves them out."""

PAGE_EVENT = "$page"
SCREEN_EVENT = "$screen"

CONTEXT_COLUMNS = (
    "session",
    "platform",
    "device",
    "os",
    "browser",
    "app_version",
    "library",
    "locale",
    "country",
    "url",
    "path",
    "referrer",
    "utm_source",
    "utm_medium",
    "utm_campaign",
)
"""The typed columns of an event beside its properties, in the order of the table.

In a question they are event properties whose name starts with `$`: `$country`, `$utm_source`."""


class Event(msgspec.Struct, kw_only=True):
    """One event in canonical form: what every wire format becomes and what is stored.

    `time_us` and `received_us` are microseconds since 1970-01-01 UTC. `distinct_id` is the id the
    client knows the person by: the user id when there is one, else the anonymous id.
    `previous_id` is the other name of the same person that this call reveals (the anonymous id of
    an identify, the previous id of an alias). Values in `properties` are JSON values.
    """

    id: str
    event: str
    time_us: int
    received_us: int
    distinct_id: str
    is_known: bool = False
    previous_id: str | None = None
    account: str | None = None
    session: str | None = None
    platform: str | None = None
    device: str | None = None
    os: str | None = None
    browser: str | None = None
    app_version: str | None = None
    library: str | None = None
    locale: str | None = None
    country: str | None = None
    url: str | None = None
    path: str | None = None
    referrer: str | None = None
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    properties: dict[str, Any] = {}
    person_properties: Mapping[str, Any] | None = None
    account_properties: Mapping[str, Any] | None = None


class Rejection(msgspec.Struct, kw_only=True, frozen=True):
    """Something that arrived and could not become an event, kept with the reason."""

    received_us: int
    reason: str
    hint: str
    payload: str
