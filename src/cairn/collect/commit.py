"""One fsync for many requests: requests wait together, are written together, answered together."""

from __future__ import annotations

import asyncio
import itertools
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

import structlog

from cairn.collect.spool import Record, Segment, encode, segment_path
from cairn.core.errors import DiskNearlyFull

SEGMENT_BYTES = 64 << 20

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Waiting:
    project: str
    content: bytes
    done: asyncio.Future[None] | Future[None]


class Committer:
    """Makes one receiver's requests durable, from a thread of its own.

    While one group of requests is being written and synced, the next group gathers.
    """

    def __init__(
        self,
        folder_of: Callable[[str], Path],
        receiver: str,
        segment_bytes: int = SEGMENT_BYTES,
    ) -> None:
        """Write each project's requests to segments in `folder_of(project)`."""
        self._folder_of = folder_of
        self._receiver = receiver
        self._boot = f"{time.time_ns():016x}{os.getpid():x}"
        self._numbers = itertools.count()
        self._segment_bytes = segment_bytes
        self._segments: dict[str, Segment] = {}
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="commit", daemon=True)
        self._thread.start()

    async def keep(self, project: str, record: Record) -> None:
        """Return when the record is on disk. Raises DiskNearlyFull when it could not be kept."""
        done = asyncio.get_running_loop().create_future()
        self._queue.put(_Waiting(project, encode(record), done))
        await done

    def keep_now(self, project: str, record: Record) -> None:
        """Do what `keep` does, for callers without an event loop."""
        done: Future[None] = Future()
        self._queue.put(_Waiting(project, encode(record), done))
        done.result()

    def close(self) -> None:
        """Write what waits, then finish all segments."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        running = True
        while running:
            groups: dict[str, list[_Waiting]] = {}
            item = self._queue.get()
            while True:
                if item is None:
                    running = False
                else:
                    groups.setdefault(item.project, []).append(item)
                if self._queue.empty():
                    break
                item = self._queue.get()
            for project, waiting in groups.items():
                _settle(waiting, self._write(project, waiting))
        for segment in self._segments.values():
            segment.close()

    def _write(self, project: str, waiting: Sequence[_Waiting]) -> DiskNearlyFull | None:
        try:
            segment = self._segments.get(project)
            if segment is None:
                path = segment_path(
                    self._folder_of(project), self._receiver, self._boot, next(self._numbers)
                )
                segment = self._segments[project] = Segment(path)
            segment.append(b"".join([item.content for item in waiting]))
            if segment.size >= self._segment_bytes:
                self._finish(project)
            return None
        except OSError as error:
            _log.error("spool_write_failed", project=project, error=str(error))
            self._finish(project)
            return DiskNearlyFull(
                f"the events could not be written to disk: {error.strerror}",
                hint="Free disk space on the server; the client may send them again.",
            )

    def _finish(self, project: str) -> None:
        segment = self._segments.pop(project, None)
        if segment is not None:
            segment.close()


def _settle(waiting: Sequence[_Waiting], error: DiskNearlyFull | None) -> None:
    """Answer all who waited, with one wake-up per event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for item in waiting:
        if isinstance(item.done, asyncio.Future):
            by_loop.setdefault(item.done.get_loop(), []).append(item.done)
        elif error is None:
            item.done.set_result(None)
        else:
            item.done.set_exception(error)
    for loop, futures in by_loop.items():
        try:
            loop.call_soon_threadsafe(_answer, futures, error)
        except RuntimeError:  # the loop closed while its clients waited
            _log.warning("answers_not_delivered", count=len(futures))


def _answer(futures: Sequence[asyncio.Future[None]], error: DiskNearlyFull | None) -> None:
    for future in futures:
        if future.done():
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
