"""Answering questions without doing the same work twice, and never for longer than allowed."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar
from zoneinfo import ZoneInfo

from prometheus_client import CollectorRegistry, Histogram

from cairn.access.projects import Project
from cairn.cohorts.members import Known
from cairn.core.clock import MICROSECONDS, Clock
from cairn.core.deadline import Deadline
from cairn.core.errors import QueryTimeout
from cairn.insights.answer import Answer, Spec
from cairn.insights.run import NO_COHORTS, ask
from cairn.query.periods import Calendar
from cairn.store.base import SequenceStore

T = TypeVar("T")
Key = tuple[str, ...]

_MINUTE_US = 60 * MICROSECONDS
_KEPT_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Encoded:
    """An answer, and its JSON."""

    answer: Answer
    json: bytes


class Answers:
    """Runs questions on a few threads and remembers answers while they stay true.

    An answer stays true while no new data arrives, the project reads dates the same way, and the
    minute lasts. Equal questions that are asked at the same time are worked out once.
    """

    def __init__(self, clock: Clock, workers: int, threads: int, timeout_seconds: float) -> None:
        """Answer `workers` questions at a time, each with so many threads."""
        self.registry = CollectorRegistry()
        self._clock = clock
        self._threads = threads
        self._timeout = timeout_seconds
        self._pool = ThreadPoolExecutor(workers, "question")
        self._kept: OrderedDict[Key, Encoded] = OrderedDict()
        self._kept_bytes = 0
        self._keeping = threading.Lock()
        self._running: dict[Key, asyncio.Future[Encoded]] = {}
        self._seconds = Histogram(
            "cairn_query_seconds",
            "Time to answer a question, without those answered from memory.",
            ["kind"],
            registry=self.registry,
            buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60),
        )

    async def answer(
        self, project: Project, store: SequenceStore, spec: Spec, saved: Known = NO_COHORTS
    ) -> Encoded:
        """Return the answer, given the project's cohorts.

        Raises InvalidInput, or QueryTimeout after the configured time.
        """
        now_us = self._clock()
        key = _key(project, store, spec, saved, now_us)
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        running = self._running.get(key)
        if running is None:
            running = asyncio.get_running_loop().run_in_executor(
                self._pool, self._work_out, key, project, store, spec, saved, now_us
            )
            self._running[key] = running
            running.add_done_callback(lambda _: self._running.pop(key, None))
        return await self._in_time(running)

    async def run(self, work: Callable[[], T]) -> T:
        """Run other work of a question on the same threads, within the same time."""
        return await self._in_time(asyncio.get_running_loop().run_in_executor(self._pool, work))

    def close(self) -> None:
        """Start no more questions, and wait for those that run."""
        self._pool.shutdown(cancel_futures=True)

    async def _in_time(self, running: asyncio.Future[T]) -> T:
        try:
            async with asyncio.timeout(self._timeout):
                return await asyncio.shield(running)
        except TimeoutError:
            running.add_done_callback(lambda late: late.cancelled() or late.exception())
            raise QueryTimeout(
                f"the question took longer than {self._timeout:g} s",
                hint="Choose a shorter period, or raise query_timeout_seconds.",
            ) from None

    def _work_out(
        self,
        key: Key,
        project: Project,
        store: SequenceStore,
        spec: Spec,
        saved: Known,
        now_us: int,
    ) -> Encoded:
        with self._seconds.labels(spec.kind).time():
            deadline = Deadline.within(self._timeout)
            calendar = calendar_of(project, now_us)
            answer = ask(store, spec, calendar, self._threads, saved, deadline)
        encoded = Encoded(answer, answer.model_dump_json(by_alias=True).encode())
        with self._keeping:
            if key not in self._kept:
                self._kept[key] = encoded
                self._kept_bytes += len(encoded.json)
            while self._kept_bytes > _KEPT_BYTES:
                _, oldest = self._kept.popitem(last=False)
                self._kept_bytes -= len(oldest.json)
        return encoded


def calendar_of(project: Project, now_us: int) -> Calendar:
    """Return how a project reads dates at a moment."""
    return Calendar(ZoneInfo(project.timezone), now_us, project.week_start)


def _key(project: Project, store: SequenceStore, spec: Spec, saved: Known, now_us: int) -> Key:
    """Return what an answer depends on. The spec goes in as JSON: as values, 1 equals true."""
    return (
        project.id,
        project.timezone,
        project.week_start,
        str(store.data_version),
        str(now_us // _MINUTE_US),
        spec.model_dump_json(by_alias=True),
        *(f"{name}={part.model_dump_json(by_alias=True)}" for name, part in saved.items()),
    )
