"""Run `cairn` as a person at a terminal would."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from cairn.cli import main
from cairn.cli.serve import address_in_use

_COMMAND = [sys.executable, "-c", "from cairn.cli import main; main()"]
_SECONDS = 100


def cairn(
    *arguments: str, folder: Path, given: bytes = b"", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder to its end."""
    done = subprocess.run(
        [*_COMMAND, *arguments],
        cwd=folder,
        input=given,
        capture_output=True,
        timeout=_SECONDS,
        env=_environment(variables),
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def cairn_here(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in this process, which is quicker, for what only says something and ends."""
    raw, noted = io.BytesIO(), io.StringIO()
    said = io.TextIOWrapper(raw, "utf-8", write_through=True)  # has a buffer, as stdout has
    before, environment = sys.argv, os.environ.copy()
    code = 0
    os.environ.clear()
    os.environ.update(_environment({}))
    sys.argv = ["cairn", *arguments]
    try:
        with (
            contextlib.chdir(folder),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(noted),
        ):
            main()
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        sys.argv = before
        os.environ.clear()
        os.environ.update(environment)
    return subprocess.CompletedProcess(arguments, code, raw.getvalue().decode(), noted.getvalue())


def well_here(*arguments: str, folder: Path) -> str:
    """Run a command in this process that must succeed, and return what it printed."""
    done = cairn_here(*arguments, folder=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def well(*arguments: str, folder: Path, **variables: str) -> str:
    """Run a command that must succeed, and return what it printed."""
    done = cairn(*arguments, folder=folder, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass
class Running:
    """A command that serves on."""

    process: subprocess.Popen[str]
    link: str

    @property
    def address(self) -> str:
        return self.link.partition("/sign-in")[0]

    @contextlib.contextmanager
    def sign_in(self) -> Iterator[httpx.Client]:
        """Yield a browser that came by the link."""
        token = self.link.partition("token=")[2]
        with httpx.Client(base_url=self.address, timeout=60, trust_env=False) as browser:
            me = browser.post("/api/sign-in/link", json={"token": token}).raise_for_status()
            browser.headers["x-csrf-token"] = me.json()["csrf_token"]
            yield browser

    def interrupt(self) -> int:
        """Press Ctrl-C, and return the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


@contextlib.contextmanager
def demo_in(folder: Path, *arguments: str) -> Iterator[Running]:
    """Run `cairn demo` while the block lasts."""
    process = subprocess.Popen(
        [*_COMMAND, "demo", "--port", "0", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        env=_environment({}),
    )
    assert process.stdout is not None
    give_up = threading.Timer(_SECONDS, process.kill)
    give_up.start()
    try:
        link = process.stdout.readline().strip()
        assert link, "the demo ended before it was ready"
        yield Running(process, link)
    finally:
        give_up.cancel()
        process.terminate()
        process.wait(30)
        process.stdout.close()


@contextlib.contextmanager
def serving_in(folder: Path) -> Iterator[str]:
    """Run `cairn serve` while the block lasts, and yield its address."""
    process = subprocess.Popen(
        [*_COMMAND, "serve", "--port", "0"],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
        env=_environment({}),
    )
    assert process.stderr is not None
    try:
        assert "Cairn runs at" in process.stderr.readline()
        address = address_in_use(folder / "cairn-data")
        assert address is not None
        yield address
    finally:
        process.terminate()
        process.wait(30)
        process.stderr.close()


def _environment(variables: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CAIRN_")}
    return {**kept, "COLUMNS": "120", "CAIRN_THREADS": "2", "CAIRN_MIN_FREE_MB": "1", **variables}
