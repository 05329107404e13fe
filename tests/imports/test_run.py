from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cairn.core.errors import InvalidInput, Unavailable
from cairn.imports.check import as_received
from cairn.imports.mapping import parse_mapping
from cairn.imports.run import Reading, preview, run_import
from cairn.imports.send import BATCH_BYTES, BATCH_EVENTS
from cairn.model.event import Event, Rejection

READING = Reading(parse_mapping("event=what,time=at,person=who"), zone=ZoneInfo("UTC"))


def file_of(folder: Path, rows: int, bad: Sequence[int] = ()) -> str:
    lines = ["what,at,who,n"]
    for n in range(rows):
        lines.append(f"e{n % 3},{'never' if n in bad else '2024-05-01'},u{n % 7},{n}")
    path = folder / "events.csv"
    path.write_text("\n".join(lines) + "\n")
    return str(path)


class Wire:
    """Takes batches, and breaks at the batch asked for."""

    def __init__(self, breaks_at: int | None = None) -> None:
        self.batches: list[Sequence[bytes]] = []
        self._breaks_at = breaks_at

    def send(self, messages: Sequence[bytes]) -> None:
        if len(self.batches) == self._breaks_at:
            raise Unavailable("the line is cut")
        self.batches.append(messages)

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(message) for batch in self.batches for message in batch]

    @property
    def numbers(self) -> list[int]:
        return [message["properties"]["n"] for message in self.messages]


def test_every_row_is_sent_once_in_order_in_batches_below_the_limits(tmp_path: Path) -> None:
    wire = Wire()
    file = file_of(tmp_path, 2_500)
    report = run_import(file, READING, wire.send, tmp_path / "state", ["key"])
    assert wire.numbers == list(range(2_500))
    assert (report.tally.rows, report.tally.sent, report.tally.rejected) == (2_500, 2_500, 0)
    assert report.rejected_file is None
    for batch in wire.batches:
        assert len(batch) <= BATCH_EVENTS and sum(map(len, batch)) <= BATCH_BYTES
    assert list((tmp_path / "state").iterdir()) == []


def test_rejected_rows_are_kept_with_line_and_reason(tmp_path: Path) -> None:
    wire = Wire()
    report = run_import(
        file_of(tmp_path, 10, bad=[0, 9]), READING, wire.send, tmp_path / "state", ["key"]
    )
    assert (report.tally.sent, report.tally.rejected) == (8, 2)
    assert report.rejected_file is not None
    kept = [json.loads(line) for line in report.rejected_file.read_text().splitlines()]
    assert [(line["line"], line["reason"]) for line in kept] == [
        (2, "'never' cannot be read as a time"),
        (11, "'never' cannot be read as a time"),
    ]
    assert kept[1]["row"] == {"what": "e0", "at": "never", "who": "u2", "n": "9"}


@pytest.mark.parametrize("breaks_at", [0, 1, 2, 4])
def test_an_interrupted_import_goes_on_where_it_stopped(tmp_path: Path, breaks_at: int) -> None:
    file = file_of(tmp_path, 5_000, bad=[5, 4_990])
    first = Wire(breaks_at)
    with pytest.raises(Unavailable):
        run_import(file, READING, first.send, tmp_path / "state", ["key"])
    second = Wire()
    report = run_import(file, READING, second.send, tmp_path / "state", ["key"])
    assert first.numbers + second.numbers == [n for n in range(5_000) if n not in (5, 4_990)]
    assert report.tally.sent == 4_998
    assert report.rejected_file is not None
    assert len(report.rejected_file.read_text().splitlines()) == 2
    assert (report.resumed > 0) is (breaks_at > 0)


def test_a_repeated_import_sends_the_same_ids_again(tmp_path: Path) -> None:
    file = file_of(tmp_path, 20)
    first, second = Wire(), Wire()
    for wire in (first, second):
        run_import(file, READING, wire.send, tmp_path / "state", ["key"])
    assert first.messages == second.messages
    assert len({message["messageId"] for message in first.messages}) == 20


