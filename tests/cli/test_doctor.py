from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest

from cairn.cli.doctor import CHECKS, Finding, examine
from cairn.collect.pipeline import Turn, batch_of, walk
from cairn.collect.spool import Record
from cairn.core.settings import Settings, load_settings
from cairn.dashboards.setup import set_up
from cairn.store.duckdb.store import DuckDBStore
from cairn.store.records.records import Records

from .running import cairn


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return the settings of an installation with one project and one event."""
    monkeypatch.chdir(tmp_path)
    settings = load_settings(data_dir=tmp_path / "data", port=0, min_free_mb=1)
    records = Records.open(settings.data_dir / "records.sqlite")
    founded = set_up(records, email="a@example.org", name="A", password=None, project_name="Shop")
    records.close()
    store = DuckDBStore.open(settings.data_dir / "projects" / founded.project.id, threads=1)
    body = b'{"batch":[{"type":"track","event":"e","userId":"u"}]}'
    store.append(batch_of(walk(Turn([Record(1, "segment/batch", body)], 1), store), ()))
    store.fold()
    store.close()
    return settings


def found(settings: Settings) -> dict[str, Finding]:
    return {finding.check: finding for finding in examine(settings)}


def project_of(settings: Settings) -> Path:
    (folder,) = (settings.data_dir / "projects").iterdir()
    return folder


def test_a_sound_installation_passes_every_check(settings: Settings) -> None:
    findings = found(settings)
    assert {name for name in CHECKS if name not in ("events", "user interface")} <= findings.keys()
    assert {f.status for f in findings.values() if f.check != "user interface"} == {"ok"}
    assert "1 events" in findings["events of Shop"].found
    assert "for 1 of them" in findings["events of Shop"].found


def test_looking_changes_nothing(settings: Settings) -> None:
    def files() -> dict[str, bytes]:
        return {str(f): f.read_bytes() for f in settings.data_dir.rglob("*.duckdb")}

    before = files()
    examine(settings)
    assert files() == before
    assert not list(settings.data_dir.rglob("*.wal"))


def test_a_missing_index_is_noticed_and_is_no_failure(settings: Settings) -> None:
    shutil.rmtree(project_of(settings) / "index")
    finding = found(settings)["events of Shop"]
    assert finding.status == "ok"
    assert "index missing" in finding.found


def test_an_index_of_another_database_is_stale(settings: Settings) -> None:
    meta = next((project_of(settings) / "index").glob("*/meta.json"))
    meta.write_text(meta.read_text().replace('"database": "', '"database": "other-'))
    assert "index stale" in found(settings)["events of Shop"].found


def test_a_damaged_database_fails_with_advice(settings: Settings) -> None:
    (project_of(settings) / "events.duckdb").write_bytes(b"no database" * 1000)
    finding = found(settings)["events"]
    assert finding.status == "fail"
    assert "backup" in finding.advice


def test_a_nearly_full_disk_fails_before_it_is_full(settings: Settings) -> None:
    full = settings.model_copy(update={"min_free_mb": 10**9})
    assert found(full)["disk"].status == "fail"
    assert "CAIRN_MIN_FREE_MB" in found(full)["disk"].advice


def test_events_that_wait_in_the_spool_are_counted(settings: Settings) -> None:
    spool = project_of(settings) / "spool"
    spool.mkdir()
    (spool / "r0-1-000000.seg").write_bytes(b"x" * 3_000_000)
    assert "3.0 MB wait" in found(settings)["spool"].found


def test_a_port_that_something_else_uses_is_named(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        finding = found(settings.model_copy(update={"port": port}))["server"]
    assert finding.status == "warn"
    assert str(port) in finding.found


def test_a_setting_that_does_not_exist_is_pointed_out(settings: Settings) -> None:
    Path("cairn.toml").write_text("prot = 8000\n")
    findings = [f for f in examine(settings) if f.check == "settings"]
    assert "'prot'" in findings[1].found


def test_a_folder_that_everybody_may_write_to_is_pointed_out(settings: Settings) -> None:
    settings.data_dir.chmod(0o777)
    assert found(settings)["data directory"].advice.startswith("chmod o-w")


@pytest.mark.timeout(120)
def test_the_exit_code_tells_whether_something_fails(settings: Settings) -> None:
    arguments = ["doctor", "--data-dir", str(settings.data_dir)]
    assert cairn(*arguments, folder=Path.cwd()).returncode == 0
    broken = cairn(*arguments, folder=Path.cwd(), CAIRN_MIN_FREE_MB="1000000000")
    assert broken.returncode == 1
    assert "fail" in broken.stdout and "min_free_mb" in broken.stdout
