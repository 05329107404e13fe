"""One server and one browser for all pages; a fresh, signed-in page for every test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from cairn.api.interface import STATIC

from .site import Site, found, served

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SERIOUS = ("serious", "critical")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Run Chromium without a window."""
    program = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if program is None:
        pytest.skip("no Chromium on PATH; on Debian: apt install chromium")
    if not (STATIC / "index.html").is_file():
        pytest.skip("the web interface is not built; run: make web")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield running
        running.close()


@pytest.fixture(scope="package")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Run a server with an owner and the events of the story."""
    del browser  # without one there is nothing to serve
    with served(tmp_path_factory.mktemp("site")) as url:
        ready = found(url)
        yield ready
        ready.api.close()


@dataclass
class Complaints:
    """What the console said. Failed requests that a test causes on purpose are expected."""

    lines: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """Note errors and warnings of a page from now on."""
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.lines.append(str(error)))

    def unexpected(self) -> list[str]:
        """Return what nobody expected."""
        return [line for line in self.lines if not any(part in line for part in self.expected)]

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.lines.append(f"{message.text} {message.location.get('url', '')}")


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Collect what the console says, and fail if there is anything unexpected."""
    heard = Complaints()
    yield heard
    assert heard.unexpected() == []


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """Open a browser window of 1440 px, where nobody is signed in."""
    opened = browser.new_context(
        base_url=site.url,
        viewport={"width": 1440, "height": 900},
        locale="en-GB",
        timezone_id="America/New_York",
        reduced_motion="reduce",
    )
    opened.set_default_timeout(15_000)
    yield opened
    opened.close()


@pytest.fixture
def visitor(context: BrowserContext, complaints: Complaints) -> Page:
    """Open a page that nobody has signed in on."""
    page = context.new_page()
    complaints.listen(page)
    return page


@pytest.fixture
def page(context: BrowserContext, site: Site, visitor: Page) -> Page:
    """Open a page on which the owner is signed in."""
    context.add_cookies(site.cookies)  # type: ignore[arg-type]
    return visitor


def accessibility_findings(page: Page) -> list[str]:
    """Return what axe finds serious or critical on the page as it is now."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed; run: npm install, in web/")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    results: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:200]} {node['any'][:1]}"
        for violation in results["violations"]
        if violation["impact"] in _SERIOUS
        for node in violation["nodes"]
    ]
