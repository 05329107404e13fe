"""The unmodified `segment-analytics-python` of PyPI: its events are there within two seconds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import segment.analytics as segment

from cairn.access import sessions
from cairn.dashboards.setup import set_up
from cairn.store.records.records import Records

SECONDS = 2.0
_SERVE = "from cairn.cli import main; main()"


@dataclass(frozen=True)
class Product:
    """A server with a project, and a browser that is signed in."""

    address: str
    write_key: str
    path: str
    browser: httpx.Client

    def library(self) -> segment.Client:
        """Return the library, set up as its documentation says, but for the address."""
        return segment.Client(
            self.write_key, host=self.address, on_error=pytest.fail, upload_interval=0.1
        )

    def total(self, event: str, of: str = "total") -> float:
        """Return today's number of a trend."""
        today = str(datetime.now(UTC).date() - timedelta(days=1))
        spec = {
            "kind": "trends",
            "series": [{"event": event, "measure": {"of": of}}],
            "period": {"from": today},
        }
        answer = self.browser.post(f"{self.path}/query", json=spec).raise_for_status().json()
        return float(answer["result"]["lines"][0]["total"])


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("product")
    records = Records.open(folder / "records.sqlite")
    founded = set_up(
        records, email="ada@example.org", name="Ada", password=None, project_name="Shop"
    )
    with records.change() as session:
        token = sessions.start(session, founded.owner.id, time.time_ns() // 1_000)
    records.close()
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, "serve", "--port", "0", "--data-dir", str(folder)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "CAIRN_MIN_FREE_MB": "1"},
    )
    assert process.stderr is not None
    try:
        said = process.stderr.readline()
        assert said.startswith("Cairn runs at "), said
        address = said.split()[-1]
        with httpx.Client(base_url=address, timeout=30, trust_env=False) as browser:
            browser.cookies.set(sessions.COOKIE, token)
            browser.headers["x-csrf-token"] = browser.get("/api/me").json()["csrf_token"]
            yield Product(
                address, founded.write_key, f"/api/projects/{founded.project.id}", browser
            )
    finally:
        process.terminate()
        process.wait(30)
        process.stderr.close()


class Watching(threading.Thread):
    """Reads the live stream, noting when each event came."""

    def __init__(self, product: Product) -> None:
        super().__init__(daemon=True)
        self.seen: dict[str, float] = {}
        self.started = threading.Event()
        self._product = product
        self._wanted: str | None = None

    def run(self) -> None:
        with self._product.browser.stream("GET", f"{self._product.path}/live") as stream:
            for line in stream.iter_lines():
                self.started.set()
                if line.startswith("data: "):
                    arrival = json.loads(line.removeprefix("data: "))
                    self.seen[arrival.get("event", "")] = time.monotonic()
                    if arrival.get("event") == self._wanted:
                        return

    def until(self, event: str) -> None:
        self._wanted = event
        self.start()
        assert self.started.wait(10)


def waited_for(look: Any) -> float:
    """Return how many seconds passed until it was so."""
    began = time.monotonic()
    while not look():
        assert time.monotonic() - began < SECONDS, "not there in time"
        time.sleep(0.02)
    return time.monotonic() - began


@pytest.mark.timeout(120)
def test_a_tracked_event_is_in_the_stream_and_in_the_trend_within_two_seconds(
    product: Product,
) -> None:
    product.total("warm up")  # the first question compiles nothing then
    watching = Watching(product)
    watching.until("Item Purchased")
    library = product.library()
    sent = time.monotonic()
    library.track("ada", "Item Purchased", {"price": 9.5, "plan": "pro"})
    library.flush()
    waited_for(lambda: product.total("Item Purchased") == 1)
    watching.join(SECONDS)
    assert watching.seen["Item Purchased"] - sent < SECONDS
    library.join()


@pytest.mark.timeout(120)
def test_every_call_of_the_library_is_understood(product: Product) -> None:
    library = product.library()
    library.track(anonymous_id="device-1", event="Browsed")
    library.identify("grace", {"name": "Grace", "plan": "team"}, anonymous_id="device-1")
    library.group("grace", "acme", {"industry": "ships"})
    library.page("grace", "Docs", "Start", {"url": "https://example.org/start"})
    library.screen("grace", "App", "Home")
    library.alias("grace-before", "grace")
    for _ in range(250):
        library.track("grace", "Clicked")
    library.flush()
    waited_for(lambda: product.total("Clicked") == 250)
    assert product.total("Browsed", "persons") == 1
    people = product.browser.get(f"{product.path}/people", params={"search": "grace"}).json()
    assert people["total"] == 1
    (person,) = people["people"]
    assert person["name"] == "Grace"
    assert {"grace", "grace-before", "device-1"} <= set(person["distinct_ids"])
    assert product.total("$page") == product.total("$screen") == 1
    rejections = product.browser.get(f"{product.path}/rejections").json()
    assert rejections["total"] == 0, rejections
    library.join()


@pytest.mark.timeout(120)
def test_an_event_of_the_past_keeps_its_time(product: Product) -> None:
    library = product.library()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    library.track("ada", "Imported", timestamp=yesterday)
    library.flush()
    waited_for(lambda: product.total("Imported") == 1)
    person = product.browser.get(f"{product.path}/people", params={"search": "ada"}).json()
    detail = product.browser.get(f"{product.path}/people/{person['people'][0]['id']}").json()
    times = {
        event["event"]: datetime.fromisoformat(event["time"])
        for visit in detail["sessions"]
        for event in visit["events"]
    }
    assert abs(times["Imported"] - yesterday) < timedelta(seconds=1)
    library.join()


def test_the_library_is_the_published_one() -> None:
    found = Path(segment.__file__)
    assert "site-packages" in found.parts
