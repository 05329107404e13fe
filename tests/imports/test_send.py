from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from cairn.core.errors import InvalidInput, NotSignedIn
from cairn.imports.send import BATCH_BYTES, BATCH_EVENTS, HttpSender, batches


class Server:
    """Answers requests with the statuses it is given, then with 200."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes]] = []
        self.bodies: list[Any] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                status, answer = server.answers.pop(0) if server.answers else (200, b"{}")
                if status == 200:
                    server.bodies.append(json.loads(gzip.decompress(body)))
                self.send_response(status)
                self.send_header("content-length", str(len(answer)))
                self.send_header("retry-after", "0.01")
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


def test_a_busy_server_is_asked_again_until_it_takes_the_events(server: Server) -> None:
    server.answers = [(503, b""), (500, b"oops"), (429, b"")]
    with closing(HttpSender(server.url, "wk_1")) as sender:
        sender.send([b'{"a":1}', b'{"b":2}'])
    assert server.bodies == [{"batch": [{"a": 1}, {"b": 2}]}]


@pytest.mark.parametrize(("status", "kind"), [(401, NotSignedIn), (400, InvalidInput)])
def test_a_refusal_is_said_in_the_words_of_the_server(
    server: Server, status: int, kind: type[Exception]
) -> None:
    server.answers = [(status, b'{"message": "no such key", "hint": "look again"}')]
    with closing(HttpSender(server.url, "wk_1")) as sender, pytest.raises(kind) as refused:
        sender.send([b"{}"])
    assert (refused.value.message, refused.value.hint) == ("no such key", "look again")  # type: ignore[attr-defined]
    assert server.bodies == []


def test_an_address_without_a_scheme_is_refused_at_once() -> None:
    with closing(HttpSender("localhost:8765", "wk_1")) as sender, pytest.raises(InvalidInput):
        sender.send([b"{}"])


def test_batches_stay_below_the_limits_and_keep_the_order() -> None:
    messages = [b"x" * size for size in [10] * 2_500 + [30_000] * 40]
    made = list(batches(messages))
    assert [message for batch in made for message in batch.messages] == messages
    assert [batch.mark for batch in made][-1] == len(messages)
    for batch in made:
        assert 0 < len(batch.messages) <= BATCH_EVENTS
        assert sum(map(len, batch.messages)) <= BATCH_BYTES
