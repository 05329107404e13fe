"""`cairn import`: events from files, through the same door as any client's."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import httpx
import typer
from rich.markup import escape
from rich.progress import Progress, TaskID
from rich.table import Table

from cairn.access.projects import existing_zone
from cairn.cli.installation import chosen_project, records_of, write_key_of
from cairn.cli.options import DataDir, ProjectChoice, Url
from cairn.cli.server import reached, settings_from
from cairn.cli.show import output, progress
from cairn.core.clock import moment
from cairn.core.errors import InvalidInput
from cairn.imports.counts import Counts, counts_of, wait_until_loaded
from cairn.imports.mapping import parse_mapping
from cairn.imports.resume import Tally
from cairn.imports.rows import Format
from cairn.imports.run import Preview, Reading, Report, preview, run_import
from cairn.imports.send import HttpSender, batches, deliver
from cairn.imports.source import Source
from cairn.model.event import CONTEXT_COLUMNS, Event

_EXAMPLES = """
[bold]Examples[/]

cairn import events.csv.gz --map event=action,time=created_at,person=user_id --timezone UTC

cairn import signups.csv --map "event='signup',time=Date,person=Id" --dry-run

cairn import posts.parquet --map event=kind,time=at,person=author --names 1=question,2=answer

cairn import export.jsonl.zst   (messages of the Segment spec, or what `cairn export` wrote)
"""

_PROBLEMS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of some files. `before` and `after` are the server's counts, if it tells."""

    reports: Sequence[tuple[str, Report]]
    before: Counts | None
    after: Counts | None

    @property
    def sent(self) -> int:
        """Return how many rows were sent, in this run and those that it took up."""
        return sum(report.tally.sent for _, report in self.reports)

    @property
    def duplicates(self) -> int | None:
        """Return how many of them the server had already, or None when it cannot be known."""
        if self.before is None or self.after is None or self.after.waiting_bytes:
            return None
        found = self.after.duplicates - self.before.duplicates
        return found if found >= 0 else None


def import_files(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="CSV, TSV, JSON Lines or Parquet; - reads stdin."),
    ],
    mapping: Annotated[
        str,
        typer.Option(
            "--map",
            metavar="PART=COLUMN,…",
            help="Which column is what: event, time, person, and if you have them anonymous, "
            "account, id, session, country, url, … Without it, rows are Segment messages.",
        ),
    ] = "",
    names: Annotated[
        str,
        typer.Option(
            metavar="VALUE=NAME,…",
            help="Event names for values of the event's column; * stands for all others.",
        ),
    ] = "",
    skip: Annotated[
        str,
        typer.Option(
            metavar="COLUMN=VALUE,…",
            help="Leave out rows with this value in this column; COLUMN= is an empty one.",
        ),
    ] = "",
    properties: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN,…",
            help="Columns that become properties; '' for none. \\[default: all not mapped]",
        ),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(help="Zone of times that name none, such as UTC or Europe/Berlin."),
    ] = None,
    time_format: Annotated[
        str | None,
        typer.Option(help="How times are written, as in %d.%m.%Y %H:%M, if not ISO 8601 or Unix."),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--format", help="csv, tsv, jsonl or parquet. \\[default: as the file's name says]"
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be sent, and send nothing.")
    ] = False,
    url: Url = None,
    write_key: Annotated[
        str | None,
        typer.Option(envvar="CAIRN_WRITE_KEY", help="Write key of the project, for --url."),
    ] = None,
    project: ProjectChoice = None,
    data_dir: DataDir = None,
) -> None:
    """Bring events in from files.

    Files may be packed with gzip or zstd. An import that was interrupted goes on where it stopped
    when you repeat it, and a row that is there already is not added again. Rows that cannot become
    events are kept in a file with their line and the reason.
    """
    reading = _reading(mapping, names, skip, properties, timezone, time_format, kind)
    for file in files:
        reading.format_of(file)
    if dry_run:
        for file in files:
            _show_preview(file, _previewed(file, reading))
        return
    settings = settings_from(data_dir=data_dir)
    if url is not None:
        if not write_key:
            raise InvalidInput(
                "--url needs the project's write key",
                hint="Add --write-key wk_…; the project's settings page shows it.",
            )
        delivery = deliver_files(
            [(file, reading) for file in files], url, write_key, settings.data_dir / "imports"
        )
    else:
        write_key = write_key or _write_key(settings.data_dir, project)
        with reached(settings) as address:
            delivery = deliver_files(
                [(file, reading) for file in files],
                address,
                write_key,
                settings.data_dir / "imports",
            )
    _show(delivery)


import_files.__doc__ = f"{inspect.cleandoc(import_files.__doc__ or '')}\n{_EXAMPLES}"


def deliver_files(
    files: Sequence[tuple[str, Reading]], address: str, write_key: str, folder: Path
) -> Delivery:
    """Import files into the project of a write key, showing how far it is, until all is loaded."""
    sender = HttpSender(address, write_key)
    reports: list[tuple[str, Report]] = []
    with closing(sender), _looking(address) as client, progress() as bars:
        before = counts_of(client)
        for file, reading in files:
            bar = bars.add_task(f"Sending {escape(Path(file).name)}", total=None, note="")
            report = run_import(
                file, reading, sender.send, folder, [write_key], _Bar(bars, bar, reading, file)
            )
            bars.remove_task(bar)
            reports.append((file, report))
        sent = sum(report.tally.sent for _, report in reports)
        after = None if before is None else _loaded(client, bars, before, sent)
    return Delivery(reports, before, after)


