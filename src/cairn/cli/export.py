"""`cairn export`: events out of Cairn, to keep or to take elsewhere."""

from __future__ import annotations

import csv
import gzip
import io
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal, Protocol, cast

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import typer
import zstandard

from cairn.cli.asking import asking
from cairn.cli.options import ApiKey, DataDir, ProjectChoice, Url
from cairn.cli.server import settings_from
from cairn.cli.show import notes, progress
from cairn.core.errors import CairnError, InvalidInput
from cairn.imports.rows import format_of
from cairn.imports.source import STDIN

Kind = Literal["jsonl", "csv", "parquet"]

COLUMNS = (
    "id", "event", "time", "received", "person", "user_id", "anonymous_id", "account", "session",
    "platform", "device", "os", "browser", "app_version", "library", "locale", "country", "url",
    "path", "referrer", "utm_source", "utm_medium", "utm_campaign", "properties",
)  # fmt: skip
"""The columns of CSV and Parquet files. `properties` is a JSON object as text."""

_ROWS_AT_ONCE = 20_000


class _Writer(Protocol):
    def write(self, lines: Iterable[bytes]) -> None:
        """Write some messages."""

    def close(self) -> None:
        """Write what is still to be written."""


def export(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="Where to: .jsonl, .csv or .parquet, with .gz or .zst behind it to pack it. "
            "- or nothing writes JSON Lines to standard output.",
        ),
    ] = STDIN,
    first: Annotated[
        str, typer.Option("--from", help="First day or time: 2024-05-01, -30d, or all.")
    ] = "all",
    last: Annotated[
        str | None, typer.Option("--to", help="Last day or time, included. \\[default: no end]")
    ] = None,
    events: Annotated[
        list[str] | None,
        typer.Option("--event", help="Only events of this name; may be repeated."),
    ] = None,
    project: ProjectChoice = None,
    url: Url = None,
    api_key: ApiKey = None,
    data_dir: DataDir = None,
) -> None:
    """Write a project's events to a file.

    JSON Lines hold messages of the Segment spec: `cairn import` makes the same events and people of
    them in another project. CSV and Parquet are for other programs.
    """
    kind = _kind_of(file)
    settings = settings_from(data_dir=data_dir)
    asked: dict[str, Any] = {"from": first, "event": events or []}
    if last is not None:
        asked["to"] = last
    with (
        asking(settings, url, api_key, project) as server,
        server.stream("/events", params=asked) as answer,
        progress() as bars,
    ):
        total = int(answer.headers.get("x-event-count", 0))
        bar = bars.add_task("Exporting", total=total, note="")
        done = 0

        def on_written(count: int) -> None:
            nonlocal done
            done += count
            bars.update(bar, completed=done, note=f"{done:,} events")

        with _target(file) as out:
            writer = _WRITERS[kind](out)
            for lines in _pieces(answer.iter_bytes(1 << 20)):
                writer.write(lines)
                on_written(len(lines))
            writer.close()
        if done < total:
            raise CairnError(
                f"the server sent {done:,} of {total:,} events",
                hint="Repeat the export; the server's log says what happened.",
            )
    notes.print(f"{done:,} events exported.", highlight=False)


def _kind_of(file: str) -> Kind:
    kind = "jsonl" if file == STDIN else format_of(file)
    if kind not in _WRITERS:
        raise InvalidInput(
            f"events are not written as {kind}", hint="Use .jsonl, .csv or .parquet."
        )
    if kind == "parquet" and not file.endswith(".parquet"):
        raise InvalidInput(
            f"{file!r} would pack a Parquet file, which is packed inside",
            hint="Leave the last suffix out.",
        )
    return kind  # type: ignore[return-value]


@contextmanager
def _target(file: str) -> Iterator[BinaryIO]:
    """Open what to write to. A file appears under its name only once it is whole."""
    if file == STDIN:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(file)
    draft = path.with_name(path.name + ".part")
    try:
        stored = draft.open("wb")
    except OSError as error:
        raise InvalidInput(f"{file!r} cannot be written: {error.strerror}") from error
    try:
        with stored:
            if file.endswith(".gz"):
                with gzip.GzipFile(filename="", fileobj=stored, mode="wb", compresslevel=6) as out:
                    yield cast(BinaryIO, out)
            elif file.endswith((".zst", ".zstd")):
                with zstandard.ZstdCompressor(level=6).stream_writer(stored, closefd=False) as out:
                    yield cast(BinaryIO, out)
            else:
                yield stored
    except BaseException:
        draft.unlink()
        raise
    draft.replace(path)


def _pieces(chunks: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yield whole lines, some thousand at a time."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield lines


class _JsonLines:
    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def write(self, lines: Iterable[bytes]) -> None:
        self._out.write(b"".join(line + b"\n" for line in lines))

    def close(self) -> None:
        pass


class _Csv:
    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._write([COLUMNS])

    def write(self, lines: Iterable[bytes]) -> None:
        self._write(map(_row, lines))

    def close(self) -> None:
        pass

    def _write(self, rows: Iterable[Iterable[Any]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        self._out.write(text.getvalue().encode())


class _Parquet:
    def __init__(self, out: BinaryIO) -> None:
        time = pa.timestamp("us", "UTC")
        fields = [(name, time if name in ("time", "received") else pa.string()) for name in COLUMNS]
        self._schema = pa.schema(fields)
        self._writer = pq.ParquetWriter(out, self._schema, compression="zstd")
        self._rows: list[tuple[Any, ...]] = []

    def write(self, lines: Iterable[bytes]) -> None:
        self._rows.extend(map(_row, lines))
        if len(self._rows) >= _ROWS_AT_ONCE:
            self._flush()

    def close(self) -> None:
        if self._rows:
            self._flush()
        self._writer.close()

    def _flush(self) -> None:
        columns = list(zip(*self._rows, strict=True))
        arrays = [
            pa.array(column, pa.string()).cast(field.type)
            for column, field in zip(columns, self._schema, strict=True)
        ]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        self._rows = []


_WRITERS: Mapping[str, Callable[[BinaryIO], _Writer]] = {
    "jsonl": _JsonLines,
    "csv": _Csv,
    "parquet": _Parquet,
}


class _Message(msgspec.Struct):
    """What a table shows of a message."""

    messageId: str
    type: str
    timestamp: str
    receivedAt: str
    person: str
    event: str | None = None
    userId: str | None = None
    anonymousId: str | None = None
    groupId: str | None = None
    context: dict[str, Any] = {}
    properties: msgspec.Raw = msgspec.Raw(b"{}")


_message = msgspec.json.Decoder(_Message)


def _row(line: bytes) -> tuple[Any, ...]:
    message = _message.decode(line)
    context = message.context

    def inner(part: str, name: str) -> Any:
        return context.get(part, {}).get(name)

    return (
        message.messageId,
        message.event or f"${message.type}",
        message.timestamp,
        message.receivedAt,
        message.person,
        message.userId,
        message.anonymousId,
        message.groupId or context.get("groupId"),
        context.get("sessionId"),
        inner("device", "type") or ("web" if "page" in context else "server"),
        inner("device", "model"),
        inner("os", "name"),
        inner("browser", "name"),
        inner("app", "version"),
        inner("library", "name"),
        context.get("locale"),
        inner("location", "country"),
        inner("page", "url"),
        inner("page", "path"),
        inner("page", "referrer"),
        inner("campaign", "source"),
        inner("campaign", "medium"),
        inner("campaign", "name"),
        bytes(message.properties).decode(),
    )
