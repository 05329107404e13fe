"""The pages about insights say what the code does: every example, option and refusal."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from cairn.core.errors import InvalidInput
from cairn.insights.answer import Spec
from cairn.insights.chart import Unit
from cairn.insights.registry import KINDS
from cairn.insights.run import ask, people_behind
from cairn.insights.trends.spec import TrendsPoint, TrendsSpec
from cairn.insights.view import View
from cairn.query.filters import Filter, Selector
from cairn.query.periods import Calendar, Period, instant, local, resolve
from cairn.store.duckdb.store import DuckDBStore
from insights.history import Row, arriving, in_duckdb

PAGES = Path(__file__).parents[2] / "docs" / "insights"
ZONE = ZoneInfo("Europe/Amsterdam")
NOW = {
    "retention": datetime(2024, 5, 4, 12, tzinfo=ZONE),
    "filters": datetime(2024, 5, 20, 15, 30, tzinfo=ZONE),
}
LATER = datetime(2024, 5, 20, tzinfo=ZONE)
NAMES = [kind.name for kind in KINDS]
QUESTION: TypeAdapter[Spec] = TypeAdapter(Spec)
FILTER: TypeAdapter[Filter] = TypeAdapter(Filter)
Lines = list[list[str]]


@dataclass
class Example:
    """A question of a page, with the answer that stands below it."""

    question: dict[str, Any]
    sentence: str | None = None
    table: Lines = field(default_factory=list)


def text_of(page: str) -> str:
    """Return the text of a page."""
    return (PAGES / f"{page}.md").read_text("utf-8")


def tables_of(text: str) -> list[Lines]:
    """Return the tables of a text as cells, without the rule below the header."""
    found = re.findall(r"(?:^\|.*\|\n)+", text + "\n", re.MULTILINE)
    return [
        [[cell.strip() for cell in line.strip("|\n").split("|")] for line in table.splitlines()]
        for table in found
    ]


def table_of(page: str, header: str) -> Lines:
    """Return the rows of the table whose header starts with a word."""
    [found] = [table for table in tables_of(text_of(page)) if table[0][0] == header]
    return found[2:]


def examples_of(page: str) -> list[Example]:
    """Return the questions of a page with their answers."""
    parts = text_of(page).split("```json\n")[1:]
    examples = []
    for part in parts:
        question, _, rest = part.partition("```")
        rest = re.split(r"^(?:## |```)", rest, flags=re.MULTILINE)[0]
        sentence = re.search(r"^> (.*)$", rest, re.MULTILINE)
        table = [[*tables[0][:1], *tables[0][2:]] for tables in [tables_of(rest)] if tables]
        examples.append(
            Example(
                json.loads(question),
                sentence[1] if sentence else None,
                table[0] if table else [],
            )
        )
    return examples


def calendar_of(page: str) -> Calendar:
    """Return the calendar that a page's examples are read in."""
    return Calendar(ZONE, instant(NOW.get(page, LATER)))


@contextmanager
def events_of(page: str) -> Iterator[tuple[DuckDBStore, list[str]]]:
    """Yield a store with the events of a page, and the names of its people by number."""
    people: list[str] = []
    rows: list[Row] = []
    for who, event, time, written in table_of(page, "person"):
        if who not in people:
            people.append(who)
        at = instant(datetime.fromisoformat(time).replace(tzinfo=ZONE))
        rows.append((people.index(who), event, at, json.loads(written.strip("`") or "{}")))
    with in_duckdb([arriving(rows, 0)]) as store:
        yield store, people


def written(value: str | int | float | None, unit: Unit) -> str:
    """Return a cell as the pages write it."""
    if value is None:
        return ""
    if unit == "share":
        return f"{value:.1%}"
    return value if isinstance(value, str) else f"{value:g}"


def shown(view: View) -> Lines:
    """Return the table of a view as the pages write it."""
    columns = view.table.columns
    rows = [
        [written(cell, column.unit) for cell, column in zip(row, columns, strict=True)]
        for row in view.table.rows
    ]
    return [[column.label for column in columns], *rows]