def deliver_messages(messages: Iterable[bytes], total: int, address: str, write_key: str) -> None:
    """Send messages that are made as they go, showing how far it is, until all is loaded."""
    sender = HttpSender(address, write_key)
    with closing(sender), _looking(address) as client, progress() as bars:
        before = counts_of(client)
        bar = bars.add_task("Sending", total=total, note="")

        def on_safe(sent: int) -> None:
            bars.update(bar, completed=sent, note=f"{sent:,} sent")

        deliver(batches(messages), sender.send, on_safe)
        bars.remove_task(bar)
        if before is not None:
            _loaded(client, bars, before, total)


@contextmanager
def _looking(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=30, trust_env=False) as client:
        yield client


class _Bar:
    """Moves a bar by how much of the file has been read."""

    def __init__(self, bars: Progress, bar: TaskID, reading: Reading, file: str) -> None:
        self._bars = bars
        self._bar = bar
        self._in_order = reading.format_of(file) != "parquet"

    def __call__(self, tally: Tally, source: Source) -> None:
        note = f"{tally.sent:,} sent"
        if tally.rejected:
            note += f", {tally.rejected:,} rejected"
        if self._in_order and source.size:
            self._bars.update(self._bar, total=source.size, completed=source.position)
        self._bars.update(self._bar, note=note)


def _loaded(client: httpx.Client, bars: Progress, before: Counts, sent: int) -> Counts | None:
    bar = bars.add_task("Loading", total=sent, note="")

    def on_wait(counts: Counts) -> None:
        done = counts.loaded + counts.duplicates - before.loaded - before.duplicates
        bars.update(bar, completed=done, note=f"{max(done, 0):,} loaded")

    return wait_until_loaded(client, on_wait)


def _reading(
    mapping: str,
    names: str,
    skip: str,
    properties: str | None,
    timezone: str | None,
    time_format: str | None,
    kind: str | None,
) -> Reading:
    if kind not in (None, "csv", "tsv", "jsonl", "parquet"):
        raise InvalidInput(f"--format is {kind!r}", hint="Choose csv, tsv, jsonl or parquet.")
    known: Format | None = kind  # type: ignore[assignment]  # checked above
    if not mapping:
        options = {
            "--names": names, "--skip": skip, "--properties": properties,
            "--timezone": timezone, "--time-format": time_format,
        }  # fmt: skip
        useless = [name for name, value in options.items() if value]
        if useless:
            raise InvalidInput(
                f"{useless[0]} says how to read columns, but there is no --map",
                hint="Add --map event=…,time=…,person=…, or leave it out for Segment messages.",
            )
        return Reading(kind=known)
    zone = None if timezone is None else ZoneInfo(existing_zone(timezone))
    return Reading(
        parse_mapping(mapping, names=names, properties=properties, skip=skip),
        known,
        zone,
        time_format,
    )


def _write_key(data_dir: Path, choice: str | None) -> str:
    with records_of(data_dir) as records, records.read() as session:
        return write_key_of(session, chosen_project(session, choice))


def _previewed(file: str, reading: Reading) -> Preview:
    with progress() as bars:
        bar = bars.add_task(f"Reading {escape(Path(file).name)}", total=None, note="")
        return preview(file, reading, on_progress=_Bar(bars, bar, reading, file))


def _show_preview(file: str, seen: Preview) -> None:
    tally = seen.tally
    table = Table(title=f"{file}: the first events, as they would be", title_justify="left")
    for heading in ("time (UTC)", "event", "person", "context", "properties"):
        table.add_column(heading, overflow="fold")
    for event in seen.events:
        table.add_row(*map(escape, _cells(event)))
    output().print(table)
    skipped = f", {tally.skipped:,} skipped" if tally.skipped else ""
    output().print(
        f"{tally.rows:,} rows: {tally.sent:,} events{skipped}, {tally.rejected:,} with problems. "
        "Nothing was sent."
    )
    for line, reason in seen.problems[:_PROBLEMS_SHOWN]:
        output().print(f"  line {line}: {escape(reason)}", highlight=False)
    if tally.rejected > _PROBLEMS_SHOWN:
        output().print(f"  and {tally.rejected - _PROBLEMS_SHOWN:,} more")


def _cells(event: Event) -> Iterable[str]:
    context = {name: getattr(event, name) for name in ("account", *CONTEXT_COLUMNS)}
    about = event.person_properties or event.account_properties or event.properties
    return (
        f"{moment(event.time_us):%Y-%m-%d %H:%M:%S}",
        event.event,
        event.distinct_id,
        ", ".join(f"{name}={value}" for name, value in context.items() if value is not None),
        ", ".join(f"{name}={value!r}" for name, value in about.items()),
    )


def _show(delivery: Delivery) -> None:
    duplicates = delivery.duplicates
    table = Table(title="Imported", title_justify="left")
    table.add_column("file")
    for heading in ("rows", "events", "skipped", "rejected"):
        table.add_column(heading, justify="right")
    for file, report in delivery.reports:
        tally = report.tally
        numbers = (tally.rows, tally.sent, tally.skipped, tally.rejected)
        table.add_row(escape(file), *(f"{number:,}" for number in numbers))
    output().print(table)
    if duplicates is None:
        output().print(
            f"{delivery.sent:,} events were delivered; how many of them were there already is not "
            "known, because the server does not tell or was restarted."
        )
    else:
        accepted = delivery.sent - duplicates
        output().print(f"{accepted:,} events accepted, {duplicates:,} duplicates left out.")
    for file, report in delivery.reports:
        if report.resumed:
            output().print(f"{escape(file)} was taken up after line {report.resumed:,}.")
        if report.rejected_file is not None:
            output().print(
                f"Rejected rows of {escape(file)}, with line and reason: "
                f"{escape(str(report.rejected_file))}",
                soft_wrap=True,
            )
