"""`cairn doctor`: what is wrong with an installation, and what to do about it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal

import httpx
import typer
from rich.markup import escape
from rich.table import Table

from cairn import __version__
from cairn.access.projects import Project, all_projects
from cairn.api.interface import STATIC
from cairn.cli.installation import records_of
from cairn.cli.options import DataDir
from cairn.cli.serve import address_in_use
from cairn.cli.server import settings_from
from cairn.cli.show import output
from cairn.collect.spool import segments
from cairn.core.errors import CairnError
from cairn.core.settings import Settings, settings_file
from cairn.imports.counts import counts_of
from cairn.store.duckdb.examine import examine as examine_events

Status = Literal["ok", "warn", "fail"]

_MARKS = {"ok": "[green]ok[/]", "warn": "[yellow]warn[/]", "fail": "[bold red]fail[/]"}
_PARTS = ("duckdb", "numpy", "numba", "pyarrow", "fastapi", "uvicorn", "sqlalchemy")
_FIRST_YEAR = 2025
_CLOCK_TOLERANCE_SECONDS = 5.0
_LARGE_LAG_MB = 64


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check. `advice` says what to do when it is not well."""

    check: str
    status: Status
    found: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class _Patient:
    """What is examined. `address` is that of the server that runs on the data directory."""

    settings: Settings
    address: str | None
    trouble: CairnError | None = None

    @property
    def data_dir(self) -> Path:
        return self.settings.data_dir

    def projects(self) -> Sequence[Project]:
        with records_of(self.data_dir) as records, records.read() as session:
            return all_projects(session)