@pytest.mark.parametrize("page", NAMES)
def test_the_answer_below_a_question_is_what_it_gives(page: str) -> None:
    examples = examples_of(page)
    assert len(examples) >= 2
    with events_of(page) as (store, _):
        for example in examples:
            spec = QUESTION.validate_python(example.question)
            view = ask(store, spec, calendar_of(page)).view
            assert view.sentence == example.sentence
            assert shown(view) == example.table
            assert view.docs == f"/docs/insights/{page}"


@pytest.mark.parametrize("page", NAMES)
def test_a_page_lists_every_option_with_its_default(page: str) -> None:
    [kind] = [kind for kind in KINDS if kind.name == page]
    listed = {name.strip("`"): default for name, default, _ in table_of(page, "option")}
    options = [info.alias or name for name, info in kind.spec.model_fields.items()]
    assert sorted(listed) == sorted(options)
    for name, info in kind.spec.model_fields.items():
        if info.is_required():
            assert listed[name] == "required"
        else:
            default = to_jsonable_python(info.default, by_alias=True)
            assert json.loads(listed[name].strip("`")) == default


@pytest.mark.parametrize("page", NAMES)
def test_a_refused_question_says_why(page: str) -> None:
    base = examples_of(page)[0].question
    with events_of(page) as (store, _):
        for change, because in table_of(page, "change"):
            with pytest.raises((InvalidInput, ValidationError), match=re.escape(because)):
                spec = QUESTION.validate_python({**base, **json.loads(change.strip("`"))})
                ask(store, spec, calendar_of(page))


def test_a_condition_chooses_whom_the_page_says() -> None:
    with events_of("filters") as (store, people):
        for condition, names in table_of("filters", "condition"):
            chosen = {
                "series": [{"filter": json.loads(condition.strip("`"))}],
                "period": {"from": "all"},
            }
            spec = TrendsSpec.model_validate(chosen)
            found = people_behind(store, spec, TrendsPoint(series=0), calendar_of("filters"))
            assert ", ".join(people[person] for person in found) == names, condition


def test_a_refused_condition_says_why() -> None:
    with events_of("filters") as (store, _):
        for condition, because in table_of("filters", "what"):
            with pytest.raises((InvalidInput, ValidationError), match=re.escape(because)):
                chosen = {"series": [{"filter": json.loads(condition.strip("`"))}]}
                ask(store, TrendsSpec.model_validate(chosen), calendar_of("filters"))


def test_every_operator_is_explained() -> None:
    listed = [
        name for row in table_of("filters", "operator") for name in re.findall(r"`(\w+)`", row[0])
    ]
    schema = TrendsSpec.model_json_schema()["$defs"]["Condition"]["properties"]["operator"]
    assert sorted(listed) == sorted(schema["enum"])


def test_a_period_covers_what_the_page_says() -> None:
    calendar = calendar_of("filters")
    rows = table_of("filters", "it is 20 May 2024, 15:30 in Amsterdam")
    for period, start, end in rows:
        span = resolve(Period.model_validate_json(period.strip("`")), calendar)
        assert local(span.start_us, ZONE).isoformat() == start, period
        assert local(span.end_us, ZONE).isoformat() == end, period


def test_the_selectors_and_filters_of_the_page_can_be_read() -> None:
    text = text_of("filters")
    [selector] = re.findall(r"```json selector\n(.*?)```", text, re.DOTALL)
    [nested] = re.findall(r"```json filter\n(.*?)```", text, re.DOTALL)
    assert Selector.model_validate_json(selector).event == "visit"
    assert FILTER.validate_json(nested)


def test_the_glossary_is_in_order() -> None:
    rows = tables_of((PAGES.parent / "glossary.md").read_text("utf-8"))[0][2:]
    words = [word.strip("*") for word, _ in rows]
    assert words == sorted(words, key=str.casefold)
