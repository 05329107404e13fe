"""Segment's HTTP format, which is Cairn's own: what `@segment/*` and its relatives send.

https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/

Every message becomes one event. A track call keeps its name; page and screen calls become `$page`
and `$screen` with their name as a property; identify, group and alias calls become `$identify`,
`$group` and `$alias` and carry what they reveal. A value of the wrong type in the context is left
out; a message that says neither who nor what is rejected, alone.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import msgspec

from cairn.collect.clock import corrected
from cairn.collect.wire.base import Reading, Wire
from cairn.model.event import PAGE_EVENT, SCREEN_EVENT, Event, Rejection

EVENT_LIMIT = 32 << 10
"""Bytes of one message, as Segment documents it."""

BATCH_LIMIT = 500 << 10
"""Bytes of one batch request, unpacked, as Segment documents it."""

_MICROSECONDS = 1_000_000

Scalar = str | int | float | None


class _Page(msgspec.Struct):
    url: str | None = None
    path: str | None = None
    referrer: str | None = None


class _Campaign(msgspec.Struct):
    source: str | None = None
    medium: str | None = None
    name: str | None = None


class _Library(msgspec.Struct):
    name: str | None = None
    version: str | None = None


class _App(msgspec.Struct):
    version: str | None = None


class _Named(msgspec.Struct):
    name: str | None = None


class _Device(msgspec.Struct):
    type: str | None = None
    model: str | None = None


class _Location(msgspec.Struct):
    country: str | None = None


class _Context(msgspec.Struct):
    app: _App | None = None
    browser: _Named | None = None
    campaign: _Campaign | None = None
    device: _Device | None = None
    groupId: Scalar = None
    library: _Library | None = None
    locale: str | None = None
    location: _Location | None = None
    os: _Named | None = None
    page: _Page | None = None
    sessionId: Scalar = None
    traits: dict[str, Any] | None = None
    userAgent: str | None = None


class _Message(msgspec.Struct):
    type: str | None = None
    event: Scalar = None
    name: Scalar = None
    category: Scalar = None
    userId: Scalar = None
    anonymousId: Scalar = None
    groupId: Scalar = None
    previousId: Scalar = None
    messageId: Scalar = None
    timestamp: Scalar = None
    sentAt: Scalar = None
    properties: dict[str, Any] | None = None
    traits: dict[str, Any] | None = None
    context: _Context | None = None


class _Batch(msgspec.Struct):
    batch: list[_Message]
    sentAt: Scalar = None


class _RawBatch(msgspec.Struct):
    batch: list[msgspec.Raw]
    sentAt: Scalar = None


_messages = msgspec.json.Decoder(_Batch)
_raw_messages = msgspec.json.Decoder(_RawBatch)
_message = msgspec.json.Decoder(_Message)
_NO_CONTEXT = _Context()
_NO_PAGE = _Page()
_NO_CAMPAIGN = _Campaign()


class _Refused(Exception):
    """A message that cannot become an event."""

    def __init__(self, reason: str, hint: str) -> None:
        self.reason = reason
        self.hint = hint


def read(call: str, body: bytes, received_us: int) -> Reading:
    """Return the events of one request."""
    reading = Reading()
    if call != "batch":
        _read_one(body, call, None, received_us, _digest(body, received_us), reading)
        return reading
    if len(body) <= EVENT_LIMIT:  # no message in it can be too long
        try:
            reading.events = _all_messages(body, received_us)
            return reading
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, _Refused):
            pass  # some message is not as expected: they are read one by one
    try:
        raw = _raw_messages.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        unreadable = _Refused(f"the batch cannot be read: {error}", "Is it JSON in UTF-8?")
        _reject(reading, unreadable, body, received_us)
        return reading
    sent_us = _sent(raw.sentAt)
    fallback = _digest(body, received_us)
    for i, part in enumerate(raw.batch):
        _read_one(bytes(part), None, sent_us, received_us, f"{fallback}-{i}", reading)
    return reading


def _all_messages(body: bytes, received_us: int) -> list[Event]:
    """Return the events of a batch in which every message is as it should be, quickly."""
    batch = _messages.decode(body)
    sent_us = _sent(batch.sentAt)
    fallback = ""
    events = []
    for i, message in enumerate(batch.batch):
        if message.messageId in (None, ""):
            fallback = fallback or _digest(body, received_us)
        events.append(_event(message, message.type, sent_us, received_us, f"{fallback}-{i}"))
    return events


def source_settings(key: str, scheme: str, host: str) -> bytes:
    """Return what the browser library asks for first, which sends its events to this server.

    Without an object under `integrations["Segment.io"]` the library never sends anything.
    """
    return msgspec.json.encode(
        {
            "integrations": {
                "Segment.io": {
                    "apiKey": key,
                    "apiHost": f"{host}/v1",
                    "protocol": scheme,
                    "unbundledIntegrations": [],
                    "addBundledMetadata": True,
                }
            },
            "plan": {"track": {"__default": {"enabled": True, "integrations": {}}}},
            "edgeFunction": {},
            "metrics": {"sampleRate": 0},
            "middlewareSettings": {},
            "enabledMiddleware": {},
            "remotePlugins": [],
            "legacyVideoPluginsEnabled": False,
            "analyticsNextEnabled": True,
        }
    )


def _read_one(
    raw: bytes,
    call: str | None,
    sent_us: int | None,
    received_us: int,
    fallback_id: str,
    reading: Reading,
) -> None:
    try:
        if len(raw) > EVENT_LIMIT:
            raise _Refused(
                f"the event has {len(raw)} bytes, more than {EVENT_LIMIT}",
                "Send long texts elsewhere, and their address or length as a property.",
            )
        message = _decoded(raw)
        if call is not None:
            sent_us = _sent(message.sentAt)
        event = _event(message, call or message.type, sent_us, received_us, fallback_id)
    except _Refused as refusal:
        _reject(reading, refusal, raw, received_us)
    else:
        reading.events.append(event)


def _reject(reading: Reading, refusal: _Refused, raw: bytes, received_us: int) -> None:
    reading.rejections.append(
        Rejection(
            received_us=received_us,
            reason=refusal.reason,
            hint=refusal.hint,
            payload=raw[:EVENT_LIMIT].decode("utf-8", "replace"),
        )
    )


def _decoded(raw: bytes) -> _Message:
    """Return a message, without those parts of its context that have an unexpected type."""
    try:
        return _message.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        plain = json.loads(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise _Refused(f"the event cannot be read: {error}", "Is it JSON in UTF-8?") from error
    if not isinstance(plain, dict):
        raise _Refused(
            f"the event is {raw[:60].decode('utf-8', 'replace')}, not a JSON object",
            'Send {"type": "track", "event": ..., "userId": ...}.',
        )
    context = plain.pop("context", None)
    try:
        message = msgspec.convert(plain, _Message)
    except msgspec.ValidationError as error:
        raise _Refused(
            f"the event cannot be read: {error}", "Send text for names and ids."
        ) from error
    message.context = _lenient(_Context, context)
    return message


def _lenient(struct: type[_Context], value: Any) -> _Context:
    """Return the context with whatever of it has the expected type."""
    result = struct()
    if isinstance(value, dict):
        for field in msgspec.structs.fields(struct):
            if field.name in value:
                try:
                    setattr(result, field.name, msgspec.convert(value[field.name], field.type))
                except msgspec.ValidationError:
                    continue
    return result


def _event(
    message: _Message, call: str | None, sent_us: int | None, received_us: int, fallback_id: str
) -> Event:
    user_id = _text(message.userId)
    anonymous_id = _text(message.anonymousId)
    context = message.context or _NO_CONTEXT
    name, properties, person, account, account_properties = _said(message, call, context)
    previous_id = anonymous_id if user_id else None
    if call == "alias":
        previous_id = _text(message.previousId) or previous_id
    distinct_id = user_id or anonymous_id
    if distinct_id is None:
        raise _Refused(
            "the event has neither userId nor anonymousId",
            "Send the id of the person as userId, or a random id kept on the device as anonymousId.",
        )
    page = context.page or _NO_PAGE
    campaign = context.campaign or _NO_CAMPAIGN
    library = context.library
    if context.userAgent:
        properties = {**properties, "$user_agent": context.userAgent}
    return Event(
        id=_text(message.messageId) or fallback_id,
        event=name,
        time_us=_time(message.timestamp, sent_us, received_us),
        received_us=received_us,
        distinct_id=distinct_id,
        is_known=user_id is not None,
        previous_id=previous_id if previous_id != distinct_id else None,
        account=account or _text(context.groupId),
        session=_text(context.sessionId),
        platform=_platform(context),
        device=context.device.model if context.device else None,
        os=context.os.name if context.os else None,
        browser=context.browser.name if context.browser else None,
        app_version=context.app.version if context.app else None,
        library=f"{library.name} {library.version or ''}".rstrip()
        if library and library.name
        else None,
        locale=context.locale,
        country=context.location.country if context.location else None,
        url=page.url,
        path=page.path,
        referrer=page.referrer,
        utm_source=campaign.source,
        utm_medium=campaign.medium,
        utm_campaign=campaign.name,
        properties=properties,
        person_properties=person,
        account_properties=account_properties,
    )


_Said = tuple[str, dict[str, Any], dict[str, Any] | None, str | None, dict[str, Any] | None]


def _said(message: _Message, call: str | None, context: _Context) -> _Said:
    """Return the event's name and properties, the person's, the account, and the account's."""
    properties = message.properties or {}
    if call == "track":
        name = _text(message.event)
        if name is None:
            raise _Refused("the track call has no event name", "Send the name as 'event'.")
        return name, properties, None, None, None
    if call in ("page", "screen"):
        named = {
            key: value
            for key, value in (("name", _text(message.name)), ("category", _text(message.category)))
            if value is not None
        }
        event = PAGE_EVENT if call == "page" else SCREEN_EVENT
        return event, {**properties, **named}, None, None, None
    if call == "identify":
        return "$identify", {}, {**(context.traits or {}), **(message.traits or {})}, None, None
    if call == "group":
        account = _text(message.groupId)
        if account is None:
            raise _Refused("the group call has no groupId", "Send the account's id as 'groupId'.")
        return "$group", {}, None, account, message.traits or {}
    if call == "alias":
        if _text(message.previousId) is None:
            raise _Refused("the alias call has no previousId", "Send the id used so far.")
        return "$alias", {}, None, None, None
    raise _Refused(
        f"the call type is {call!r}" if call else "the event has no type",
        "Send one of track, identify, page, screen, group and alias as 'type'.",
    )


