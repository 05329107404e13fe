"""The pages that the server serves besides the API."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from cairn.api.application import application


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """Return a folder like that of a built interface, with a secret beside it."""
    (tmp_path / "secret.txt").write_text("secret")
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text("<p>the page")
    (static / "assets" / "app-1a2b.js").write_text("go()")
    (static / "reference").mkdir()
    (static / "reference" / "swagger-ui.css").write_text("body {}")
    return static


def get(static: Path, *paths: str) -> list[httpx.Response]:
    """Ask an application with this interface for paths."""

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(application(static=static))
        async with httpx.AsyncClient(transport=transport, base_url="http://cairn") as client:
            return [await client.get(path) for path in paths]

    return asyncio.run(ask())


def test_every_path_of_the_interface_gets_its_first_page_and_asks_again_next_time(
    built: Path,
) -> None:
    for answer in get(built, "/", "/funnels/new", "/index.html"):
        assert answer.text == "<p>the page"
        assert answer.headers["cache-control"] == "no-cache"


def test_files_with_a_hash_in_their_name_are_kept_forever(built: Path) -> None:
    (found, missing) = get(built, "/assets/app-1a2b.js", "/assets/app-0000.js")
    assert "immutable" in found.headers["cache-control"]
    assert missing.status_code == 404


def test_no_path_leads_out_of_the_folder(built: Path) -> None:
    paths = ("/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt")
    for answer in get(built, *paths):
        assert answer.text != "secret"


def test_a_server_without_the_built_interface_says_how_to_get_it(tmp_path: Path) -> None:
    (page,) = get(tmp_path / "nothing", "/")
    assert page.status_code == 200
    assert "not built yet" in page.text


def test_the_reference_page_loads_from_this_server_alone(built: Path) -> None:
    page, style, script, missing = get(
        built,
        "/reference",
        "/reference/swagger-ui.css",
        "/reference/start.js",
        "/reference/nothing.js",
    )
    assert page.status_code == 200
    assert "http" not in page.text.replace("http-equiv", "")
    assert style.text == "body {}"
    assert "/openapi.json" in script.text
    assert missing.status_code == 404


def test_long_files_travel_compressed(built: Path) -> None:
    (built / "assets" / "long-1a2b.js").write_text("go();" * 1_000)
    (answer,) = get(built, "/assets/long-1a2b.js")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == "go();" * 1_000