def doctor(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the findings as JSON, for programs.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Check the installation, and say what to do about what is wrong.

    Works whether a server runs or not, and changes nothing. The exit code is 1 when something
    fails, 0 when everything is well or only worth a look.
    """
    findings = examine(settings_from(data_dir=data_dir))
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        table = Table(box=None, pad_edge=False)
        for heading in ("", "check", "found"):
            table.add_column(heading, overflow="fold")
        for finding in findings:
            advice = f"\n[bold]→ {escape(finding.advice)}[/]" if finding.advice else ""
            table.add_row(_MARKS[finding.status], finding.check, escape(finding.found) + advice)
        output().print(table)
    if any(finding.status == "fail" for finding in findings):
        raise typer.Exit(CairnError.exit_code)


def examine(settings: Settings) -> Sequence[Finding]:
    """Run every check."""
    try:
        patient = _Patient(settings, address_in_use(settings.data_dir))
    except CairnError as trouble:
        patient = _Patient(settings, None, trouble)
    found: list[Finding] = []
    for name, check in CHECKS.items():
        try:
            found.extend(check(patient))
        except CairnError as error:
            found.append(Finding(name, "fail", error.message, error.hint))
        except Exception as error:
            found.append(
                Finding(name, "fail", f"{type(error).__name__}: {error}", "Please report this.")
            )
    return found


def _versions(patient: _Patient) -> Iterator[Finding]:
    parts = ", ".join(f"{part} {version(part)}" for part in _PARTS)
    python = sys.version.split()[0]
    yield Finding("versions", "ok", f"cairn {__version__}, Python {python}, {parts}")


def _settings(patient: _Patient) -> Iterator[Finding]:
    sources = _sources(patient.settings)
    shown = ", ".join(
        f"{name}={getattr(patient.settings, name)} ({sources.get(name, 'default')})"
        for name in Settings.model_fields
    )
    yield Finding("settings", "ok", shown)
    unknown = sorted(name for name in _from_file() if name not in Settings.model_fields)
    if unknown:
        yield Finding(
            "settings",
            "warn",
            f"{settings_file()} has {', '.join(map(repr, unknown))}, which is no setting",
            "Is it spelled right? docs/settings.md lists every setting.",
        )


def _clock(patient: _Patient) -> Iterator[Finding]:
    now = datetime.now(UTC)
    shown = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    if now.year < _FIRST_YEAR:
        yield Finding(
            "clock",
            "fail",
            f"{shown}, which is in the past",
            "Set the clock; events without a time of their own get this one.",
        )
        return
    written = patient.data_dir / f".clock-{os.getpid()}"
    if not patient.data_dir.is_dir() or not os.access(patient.data_dir, os.W_OK):
        yield Finding("clock", "ok", shown)
        return
    try:
        written.touch()
        gap = written.stat().st_mtime - time.time()
    finally:
        written.unlink(missing_ok=True)
    if abs(gap) > _CLOCK_TOLERANCE_SECONDS:
        yield Finding(
            "clock",
            "warn",
            f"{shown}; the disk's clock differs by {gap:+.0f} s",
            "Does the data directory lie on a network file system? Use a local disk.",
        )
    else:
        yield Finding("clock", "ok", shown)


def _data_directory(patient: _Patient) -> Iterator[Finding]:
    folder = patient.data_dir
    if not folder.exists():
        yield Finding(
            "data directory",
            "warn",
            f"{folder} does not exist yet",
            "`cairn serve` creates it; or name another one with CAIRN_DATA_DIR.",
        )
        return
    state = folder.stat()
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding(
            "data directory",
            "fail",
            f"{folder} cannot be read and written by this user",
            f"Give it to the user that runs Cairn: chown -R {_user()} {folder}",
        )
    elif state.st_mode & 0o002:
        yield Finding(
            "data directory",
            "warn",
            f"everybody on this machine may write into {folder}",
            f"chmod o-w {folder}",
        )
    else:
        yield Finding("data directory", "ok", str(folder.resolve()))


def _disk(patient: _Patient) -> Iterator[Finding]:
    folder = next(
        one for one in (patient.data_dir, *patient.data_dir.resolve().parents) if one.exists()
    )
    free_mb = shutil.disk_usage(folder).free >> 20
    least = patient.settings.min_free_mb
    shown = f"{free_mb:,} MB free"
    if free_mb < least:
        yield Finding(
            "disk",
            "fail",
            f"{shown}, less than the {least:,} MB of min_free_mb: events are refused",
            "Free disk space, or lower CAIRN_MIN_FREE_MB.",
        )
    elif free_mb < 4 * least:
        yield Finding("disk", "warn", shown, f"Events are refused below {least:,} MB: free some.")
    else:
        yield Finding("disk", "ok", shown)


def _server(patient: _Patient) -> Iterator[Finding]:
    settings = patient.settings
    if patient.trouble is not None:
        yield Finding("server", "fail", patient.trouble.message, patient.trouble.hint)
    elif patient.address is not None:
        with _client(patient.address) as client:
            try:
                answer = client.get("/readyz")
            except httpx.TransportError as error:
                yield Finding(
                    "server",
                    "fail",
                    f"it should answer at {patient.address}, but: {error or type(error).__name__}",
                    "Look at its log, then start it again.",
                )
                return
        if answer.status_code == 200:
            yield Finding("server", "ok", f"runs at {patient.address} and answers questions")
        else:
            yield Finding(
                "server",
                "fail",
                f"runs at {patient.address}, but answered {answer.status_code}",
                "Wait a moment if it is starting; otherwise look at its log.",
            )
    elif _is_taken(settings.host, settings.port):
        yield Finding(
            "server",
            "warn",
            f"none runs here, and something else uses {settings.host}:{settings.port}",
            "Stop that, or choose another port with CAIRN_PORT.",
        )
    else:
        yield Finding("server", "ok", f"none runs here; {settings.host}:{settings.port} is free")


def _interface(patient: _Patient) -> Iterator[Finding]:
    if (STATIC / "index.html").is_file():
        yield Finding("user interface", "ok", "built")
    else:
        yield Finding(
            "user interface", "warn", "not built", "Run `make web` in a checkout of the repository."
        )


def _records(patient: _Patient) -> Iterator[Finding]:
    if not (patient.data_dir / "records.sqlite").exists():
        yield Finding("records", "ok", "none yet")
        return
    count = len(patient.projects())
    yield Finding("records", "ok", f"open; {count} project{'' if count == 1 else 's'}")


def _spool(patient: _Patient) -> Iterator[Finding]:
    if patient.address is not None:
        with _client(patient.address) as client:
            counts = counts_of(client)
        if counts is None:
            yield Finding(
                "spool", "warn", "the server does not tell its counts", "Is it an older version?"
            )
            return
        waiting = counts.waiting_bytes
    else:
        waiting = sum(
            path.stat().st_size
            for project in _known(patient)
            for path in segments(patient.data_dir / "projects" / project.id / "spool")
        )
    shown = f"{waiting / 1e6:,.1f} MB wait to be loaded"
    if waiting > _LARGE_LAG_MB << 20:
        yield Finding(
            "spool",
            "warn",
            shown,
            "The loader is behind: look again in a minute; if it grows, see the server's log."
            if patient.address
            else "They are loaded when the server starts.",
        )
    else:
        yield Finding("spool", "ok", shown if patient.address else f"at most {shown}")


def _events(patient: _Patient) -> Iterator[Finding]:
    for project in _known(patient):
        folder = patient.data_dir / "projects" / project.id
        name = f"events of {project.name}"
        file = folder / "events.duckdb"
        if not file.exists():
            yield Finding(name, "ok", "none yet")
            continue
        size = f"{file.stat().st_size / 1e6:,.1f} MB"
        index = f"index {_size(folder / 'index') / 1e6:,.1f} MB"
        if patient.address is not None:
            yield Finding(name, "ok", f"{size}, open in the server, {index}")
            continue
        seen = examine_events(folder)
        found = f"{seen.events:,} events in {size}"
        if seen.index == "present":
            yield Finding(name, "ok", f"{found}; {index} for {seen.indexed:,} of them")
        else:
            yield Finding(name, "ok", f"{found}; index {seen.index}: the next start builds it")


CHECKS: Mapping[str, Callable[[_Patient], Iterator[Finding]]] = {
    "versions": _versions,
    "settings": _settings,
    "clock": _clock,
    "data directory": _data_directory,
    "disk": _disk,
    "server": _server,
    "user interface": _interface,
    "records": _records,
    "spool": _spool,
    "events": _events,
}
"""What is checked, in order."""


def _known(patient: _Patient) -> Sequence[Project]:
    """Return the projects, if there is an installation."""
    return patient.projects() if (patient.data_dir / "records.sqlite").exists() else ()


def _client(address: str) -> httpx.Client:
    return httpx.Client(base_url=address, timeout=10, trust_env=False)


def _is_taken(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host, port))
        except OSError:
            return True
    return False


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _user() -> str:
    return os.environ.get("USER") or str(os.getuid())


def _from_file() -> Mapping[str, object]:
    try:
        return tomllib.loads(settings_file().read_text())
    except FileNotFoundError:
        return {}


def _sources(settings: Settings) -> Mapping[str, str]:
    """Return where each setting that is not a default comes from."""
    found = dict.fromkeys(_from_file(), str(settings_file()))
    for name, field in Settings.model_fields.items():
        variable = f"CAIRN_{name.upper()}"
        if os.environ.get(variable):
            found[name] = variable
        elif name not in found and getattr(settings, name) != field.default:
            found[name] = "option"
    return found
