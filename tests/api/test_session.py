"""First visit, signing in and out, and what protects them."""

from __future__ import annotations

from .conftest import OWNER, SETUP, Project, Server


def test_the_first_visit_creates_the_owner_and_signs_them_in(server: Server) -> None:
    with server.client() as browser:
        before = browser.get("/api/me").json()
        made = browser.post("/api/setup", json=SETUP)
        after = browser.get("/api/me").json()
    assert before["setup_required"] is True
    assert before["member"] is None
    assert made.status_code == 201
    assert after["setup_required"] is False
    assert after["member"]["role"] == "owner"
    assert [project["name"] for project in after["projects"]] == ["Shop"]


def test_setting_up_twice_is_refused(project: Project) -> None:
    again = project.browser.post("/api/setup", json=SETUP)
    assert again.status_code == 409
    assert again.json()["code"] == "conflict"


def test_the_session_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites(
    server: Server,
) -> None:
    with server.client() as browser:
        cookie = browser.post("/api/setup", json=SETUP).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_wrong_password_and_an_unknown_address_answer_alike(project: Project) -> None:
    with project.server.client() as browser:
        wrong = browser.post("/api/sign-in", json={**OWNER, "password": "wrong horse"})
        unknown = browser.post("/api/sign-in", json={**OWNER, "email": "eve@example.org"})
        right = browser.post("/api/sign-in", json=OWNER)
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert right.json()["member"]["email"] == OWNER["email"]


def test_five_wrong_passwords_pause_sign_in_even_for_the_right_one(project: Project) -> None:
    with project.server.client() as browser:
        for _ in range(5):
            browser.post("/api/sign-in", json={**OWNER, "password": "wrong horse"})
        answer = browser.post("/api/sign-in", json=OWNER)
    assert answer.status_code == 429
    assert answer.json()["code"] == "too_many_attempts"


def test_a_change_without_the_csrf_token_is_refused(project: Project) -> None:
    body = {"kind": "write", "name": "web"}
    without = project.browser.post(f"{project.path}/keys", json=body, headers={"x-csrf-token": ""})
    with_token = project.browser.post(f"{project.path}/keys", json=body)
    assert without.status_code == 403
    assert with_token.status_code == 201


def test_after_signing_out_the_cookie_is_worth_nothing(project: Project) -> None:
    cookie = dict(project.browser.cookies)
    project.browser.post("/api/sign-out")
    with project.server.client(cookies=cookie) as thief:
        answer = thief.get("/api/projects")
    assert answer.status_code == 401


def test_an_invited_member_signs_in_once_with_the_link_and_does_only_what_their_role_allows(
    project: Project,
) -> None:
    invitation = project.browser.post(
        "/api/members", json={"email": "bob@example.org", "name": "Bob", "role": "viewer"}
    ).json()
    token = invitation["sign_in_path"].partition("token=")[2]
    with project.server.client() as browser:
        first = browser.post("/api/sign-in/link", json={"token": token})
        second = browser.post("/api/sign-in/link", json={"token": token})
        browser.headers["x-csrf-token"] = first.json()["csrf_token"]
        reading = browser.get(f"{project.path}/dashboards")
        changing = browser.post(f"{project.path}/dashboards", json={"name": "Mine"})
        managing = browser.get(f"{project.path}/keys")
    assert first.status_code == 200
    assert second.status_code == 401
    assert (reading.status_code, changing.status_code, managing.status_code) == (200, 403, 403)


def test_the_last_owner_cannot_be_removed(project: Project) -> None:
    owner = project.browser.get("/api/members").json()[0]
    assert project.browser.delete(f"/api/members/{owner['id']}").status_code == 409


def test_what_matters_for_security_is_in_the_audit_log(project: Project) -> None:
    key = project.browser.post(f"{project.path}/keys", json={"kind": "write", "name": "web"})
    project.browser.delete(f"{project.path}/keys/{key.json()['id']}")
    acts = [entry["act"] for entry in project.browser.get("/api/audit").json()]
    assert {"member.created", "project.created", "key.created", "key.deleted"} <= set(acts)
