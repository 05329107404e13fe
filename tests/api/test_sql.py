"""SQL over HTTP: it reads the views, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cairn.model.event import CONTEXT_COLUMNS

from .conftest import Project, track

PAGE = (Path(__file__).parents[2] / "docs" / "sql.md").read_text("utf-8")


@pytest.fixture
def shop(project: Project) -> Project:
    """Two people, one of them known by two ids."""
    project.bring(
        {
            "type": "track",
            "anonymousId": "x1",
            "event": "see",
            "timestamp": "2024-05-01T08:00:00Z",
            "messageId": "m1",
        },
        {
            "type": "identify",
            "anonymousId": "x1",
            "userId": "ann",
            "timestamp": "2024-05-01T08:01:00Z",
            "messageId": "m2",
            "traits": {"plan": "pro"},
        },
        track("ann", "buy", "2024-05-01T09:00:00Z", price=12.5, plan="it's"),
        track("bob", "buy", "2024-05-02T09:00:00Z", price=7),
    )
    return project


def rows(shop: Project, query: str, **asked: Any) -> list[list[Any]]:
    answer = shop.browser.post(f"{shop.path}/sql", json={"query": query, **asked})
    assert answer.status_code == 200, answer.text
    found: list[list[Any]] = answer.json()["rows"]
    return found


def refused(shop: Project, query: str, status: int = 400, **asked: Any) -> dict[str, Any]:
    answer = shop.browser.post(f"{shop.path}/sql", json={"query": query, **asked})
    assert answer.status_code == status, answer.text
    error: dict[str, Any] = answer.json()
    assert error["message"]
    assert "Traceback" not in answer.text
    return error


def test_a_query_returns_columns_with_types_and_rows(shop: Project) -> None:
    query = (
        "SELECT event, count(*) AS n, min(time) AS since FROM events GROUP BY ALL ORDER BY event"
    )
    answer = shop.browser.post(f"{shop.path}/sql", json={"query": query}).json()
    assert [column["name"] for column in answer["columns"]] == ["event", "n", "since"]
    assert answer["rows"] == [
        ["$identify", 1, "2024-05-01T08:01:00"],
        ["buy", 2, "2024-05-01T09:00:00"],
        ["see", 1, "2024-05-01T08:00:00"],
    ]
    assert answer["more"] is False


def test_people_who_turned_out_to_be_one_have_one_number(shop: Project) -> None:
    of_each = "SELECT count(*) FROM events JOIN persons USING (person) GROUP BY person ORDER BY 1"
    assert rows(shop, of_each) == [[1], [3]]
    assert rows(shop, "SELECT count(*) FROM persons") == [[2]]
    plans = "SELECT properties->>'plan' FROM persons WHERE known ORDER BY 1 NULLS LAST"
    assert rows(shop, plans)[0] == ["pro"]


def test_properties_are_read_by_name(shop: Project) -> None:
    query = "SELECT sum(properties.price::DOUBLE) FROM events WHERE event = 'buy'"
    assert rows(shop, query) == [[19.5]]


def test_parameters_are_bound(shop: Project) -> None:
    query = "SELECT count(*) FROM events WHERE properties.plan::VARCHAR = $plan"
    assert rows(shop, query, parameters={"plan": "it's"}) == [[1]]
    assert rows(shop, query, parameters={"plan": "' OR true --"}) == [[0]]
    assert "plan" in refused(shop, query)["message"]


def test_more_rows_than_asked_for_are_told_of(shop: Project) -> None:
    asked = {"query": "SELECT i FROM range(10000) t(i)", "limit": 3}
    answer = shop.browser.post(f"{shop.path}/sql", json=asked).json()
    assert answer["rows"] == [[0], [1], [2]]
    assert answer["more"] is True


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM events",
        "DROP VIEW events",
        "CREATE TABLE mine AS SELECT 1",
        "INSERT INTO main.events SELECT * FROM main.events",
        "WITH gone AS (DELETE FROM main.events RETURNING *) SELECT * FROM gone",
        "SET memory_limit = '1TB'",
        "ATTACH '/tmp/other.duckdb'",
        "COPY (SELECT 1) TO '/tmp/out.csv'",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_csv('https://example.org/a.csv')",
        "SELECT 1; SELECT 2",
        "INSTALL httpfs",
        "PRAGMA database_list",
        "CALL pragma_version()",
        "nonsense",
        "",
        ";",
        "SELECT * FROM nothing",
        "SELECT unknown FROM events",
        "SELECT 'a'::INTEGER",
        "SELECT error('no')",
    ],
)
def test_a_query_that_is_wrong_or_would_do_more_than_read_is_refused(
    shop: Project, query: str
) -> None:
    refused(shop, query)
    assert rows(shop, "SELECT count(*) FROM events") == [[4]]


def test_variables_of_the_server_cannot_be_read(shop: Project) -> None:
    for name in ("tables", "table", "parameters", "schema"):
        refused(shop, f"SELECT * FROM {name}")


def test_values_that_json_lacks_become_text(shop: Project) -> None:
    query = (
        "SELECT 'nan'::DOUBLE, 9007199254740993::BIGINT, 1.50::DECIMAL(4, 2), DATE '2024-05-01', "
        "'\\xAA'::BLOB, [1, 2], {'a': 1}, INTERVAL 90 SECOND, NULL, true, uuid()::VARCHAR <> ''"
    )
    assert rows(shop, query)[0][:7] == [
        "nan",
        "9007199254740993",
        1.5,
        "2024-05-01",
        "aa",
        [1, 2],
        {"a": 1},
    ]


def test_csv_has_the_same_rows(shop: Project) -> None:
    asked = {"query": "SELECT event, count(*) AS n FROM events GROUP BY ALL ORDER BY event"}
    answer = shop.browser.post(f"{shop.path}/sql/csv", json=asked)
    assert answer.text.splitlines() == ["event,n", "$identify,1", "buy,2", "see,1"]


def test_a_key_without_the_scope_may_not_ask(shop: Project) -> None:
    with shop.key("write") as program:
        assert program.post(f"{shop.path}/sql", json={"query": "SELECT 1"}).status_code == 403


def test_cohorts_can_be_joined(shop: Project) -> None:
    bought = {"did": {"event": "buy"}}
    made = shop.browser.post(f"{shop.path}/cohorts", json={"name": "Buyers", "definition": bought})
    assert made.status_code == 201, made.text
    query = "SELECT name, count(*) FROM cohorts JOIN persons USING (person) GROUP BY ALL"
    assert rows(shop, query) == [["Buyers", 2]]


def test_the_sql_of_an_insight_gives_its_numbers(shop: Project) -> None:
    spec = {
        "kind": "funnel",
        "steps": [{"event": "see"}, {"event": "buy"}],
        "period": {"from": "2024-05-01", "to": "2024-05-03"},
    }
    answer = shop.browser.post(f"{shop.path}/query/sql", json=spec).json()
    assert answer["dialect"] == "duckdb"
    [statement] = answer["statements"]
    found = rows(shop, re.sub(r"\b(activity|persons)\b", r"main.\1", statement))
    assert len(found) == 1


def test_the_page_names_every_view_and_column(shop: Project) -> None:
    views = re.findall(r"^\| `(\w+)` \| [^|]* \| (.*) \|$", PAGE, re.MULTILINE)
    assert {name for name, _ in views} == {
        "events",
        "persons",
        "sessions",
        "accounts",
        "distinct_ids",
        "cohorts",
    }
    for name, told in views:
        there = {row[0] for row in rows(shop, f"DESCRIBE {name}")}
        listed = there - set(CONTEXT_COLUMNS) if name == "events" else there
        assert set(re.findall(r"`(\w+)`", told)) == listed
    assert all(f"`{name}`" in PAGE for name in CONTEXT_COLUMNS)


def test_the_example_of_the_page_runs(shop: Project) -> None:
    [body] = re.findall(r"-d '(\{.*?\})'", PAGE, re.DOTALL)
    assert rows(shop, **json.loads(body))[0] == ["buy", 2]
