"""Start and end a server as an operator would."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cairn.access.keys import create_write_key
from cairn.store.records.records import Records
from cairn.store.records.tables import ProjectRow

PROJECT = "p1"
SMALL_ENGINE = "serving.small_engine:engine_app"
REAL_ENGINE = "cairn.app:engine_app"
_TESTS = Path(__file__).resolve().parents[1]

_SERVE = """
import sys
from cairn.cli.serve import serve
from cairn.core.settings import load_settings
from pathlib import Path
serve(
    load_settings(data_dir=Path(sys.argv[1]), port=int(sys.argv[2]), receivers=int(sys.argv[3]),
                  min_free_mb=int(sys.argv[4])),
    ready=lambda address: print(address, flush=True),
    engine=sys.argv[5],
)
"""


class Server:
    """A running server. All of its processes are in one group of this test."""

    def __init__(
        self,
        data_dir: Path,
        receivers: int = 1,
        min_free_mb: int = 1,
        engine: str = SMALL_ENGINE,
    ) -> None:
        self.data_dir = data_dir
        self.process = started(data_dir, 0, receivers, min_free_mb, engine)
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().decode().strip()
        if not self.address:
            kill(self.process)
            raise AssertionError("the server did not start")
        parts = urlsplit(self.address)
        assert parts.hostname is not None and parts.port is not None
        self.host, self.port = parts.hostname, parts.port

    def children(self) -> list[int]:
        """Return the process ids of engine and receivers."""
        return children_of(self.process)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """Send one request and return status, headers (lower case) and body."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=20)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, content
        finally:
            connection.close()

    def look(self, path: str) -> Any:
        """Return what the engine answers, as JSON."""
        status, _, body = self.ask("GET", path)
        assert status == 200, body
        return json.loads(body)

    def wait_until_loaded(self, seconds: float = 20) -> None:
        """Return when nothing of the spool is left to load."""
        deadline = time.monotonic() + seconds
        while self.look("/loaded")["lag"]:
            assert time.monotonic() < deadline, "the loader did not finish"
            time.sleep(0.05)

    def stop(self) -> int:
        """End the server in order, and return its exit code."""
        self.process.terminate()
        return self.process.wait(30)


def started(
    data_dir: Path, port: int, receivers: int = 1, min_free_mb: int = 1, engine: str = SMALL_ENGINE
) -> subprocess.Popen[bytes]:
    """Start a server, which prints its address once it is ready."""
    numbers = [str(port), str(receivers), str(min_free_mb)]
    return subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(data_dir), *numbers, engine],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(_TESTS)},
    )


def children_of(process: subprocess.Popen[bytes]) -> list[int]:
    """Return the process ids of a server's engine and receivers."""
    path = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(number) for number in path.read_text().split()]


def kill(process: subprocess.Popen[bytes]) -> None:
    """End all processes of a server at once."""
    for number in (*children_of(process), process.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def write_key(data_dir: Path, project: str = PROJECT) -> str:
    """Create a project with a write key, and return the key."""
    records = Records.open(data_dir / "records.sqlite")
    try:
        with records.change() as session:
            session.add(
                ProjectRow(
                    id=project, name="Test", timezone="UTC", week_start="monday", created_us=0
                )
            )
            session.flush()
            key = create_write_key(session, project, name="web", actor="test", now_us=0)
    finally:
        records.close()
    assert key.secret is not None
    return key.secret


@contextlib.contextmanager
def running(
    data_dir: Path, receivers: int = 1, min_free_mb: int = 1, engine: str = SMALL_ENGINE
) -> Iterator[Server]:
    """Run a server for a while."""
    server = Server(data_dir, receivers, min_free_mb, engine)
    try:
        yield server
    finally:
        try:
            if server.process.poll() is None:
                server.stop()
        finally:
            if server.process.poll() is None:
                kill(server.process)
            assert server.process.stdout is not None
            server.process.stdout.close()
