"""The receiver: takes events from clients, and answers 200 only once they are on disk.

It checks the key and the size, and that the body is JSON; what each event says is read later, by
the loader, so one bad event never costs its batch. The receiver shares nothing with the engine but
the data directory: a slow question or a restart never delays a client. Requests that are not events
go to the engine, unread.
"""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs

import msgspec
import structlog

from cairn.collect.body import plain, repaired
from cairn.collect.commit import Committer
from cairn.collect.cors import Headers, cors_headers, preflight_headers
from cairn.collect.counts import Counts
from cairn.collect.keys import Keys, key_in_header
from cairn.collect.spool import Record
from cairn.collect.wire.segment import BATCH_LIMIT, EVENT_LIMIT, source_settings
from cairn.core.clock import Clock, system_clock
from cairn.core.errors import (
    CairnError,
    DiskNearlyFull,
    InvalidInput,
    NotFound,
    NotSignedIn,
    TooLarge,
    Unavailable,
)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_log = structlog.get_logger(__name__)

ACCEPTED = b'{"success":true}'

_CALLS = {
    "track": ("track", "t"),
    "identify": ("identify", "i"),
    "page": ("page", "p"),
    "screen": ("screen", "s"),
    "group": ("group", "g"),
    "alias": ("alias", "a"),
    "batch": ("batch", "b", "import"),
}
_KINDS = {
    f"/v1/{name}{slash}": f"segment/{call}"
    for call, names in _CALLS.items()
    for name in names
    for slash in ("", "/")
}
_OUR_METRICS = ("/v1/m", "/v1/m/")
"""Where the browser library reports on itself. Answered, and not kept."""

_JSON = (b"content-type", b"application/json")


class _Envelope(msgspec.Struct):
    """What the receiver reads of a body."""

    writeKey: str | None = None
    batch: list[msgspec.Raw] | None = None


_envelope = msgspec.json.Decoder(_Envelope)


