"""One command that measures everything: `python -m benchmarks`, or `make bench`."""

from __future__ import annotations

import tempfile
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks import engines, ingest, served
from benchmarks.behaviour import FURTHER_QUESTIONS
from benchmarks.data import generate
from benchmarks.measure import Engine, compare
from benchmarks.questions import FIRST_QUESTIONS
from benchmarks.results import Results, as_markdown

PAGE = Path(__file__).with_name("RESULTS.md")
console = Console()


class Part(StrEnum):
    """What can be measured alone."""

    engine = "engine"
    http = "http"
    ingest = "ingest"


def bench(
    events: Annotated[int, typer.Option(help="Events to generate.")] = 20_000_000,
    persons: Annotated[int, typer.Option(help="People behind them.")] = 400_000,
    only: Annotated[Part | None, typer.Option(help="Measure this part alone.")] = None,
    write: Annotated[bool, typer.Option(help=f"Write {PAGE.name}.")] = False,
) -> None:
    """Measure questions in Cairn, ClickHouse and DuckDB on the same events, then ingestion."""
    results = Results(events, persons)
    with tempfile.TemporaryDirectory(prefix="cairn-bench-") as folder:
        if only in (None, Part.engine, Part.http):
            with _progress() as progress:
                _ask(Path(folder), results, only, progress)
        if only in (None, Part.ingest):
            results.ingestion = {
                name: float(value) for name, value in ingest.run(say=console.print).items()
            }
    page = as_markdown(results)
    console.print(Markdown(page))
    if write:
        PAGE.write_text(page)
        console.print(f"Written to {PAGE}")


def _ask(folder: Path, results: Results, only: Part | None, progress: Progress) -> None:
    task = progress.add_task("", total=None)

    def step(text: str) -> None:
        progress.update(task, description=text)
        progress.advance(task)

    data_dir = folder / "cairn"
    project = data_dir / "projects" / served.PROJECT
    step("generating events")
    data = generate(results.events, results.persons)
    cairn = engines.Cairn(project)
    asked: list[Engine] = [cairn]
    if only is not Part.http:
        asked += [engines.ClickHouse(folder / "clickhouse"), engines.DuckDB(folder / "duckdb")]
    for engine in asked:
        step(f"loading {engine.name}")
        engine.load(data)
    del data
    results.bytes_per_event = cairn.store.index_bytes() / results.events
    results.outcomes = [
        compare(question, asked, step) for question in (*FIRST_QUESTIONS, *FURTHER_QUESTIONS)
    ]
    for engine in reversed(asked):
        engine.close()
    if only is not Part.engine:
        key = served.prepare(data_dir)
        step("starting cairn serve")
        results.ready_seconds = served.cold_start(data_dir)
        results.over_http = served.over_http(data_dir, key, results.outcomes, step)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console
    )


if __name__ == "__main__":
    typer.run(bench)
