"""Cohorts over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from .conftest import Project, names, track

NOW = datetime.now(UTC)
BUYERS = {"did": {"event": "buy"}}
TREND = {"kind": "trends", "series": [{"event": "see", "measure": {"of": "persons"}}]}


def ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat()


@pytest.fixture
def shop(project: Project) -> Project:
    """A project in which three people looked and two of them bought."""
    project.bring(
        track("ana", "see", ago(6)),
        track("ben", "see", ago(6)),
        track("cem", "see", ago(6)),
        track("ana", "buy", ago(5.5)),
        track("ben", "buy", ago(1.5)),
    )
    return project


def create(shop: Project, definition: Any, name: str = "Buyers") -> dict[str, Any]:
    answer = shop.browser.post(
        f"{shop.path}/cohorts", json={"name": name, "definition": definition}
    )
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def members(shop: Project, cohort: dict[str, Any]) -> list[str]:
    answer = shop.browser.get(f"{shop.path}/cohorts/{cohort['id']}/people")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["total"] == len(found["people"])
    return sorted(names(found["people"]))


def count(shop: Project, filter: Any) -> float:
    question = {**TREND, "filter": filter, "period": {"from": "-10d"}}
    answer = shop.browser.post(f"{shop.path}/query", json=question)
    assert answer.status_code == 200, answer.text
    total: float = answer.json()["result"]["lines"][0]["total"]
    return total


def test_the_people_in_a_cohort_are_listed_counted_and_exported(shop: Project) -> None:
    made = create(shop, BUYERS)
    size = shop.browser.get(f"{shop.path}/cohorts/{made['id']}/size").json()
    csv = shop.browser.get(f"{shop.path}/cohorts/{made['id']}/csv").text.splitlines()
    assert members(shop, made) == ["ana", "ben"]
    assert size == {"people": 2, "everyone": 3}
    assert csv[0] == "distinct_id,person,name"
    assert sorted(line.split(",")[0] for line in csv[1:]) == ["ana", "ben"]


def test_a_page_of_people_is_a_part_of_the_list(shop: Project) -> None:
    made = create(shop, BUYERS)
    page = shop.browser.get(f"{shop.path}/cohorts/{made['id']}/people?limit=1&offset=1").json()
    assert page["total"] == 2
    assert names(page["people"]) == ["ben"]


def test_a_question_is_filtered_by_a_saved_cohort_or_by_one_described_in_it(shop: Project) -> None:
    made = create(shop, BUYERS)
    assert count(shop, {"cohort": made["id"]}) == 2
    assert count(shop, {"cohort": made["id"], "in": False}) == 1
    assert count(shop, {"cohort": {"not": BUYERS}}) == 1


def test_an_answer_is_not_remembered_beyond_a_change_of_its_cohort(shop: Project) -> None:
    made = create(shop, BUYERS)
    assert count(shop, {"cohort": made["id"]}) == 2
    edit = {"name": "All", "definition": {"all": []}, "revision": 1}
    shop.browser.put(f"{shop.path}/cohorts/{made['id']}", json=edit).raise_for_status()
    assert count(shop, {"cohort": made["id"]}) == 3


def test_a_question_is_broken_down_by_a_cohort_and_each_number_opens_its_people(
    shop: Project,
) -> None:
    made = create(shop, BUYERS)
    spec = {**TREND, "breakdown": {"of": "cohort", "name": made["id"]}, "period": {"from": "-10d"}}
    lines = shop.browser.post(f"{shop.path}/query", json=spec).json()["result"]["lines"]
    assert [(line["group"]["value"], line["total"]) for line in lines] == [("in", 2), ("out", 1)]
    point = {"kind": "trends", "series": 0, "group": {"value": "out"}}
    behind = shop.browser.post(f"{shop.path}/query/people", json={"spec": spec, "point": point})
    assert names(behind.json()["people"]) == ["cem"]


def test_a_question_about_a_cohort_that_does_not_exist_says_so(shop: Project) -> None:
    question = {**TREND, "filter": {"cohort": "gone"}}
    answer = shop.browser.post(f"{shop.path}/query", json=question)
    assert answer.status_code == 400
    assert answer.json()["message"] == "there is no cohort 'gone'"


def test_a_cohort_of_another_project_does_not_exist_here(shop: Project) -> None:
    made = create(shop, BUYERS)
    other = shop.browser.post("/api/projects", json={"name": "Other"}).json()
    path = f"/api/projects/{other['id']}"
    assert shop.browser.get(f"{path}/cohorts/{made['id']}").status_code == 404
    question = {**TREND, "filter": {"cohort": made["id"]}}
    assert shop.browser.post(f"{path}/query", json=question).status_code == 400


def test_a_definition_is_counted_before_it_is_saved(shop: Project) -> None:
    answer = shop.browser.post(f"{shop.path}/cohorts/size", json={"definition": {"not": BUYERS}})
    assert answer.json() == {"people": 1, "everyone": 3}
    assert shop.browser.get(f"{shop.path}/cohorts").json() == []


def test_the_size_over_time_is_that_at_the_end_of_each_day(shop: Project) -> None:
    made = create(shop, BUYERS)
    answer = shop.browser.get(f"{shop.path}/cohorts/{made['id']}/sizes?days=8").json()
    assert answer["has_a_past"] is True
    people = [size["people"] for size in answer["sizes"]]
    days = [size["day"] for size in answer["sizes"]]
    assert days == [str((NOW - timedelta(days=back)).date()) for back in range(7, -1, -1)]
    bought = [(NOW - timedelta(days=days)).date() for days in (5.5, 1.5)]
    assert people == [sum(str(at) <= day for at in bought) for day in days]


def test_a_cohort_of_those_who_have_a_property_has_no_past(shop: Project) -> None:
    plan = {"property": {"of": "person", "name": "plan"}, "operator": "is_not_set"}
    made = create(shop, plan)
    answer = shop.browser.get(f"{shop.path}/cohorts/{made['id']}/sizes?days=8").json()
    assert answer["has_a_past"] is False
    assert [size["people"] for size in answer["sizes"]] == [3]


def test_a_cohort_made_of_another_follows_it(shop: Project) -> None:
    buyers = create(shop, BUYERS)
    others = create(shop, {"cohort": buyers["id"], "in": False}, "Others")
    assert members(shop, others) == ["cem"]
    path = f"{shop.path}/cohorts/{buyers['id']}"
    edit = {"name": "Seers", "definition": {"did": {"event": "see"}}, "revision": 1}
    assert shop.browser.put(path, json=edit).status_code == 200
    assert members(shop, others) == []


def test_a_cohort_that_would_be_part_of_itself_is_refused(shop: Project) -> None:
    buyers = create(shop, BUYERS)
    others = create(shop, {"not": {"cohort": buyers["id"]}}, "Others")
    edit = {"name": "Buyers", "definition": {"cohort": others["id"]}, "revision": 1}
    answer = shop.browser.put(f"{shop.path}/cohorts/{buyers['id']}", json=edit)
    assert answer.status_code == 400
    assert "is part of itself" in answer.json()["message"]
    assert members(shop, others) == ["cem"]


def test_a_cohort_made_of_one_that_does_not_exist_is_refused(shop: Project) -> None:
    draft = {"name": "X", "definition": {"cohort": "gone"}}
    answer = shop.browser.post(f"{shop.path}/cohorts", json=draft)
    assert answer.status_code == 400
    assert answer.json()["message"] == "there is no cohort 'gone'"


def test_a_change_from_a_stale_revision_is_refused_and_changes_nothing(shop: Project) -> None:
    made = create(shop, BUYERS)
    path = f"{shop.path}/cohorts/{made['id']}"
    first = shop.browser.put(path, json={"name": "B", "definition": BUYERS, "revision": 1})
    second = shop.browser.put(path, json={"name": "C", "definition": BUYERS, "revision": 1})
    assert first.json()["revision"] == 2
    assert second.status_code == 409
    assert shop.browser.get(path).json()["name"] == "B"


def test_a_cohort_in_use_is_deleted_only_when_that_is_meant(shop: Project) -> None:
    buyers = create(shop, BUYERS)
    create(shop, {"not": {"cohort": buyers["id"]}}, "Others")
    tile = {"id": "t", "title": "T", "spec": {**TREND, "filter": {"cohort": buyers["id"]}}}
    shop.browser.post(f"{shop.path}/dashboards", json={"name": "Shop", "tiles": [tile]})
    path = f"{shop.path}/cohorts/{buyers['id']}"
    refused = shop.browser.delete(path)
    assert refused.status_code == 409
    assert "used by the cohort 'Others', the dashboard 'Shop'" in refused.json()["message"]
    assert shop.browser.delete(f"{path}?although_used=true").status_code == 204
    assert shop.browser.get(path).status_code == 404
    entry = shop.browser.get("/api/audit").json()[0]
    assert entry["act"] == "cohort.deleted"
    assert entry["detail"]["definition"]["did"]["event"] == "buy"


def test_a_copy_has_the_same_people_and_a_life_of_its_own(shop: Project) -> None:
    made = create(shop, BUYERS)
    copy = shop.browser.post(f"{shop.path}/cohorts/{made['id']}/duplicate").json()
    assert copy["name"] == "Copy of Buyers"
    shop.browser.delete(f"{shop.path}/cohorts/{made['id']}").raise_for_status()
    assert members(shop, copy) == ["ana", "ben"]


def test_a_snapshot_keeps_its_people_when_the_cohort_grows(shop: Project) -> None:
    made = create(shop, BUYERS)
    frozen = shop.browser.post(
        f"{shop.path}/cohorts/{made['id']}/snapshot", json={"name": "Buyers of today"}
    ).json()
    shop.bring(track("cem", "buy", ago(0.1)))
    assert frozen["kind"] == "static"
    assert frozen["listed"] == 2
    assert members(shop, made) == ["ana", "ben", "cem"]
    assert members(shop, frozen) == ["ana", "ben"]


def test_the_people_behind_a_number_are_kept_as_a_cohort(shop: Project) -> None:
    funnel = {
        "kind": "funnel",
        "steps": [{"event": "see"}, {"event": "buy"}],
        "window": {"count": 2, "unit": "day"},
        "period": {"from": "-10d"},
    }
    point = {"kind": "funnel", "step": 1, "dropped": True}
    made = shop.browser.post(
        f"{shop.path}/cohorts/snapshot", json={"name": "Lost", "spec": funnel, "point": point}
    )
    assert made.status_code == 201, made.text
    assert members(shop, made.json()) == ["ben", "cem"]
    assert made.json()["origin"]["point"]["step"] == 1


def test_sessions_behind_a_number_are_no_cohort(shop: Project) -> None:
    snapshot = {"name": "X", "spec": {**TREND, "actor": "session"}}
    point = {"kind": "trends", "series": 0}
    answer = shop.browser.post(f"{shop.path}/cohorts/snapshot", json={**snapshot, "point": point})
    assert answer.status_code == 400
    assert "counts sessions, and a cohort is made of people" in answer.json()["message"]


def test_an_uploaded_list_says_which_of_its_ids_are_known(shop: Project) -> None:
    text = "name,distinct_id\nAna,ana\nNobody yet,dora\nAna again,ana\n"
    answer = shop.browser.post(f"{shop.path}/cohorts/upload", json={"name": "VIP", "csv": text})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["matched"], made["unmatched"], made["unmatched_ids"]) == (1, 1, ["dora"])
    assert members(shop, made["cohort"]) == ["ana"]
    shop.bring(track("dora", "see", ago(0.1)))
    assert members(shop, made["cohort"]) == ["ana", "dora"]
    assert count(shop, {"cohort": made["cohort"]["id"]}) == 2


@pytest.mark.parametrize(("text", "complaint"), [("\n \n", "no ids"), ("id\n", "no ids")])
def test_a_file_without_ids_is_refused(shop: Project, text: str, complaint: str) -> None:
    answer = shop.browser.post(f"{shop.path}/cohorts/upload", json={"name": "VIP", "csv": text})
    assert answer.status_code == 400
    assert complaint in answer.json()["message"]


def test_a_static_cohort_is_renamed_but_gets_no_definition(shop: Project) -> None:
    upload = {"name": "VIP", "csv": "ana\n"}
    made = shop.browser.post(f"{shop.path}/cohorts/upload", json=upload).json()["cohort"]
    path = f"{shop.path}/cohorts/{made['id']}"
    renamed = shop.browser.put(path, json={"name": "Friends", "revision": 1})
    refused = shop.browser.put(path, json={"name": "X", "definition": BUYERS, "revision": 2})
    assert renamed.json()["name"] == "Friends"
    assert refused.status_code == 400
    assert "is static" in refused.json()["message"]
    assert members(shop, renamed.json()) == ["ana"]


def test_people_who_turn_out_to_be_one_person_are_one_member(shop: Project) -> None:
    upload = {"name": "VIP", "csv": "ana\nphone\n"}
    shop.bring({**track("x", "see", ago(3)), "userId": None, "anonymousId": "phone"})
    made = shop.browser.post(f"{shop.path}/cohorts/upload", json=upload).json()
    assert made["matched"] == 2
    assert len(members(shop, made["cohort"])) == 2
    shop.bring(
        {"type": "identify", "messageId": "i", "userId": "ana", "anonymousId": "phone",
         "timestamp": ago(0.5)}
    )  # fmt: skip
    assert members(shop, made["cohort"]) == ["ana"]
