"""One file into one project: each row ends up sent, skipped or rejected, and none is forgotten.

What was reached is written down after every few batches, so that an import that is interrupted goes
on there when it is repeated. Sending a row twice does no harm, because its message id is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

import msgspec

from cairn.core.clock import Clock, system_clock
from cairn.core.errors import InvalidInput
from cairn.imports.check import as_received
from cairn.imports.mapping import Mapping, check_columns
from cairn.imports.resume import Bookmark, Tally
from cairn.imports.rows import Format, Row, format_of, read_rows
from cairn.imports.send import BATCH_BYTES, BATCH_EVENTS, Batch, deliver
from cairn.imports.source import STDIN, Source, open_source
from cairn.imports.translate import MappedRows, SegmentRows, Translator, Unusable
from cairn.model.event import Event, Rejection

_ROW_SHOWN_BYTES = 32 << 10

OnProgress = Callable[[Tally, Source], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a file. Without a mapping its rows are messages of the Segment spec already."""

    mapping: Mapping | None = None
    kind: Format | None = None
    zone: ZoneInfo | None = None
    time_pattern: str | None = None

    def format_of(self, file: str) -> Format:
        """Return the format of a file. Raises InvalidInput when a mapping is missing for it."""
        kind = self.kind or format_of(file)
        if self.mapping is None and kind != "jsonl":
            raise InvalidInput(
                f"{file!r} does not say by itself which column is what",
                hint="Say it with --map event=…,time=…,person=…; `cairn import --help` has examples.",
            )
        return kind

    def translator(self, kind: Format) -> Translator:
        """Return what makes messages of the rows."""
        if self.mapping is None:
            return SegmentRows()
        return MappedRows(self.mapping, self.zone, self.time_pattern, kind in ("csv", "tsv"))


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file. `resumed` is the line after which this run took it up."""

    tally: Tally
    resumed: int
    rejected_file: Path | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do: the first events as they would be, and how the rows would fare."""

    tally: Tally
    events: Sequence[Event]
    problems: Sequence[tuple[int, str]]


def run_import(
    file: str,
    reading: Reading,
    send: Callable[[Sequence[bytes]], None],
    folder: Path,
    target: Sequence[str],
    on_progress: OnProgress = lambda tally, source: None,
    clock: Clock = system_clock,
) -> Report:
    """Send every row of a file, going on where an earlier run with the same `target` stopped.

    The place and the rejected rows are kept in `folder`. Raises InvalidInput when the file cannot
    be read, and what `send` raises.
    """
    kind = reading.format_of(file)
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as open_files:
        source = open_files.enter_context(open_source(file))
        bookmark = None
        rejected_path = folder / "stdin.rejected.jsonl"
        if file != STDIN:
            bookmark = Bookmark(folder, Path(file), [*target, repr(reading)])
            rejected_path = bookmark.rejected_path
        start = bookmark.read() if bookmark else Tally()
        rejected = open_files.enter_context(rejected_path.open("ab"))
        rejected.truncate(start.rejected_bytes)
        last = start

        def on_safe(tally: Tally) -> None:
            nonlocal last
            last = tally
            if bookmark is not None:
                rejected.flush()
                bookmark.write(tally)
            on_progress(tally, source)

        stream = _batches(source, kind, reading, start, rejected, clock)
        deliver(open_files.enter_context(closing(stream)), send, on_safe)
    if bookmark is not None:
        bookmark.remove()
    if not last.rejected:
        rejected_path.unlink()
    return Report(last, start.line, rejected_path if last.rejected else None)


def preview(
    file: str,
    reading: Reading,
    shown: int = 5,
    on_progress: OnProgress = lambda tally, source: None,
    clock: Clock = system_clock,
) -> Preview:
    """Read a whole file as an import would, and send nothing."""
    kind = reading.format_of(file)
    events: list[Event] = []
    problems: list[tuple[int, str]] = []
    tally = Tally()
    with open_source(file) as source, closing(_rows(source, kind, reading)) as rows:
        translator = reading.translator(kind)
        for row in rows:
            outcome = _outcome(row, translator, clock)
            tally = _counted(tally, row, outcome)
            if isinstance(outcome, Rejection):
                problems.append((row.line, outcome.reason))
                del problems[1_000:]
            elif outcome is not None and len(events) < shown:
                events.append(outcome[1])
            if not tally.rows % BATCH_EVENTS:
                on_progress(tally, source)
        on_progress(tally, source)
    return Preview(tally, events, problems)


def _batches(
    source: Source,
    kind: Format,
    reading: Reading,
    start: Tally,
    rejected: BinaryIO,
    clock: Clock,
) -> Generator[Batch[Tally], None, None]:
    translator = reading.translator(kind)
    gathered: list[bytes] = []
    size = 0
    tally = start
    for row in _rows(source, kind, reading):
        if row.line <= start.line:
            continue
        outcome = _outcome(row, translator, clock)
        if isinstance(outcome, Rejection):
            kept = _kept(row, outcome)
            rejected.write(kept)
            tally = _counted(tally, row, outcome, len(kept))
            continue
        if outcome is not None:
            message = outcome[0]
            if size + len(message) > BATCH_BYTES or len(gathered) >= BATCH_EVENTS:
                yield Batch(gathered, tally)
                gathered, size = [], 0
            gathered.append(message)
            size += len(message) + 1
        tally = _counted(tally, row, outcome)
    if tally is not start:
        yield Batch(gathered, tally)


def _rows(source: Source, kind: Format, reading: Reading) -> Generator[Row, None, None]:
    checked = reading.mapping is None
    for row in read_rows(source, kind):
        if not checked and row.problem is None:
            assert reading.mapping is not None
            check_columns(reading.mapping, list(row.values), kind == "jsonl")
            checked = True
        yield row


_Outcome = tuple[bytes, Event] | Rejection | None


def _outcome(row: Row, translator: Translator, clock: Clock) -> _Outcome:
    """Return the message of a row with the event it becomes, why it becomes none, or None."""
    try:
        message = translator.message(row)
    except Unusable as problem:
        return Rejection(received_us=0, reason=str(problem), hint="", payload="")
    if message is None:
        return None
    received = as_received(message, clock())
    return received if isinstance(received, Rejection) else (message, received)


def _counted(tally: Tally, row: Row, outcome: _Outcome, rejected_bytes: int = 0) -> Tally:
    is_rejected = isinstance(outcome, Rejection)
    return Tally(
        row.line,
        tally.rows + 1,
        tally.sent + (outcome is not None and not is_rejected),
        tally.skipped + (outcome is None),
        tally.rejected + is_rejected,
        tally.rejected_bytes + rejected_bytes,
    )


def _kept(row: Row, rejection: Rejection) -> bytes:
    """Return the line of a rejected row in the file of rejected rows."""
    line = {"line": row.line, "reason": rejection.reason}
    try:
        values = msgspec.json.encode(row.values, enc_hook=str)
    except (UnicodeEncodeError, TypeError, OverflowError, RecursionError):
        values = msgspec.json.encode(repr(row.values).encode("utf-8", "replace").decode())
    if len(values) > _ROW_SHOWN_BYTES:
        values = msgspec.json.encode(values[:_ROW_SHOWN_BYTES].decode("utf-8", "replace"))
    return msgspec.json.encode({**line, "row": msgspec.Raw(values)}) + b"\n"
