"""A real `cairn serve` on the events of the benchmark: how soon it is ready, and how fast it answers."""

from __future__ import annotations

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.measure import ROUNDS, Disagreement, Outcome, difference
from benchmarks.questions import Question
from cairn.access.keys import create_api_key
from cairn.insights.answer import Answer
from cairn.store.records.records import Records
from cairn.store.records.tables import ProjectRow

PROJECT = "bench"
_UNTIMED = 5
_LONGEST_START_SECONDS = 120.0
_local = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def prepare(data_dir: Path) -> str:
    """Make the project whose events lie in `data_dir`, and return an API key that may ask."""
    records = Records.open(data_dir / "records.sqlite")
    try:
        with records.change() as session:
            session.add(
                ProjectRow(
                    id=PROJECT, name="Bench", timezone="UTC", week_start="monday", created_us=0
                )
            )
            session.flush()
            key = create_api_key(
                session, PROJECT, name="bench", scopes=("query",), actor="bench", now_us=0
            )
    finally:
        records.close()
    return str(key.secret)


def cold_start(data_dir: Path, times: int = 3) -> float:
    """Return the median seconds from the command to `/readyz`, with no file of it in memory."""
    return statistics.median(_start_once(data_dir) for _ in range(times))


def over_http(
    data_dir: Path, key: str, outcomes: Sequence[Outcome], step: Callable[[str], None]
) -> Mapping[str, float]:
    """Return the median seconds of each question over HTTP, its answer read to the end.

    Every request differs from the others in what changes nothing, so that no answer comes from memory. Raises Disagreement
    when an answer differs from the one of the engine's call.
    """
    seconds: dict[str, list[float]] = {outcome.question.name: [] for outcome in outcomes}
    with _server(data_dir) as address:
        for number in range(_UNTIMED + ROUNDS):
            for outcome in outcomes:
                question = outcome.question
                step(f"{question.name} over HTTP")
                request = urllib.request.Request(
                    f"{address}/api/projects/{PROJECT}/query",
                    _told_apart(question, number),
                    {"authorization": f"Bearer {key}", "content-type": "application/json"},
                )
                began = time.perf_counter()
                with _local.open(request, timeout=60) as answer:
                    body = answer.read()
                seconds[question.name].append(time.perf_counter() - began)
                cells = question.answer(Answer.model_validate_json(body).result)
                if cells != outcome.answer:
                    raise Disagreement(difference(question, "HTTP", outcome.answer, cells))
    return {name: statistics.median(taken[_UNTIMED:]) for name, taken in seconds.items()}


def _told_apart(question: Question, number: int) -> bytes:
    """Return the question with so many conditions that always hold."""
    spec: dict[str, Any] = json.loads(question.spec.model_dump_json(by_alias=True))
    always: dict[str, Any] = {"all": []}
    spec["filter"] = {"all": [spec["filter"] or always, *[always] * number]}
    return json.dumps(spec).encode()


def _start_once(data_dir: Path) -> float:
    _forget_files(data_dir)
    began = time.perf_counter()
    with _server(data_dir):
        return time.perf_counter() - began


def _forget_files(folder: Path) -> None:
    """Ask the system to drop what it keeps of these files in memory."""
    for path in folder.rglob("*"):
        if path.is_file():
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(handle)


@contextmanager
def _server(data_dir: Path) -> Iterator[str]:
    """Run `cairn serve` in processes of its own; yield its address once it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name("cairn")), "serve"],
        env={**os.environ, "CAIRN_PORT": str(port), "CAIRN_DATA_DIR": str(data_dir)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(process, address)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def _wait_until_ready(process: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + _LONGEST_START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            assert process.stderr is not None
            raise RuntimeError(f"cairn serve ended: {process.stderr.read().decode()[-2000:]}")
        try:
            with _local.open(f"{address}/readyz", timeout=10):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.01)
    raise TimeoutError(f"cairn serve was not ready within {_LONGEST_START_SECONDS:.0f} s")