@pytest.mark.parametrize("change", ["file", "target", "reading"])
def test_an_import_of_something_else_starts_from_the_beginning(tmp_path: Path, change: str) -> None:
    file = file_of(tmp_path, 3_000)
    with pytest.raises(Unavailable):
        run_import(file, READING, Wire(2).send, tmp_path / "state", ["key"])
    reading, target = READING, ["key"]
    if change == "file":
        file_of(tmp_path, 3_001)
    elif change == "target":
        target = ["another key"]
    else:
        reading = Reading(parse_mapping("event=what,time=at,person=who,id=n"), zone=ZoneInfo("UTC"))
    wire = Wire()
    report = run_import(file, reading, wire.send, tmp_path / "state", target)
    assert report.resumed == 0
    assert len(wire.messages) == report.tally.rows >= 3_000


def test_a_file_that_is_all_skipped_or_rejected_is_counted_without_sending(tmp_path: Path) -> None:
    wire = Wire()
    mapping = parse_mapping("event=what,time=at,person=who", skip="at=never")
    reading = Reading(mapping, zone=ZoneInfo("UTC"))
    file = file_of(tmp_path, 2_100, bad=range(2_100))
    skipped = run_import(file, reading, wire.send, tmp_path / "state", ["key"])
    rejected = run_import(file, READING, wire.send, tmp_path / "state", ["key"])
    assert wire.messages == []
    assert (skipped.tally.skipped, rejected.tally.rejected) == (2_100, 2_100)


def test_a_preview_counts_problems_and_shows_events_as_they_would_be(tmp_path: Path) -> None:
    seen = preview(file_of(tmp_path, 3_000, bad=[1]), READING, shown=2)
    assert [(event.event, event.distinct_id) for event in seen.events] == [
        ("e0", "u0"),
        ("e2", "u2"),
    ]
    assert (seen.tally.rows, seen.tally.sent, seen.tally.rejected) == (3_000, 2_999, 1)
    assert seen.problems == [(3, "'never' cannot be read as a time")]


def test_what_the_server_would_reject_is_rejected_before_it_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    good = {"type": "track", "event": "e", "userId": "u", "timestamp": "2024-05-01T00:00:00Z"}
    rows = [
        good,
        {**good, "event": "x" * 201},
        {**good, "properties": {"text": "y" * 33_000}},
        {**good, "type": "tracked"},
        {**good, "userId": None},
        {**good, "timestamp": "1950-01-01T00:00:00Z"},
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    wire = Wire()
    report = run_import(str(path), Reading(), wire.send, tmp_path / "state", ["key"])
    assert len(wire.messages) == 1
    assert report.rejected_file is not None
    reasons = [json.loads(line)["reason"] for line in report.rejected_file.read_text().splitlines()]
    for reason, part in zip(
        reasons,
        ("more than 200", "more than 32768", "'tracked'", "neither userId", "1970"),
        strict=True,
    ):
        assert part in reason


def test_the_check_is_what_the_loader_does() -> None:
    message = b'{"type":"track","event":"e","userId":"u","timestamp":"2024-05-01T00:00:00Z"}'
    event = as_received(message, 2_000_000_000_000_000)
    assert isinstance(event, Event)
    assert (event.event, event.distinct_id, event.time_us) == ("e", "u", 1_714_521_600_000_000)
    assert isinstance(as_received(b'{"type":"alias"}', 0), Rejection)


def test_a_csv_file_without_a_mapping_is_refused_with_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        preview(file_of(tmp_path, 1), Reading())
    assert "--map event=" in refused.value.hint


def test_a_time_without_a_zone_stops_the_import_and_says_which_option_helps(tmp_path: Path) -> None:
    reading = Reading(parse_mapping("event=what,time=at,person=who"))
    with pytest.raises(InvalidInput) as refused:
        run_import(file_of(tmp_path, 1), reading, Wire().send, tmp_path / "state", ["key"])
    assert "--timezone" in refused.value.hint
