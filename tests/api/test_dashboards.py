"""Dashboards over HTTP."""

from __future__ import annotations

from .conftest import Project

TILE = {"id": "t", "title": "Events", "spec": {"kind": "trends", "series": [{"event": "buy"}]}}


def test_a_new_project_has_a_dashboard_whose_questions_all_answer(project: Project) -> None:
    (overview,) = project.browser.get(f"{project.path}/dashboards").json()
    assert overview["revision"] == 1
    for tile in overview["tiles"]:
        answer = project.browser.post(f"{project.path}/query", json=tile["spec"])
        assert answer.status_code == 200, answer.text


def test_a_change_from_a_stale_revision_is_refused_and_changes_nothing(project: Project) -> None:
    made = project.browser.post(f"{project.path}/dashboards", json={"name": "A"}).json()
    path = f"{project.path}/dashboards/{made['id']}"
    first = project.browser.put(path, json={"name": "B", "tiles": [TILE], "revision": 1})
    second = project.browser.put(path, json={"name": "C", "revision": 1})
    kept = project.browser.get(path).json()
    assert first.json()["revision"] == 2
    assert second.status_code == 409
    assert kept["name"] == "B"
    assert kept["tiles"][0]["spec"]["series"][0]["event"] == "buy"


def test_a_deleted_dashboard_is_gone_and_the_audit_log_keeps_it(project: Project) -> None:
    made = project.browser.post(
        f"{project.path}/dashboards", json={"name": "A", "tiles": [TILE]}
    ).json()
    path = f"{project.path}/dashboards/{made['id']}"
    assert project.browser.delete(path).status_code == 204
    assert project.browser.get(path).status_code == 404
    entry = project.browser.get("/api/audit").json()[0]
    assert entry["act"] == "dashboard.deleted"
    assert entry["detail"]["tiles"][0]["title"] == "Events"


def test_a_dashboard_of_another_project_does_not_exist_here(project: Project) -> None:
    other = project.browser.post("/api/projects", json={"name": "Other"}).json()
    made = project.browser.post(f"{project.path}/dashboards", json={"name": "A"}).json()
    answer = project.browser.get(f"/api/projects/{other['id']}/dashboards/{made['id']}")
    assert answer.status_code == 404
