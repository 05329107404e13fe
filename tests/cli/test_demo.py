from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from .running import cairn_here, demo_in, well


def answers(browser: httpx.Client, project_id: str) -> dict[str, Any]:
    """Return the answers of all tiles of a project's dashboards, by title."""
    found = {}
    for dashboard in browser.get(f"/api/projects/{project_id}/dashboards").json():
        for tile in dashboard["tiles"]:
            answer = browser.post(f"/api/projects/{project_id}/query", json=tile["spec"])
            assert answer.status_code == 200, answer.text
            found[tile["title"]] = answer.json()
    return found


def totals(browser: httpx.Client, project_id: str) -> tuple[float, float]:
    """Return how many events and people a project has."""
    spec = {
        "kind": "trends",
        "series": [{"measure": {"of": "total"}}, {"measure": {"of": "persons"}}],
        "period": {"from": "all"},
        "interval": "month",
    }
    answer = browser.post(f"/api/projects/{project_id}/query", json=spec).json()
    events, people = answer["result"]["lines"]
    return events["total"], people["total"]


def loaded(browser: httpx.Client) -> float:
    """Return how many events the server has loaded since it started."""
    lines = browser.get("/metrics").text.splitlines()
    return sum(float(x.split()[-1]) for x in lines if x.startswith("cairn_events_loaded_total{"))


@pytest.mark.timeout(240)
def test_the_demo_shows_real_data_and_does_not_import_it_twice(tmp_path: Path) -> None:
    with demo_in(tmp_path) as first, first.sign_in() as browser:
        (project,) = browser.get("/api/projects").json()
        assert project["name"] == "Cross Validated"
        assert totals(browser, project["id"]) == (210_548, 40_324)
        seen = answers(browser, project["id"])
        assert len(seen) == 7
        for title, answer in seen.items():
            assert answer["view"]["table"]["rows"], title
            assert "0 people" not in answer["view"]["sentence"].split(), title
        assert first.interrupt() == 0
    with demo_in(tmp_path) as second, second.sign_in() as browser:
        assert totals(browser, project["id"]) == (210_548, 40_324)
        assert loaded(browser) == 0
        third = well("demo", folder=tmp_path).strip()
        assert third.startswith(second.address) and third != second.link


@pytest.mark.timeout(240)
def test_simulated_events_and_other_data_get_projects_of_their_own(tmp_path: Path) -> None:
    well("demo", "--events", "5000", "--port", "0", "--exit", folder=tmp_path)
    with demo_in(tmp_path, "--data", "game-launch") as demo, demo.sign_in() as browser:
        found = {one["name"]: one["id"] for one in browser.get("/api/projects").json()}
        assert found.keys() == {"Simulated product, 5,000 events", "Game launch"}
        assert totals(browser, found["Simulated product, 5,000 events"]) == (5_000, 100)
        assert totals(browser, found["Game launch"]) == (29_324, 3_994)
        for project_id in found.values():
            for title, answer in answers(browser, project_id).items():
                assert answer["view"]["table"]["rows"], title


def test_an_installation_that_is_no_demo_is_left_alone(tmp_path: Path) -> None:
    from cairn.dashboards.setup import set_up
    from cairn.store.records.records import Records

    records = Records.open(tmp_path / "cairn-data" / "records.sqlite")
    set_up(records, email="ada@example.org", name="Ada", password=None, project_name="Shop")
    records.close()
    refused = cairn_here("demo", "--port", "0", folder=tmp_path)
    assert refused.returncode == 5
    assert "not a demo" in refused.stderr and "--data-dir" in refused.stderr


def test_unknown_example_data_is_refused_with_what_there_is(tmp_path: Path) -> None:
    refused = cairn_here("demo", "--data", "nothing", folder=tmp_path)
    assert refused.returncode == 2
    assert "stackexchange, game-launch" in refused.stderr
