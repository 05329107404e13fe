"""`cairn bench`: how fast this machine answers, in half a minute."""

from __future__ import annotations

import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import pyarrow as pa
import typer
from rich.table import Table

from cairn.cli.show import notes, output, progress
from cairn.collect.loader import Loader
from cairn.collect.spool import Record, Segment, encode, segment_path
from cairn.core.clock import system_clock
from cairn.dashboards.demo import simulated_product
from cairn.imports.send import batches
from cairn.insights.run import ask
from cairn.query.periods import Calendar
from cairn.simulate.messages import days_simulated, people_for, simulated_messages
from cairn.simulate.saas import distinct_ids, simulate
from cairn.store.duckdb.store import DuckDBStore

_RUNS = 5
_LOADED_EVENTS = 50_000


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one question took, in milliseconds: at first, and again."""

    question: str
    first_ms: float
    again_ms: float


def bench(
    events: Annotated[
        int, typer.Option(min=10_000, help="How many simulated events to ask about.")
    ] = 1_000_000,
) -> None:
    """Measure this machine: loading events, and questions about simulated ones.

    Everything happens in a temporary folder. `make bench` in a checkout of the repository measures
    more, beside other engines.
    """
    with tempfile.TemporaryDirectory(prefix="cairn-bench-") as folder, progress() as bars:
        bar = bars.add_task("Loading", total=4, note="through the loader")
        loaded = _load(Path(folder) / "loaded")
        bars.update(bar, advance=1, note=f"{events:,} events to ask about")
        with closing(DuckDBStore.open(Path(folder) / "asked")) as store:
            kept = _fill(store, events)
            bars.update(bar, advance=1, note="first questions")
            timings = _ask(store, lambda: bars.update(bar, advance=0.2))
            index_bytes = store.index_bytes() / store.snapshot.rows
    table = Table(title=f"{events:,} events of {people_for(events):,} people", title_justify="left")
    for heading in ("question", "first, ms", "again, ms", "events/s"):
        table.add_column(heading, justify="left" if heading == "question" else "right")
    for timing in timings:
        speed = events / timing.again_ms * 1e3
        table.add_row(
            timing.question, f"{timing.first_ms:,.1f}", f"{timing.again_ms:,.1f}", f"{speed:,.0f}"
        )
    output().print(table)
    output().print(f"Loading, as events arrive:  {loaded:,.0f} events/s", highlight=False)
    output().print(f"Loading, in bulk:           {kept:,.0f} events/s", highlight=False)
    output().print(f"Index:                      {index_bytes:.1f} bytes an event", highlight=False)
    notes.print(
        f"[dim]{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}. "
        "'first' reads properties from disk; 'again' is the median of five.[/]",
        highlight=False,
    )


def _load(folder: Path) -> float:
    """Return how many events a second the loader brings from the spool into the store."""
    now_us = system_clock()
    spool = folder / "spool"
    spool.mkdir(parents=True)
    with closing(Segment(segment_path(spool, "bench", "0", 0))) as segment:
        for batch in batches(simulated_messages(_LOADED_EVENTS)):
            body = b'{"batch":[' + b",".join(batch.messages) + b"]}"
            segment.append(encode(Record(now_us, "segment/batch", body)))
    with closing(DuckDBStore.open(folder)) as store:
        loader = Loader(store, spool)
        began = time.perf_counter()
        while loader.run_once():
            pass
        return loader.events_loaded / (time.perf_counter() - began)


def _fill(store: DuckDBStore, events: int) -> float:
    persons = people_for(events)
    table = pa.concat_tables(simulate(events, persons, seed=1), promote_options="permissive")
    table = table.rename_columns(
        {"campaign": "utm_campaign", "release": "app_version"}
    ).combine_chunks()
    began = time.perf_counter()
    store.ingest_arrow(table, distinct_ids(persons))
    store.fold()
    return events / (time.perf_counter() - began)


def _ask(store: DuckDBStore, on_answer: Callable[[], None]) -> Sequence[Timing]:
    first, last = (str(day) for day in days_simulated())
    calendar = Calendar(ZoneInfo("UTC"), system_clock())
    timings = []
    for tile in simulated_product(first, last).tiles:
        seconds = []
        for _ in range(_RUNS + 1):
            began = time.perf_counter()
            ask(store, tile.spec, calendar)
            seconds.append((time.perf_counter() - began) * 1e3)
        again = statistics.median(seconds[1:])
        timings.append(Timing(f"{tile.spec.kind}: {tile.title}", seconds[0], again))
        on_answer()
    return timings
