"""Going anywhere by typing, and by the keyboard alone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from .conftest import accessibility_findings
from .site import Site
from .story import name_of


def test_a_page_an_event_and_a_person_are_found_by_typing(site: Site, page: Page) -> None:
    page.goto(f"{site.path}/dashboards")
    expect(page.get_by_role("heading", name="Dashboards")).to_be_visible()
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Go to")
    expect(field).to_be_focused()
    expect(page.get_by_role("option", name="Overview")).to_be_visible()
    assert accessibility_findings(page) == []

    field.fill("sett")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    expect(field).to_have_count(0)

    page.keyboard.press("Control+k")
    field.fill("person-11")
    expect(page.get_by_role("option", name=name_of(11))).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name_of(11))

    page.get_by_role("button", name="Go to").click()
    field.fill("viewed")
    expect(page.get_by_role("option", name="Viewed report")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/insights/trends"))


def test_the_keyboard_reaches_the_page_without_passing_the_navigation(
    site: Site, page: Page
) -> None:
    page.goto(f"{site.path}/people")
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Search people")).to_be_focused()


def test_what_is_not_there_is_said_and_escape_closes(site: Site, page: Page) -> None:
    page.goto(f"{site.path}/people")
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Go to").fill("zzzz")
    expect(page.get_by_text("Nothing has that name.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox", name="Go to")).to_have_count(0)
