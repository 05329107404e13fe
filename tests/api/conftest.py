"""A real server in a thread: real HTTP, records and store in a temporary folder."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from cairn.api.workspace import Workspace
from cairn.app import engine_app
from cairn.collect.pipeline import Turn, batch_of, walk
from cairn.collect.spool import Record
from cairn.core.clock import system_clock
from cairn.core.settings import Settings, load_settings

OWNER = {"email": "ada@example.org", "password": "correct horse"}
SETUP = {**OWNER, "name": "Ada", "project_name": "Shop", "timezone": "UTC"}


@dataclass(frozen=True)
class Server:
    """A running engine."""

    url: str
    workspace: Workspace

    def client(self, **options: Any) -> httpx.Client:
        """Return a browser that nobody has signed in with."""
        return httpx.Client(base_url=self.url, timeout=30, trust_env=False, **options)

    def bring(self, project_id: str, *messages: Mapping[str, Any]) -> None:
        """Load messages of the Segment spec into a project, as its loader does."""
        now_us = system_clock()
        body = json.dumps({"batch": messages}).encode()
        opened = self.workspace.opened(project_id)
        turn = walk(Turn([Record(now_us, "segment/batch", body)], now_us), opened.store)
        opened.store.append(batch_of(turn, ()))


@dataclass(frozen=True)
class Project:
    """The first project of a server, with its signed-in owner."""

    server: Server
    browser: httpx.Client
    id: str

    @property
    def path(self) -> str:
        """Return the path of the project."""
        return f"/api/projects/{self.id}"

    def bring(self, *messages: Mapping[str, Any]) -> None:
        """Load messages into the project."""
        self.server.bring(self.id, *messages)

    def key(self, *scopes: str) -> httpx.Client:
        """Return a program with an API key of these scopes."""
        made = self.browser.post(
            f"{self.path}/keys", json={"kind": "api", "name": "test", "scopes": scopes}
        ).json()
        return self.server.client(headers={"authorization": f"Bearer {made['secret']}"})


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Run the engine on a port of its own."""
    with run(load_settings(data_dir=tmp_path, threads=2)) as running:
        yield running


@pytest.fixture
def project(server: Server) -> Iterator[Project]:
    """Set the server up, with the owner signed in."""
    with server.client() as browser:
        yield set_up(server, browser)


def set_up(server: Server, browser: httpx.Client) -> Project:
    """Make the first visit and return the project it creates."""
    me = browser.post("/api/setup", json=SETUP).raise_for_status().json()
    browser.headers["x-csrf-token"] = me["csrf_token"]
    return Project(server, browser, me["projects"][0]["id"])


class run:  # noqa: N801
    """Runs an engine while the block lasts."""

    def __init__(self, settings: Settings) -> None:
        """Run with these settings."""
        self._app = engine_app(settings)
        self._server = uvicorn.Server(
            uvicorn.Config(self._app, log_level="error", ws="none", timeout_graceful_shutdown=2)
        )
        self._door = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._door]}, daemon=True
        )

    def __enter__(self) -> Server:
        """Start, and wait until it answers."""
        self._thread.start()
        deadline = time.monotonic() + 30
        while not self._server.started:
            assert self._thread.is_alive(), "the engine did not start"
            assert time.monotonic() < deadline, "the engine takes too long to start"
            time.sleep(0.01)
        port = self._door.getsockname()[1]
        return Server(f"http://127.0.0.1:{port}", self._app.state.workspace)

    def __exit__(self, *_: object) -> None:
        """Stop, and wait until everything is closed."""
        self._server.should_exit = True
        self._thread.join(20)
        self._door.close()
        assert not self._thread.is_alive(), "the engine did not stop"


def track(person: str, event: str, at: str, **properties: object) -> dict[str, Any]:
    """Return a track call of a known person, at an ISO time."""
    return {
        "type": "track",
        "messageId": f"{person}-{event}-{at}",
        "userId": person,
        "event": event,
        "timestamp": at,
        "properties": properties,
    }


def names(items: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the names of items."""
    return [item["name"] for item in items]
