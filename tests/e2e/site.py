"""A running server with an owner, a project and the events of the story."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from .story import messages

OWNER = {"email": "ada@example.org", "password": "correct horse"}
PROJECT = "Acme"
TIMEZONE = "Europe/Berlin"

_SERVE = (
    "from cairn.cli.serve import serve; from cairn.core.settings import load_settings; "
    "serve(load_settings(), lambda address: print(address, flush=True))"
)
_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Site:
    """A server that somebody owns. `api` is signed in as the owner."""

    url: str
    api: httpx.Client
    project_id: str
    write_key: str

    @property
    def path(self) -> str:
        """Return the path of the project's pages."""
        return f"/p/{self.project_id}"

    @property
    def api_path(self) -> str:
        """Return the path of the project in the API."""
        return f"/api/projects/{self.project_id}"

    @property
    def cookies(self) -> list[dict[str, str]]:
        """Return the owner's cookies, for a browser context."""
        return [
            {"name": cookie.name, "value": cookie.value or "", "url": self.url}
            for cookie in self.api.cookies.jar
        ]

    def send(self, *batch: Mapping[str, Any]) -> None:
        """Send messages as any client does."""
        sent = self.api.post("/v1/batch", json={"batch": batch, "writeKey": self.write_key})
        assert sent.status_code == 200, sent.text

    def load(self, batch: Sequence[Mapping[str, Any]]) -> None:
        """Send messages and wait until questions count them."""
        before = self._event_total()
        for i in range(0, len(batch), 100):
            self.send(*batch[i : i + 100])
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while self._event_total() < before + len(batch):
            assert time.monotonic() < deadline, "the events were not loaded"
            time.sleep(0.1)

    def add_dashboard(self, name: str, *tiles: Mapping[str, Any]) -> str:
        """Create a dashboard and return its id."""
        made = self.api.post(
            f"{self.api_path}/dashboards", json={"name": name, "description": "", "tiles": tiles}
        )
        return str(made.raise_for_status().json()["id"])

    def _event_total(self) -> int:
        catalog = self.api.get(f"{self.api_path}/catalog").raise_for_status().json()
        return sum(event["count"] for event in catalog["events"])


@contextmanager
def served(data_dir: Path) -> Iterator[str]:
    """Run a server on an empty folder in the block, and yield its address once it answers."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE],
        env={**os.environ, "CAIRN_DATA_DIR": str(data_dir), "CAIRN_PORT": "0"},
        cwd=data_dir,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address, "the server did not start"
            yield address
        finally:
            process.terminate()
            process.wait(30)


def found(url: str) -> Site:
    """Make the first visit and load the story."""
    api = httpx.Client(base_url=url, timeout=30, trust_env=False)
    setup = {**OWNER, "name": "Ada Lovelace", "project_name": PROJECT, "timezone": TIMEZONE}
    me = api.post("/api/setup", json=setup).raise_for_status().json()
    api.headers["x-csrf-token"] = me["csrf_token"]
    project_id = me["projects"][0]["id"]
    keys = api.get(f"/api/projects/{project_id}/keys").raise_for_status().json()
    site = Site(url, api, project_id, keys[0]["secret"])
    site.load(list(messages(datetime.now(UTC))))
    return site
