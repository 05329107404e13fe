"""Projects, however they come into being."""

from __future__ import annotations

import time

import pytest

from cairn.access.projects import create_project

from .conftest import Project


def test_a_project_has_a_write_key_and_a_dashboard_from_the_start(project: Project) -> None:
    made = project.browser.post(
        "/api/projects", json={"name": "Other", "timezone": "Europe/Berlin", "week_start": "monday"}
    ).json()
    path = f"/api/projects/{made['id']}"
    assert [key["kind"] for key in project.browser.get(f"{path}/keys").json()] == ["write"]
    assert len(project.browser.get(f"{path}/dashboards").json()) == 1
    assert project.browser.get(path).json() == made


def test_a_change_leaves_what_it_does_not_name(project: Project) -> None:
    before = project.browser.get(project.path).json()
    after = project.browser.patch(project.path, json={"timezone": "Asia/Tokyo"}).json()
    assert after == {**before, "timezone": "Asia/Tokyo"}


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "utc", ""])
def test_a_time_zone_that_does_not_exist_is_refused(project: Project, zone: str) -> None:
    answer = project.browser.post("/api/projects", json={"name": "P", "timezone": zone})
    assert answer.status_code == 400


def test_a_project_that_another_process_makes_is_opened_within_seconds(project: Project) -> None:
    workspace = project.server.workspace
    with workspace.records.change() as session:
        made = create_project(session, name="Import", timezone="UTC", actor="cli", now_us=0)
    deadline = time.monotonic() + 10
    while made.id not in workspace.all_opened():
        assert time.monotonic() < deadline, "the project was not opened"
        time.sleep(0.05)
