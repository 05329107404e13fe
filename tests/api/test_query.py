"""Questions over HTTP, and the people behind the numbers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from cairn.api.table import csv_of
from cairn.insights.view import Column, Table

from .conftest import Project, track

PERIOD = {"from": "2024-05-01", "to": "2024-05-03"}
FUNNEL = {"kind": "funnel", "steps": [{"event": "see"}, {"event": "buy"}], "period": PERIOD}
TRENDS = {
    "kind": "trends",
    "series": [{"event": "see", "measure": {"of": "persons"}}],
    "period": PERIOD,
    "breakdown": {"name": "plan"},
}
RETENTION = {"kind": "retention", "columns": 3, "period": PERIOD}


@pytest.fixture
def shop(project: Project) -> Project:
    """Three people who see, two who buy."""
    project.bring(
        track("ann", "see", "2024-05-01T08:00:00Z", plan="pro"),
        track("ann", "buy", "2024-05-01T09:00:00Z"),
        track("bob", "see", "2024-05-01T08:00:00Z", plan="free"),
        track("bob", "buy", "2024-05-02T09:00:00Z"),
        track("cid", "see", "2024-05-03T08:00:00Z", plan="=1+1"),
    )
    return project


def test_a_funnel_answers_with_result_view_and_where_it_comes_from(shop: Project) -> None:
    answer = shop.browser.post(f"{shop.path}/query", json=FUNNEL).json()
    assert [step["persons"] for step in answer["result"]["total"]["steps"]] == [3, 2]
    assert answer["spec"]["period"]["from"] == "2024-05-01"
    assert answer["view"]["chart"]["type"] == "steps"
    assert (
        answer["meta"]["data_version"] == shop.server.workspace.opened(shop.id).store.data_version
    )


@pytest.mark.parametrize("spec", [FUNNEL, TRENDS, RETENTION], ids=lambda spec: spec["kind"])
def test_the_list_of_people_behind_every_number_is_as_long_as_the_number(
    shop: Project, spec: dict[str, object]
) -> None:
    chart = shop.browser.post(f"{shop.path}/query", json=spec).json()["view"]["chart"]
    numbers = []
    for group in chart.get("groups", ()):
        for bar in group.get("bars", ()):
            numbers.append((bar["persons"], bar["point"]))
            if bar["dropped_point"]:
                numbers.append((bar["dropped_persons"], bar["dropped_point"]))
        for row in group.get("rows", ()):
            numbers.extend((cell["persons"], cell["point"]) for cell in row["cells"])
    for line in chart.get("lines", ()):
        numbers.extend(zip(line["values"], line["points"], strict=True))
        numbers.append((line["total"], line["total_point"]))
    assert numbers
    for number, point in numbers:
        found = shop.browser.post(
            f"{shop.path}/query/people", json={"spec": spec, "point": point}
        ).json()
        assert found["total"] == number, point
        assert len(found["people"]) == number, point


def test_sessions_and_accounts_behind_a_number_are_told_apart(shop: Project) -> None:
    shop.bring(
        track("ann", "see", "2024-05-02T08:00:00Z"),
        {**track("ann", "buy", "2024-05-02T08:05:00Z"), "context": {"groupId": "acme"}},
    )
    point = {"kind": "funnel", "step": 0}
    asked = {"spec": {**FUNNEL, "actor": "session"}, "point": point}
    found = shop.browser.post(f"{shop.path}/query/people", json=asked).json()
    assert found["total"] == 4
    assert found["people"] == []
    told = [(line["name"], line["first_seen"][:10], line["events"]) for line in found["actors"]]
    assert sorted(told) == [
        ("ann", "2024-05-01", 1),
        ("ann", "2024-05-02", 2),
        ("bob", "2024-05-01", 1),
        ("cid", "2024-05-03", 1),
    ]
    assert {line["person_id"] for line in found["actors"]} <= {
        person["id"] for person in shop.browser.get(f"{shop.path}/people").json()["people"]
    }
    buyers = {"kind": "trends", "series": [{"event": "buy", "measure": {"of": "persons"}}]}
    asked = {
        "spec": {**buyers, "period": PERIOD, "actor": "account"},
        "point": {"kind": "trends", "series": 0},
    }
    found = shop.browser.post(f"{shop.path}/query/people", json=asked).json()
    assert [(line["name"], line["events"]) for line in found["actors"]] == [("acme", 1)]


def test_people_come_in_pages(shop: Project) -> None:
    asked = {"spec": FUNNEL, "point": {"kind": "funnel", "step": 0}, "limit": 2}
    first = shop.browser.post(f"{shop.path}/query/people", json=asked).json()
    second = shop.browser.post(f"{shop.path}/query/people", json={**asked, "offset": 2}).json()
    assert first["total"] == second["total"] == 3
    named = [person["name"] for page in (first, second) for person in page["people"]]
    assert sorted(named) == ["ann", "bob", "cid"]


def test_a_number_that_the_answer_does_not_have_is_refused(shop: Project) -> None:
    answer = shop.browser.post(
        f"{shop.path}/query/people",
        json={"spec": FUNNEL, "point": {"kind": "funnel", "step": 10**30}},
    )
    assert answer.status_code == 400
    other = shop.browser.post(
        f"{shop.path}/query/people",
        json={"spec": FUNNEL, "point": {"kind": "retention", "row": 0, "column": 0}},
    )
    assert other.status_code == 400


def test_csv_has_a_line_for_every_row_of_the_table(shop: Project) -> None:
    answer = shop.browser.post(f"{shop.path}/query/csv", json=TRENDS)
    table = shop.browser.post(f"{shop.path}/query", json=TRENDS).json()["view"]["table"]
    assert answer.headers["content-type"].startswith("text/csv")
    assert len(answer.text.splitlines()) == len(table["rows"]) + 1


def test_csv_holds_nothing_that_a_spreadsheet_would_run(shop: Project) -> None:
    columns = (Column(key="a", label="=A", unit="text"), Column(key="b", label="B", unit="number"))
    table = Table(columns=columns, rows=(("@cmd", -5), ("+1", None), ("plain", 0.5)))
    assert csv_of(table).splitlines() == ["'=A,B", "'@cmd,-5", "'+1,", "plain,0.5"]


def test_an_answer_changes_as_soon_as_an_event_is_loaded(shop: Project) -> None:
    def buyers() -> int:
        answer = shop.browser.post(f"{shop.path}/query", json=FUNNEL).json()
        return int(answer["result"]["total"]["steps"][1]["persons"])

    assert buyers() == buyers() == 2
    shop.bring(track("cid", "buy", "2024-05-03T09:00:00Z"))
    assert buyers() == 3


def test_one_and_true_are_different_questions_although_equal_in_python(shop: Project) -> None:
    shop.bring(
        track("dan", "rate", "2024-05-01T08:00:00Z", stars=1),
        track("eve", "rate", "2024-05-01T08:00:00Z", stars=True),
        track("fay", "rate", "2024-05-01T08:00:00Z", stars=True),
    )

    def count(value: object) -> float:
        condition = {"property": {"name": "stars"}, "values": [value]}
        spec = {
            "kind": "trends",
            "series": [{"event": "rate", "filter": condition}],
            "period": PERIOD,
        }
        answer = shop.browser.post(f"{shop.path}/query", json=spec).json()
        return float(answer["result"]["lines"][0]["total"])

    assert (count(1), count(True)) == (1, 2)


def test_equal_questions_at_the_same_time_get_the_same_answer(shop: Project) -> None:
    def ask(_: int) -> object:
        return shop.browser.post(f"{shop.path}/query", json=FUNNEL).json()["result"]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(16)))
    assert all(answer == answers[0] for answer in answers)


def test_metrics_count_questions_events_and_lag(shop: Project) -> None:
    shop.browser.post(f"{shop.path}/query", json=FUNNEL)
    text = shop.browser.get("/metrics").text
    assert 'cairn_query_seconds_count{kind="funnel"} 1.0' in text
    assert f'cairn_events{{project="{shop.id}"}} 5.0' in text
    assert f'cairn_spool_lag_bytes{{project="{shop.id}"}} 0.0' in text
