"""The project, its keys, members and the audit log."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from .conftest import accessibility_findings
from .site import Site


def test_a_project_gets_another_name_and_first_day_of_the_week(site: Site, page: Page) -> None:
    before = site.api.get(site.api_path).json()
    page.goto(f"{site.path}/settings")
    page.get_by_label("Name", exact=True).fill("Acme reports")
    page.get_by_text("Monday").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved")
    expect(page.get_by_role("button", name="Project: Acme reports").first).to_be_visible()
    assert accessibility_findings(page) == []
    after = site.api.get(site.api_path).json()
    assert (after["name"], after["week_start"]) == ("Acme reports", "monday")
    kept = {name: before[name] for name in ("name", "week_start")}
    site.api.patch(site.api_path, json=kept).raise_for_status()


def test_the_secret_of_an_api_key_is_shown_once_and_works(site: Site, page: Page) -> None:
    page.goto(f"{site.path}/settings?tab=keys")
    expect(page.get_by_text(site.write_key, exact=True)).to_be_visible()
    assert accessibility_findings(page) == []
    page.get_by_role("button", name="New API key").click()
    made = page.get_by_role("dialog")
    made.get_by_label("Name").fill("Notebook")
    assert accessibility_findings(page) == []
    made.get_by_role("button", name="Create key").click()
    secret = made.get_by_text(re.compile(r"^ck_\w+")).inner_text()
    made.get_by_role("button", name="I have copied it").click()
    expect(page.get_by_text(secret)).to_have_count(0)

    program = {"authorization": f"Bearer {secret}"}
    url = f"{site.url}{site.api_path}"
    assert httpx.get(url, headers=program, trust_env=False).status_code == 200

    page.get_by_role("button", name="Delete Notebook").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete key").click()
    expect(page.get_by_text("No API key yet")).to_be_visible()
    assert httpx.get(url, headers=program, trust_env=False).status_code == 401


def test_a_member_is_invited_by_link_and_removed(site: Site, page: Page) -> None:
    page.goto(f"{site.path}/settings?tab=members")
    page.get_by_role("button", name="Invite").click()
    invitation = page.get_by_role("dialog")
    invitation.get_by_label("Name").fill("Hedy Lamarr")
    invitation.get_by_label("E-mail address").fill("hedy@example.org")
    assert accessibility_findings(page) == []
    invitation.get_by_role("button", name="Create the link").click()
    expect(invitation.get_by_text(f"{site.url}/sign-in?token=")).to_be_visible()
    invitation.get_by_role("button", name="I have copied it").click()
    expect(page.get_by_text("hedy@example.org")).to_be_visible()
    assert accessibility_findings(page) == []

    page.get_by_role("button", name="Remove Hedy Lamarr").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove member").click()
    expect(page.get_by_text("hedy@example.org")).to_have_count(0)


def test_the_audit_log_says_who_did_what(site: Site, page: Page) -> None:
    page.goto(f"{site.path}/settings?tab=audit")
    expect(page.get_by_text("Created a project").last).to_be_visible()
    expect(page.get_by_text("ada@example.org").first).to_be_visible()
    assert accessibility_findings(page) == []


@pytest.mark.parametrize("path", ["{project}/nowhere", "/p/0123456789abcdef/people", "/nowhere"])
def test_a_page_that_does_not_exist_leads_back(site: Site, page: Page, path: str) -> None:
    page.goto(path.format(project=site.path))
    expect(page.get_by_text("There is nothing here")).to_be_visible()
    page.get_by_role("link", name="Back to the start").click()
    expect(page).to_have_url(re.compile(rf"{site.path}/dashboards/\w+$"))
