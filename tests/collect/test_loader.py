"""What was acknowledged is loaded exactly once, and what cannot be loaded is kept with the reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cairn.collect.commit import Committer
from cairn.collect.live import Live, Loaded, person_uids
from cairn.collect.loader import Loader
from cairn.collect.pipeline import AHEAD_LIMIT_US
from cairn.collect.spool import Record, segments
from cairn.core.clock import fixed_clock
from cairn.model.event import Rejection
from cairn.store.base import Batch
from cairn.store.duckdb.store import DuckDBStore

NOON = 1_767_268_800_000_000


class Project:
    """A project's store and spool, without processes around them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spool = folder / "spool"
        self.store = DuckDBStore.open(folder, threads=1)
        self.loaded: list[Loaded] = []

    def loader(self) -> Loader:
        return Loader(self.store, self.spool, fixed_clock(NOON), self.loaded.append)

    def accept(self, *bodies: bytes, received_us: int = NOON) -> None:
        """Acknowledge batch requests, then end the receiver."""
        committer = Committer(lambda project: self.spool, "r0")
        for body in bodies:
            committer.keep_now("p", Record(received_us, "segment/batch", body))
        committer.close()

    def load(self) -> None:
        loader = self.loader()
        while loader.run_once():
            pass

    def rows(self, query: str) -> list[Any]:
        return [tuple(row.values()) for row in self.store.sql(query).to_pylist()]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    opened = Project(tmp_path)
    yield opened
    opened.store.close()


def batch(*messages: dict[str, Any]) -> bytes:
    return json.dumps({"batch": messages}).encode()


def track(number: int, **more: Any) -> dict[str, Any]:
    return {"type": "track", "event": "open", "userId": "u", "messageId": f"m{number}", **more}


def test_every_event_is_loaded_once_and_the_segment_deleted(project: Project) -> None:
    project.accept(batch(track(1), track(2)), batch(track(3)))
    project.load()
    assert project.rows("SELECT id FROM events ORDER BY seq") == [("m1",), ("m2",), ("m3",)]
    assert segments(project.spool) == []
    assert project.store.offsets() == {}


def test_an_event_that_is_sent_again_counts_once(project: Project) -> None:
    project.accept(batch(track(1), track(1)), batch(track(1)))
    project.load()
    project.accept(batch(track(1), track(2)))
    project.load()
    assert project.rows("SELECT id FROM events") == [("m1",), ("m2",)]


def test_a_segment_being_written_is_followed_record_by_record(project: Project) -> None:
    committer = Committer(lambda name: project.spool, "r0")
    loader = project.loader()
    for number in range(3):
        body = batch(track(number))
        committer.keep_now("p", Record(NOON, "segment/batch", body))
        assert loader.run_once() == 1
        assert len(project.rows("SELECT id FROM events")) == number + 1
    assert loader.lag_bytes() == 0
    committer.close()
    assert loader.run_once() == 0
    assert segments(project.spool) == []


def test_a_loader_that_starts_again_goes_on_where_the_last_one_was(project: Project) -> None:
    committer = Committer(lambda name: project.spool, "r0")
    committer.keep_now("p", Record(NOON, "segment/batch", batch(track(1, messageId=None))))
    project.load()
    committer.keep_now("p", Record(NOON + 1, "segment/batch", batch(track(2, messageId=None))))
    project.load()
    committer.close()
    assert project.rows("SELECT count(*) FROM events") == [(2,)]


def test_rejections_are_kept_with_the_reason_and_announced(project: Project) -> None:
    project.accept(batch(track(1), {"type": "track", "userId": "u"}))
    project.load()
    [(reason, payload)] = project.rows("SELECT reason, payload FROM rejections")
    assert reason == "the track call has no event name"
    assert json.loads(payload) == {"type": "track", "userId": "u"}
    [loaded] = project.loaded
    assert (len(loaded.events), len(loaded.rejections)) == (1, 1)


def test_a_torn_tail_becomes_a_rejection_and_costs_nothing_before_it(project: Project) -> None:
    project.accept(batch(track(1)), batch(track(2)))
    [segment] = segments(project.spool)
    segment.write_bytes(segment.read_bytes()[:-5])
    project.load()
    assert project.rows("SELECT id FROM events") == [("m1",)]
    [(reason,)] = project.rows("SELECT reason FROM rejections")
    assert segment.name in reason


def test_what_a_person_did_before_signing_in_is_theirs(project: Project) -> None:
    project.accept(batch({"type": "page", "anonymousId": "a", "messageId": "1"}))
    project.load()
    identify = {"type": "identify", "userId": "u", "anonymousId": "a", "messageId": "2"}
    project.accept(batch({**identify, "traits": {"plan": "pro", "seats": 5.0}}, track(3)))
    project.load()
    assert project.rows("SELECT count(DISTINCT person) FROM activity") == [(1,)]
    assert project.rows(
        "SELECT known, properties FROM persons WHERE person IN (SELECT person FROM activity)"
    ) == [(True, '{"plan":"pro","seats":5}')]


