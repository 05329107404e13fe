"""The page about cohorts says what the code does."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from insights.history import Row, arriving, in_duckdb
from pydantic import TypeAdapter, ValidationError

from cairn.api.routes import cohorts
from cairn.cohorts.size import people_in
from cairn.core.errors import InvalidInput
from cairn.query.cohort import _TAGS, Definition
from cairn.query.filters import Filter
from cairn.query.periods import Calendar, instant

PAGE = (Path(__file__).parents[2] / "docs" / "cohorts.md").read_text("utf-8")
ZONE = ZoneInfo("Europe/Amsterdam")
NOW = Calendar(ZONE, instant(datetime(2024, 5, 31, 12, tzinfo=ZONE)))
DEFINITION: TypeAdapter[Definition] = TypeAdapter(Definition)


def table(*header: str) -> list[list[str]]:
    """Return the rows of the table with these columns."""
    [found] = re.findall(rf"^\| {' [|] '.join(header)} \|\n\|[-|]*\|\n((?:\|.*\|\n)+)", PAGE, re.M)
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in found.splitlines()]


def test_a_definition_finds_whom_the_page_says() -> None:
    people: list[str] = []
    rows: list[Row] = []
    for who, event, time, written in table("person", "event", "time", "properties"):
        if who not in people:
            people.append(who)
        at = instant(datetime.fromisoformat(time).replace(tzinfo=ZONE))
        rows.append((people.index(who), event, at, json.loads(written.strip("`") or "{}")))
    with in_duckdb([arriving(rows, 0)]) as store:
        examples = table("definition", "people")
        assert len(examples) >= 15
        for definition, names in examples:
            found = people_in(store, DEFINITION.validate_json(definition.strip("`")), {}, NOW)
            assert ", ".join(people[person] for person in found) == names, definition


def test_every_part_is_explained() -> None:
    assert sorted(name.strip("`") for name, _ in table("part", "means")) == sorted(_TAGS)


def test_a_refused_definition_says_why() -> None:
    with in_duckdb([]) as store:
        for definition, because in table("definition", "because"):
            with pytest.raises((InvalidInput, ValidationError), match=re.escape(because)):
                people_in(store, DEFINITION.validate_json(definition.strip("`")), {}, NOW)


def test_the_filter_of_the_page_can_be_read() -> None:
    [written] = re.findall(r"```json filter\n(.*?)```", PAGE, re.DOTALL)
    assert TypeAdapter(Filter).validate_json(written)


def test_every_route_of_the_table_exists() -> None:
    there = {
        f"{method} {path.removeprefix('/api/projects/{project_id}').replace('{cohort_id}', '{id}')}"
        for route in cohorts.router.routes
        for path, methods in [(route.path, route.methods)]  # type: ignore[attr-defined]
        for method in methods
    }
    told = {name.strip("`").split("?")[0].replace(" …", " ") for name, _ in table("route", "does")}
    assert told <= there
