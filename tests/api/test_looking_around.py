"""Catalog, people, sessions, rejections and the live stream."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cairn.store.duckdb import columns
from cairn.store.duckdb.store import DuckDBStore

from .conftest import Project, names, track


def test_the_catalog_names_every_event_and_property_with_exact_counts(project: Project) -> None:
    project.bring(
        track("ann", "see", "2024-05-01T08:00:00Z", plan="pro"),
        track("ann", "see", "2024-05-01T09:00:00Z", plan="free"),
        {**track("bob", "buy", "2024-05-02T08:00:00Z", price=5), "type": "track"},
        {"type": "identify", "userId": "ann", "messageId": "i", "traits": {"city": "Ulm"}},
        {
            "type": "group",
            "userId": "ann",
            "groupId": "g1",
            "messageId": "g",
            "traits": {"tier": 1},
        },
    )
    catalog = project.browser.get(f"{project.path}/catalog").json()
    counts = {event["name"]: event["count"] for event in catalog["events"]}
    assert counts["see"] == 2
    assert counts["buy"] == 1
    assert catalog["event_total"] == 3  # to identify and to group is not to do something
    assert catalog["person_total"] == 2
    named = {(prop["of"], prop["name"]) for prop in catalog["properties"]}
    assert {("event", "plan"), ("event", "price"), ("person", "city"), ("account", "tier")} <= named
    project.bring(track("cid", "see", "2024-05-03T08:00:00Z", colour="red"))
    catalog = project.browser.get(f"{project.path}/catalog").json()
    assert names(catalog["events"])[0] == "see"
    assert catalog["events"][0]["count"] == 3
    assert catalog["events"][0]["last_seen"].startswith("2024-05-03T08:00:00")
    assert ("event", "colour") in {(p["of"], p["name"]) for p in catalog["properties"]}


def test_values_come_by_count_for_one_event_or_all(project: Project) -> None:
    project.bring(
        track("ann", "see", "2024-05-01T08:00:00Z", plan="pro"),
        track("bob", "see", "2024-05-01T08:00:00Z", plan="pro"),
        track("cid", "buy", "2024-05-01T08:00:00Z", plan="free"),
        {"type": "identify", "userId": "ann", "messageId": "i", "traits": {"city": "Ulm"}},
    )

    def values(**asked: str) -> list[tuple[str, int]]:
        found = project.browser.get(f"{project.path}/catalog/values", params=asked).json()
        return [(item["value"], item["count"]) for item in found["values"]]

    assert values(of="event", name="plan") == [("pro", 2), ("free", 1)]
    assert values(of="event", name="plan", event="buy") == [("free", 1)]
    assert values(of="event", name="plan", search="FRE") == [("free", 1)]
    assert values(of="event", name="plan", event="nothing") == []
    assert values(of="person", name="city") == [("Ulm", 1)]


def test_values_are_counted_over_all_slices_in_which_they_are_read(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.bring(*(track(f"p{i}", "see", "2024-05-01T08:00:00Z", plan="pro") for i in range(5)))
    store = project.server.workspace.opened(project.id).store
    assert isinstance(store, DuckDBStore)
    store.fold()
    monkeypatch.setattr(columns, "_SLICE", 2)
    found = project.browser.get(f"{project.path}/catalog/values", params={"name": "plan"}).json()
    assert found == {"values": [{"value": "pro", "count": 5}]}


def test_people_are_found_by_what_is_known_of_them_last_seen_first(project: Project) -> None:
    project.bring(
        track("ann", "see", "2024-05-01T08:00:00Z"),
        track("bob", "see", "2024-05-02T08:00:00Z"),
        {
            "type": "identify",
            "userId": "ann",
            "messageId": "i",
            "timestamp": "2024-05-01T08:00:00Z",
            "traits": {"email": "ann@example.org"},
        },
    )
    everyone = project.browser.get(f"{project.path}/people").json()
    found = project.browser.get(f"{project.path}/people", params={"search": "EXAMPLE"}).json()
    nobody = project.browser.get(f"{project.path}/people", params={"search": "zoe"}).json()
    assert names(everyone["people"]) == ["bob", "ann@example.org"]
    assert everyone["people"][1]["events"] == 1
    assert names(found["people"]) == ["ann@example.org"]
    assert nobody == {"total": 0, "people": []}


def test_a_persons_page_shows_sessions_by_the_thirty_minute_rule_newest_first(
    project: Project,
) -> None:
    project.bring(
        track("ann", "a", "2024-05-01T08:00:00Z"),
        track("ann", "b", "2024-05-01T08:30:00Z"),
        track("ann", "c", "2024-05-01T09:00:01Z", price=5),
    )
    uid = project.browser.get(f"{project.path}/people").json()["people"][0]["id"]
    page = project.browser.get(f"{project.path}/people/{uid}").json()
    visits = [[event["event"] for event in visit["events"]] for visit in page["sessions"]]
    assert visits == [["c"], ["a", "b"]]
    assert page["sessions"][0]["events"][0]["properties"] == {"price": 5}
    assert page["more"] is False


def test_sessions_on_the_page_are_those_of_the_sessions_view(project: Project) -> None:
    def at(minute: int, session: str | None = None) -> dict[str, Any]:
        message = track(
            "ann", f"e{minute}", f"2024-05-01T{8 + minute // 60:02}:{minute % 60:02}:00Z"
        )
        return {**message, "context": {"sessionId": session}} if session else message

    project.bring(at(0), at(10, "s1"), at(50, "s1"), at(55), at(60, "s2"), at(62, "s1"), at(100))
    uid = project.browser.get(f"{project.path}/people").json()["people"][0]["id"]
    page = project.browser.get(f"{project.path}/people/{uid}").json()
    view = project.server.workspace.opened(project.id).store.sql(
        "SELECT events FROM sessions ORDER BY started DESC"
    )
    assert [len(visit["events"]) for visit in page["sessions"]] == view["events"].to_pylist()


def test_an_anonymous_persons_page_is_found_under_the_id_they_had_before(project: Project) -> None:
    project.bring(
        {
            "type": "track",
            "anonymousId": "anon",
            "event": "see",
            "messageId": "1",
            "timestamp": "2024-05-01T08:00:00Z",
        },
        track("ann", "buy", "2024-05-02T08:00:00Z"),
    )
    before = project.browser.get(f"{project.path}/people", params={"search": "anon"}).json()
    project.bring(
        {"type": "identify", "userId": "ann", "anonymousId": "anon", "messageId": "2"},
    )
    old = project.browser.get(f"{project.path}/people/{before['people'][0]['id']}").json()
    people = project.browser.get(f"{project.path}/people").json()
    assert people["total"] == 1
    assert people["people"][0]["id"] == old["id"]
    assert set(old["distinct_ids"]) == {"ann", "anon"}
    assert old["events"] == 2


def test_a_rejection_is_listed_with_its_reason(project: Project) -> None:
    project.bring({"type": "track", "userId": "ann", "messageId": "no-event"})
    listed = project.browser.get(f"{project.path}/rejections").json()
    assert listed["total"] == len(listed["rejections"]) == 1
    assert listed["rejections"][0]["reason"]
    assert "no-event" in listed["rejections"][0]["payload"]


def test_the_live_stream_shows_what_is_loaded_as_it_is_loaded(project: Project) -> None:
    from cairn.collect.live import Loaded
    from cairn.model.event import Rejection

    live = project.server.workspace.opened(project.id).live
    live.publish(Loaded(rejections=[Rejection(received_us=1, reason="no", hint="h", payload="p")]))
    with project.browser.stream("GET", f"{project.path}/live") as stream:
        lines = stream.iter_lines()
        seen = [next(lines) for _ in range(4)]
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert seen[2] == "event: rejection"
    assert json.loads(seen[3].removeprefix("data: "))["reason"] == "no"
