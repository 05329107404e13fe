"""The first visit, signing in and out, and a session that ends while a page is open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import Complaints, accessibility_findings
from .site import OWNER, Site, served


@pytest.fixture
def new_installation(browser: Browser, tmp_path: Path) -> Iterator[str]:
    """Run a server that nobody owns."""
    del browser
    with served(tmp_path) as url:
        yield url


def sign_in(page: Page, password: str = OWNER["password"]) -> None:
    page.get_by_label("E-mail address").fill(OWNER["email"])
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_the_first_visit_makes_an_owner_and_shows_the_first_event_as_it_arrives(
    new_installation: str, visitor: Page
) -> None:
    visitor.goto(new_installation)
    expect(visitor).to_have_url(re.compile("/setup$"))
    assert accessibility_findings(visitor) == []
    visitor.get_by_label("Your name").fill("Grace Hopper")
    visitor.get_by_label("E-mail address").fill("grace@example.org")
    visitor.get_by_label("Password", exact=True).fill("a long password")
    visitor.get_by_label("Project").fill("Compiler")
    visitor.get_by_role("button", name="Create owner and project").click()
    expect(visitor.get_by_role("heading", name="Send your first event")).to_be_visible()
    expect(visitor.get_by_text("Waiting for the first event")).to_be_visible()
    key = visitor.get_by_text(re.compile(r"^wk_\w+$")).inner_text()

    sent = httpx.post(
        f"{new_installation}/v1/track",
        json={"userId": "user-1", "event": "Compiled", "properties": {"lines": 12}},
        auth=(key, ""),
        trust_env=False,
    )
    assert sent.status_code == 200
    expect(visitor.get_by_text("Compiled")).to_be_visible(timeout=5_000)
    expect(visitor.get_by_text("1 event has arrived so far.")).to_be_visible()
    assert accessibility_findings(visitor) == []
    visitor.get_by_role("link", name="Open the dashboard").click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Overview")


def test_signing_in_leads_to_the_page_that_was_asked_for(site: Site, visitor: Page) -> None:
    visitor.goto(f"{site.path}/people?search=hopper")
    expect(visitor).to_have_url(re.compile("/sign-in"))
    assert accessibility_findings(visitor) == []
    sign_in(visitor)
    expect(visitor).to_have_url(re.compile(r"/people\?search=hopper$"))
    expect(visitor.get_by_label("Search people")).to_have_value("hopper")


def test_a_wrong_password_is_said_and_what_was_typed_stays(
    site: Site, visitor: Page, complaints: Complaints
) -> None:
    complaints.expected.append("status of 401")
    visitor.goto(f"{site.url}/sign-in")
    sign_in(visitor, "wrong horse")
    expect(visitor.get_by_role("alert")).to_contain_text("password")
    expect(visitor.get_by_label("E-mail address")).to_have_value(OWNER["email"])


def test_a_link_signs_in_once(site: Site, visitor: Page, complaints: Complaints) -> None:
    complaints.expected.append("status of 401")
    invited = site.api.post(
        "/api/members",
        json={"email": "emmy@example.org", "name": "Emmy Noether", "role": "viewer"},
    ).json()
    visitor.goto(site.url + invited["sign_in_path"])
    expect(visitor.get_by_role("button", name="You: Emmy Noether").first).to_be_visible()
    expect(visitor.get_by_role("button", name="Add tile")).to_have_count(0)

    visitor.context.clear_cookies()
    visitor.goto(site.url + invited["sign_in_path"])
    expect(visitor.get_by_role("alert")).to_be_visible()
    expect(visitor.get_by_role("button", name="Sign in")).to_be_visible()


def test_when_the_session_ends_one_signs_in_over_the_page_and_loses_nothing(
    site: Site, visitor: Page, complaints: Complaints
) -> None:
    complaints.expected.append("status of 401")
    visitor.goto(f"{site.path}/settings")
    sign_in(visitor)
    name = visitor.get_by_label("Name", exact=True)
    name.fill("Acme, half typed")
    visitor.context.clear_cookies()
    visitor.get_by_role("button", name="Save").click()

    ended = visitor.get_by_role("dialog", name="Your session has ended")
    expect(ended).to_be_visible()
    assert accessibility_findings(visitor) == []
    ended.get_by_label("Password", exact=True).fill(OWNER["password"])
    ended.get_by_role("button", name="Sign in").click()
    expect(ended).to_be_hidden()
    expect(name).to_have_value("Acme, half typed")


def test_a_page_goes_on_working_when_one_signs_in_again_in_another_tab(
    site: Site, visitor: Page, complaints: Complaints
) -> None:
    complaints.expected.append("status of 403")
    visitor.goto(f"{site.path}/dashboards")
    sign_in(visitor)
    expect(visitor.get_by_role("heading", name="Dashboards")).to_be_visible()
    other = visitor.context.new_page()
    visitor.context.clear_cookies()
    other.goto(f"{site.path}/people")
    sign_in(other)
    expect(other.get_by_role("heading", name="People")).to_be_visible()

    visitor.get_by_role("button", name="New dashboard").last.click()
    expect(visitor.get_by_label("Name of the dashboard")).to_be_visible()
    other.close()


def test_signing_out_ends_the_session(site: Site, visitor: Page) -> None:
    visitor.goto(f"{site.path}/people")
    sign_in(visitor)
    visitor.get_by_role("button", name="You: Ada Lovelace").first.click()
    visitor.get_by_role("menuitem", name="Sign out").click()
    expect(visitor).to_have_url(re.compile("/sign-in"))
    visitor.goto(f"{site.path}/people")
    expect(visitor).to_have_url(re.compile("/sign-in"))
