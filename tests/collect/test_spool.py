"""What stands in a segment is read back, whatever happened to the rest of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cairn.collect.spool import (
    HEADER,
    Damage,
    Record,
    Segment,
    encode,
    is_finished,
    read_segment,
    segment_path,
    segments,
)

RECORDS = [Record(1_000 + i, "segment/batch", b'{"n":%d}' % (10 + i)) for i in range(20)]


def written(folder: Path, content: bytes) -> Path:
    path = segment_path(folder, "r0", "00aa", 1)
    path.write_bytes(content)
    return path


def found(path: Path, finished: bool = True, offset: int = 0) -> list[Record | Damage]:
    return [place.found for place in read_segment(path, offset, finished)]


def test_records_come_back_in_order_and_from_any_offset(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + b"".join(map(encode, RECORDS)))
    places = list(read_segment(path, 0, finished=True))
    assert [place.found for place in places] == RECORDS
    assert found(path, offset=places[4].end) == RECORDS[5:]
    assert places[-1].end == path.stat().st_size


def test_a_record_being_written_is_not_there_yet(tmp_path: Path) -> None:
    content = HEADER + b"".join(map(encode, RECORDS))
    path = written(tmp_path, content[:-3])
    assert found(path, finished=False) == RECORDS[:-1]


def test_a_torn_tail_is_reported_and_everything_before_it_kept(tmp_path: Path) -> None:
    content = HEADER + b"".join(map(encode, RECORDS))
    path = written(tmp_path, content[:-3])
    *kept, torn = found(path)
    assert kept == RECORDS[:-1]
    assert isinstance(torn, Damage)
    assert torn.last == path.stat().st_size


def test_reading_goes_on_after_a_flipped_bit(tmp_path: Path) -> None:
    content = bytearray(HEADER + b"".join(map(encode, RECORDS)))
    content[len(HEADER) + 5 * len(encode(RECORDS[0])) + 20] ^= 4
    damaged = found(written(tmp_path, bytes(content)))
    assert [item for item in damaged if isinstance(item, Record)] == RECORDS[:5] + RECORDS[6:]
    assert sum(isinstance(item, Damage) for item in damaged) == 1


def test_a_flipped_length_does_not_hide_later_records_of_a_live_segment(tmp_path: Path) -> None:
    content = bytearray(HEADER + b"".join(map(encode, RECORDS)))
    content[len(HEADER) + 5] ^= 0x10
    assert [
        r for r in found(written(tmp_path, bytes(content)), False) if isinstance(r, Record)
    ] == (RECORDS[1:])


def test_an_empty_segment_and_a_half_written_header_hold_nothing(tmp_path: Path) -> None:
    for length in range(len(HEADER) + 1):
        assert found(written(tmp_path, HEADER[:length])) == []


def test_records_larger_than_the_reading_buffer_follow_each_other(tmp_path: Path) -> None:
    large = [Record(i, "segment/batch", bytes([i]) * 1_900_000) for i in range(9)]
    path = written(tmp_path, HEADER + b"".join(map(encode, large)))
    assert found(path) == large


def test_a_long_stretch_of_rubbish_costs_only_itself(tmp_path: Path) -> None:
    content = HEADER + encode(RECORDS[0]) + b"\xf5CR\x01" * 2_000_000 + encode(RECORDS[1])
    kept = [item for item in found(written(tmp_path, content)) if isinstance(item, Record)]
    assert kept == RECORDS[:2]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    cut=st.integers(0, 830),
    flips=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 7)), max_size=4),
)
def test_no_damage_makes_reading_fail_or_invents_a_record(
    tmp_path_factory: pytest.TempPathFactory, cut: int, flips: list[tuple[int, int]]
) -> None:
    content = bytearray(HEADER + b"".join(map(encode, RECORDS)))
    for place, bit in flips:
        content[place % len(content)] ^= 1 << bit
    path = written(tmp_path_factory.mktemp("segment"), bytes(content[: len(content) - cut]))
    places = list(read_segment(path, 0, finished=True))
    kept = [place.found for place in places if isinstance(place.found, Record)]
    assert [record for record in RECORDS if record in kept] == kept
    whole = (len(content) - cut - len(HEADER)) // len(encode(RECORDS[0]))
    assert len(kept) >= min(whole, len(RECORDS)) - len(flips)
    end = len(content) - cut
    assert not places or places[-1].end == end


def test_a_segment_is_finished_once_its_writer_is_gone(tmp_path: Path) -> None:
    path = segment_path(tmp_path, "r0", "00aa", 1)
    segment = Segment(path)
    segment.append(encode(RECORDS[0]))
    assert not is_finished(path)
    assert found(path, finished=False) == RECORDS[:1]
    segment.close()
    assert is_finished(path)


def test_segments_are_read_in_the_order_of_their_making(tmp_path: Path) -> None:
    for name in ("r1-00bb-000000", "r0-00bb-000001", "r0-00aa-000007", "r0-00bb-000000"):
        (tmp_path / f"{name}.seg").touch()
    assert [path.stem for path in segments(tmp_path)] == [
        "r0-00aa-000007",
        "r0-00bb-000000",
        "r1-00bb-000000",
        "r0-00bb-000001",
    ]
