"""`cairn demo`: a running Cairn with data in it, a dashboard, and a link that signs you in."""

from __future__ import annotations

import os
import signal
import sys
import time
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from cairn.access import members, projects
from cairn.access.projects import Project
from cairn.cli.import_ import deliver_files, deliver_messages
from cairn.cli.installation import write_key_of
from cairn.cli.link import link_for
from cairn.cli.options import DataDir, Host, Port
from cairn.cli.serve import address_in_use
from cairn.cli.server import serving, settings_from
from cairn.cli.show import notes
from cairn.core.clock import system_clock
from cairn.core.errors import CairnError, Conflict, InvalidInput
from cairn.core.settings import Settings
from cairn.dashboards.dashboard import Draft
from cairn.dashboards.demo import cross_validated, game_launch, simulated_product
from cairn.dashboards.setup import set_up, start_project
from cairn.imports.examples import EXAMPLES, GAME_LAUNCH, STACKEXCHANGE, Example
from cairn.simulate.messages import days_simulated, people_for, simulated_messages
from cairn.store.records.records import Records

OWNER = "owner@demo.example"
"""Who owns an installation that is a demo, and how one is told from others."""

_LOADED = "demo-data-loaded"
_FEWEST_EVENTS = 1_000
_DASHBOARDS = {STACKEXCHANGE.folder: cross_validated, GAME_LAUNCH.folder: game_launch}

_Bring = Callable[[str, str, Path], None]


@dataclass(frozen=True, slots=True)
class _Demo:
    """A data set, the dashboard that shows it, and how to send it to an address with a key."""

    title: str
    credit: str
    dashboard: Callable[[], Draft]
    bring: _Bring


def demo(
    data: Annotated[
        str, typer.Option(help="Which data: stackexchange or game-launch.")
    ] = STACKEXCHANGE.folder,
    events: Annotated[
        int | None,
        typer.Option(
            min=_FEWEST_EVENTS,
            help="Simulate a software product with so many events instead; millions are fine.",
        ),
    ] = None,
    exit_after: Annotated[
        bool, typer.Option("--exit", help="Stop when the data is there, without serving on.")
    ] = False,
    open_page: Annotated[
        bool, typer.Option("--open", help="Open the dashboard in a browser, where there is one.")
    ] = False,
    host: Host = None,
    port: Port = None,
    data_dir: DataDir = None,
) -> None:
    """Show Cairn with data in it.

    Starts a server, sends it a real data set the way any client would (the second time it is there
    already), and prints a link that signs you in once. Ctrl-C stops the server.
    """
    began = time.monotonic()
    chosen = _chosen(data) if events is None else _simulated(events)
    settings = settings_from(host=host, port=port, data_dir=data_dir)
    running = address_in_use(settings.data_dir)
    records = Records.open(settings.data_dir / "records.sqlite")
    try:
        project, write_key = _found(records, chosen)
        loaded = settings.data_dir / "projects" / project.id / _LOADED
        with _served(settings, running) as address:
            if not loaded.exists():
                chosen.bring(address, write_key, settings.data_dir / "imports")
                loaded.parent.mkdir(parents=True, exist_ok=True)
                loaded.touch()
            _say_ready(chosen, time.monotonic() - began)
            if exit_after:
                return
            _greet(link_for(records, address), open_page)
            if running is None:
                with suppress(KeyboardInterrupt):
                    while True:
                        signal.pause()
    finally:
        records.close()


def _chosen(data: str) -> _Demo:
    for example in EXAMPLES:
        if example.folder == data:
            return _Demo(example.title, example.credit, _DASHBOARDS[data], _bringing(example))
    raise InvalidInput(
        f"there is no example data {data!r}",
        hint=f"Choose from: {', '.join(example.folder for example in EXAMPLES)}.",
    )


def _bringing(example: Example) -> _Bring:
    def bring(address: str, write_key: str, folder: Path) -> None:
        delivery = deliver_files(example.paths(), address, write_key, folder)
        rejected = sum(report.tally.rejected for _, report in delivery.reports)
        if rejected:
            raise CairnError(
                f"{rejected:,} rows of the example data were rejected",
                hint=f"The files in {folder} say why. Are the example files complete?",
            )

    return bring


def _simulated(events: int) -> _Demo:
    def bring(address: str, write_key: str, folder: Path) -> None:
        calls = events + 2 * people_for(events)
        deliver_messages(simulated_messages(events), calls, address, write_key)

    first, last = (str(day) for day in days_simulated())
    return _Demo(
        f"Simulated product, {events:,} events",
        "simulated; none of these people exist",
        lambda: simulated_product(first, last),
        bring,
    )


def _found(records: Records, chosen: _Demo) -> tuple[Project, str]:
    """Return the demo's project and its write key, creating what is missing.

    Raises Conflict when the data directory holds something that is no demo.
    """
    with records.read() as session:
        if members.any_member(session):
            if members.find(session, OWNER) is None:
                raise Conflict(
                    "this data directory holds an installation that is not a demo",
                    hint="Choose an empty folder for the demo with --data-dir.",
                )
            known = _project(session, chosen.title)
            if known is not None:
                return known, write_key_of(session, known)
            empty = False
        else:
            empty = True
    if empty:
        founded = set_up(
            records,
            email=OWNER,
            name="Demo owner",
            password=None,
            project_name=chosen.title,
            dashboard=chosen.dashboard(),
        )
        return founded.project, founded.write_key
    with records.change() as session:
        return start_project(
            session,
            name=chosen.title,
            timezone="UTC",
            dashboard=chosen.dashboard(),
            actor=OWNER,
            now_us=system_clock(),
        )


def _project(session: Session, title: str) -> Project | None:
    return next((one for one in projects.all_projects(session) if one.name == title), None)


@contextmanager
def _served(settings: Settings, running: str | None) -> Iterator[str]:
    if running is not None:
        yield running
        return
    with serving(settings) as address:
        yield address


def _say_ready(chosen: _Demo, seconds: float) -> None:
    notes.print(f"\n[bold]{chosen.title}[/] is ready after {seconds:.0f} s.", highlight=False)
    notes.print(f"[dim]Data: {chosen.credit}.[/]", highlight=False)


def _greet(link: str, open_page: bool) -> None:
    notes.print("Open this link to sign in; it works once:")
    print(link, flush=True)
    notes.print("[dim]Run `cairn demo` again for another link. Ctrl-C stops the server.[/]\n")
    if open_page and _has_display():
        webbrowser.open(link)


def _has_display() -> bool:
    on_desktop = sys.platform in ("darwin", "win32")
    return on_desktop or any(name in os.environ for name in ("DISPLAY", "WAYLAND_DISPLAY"))
