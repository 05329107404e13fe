"""What keeps a server from starting is said plainly."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from serving.running import running, write_key

from cairn.cli.serve import serve
from cairn.collect.sockets import engine_socket
from cairn.core.errors import Conflict, Unavailable
from cairn.core.settings import load_settings


def test_two_servers_on_one_data_directory_refuse(tmp_path: Path) -> None:
    write_key(tmp_path)
    with running(tmp_path) as server, pytest.raises(Conflict) as refusal:
        serve(load_settings(data_dir=tmp_path, port=0))
    assert str(server.process.pid) in refusal.value.message
    assert "CAIRN_DATA_DIR" in refusal.value.hint


@pytest.mark.parametrize("receivers", [1, 2])
def test_a_port_in_use_is_named(tmp_path: Path, receivers: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Conflict) as refusal:
            serve(load_settings(data_dir=tmp_path, port=port, receivers=receivers))
    assert f"127.0.0.1:{port}" in refusal.value.message
    assert "CAIRN_PORT" in refusal.value.hint


def test_an_address_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="nowhere.invalid"):
        serve(load_settings(data_dir=tmp_path, host="nowhere.invalid"))


def test_a_data_directory_with_a_long_path_works(tmp_path: Path) -> None:
    data_dir = tmp_path / ("long" * 25)
    data_dir.mkdir()
    assert len(str(engine_socket(load_settings(data_dir=data_dir)))) <= 100
    write_key(data_dir)
    with running(data_dir) as server:
        assert server.ask("GET", "/echo")[0] == 200


def test_while_the_engine_is_away_events_are_taken_and_questions_told_to_wait(
    tmp_path: Path,
) -> None:
    key = write_key(tmp_path)
    with running(tmp_path) as server:
        engine_socket(load_settings(data_dir=tmp_path)).unlink()
        body = f'{{"event":"e","userId":"u","writeKey":"{key}"}}'.encode()
        assert server.ask("POST", "/v1/track", body)[0] == 200
        status, headers, answer = server.ask("GET", "/api/me")
        assert status in (200, 503)  # an open connection to the engine may still be there
        if status == 503:
            assert headers["retry-after"]
            assert b'"hint"' in answer
