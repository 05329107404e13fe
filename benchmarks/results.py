"""The results as a page, with the machine and the targets they are held to."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measure import Outcome

_PARTS = ("cairn", "duckdb", "chdb", "numba", "numpy", "pyarrow")


@dataclass(slots=True)
class Results:
    """Everything one run measured; parts that were left out stay empty."""

    events: int
    persons: int
    outcomes: list[Outcome] = field(default_factory=list)
    over_http: Mapping[str, float] = field(default_factory=dict)
    bytes_per_event: float | None = None
    ready_seconds: float | None = None
    ingestion: Mapping[str, float] = field(default_factory=dict)
    load_before: float = field(default_factory=lambda: os.getloadavg()[0])


@dataclass(frozen=True, slots=True)
class Target:
    """A number that a release must reach: at least `least`, or at most `most`."""

    what: str
    found: float | None
    unit: str
    least: float | None = None
    most: float | None = None

    @property
    def is_reached(self) -> bool:
        """Return whether it was measured and is good enough."""
        if self.found is None:
            return False
        if self.least is not None:
            return self.found >= self.least
        return self.most is None or self.found <= self.most


def targets(results: Results) -> Sequence[Target]:
    """Return the targets of what was measured."""
    found = [
        Target(f"{name}, times faster than {other}", _ratio(results, name, other), "×", least=least)
        for name, other, least in (
            ("funnel", "ClickHouse", 10),
            ("funnel", "DuckDB", 40),
            ("funnel", "DuckDB with window functions", 40),
            ("filtered funnel", "ClickHouse", 10),
            ("funnel by country", "ClickHouse", 10),
            ("retention", "ClickHouse", 10),
            ("lifecycle", "ClickHouse", 10),
            ("stickiness", "ClickHouse", 10),
            ("sessions", "ClickHouse", 10),
            ("paths", "ClickHouse", 10),
            ("trends", "ClickHouse", 2),
        )
    ]
    found.append(Target("index per event", results.bytes_per_event, "bytes", most=16))
    found.append(Target("start to /readyz", results.ready_seconds, "s", most=3))
    ingested = results.ingestion.get
    found += [
        Target(
            "one receiver, single events",
            ingested("acknowledged_requests_per_second_single"),
            "requests/s",
            least=6_000,
        ),
        Target(
            "one receiver, batches of 50",
            ingested("acknowledged_events_per_second_batch_50"),
            "events/s",
            least=100_000,
        ),
        Target("loader", ingested("loader_events_per_second"), "events/s", least=25_000),
        Target(
            "queryable after, p99 at 5,000 events/s",
            ingested("until_queryable_p99_ms_at_5000"),
            "ms",
            most=2_000,
        ),
    ]
    return [target for target in found if target.found is not None]


def _ratio(results: Results, question: str, engine: str) -> float | None:
    for outcome in results.outcomes:
        if outcome.question.name == question:
            ours = outcome.timings[0].median
            found = {t.engine: t.median / ours for t in outcome.timings}
            found |= {
                f"{t.engine} with {t.formulation}": t.median / ours
                for t in (*outcome.timings, *outcome.slower)
            }
            return found.get(engine)
    return None


def as_markdown(results: Results) -> str:
    """Return the page."""
    parts = ["# Results\n\nMade by `make bench`; [how to read it](../docs/benchmarks.md).\n"]
    parts.append(_machine(results))
    if results.outcomes:
        parts.append(_questions(results))
    if results.ingestion:
        parts.append(_ingestion(results))
    parts.append(_targets(results))
    return "\n".join(parts)


def _machine(results: Results) -> str:
    versions = ", ".join(f"{part} {importlib.metadata.version(part)}" for part in _PARTS)
    lines = [
        f"- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"- {_processor()}, {os.cpu_count()} cores, {_memory_gb():.0f} GB of memory, "
        f"{platform.system()} {platform.release()}; load average before: {results.load_before:.2f}",
        f"- Python {platform.python_version()}, {versions}",
        f"- {results.events:,} events of {results.persons:,} people",
    ]
    return "\n".join(lines) + "\n"


def _questions(results: Results) -> str:
    names = [timing.engine for timing in results.outcomes[0].timings]
    head = ["Question", names[0], "over HTTP"]
    for name in names[1:]:
        head += [name, "times slower"]
    lines = [
        "## Questions\n",
        "Milliseconds, the median of several warm runs by turns. All engines gave equal answers.\n",
        "| " + " | ".join(head) + " |",
        "|---|" + "--:|" * (len(head) - 1),
    ]
    for outcome in results.outcomes:
        ours, *others = outcome.timings
        http = results.over_http.get(outcome.question.name)
        row = [
            f"{outcome.question.title} ({len(outcome.answer):,} numbers)",
            f"{1e3 * ours.median:.1f}",
            "" if http is None else f"{1e3 * http:.1f}",
        ]
        for other in others:
            row += [f"{1e3 * other.median:.0f}", f"{other.median / ours.median:.1f}"]
        lines.append("| " + " | ".join(row) + " |")
    if len(names) > 1:
        lines.append("\nThe fastest formulations were:\n")
    lines += [
        f"- {outcome.question.name}: "
        + "; ".join(f"{t.engine} {t.formulation}" for t in outcome.timings[1:])
        for outcome in results.outcomes
        if len(outcome.timings) > 1
    ]
    if any(outcome.slower for outcome in results.outcomes):
        lines.append("\nMilliseconds of the others, each timed once:\n")
    lines += [
        f"- {outcome.question.name}: "
        + "; ".join(f"{t.engine} {t.formulation} {1e3 * t.median:.0f}" for t in outcome.slower)
        for outcome in results.outcomes
        if outcome.slower
    ]
    if results.bytes_per_event is not None:
        lines.append(f"\nThe index holds {results.bytes_per_event:.2f} bytes per event.")
    if results.ready_seconds is not None:
        lines.append(f"\n`cairn serve` is ready {results.ready_seconds:.2f} s after its start.")
    return "\n".join(lines) + "\n"


def _ingestion(results: Results) -> str:
    lines = ["## Ingestion\n", "| Measure | |", "|---|--:|"]
    lines += [
        f"| {name.replace('_', ' ')} | {value:,.1f} |" for name, value in results.ingestion.items()
    ]
    return "\n".join(lines) + "\n"


def _targets(results: Results) -> str:
    lines = ["## Targets\n", "| Target | Goal | Found | |", "|---|--:|--:|---|"]
    for target in targets(results):
        goal = f"≥ {target.least:,g}" if target.least is not None else f"≤ {target.most:,g}"
        lines.append(
            f"| {target.what} | {goal} {target.unit} | {_short(target.found)} "
            f"| {'reached' if target.is_reached else 'below'} |"
        )
    return "\n".join(lines) + "\n"


def _short(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,.0f}" if number >= 1_000 else f"{number:.3g}"


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _memory_gb() -> float:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
