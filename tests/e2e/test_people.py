"""Everyone, and what each of them did."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route, expect

from .conftest import Complaints, accessibility_findings
from .site import TIMEZONE, Site
from .story import PEOPLE, name_of, people_named


def test_everyone_is_listed_and_found_as_one_types(site: Site, page: Page) -> None:
    page.goto(f"{site.path}/people")
    expect(page.get_by_text(f"{PEOPLE} people")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(PEOPLE + 1)
    assert accessibility_findings(page) == []

    page.get_by_label("Search people").fill("Hopper")
    found = people_named("Hopper")
    expect(page.get_by_text(f"{found} people")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(found + 1)
    page.reload()
    expect(page.get_by_text(f"{found} people")).to_be_visible()

    page.get_by_label("Search people").fill("nobody like that")
    expect(page.get_by_role("heading", name="Nobody like that")).to_be_visible()
    assert accessibility_findings(page) == []


def test_a_person_has_their_properties_and_visits(site: Site, page: Page) -> None:
    page.goto(f"{site.path}/people")
    page.get_by_label("Search people").fill("person-07")
    page.get_by_role("link", name=name_of(7)).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name_of(7))
    expect(page.get_by_text("rosalind.lovelace.7@example.org")).to_be_visible()
    expect(page.get_by_text(f"Times in {TIMEZONE}")).to_be_visible()
    visits = page.get_by_role("button", name="events in")
    expect(visits).to_have_text([re.compile("3 events in 2 min")] * 3 + [re.compile("5 events")])
    report = page.get_by_role("button", name="Viewed report").first
    report.click()
    expect(page.get_by_role("term").filter(has_text="seconds").first).to_be_visible()
    assert accessibility_findings(page) == []


def test_a_search_that_settles_late_does_not_take_the_reader_back(site: Site, page: Page) -> None:
    def slowly(route: Route) -> None:
        page.wait_for_timeout(600)
        route.continue_()

    page.goto(f"{site.path}/people")
    page.route("**/assets/PersonPage*.js", slowly)
    search, link = page.get_by_label("Search people"), page.get_by_role("link", name=name_of(7))
    expect(link).to_be_visible()
    search.fill("person-07")
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name_of(7))


def test_while_the_server_cannot_be_reached_that_is_said_and_can_be_tried_again(
    site: Site, page: Page, complaints: Complaints
) -> None:
    complaints.expected.append("net::ERR_INTERNET_DISCONNECTED")
    page.goto(f"{site.path}/people")
    expect(page.get_by_text(f"{PEOPLE} people")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_label("Search people").fill("Hopper")
    said = page.get_by_role("alert")
    expect(said).to_contain_text("The server does not answer.")
    page.context.set_offline(False)
    said.get_by_role("button", name="Try again").click()
    expect(page.get_by_text(f"{people_named('Hopper')} people")).to_be_visible()
    expect(said).to_have_count(0)


def test_a_person_who_does_not_exist_is_said_plainly(
    site: Site, page: Page, complaints: Complaints
) -> None:
    complaints.expected.append("status of 404")
    page.goto(f"{site.path}/people/0123456789")
    expect(page.get_by_text("There is no such person")).to_be_visible()
