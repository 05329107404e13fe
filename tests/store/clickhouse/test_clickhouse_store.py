"""ClickHouse holds a project's events, people, accounts and merges as the embedded store does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cairn.core.errors import InvalidInput
from cairn.model.event import Event
from cairn.query.filters import Property
from cairn.store.base import Batch, Merge, NewPerson
from cairn.store.clickhouse.store import ClickHouseStore
from cairn.store.scope import Scope

ROLE = Property(of="person", name="role")
SIZE = Property(of="account", name="size")
PLAN = Property(name="plan")
COUNTRY = Property(name="$country")


@pytest.fixture
def store(request: pytest.FixtureRequest) -> Iterator[ClickHouseStore]:
    """An empty project."""
    database = f"store_{abs(hash(request.node.name)) % 10**9}"
    opened = ClickHouseStore.open("chdb://memory", database)
    yield opened
    opened.close()


def event(name: str, at: int, **more: object) -> Event:
    """Return an event at a number of microseconds."""
    return Event(id=f"{name}-{at}", event=name, time_us=at, received_us=at, distinct_id="d", **more)  # type: ignore[arg-type]


def shown(store: ClickHouseStore, *properties: Property) -> list[tuple[object, ...]]:
    """Return person and properties of every event in order of arrival."""
    sql = store.scoped_sql(Scope(properties, None, 0, 1_000))
    columns = ["person", *(f"p{i}" for i in range(len(properties)))]
    table = store.sql(
        f"WITH scoped AS ({sql}) SELECT {', '.join(columns)} FROM scoped ORDER BY seq"
    )
    return list(zip(*(table[column].to_pylist() for column in columns), strict=True))


PEOPLE = tuple(NewPerson(person, f"u{person}", 0) for person in range(3))


def test_properties_read_as_text_and_missing_ones_as_null(store: ClickHouseStore) -> None:
    events = [
        event("a", 1, properties={"plan": 5.0, "": None}, country="NL"),
        event("a", 2, properties={"plan": {"deep": [1]}}),
        event("a", 3, properties={"plan": None}),
    ]
    store.append(Batch(events=events, people=[0, 1, 2], new_persons=PEOPLE))
    assert shown(store, PLAN, COUNTRY) == [
        (0, "5", "NL"),
        (1, '{"deep":[1]}', None),
        (2, None, None),
    ]


def test_a_chain_of_merges_moves_events_and_properties_to_the_last_person(
    store: ClickHouseStore,
) -> None:
    store.append(
        Batch(
            events=[event("a", 1), event("a", 2), event("a", 3)],
            people=[0, 1, 2],
            new_persons=PEOPLE,
            person_properties={0: {"role": "maker"}, 2: {"name": "Ada"}},
        )
    )
    store.append(Batch(merges=[Merge(0, 1)]))
    store.append(Batch(merges=[Merge(1, 2)]))
    assert shown(store, ROLE, Property(of="person", name="name")) == [(2, "maker", "Ada")] * 3


def test_a_property_set_to_none_is_removed(store: ClickHouseStore) -> None:
    first = event("a", 1, account="acme")
    store.append(
        Batch(
            events=[first],
            people=[0],
            new_persons=PEOPLE,
            person_properties={0: {"role": "maker"}},
            account_properties={"acme": {"size": 10, "plan": "pro"}},
        )
    )
    assert shown(store, ROLE, SIZE) == [(0, "maker", "10")]
    store.append(
        Batch(person_properties={0: {"role": None}}, account_properties={"acme": {"size": None}})
    )
    assert shown(store, ROLE, SIZE) == [(0, None, None)]
    assert shown(store, Property(of="account", name="plan")) == [(0, "pro")]


def test_events_that_only_say_who_someone_is_are_out_of_scope(store: ClickHouseStore) -> None:
    events = [event("$identify", 1), event("a", 2), event("it's", 3)]
    store.append(Batch(events=events, people=[0, 0, 1], new_persons=PEOPLE))
    assert shown(store) == [(0,), (1,)]
    sql = store.scoped_sql(Scope((), frozenset({"it's", "$identify"}), 2, 4))
    assert store.sql(f"SELECT event FROM ({sql})")["event"].to_pylist() == ["it's"]


def test_a_query_that_cannot_run_is_a_plain_error(store: ClickHouseStore) -> None:
    with pytest.raises(InvalidInput, match="cannot be run"):
        store.sql("SELECT nonsense FROM nowhere")
