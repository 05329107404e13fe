"""Lanes hold each event's own times, person by person, as long as they fit."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cairn.store.lanes import Lane, Lanes, Wanted

PEOPLE = st.lists(
    st.lists(st.tuples(st.integers(0, 3), st.integers(-9, 9)), max_size=6), max_size=6
)


def lanes(people: list[list[tuple[int, int]]], room_events: int = 1_000) -> Lanes:
    start = np.cumsum([0, *map(len, people)])
    flat = [one for events in people for one in sorted(events, key=lambda one: one[1])]
    event = np.array([code for code, _ in flat], np.uint16)
    time = np.array([at for _, at in flat], np.int64)
    return Lanes(start, event, time, room_events)


def times(lane: Lane) -> list[list[int]]:
    edges = (lane.first + lane.start.astype(np.int64)).tolist()
    return [lane.time[a:b].tolist() for a, b in pairwise(edges)]


@settings(deadline=None)
@given(PEOPLE, st.lists(st.none() | st.integers(0, 4), max_size=5))
def test_a_lane_has_the_times_of_one_event_by_person(
    people: list[list[tuple[int, int]]], codes: list[int | None]
) -> None:
    made = lanes(people)
    for _ in range(2):
        found = made.of([Wanted(code) for code in codes])
        assert found is not None
        for code, lane in zip(codes, found, strict=True):
            assert times(lane) == [sorted(at for c, at in events if c == code) for events in people]


@settings(deadline=None)
@given(PEOPLE, st.integers(0, 4), st.sets(st.integers(0, 40)))
def test_a_narrowed_lane_has_the_places_that_satisfy_its_condition(
    people: list[list[tuple[int, int]]], code: int, places: set[int]
) -> None:
    made = lanes(people)
    wanted = Wanted(code, "listed", lambda place: np.isin(place, sorted(places)))
    for _ in range(2):
        found = made.of([wanted, Wanted(code)])
        assert found is not None
        narrowed, whole = found
        in_all = [[a for a in at if a in places] for at in places_of(whole)]
        assert places_of(narrowed) == in_all


def places_of(lane: Lane) -> list[list[int]]:
    edges = (lane.first + lane.start.astype(np.int64)).tolist()
    return [lane.place[a:b].tolist() for a, b in pairwise(edges)]


def test_lanes_give_way_to_those_asked_for_and_never_go_over_the_room() -> None:
    people = [[(0, 1), (0, 2), (1, 3), (2, 4)], [(1, 5), (2, 6)]]
    made = lanes(people, room_events=4)
    first = made.of([Wanted(0), Wanted(1)])
    second = made.of([Wanted(1), Wanted(2)])
    assert first is not None
    assert second is not None
    assert [times(lane) for lane in first] == [[[1, 2], []], [[3], [5]]]
    assert [times(lane) for lane in second] == [[[3], [5]], [[4], [6]]]
    assert made.of([Wanted(0), Wanted(1), Wanted(2)]) is None
