"""The processes of one server: receivers that own the port, and the engine behind them.

The supervisor does little, so that it does not fail: it binds the port, holds the lock on the data
directory, starts the other processes, and starts again what dies. Each of them ends when the
supervisor does, because its standard input ends then.
"""

from __future__ import annotations

import fcntl
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, Any

import structlog

from cairn.core.errors import CairnError, Conflict, Unavailable
from cairn.core.garbage import collect_rarely
from cairn.core.log import write_log
from cairn.core.settings import Settings

ENGINE = "cairn.app:engine_app"

_GRACE_SECONDS = 20.0
_LONGEST_PAUSE_SECONDS = 10.0
_STABLE_SECONDS = 30.0
_HANDOVER_SECONDS = 15.0
_LOCK = "server.lock"
_ORDERS = 0  # standard input, read without the buffer whose lock a thread would hold at the end

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Child:
    """One process, and when to start it again."""

    role: str
    orders: dict[str, Any]
    descriptors: tuple[int, ...]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.1
    due: float = field(default=0.0)

    def start(self) -> None:
        """Start the process and give it its orders."""
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from cairn.cli.serve import obey; obey()"],
            stdin=subprocess.PIPE,
            pass_fds=self.descriptors,
            start_new_session=True,  # a Ctrl-C in the terminal is for the supervisor alone
        )
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(self.orders).encode() + b"\n")
        self.process.stdin.flush()
        self.started = time.monotonic()

    def tend(self) -> None:
        """Start the process again if it died, after a pause that grows while it keeps dying."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.pause = 0.1 if now - self.started > _STABLE_SECONDS else 2 * self.pause
        self.pause = min(self.pause, _LONGEST_PAUSE_SECONDS)
        self.due = now + self.pause
        _log.error("process_died", role=self.role, exit_code=code, again_in_seconds=self.pause)
        self._forget()

    def stop(self) -> None:
        """End the process, letting it finish what it does, and wait until it has."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            _log.error("process_killed", role=self.role, after_seconds=_GRACE_SECONDS)
            self.process.kill()
            self.process.wait()
        self._forget()

    def _forget(self) -> None:
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()
        self.process = None


def serve(
    settings: Settings,
    ready: Callable[[str], None] | None = None,
    stop: threading.Event | None = None,
    engine: str = ENGINE,
) -> None:
    """Serve until SIGTERM, Ctrl-C or `stop`.

    `ready` is called once with the server's address, in a thread of its own, when questions can be
    answered. Raises Conflict when the port or the data directory is in use.
    """
    stopping = stop or threading.Event()
    write_log("supervisor", settings.log_level)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    lock = _lock(settings.data_dir)
    try:
        listening = _listen(settings)
    except CairnError:
        lock.close()
        raise
    address = _address(listening[0])
    _say_who(lock, address)
    shared = {"settings": settings.model_dump(mode="json"), "engine": engine}
    children = [
        _Child("engine", {"role": "engine", **shared}, (lock.fileno(),)),
        *(
            _Child(
                "receiver",
                {"role": "receiver", "name": f"r{i}", "listening": door.fileno(), **shared},
                (door.fileno(), lock.fileno()),
            )
            for i, door in enumerate(listening)
        ),
    ]
    before = _on_signals(stopping)
    announcing = threading.Thread(
        target=_announce, args=(address, ready, stopping), name="ready", daemon=True
    )
    announcing.start()
    try:
        while not stopping.is_set():
            for child in children:
                child.tend()
            stopping.wait(0.1)
    finally:
        stopping.set()
        for child in reversed(children):  # receivers first, so that clients are told at once
            child.stop()
        for door in listening:
            door.close()
        lock.close()
        for number, handler in before.items():
            signal.signal(number, handler)


def obey() -> None:
    """Be the process that the supervisor asks for on standard input. Not for other callers."""
    line = b""
    while not line.endswith(b"\n"):
        part = os.read(_ORDERS, 1 << 16)
        if not part:
            return
        line += part
    orders = json.loads(line)
    threading.Thread(target=_end_with_supervisor, name="lifeline", daemon=True).start()
    settings = Settings.model_validate(orders["settings"])
    write_log(orders.get("name", orders["role"]), settings.log_level)
    if orders["role"] == "engine":
        _engine(settings, orders["engine"])
    else:
        _receiver(settings, orders["name"], socket.socket(fileno=orders["listening"]))