class Engine(Protocol):
    """Everything that is not about taking in events."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""


class Receiver:
    """The ASGI application on the public port."""

    def __init__(
        self,
        keys: Keys,
        committer: Committer,
        engine: Engine,
        counts: Counts,
        data_dir: Path,
        min_free_mb: int,
        clock: Clock = system_clock,
    ) -> None:
        """Take events for the projects of `keys`; hand other requests to `engine`."""
        self._keys = keys
        self._committer = committer
        self._engine = engine
        self._counts = counts
        self._disk = _Disk(data_dir, min_free_mb << 20)
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        path = scope["path"]
        if path.startswith("/v1/"):
            await self._collect(scope, receive, send)
        elif path == "/healthz":
            await _answer(send, 200, b'{"status":"ok"}')
        else:
            await self._engine(scope, receive, send)

    async def _collect(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = authorization = wanted = None
        for name, value in scope["headers"]:
            if name == b"authorization":
                authorization = value
            elif name == b"origin":
                origin = value
            elif name == b"access-control-request-headers":
                wanted = value
        method = scope["method"]
        try:
            if method == "OPTIONS":
                await _answer(send, 200, b"", preflight_headers(origin, wanted))
                return
            kind = _KINDS.get(scope["path"])
            if kind is not None and method == "POST":
                await self._keep(kind, authorization, scope, receive)
                answer = ACCEPTED
            else:
                answer = self._describe(scope, method)
            await _answer(send, 200, answer, cors_headers(origin))
        except Exception as caught:  # a client must always get an answer it can use
            error = caught if isinstance(caught, CairnError) else _unexpected(caught)
            self._counts.add("refused")
            headers = cors_headers(origin)
            if isinstance(error, Unavailable):
                headers.append((b"retry-after", b"%d" % error.retry_after_seconds))
            await _answer(send, error.status, msgspec.json.encode(error.as_json()), headers)

    async def _keep(
        self, kind: str, authorization: bytes | None, scope: Scope, receive: Receive
    ) -> None:
        limit = BATCH_LIMIT if kind == "segment/batch" else EVENT_LIMIT
        body = plain(await _read(receive, limit), limit)
        try:
            envelope = _envelope.decode(body)
            body.decode()
        except msgspec.ValidationError as error:
            raise _unreadable(error) from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            body = repaired(body)
            try:
                envelope = _envelope.decode(body)
            except (msgspec.DecodeError, RecursionError) as error:
                raise _unreadable(error) from error
        project = self._project(
            (key_in_header(authorization), envelope.writeKey, _key_in_query(scope["query_string"]))
        )
        if kind == "segment/batch":
            if envelope.batch is None:
                raise InvalidInput(
                    "the body has no 'batch'",
                    hint='Send {"batch": [...]}; one event alone goes to /v1/track.',
                )
            events = len(envelope.batch)
        else:
            events = 1
        if not events:
            return
        self._disk.check()
        await self._committer.keep(project, Record(self._clock(), kind, body))
        self._counts.add("requests")
        self._counts.add("events", events)
        self._counts.add("bytes", len(body))

    def _project(self, candidates: Iterable[str | None]) -> str:
        given = next((key for key in candidates if key), None)
        if given is None:
            raise NotSignedIn(
                "the request has no write key",
                hint="Send the project's write key as basic auth name or as 'writeKey'.",
            )
        project = self._keys.project_of(given)
        if project is None:
            raise NotSignedIn(
                f"no project has the write key {given[:40]!r}",
                hint="Copy the write key from the project's settings page.",
            )
        return project

    def _describe(self, scope: Scope, method: str) -> bytes:
        parts = scope["path"].strip("/").split("/")
        if method == "POST" and scope["path"] in _OUR_METRICS:
            return ACCEPTED
        if (
            method in ("GET", "HEAD")
            and len(parts) == 4
            and parts[1::2] == ["projects", "settings"]
        ):
            key = parts[2]
            if self._keys.project_of(key) is None:
                raise NotFound(
                    f"no project has the write key {key[:40]!r}",
                    hint="Copy the write key from the project's settings page.",
                )
            headers = dict(scope["headers"])
            host = headers.get(b"x-forwarded-host") or headers.get(b"host", b"")
            scheme = headers.get(b"x-forwarded-proto", scope["scheme"].encode())
            return source_settings(key, scheme.decode("latin-1"), host.decode("latin-1"))
        raise NotFound(
            f"there is no {method} {scope['path'][:100]}",
            hint="Events are sent with POST to /v1/batch, /v1/track, /v1/identify, /v1/page, "
            "/v1/screen, /v1/group or /v1/alias.",
        )


class _Disk:
    """Says no while there is still room for what was accepted."""

    def __init__(self, folder: Path, least_bytes: int) -> None:
        self._folder = folder
        self._least = least_bytes
        self._checked = 0.0
        self._free = 0

    def check(self) -> None:
        """Raise DiskNearlyFull when less is free than the setting asks. Looks once a second."""
        now = time.monotonic()
        if now - self._checked > 1 or self._free < self._least:
            disk = os.statvfs(self._folder)
            self._free = disk.f_bavail * disk.f_frsize
            self._checked = now
        if self._free < self._least:
            raise DiskNearlyFull(
                f"the disk of the server has {self._free >> 20} MB free, "
                f"less than the {self._least >> 20} MB it keeps",
                hint="Free disk space or lower min_free_mb; the client may send the events again.",
            )


async def _read(receive: Receive, limit: int) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        parts = [body]
        size = len(body)
        while message.get("more_body"):
            message = await receive()
            if message["type"] == "http.disconnect":
                raise InvalidInput("the client left before the request was complete")
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > limit:
                break
        body = b"".join(parts)
    if len(body) > limit:
        raise TooLarge(
            f"the body is longer than {limit // 1024} KB",
            hint="Send fewer events in one request, or shorter ones.",
        )
    return body


def _key_in_query(query: bytes) -> str | None:
    if b"writeKey=" not in query:
        return None
    return parse_qs(query.decode("latin-1")).get("writeKey", [None])[0]


def _unreadable(error: Exception) -> InvalidInput:
    return InvalidInput(
        f"the body is not what the Segment libraries send: {error}",
        hint='Send {"writeKey": "...", "batch": [...]}, or one event as a JSON object.',
    )


def _unexpected(error: Exception) -> Unavailable:
    """Return an answer after which clients keep their events and send them again."""
    _log.error("request_failed", error=str(error), exc_info=error)
    return Unavailable("the events could not be taken in", hint="The server's log says why.")


async def _answer(send: Send, status: int, body: bytes, headers: Headers | None = None) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [_JSON, (b"content-length", b"%d" % len(body)), *(headers or ())],
        }
    )
    await send({"type": "http.response.body", "body": body})
