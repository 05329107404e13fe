"""The catalog: every event and property, and the questions that they suggest."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from .conftest import accessibility_findings
from .site import Site
from .story import ACTIVATED, COUNTRIES, PEOPLE


def test_events_are_counted_and_lead_to_their_trend(site: Site, page: Page) -> None:
    page.goto(f"{site.path}/events")
    row = page.get_by_role("row", name="Activated")
    expect(row.get_by_role("cell").first).to_have_text(str(ACTIVATED))
    assert accessibility_findings(page) == []
    page.get_by_label("Search by name").fill("activ")
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("link", name="Trend of Activated").click()
    expect(page).to_have_url(re.compile("/insights/trends"))
    expect(page.get_by_text(f"Activated, people: {ACTIVATED} over the period.")).to_be_visible()


def test_a_property_shows_its_values_and_leads_to_the_people_by_it(site: Site, page: Page) -> None:
    page.goto(f"{site.path}/events")
    page.get_by_role("tab", name="Properties").click()
    page.get_by_label("Search by name").fill("source")
    page.get_by_role("button", name="source", exact=True).click()
    value = page.get_by_role("row", name=COUNTRIES[0])
    expect(value.get_by_role("cell").last).to_have_text(str(PEOPLE // len(COUNTRIES)))
    assert accessibility_findings(page) == []
    page.get_by_role("link", name="People by source").click()
    expect(page.get_by_role("button", name="Split by: source")).to_be_visible()
    page.go_back()
    page.get_by_role("tab", name="Properties").click()
    page.get_by_label("Search by name").fill("no such name")
    expect(page.get_by_role("heading", name="No property has such a name")).to_be_visible()


def test_the_catalog_fits_on_a_phone(site: Site, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site.path}/events")
    for name in ("Properties", "Events"):
        page.get_by_role("tab", name=name).click()
        expect(page.get_by_role("tabpanel", name=name)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert accessibility_findings(page) == []
