"""Stopping the server."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from .conftest import SETUP

_RUN = """
import socket, sys
import uvicorn
from cairn.app import engine_app
from cairn.core.settings import load_settings
app = engine_app(load_settings(data_dir=sys.argv[1], threads=1))
config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=30)
uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[2]))])
"""


def test_an_open_live_stream_does_not_hold_up_the_end_of_the_server(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
        process = subprocess.Popen(
            [sys.executable, "-c", _RUN, str(tmp_path), str(door.fileno())],
            pass_fds=[door.fileno()],
        )
    try:
        with httpx.Client(base_url=url, trust_env=False, timeout=30) as browser:
            me = browser.post("/api/setup", json=SETUP).json()
            path = f"/api/projects/{me['projects'][0]['id']}/live"
            with browser.stream("GET", path) as stream:
                assert next(stream.iter_lines()) == ": live"
                asked = time.monotonic()
                process.send_signal(signal.SIGTERM)
                process.wait(20)
        assert time.monotonic() - asked < 10
    finally:
        process.kill()
        process.wait()
