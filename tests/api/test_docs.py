"""The documentation on the server: every page, every link between them, nothing else."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import pytest

from cairn.api.docs import pages

from .conftest import Server


@pytest.fixture(scope="module")
def served() -> list[str]:
    return [f"/{name}".removesuffix("/README") for name in pages()]


def test_every_page_opens_and_its_links_lead_to_pages(server: Server, served: list[str]) -> None:
    assert "/insights/funnel" in served
    with server.client() as browser:
        known: dict[str, str] = {}
        for name in served:
            answer = browser.get(f"/docs{name}")
            assert answer.status_code == 200, name
            assert answer.headers["content-type"] == "text/html; charset=utf-8"
            known[f"/docs{name}"] = answer.text
        for address, text in known.items():
            for link in re.findall(r'href="([^"]+)"', text):
                target, _, anchor = urljoin(address, link).partition("#")
                if target.startswith("/docs") and not target.endswith(".css"):
                    content = known[target]
                    assert not anchor or f'id="{anchor}"' in content, (address, link)


def test_the_documentation_that_a_view_names_is_there(server: Server) -> None:
    with server.client() as browser:
        for kind in ("trends", "funnel", "retention"):
            assert "<h1" in browser.get(f"/docs/insights/{kind}").text


@pytest.mark.parametrize("name", ["nothing", "../README", "%2e%2e/README", "insights/../../README"])
def test_nothing_else_can_be_read(server: Server, name: str) -> None:
    with server.client() as browser:
        answer = browser.get(f"/docs/{name}")
        assert answer.status_code == 404 or "<main>" not in answer.text
