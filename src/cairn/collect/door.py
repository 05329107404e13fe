"""The way to the engine: requests that are not events, passed on over a Unix socket.

Bodies stream both ways, so a live stream of events and a large export cost no memory here. When the
client leaves, the request to the engine ends too. While the engine starts, the answer is 503.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpcore
import msgspec

from cairn.collect.cors import Headers
from cairn.collect.counts import received_text
from cairn.collect.receive import Receive, Scope, Send
from cairn.core.errors import Unavailable

_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"expect",
    }
)
_FORWARDED = frozenset({b"x-forwarded-for", b"x-forwarded-proto"})
_UNREACHABLE = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError)


class Door:
    """The ASGI application that passes requests to the engine."""

    def __init__(self, socket: Path, counts_folder: Path) -> None:
        """Connect to the engine when the first request comes."""
        self._pool = httpcore.AsyncConnectionPool(
            uds=str(socket), max_connections=1_000, keepalive_expiry=3.0
        )
        self._counts_folder = counts_folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request with the engine's answer."""
        if scope["path"] == "/metrics":
            await self._metrics(scope, send)
            return
        left = asyncio.Event()
        passing = asyncio.create_task(self._pass(scope, _body(receive, left), send, receive, left))
        leaving = asyncio.create_task(left.wait())
        try:
            await asyncio.wait({passing, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if passing.done():
                passing.result()
        finally:
            for task in (passing, leaving):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _pass(
        self,
        scope: Scope,
        body: AsyncIterator[bytes],
        send: Send,
        receive: Receive,
        left: asyncio.Event,
    ) -> None:
        request = httpcore.Request(
            method=scope["method"].encode(),
            url=_url(scope),
            headers=_request_headers(scope),
            content=body if _has_body(scope) else None,
        )
        started = False
        watching: asyncio.Task[None] | None = None
        try:
            response = await self._pool.handle_async_request(request)
            watching = asyncio.create_task(_watch(receive, left))
            try:
                await send(
                    {
                        "type": "http.response.start",
                        "status": response.status,
                        "headers": [
                            (name.lower(), value)
                            for name, value in response.headers
                            if name.lower() not in _HOP_BY_HOP
                        ],
                    }
                )
                started = True
                async for part in response.aiter_stream():
                    await send({"type": "http.response.body", "body": part, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
            finally:
                await response.aclose()
        except _UNREACHABLE:
            if started:
                raise  # the answer ends early, which the client sees
            await _unavailable(send)
        finally:
            if watching is not None:
                watching.cancel()

    async def _metrics(self, scope: Scope, send: Send) -> None:
        try:
            response = await self._pool.request("GET", _url(scope), headers=_request_headers(scope))
            theirs = response.content if response.status == 200 else b""
        except _UNREACHABLE:
            theirs = b""
        ours = received_text(self._counts_folder).encode()
        if b"cairn_received_" in theirs:
            ours = b""
        elif theirs and not theirs.endswith(b"\n"):
            theirs += b"\n"
        headers: Headers = [(b"content-type", b"text/plain; version=0.0.4; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": theirs + ours})


def _url(scope: Scope) -> httpcore.URL:
    target = scope["raw_path"]
    if scope["query_string"]:
        target += b"?" + scope["query_string"]
    return httpcore.URL(scheme=b"http", host=b"engine", port=None, target=target)


def _request_headers(scope: Scope) -> Headers:
    named = {
        name.strip().lower()
        for header, value in scope["headers"]
        if header == b"connection"
        for name in value.split(b",")
    }
    dropped = _HOP_BY_HOP | _FORWARDED | named
    headers = [(name, value) for name, value in scope["headers"] if name not in dropped]
    if not any(name == b"host" for name, _ in headers):
        headers.append((b"host", b"engine"))
    if any(name == b"transfer-encoding" for name, _ in scope["headers"]):
        headers.append((b"transfer-encoding", b"chunked"))
    if scope.get("client"):
        headers.append((b"x-forwarded-for", scope["client"][0].encode("latin-1")))
    headers.append((b"x-forwarded-proto", scope["scheme"].encode("latin-1")))
    return headers


def _has_body(scope: Scope) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


async def _body(receive: Receive, left: asyncio.Event) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            left.set()
            await asyncio.Event().wait()  # until this request is cancelled
        if message.get("body"):
            yield message["body"]
        if not message.get("more_body"):
            return


async def _watch(receive: Receive, left: asyncio.Event) -> None:
    """Notice that the client has left while the engine is still answering."""
    while (await receive())["type"] != "http.disconnect":
        pass
    left.set()


async def _unavailable(send: Send) -> None:
    error = Unavailable(
        "the engine is starting or busy restarting",
        hint="Events are still accepted. Try again in a few seconds; the server's log says more.",
    )
    body = msgspec.json.encode(error.as_json())
    headers: Headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"retry-after", b"%d" % error.retry_after_seconds),
    ]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
