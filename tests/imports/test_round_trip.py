"""What is exported makes the same events, people and accounts when it is imported elsewhere."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cairn.collect.pipeline import Turn, batch_of, walk
from cairn.collect.spool import Record
from cairn.collect.wire.write import written
from cairn.imports.rows import Row
from cairn.imports.translate import SegmentRows
from cairn.model.event import CONTEXT_COLUMNS
from cairn.store.duckdb.export import DuckDBExporter
from cairn.store.duckdb.store import DuckDBStore

NOW_US = 1_800_000_000_000_000

texts = st.text(max_size=8).filter(lambda text: "\0" not in text)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | texts
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
)
properties = st.dictionaries(texts, values, max_size=4)
people = st.sampled_from(["ada", "bob", "cyd"])
devices = st.sampled_from(["d1", "d2", "d3", "guest"])
names = st.sampled_from(["signup", "$page", "$identify", "$group", "$alias", "naïve ☃"])


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


contexts = st.fixed_dictionaries(
    {},
    optional={
        "sessionId": texts,
        "groupId": st.sampled_from(["acme", "globex"]),
        "device": st.fixed_dictionaries(
            {"model": maybe(texts), "type": st.sampled_from(["ios", "android", "tv"])}
        ),
        "app": st.fixed_dictionaries({"version": texts}),
        "library": st.fixed_dictionaries({"name": st.just("lib"), "version": maybe(st.just("1"))}),
        "page": st.fixed_dictionaries({}, optional={"url": texts, "path": texts}),
        "campaign": st.fixed_dictionaries({"source": texts, "name": texts}),
        "location": st.fixed_dictionaries({"country": texts}),
        "userAgent": st.just(
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        ),
    },
)
calls = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("track"), "event": names, "properties": properties, "context": contexts}
    ),
    st.fixed_dictionaries(
        {"type": st.just("page"), "name": maybe(texts), "properties": properties}
    ),
    st.fixed_dictionaries({"type": st.just("identify"), "traits": properties}),
    st.fixed_dictionaries(
        {"type": st.just("group"), "groupId": st.sampled_from(["acme", "x"]), "traits": properties}
    ),
)
senders = (
    st.fixed_dictionaries({"userId": people})
    | st.fixed_dictionaries({"anonymousId": devices})
    | st.fixed_dictionaries({"userId": people, "anonymousId": devices})
)
seconds = st.integers(0, 2 * 10**9).map(lambda at: at / 1.0)


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw messages as clients send them, each with its own id."""
    parts = draw(st.lists(st.tuples(calls, senders, seconds), min_size=1, max_size=12))
    return [
        {**call, **sender, "timestamp": at, "messageId": f"m{number}"}
        for number, (call, sender, at) in enumerate(parts)
    ]


def brought(store: DuckDBStore, messages: Sequence[bytes]) -> None:
    """Load messages as the loader does."""
    body = b'{"batch":[' + b",".join(messages) + b"]}"
    turn = walk(Turn([Record(NOW_US, "segment/batch", body)], NOW_US), store)
    assert not turn.rejections
    store.append(batch_of(turn, ()))


def exported(store: DuckDBStore) -> list[bytes]:
    return [written(event) for event in DuckDBExporter(store).events(None, None, ())]


def events_of(store: DuckDBStore) -> list[dict[str, Any]]:
    """Return all that is stored of each event, without whose it is."""
    columns = ", ".join(CONTEXT_COLUMNS)
    rows = store.sql(
        f"SELECT id, event, time, distinct_id, account, {columns}, "
        "properties::JSON::VARCHAR AS properties FROM events ORDER BY seq"
    ).to_pylist()
    return [{**row, "properties": json.loads(row["properties"])} for row in rows]


