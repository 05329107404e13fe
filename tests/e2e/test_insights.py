"""Asking: a question is changed, answered, shared, taken back, opened, and kept."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Complaints, accessibility_findings
from .site import TIMEZONE, Site
from .story import ACTIVATED, COUNTRIES, PEOPLE, SUBSCRIBED, name_of

PERIOD = {"from": "-35d"}
SIGNED_UP = {"event": "Signed up", "measure": {"of": "persons"}}
TRENDS = {"kind": "trends", "series": [SIGNED_UP], "period": PERIOD, "interval": "week"}
FUNNEL = {
    "kind": "funnel",
    "steps": [{"event": "Signed up"}, {"event": "Activated"}],
    "period": PERIOD,
}
RETENTION = {
    "kind": "retention",
    "start": {"event": "Signed up"},
    "returning": {"event": "Viewed report"},
    "period": PERIOD,
}


def ask(site: Site, page: Page, spec: Mapping[str, Any], **search: str) -> None:
    more = "".join(f"&{name}={value}" for name, value in search.items())
    address = f"{site.path}/insights/{spec['kind']}?spec={quote(json.dumps(spec))}{more}"
    page.goto(address)
    expect(answer(page).get_by_text("As of")).to_be_visible()


def answer(page: Page) -> Locator:
    return page.get_by_role("region", name="Answer")


def says(page: Page, sentence: str) -> None:
    expect(answer(page).get_by_text(sentence)).to_be_visible()


def choose(page: Page, picker: str, search: str) -> None:
    """Open a picker, type, and take the first match."""
    page.get_by_role("button", name=re.compile(f"^{picker}")).click()
    page.get_by_role("textbox", name="Search").fill(search)
    page.keyboard.press("Enter")


def pick(page: Page, search: str) -> None:
    """Take the first match in the picker that opened by itself."""
    page.get_by_role("textbox", name="Search").fill(search)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("spec", [TRENDS, FUNNEL, RETENTION], ids=lambda spec: str(spec["kind"]))
def test_everyone_can_use_every_kind_of_question_in_light_and_dark_and_on_a_phone(
    site: Site, page: Page, spec: Mapping[str, Any]
) -> None:
    ask(site, page, spec)
    expect(page.locator("canvas, table").first).to_be_visible()
    assert accessibility_findings(page) == []
    page.emulate_media(color_scheme="dark")
    page.reload()
    expect(page.locator("canvas, table").first).to_be_visible()
    assert accessibility_findings(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_role("button", name="Open the navigation")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert accessibility_findings(page) == []


def test_a_question_is_answered_as_it_is_changed_and_its_address_is_the_question(
    site: Site, page: Page
) -> None:
    page.goto(f"{site.path}/insights/trends")
    says(page, f"Any event, people: {PEOPLE} over the period.")
    choose(page, "Series A, event", "activ")
    says(page, f"Activated, people: {ACTIVATED} over the period.")
    page.wait_for_url(re.compile("spec=.*Activated"))
    page.reload()
    says(page, f"Activated, people: {ACTIVATED} over the period.")


def test_changes_are_taken_back_and_made_again(site: Site, page: Page) -> None:
    ask(site, page, TRENDS)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    choose(page, "Series A, event", "activ")
    says(page, "Activated, people:")
    page.keyboard.press("Control+z")
    says(page, "Signed up, people:")
    page.keyboard.press("Control+Shift+z")
    says(page, "Activated, people:")
    page.get_by_role("button", name="Undo").click()
    says(page, "Signed up, people:")


def test_conditions_narrow_the_answer_as_soon_as_they_are_complete(site: Site, page: Page) -> None:
    ask(site, page, TRENDS)
    page.get_by_role("button", name="Add a condition on all events").click()
    pick(page, "source")
    says(page, f"Signed up, people: {PEOPLE} over")
    page.get_by_placeholder("Choose or type values").click()
    page.get_by_role("option", name=COUNTRIES[0]).click()
    one_country = PEOPLE // len(COUNTRIES)
    says(page, f"Signed up, people: {one_country} over")
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Condition", exact=True).click()
    pick(page, "plan")
    page.get_by_label("Filter, condition 2, comparison").select_option("is_set")
    says(page, "Nothing happened in this period.")
    page.get_by_role("button", name="Joined by and").click()
    says(page, f"Signed up, people: {one_country} over")
    page.get_by_role("button", name="Remove Filter, condition 1").click()
    says(page, "Nothing happened in this period.")
    page.get_by_role("button", name="Remove Filter, condition 1").click()
    says(page, f"Signed up, people: {PEOPLE} over")


def test_every_group_opens_exactly_its_people(site: Site, page: Page) -> None:
    ask(site, page, TRENDS)
    choose(page, "Split by", "source")
    lines = page.get_by_role("list", name="Lines").get_by_role("listitem")
    expect(lines).to_have_count(len(COUNTRIES))
    one_country = PEOPLE // len(COUNTRIES)
    expect(lines.first).to_have_text(re.compile(rf"^[A-Z]{{2}}{one_country}$"))
    lines.first.get_by_role("button", name="Show the people").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text(f"{one_country} people")).to_be_visible()
    expect(drawer.get_by_role("link")).to_have_count(one_country)


def test_a_number_in_the_table_and_a_click_on_a_line_open_the_people_of_that_week(
    site: Site, page: Page
) -> None:
    ask(site, page, TRENDS)
    page.get_by_title("Table", exact=True).click()
    counts = answer(page).get_by_role("button", name="Signed up, people. Show the people.")
    expect(counts.first).to_be_visible()
    assert sum(int(text) for text in counts.all_inner_texts()) == PEOPLE
    first = counts.first.inner_text()
    counts.first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text(re.compile(rf"^{first} (person|people)$"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()

    page.get_by_title("Chart", exact=True).click()
    canvas = page.locator("canvas").first
    box = canvas.bounding_box()
    assert box is not None
    canvas.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    expect(drawer.get_by_text(re.compile(r"^Signed up, people, Week of "))).to_be_visible()


def test_the_values_of_a_chart_are_read_and_opened_by_keyboard(site: Site, page: Page) -> None:
    ask(site, page, TRENDS)
    chart = page.get_by_role("group", name="Use the arrow keys")
    chart.focus()
    page.keyboard.press("ArrowRight")
    expect(chart.locator("[aria-live]")).to_have_text(
        re.compile(r"^Week of .*: Signed up, people \d")
    )
    expect(page.get_by_text("Not over yet: this can still grow")).to_be_visible()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("link").first).to_be_visible()


def test_a_formula_that_cannot_be_read_is_explained_and_nothing_is_lost(
    site: Site, page: Page, complaints: Complaints
) -> None:
    complaints.expected.append("status of 400")
    ask(site, page, TRENDS)
    page.get_by_role("button", name="Formula", exact=True).click()
    formula = page.get_by_role("textbox", name="Formula 1")
    formula.fill("A / ")
    expect(answer(page).get_by_role("alert")).to_contain_text("A /")
    says(page, f"Signed up, people: {PEOPLE} over")
    formula.fill("A * 2")
    says(page, f"Signed up, people * 2: {PEOPLE * 2} over the period.")
    expect(answer(page).get_by_role("alert")).to_have_count(0)


def test_a_measure_waits_for_its_property(site: Site, page: Page) -> None:
    ask(site, page, {**TRENDS, "series": [{"event": "Subscribed"}]})
    choose(page, "Series A, measured as", "Sum of")
    expect(page.get_by_text("Choose the property to measure.")).to_be_visible()
    pick(page, "price")
    total = sum(9.5 * (1 + number % 3) for number in range(SUBSCRIBED))
    says(page, f"Subscribed, sum of price: {total:,.0f} over the period.")
    expect(page.get_by_text("Choose the property to measure.")).to_be_hidden()


def test_a_comparison_draws_the_period_before(site: Site, page: Page) -> None:
    ask(site, page, {**TRENDS, "period": {"from": "-13d"}})
    page.get_by_label("Compare").select_option("before")
    says(page, "against the period before")


def test_a_funnel_counts_its_steps_and_opens_those_who_stopped(site: Site, page: Page) -> None:
    ask(site, page, FUNNEL)
    says(page, f"{ACTIVATED} of {PEOPLE} people who did Signed up went on to Activated: 60.0%.")
    page.get_by_role("button", name="Step", exact=True).click()
    pick(page, "subscr")
    says(page, f"{SUBSCRIBED} of {PEOPLE} people who did Signed up went on to Subscribed: 30.0%.")
    stopped = ACTIVATED - SUBSCRIBED
    page.get_by_role("button", name=f"{stopped} people stopped before Subscribed").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text(f"{stopped} people")).to_be_visible()
    expect(drawer.get_by_role("link", name=name_of(SUBSCRIBED))).to_be_visible()
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Step 3: more").click()
    page.get_by_role("menuitem", name="Move up").click()
    says(page, "went on to Activated: 0.0%.")
    expect(page.get_by_role("button", name="Step 2, event: Subscribed")).to_be_visible()

    page.get_by_role("button", name="Undo").click()
    page.get_by_label("Length of the window").fill("1")
    page.get_by_label("Unit of the window").select_option("hour")
    says(page, "went on to Subscribed: 0.0%.")


def test_retention_opens_each_cohort(site: Site, page: Page) -> None:
    ask(site, page, RETENTION)
    table = page.get_by_role("table")
    expect(table.get_by_role("row", name="Average")).to_contain_text(str(PEOPLE))
    cell = table.get_by_role("button", name="Day 1:").first
    words = cell.get_attribute("aria-label") or ""
    people = re.search(r": (\d+) people", words)
    assert people is not None
    cell.click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("link")).to_have_count(int(people[1]))
    page.keyboard.press("Escape")
    page.get_by_label("When a return counts").select_option("on_or_after")
    says(page, "did Viewed report the day after or later.")


def test_a_question_turns_into_another_kind_and_keeps_its_events(site: Site, page: Page) -> None:
    ask(site, page, FUNNEL)
    page.get_by_role("button", name="Kind of question: Funnel").click()
    page.get_by_role("menuitem", name=re.compile("^Retention")).click()
    expect(page).to_have_url(re.compile("/insights/retention"))
    says(page, "who did Signed up did Activated the day after.")


def test_the_numbers_are_explained_and_say_where_they_come_from(site: Site, page: Page) -> None:
    ask(site, page, FUNNEL)
    page.get_by_role("button", name="What do these numbers mean?").click()
    words = page.get_by_role("dialog")
    expect(words).to_contain_text("within 14 days of that first event")
    expect(words).to_contain_text(TIMEZONE)
    assert accessibility_findings(page) == []


def test_the_table_is_downloaded_as_csv(site: Site, page: Page) -> None:
    ask(site, page, FUNNEL)
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download as CSV").click()
    file = downloading.value
    assert file.suggested_filename == "funnel.csv"
    lines = Path(file.path()).read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("Step,People,Of first step")
    assert lines[2].startswith(f"Activated,{ACTIVATED},")


def test_a_period_is_chosen_and_an_empty_one_teaches_the_way_out(site: Site, page: Page) -> None:
    ask(site, page, TRENDS)
    page.get_by_role("button", name="Period:").click()
    assert accessibility_findings(page) == []
    page.get_by_label("How many").fill("2")
    page.get_by_label("Unit of time").select_option("w")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("button", name="Period: Last 2 weeks")).to_be_visible()
    page.keyboard.press("Escape")

    ask(site, page, {**TRENDS, "period": {"from": "2019-01-01", "to": "2019-01-31"}})
    expect(page.get_by_role("heading", name="Nothing in this answer")).to_be_visible()
    page.get_by_role("button", name="Show all time").click()
    says(page, f"Signed up, people: {PEOPLE} over the period.")


def test_a_question_is_kept_in_a_dashboard_and_changed_there(site: Site, page: Page) -> None:
    made = site.add_dashboard("Kept")
    ask(site, page, TRENDS)
    page.get_by_role("button", name="Save to a dashboard").click()
    page.get_by_label("Title").fill("Sign-ups")
    page.get_by_role("combobox", name="Dashboard").click()
    page.get_by_role("option", name="Kept").last.click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign-ups")
    expect(page.get_by_role("button", name="Saved")).to_be_disabled()

    choose(page, "Series A, event", "activ")
    says(page, "Activated, people:")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Saved")).to_be_disabled()
    kept = site.api.get(f"{site.api_path}/dashboards/{made}").raise_for_status().json()
    assert [tile["title"] for tile in kept["tiles"]] == ["Sign-ups"]
    assert kept["tiles"][0]["spec"]["series"][0]["event"] == "Activated"


def test_somebody_elses_change_to_the_dashboard_is_kept_as_well(site: Site, page: Page) -> None:
    tile = {"id": "mine", "title": "Mine", "spec": TRENDS}
    made = site.add_dashboard("Shared", tile)
    ask(site, page, TRENDS, dashboard=made, tile="mine")
    expect(page.get_by_role("button", name="Saved")).to_be_visible()
    path = f"{site.api_path}/dashboards/{made}"
    theirs = site.api.get(path).raise_for_status().json()
    edit = {name: theirs[name] for name in ("description", "tiles", "revision")}
    site.api.put(path, json={**edit, "name": "Renamed by another"}).raise_for_status()

    choose(page, "Series A, event", "activ")
    says(page, "Activated, people:")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Saved")).to_be_disabled()
    kept = site.api.get(path).raise_for_status().json()
    assert kept["name"] == "Renamed by another"
    assert kept["tiles"][0]["spec"]["series"][0]["event"] == "Activated"


def test_an_address_that_holds_no_question_starts_a_new_one(site: Site, page: Page) -> None:
    page.goto(
        f"{site.path}/insights/funnel?spec={quote(json.dumps({'kind': 'funnel', 'steps': []}))}"
    )
    expect(page.get_by_text("The address holds a question that cannot be read")).to_be_visible()
    expect(answer(page).get_by_text("As of")).to_be_visible()
    page.goto(f"{site.path}/insights/astrology")
    expect(page.get_by_text("There is no kind of question called astrology.")).to_be_visible()


def test_a_project_without_events_says_how_to_send_the_first(site: Site, page: Page) -> None:
    made = site.api.post("/api/projects", json={"name": "Empty", "timezone": TIMEZONE})
    path = f"/p/{made.raise_for_status().json()['id']}"
    for kind in ("trends", "funnel", "retention"):
        page.goto(f"{path}/insights/{kind}")
        expect(answer(page).get_by_role("heading", name="No events yet")).to_be_visible()
    page.get_by_role("link", name="Send the first event").click()
    expect(page).to_have_url(re.compile(f"{path}/welcome"))
