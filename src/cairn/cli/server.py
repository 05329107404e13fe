"""`cairn serve`, and the server that other verbs talk to."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from cairn.cli.options import DataDir, Host, Port
from cairn.cli.serve import address_in_use, serve
from cairn.cli.show import notes
from cairn.core.errors import Unavailable
from cairn.core.settings import Settings, load_settings

_READY_SECONDS = 120.0
_LOOK_SECONDS = 0.1


def serve_here(host: Host = None, port: Port = None, data_dir: DataDir = None) -> None:
    """Start the server: it collects events, answers questions and shows the pages.

    Open the address it prints. On the first visit the page asks who owns this installation, and
    gives the key with which your product sends events. Ctrl-C stops the server; events that clients
    were told are safe stay safe.
    """
    settings = settings_from(host=host, port=port, data_dir=data_dir)

    def ready(address: str) -> None:
        notes.print(f"Cairn runs at [bold]{address}[/]", highlight=False)
        if not _has_owner(settings):
            notes.print("Open that page to create your account and your first project.")
        notes.print(f"Data is kept in {settings.data_dir}. Ctrl-C stops.", highlight=False)

    serve(settings, ready)


def settings_from(**given: object) -> Settings:
    """Return the settings, overridden by those options that were given."""
    return load_settings(**{name: value for name, value in given.items() if value is not None})


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """Run a server in the block, and yield its address once it answers.

    Raises Conflict when the port or the data directory is in use.
    """
    stop, ended = threading.Event(), threading.Event()
    found: list[str] = []
    failures: list[Exception] = []

    def run() -> None:
        try:
            serve(settings, found.append, stop)
        except Exception as error:
            failures.append(error)
        finally:
            ended.set()

    thread = threading.Thread(target=run, name="server")
    with _ending_on_signals():
        thread.start()
        try:
            waited = 0.0
            while not found and not ended.wait(_LOOK_SECONDS):
                waited += _LOOK_SECONDS
                if waited > _READY_SECONDS:
                    raise Unavailable(
                        f"the server was not ready after {_READY_SECONDS:.0f} s",
                        hint="`cairn doctor` looks for the cause.",
                    )
            if failures:
                raise failures[0]
            yield found[0]
        finally:
            stop.set()
            thread.join()


@contextmanager
def reached(settings: Settings, note: Callable[[str], None] | None = None) -> Iterator[str]:
    """Yield the address of the server on the data directory: the one that runs, or one for a while."""
    address = address_in_use(settings.data_dir)
    if address is not None:
        yield address
        return
    (note or notes.print)("No server runs here, so one is started for this.")
    quiet = {"host": "127.0.0.1", "port": 0, "receivers": 1, "log_level": "error"}
    with serving(settings.model_copy(update=quiet)) as address:
        yield address


@contextmanager
def _ending_on_signals() -> Iterator[None]:
    """End the block in order when the process is asked to end, also one in the background."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _has_owner(settings: Settings) -> bool:
    from cairn.access import members
    from cairn.cli.installation import records_of

    with records_of(settings.data_dir) as records, records.read() as session:
        return members.any_member(session)
