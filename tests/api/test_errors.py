"""Every failure has one shape and says what to do."""

from __future__ import annotations

import pytest

from .conftest import Project

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