def people_of(store: DuckDBStore) -> set[tuple[frozenset[str], frozenset[str], bool, str]]:
    """Return each person as their ids, their events, whether they are known, and what is known."""
    rows = store.sql(
        "SELECT list(DISTINCT d.distinct_id) AS ids, list(DISTINCT a.id) AS events, "
        "any_value(p.known) AS known, any_value(p.properties) AS properties "
        "FROM persons p JOIN distinct_ids d USING (person) JOIN activity a USING (person) "
        "GROUP BY person"
    ).to_pylist()
    return {
        (
            frozenset(row["ids"]),
            frozenset(row["events"]),
            row["known"],
            json.dumps(json.loads(row["properties"]), sort_keys=True),
        )
        for row in rows
    }


def accounts_of(store: DuckDBStore) -> dict[str, Any]:
    rows = store.sql("SELECT account, properties FROM accounts").to_pylist()
    return {row["account"]: json.loads(row["properties"]) for row in rows}


def copied(source: DuckDBStore, target: DuckDBStore) -> None:
    rows = SegmentRows()
    messages = [rows.message(Row(1, json.loads(line))) for line in exported(source)]
    brought(target, [message for message in messages if message is not None])


@pytest.mark.timeout(240)
@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking opens stores for minutes
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(histories())
def test_a_copy_has_the_same_events_people_and_accounts(history: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = DuckDBStore.open(Path(folder) / "a", threads=1)
        target = DuckDBStore.open(Path(folder) / "b", threads=1)
        try:
            brought(source, [json.dumps(message).encode() for message in history])
            copied(source, target)
            assert events_of(target) == events_of(source)
            assert people_of(target) == people_of(source)
            assert accounts_of(target) == accounts_of(source)
        finally:
            source.close()
            target.close()


@pytest.fixture
def shop(tmp_path: Path) -> Any:
    store = DuckDBStore.open(tmp_path, threads=1)
    yield store
    store.close()


def test_what_was_done_before_signing_in_stays_with_the_same_person(
    shop: DuckDBStore, tmp_path: Path
) -> None:
    at = "2024-05-01T08:00:00Z"
    history = [
        {"type": "page", "anonymousId": "d1"},
        {"type": "track", "event": "cart", "anonymousId": "d2"},
        {"type": "identify", "userId": "ada", "anonymousId": "d1", "traits": {"plan": "pro"}},
        {"type": "track", "event": "paid", "userId": "ada", "anonymousId": "d2"},
        {"type": "alias", "userId": "ada", "previousId": "old"},
    ]
    brought(
        shop,
        [
            json.dumps({**message, "timestamp": at, "messageId": f"m{number}"}).encode()
            for number, message in enumerate(history)
        ],
    )
    lines = [json.loads(line) for line in exported(shop)]
    assert [line.get("anonymousId") for line in lines][:2] == ["d1", "d2"]
    assert len({line["person"] for line in lines}) == 1
    copy = DuckDBStore.open(tmp_path / "copy", threads=1)
    try:
        copied(shop, copy)
        assert people_of(copy) == people_of(shop)
        (ids, _, known, traits) = people_of(copy).pop()
        assert (ids, known, traits) == ({"ada", "d1", "d2", "old"}, True, '{"plan": "pro"}')
    finally:
        copy.close()


def test_an_export_can_be_limited_to_a_stretch_of_time_and_to_names(shop: DuckDBStore) -> None:
    history = [
        {
            "type": "track",
            "event": event,
            "userId": "u",
            "timestamp": day,
            "messageId": f"m{number}",
        }
        for number, (event, day) in enumerate(
            [("a", "2024-05-01"), ("b", "2024-05-02"), ("a", "2024-05-03")]
        )
    ]
    brought(shop, [json.dumps(message).encode() for message in history])
    exporter = DuckDBExporter(shop)
    first, second = 1_714_521_600_000_000, 1_714_608_000_000_000
    for bounds, found in (
        ((None, None, ("a",)), ["m0", "m2"]),
        ((first, second, ()), ["m0"]),
        ((second, None, ()), ["m1", "m2"]),
        ((second, None, ("a",)), ["m2"]),
        ((None, first, ()), []),
    ):
        assert [event.id for event in exporter.events(*bounds)] == found
        assert exporter.count(*bounds) == len(found)
