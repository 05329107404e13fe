from __future__ import annotations

import gzip
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from cairn.core.errors import InvalidInput, NotFound
from cairn.imports.rows import Format, Row, format_of, read_rows
from cairn.imports.source import open_source

CSV = 'event,who,note\nsignup,1,"two\nlines"\nlogin,2,"a ""quote"""\n'
TWO = [
    {"event": "signup", "who": "1", "note": "two\nlines"},
    {"event": "login", "who": "2", "note": 'a "quote"'},
]


def rows_of(path: Path, kind: Format | None = None) -> list[Row]:
    with open_source(str(path)) as source:
        return list(read_rows(source, kind or format_of(path.name)))


def write(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_quoted_fields_may_hold_commas_quotes_and_line_ends(tmp_path: Path) -> None:
    rows = rows_of(write(tmp_path / "a.csv", CSV))
    assert [row.values for row in rows] == TWO
    assert [row.line for row in rows] == [2, 4]


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("a.csv.gz", gzip.compress),
        ("a.csv.zst", zstandard.ZstdCompressor().compress),
        ("a.csv", gzip.compress),
    ],
)
def test_packed_files_are_recognised_by_their_content(tmp_path: Path, name: str, pack: Any) -> None:
    assert [row.values for row in rows_of(write(tmp_path / name, pack(CSV.encode())))] == TWO


def test_concatenated_gzip_and_zstd_files_are_read_to_the_end(tmp_path: Path) -> None:
    first, second = b"event,who\na,1\n", b"b,2\n"
    compress = zstandard.ZstdCompressor().compress
    for name, content in (
        ("a.csv.gz", gzip.compress(first) + gzip.compress(second)),
        ("a.csv.zst", compress(first) + compress(second)),
    ):
        rows = rows_of(write(tmp_path / name, content))
        assert [row.values["event"] for row in rows] == ["a", "b"], name


def test_tsv_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    rows = rows_of(write(tmp_path / "a.tsv", "\ufeffevent\twho\nsignup\t1\n"))
    assert [row.values for row in rows] == [{"event": "signup", "who": "1"}]


def test_a_row_with_too_many_or_too_few_fields_is_a_problem_of_that_row(tmp_path: Path) -> None:
    rows = rows_of(write(tmp_path / "a.csv", "event,who\na\nb,2\nc,3,4\n"))
    assert [row.problem for row in rows] == [
        "1 fields where the header has 2",
        None,
        "3 fields where the header has 2",
    ]


def test_a_repeated_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="'who' more than once"):
        rows_of(write(tmp_path / "a.csv", "who,who\n1,2\n"))


def test_json_lines_keep_types_and_bad_lines_are_problems(tmp_path: Path) -> None:
    content = '{"n": 1.5, "t": true, "l": [1]}\n\nnonsense\n[1]\n{"n": 2}'
    rows = rows_of(write(tmp_path / "a.jsonl", content))
    assert [row.line for row in rows] == [1, 3, 4, 5]
    assert rows[0].values == {"n": 1.5, "t": True, "l": [1]}
    assert rows[1].problem is not None and "not readable as JSON" in rows[1].problem
    assert rows[2].problem == "a JSON list instead of an object"


def test_parquet_keeps_types_and_numbers_its_rows(tmp_path: Path) -> None:
    at = datetime(2024, 5, 1, 8)
    pq.write_table(pa.table({"event": ["a", "b"], "at": [at, at]}), tmp_path / "a.parquet")
    assert rows_of(tmp_path / "a.parquet") == [
        Row(1, {"event": "a", "at": at}),
        Row(2, {"event": "b", "at": at}),
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv.gz", gzip.compress(CSV.encode() * 1000)[:-20]),
        ("a.csv.zst", zstandard.ZstdCompressor().compress(b"event\nx\n" * 9000)[:-5]),
        ("a.parquet", b"PAR1 not really"),
    ],
)
def test_a_damaged_file_is_named_in_the_error(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(InvalidInput, match=name):
        rows_of(write(tmp_path / name, content))


def test_a_file_that_is_not_there_and_one_of_unknown_format_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nothing"):
        rows_of(tmp_path / "nothing.csv")
    with pytest.raises(InvalidInput, match="does not tell the format"):
        format_of("events.xlsx")
