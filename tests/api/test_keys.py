"""Keys do what their scopes say, and no more."""

from __future__ import annotations

from pathlib import Path

from cairn.store.records.keys import WriteKeys

from .conftest import Project

QUESTION = {"kind": "trends", "series": [{}]}


def test_a_write_key_can_only_write(project: Project) -> None:
    key = project.browser.get(f"{project.path}/keys").json()[0]
    with project.server.client(headers={"authorization": f"Bearer {key['secret']}"}) as program:
        answers = [
            program.get("/api/projects"),
            program.get(project.path),
            program.post(f"{project.path}/query", json=QUESTION),
            program.get(f"{project.path}/keys"),
            program.post(f"{project.path}/dashboards", json={"name": "Mine"}),
        ]
    assert [answer.status_code for answer in answers] == [403] * 5
    assert {answer.json()["message"] for answer in answers} == {"write keys can only write"}


def test_a_query_key_asks_and_changes_nothing(project: Project) -> None:
    with project.key("query") as program:
        asking = program.post(f"{project.path}/query", json=QUESTION)
        changing = program.post(f"{project.path}/dashboards", json={"name": "Mine"})
    assert asking.status_code == 200
    assert changing.status_code == 403


def test_an_admin_key_works_in_its_own_project_only(project: Project) -> None:
    other = project.browser.post("/api/projects", json={"name": "Other"}).json()
    with project.key("admin") as program:
        own = program.get(f"{project.path}/keys")
        foreign = program.get(f"/api/projects/{other['id']}/keys")
        listed = program.get("/api/projects").json()
        members = program.get("/api/members")
    assert own.status_code == 200
    assert foreign.status_code == 404
    assert [found["id"] for found in listed] == [project.id]
    assert members.status_code == 403


def test_the_secret_of_an_api_key_is_shown_once_and_that_of_a_write_key_always(
    project: Project,
) -> None:
    made = project.browser.post(
        f"{project.path}/keys", json={"kind": "api", "name": "ci", "scopes": ["query"]}
    ).json()
    listed = {key["kind"]: key for key in project.browser.get(f"{project.path}/keys").json()}
    assert made["secret"].startswith("ck_")
    assert listed["api"]["secret"] is None
    assert listed["write"]["secret"].startswith("wk_")


def test_a_deleted_key_is_refused(project: Project) -> None:
    with project.key("query") as program:
        keys = project.browser.get(f"{project.path}/keys").json()
        made = next(key for key in keys if key["kind"] == "api")
        project.browser.delete(f"{project.path}/keys/{made['id']}")
        answer = program.get(project.path)
    assert answer.status_code == 401


def test_receivers_find_the_project_of_a_write_key_and_of_no_other(
    project: Project, tmp_path: Path
) -> None:
    keys = project.browser.get(f"{project.path}/keys").json()
    reading = project.browser.post(
        f"{project.path}/keys", json={"kind": "api", "name": "r", "scopes": ["query"]}
    ).json()
    sending = project.browser.post(
        f"{project.path}/keys", json={"kind": "api", "name": "s", "scopes": ["query", "write"]}
    ).json()
    known = WriteKeys(tmp_path / "records.sqlite")
    assert known.project_of(keys[0]["secret"]) == project.id
    assert known.project_of(sending["secret"]) == project.id
    assert known.project_of(reading["secret"]) is None
    assert known.project_of("wk_unknown") is None
    known.close()
