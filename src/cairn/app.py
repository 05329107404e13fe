"""The composition root: which store, loader and records the engine process runs on."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import structlog
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from cairn.access.projects import all_projects, project
from cairn.access.sessions import SignIn
from cairn.api.answers import Answers
from cairn.api.application import application
from cairn.api.workspace import OpenProject
from cairn.collect.live import Live, person_uids
from cairn.collect.loader import Loader
from cairn.core.clock import Clock, system_clock
from cairn.core.errors import Unavailable
from cairn.core.settings import Settings
from cairn.store.duckdb.browse import DuckDBBrowser
from cairn.store.duckdb.export import DuckDBExporter
from cairn.store.duckdb.scoped import DuckDBRelation
from cairn.store.duckdb.store import DuckDBStore
from cairn.store.records.records import Records
from cairn.warm import warm_up

_QUESTIONS_AT_A_TIME = 4
_LOOK_FOR_PROJECTS_SECONDS = 1.0

_log = structlog.get_logger()

_Handler = Callable[[int, FrameType | None], object] | int | None


@dataclass(frozen=True, slots=True)
class _Running:
    """A project with the thread that loads its events."""

    opened: OpenProject
    store: DuckDBStore
    loader: Loader

    def close(self) -> None:
        """Finish the turn that runs, and release files."""
        self.loader.stop()
        self.store.close()


class LocalWorkspace:
    """Everything of one installation in one folder: SQLite records, and DuckDB for each project."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Open the records and every project."""
        self.settings = settings
        self.clock = clock
        self.records = Records.open(settings.data_dir / "records.sqlite")
        self.sign_in = SignIn(self.records, clock)
        self.answers = Answers(
            clock, _QUESTIONS_AT_A_TIME, settings.worker_threads, settings.query_timeout_seconds
        )
        self._running: dict[str, _Running] = {}
        self._opening = threading.Lock()
        with self.records.read() as session:
            names = [found.id for found in all_projects(session)]
        try:
            with ThreadPoolExecutor(2, "open") as pool:
                for name, running in zip(names, pool.map(self._start, names), strict=True):
                    self._running[name] = running
        except BaseException:
            self.close()
            raise

    def opened(self, project_id: str) -> OpenProject:
        """Return the project's store, opening it first when it is new. Raises NotFound."""
        running = self._running.get(project_id)
        if running is None:
            with self._opening:
                running = self._running.get(project_id)
                if running is None:
                    with self.records.read() as session:
                        project(session, project_id)
                    running = self._start(project_id)
                    self._running = {**self._running, project_id: running}
        return running.opened

    def all_opened(self) -> Mapping[str, OpenProject]:
        """Return every project that is open, by its id."""
        return {name: running.opened for name, running in self._running.items()}

    def open_new(self) -> None:
        """Open the projects that other processes have made meanwhile, so that theirs load too."""
        with self.records.read() as session:
            names = [found.id for found in all_projects(session)]
        for name in names:
            self.opened(name)

    def check(self) -> int:
        """Return how many projects are open, or raise Unavailable when one does not answer."""
        try:
            self.records.check()
            for running in self._running.values():
                running.store.sql("SELECT 1")
        except Exception as error:
            raise Unavailable(
                f"questions cannot be answered now: {error}",
                hint="`cairn doctor` looks for the cause.",
            ) from error
        return len(self._running)

    def close(self) -> None:
        """Finish what runs, and release everything."""
        self.answers.close()
        for running in self._running.values():
            running.close()
        self.records.close()

    def _start(self, project_id: str) -> _Running:
        folder: Path = self.settings.data_dir / "projects" / project_id
        spool = folder / "spool"
        spool.mkdir(parents=True, exist_ok=True)
        store = DuckDBStore.open(
            folder, self.settings.worker_threads, self.settings.memory_limit_mb
        )
        live = Live(person_uids(store))
        loader = Loader(store, spool, self.clock, live.publish)
        loader.start()
        return _Running(
            OpenProject(
                store=store,
                browser=DuckDBBrowser(store),
                exporter=DuckDBExporter(store),
                sql=store.for_people,
                relation=DuckDBRelation(store),
                live=live,
                spool_lag_bytes=loader.lag_bytes,
                events_loaded=lambda: loader.events_loaded,
                duplicates_dropped=lambda: loader.duplicates_dropped,
                events_rejected=lambda: loader.events_rejected,
            ),
            store,
            loader,
        )


def engine_app(settings: Settings, clock: Clock = system_clock) -> FastAPI:
    """Return the engine: it opens the data folder on startup and closes it on shutdown."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        workspace = await run_in_threadpool(LocalWorkspace, settings, clock)
        app.state.workspace = workspace
        _on_exit(app.state.stopping.set)
        warm_up()
        looking = asyncio.create_task(_keep_open(workspace))
        try:
            yield
        finally:
            app.state.stopping.set()
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking
            await run_in_threadpool(workspace.close)

    return application(lifespan=lifespan)


async def _keep_open(workspace: LocalWorkspace) -> None:
    while True:
        await asyncio.sleep(_LOOK_FOR_PROJECTS_SECONDS)
        try:
            await run_in_threadpool(workspace.open_new)
        except Exception as error:
            _log.error("project_not_opened", error=str(error), exc_info=True)


def _on_exit(act: Callable[[], None]) -> None:
    """Act as soon as the process is asked to end, before whoever handles the signal already does.

    The server waits for open streams to end, so these must know in time.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        handler = signal.getsignal(number)

        def first(number: int, frame: FrameType | None, then: _Handler = handler) -> None:
            act()
            if callable(then):
                then(number, frame)

        signal.signal(number, first)
