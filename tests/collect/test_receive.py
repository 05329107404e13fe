"""A running server answers every client as its library expects, and never with a failure of its own."""

from __future__ import annotations

import base64
import gzip
import http.client
import json
import re
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
import segment.analytics.client
from hypothesis import given, settings
from hypothesis import strategies as st
from serving.running import Server, running, write_key

ENDPOINTS = [
    "batch", "b", "import", "track", "t", "identify", "i", "page", "p", "screen", "s",
    "group", "g", "alias", "a",
]  # fmt: skip
TRACK = {"event": "open", "userId": "u"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    data_dir = tmp_path_factory.mktemp("data")
    key = write_key(data_dir)
    with running(data_dir, receivers=2) as server:
        yield server, key


@pytest.fixture
def server(place: tuple[Server, str]) -> Server:
    return place[0]


@pytest.fixture
def key(place: tuple[Server, str]) -> str:
    return place[1]


def post(
    server: Server, path: str, body: Any, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    status, _, answer = server.ask("POST", path, content, headers)
    return status, json.loads(answer)


def basic(key: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


def names(server: Server) -> list[str]:
    server.wait_until_loaded()
    found: list[str] = server.look("/sql?names")["event"]
    return found


@pytest.mark.parametrize("name", ENDPOINTS)
@pytest.mark.parametrize("slash", ["", "/"])
def test_every_endpoint_takes_events_and_says_success(
    server: Server, key: str, name: str, slash: str
) -> None:
    body: dict[str, Any] = {**TRACK, "groupId": "g", "previousId": "v", "writeKey": key}
    if name in ("batch", "b", "import"):
        body = {"batch": [{**TRACK, "type": "track"}], "writeKey": key}
    assert post(server, f"/v1/{name}{slash}", body) == (200, {"success": True})


def test_the_key_may_come_by_basic_auth_bearer_body_or_query(server: Server, key: str) -> None:
    assert post(server, "/v1/track", TRACK, basic(key))[0] == 200
    assert post(server, "/v1/track", TRACK, {"Authorization": f"Bearer {key}"})[0] == 200
    assert post(server, "/v1/track", {**TRACK, "writeKey": key})[0] == 200
    assert post(server, f"/v1/track?writeKey={key}", TRACK)[0] == 200


def test_without_a_known_key_the_answer_is_401_and_says_what_to_do(server: Server) -> None:
    for headers in ({}, basic("wk_nobody"), {"Authorization": "Basic %%%"}):
        status, answer = post(server, "/v1/track", TRACK, headers)
        assert status == 401
        assert set(answer) == {"status", "code", "message", "hint"}


def test_gzip_is_recognised_whatever_the_headers_say(server: Server, key: str) -> None:
    body = gzip.compress(json.dumps({"batch": [{**TRACK, "type": "track"}]}).encode())
    assert post(server, "/v1/batch", body, basic(key))[0] == 200
    plain = {**basic(key), "Content-Type": "text/plain"}
    assert post(server, "/v1/batch", body, plain)[0] == 200
    zipped = {**basic(key), "Content-Encoding": "gzip"}
    assert post(server, "/v1/batch", b'{"batch":[]}', zipped)[0] == 200
    assert post(server, "/v1/batch", body[:-9], basic(key))[0] == 400


def test_a_small_body_that_unpacks_to_a_huge_one_is_refused(server: Server, key: str) -> None:
    bomb = gzip.compress(b'{"batch":[' + b" " * 50_000_000 + b"]}")
    assert len(bomb) < 60_000
    assert post(server, "/v1/batch", bomb, basic(key))[0] == 413


def test_bodies_over_the_documented_limits_are_refused(server: Server, key: str) -> None:
    fits = {**TRACK, "properties": {"text": "x" * 31_000}}
    assert post(server, "/v1/track", fits, basic(key))[0] == 200
    large = {**TRACK, "properties": {"text": "x" * 33_000}}
    assert post(server, "/v1/track", large, basic(key))[0] == 413
    batch = {"batch": [{**fits, "type": "track"}] * 16}
    assert post(server, "/v1/batch", batch, basic(key))[0] == 200
    assert post(server, "/v1/batch", {"batch": batch["batch"] * 2}, basic(key))[0] == 413


def test_what_python_takes_for_json_is_taken(server: Server, key: str) -> None:
    body = b'{"event":"nan","userId":"u","properties":{"x":NaN,"y":Infinity,"z":"\\ud800"}}'
    assert post(server, "/v1/track", body, basic(key))[0] == 200
    assert "nan" in names(server)


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"17", b"{", b"\xff", b"event=open", b"[" * 30_000]
)
def test_a_body_that_is_no_json_object_is_refused(server: Server, key: str, body: bytes) -> None:
    assert post(server, "/v1/track", body, basic(key))[0] == 400
    assert post(server, "/v1/batch", body, basic(key))[0] == 400


def test_a_browser_may_send_from_any_site(server: Server, key: str) -> None:
    status, headers, _ = server.ask(
        "OPTIONS",
        "/v1/t",
        headers={
            "Origin": "https://shop.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,x-retry-count",
        },
    )
    assert status == 200
    assert headers["access-control-allow-origin"] == "https://shop.example"
    assert headers["access-control-allow-credentials"] == "true"
    assert headers["access-control-allow-headers"] == "authorization,x-retry-count"
    beacon = {"Origin": "https://shop.example", "Content-Type": "text/plain"}
    for body, expected in (({**TRACK, "writeKey": key}, 200), (TRACK, 401)):
        content = json.dumps(body).encode()
        status, headers, _ = server.ask("POST", "/v1/t", content, beacon)
        assert status == expected
        assert headers["access-control-allow-origin"] == "https://shop.example"


def test_the_browser_library_learns_where_to_send(server: Server, key: str) -> None:
    status, _, body = server.ask("GET", f"/v1/projects/{key}/settings")
    assert status == 200
    found = json.loads(body)["integrations"]["Segment.io"]
    assert found["apiHost"] == f"{server.host}:{server.port}/v1"
    assert found["protocol"] == "http"
    assert server.ask("GET", "/v1/projects/unknown/settings")[0] == 404
    assert post(server, "/v1/m", {"series": []})[0] == 200


def test_other_methods_and_paths_below_v1_do_not_exist(server: Server) -> None:
    assert server.ask("GET", "/v1/track")[0] == 404
    assert server.ask("POST", "/v1/nothing", b"{}")[0] == 404


def test_the_python_library_sends_without_knowing_it_is_not_segment(
    server: Server, key: str
) -> None:
    failed: list[object] = []
    client = segment.analytics.client.Client(
        key, host=server.address, gzip=True, on_error=lambda error, items: failed.append(error)
    )
    client.identify("ann", {"plan": "pro"})
    client.group("ann", "acme", {"tier": "gold"})
    client.page("ann", "Docs", "Start", {"url": "https://a.b/"})
    for number in range(250):
        client.track("ann", "library event", {"number": number})
    client.flush()
    client.join()
    assert not failed
    loaded = names(server)
    assert loaded.count("library event") == 250
    assert {"$identify", "$group", "$page"} <= set(loaded)


def test_other_requests_reach_the_engine_unchanged(server: Server) -> None:
    status, _, body = server.ask(
        "PUT", "/echo?a=b%20c&d", b"x" * 3_000_000, {"X-Forwarded-For": "9.9.9.9", "X-Mine": "1"}
    )
    echo = json.loads(body)
    assert status == 200
    assert (echo["method"], echo["query"], echo["length"]) == ("PUT", "a=b%20c&d", 3_000_000)
    assert "x-mine" in echo["headers"]


def test_a_stream_arrives_piece_by_piece_and_ends_when_the_client_leaves(
    place: tuple[Server, str],
) -> None:
    server = place[0]
    gone = server.data_dir / "projects" / "p1" / "stream-left"
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    connection.request("GET", "/stream")
    answer = connection.getresponse()
    assert answer.getheader("content-type") == "text/event-stream"
    started = time.monotonic()
    assert answer.readline() == b"data: 0\n"
    assert time.monotonic() - started < 2
    assert not gone.exists()
    assert connection.sock is not None
    connection.sock.shutdown(socket.SHUT_RDWR)
    connection.close()
    answer.close()
    deadline = time.monotonic() + 5
    while not gone.exists():
        assert time.monotonic() < deadline, "the engine still streams"
        time.sleep(0.05)


def test_the_metrics_sum_over_all_receivers(server: Server, key: str) -> None:
    def received() -> int:
        text = server.ask("GET", "/metrics")[2].decode()
        found = re.search(r"^cairn_received_requests_total (\d+)$", text, re.MULTILINE)
        assert found
        return int(found[1])

    before = received()
    for _ in range(20):
        assert post(server, "/v1/track", TRACK, basic(key))[0] == 200
    assert received() == before + 20


def test_the_server_is_alive_without_asking_the_engine(server: Server) -> None:
    assert server.ask("GET", "/healthz")[2] == b'{"status":"ok"}'


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)
fields = st.sampled_from(
    ["type", "event", "userId", "anonymousId", "properties", "traits", "context", "timestamp",
     "messageId", "sentAt", "writeKey", "batch", "groupId", "previousId", "name"]
)  # fmt: skip
objects = st.dictionaries(fields | st.text(max_size=4), json_values)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    name=st.sampled_from(ENDPOINTS),
    body=st.binary(max_size=80)
    | objects.map(lambda value: json.dumps(value).encode())
    | st.lists(objects, max_size=3).map(lambda value: json.dumps({"batch": value}).encode())
    | st.lists(objects, max_size=2).map(
        lambda value: gzip.compress(json.dumps({"batch": value}).encode())
    ),
    header=st.sampled_from([{}, {"Content-Encoding": "gzip"}, {"Content-Type": "text/plain"}]),
)
def test_no_body_gives_an_error_of_the_server(
    place: tuple[Server, str], name: str, body: bytes, header: dict[str, str]
) -> None:
    server, key = place
    status, _, answer = server.ask("POST", f"/v1/{name}", body, {**header, **basic(key)})
    assert status in (200, 400, 401, 413), answer
    assert json.loads(answer)
