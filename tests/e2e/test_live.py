"""The live stream: what arrives, what is refused and why."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from .conftest import accessibility_findings
from .site import Site


@pytest.fixture
def quiet(site: Site) -> Site:
    """Create a project of its own, into which nothing was sent yet."""
    made = site.api.post("/api/projects", json={"name": "Quiet", "timezone": "Asia/Tokyo"})
    project_id = made.raise_for_status().json()["id"]
    keys = site.api.get(f"/api/projects/{project_id}/keys").raise_for_status().json()
    return Site(site.url, site.api, project_id, keys[0]["secret"])


def track(number: int, event: str = "Tea poured", **properties: object) -> dict[str, object]:
    return {
        "type": "track",
        "messageId": f"live-{number}",
        "userId": "person-77",
        "event": event,
        "timestamp": datetime.now(UTC).isoformat(),
        "properties": properties,
    }


def test_an_event_shows_up_as_it_arrives_and_says_all_it_knows(quiet: Site, page: Page) -> None:
    page.goto(f"{quiet.path}/live")
    expect(page.get_by_role("heading", name="Waiting for events")).to_be_visible()
    expect(page.get_by_role("status").get_by_text("Live", exact=True)).to_be_visible()
    assert accessibility_findings(page) == []

    quiet.send(track(1, leaves="oolong", cups=2))
    row = page.get_by_role("button", name="Tea poured")
    expect(row).to_contain_text("person-77")
    expect(row).to_contain_text("oolong")
    row.click()
    expect(page.get_by_role("definition").filter(has_text="live-1")).to_be_visible()
    expect(page.get_by_text("Times are in Asia/Tokyo")).to_be_visible()
    assert accessibility_findings(page) == []
    page.get_by_role("link", name="person-77").click()
    expect(page).to_have_url(re.compile(r"/people/\w+"))


def test_what_is_refused_says_why_and_what_to_do_and_is_kept(quiet: Site, page: Page) -> None:
    page.goto(f"{quiet.path}/live")
    expect(page.get_by_role("heading", name="Waiting for events")).to_be_visible()
    quiet.send(track(1), {"type": "track", "userId": "person-77", "messageId": "nameless"})
    expect(page.get_by_role("button", name="Tea poured")).to_be_visible()
    refused = page.get_by_role("button", name="Refused")
    expect(refused).to_have_count(1)
    refused.click()
    expect(page.get_by_text('"messageId": "nameless"')).to_be_visible()
    expect(page.get_by_text("1 event accepted, 1 refused")).to_be_visible()
    assert accessibility_findings(page) == []

    page.get_by_role("tab", name="Refused (1)").click()
    kept = page.get_by_role("list", name="Refused, newest first").get_by_role("button")
    expect(kept).to_have_count(1)
    kept.click()
    expect(page.get_by_text('"messageId": "nameless"')).to_be_visible()
    assert accessibility_findings(page) == []


def test_the_list_is_searched_and_stands_still_while_it_is_read(quiet: Site, page: Page) -> None:
    page.goto(f"{quiet.path}/live")
    quiet.send(track(1, leaves="oolong"), track(2, leaves="sencha"))
    arrivals = page.get_by_role("list", name="Arrivals, newest first").get_by_role("listitem")
    expect(arrivals).to_have_count(2)
    page.get_by_label("Search what arrives").fill("sencha")
    expect(arrivals).to_have_count(1)
    page.get_by_label("Search what arrives").fill("coffee")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(arrivals).to_have_count(2)

    page.get_by_role("button", name="Pause").click()
    quiet.send(track(3))
    expect(page.get_by_role("button", name="Go on (1 new)")).to_be_visible()
    expect(arrivals).to_have_count(2)
    page.get_by_role("button", name="Go on (1 new)").click()
    expect(arrivals).to_have_count(3)


def test_the_stream_fits_on_a_phone(quiet: Site, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{quiet.path}/live")
    quiet.send(track(1, leaves="oolong", note="a long text that has to be cut somewhere" * 3))
    expect(page.get_by_role("button", name="Tea poured")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert accessibility_findings(page) == []
