"""On a full disk clients are told to wait, and what was acknowledged before is unharmed."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from serving.running import Server, running, write_key

from cairn.collect.commit import Committer
from cairn.collect.counts import Counts
from cairn.collect.receive import Receiver
from cairn.collect.spool import Record, read_segment, segments
from cairn.core.errors import DiskNearlyFull


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB, which only root can make."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip(f"cannot mount a small file system here: {made.stderr.decode().strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(folder: Path) -> Path:
    """Leave no byte free, and return the file whose removal makes room again."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as out:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while out.write(b"x" * size):
                    pass
            except OSError:
                continue
    return ballast


def test_a_full_disk_refuses_new_records_and_harms_none_before(small_disk: Path) -> None:
    committer = Committer(lambda project: small_disk / "spool", "r0")
    record = Record(1, "segment/batch", b"x" * 100_000)
    for _ in range(20):
        committer.keep_now("p", record)
    ballast = fill(small_disk)
    refused = 0
    for _ in range(10):
        with pytest.raises(DiskNearlyFull):
            committer.keep_now("p", record)
        refused += 1
    ballast.unlink()
    for _ in range(5):
        committer.keep_now("p", record)
    committer.close()
    found = [
        place.found
        for path in segments(small_disk / "spool")
        for place in read_segment(path, 0, finished=True)
    ]
    assert found == [record] * 25
    assert refused == 10


def test_a_record_that_fits_only_in_part_is_cut_back(small_disk: Path) -> None:
    committer = Committer(lambda project: small_disk / "spool", "r0")
    record = Record(1, "segment/batch", b"x" * 1_500_000)
    kept = 0
    try:
        while True:
            committer.keep_now("p", record)
            kept += 1
    except DiskNearlyFull:
        pass
    committer.close()
    [path] = segments(small_disk / "spool")
    assert [place.found for place in read_segment(path, 0, finished=True)] == [record] * kept


def send(server: Server, key: str, number: int, size: int) -> tuple[int, dict[str, str]]:
    message = {
        "type": "track",
        "event": "e",
        "userId": "u",
        "messageId": str(number),
        "properties": {"text": os.urandom(size // 2).hex()},
    }
    body = json.dumps({"batch": [message], "writeKey": key}).encode()
    status, headers, _ = server.ask("POST", "/v1/batch", body)
    return status, headers


def test_a_server_on_a_full_disk_says_503_and_loads_everything_once_there_is_room(
    small_disk: Path,
) -> None:
    key = write_key(small_disk)
    acknowledged: set[str] = set()
    with running(small_disk, min_free_mb=2) as server:
        for number in range(5_000):
            status, headers = send(server, key, number, 30_000)
            if status != 200:
                break
            acknowledged.add(str(number))
        assert status == 503
        assert int(headers["retry-after"]) > 0
        assert len(acknowledged) > 20
        ballast = fill(small_disk)
        time.sleep(0.5)
        assert server.ask("GET", "/healthz")[0] == 200
        ballast.unlink()
        subprocess.run(["mount", "-o", "remount,size=400m", str(small_disk)], check=True)
        deadline = time.monotonic() + 45
        while set(server.look("/sql?ids")["id"]) != acknowledged:
            assert time.monotonic() < deadline, "not all was loaded"
            time.sleep(0.2)
        assert send(server, key, 10_000, 10)[0] == 200
        server.wait_until_loaded()
        assert server.look("/sql?rejections")["reason"] == []


class OneKey:
    """A project with the key `k`; asked for another, the records cannot be read."""

    def project_of(self, key: str) -> str | None:
        if key != "k":
            raise OSError("the records cannot be read")
        return "p"


def answered(folder: Path, key: str, min_free_mb: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Put one event to a receiver, and return the start of its answer and the body."""
    sent: list[dict[str, Any]] = []
    body = json.dumps({"event": "e", "userId": "u", "writeKey": key}).encode()
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/track",
        "headers": [(b"origin", b"https://a.b")],
        "query_string": b"",
    }

    async def engine(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("not asked")

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    committer = Committer(lambda project: folder / "spool", "r0")
    counts = Counts(folder, "r0")
    receiver = Receiver(OneKey(), committer, engine, counts, folder, min_free_mb)
    asyncio.run(receiver(scope, receive, send))
    committer.close()
    start, end = sent
    return start, json.loads(end["body"])


def test_below_the_free_space_of_the_settings_the_answer_is_503(tmp_path: Path) -> None:
    start, body = answered(tmp_path, "k", min_free_mb=1 << 40)
    assert start["status"] == 503
    assert (b"retry-after", b"30") in start["headers"]
    assert (b"access-control-allow-origin", b"https://a.b") in start["headers"]
    assert body["code"] == "disk_nearly_full"
    assert segments(tmp_path / "spool") == []


def test_while_keys_cannot_be_looked_up_clients_are_told_to_send_again(tmp_path: Path) -> None:
    start, body = answered(tmp_path, "other", min_free_mb=1)
    assert start["status"] == 503
    assert (b"retry-after", b"5") in start["headers"]
    assert body["code"] == "unavailable"
    assert answered(tmp_path, "k", min_free_mb=1)[0]["status"] == 200
