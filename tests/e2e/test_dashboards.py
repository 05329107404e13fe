"""Dashboards: their tiles, changing them, undoing it, and two people changing the same one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Complaints, accessibility_findings
from .site import Site
from .story import ACTIVATED, PEOPLE

TRENDS = {
    "kind": "trends",
    "series": [{"event": "Signed up", "measure": {"of": "persons"}, "label": "New people"}],
    "period": {"from": "-35d"},
    "interval": "week",
}
FUNNEL = {
    "kind": "funnel",
    "steps": [{"event": "Signed up"}, {"event": "Activated"}],
    "period": {"from": "-35d"},
}


def tile(name: str, spec: Mapping[str, Any], **size: int) -> dict[str, Any]:
    return {"id": name.lower().replace(" ", "-"), "title": name, "spec": spec, **size}


@pytest.fixture
def board(site: Site, page: Page) -> str:
    """Open a dashboard with two tiles and return its id."""
    made = site.add_dashboard("Growth", tile("New people", TRENDS), tile("Activation", FUNNEL))
    page.goto(f"{site.path}/dashboards/{made}")
    expect(tiles(page)).to_have_count(2)
    return made


def tiles(page: Page) -> Locator:
    return page.locator("[data-tile]")


def titles(page: Page) -> list[str]:
    return page.locator("[data-tile] h2").all_inner_texts()


def stored(site: Site, dashboard_id: str) -> dict[str, Any]:
    answer = site.api.get(f"{site.api_path}/dashboards/{dashboard_id}").raise_for_status()
    return dict(answer.json())


def saved(page: Page) -> None:
    expect(page.get_by_label("Saving")).to_have_count(0)


def more(page: Page, title: str, item: str) -> None:
    page.get_by_role("button", name=f"More about {title}").click()
    page.get_by_role("menuitem", name=item, exact=True).click()


def test_the_first_page_is_the_first_dashboard_with_its_answers(site: Site, page: Page) -> None:
    page.goto(site.url)
    expect(page).to_have_url(re.compile(rf"{site.path}/dashboards/\w+$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    expect(tiles(page)).to_have_count(4)
    expect(page.locator("canvas").first).to_be_visible()
    assert accessibility_findings(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_dashboard_can_be_read_by_everyone_in_light_and_dark(
    site: Site, page: Page, board: str, scheme: Any
) -> None:
    page.emulate_media(color_scheme=scheme)
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
    expect(page.locator("canvas").first).to_be_visible()
    assert accessibility_findings(page) == []


def test_a_number_opens_as_many_people_as_it_says(page: Page, board: str) -> None:
    funnel = page.get_by_role("region", name="Activation")
    funnel.get_by_role("button", name=re.compile(rf"\b{ACTIVATED}\b")).first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text(f"{ACTIVATED} people")).to_be_visible()
    expect(drawer.get_by_role("link")).to_have_count(ACTIVATED)
    assert accessibility_findings(page) == []
    drawer.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Visits")).to_be_visible()


def test_all_tiles_are_shown_over_another_period_and_the_address_keeps_it(
    page: Page, board: str
) -> None:
    activation = page.get_by_role("region", name="Activation")
    everyone = activation.get_by_role("button", name=re.compile(rf"\b{PEOPLE}\b"))
    expect(everyone.first).to_be_visible()
    page.get_by_role("button", name="Periods as saved").click()
    page.get_by_role("menuitem", name="Yesterday").click()
    expect(everyone).to_have_count(0)
    page.reload()
    expect(page.get_by_role("button", name="Period: Yesterday")).to_be_visible()
    expect(everyone).to_have_count(0)
    assert accessibility_findings(page) == []
    page.get_by_role("button", name="Periods as saved").click()
    expect(everyone.first).to_be_visible()


def test_a_tile_is_renamed_and_the_name_stays(site: Site, page: Page, board: str) -> None:
    more(page, "Activation", "Rename")
    field = page.get_by_label("Title of the tile")
    field.fill("Never mind")
    field.press("Escape")
    expect(page.get_by_role("link", name="Activation")).to_be_visible()

    more(page, "Activation", "Rename")
    field.fill("From sign-up to use")
    field.press("Enter")
    expect(page.get_by_role("link", name="From sign-up to use")).to_be_visible()
    saved(page)
    page.reload()
    expect(page.get_by_role("link", name="From sign-up to use")).to_be_visible()


def test_tiles_move_and_grow_with_the_pointer(site: Site, page: Page, board: str) -> None:
    first, second = tiles(page).nth(0), tiles(page).nth(1)
    first.hover()
    first.get_by_label(re.compile("^Move New people")).hover()
    page.mouse.down()
    box = second.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 60, box["y"] + 60, steps=6)
    page.mouse.up()
    expect(tiles(page).nth(0).locator("h2")).to_have_text("Activation")

    tiles(page).nth(0).get_by_label(re.compile("^Resize Activation")).hover()
    corner = tiles(page).nth(0).bounding_box()
    assert corner is not None
    page.mouse.down()
    page.mouse.move(corner["x"] + corner["width"] + 190, corner["y"] + corner["height"], steps=6)
    page.mouse.up()
    saved(page)
    kept = stored(site, board)["tiles"]
    assert [(each["title"], each["width"], each["height"]) for each in kept] == [
        ("Activation", 8, 4),
        ("New people", 6, 4),
    ]


def test_tiles_move_and_grow_with_the_keyboard(site: Site, page: Page, board: str) -> None:
    page.get_by_label(re.compile("^Move New people")).focus()
    page.keyboard.press("ArrowRight")
    expect(tiles(page).nth(0).locator("h2")).to_have_text("Activation")
    page.get_by_label(re.compile("^Resize Activation")).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    saved(page)
    kept = stored(site, board)["tiles"][0]
    assert (kept["title"], kept["width"], kept["height"]) == ("Activation", 5, 5)


def test_a_deleted_tile_comes_back(site: Site, page: Page, board: str) -> None:
    more(page, "New people", "Delete")
    expect(tiles(page)).to_have_count(1)
    page.get_by_role("alert").get_by_role("button", name="Undo").click()
    expect(tiles(page)).to_have_count(2)
    saved(page)
    assert [each["title"] for each in stored(site, board)["tiles"]] == ["New people", "Activation"]


def test_changes_are_undone_one_by_one(site: Site, page: Page, board: str) -> None:
    more(page, "New people", "Duplicate")
    more(page, "Activation", "Delete")
    expect(tiles(page)).to_have_count(2)
    page.keyboard.press("Control+z")
    expect(tiles(page)).to_have_count(3)
    page.keyboard.press("Control+z")
    expect(tiles(page)).to_have_count(2)
    assert titles(page) == ["New people", "Activation"]
    saved(page)
    assert len(stored(site, board)["tiles"]) == 2


def test_nobody_overwrites_what_somebody_else_just_changed(
    site: Site, page: Page, board: str, complaints: Complaints
) -> None:
    complaints.expected.append("status of 409")
    theirs = stored(site, board)
    site.api.put(
        f"{site.api_path}/dashboards/{board}",
        json={
            "name": "Growth, theirs",
            "description": "",
            "tiles": theirs["tiles"],
            "revision": theirs["revision"],
        },
    ).raise_for_status()

    more(page, "Activation", "Delete")
    said = page.get_by_role("alert").filter(has_text="Somebody else changed this dashboard")
    expect(said).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Growth, theirs")
    expect(tiles(page)).to_have_count(2)
    said.get_by_role("button", name="Make my change again").click()
    expect(tiles(page)).to_have_count(1)
    saved(page)
    kept = stored(site, board)
    assert (kept["name"], len(kept["tiles"])) == ("Growth, theirs", 1)


def test_a_dashboard_is_made_named_deleted_and_comes_back(site: Site, page: Page) -> None:
    page.goto(f"{site.path}/dashboards")
    expect(page.get_by_role("heading", name="Dashboards")).to_be_visible()
    assert accessibility_findings(page) == []
    page.get_by_role("button", name="New dashboard").last.click()
    name = page.get_by_label("Name of the dashboard")
    name.fill("Weekly review")
    name.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Weekly review")
    expect(page.get_by_text("Nothing on this dashboard yet")).to_be_visible()
    assert accessibility_findings(page) == []
    saved(page)

    page.get_by_role("button", name="More about this dashboard").click()
    page.get_by_role("menuitem", name="Delete dashboard").click()
    expect(page).to_have_url(re.compile("/dashboards$"))
    page.get_by_role("alert").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Weekly review")


def test_on_a_phone_tiles_lie_below_each_other_and_navigation_is_a_drawer(
    site: Site, page: Page, board: str
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    first, second = (tiles(page).nth(i).bounding_box() for i in (0, 1))
    assert first is not None and second is not None
    assert first["x"] == second["x"] and first["width"] == second["width"] > 340
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Open the navigation").click()
    assert accessibility_findings(page) == []
    page.get_by_role("dialog").get_by_role("link", name="People").click()
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    expect(page.get_by_text(f"{PEOPLE} people")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
