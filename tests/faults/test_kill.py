"""A server that is killed at any moment loses no acknowledged event and doubles none."""

from __future__ import annotations

import http.client
import json
import os
import random
import shutil
import signal
import socket
import threading
import time
from pathlib import Path

from serving.running import (
    PROJECT,
    REAL_ENGINE,
    children_of,
    kill,
    running,
    started,
    write_key,
)

from cairn.store.duckdb.store import DuckDBStore

KILLS = 20
SEED = 20260101


class Clients:
    """Threads that send batches as fast as they can, and note what was acknowledged."""

    def __init__(self, port: int, key: str, count: int = 3) -> None:
        self.acknowledged: list[str] = []
        self.sent = 0
        self._port = port
        self._key = key
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(i,)) for i in range(count)]
        for thread in self._threads:
            thread.start()

    def finish(self) -> list[str]:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        return self.acknowledged

    def _send(self, thread: int) -> None:
        number = 0
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        while not self._stop.is_set():
            ids = [f"{thread}-{number}-{i}" for i in range(7)]
            messages = [
                {"type": "track", "event": "e", "userId": f"u{number % 50}", "messageId": one}
                for one in ids
            ]
            if number % 10 == 0:
                messages[0]["type"] = "identify"
                messages[0]["anonymousId"] = f"a{number % 70}"
            number += 1
            self.sent += len(ids)
            body = json.dumps({"batch": messages, "writeKey": self._key})
            for _ in range(2):  # clients send again what they saw no answer to
                try:
                    connection.request("POST", "/v1/batch", body)
                    answer = connection.getresponse()
                    answer.read()
                    if answer.status == 200:
                        self.acknowledged.extend(ids)
                        break
                except (OSError, http.client.HTTPException):
                    connection.close()
                    time.sleep(0.02)
        connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.02)
        finally:
            connection.close()
    raise AssertionError("no receiver came up")


def stored_ids(data_dir: Path) -> list[str]:
    """Return the ids of all events, after a last start in which everything is loaded."""
    with running(data_dir, engine=REAL_ENGINE) as server:
        spool = data_dir / "projects" / PROJECT / "spool"
        deadline = time.monotonic() + 60
        while any(path.stat().st_size > 8 for path in spool.glob("*.seg")):
            assert time.monotonic() < deadline, "the spool was not loaded"
            time.sleep(0.1)
        assert server.stop() == 0
    store = DuckDBStore.open(data_dir / "projects" / PROJECT, threads=1)
    try:
        ids: list[str] = store.sql("SELECT id FROM events").column(0).to_pylist()
        assert len(store.snapshot.codes) > 0
        return ids
    finally:
        store.close()


def test_killing_the_server_at_twenty_random_moments_loses_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    chance = random.Random(SEED)
    key, port = write_key(tmp_path), free_port()
    clients: Clients | None = None
    try:
        for _ in range(KILLS):
            server = started(tmp_path, port, engine=REAL_ENGINE)
            try:
                wait_for(port)
                clients = clients or Clients(port, key)
                time.sleep(chance.uniform(0.05, 2.0))
            finally:
                kill(server)
    finally:
        acknowledged = clients.finish() if clients else []
    ids = stored_ids(tmp_path)
    assert len(acknowledged) > 1_000
    assert len(ids) == len(set(ids))
    assert set(acknowledged) <= set(ids)


def test_the_supervisor_starts_again_whatever_dies_and_nothing_is_lost(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    key, port = write_key(tmp_path), free_port()
    server = started(tmp_path, port, receivers=2, engine=REAL_ENGINE)
    try:
        wait_for(port)
        clients = Clients(port, key)
        try:
            for _ in range(8):
                time.sleep(chance.uniform(0.2, 0.8))
                os.kill(chance.choice(children_of(server)), signal.SIGKILL)
        finally:
            acknowledged = clients.finish()
    finally:
        kill(server)
    ids = stored_ids(tmp_path)
    assert acknowledged
    assert len(ids) == len(set(ids))
    assert set(acknowledged) <= set(ids)


def test_the_processes_end_when_only_the_supervisor_is_killed(tmp_path: Path) -> None:
    write_key(tmp_path)
    port = free_port()
    first = started(tmp_path, port)
    wait_for(port)
    family = children_of(first)
    first.kill()
    first.wait()
    assert first.stdout is not None
    first.stdout.close()
    second = started(tmp_path, port)  # waits until they are gone
    try:
        assert second.stdout is not None
        assert second.stdout.readline()
        assert not any(map(is_running, family))
    finally:
        second.terminate()
        assert second.wait(30) == 0
        second.stdout.close()


def test_a_deleted_index_is_built_again(tmp_path: Path) -> None:
    key, port = write_key(tmp_path), free_port()
    server = started(tmp_path, port)
    assert server.stdout is not None
    assert server.stdout.readline()  # it is ready, so the engine has made the index
    clients = Clients(port, key, count=1)
    time.sleep(0.5)
    acknowledged = clients.finish()
    server.terminate()
    assert server.wait(30) == 0
    server.stdout.close()
    assert acknowledged
    shutil.rmtree(tmp_path / "projects" / PROJECT / "index")
    assert set(acknowledged) <= set(stored_ids(tmp_path))
