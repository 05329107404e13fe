"""The OpenAPI document: complete, kept, and true whatever one sends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import booleans
from schemathesis.core.result import Ok

from cairn.api.application import document
from cairn.api.openapi import text
from cairn.core.settings import load_settings

from .conftest import Project, run, set_up, track

KEPT = Path(__file__).parents[2] / "web" / "openapi.json"
_ENDLESS = "GET /api/projects/{project_id}/live"
_ENDS_THE_SESSION = "POST /api/sign-out"
_SLOW = ("POST /api/projects", "POST /api/sign-in", "POST /api/setup")
_FEW, _EXAMPLES, _MANY = 5, 40, 200
_FOUND = schemathesis.openapi.from_dict(document()).get_all_operations()
_OPERATIONS = {
    found.ok().label: found.ok()
    for found in _FOUND
    if isinstance(found, Ok) and found.ok().label != _ENDLESS
}


def test_the_kept_document_is_that_of_the_code() -> None:
    assert KEPT.read_text() == text(), "run: python -m cairn.api.openapi > web/openapi.json"


def test_every_route_has_a_summary_an_id_a_tag_and_the_one_error_shape() -> None:
    described = document()
    assert described["openapi"].startswith("3.1")
    ids = []
    for path, methods in described["paths"].items():
        for method, route in methods.items():
            assert route["summary"].endswith("."), (method, path)
            assert route["tags"], (method, path)
            ids.append(route["operationId"])
            shape = route["responses"]["default"]["content"]["application/json"]["schema"]
            assert shape == {"$ref": "#/components/schemas/ErrorBody"}, (method, path)
            assert "422" not in route["responses"], (method, path)
    assert len(ids) == len(set(ids))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Run one server for all examples, with some events in it."""
    settings_ = load_settings(data_dir=tmp_path_factory.mktemp("data"), threads=2)
    with run(settings_) as server, server.client() as browser:
        project = set_up(server, browser)
        project.bring(
            track("ann", "see", "2024-05-01T08:00:00Z", plan="pro"),
            track("ann", "buy", "2024-05-01T09:00:00Z"),
        )
        yield project


@pytest.mark.parametrize("label", list(_OPERATIONS))
def test_nothing_that_one_sends_gives_a_server_error(shared: Project, label: str) -> None:
    session: dict[str, Any] = {}
    if label != _ENDS_THE_SESSION:
        session["cookies"] = dict(shared.browser.cookies)
        session["headers"] = {"x-csrf-token": shared.browser.headers["x-csrf-token"]}

    @seed(7)
    @settings(
        max_examples=_FEW if label in _SLOW else _MANY if "/query" in label else _EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=_OPERATIONS[label].as_strategy(), readable=booleans())
    def send(case: schemathesis.Case[Any], *, readable: bool) -> None:
        case.headers.pop("Authorization", None)
        case.cookies.pop("cairn_session", None)
        if readable:
            _make_readable(case.body)
        if "project_id" in case.path_parameters:
            case.path_parameters["project_id"] = shared.id
        answer = case.call(base_url=shared.server.url, **session)
        assert answer.status_code < 500, (case.as_curl_command(), answer.text)
        if answer.status_code >= 400:
            assert set(answer.json()) == {"status", "code", "message", "hint"}

    send()


def _make_readable(body: object) -> None:
    """Give a generated question a period that can be read, so that it comes as far as answering."""
    if isinstance(body, dict):
        if "kind" in body:
            body["period"] = {"from": "2024-04-30", "to": "2024-05-02"}
        _make_readable(body.get("spec"))
