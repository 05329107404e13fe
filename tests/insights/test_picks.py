"""Which events a pick selects, wherever the index holds them."""

from __future__ import annotations

import pytest

from cairn.core.deadline import Deadline
from cairn.core.errors import QueryTimeout
from cairn.query import sequences
from cairn.query.filters import Condition, Property, Selector
from cairn.query.sequences import Pick, Sequences
from insights.history import Delivery, arriving, in_duckdb


@pytest.mark.parametrize("folds", [False, True])
@pytest.mark.parametrize(("operator", "events"), [("is", 2), ("is_not", 0), ("is_set", 2)])
def test_a_condition_on_the_name_of_a_named_event_holds_before_and_after_a_fold(
    folds: bool, operator: str, events: int
) -> None:
    happened = arriving([(0, "visit", 0), (0, "buy", 1), (0, "visit", 2)], 0).happenings
    condition = Condition.model_validate(
        {
            "property": Property(name="$event"),
            "operator": operator,
            "values": [] if operator == "is_set" else ["visit"],
        }
    )
    pick = Pick((Selector(event="visit", filter=condition),))
    with in_duckdb([Delivery(happened, folds=folds)]) as store:
        found = Sequences(store.snapshot, 1).scan(pick, lambda matches: len(matches.time))
    assert sum(found) == events


def test_a_scan_does_no_piece_after_its_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sequences, "CHUNK_EVENTS", 2)
    happened = arriving([(person, "visit", 0) for person in range(20)], 0).happenings
    pieces = 0

    def work(matches: sequences.Matches) -> None:
        nonlocal pieces
        pieces += 1

    with in_duckdb([Delivery(happened, folds=True)]) as store:
        asked = Sequences(store.snapshot, 1, deadline=Deadline.within(60))
        asked.scan(Pick((Selector(),)), work)
        everything = pieces
        assert everything == 10
        asked = Sequences(store.snapshot, 1, deadline=Deadline(1, 0))
        with pytest.raises(QueryTimeout, match="longer than 1 s"):
            asked.scan(Pick((Selector(),)), work)
    assert pieces == everything
