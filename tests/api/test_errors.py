"""Every failure has one shape and says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from cairn.core.settings import load_settings
from cairn.store.duckdb.browse import DuckDBBrowser

from .conftest import Project, run, set_up

SHAPE = {"status", "code", "message", "hint"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("POST", "/api/nothing", 404),
        ("POST", "/nothing", 404),
        ("DELETE", "/api/me", 405),
        ("GET", "/api/projects/unknown", 404),
    ],
)
def test_a_path_or_method_that_does_not_exist_answers_in_the_one_shape(
    project: Project, method: str, path: str, status: int
) -> None:
    answer = project.browser.request(method, path)
    assert answer.status_code == status
    assert set(answer.json()) == SHAPE
    assert answer.json()["status"] == status


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"kind": "trends"}', "series"),
        (b'{"kind": "novel"}', "novel"),
        (b'{"kind": "trends", "series": [{"event": 5}]}', "got 5"),
        (b"{", "JSON"),
        (b"[" * 100_000, ""),
        (b"\xff\xfe", ""),
    ],
)
def test_a_question_that_cannot_be_read_says_what_is_wrong(
    project: Project, body: bytes, said: str
) -> None:
    answer = project.browser.post(
        f"{project.path}/query", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400
    assert set(answer.json()) == SHAPE
    assert said in answer.json()["message"]
    assert answer.json()["hint"]


def test_a_body_beyond_the_limit_is_refused(project: Project) -> None:
    announced = project.browser.post(f"{project.path}/query", content=b" " * (3 << 20))
    streamed = project.browser.post(
        f"{project.path}/query", content=(b" " * (1 << 20) for _ in range(3))
    )
    assert announced.status_code == streamed.status_code == 413
    assert announced.json()["code"] == "too_large"


def test_every_answer_carries_headers_that_keep_a_page_safe(project: Project) -> None:
    for path in ("/", "/api/me", "/reference", "/healthz"):
        headers = project.browser.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff", path
        assert "script-src" not in headers["content-security-policy"], path


def test_a_question_beyond_the_time_limit_says_so(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path, threads=1, query_timeout_seconds=1e-6)
    with run(settings) as server, server.client() as browser:
        project = set_up(server, browser)
        answer = browser.post(f"{project.path}/query", json={"kind": "retention"})
    assert answer.status_code == 504
    assert answer.json()["code"] == "query_timeout"


def test_a_fault_inside_gives_an_incident_to_look_for_and_no_detail(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("the detail")

    monkeypatch.setattr(DuckDBBrowser, "catalog", fail)
    answer = project.browser.get(f"{project.path}/catalog")
    assert answer.status_code == 500
    assert set(answer.json()) == SHAPE
    assert "the detail" not in answer.text
    incident = answer.json()["message"].partition("incident ")[2].rstrip(")")
    assert incident in capsys.readouterr().out
