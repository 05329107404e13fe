"""Compiling kernels before anyone waits for them.

Kernels are compiled, or read from the cache on disk, when they first run; a few tiny questions to a project of
its own make them ready. The first time on a machine this takes a minute or two, in which a process can do
little else. So a server makes ready what its first page asks, and leaves the rest to a process of its own.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from pydantic import TypeAdapter

from cairn.core.clock import MICROSECONDS, system_clock
from cairn.dashboards.starter import default_dashboard
from cairn.insights.answer import Spec
from cairn.insights.run import ask
from cairn.model.event import Event
from cairn.query.periods import Calendar
from cairn.store.base import Batch, NewPerson
from cairn.store.duckdb.store import DuckDBStore

_log = structlog.get_logger()

_FUNNEL = {"kind": "funnel", "steps": [{"event": "a"}, {"event": "b"}]}
_PLAN = {"name": "plan"}
_PRICE = {"name": "price"}
_OTHERS: Sequence[dict[str, Any]] = (
    {**_FUNNEL, "breakdown": _PLAN},
    {**_FUNNEL, "order": "any"},
    {**_FUNNEL, "order": "strict"},
    {**_FUNNEL, "exclusions": [{"selector": {"event": "c"}}]},
    {**_FUNNEL, "count": "totals"},
    {**_FUNNEL, "hold": [_PLAN]},
    {**_FUNNEL, "actor": "session"},
    {**_FUNNEL, "actor": "account"},
    {"kind": "retention", "clock": "rolling"},
    {"kind": "retention", "cohort": "recurring", "measure": {"of": "sum", "property": _PRICE}},
    {"kind": "trends", "series": [{"event": "a", "measure": {"of": "first_time"}}]},
    {"kind": "trends", "series": [{"measure": {"of": "average", "per": "person"}}]},
    {"kind": "trends", "series": [{"measure": {"of": "sum", "property": _PRICE}}], "sample": 0.5},
    {"kind": "lifecycle"},
    {"kind": "lifecycle", "event": {"event": "a"}, "breakdown": _PLAN},
    {"kind": "stickiness"},
    {"kind": "stickiness", "series": [{"event": "a"}], "per": "week"},
    {"kind": "paths"},
    {"kind": "paths", "end": "b", "count": "actors"},
    {"kind": "sessions"},
    {"kind": "sessions", "measure": "median_time_spent"},
    {"kind": "engagement"},
    {"kind": "adoption", "feature": {"event": "a"}},
    {"kind": "usage"},
    {"kind": "attribution", "conversion": {"event": "b"}, "models": ["last", "linear", "markov"]},
    {"kind": "revenue", "payment": {"event": "b"}, "amount": _PRICE},
)
"""Questions that between them run nearly every kernel."""


@cache
def warm_up() -> threading.Thread:
    """Make kernels ready in the background, once per process."""
    thread = threading.Thread(target=_warm, name="warm-up", daemon=True)
    thread.start()
    return thread


def main() -> None:
    """Make every kernel ready, and remember it on disk."""
    done = _done()
    if done.exists():
        return
    read: TypeAdapter[Spec] = TypeAdapter(Spec)
    if _run([*_first(), *map(read.validate_python, _OTHERS)]):
        with suppress(OSError):
            done.parent.mkdir(exist_ok=True)
            done.touch()


def _warm() -> None:
    _run(_first())
    if not _done().exists():
        with suppress(OSError):
            other = subprocess.Popen(
                [sys.executable, "-m", "cairn.warm"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            atexit.register(other.terminate)
            other.wait()
            atexit.unregister(other.terminate)


def _first() -> list[Spec]:
    """Return what the first page asks."""
    return [tile.spec for tile in default_dashboard().tiles]


def _done() -> Path:
    """Return the file that says that the kernels of this version of the code are compiled."""
    package = Path(__file__).parent
    newest = max(path.stat().st_mtime_ns for path in package.glob("**/*.py"))
    return package / "__pycache__" / f"compiled-{newest}"


def _run(questions: Sequence[Spec]) -> bool:
    """Ask questions of a tiny project, and return whether all were answered."""
    now_us = system_clock()
    calendar = Calendar(ZoneInfo("UTC"), now_us)
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
            return True
    except Exception as error:
        _log.warning("warm_up_failed", error=str(error), exc_info=True)
        return False


def _batch(turn: int, now_us: int) -> Batch:
    events = [
        Event(
            id=f"{turn}-{name}",
            event=name,
            time_us=now_us - MICROSECONDS,
            received_us=now_us,
            distinct_id="p",
            account="x",
            properties={"plan": "x", "price": 5},
        )
        for name in ("a", "b")
    ]
    new = [NewPerson(0, "p", now_us)] if turn == 0 else []
    return Batch(events, [0, 0], new, {"p": 0} if new else {})


if __name__ == "__main__":
    with suppress(OSError):
        os.nice(10)
    main()