def test_events_after_a_group_call_belong_to_the_account(project: Project) -> None:
    group = {"type": "group", "userId": "u", "groupId": "acme", "traits": {"tier": 2}}
    project.accept(batch(track(1), {**group, "messageId": "2"}, track(3)))
    project.load()
    project.accept(batch(track(4)))
    project.load()
    assert project.rows("SELECT id, account FROM events ORDER BY seq") == [
        ("m1", None),
        ("2", "acme"),
        ("m3", "acme"),
        ("m4", "acme"),
    ]
    assert project.rows("SELECT account, properties FROM accounts") == [("acme", '{"tier":2}')]


def test_device_and_browser_are_read_from_the_user_agent(project: Project) -> None:
    agent = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1"
    )
    project.accept(batch(track(1, context={"userAgent": agent})))
    project.load()
    assert project.rows("SELECT os, browser, device, properties::JSON::VARCHAR FROM events") == [
        ("iOS", "Mobile Safari", "iPhone", "{}")
    ]


def test_a_time_far_ahead_becomes_the_time_of_arrival(project: Project) -> None:
    far = (NOON + 2 * AHEAD_LIMIT_US) // 1_000
    project.accept(batch(track(1, timestamp=far), track(2, timestamp="1955-11-05")))
    project.load()
    assert project.rows("SELECT epoch_us(time) FROM events") == [(NOON,)]
    assert project.rows("SELECT reason FROM rejections") == [("the event is from before 1970",)]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (track(1, event="x" * 201), "the event name has 201 characters, more than 200"),
        (track(1, userId="x" * 201), "the person's id has 201 characters, more than 200"),
        (
            track(1, properties={str(i): i for i in range(1_001)}),
            "the event has 1001 properties, more than 1000",
        ),
        (
            track(1, properties={"deep": json.loads("[" * 40 + "]" * 40)}),
            "the property 'deep' is nested deeper than 32 levels",
        ),
    ],
)
def test_events_beyond_a_limit_are_rejected(
    project: Project, message: dict[str, Any], reason: str
) -> None:
    project.accept(batch(message, track(2)))
    project.load()
    assert project.rows("SELECT id FROM events") == [("m2",)]
    assert project.rows("SELECT reason FROM rejections") == [(reason,)]


class Troubled:
    """A store that fails whenever told to, and is otherwise the real one."""

    def __init__(self, store: DuckDBStore) -> None:
        self._store = store
        self.is_down = False
        self.poison = ""

    def append(self, batch: Batch) -> None:
        if self.is_down:
            raise OSError("no space left on device")
        if any(event.event == self.poison for event in batch.events):
            raise ValueError("a value that the store cannot take")
        self._store.append(batch)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_while_the_store_is_down_nothing_is_lost_or_rejected(project: Project) -> None:
    project.accept(*(batch(track(number)) for number in range(20)))
    store = Troubled(project.store)
    store.is_down = True
    loader = Loader(store, project.spool, fixed_clock(NOON))
    for _ in range(6):
        with pytest.raises(OSError, match="no space"):
            loader.run_once()
    store.is_down = False
    loader.run_once()
    assert project.rows("SELECT count(*) FROM events") == [(20,)]
    assert project.rows("SELECT count(*) FROM rejections") == [(0,)]


def test_one_record_that_the_store_cannot_take_costs_only_itself(project: Project) -> None:
    project.accept(*(batch(track(number)) for number in range(20)), batch(track(99, event="bad")))
    store = Troubled(project.store)
    store.poison = "bad"
    loader = Loader(store, project.spool, fixed_clock(NOON))
    for _ in range(2):
        with pytest.raises(ValueError, match="cannot take"):
            loader.run_once()
    loader.run_once()
    assert project.rows("SELECT count(*) FROM events") == [(20,)]
    [(reason, payload)] = project.rows("SELECT reason, payload FROM rejections")
    assert "a value that the store cannot take" in reason
    assert "m99" in payload
    assert segments(project.spool) == []


def test_watchers_see_arrivals_and_rejections_as_they_come(project: Project) -> None:
    live = Live(person_uids(project.store))
    loader = Loader(project.store, project.spool, fixed_clock(NOON), live.publish)
    project.accept(batch(track(1)))
    loader.run_once()
    watcher = live.subscribe()
    project.accept(batch(track(2), {"type": "track"}))
    loader.run_once()
    first, second, refused = watcher.ready()
    assert not isinstance(first, Rejection)
    assert not isinstance(second, Rejection)
    assert (first.id, second.id) == ("m1", "m2")
    assert [(first.person,)] == project.rows("SELECT uid FROM persons")
    assert isinstance(refused, Rejection)
    assert watcher.ready() == []
    live.leave(watcher)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    properties=st.lists(st.dictionaries(st.text(max_size=6), json_values), min_size=1, max_size=8)
)
def test_the_store_takes_whatever_the_steps_let_through(
    project: Project, properties: list[dict[str, Any]]
) -> None:
    before = project.rows("SELECT count(*) FROM events")[0][0]
    messages = [track(0, properties=part, messageId=None, userId="x") for part in properties]
    project.accept(batch(*messages), received_us=NOON + before)
    project.load()
    assert project.rows("SELECT count(*) FROM events") == [(before + len(properties),)]
    assert project.rows("SELECT reason FROM rejections") == []
