"""Every kind of question: found, asked, shown to everyone, and opened to the people behind it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import accessibility_findings
from .site import Site
from .story import ACTIVATED, PEOPLE, SUBSCRIBED
from .test_insights import FUNNEL, answer, ask, choose, pick, says

NEW = {
    "path": "paths",
    "lifecycle": "lifecycle",
    "stickiness": "stickiness",
    "engagement matrix": "engagement",
    "feature adoption": "adoption",
    "usage interval": "usage",
    "attribution": "attribution",
    "question about sessions": "sessions",
    "revenue report": "revenue",
}


@pytest.mark.parametrize("noun", NEW)
def test_a_question_is_found_answered_and_fit_for_everyone(
    site: Site, page: Page, noun: str
) -> None:
    page.goto(site.path)
    expect(page.get_by_role("navigation", name="Project")).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Go to").fill(f"New {noun}")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/insights/{NEW[noun]}"))
    expect(answer(page).get_by_text("As of")).to_be_visible(timeout=60_000)
    expect(answer(page).locator("canvas")).to_be_visible()
    assert accessibility_findings(page) == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(answer(page).locator("canvas")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert accessibility_findings(page) == []


@pytest.mark.parametrize("kind", ["paths", "engagement", "adoption", "usage"])
def test_the_people_behind_a_mark_open_by_keyboard(site: Site, page: Page, kind: str) -> None:
    page.goto(f"{site.path}/insights/{kind}")
    expect(answer(page).get_by_text("As of")).to_be_visible(timeout=60_000)
    expect(answer(page).locator("canvas")).to_be_visible()
    chart = page.get_by_role("group", name="Use the arrow keys")
    chart.focus()
    page.keyboard.press("ArrowRight")
    expect(chart.locator("[aria-live]")).not_to_be_empty()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("link").first).to_be_visible()


@pytest.mark.parametrize("kind", ["lifecycle", "stickiness"])
def test_the_people_behind_a_number_of_the_table_open(site: Site, page: Page, kind: str) -> None:
    page.goto(f"{site.path}/insights/{kind}")
    page.get_by_title("Table", exact=True).click()
    answer(page).get_by_role("button", name="Show the people.").first.click(timeout=60_000)
    expect(page.get_by_role("dialog").get_by_role("link").first).to_be_visible()


def test_the_sessions_behind_a_number_lead_to_their_people(site: Site, page: Page) -> None:
    ask(site, page, {**FUNNEL, "actor": "session"})
    answer(page).get_by_role("button", name="Signed up").first.click()
    opened = page.get_by_role("dialog")
    expect(opened.get_by_text(f"{PEOPLE} sessions")).to_be_visible()
    opened.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("/people/"))


def test_a_kind_is_chosen_from_a_menu_that_says_what_each_answers(site: Site, page: Page) -> None:
    ask(site, page, FUNNEL)
    page.get_by_role("button", name="Kind of question: Funnel").click()
    page.get_by_role("menuitem", name=re.compile("^Lifecycle.*Who is new")).click()
    expect(page.get_by_role("button", name="Activity, event: Signed up")).to_be_visible()
    expect(page).to_have_url(re.compile("/insights/lifecycle"))


def test_steps_have_alternatives_and_any_order(site: Site, page: Page) -> None:
    ask(site, page, {**FUNNEL, "steps": [{"event": "Signed up"}, {"event": "Subscribed"}]})
    says(page, f"{SUBSCRIBED} of {PEOPLE} people")
    page.get_by_role("button", name="Step 2: more").click()
    page.get_by_role("menuitem", name="Or another event").click()
    pick(page, "activ")
    says(page, f"{ACTIVATED} of {PEOPLE} people")
    page.get_by_label("Order of the steps").select_option("any")
    says(page, f"{ACTIVATED} of {PEOPLE} people")


def test_an_exclusion_takes_people_out_of_a_funnel(site: Site, page: Page) -> None:
    ask(site, page, {**FUNNEL, "steps": [{"event": "Signed up"}, {"event": "Subscribed"}]})
    page.get_by_role("button", name="More options").click()
    page.get_by_role("button", name="Exclusion", exact=True).click()
    pick(page, "activ")
    says(page, "went on to Subscribed: 0.0%.")
    page.get_by_label("What an exclusion does").select_option("drop")
    says(page, f"0 of {PEOPLE} people")


def test_a_funnel_shows_its_conversion_over_time(site: Site, page: Page) -> None:
    ask(site, page, FUNNEL)
    answer(page).get_by_label("Kind of chart").select_option("trend")
    expect(answer(page).locator("canvas")).to_be_visible()
    expect(page.get_by_role("group", name="Use the arrow keys")).to_be_visible()


@pytest.mark.parametrize("show", ["area", "bars", "total", "number", "heat", "map"])
def test_a_trend_is_shown_in_other_ways(site: Site, page: Page, show: str) -> None:
    spec = {
        "kind": "trends",
        "series": [{"event": "Signed up", "measure": {"of": "persons"}}],
        "period": {"from": "-35d"},
        "show": show,
    }
    ask(site, page, spec)
    mark = answer(page).get_by_role("button", name=f"{PEOPLE}. Show the people.")
    expect(mark if show == "number" else answer(page).locator("canvas").first).to_be_visible()
    assert accessibility_findings(page) == []


def test_a_cohort_is_made_and_narrows_a_question(site: Site, page: Page) -> None:
    page.goto(f"{site.path}/cohorts")
    page.get_by_role("link", name="New cohort").first.click()
    page.get_by_label("Name of the cohort").fill("Activated people")
    choose(page, "Rule 1, event", "activ")
    page.get_by_label("Rule 1, within").select_option("")
    expect(page.get_by_text(f"{ACTIVATED} people of {PEOPLE}")).to_be_visible()
    page.get_by_role("button", name="Save cohort").click()
    expect(page.get_by_text(f"{ACTIVATED} members")).to_be_visible()
    expect(page.get_by_role("region", name="Size over time").locator("canvas")).to_be_visible()
    assert accessibility_findings(page) == []

    ask(site, page, FUNNEL)
    page.get_by_role("button", name="Add a condition on all events").click()
    pick(page, "Activated people")
    says(page, f"{ACTIVATED} of {ACTIVATED} people")
    page.get_by_label("Filter, condition 1, comparison").select_option("out")
    says(page, f"0 of {PEOPLE - ACTIVATED} people")
