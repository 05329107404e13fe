"""What arrives, as it arrives: server-sent events."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from cairn.api.entry import Reader
from cairn.api.errors import documented
from cairn.api.shapes import Arrival as ArrivalShape
from cairn.api.workspace import OpenProject
from cairn.collect.live import Arrival, as_data
from cairn.model.event import Rejection

router = APIRouter(prefix="/api/projects/{project_id}", tags=["live"])

_LOOK_SECONDS = 0.1
_HEARTBEAT_SECONDS = 15.0

_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "`arrival` events carry an Arrival, `rejection` events received, reason, "
        "hint and payload. The last 50 come first; a comment every 15 s keeps the line open.",
        "content": {"text/event-stream": {"schema": ArrivalShape.model_json_schema()}},
    }
}


@router.get(
    "/live",
    operation_id="watch_live",
    response_class=StreamingResponse,
    responses={**_STREAM, **documented(401, 403, 404, json=False)},
)
async def watch_live(request: Request, entry: Reader) -> StreamingResponse:
    """Stream events and rejections as they are loaded."""
    stream = _follow(request, await run_in_threadpool(lambda: entry.opened))
    return StreamingResponse(
        stream,
        media_type="text/event-stream",
        headers={"cache-control": "no-cache", "x-accel-buffering": "no"},
    )


async def _follow(request: Request, opened: OpenProject) -> AsyncIterator[bytes]:
    watcher = opened.live.subscribe()
    quiet_since = time.monotonic()
    try:
        yield b": live\n\n"
        while not await request.is_disconnected() and not request.app.state.stopping.is_set():
            items = watcher.ready()
            if items:
                yield _encoded(items)
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since > _HEARTBEAT_SECONDS:
                yield b": still here\n\n"
                quiet_since = time.monotonic()
            await asyncio.sleep(_LOOK_SECONDS)
    finally:
        opened.live.leave(watcher)


def _encoded(items: Sequence[Arrival | Rejection]) -> bytes:
    return b"".join(
        b"event: " + kind.encode() + b"\ndata: " + msgspec.json.encode(data) + b"\n\n"
        for kind, data in map(as_data, items)
    )