def _platform(context: _Context) -> str:
    kind = (context.device.type or "").lower() if context.device else ""
    if kind in ("ios", "android"):
        return kind
    return "web" if context.page or context.userAgent else "server"


def _text(value: Scalar) -> str | None:
    """Return an id or name as text; an empty one is none."""
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)


def _time(value: Scalar, sent_us: int | None, received_us: int) -> int:
    if value is None or value == "":
        return received_us
    time_us = _microseconds(value)
    if time_us is None:
        raise _Refused(
            f"the timestamp {str(value)[:60]!r} cannot be read",
            "Send ISO 8601, as in 2026-01-31T12:00:00.000Z.",
        )
    return corrected(time_us, sent_us, received_us)


def _sent(value: Scalar) -> int | None:
    return None if value is None else _microseconds(value)


def _microseconds(value: str | float) -> int | None:
    """Return the time as microseconds: ISO 8601 (UTC without a zone), or a number since 1970."""
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        try:
            return round(moment.timestamp() * _MICROSECONDS)
        except (OverflowError, ValueError):
            return None
    for limit, factor in ((1e11, 1_000_000), (1e14, 1_000), (1e17, 1)):
        if 0 <= value < limit:  # seconds, milliseconds, microseconds
            return int(value * factor)
    return None


def _digest(body: bytes, received_us: int) -> str:
    return hashlib.blake2b(body, digest_size=16, key=b"%d" % received_us).hexdigest()


WIRE = Wire("segment", read)
