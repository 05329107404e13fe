"""The rows of a CSV, JSON Lines or Parquet file, each with its line number and what is wrong with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from cairn.core.errors import InvalidInput
from cairn.imports.source import Source

Format = Literal["csv", "tsv", "jsonl", "parquet"]

_SUFFIXES: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}

_PACKED = (".gz", ".zst", ".zstd")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its values by column, or the problem that made it unreadable.

    `line` is the line on which it starts (for Parquet the number of the row), from 1.
    """

    line: int
    values: dict[str, Any]
    problem: str | None = None


def format_of(name: str) -> Format:
    """Return the format that a file's name promises.

    >>> format_of("users.csv.gz"), format_of("a/b.ndjson"), format_of("x.parquet")
    ('csv', 'jsonl', 'parquet')
    """
    lower = name.lower()
    for packed in _PACKED:
        lower = lower.removesuffix(packed)
    for suffix, kind in _SUFFIXES.items():
        if lower.endswith(suffix):
            return kind
    raise InvalidInput(
        f"the name {name!r} does not tell the format",
        hint="Add --format csv, tsv, jsonl or parquet.",
    )


def read_rows(source: Source, kind: Format) -> Iterator[Row]:
    """Yield every row, in order. Raises InvalidInput when the file as a whole is damaged."""
    try:
        yield from _READERS[kind](source.content)
    except (EOFError, zstandard.ZstdError, OSError) as error:
        raise InvalidInput(
            f"{source.name} is damaged or incomplete: {error}",
            hint="The rows before the damage were read. Get the file again and repeat the import; "
            "rows that are already there are not added twice.",
        ) from error
    except pa.ArrowException as error:
        raise InvalidInput(f"{source.name} cannot be read as Parquet: {error}") from error


def _csv(content: io.BufferedReader, delimiter: str = ",") -> Iterator[Row]:
    text = io.TextIOWrapper(content, "utf-8-sig", errors="surrogateescape", newline="")
    try:
        yield from _delimited(csv.reader(text, delimiter=delimiter))
    finally:
        text.detach()  # the file belongs to who opened it


def _delimited(reader: Any) -> Iterator[Row]:
    header = next(reader, None)
    if not header:
        return
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise InvalidInput(f"the header names the column {repeated[0]!r} more than once")
    while True:
        line = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(line, {}, f"not readable as CSV: {error}")
            continue
        if not fields:
            continue
        values: dict[str, Any] = dict(zip(header, fields, strict=False))
        if len(fields) == len(header):
            yield Row(line, values)
        else:
            yield Row(line, values, f"{len(fields)} fields where the header has {len(header)}")


def _tsv(content: io.BufferedReader) -> Iterator[Row]:
    return _csv(content, "\t")


def _jsonl(content: io.BufferedReader) -> Iterator[Row]:
    decode = msgspec.json.decode
    for line, text in enumerate(content, 1):
        if not text.strip():
            continue
        try:
            value = decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            shown = text[:2000].decode("utf-8", "replace").rstrip("\r\n")
            yield Row(line, {"line": shown}, f"not readable as JSON: {error}")
            continue
        if isinstance(value, dict):
            yield Row(line, value)
        else:
            yield Row(line, {"line": value}, f"a JSON {type(value).__name__} instead of an object")


def _parquet(content: io.BufferedReader) -> Iterator[Row]:
    file = pq.ParquetFile(content if content.seekable() else io.BytesIO(content.read()))
    number = 0
    for batch in file.iter_batches(batch_size=8_192):
        for values in batch.to_pylist():
            number += 1
            yield Row(number, values)


_READERS: dict[Format, Callable[[io.BufferedReader], Iterator[Row]]] = {
    "csv": _csv,
    "tsv": _tsv,
    "jsonl": _jsonl,
    "parquet": _parquet,
}
