"""Paths of a handful of events, counted by hand."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from cairn.core.errors import InvalidInput
from cairn.insights.paths import kernel
from cairn.insights.paths.items import cleaned
from cairn.insights.paths.spec import PathsPoint, PathsResult, PathsSpec
from cairn.query.filters import Group, Property
from cairn.query.periods import Calendar, resolve
from cairn.query.sequences import Sequences
from insights.history import Row, arriving, in_duckdb

SECOND = 1_000_000
MINUTE = 60 * SECOND
MAY_1 = 1_714_521_600 * SECOND
CALENDAR = Calendar(ZoneInfo("UTC"), MAY_1 + 30 * 24 * 60 * MINUTE)
PERIOD = {"from": "2024-05-01", "to": "2024-05-20"}
Moves = list[tuple[int, str | None, str | None, int]]


def ask(events: list[Row], **question: Any) -> PathsResult:
    """Return the answer to a question about events of (person, name, time since May 1, properties)."""
    spec = PathsSpec.model_validate({"period": PERIOD, **question})
    with in_duckdb([arriving(events, MAY_1)]) as store:
        return kernel.answer(
            spec, Sequences(store.snapshot, 1), resolve(spec.period, CALENDAR), CALENDAR
        )


def through(names: str, person: int = 0) -> list[Row]:
    """Return events named by letters, a minute apart."""
    return [(person, name, i * MINUTE) for i, name in enumerate(names)]


def moves(result: PathsResult) -> Moves:
    """Return each move as step, from, to and how many; None is all others."""
    nodes = result.nodes
    return [
        (nodes[m.source].step, nodes[m.source].item.value, nodes[m.target].item.value, m.value)
        for m in result.moves
    ]


def test_what_is_done_again_at_once_counts_once_at_its_last_time() -> None:
    result = ask(through("aab"))
    assert moves(result) == [(0, "a", "b", 1)]
    assert result.moves[0].average_seconds == 60
    assert moves(ask(through("aab"), collapse=False)) == [(0, "a", "a", 1), (1, "a", "b", 1)]


def test_a_pause_of_exactly_half_an_hour_ends_a_path() -> None:
    events: list[Row] = [(0, "a", 0), (0, "b", 30 * MINUTE - 1), (0, "c", 60 * MINUTE - 1)]
    result = ask(events)
    assert result.total == 2
    assert moves(result) == [(0, "a", "b", 1)]


def test_a_path_begins_with_the_first_start_and_ends_with_the_first_end() -> None:
    letters = through("xaybzb")
    assert moves(ask(letters, start="a")) == [
        (0, "a", "y", 1),
        (1, "y", "b", 1),
        (2, "b", "z", 1),
        (3, "z", "b", 1),
    ]
    assert moves(ask(letters, start="a", end="b")) == [(0, "a", "y", 1), (1, "y", "b", 1)]
    assert ask(letters, start="b", end="a").total == 0


def test_paths_to_an_end_are_counted_so_that_the_end_is_the_last_step() -> None:
    events = [*through("pqrz"), *through("rz", person=1), *through("z", person=2)]
    result = ask(events, end="z", steps=3)
    assert moves(result) == [(0, "q", "r", 1), (1, "r", "z", 2)]
    assert [(n.step, n.item.value, n.value, n.ended) for n in result.nodes] == [
        (0, "q", 1, 0),
        (1, "r", 2, 0),
        (2, "z", 3, 3),
    ]


def test_between_a_start_and_an_end_far_apart_the_middle_is_left_out() -> None:
    result = ask(through("abcdefg"), start="a", end="g", steps=5)
    assert moves(result) == [
        (0, "a", "b", 1),
        (1, "b", "…", 1),
        (2, "…", "f", 1),
        (3, "f", "g", 1),
    ]
    assert [move.average_seconds for move in result.moves] == [60, 60, 180, 60]


def test_what_is_not_among_the_largest_moves_is_other_and_flows_on() -> None:
    events: list[Row] = []
    for person, names in enumerate(["abc", "abc", "axc", "ayd"]):
        events += through(names, person)
    result = ask(events, top=2)
    assert moves(result) == [
        (0, "a", "b", 2),
        (0, "a", None, 2),
        (1, "b", None, 2),
        (1, None, None, 2),
    ]
    expanded = ask(events, top=2, expand=[1])
    assert [n.item.value for n in expanded.nodes if n.step == 1] == ["b", "x", "y"]


def test_paths_count_each_time_and_actors_once() -> None:
    events: list[Row] = [*through("ab"), (0, "a", 90 * MINUTE), (0, "b", 91 * MINUTE)]
    assert moves(ask(events)) == [(0, "a", "b", 2)]
    assert moves(ask(events, count="actors")) == [(0, "a", "b", 1)]


def test_pages_are_named_by_their_path_and_other_events_by_their_name() -> None:
    rows: list[Row] = [
        (0, "$page", 0, {"at": "/shop/1"}),
        (0, "$page", MINUTE, {"at": "/shop/2?x=1"}),
        (0, "buy", 2 * MINUTE, {"at": "/cart"}),
        (0, "$page", 3 * MINUTE, {"at": "/thanks"}),
    ]
    result = ask(
        rows,
        by={"name": "at"},
        by_on=["$page"],
        replacements=[{"pattern": r"\?.*", "by": ""}],
        groups=["/shop/*", "/*"],
    )
    assert moves(result) == [(0, "/shop/*", "buy", 1), (1, "buy", "/*", 1)]
    assert result.nodes[0].selector is None


def test_addresses_lose_the_slash_at_their_end() -> None:
    spec = PathsSpec(by=Property(name="$path"), groups=("/shop/*",))
    texts = [None, "/a/", "/a", "//", "/", "/shop/1/", ""]
    found = cleaned(spec, texts, addresses=True).to_pylist()
    assert found == [None, "/a", "/a", "/", "/", "/shop/*", None]


def test_a_window_holds_its_last_instant() -> None:
    rows: list[Row] = [(0, "a", 0), (0, "b", MINUTE), (0, "c", MINUTE + 1), (0, "d", 2 * MINUTE)]
    result = ask(rows, within={"reach_seconds": 60})
    assert result.total == 2
    assert moves(result) == [(0, "a", "b", 1), (0, "c", "d", 1)]


def test_the_people_of_a_move_went_from_one_item_to_the_next() -> None:
    events = [*through("ab"), *through("ac", person=1), *through("a", person=2)]
    spec = PathsSpec.model_validate({"period": PERIOD})
    a, b = Group(value="a"), Group(value="b")
    span = resolve(spec.period, CALENDAR)
    with in_duckdb([arriving(events, MAY_1)]) as store:
        people = Sequences(store.snapshot, 1)

        def who(**point: Any) -> list[int]:
            asked = PathsPoint.model_validate(point)
            return list(kernel.people(spec, asked, people, span, CALENDAR))

        assert who(step=0, item=a) == [0, 1, 2]
        assert who(step=0, item=a, next=b) == [0]
        assert who(step=0, item=a, ended=True) == [2]
        assert who(step=0, item=Group(value="z")) == []
        with pytest.raises(InvalidInput, match="has 5 steps"):
            who(step=5, item=a)


@pytest.mark.parametrize(
    ("question", "because"),
    [
        ({"start": "a", "end": "a"}, "to itself"),
        ({"start": "a", "end": "b", "steps": 2}, "at least 3 steps"),
        ({"expand": [5]}, "no step 5"),
        ({"by_on": ["a"]}, "no 'by'"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(question: dict[str, Any], because: str) -> None:
    with pytest.raises(ValidationError, match=because):
        PathsSpec.model_validate(question)
