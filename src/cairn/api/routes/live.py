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

from cairn.api.encode import moment
from cairn.api.entry import Reader
from cairn.api.errors import documented
from cairn.api.shapes import Arrival as ArrivalShape
from cairn.api.workspace import OpenProject
from cairn.collect.live import Arrival
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
    responses={**_STREAM, **documented(401, 403, 404)},
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
                yield await run_in_threadpool(_encoded, items, opened)
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since > _HEARTBEAT_SECONDS:
                yield b": still here\n\n"
                quiet_since = time.monotonic()
            await asyncio.sleep(_LOOK_SECONDS)
    finally:
        opened.live.leave(watcher)


def _encoded(items: Sequence[Arrival | Rejection], opened: OpenProject) -> bytes:
    persons = {item.person for item in items if isinstance(item, Arrival)}
    uids = opened.browser.uids(sorted(persons))
    return b"".join(_message(item, uids.get(getattr(item, "person", -1), "")) for item in items)


def _message(item: Arrival | Rejection, uid: str) -> bytes:
    if isinstance(item, Rejection):
        data: dict[str, Any] = {
            "received": moment(item.received_us),
            "reason": item.reason,
            "hint": item.hint,
            "payload": item.payload,
        }
        return b"event: rejection\ndata: " + msgspec.json.encode(data) + b"\n\n"
    data = {
        "id": item.id,
        "event": item.event,
        "time": moment(item.time_us),
        "received": moment(item.received_us),
        "person": uid,
        "distinct_id": item.distinct_id,
        "properties": item.properties,
        "status": "accepted",
    }
    return b"event: arrival\ndata: " + msgspec.json.encode(data) + b"\n\n"
