"""Compiling kernels before the first person asks."""

from __future__ import annotations

import tempfile
import threading
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from cairn.core.clock import MICROSECONDS, system_clock
from cairn.dashboards.starter import default_dashboard
from cairn.insights.answer import Spec
from cairn.insights.funnel.spec import FunnelSpec
from cairn.insights.run import ask
from cairn.model.event import Event
from cairn.query.filters import Property, Selector
from cairn.query.periods import Calendar
from cairn.store.base import Batch, NewPerson
from cairn.store.duckdb.store import DuckDBStore

_log = structlog.get_logger()


@cache
def warm_up() -> threading.Thread:
    """Do once per process, in the background, what the first question would otherwise wait for.

    Kernels are compiled, or read from the cache on disk, when they first run; a few tiny questions
    to a project of its own make them ready. The first time on a machine this takes a while.
    """
    thread = threading.Thread(target=_run, name="warm-up", daemon=True)
    thread.start()
    return thread


def _run() -> None:
    now_us = system_clock()
    calendar = Calendar(ZoneInfo("UTC"), now_us)
    tiles = default_dashboard().tiles
    steps = (Selector(event="a"), Selector(event="b"))
    questions: list[Spec] = [tile.spec for tile in tiles]
    questions.append(FunnelSpec(steps=steps, breakdown=Property(name="plan")))
    try:
        with tempfile.TemporaryDirectory(prefix="cairn-") as folder:
            store = DuckDBStore.open(Path(folder), 1)
            try:
                for turn in range(2):
                    store.append(_batch(turn, now_us))
                    for question in questions:
                        ask(store, question, calendar)
                    store.fold()
            finally:
                store.close()
    except Exception as error:
        _log.warning("warm_up_failed", error=str(error), exc_info=True)


def _batch(turn: int, now_us: int) -> Batch:
    events = [
        Event(
            id=f"{turn}-{name}",
            event=name,
            time_us=now_us - MICROSECONDS,
            received_us=now_us,
            distinct_id="p",
            properties={"plan": "x"},
        )
        for name in ("a", "b")
    ]
    new = [NewPerson(0, "p", now_us)] if turn == 0 else []
    return Batch(events, [0, 0], new, {"p": 0} if new else {})
