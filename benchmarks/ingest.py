"""How fast events come in: acknowledged, loaded, and until a question sees them.

Clients run in a process of their own, on the same machine, each with one connection on which it
sends a request, waits for the 200, and sends the next. Every 200 came after an fsync.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import random
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cairn.access.keys import create_write_key
from cairn.cli.serve import serve
from cairn.collect.commit import Committer
from cairn.collect.live import Loaded
from cairn.collect.loader import Loader
from cairn.collect.spool import Record
from cairn.core.clock import system_clock
from cairn.core.garbage import collect_rarely
from cairn.core.settings import Settings, load_settings
from cairn.store.duckdb.store import DuckDBStore
from cairn.store.records.records import Records
from cairn.store.records.tables import ProjectRow

PROJECT = "bench"
BATCH = 50
ENGINE = "benchmarks.ingest:TimingEngine"

_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0"


def run(
    seconds: float = 5.0,
    clients: int = 64,
    load_events: int = 200_000,
    say: Callable[[str], None] = print,
) -> dict[str, Any]:
    """Measure everything and return it by name, printing each number as it is known."""
    results: dict[str, Any] = {"load_average_before": round(os.getloadavg()[0], 2)}

    def note(name: str, value: float, unit: str) -> None:
        results[name] = round(value, 3)
        say(f"{name:<44} {value:>12,.1f} {unit}")

    with tempfile.TemporaryDirectory() as folder:
        events, took = loader_speed(Path(folder), load_events)
        note("loader_events_per_second", events / took, "events/s")
    for name, size, count in (("single", 1, clients), ("batch_50", BATCH, clients // 4)):
        with server() as (host, port, key):
            answers, took = _clients(host, port, key, size, count, seconds)
        note(f"acknowledged_requests_per_second_{name}", answers / took, "requests/s")
        note(f"acknowledged_events_per_second_{name}", answers * size / took, "events/s")
    for rate in (5_000,):
        with server() as (host, port, key):
            lags = until_queryable(host, port, key, rate, 2 * seconds)
        note(f"until_queryable_p50_ms_at_{rate}", 1e3 * lags[len(lags) // 2], "ms")
        note(f"until_queryable_p99_ms_at_{rate}", 1e3 * lags[int(len(lags) * 0.99)], "ms")
    return results


def loader_speed(folder: Path, events: int) -> tuple[int, float]:
    """Return how many events were loaded from a full spool, and the seconds it took.

    It counts from the first turn's end, so that reading patterns and compiling are left out.
    """
    committer = Committer(lambda project: folder / "spool", "r0")
    now = system_clock()
    for first in range(0, events, BATCH):
        body = b'{"batch":[%s]}' % b",".join(message(first + i) for i in range(BATCH))
        committer.keep_now(PROJECT, Record(now + first, "segment/batch", body))
    committer.close()
    store = DuckDBStore.open(folder / "store", threads=os.cpu_count() or 1)
    loader = Loader(store, folder / "spool")
    loader.run_once()
    collect_rarely()
    before, started = loader.events_loaded, time.monotonic()
    while loader.run_once():
        pass
    took = time.monotonic() - started
    store.close()
    return loader.events_loaded - before, took


def until_queryable(host: str, port: int, key: str, rate: int, seconds: float) -> list[float]:
    """Return, sorted, the seconds from sending each event until questions could see it."""
    context = multiprocessing.get_context("spawn")
    sender = context.Process(target=_steady, args=(host, port, key, rate, seconds), daemon=True)
    sender.start()
    sender.join()
    expected = int(rate * seconds)
    lags: list[float] = []
    deadline = time.monotonic() + 10
    while len(lags) < expected and time.monotonic() < deadline:
        time.sleep(0.2)
        with urllib.request.urlopen(f"http://{host}:{port}/lags") as answer:
            lags.extend(json.load(answer))
    if len(lags) < expected:
        raise RuntimeError(f"{len(lags)} of {expected} events arrived within ten seconds")
    return sorted(lags)


class TimingEngine:
    """The engine's loading half, which notes how old each event is once it can be queried."""

    def __init__(self, settings: Settings) -> None:
        """Open the project of the benchmark."""
        folder = settings.data_dir / "projects" / PROJECT
        self._lags: list[float] = []
        self._store = DuckDBStore.open(folder, threads=os.cpu_count() or 1)
        self._loader = Loader(self._store, folder / "spool", on_loaded=self._note)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Load while running; answer with the lags since the last question."""
        if scope["type"] == "lifespan":
            await receive()
            self._loader.start()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            self._loader.stop()
            self._store.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
        lags, self._lags = self._lags, []
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(lags).encode()})

    def _note(self, loaded: Loaded) -> None:
        now = time.time()
        self._lags.extend(
            now - float(event.event.removeprefix("sent "))
            for event in loaded.events
            if event.event.startswith("sent ")
        )


def message(number: int, name: str = "page viewed") -> bytes:
    """Return a typical message of a browser, about 600 bytes."""
    person = random.randrange(20_000)
    return json.dumps(
        {
            "type": "track",
            "event": name,
            "userId": f"user-{person}",
            "anonymousId": f"anon-{person}",
            "messageId": f"bench-{number}-{random.getrandbits(48):x}",
            "properties": {"plan": "pro", "amount": 12.5, "items": 3, "trial": False},
            "context": {
                "library": {"name": "analytics.js", "version": "npm:next-1.84.3"},
                "locale": "en-US",
                "userAgent": _AGENT,
                "page": {"url": "https://shop.example/a/b", "path": "/a/b", "referrer": ""},
                "campaign": {"source": "news", "medium": "email", "name": "spring"},
            },
        }
    ).encode()


@contextmanager
def server() -> Iterator[tuple[str, int, str]]:
    """Run a server on an empty data directory; yield host, port and write key."""
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        key = _write_key(data_dir)
        stop = threading.Event()
        is_up = threading.Event()
        address: list[str] = []

        def ready(where: str) -> None:
            address.append(where)
            is_up.set()

        settings = load_settings(data_dir=data_dir, port=0)
        root = str(Path(__file__).resolve().parents[1])
        os.environ["PYTHONPATH"] = os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])
        thread = threading.Thread(target=serve, args=(settings, ready, stop, ENGINE))
        thread.start()
        try:
            if not is_up.wait(60):
                raise TimeoutError("the server did not come up within a minute")
            parts = urlsplit(address[0])
            assert parts.hostname is not None and parts.port is not None
            yield parts.hostname, parts.port, key
        finally:
            stop.set()
            thread.join()


def _write_key(data_dir: Path) -> str:
    records = Records.open(data_dir / "records.sqlite")
    try:
        with records.change() as session:
            session.add(
                ProjectRow(
                    id=PROJECT, name="Bench", timezone="UTC", week_start="monday", created_us=0
                )
            )
            session.flush()
            key = create_write_key(session, PROJECT, name="bench", actor="bench", now_us=0)
    finally:
        records.close()
    return str(key.secret)


def _clients(
    host: str, port: int, key: str, size: int, count: int, seconds: float
) -> tuple[int, float]:
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    process = context.Process(
        target=_hammer, args=(host, port, key, size, count, seconds, answers), daemon=True
    )
    process.start()
    result: tuple[int, float] = answers.get(timeout=seconds + 60)
    process.join()
    return result


def _hammer(
    host: str, port: int, key: str, size: int, count: int, seconds: float, answers: Any
) -> None:
    import uvloop

    requests = [_request(key, [message(i * size + k) for k in range(size)]) for i in range(500)]
    answers.put(uvloop.run(_all_clients(host, port, requests, count, seconds)))


def _request(key: str, messages: list[bytes]) -> bytes:
    """Return a whole request with one message, or with a batch of them."""
    if len(messages) == 1:
        path, body = b"/v1/t", messages[0][:-1] + b',"writeKey":"%s"}' % key.encode()
    else:
        path = b"/v1/batch"
        body = b'{"batch":[%s],"writeKey":"%s"}' % (b",".join(messages), key.encode())
    head = (
        b"POST %s HTTP/1.1\r\nHost: bench\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n"
    )
    return head % (path, len(body)) + body


class _Client(asyncio.Protocol):
    """Sends a request whenever the answer to the one before has come."""

    def __init__(self, requests: list[bytes], first: int) -> None:
        self.answers = 0
        self.is_done = False
        self._requests = requests
        self._next = first
        self._received = b""
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._received.endswith(b"}"):
            return
        if not self._received.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"not acknowledged: {self._received[:300]!r}")
        self._received = b""
        self.answers += 1
        if not self.is_done:
            self._send()

    def _send(self) -> None:
        self._transport.write(self._requests[self._next % len(self._requests)])
        self._next += 1


async def _all_clients(
    host: str, port: int, requests: list[bytes], count: int, seconds: float
) -> tuple[int, float]:
    loop = asyncio.get_running_loop()
    clients: list[_Client] = []
    for i in range(count):
        first = i * len(requests) // count

        def create(first: int = first) -> _Client:
            return _Client(requests, first)

        clients.append((await loop.create_connection(create, host, port))[1])
    await asyncio.sleep(0.5)
    before, started = sum(client.answers for client in clients), time.monotonic()
    await asyncio.sleep(seconds)
    answers, took = sum(client.answers for client in clients) - before, time.monotonic() - started
    for client in clients:
        client.is_done = True
    return answers, took


def _steady(host: str, port: int, key: str, rate: int, seconds: float) -> None:
    asyncio.run(_send_steadily(host, port, key, rate, seconds))


async def _send_steadily(host: str, port: int, key: str, rate: int, seconds: float) -> None:
    """Send batches of 50 at the rate, each event named by the moment it was sent."""
    reader, writer = await asyncio.open_connection(host, port)
    started, sent = time.time(), 0
    while time.time() - started < seconds:
        moment = f"sent {time.time():.4f}"
        writer.write(_request(key, [message(sent + i, moment) for i in range(BATCH)]))
        await reader.readuntil(b"}")
        sent += BATCH
        await asyncio.sleep(max(0.0, started + sent / rate - time.time()))
    writer.close()


if __name__ == "__main__":
    run()