def _receiver(settings: Settings, name: str, listening: socket.socket) -> None:
    import uvicorn

    from cairn.collect.commit import Committer
    from cairn.collect.counts import Counts
    from cairn.collect.door import Door
    from cairn.collect.receive import Receiver
    from cairn.collect.sockets import engine_socket
    from cairn.store.records.keys import WriteKeys

    def spool_of(project: str) -> Path:
        return settings.data_dir / "projects" / project / "spool"

    counts_folder = settings.data_dir / "receivers"
    counts = Counts(counts_folder, name)
    committer = Committer(spool_of, name)
    receiver = Receiver(
        keys=WriteKeys(settings.data_dir / "records.sqlite"),
        committer=committer,
        engine=Door(engine_socket(settings), counts_folder),
        counts=counts,
        data_dir=settings.data_dir,
        min_free_mb=settings.min_free_mb,
    )
    config = uvicorn.Config(
        receiver,
        loop="auto",
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="warning",
        server_header=False,
        backlog=2048,
        timeout_graceful_shutdown=5,
    )
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        committer.close()


def _engine(settings: Settings, engine: str) -> None:
    import uvicorn

    from cairn.collect.sockets import engine_socket

    module, _, name = engine.partition(":")
    path = engine_socket(settings)
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o077)
    try:
        listening.bind(str(path))
    finally:
        os.umask(mask)
    app = getattr(importlib.import_module(module), name)(settings)
    collect_rarely()
    config = uvicorn.Config(
        app,
        loop="auto",
        http="httptools",
        ws="none",
        access_log=False,
        log_level="warning" if settings.log_level == "info" else settings.log_level,
        server_header=False,
        date_header=False,
        forwarded_allow_ips="*",
        timeout_graceful_shutdown=5,
    )
    uvicorn.Server(config).run(sockets=[listening])


def _end_with_supervisor() -> None:
    while os.read(_ORDERS, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _lock(data_dir: Path) -> IO[str]:
    """Hold the data directory, waiting a little for the processes of a server that just ended."""
    lock = (data_dir / _LOCK).open("a+")
    deadline = time.monotonic() + _HANDOVER_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().partition(" ")[0]
            if _is_running(holder) or time.monotonic() > deadline:
                lock.close()
                raise Conflict(
                    f"another Cairn server (process {holder or 'unknown'}) uses {data_dir}",
                    hint="Stop it first, or choose another folder with CAIRN_DATA_DIR.",
                ) from None
            time.sleep(0.05)
    _say_who(lock, "")
    return lock


def _say_who(lock: IO[str], address: str) -> None:
    """Write into the lock which process holds it, and where it listens."""
    lock.truncate(0)
    lock.write(f"{os.getpid()} {address}")
    lock.flush()


def address_in_use(data_dir: Path) -> str | None:
    """Return the address of the server that runs on a data directory, or None when none does.

    Waits a little for one that is starting or ending.
    """
    deadline = time.monotonic() + _HANDOVER_SECONDS
    while True:
        try:
            lock = (data_dir / _LOCK).open("r+")
        except FileNotFoundError:
            return None
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return None
            except BlockingIOError:
                holder, _, address = lock.read().partition(" ")
        if address and _is_running(holder):
            return address
        if time.monotonic() > deadline:
            raise Unavailable(
                f"a Cairn server (process {holder or 'unknown'}) holds {data_dir}, but says no "
                "address",
                hint="Is it just starting? Wait a moment, or stop it.",
            )
        time.sleep(0.05)


def _is_running(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def _listen(settings: Settings) -> list[socket.socket]:
    """Return a listening socket per receiver, all on the same port."""
    shared = settings.receivers > 1
    try:
        first = _bound(settings.host, settings.port, shared=False)
        port = first.getsockname()[1]
        if not shared:
            return [first]
        first.close()
        return [_bound(settings.host, port, shared=True) for _ in range(settings.receivers)]
    except OSError as error:
        if isinstance(error, socket.gaierror):
            raise Unavailable(
                f"the address {settings.host!r} cannot be found",
                hint="Set CAIRN_HOST to an address of this machine, such as 0.0.0.0.",
            ) from error
        raise Conflict(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror}",
            hint="Stop what uses the port, or choose another one with CAIRN_PORT.",
        ) from error


def _bound(host: str, port: int, *, shared: bool) -> socket.socket:
    family, kind, protocol, _, place = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    door = socket.socket(family, kind, protocol)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        door.bind(place)
        door.listen(2048)  # clients may connect from now on, even before a receiver is up
    except OSError:
        door.close()
        raise
    return door


def _address(door: socket.socket) -> str:
    host, port = door.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _announce(address: str, ready: Callable[[str], None] | None, stopping: threading.Event) -> None:
    if ready is None:
        return
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while not stopping.is_set():
        try:
            with opener.open(f"{address}/readyz", timeout=10) as answer:
                if answer.status == 200:
                    break
        except OSError:
            stopping.wait(0.05)
    if not stopping.is_set():
        ready(address)


_Handler = Callable[[int, FrameType | None], Any] | int | signal.Handlers | None


def _on_signals(stopping: threading.Event) -> dict[int, _Handler]:
    """Stop on SIGTERM and Ctrl-C, where signals can be handled, and return the handlers before."""
    if threading.current_thread() is not threading.main_thread():
        return {}

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    return {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
