"""The smallest engine: one project's store and loader, and a few paths to look inside."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from cairn.collect.loader import Loader
from cairn.core.settings import Settings
from cairn.store.duckdb.store import DuckDBStore

PROJECT = "p1"


class SmallEngine:
    """An ASGI application."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.data_dir / "projects" / PROJECT
        self._store = DuckDBStore.open(self._folder, threads=1)
        self._loader = Loader(self._store, self._folder / "spool")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            self._loader.start()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            self._loader.stop()
            self._store.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
        path = scope["path"]
        if path == "/stream":
            await self._stream(receive, send)
            return
        if path == "/echo":
            body = b""
            while True:
                message = await receive()
                body += message.get("body", b"")
                if not message.get("more_body"):
                    break
            answer: Any = {
                "method": scope["method"],
                "query": scope["query_string"].decode(),
                "length": len(body),
                "client": scope["client"][0],
                "headers": sorted({name.decode() for name, _ in scope["headers"]}),
            }
        elif path == "/loaded":
            answer = {"events": self._loader.events_loaded, "lag": self._loader.lag_bytes()}
        elif path == "/sql":
            query = scope["query_string"].decode()
            table = await asyncio.to_thread(self._store.sql, _QUERIES[query])
            answer = table.to_pydict()
        else:
            answer = {"status": "ready"}
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-type", b"application/json")],
            }
        )
        await send({"type": "http.response.body", "body": msgspec.json.encode(answer)})

    async def _stream(self, receive: Any, send: Any) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-type", b"text/event-stream")],
            }
        )
        gone = self._folder / "stream-left"
        try:
            for i in range(1_000):
                part = f"data: {i}\n\n".encode()
                await send({"type": "http.response.body", "body": part, "more_body": True})
                await asyncio.wait({asyncio.ensure_future(receive())}, timeout=0.05)
        finally:
            gone.touch()


_QUERIES = {
    "ids": "SELECT id FROM events",
    "names": "SELECT event FROM events ORDER BY seq",
    "rejections": "SELECT reason, payload FROM rejections",
}


def engine_app(settings: Settings) -> SmallEngine:
    """Return the engine, as `cairn.app.engine_app` does."""
    return SmallEngine(settings)
