"""Events in and out by the command line, and questions about them."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from cairn.access.keys import create_api_key
from cairn.dashboards.setup import set_up, start_project
from cairn.store.records.records import Records

from .running import cairn, cairn_here, serving_in, well_here

MAP = ["--map", "event=what,time=at,person=who", "--timezone", "UTC"]
ROWS = 60
FUNNEL = {
    "kind": "funnel",
    "steps": [{"event": "e0"}, {"event": "e1"}],
    "period": {"from": "2024-05-01", "to": "2024-05-31"},
}


@dataclass(frozen=True)
class Shop:
    """A server on a folder with two projects."""

    folder: Path
    address: str
    write_key: str
    api_key: str


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("shop")
    records = Records.open(folder / "cairn-data" / "records.sqlite")
    founded = set_up(
        records, email="ada@example.org", name="Ada", password=None, project_name="Shop"
    )
    with records.change() as session:
        start_project(session, name="Copy", timezone="UTC", actor="ada", now_us=1)
        key = create_api_key(
            session, founded.project.id, name="cli", scopes=["query"], actor="ada", now_us=1
        )
    records.close()
    assert key.secret is not None
    write_rows(folder / "events.csv", ROWS, bad=1)
    (folder / "funnel.json").write_text(json.dumps(FUNNEL))
    with serving_in(folder) as address:
        yield Shop(folder, address, founded.write_key, key.secret)


def write_rows(path: Path, rows: int, bad: int = 0, name: str = "e") -> None:
    lines = ["what,at,who,plan"]
    lines += [
        f"{name}{n % 3},2024-05-01 00:{n // 60 % 60:02}:{n % 60:02},u{n % 7},p{n}"
        for n in range(rows)
    ]
    lines += ["e0,never,u1,p"] * bad
    path.write_text("\n".join(lines) + "\n")


def events_in(shop: Shop, project: str) -> list[dict[str, Any]]:
    lines = well_here("export", "--project", project, folder=shop.folder).splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.timeout(200)
def test_events_are_imported_once_asked_about_and_exported_again(shop: Shop) -> None:
    imported = ["import", "events.csv", *MAP]
    preview = well_here(*imported, "--dry-run", folder=shop.folder)
    assert "61 rows: 60 events, 1 with problems. Nothing was sent." in preview
    assert "line 62: 'never' cannot be read as a time" in preview
    assert events_in(shop, "Shop") == []

    first = well_here(*imported, "--project", "Shop", folder=shop.folder)
    assert "60 events accepted, 0 duplicates left out." in first
    kept = first.rpartition("reason: ")[2].strip()
    assert json.loads((shop.folder / kept).read_text())["line"] == 62
    again = well_here(
        *imported, "--url", shop.address, "--write-key", shop.write_key, folder=shop.folder
    )
    assert "0 events accepted, 60 duplicates left out." in again
    assert len(events_in(shop, "Shop")) == ROWS

    key = ["--url", shop.address, "--api-key", shop.api_key]
    table = well_here("query", "funnel.json", *key, folder=shop.folder)
    assert "7 of 7 people" in table and "100.0%" in table
    answer = json.loads(
        well_here("query", "funnel.json", *key, "--format", "json", folder=shop.folder)
    )
    assert answer["result"]["total"]["steps"][1]["persons"] == 7
    rows = well_here(
        "query", "funnel.json", *key, "--format", "csv", folder=shop.folder
    ).splitlines()
    assert rows[0].startswith("Step,People") and rows[2].startswith("e1,7")
    asked = cairn(
        "query", "-", "--project", "Shop", folder=shop.folder, given=json.dumps(FUNNEL).encode()
    )
    assert asked.stdout == table


@pytest.mark.timeout(200)
def test_an_export_is_whole_in_every_format_and_makes_the_same_events_elsewhere(
    shop: Shop,
) -> None:
    well_here("import", "events.csv", *MAP, "--project", "Shop", folder=shop.folder)
    for name in ("out.jsonl.zst", "out.csv.gz", "out.parquet"):
        well_here("export", name, "--project", "Shop", folder=shop.folder)
    table = pq.read_table(shop.folder / "out.parquet")
    assert table.num_rows == ROWS
    assert str(table.schema.field("time").type) == "timestamp[us, tz=UTC]"
    lines = gzip.decompress((shop.folder / "out.csv.gz").read_bytes()).decode().splitlines()
    assert len(lines) == ROWS + 1
    assert lines[0].split(",") == table.column_names
    assert not list(shop.folder.glob("*.part"))

    copied = well_here("import", "out.jsonl.zst", "--project", "Copy", folder=shop.folder)
    assert "60 events accepted, 0 duplicates left out." in copied

    def told(project: str) -> list[dict[str, Any]]:
        passing = ("receivedAt", "person")
        return [
            {key: value for key, value in event.items() if key not in passing}
            for event in events_in(shop, project)
        ]

    assert told("Copy") == told("Shop")
    only = [
        "export",
        "--project",
        "Shop",
        "--event",
        "e1",
        "--from",
        "2024-05-01",
        "--to",
        "2024-05-01",
    ]
    assert len(well_here(*only, folder=shop.folder).splitlines()) == ROWS // 3


@pytest.mark.timeout(200)
def test_an_import_that_is_killed_and_repeated_brings_every_row_once(shop: Shop) -> None:
    write_rows(shop.folder / "many.csv", 150_000, name="killed")
    arguments = ["import", "many.csv", *MAP, "--project", "Shop"]
    process = subprocess.Popen(
        [sys.executable, "-c", "from cairn.cli import main; main()", *arguments],
        cwd=shop.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    state = shop.folder / "cairn-data" / "imports"
    deadline = time.monotonic() + 60
    while not list(state.glob("many.csv-*.json")):
        assert process.poll() is None and time.monotonic() < deadline, "it was never under way"
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    done = well_here(*arguments, folder=shop.folder)
    assert "was taken up after line" in done
    found = well_here("export", "--project", "Shop", "--event", "killed1", folder=shop.folder)
    assert len(found.splitlines()) == 50_000
    assert not list(state.glob("many.csv-*.json"))


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["query", "funnel.json"], 2, "several projects"),
        (["query", "funnel.json", "--project", "None"], 4, "no project 'None'"),
        (["query", "nothing.json"], 4, "no file 'nothing.json'"),
        (["query", "events.csv"], 2, "Invalid JSON"),
        (["query", "funnel.json", "--url", "URL"], 2, "needs an API key"),
        (["query", "funnel.json", "--url", "URL", "--api-key", "ck_x"], 3, "no such API key"),
        (["query", "funnel.json", "--url", "http://127.0.0.1:1", "--api-key", "x"], 6, "cannot be reached"),
        (["query", "funnel.json", "--url", "here", "--api-key", "x"], 2, "http://"),
        (["export", "out.xlsx"], 2, "does not tell the format"),
        (["export", "out.parquet.gz", "--project", "Shop"], 2, "packed inside"),
        (["export", "no/where.csv", "--project", "Shop"], 2, "cannot be written"),
        (["export", "--project", "Shop", "--from", "soon"], 2, "soon"),
        (["import", "events.csv", *MAP, "--url", "URL"], 2, "write key"),
        (["import", "events.csv", *MAP, "--url", "URL", "--write-key", "wk_x"], 3, "wk_x"),
        (["import", "events.csv", "--map", "event=x,time=at,person=who", "--project", "Shop"], 2, "no column 'x'"),
    ],
)  # fmt: skip
def test_mistakes_are_said_plainly(shop: Shop, arguments: list[str], code: int, said: str) -> None:
    given = [shop.address if one == "URL" else one for one in arguments]
    done = cairn_here(*given, folder=shop.folder)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_doctor_asks_the_server_that_runs(shop: Shop) -> None:
    findings = json.loads(well_here("doctor", "--json", folder=shop.folder))
    by_check = {finding["check"]: finding for finding in findings}
    assert f"runs at {shop.address}" in by_check["server"]["found"]
    assert "open in the server" in by_check["events of Shop"]["found"]
    assert not [finding for finding in findings if finding["status"] == "fail"]
