"""Sessions of a handful of events, measured by hand."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from cairn.core.errors import InvalidInput
from cairn.insights.sessions import kernel
from cairn.insights.sessions.spec import SessionsPoint, SessionsResult, SessionsSpec
from cairn.query.filters import Group
from cairn.query.periods import Calendar, resolve
from cairn.query.sequences import Sequences
from insights.history import Delivery, Happening, in_duckdb

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
MAY_1 = 1_714_521_600 * SECOND
CALENDAR = Calendar(ZoneInfo("UTC"), MAY_1 + 30 * 24 * HOUR)
PERIOD = {"from": "2024-05-01", "to": "2024-05-02"}


def happening(person: int, time: int, event: str = "open", **more: Any) -> Happening:
    """Return an event that happens so long after 1 May began."""
    return Happening(person, event, MAY_1 + time, **more)


def ask(*happenings: Happening, **question: Any) -> SessionsResult:
    """Return the answer to a question about two days of May."""
    spec = SessionsSpec.model_validate({"period": PERIOD, **question})
    with in_duckdb([Delivery(happenings)]) as store:
        span = resolve(spec.period, CALENDAR)
        return kernel.answer(spec, Sequences(store.snapshot, 1), span, CALENDAR)


def test_a_pause_of_exactly_half_an_hour_does_not_end_a_session() -> None:
    apart = [happening(0, 0), happening(0, 30 * MINUTE)]
    assert ask(*apart).lines[0].total == 1
    assert ask(*apart, pause_seconds=1_799).lines[0].total == 2
    assert ask(happening(0, 0), happening(0, 30 * MINUTE + 1)).lines[0].total == 2


def test_a_session_that_a_client_names_goes_on_after_a_pause() -> None:
    named = [happening(0, 0, session="s"), happening(0, 2 * HOUR, session="s")]
    assert ask(*named).lines[0].total == 1
    unnamed = happening(0, 2 * HOUR + SECOND)
    assert ask(*named, unnamed).lines[0].total == 2


def test_a_session_belongs_to_the_day_on_which_it_starts_as_a_whole() -> None:
    late = [happening(0, 24 * HOUR - MINUTE), happening(0, 24 * HOUR + MINUTE)]
    result = ask(*late, measure="average_length")
    assert list(result.lines[0].values) == [120, None]
    before = [happening(0, -MINUTE), happening(0, MINUTE)]
    assert ask(*before).lines[0].total == 0


def test_a_session_bounces_with_one_page_and_less_than_ten_seconds() -> None:
    one = [happening(0, 0, "$page"), happening(0, 10 * SECOND - 1, "click")]
    long = [happening(1, 0, "$page"), happening(1, 10 * SECOND, "click")]
    two = [happening(2, 0, "$page"), happening(2, SECOND, "$page")]
    none = [happening(3, 0, "click")]
    assert ask(*one, *long, *two, *none, measure="bounce_rate").lines[0].total == 0.25
    longer = ask(*one, *long, *two, *none, measure="bounce_rate", bounce_seconds=11)
    assert longer.lines[0].total == 0.5


def test_time_spent_adds_up_the_sessions_of_a_person() -> None:
    twice = [happening(0, t) for t in (0, MINUTE, 2 * HOUR, 2 * HOUR + MINUTE)]
    once = [happening(1, 0), happening(1, 4 * MINUTE)]
    assert ask(*twice, *once, measure="average_time_spent").lines[0].total == 180
    assert ask(*twice, *once, measure="average_length").lines[0].total == 120


def test_sessions_are_counted_by_what_they_begin_and_end_with() -> None:
    visit = [happening(0, 0, "home"), happening(0, SECOND, "buy")]
    again = [happening(1, 0, "home"), happening(1, SECOND, "leave")]
    entries = ask(*visit, *again, measure="entries").lines
    assert [(line.group, line.total) for line in entries] == [(Group(value="home"), 2)]
    exits = ask(*visit, *again, measure="exits").lines
    assert [(line.group, line.total) for line in exits] == [
        (Group(value="buy"), 1),
        (Group(value="leave"), 1),
    ]


def test_bars_have_no_buckets() -> None:
    spec = SessionsSpec.model_validate({"period": PERIOD, "measure": "lengths"})
    span = resolve(spec.period, CALENDAR)
    with in_duckdb([]) as store, pytest.raises(InvalidInput, match="has 0 buckets"):
        point = SessionsPoint(bucket=0)
        kernel.people(spec, point, Sequences(store.snapshot), span, CALENDAR)


@pytest.mark.parametrize(
    ("question", "because"),
    [
        ({"measure": "sessions", "by": {"name": "$path"}}, "takes no 'by'"),
        ({"measure": "exits", "breakdown": {"name": "plan"}}, "takes no breakdown"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(question: dict[str, Any], because: str) -> None:
    with pytest.raises(ValidationError, match=because):
        SessionsSpec.model_validate(question)
