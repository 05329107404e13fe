"""What Segment's libraries send, as recorded from them, becomes events."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cairn.collect.wire import WIRES
from cairn.collect.wire.segment import EVENT_LIMIT, read
from cairn.model.event import Event

NOON = 1_767_268_800_000_000  # 2026-01-01T12:00:00Z
HOUR = 3_600_000_000

PYTHON = {
    "integrations": {},
    "anonymousId": None,
    "timestamp": "2026-01-01T11:59:59.500+00:00",
    "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
    "type": "track",
    "userId": "user-1",
    "event": "Signed Up",
    "properties": {"plan": "pro", "seats": 5.0},
    "messageId": "0b8c2a3e-0000-4000-8000-000000000001",
}
BROWSER = {
    "timestamp": "2026-01-01T12:00:00.000Z",
    "integrations": {},
    "type": "page",
    "properties": {"path": "/", "referrer": "", "search": "", "title": "Hi", "url": "https://a.b/"},
    "name": "Home",
    "context": {
        "page": {"path": "/", "referrer": "https://x.y", "search": "", "url": "https://a.b/"},
        "userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0.0.0",
        "locale": "en-US",
        "campaign": {"source": "news", "medium": "email", "name": "spring"},
        "library": {"name": "analytics.js", "version": "npm:next-1.84.3"},
        "timezone": "Europe/Berlin",
    },
    "messageId": "ajs-next-1767268800000-1d2e",
    "anonymousId": "a-1",
    "writeKey": "K",
    "userId": None,
    "sentAt": "2026-01-01T12:00:00.300Z",
    "_metadata": {"bundled": ["Segment.io"], "unbundled": [], "bundledIds": []},
}


def batch(*messages: Any, **more: Any) -> bytes:
    return json.dumps({"batch": list(messages), "writeKey": "K", **more}).encode()


def only(call: str, message: Any, received_us: int = NOON) -> Event:
    reading = read(call, json.dumps(message).encode(), received_us)
    assert not reading.rejections
    [event] = reading.events
    return event


def test_a_track_call_of_the_python_library_is_an_event() -> None:
    [event] = read("batch", batch(PYTHON, sentAt="2026-01-01T12:00:00+00:00"), NOON).events
    assert event.event == "Signed Up"
    assert event.id == PYTHON["messageId"]
    assert event.distinct_id == "user-1"
    assert event.is_known
    assert event.previous_id is None
    assert event.time_us == NOON - 500_000
    assert event.properties == {"plan": "pro", "seats": 5.0}
    assert (event.library, event.platform) == ("analytics-python 2.4.0", "server")


def test_a_page_call_of_the_browser_library_is_a_page_event_with_its_context() -> None:
    event = only("page", BROWSER)
    assert event.event == "$page"
    assert event.distinct_id == "a-1"
    assert not event.is_known
    assert event.properties["name"] == "Home"
    assert event.properties["title"] == "Hi"
    assert (event.url, event.path, event.referrer) == ("https://a.b/", "/", "https://x.y")
    assert (event.utm_source, event.utm_medium, event.utm_campaign) == ("news", "email", "spring")
    assert (event.locale, event.platform) == ("en-US", "web")


def test_an_identify_call_says_who_the_anonymous_person_is() -> None:
    message = {"userId": "u", "anonymousId": "a", "traits": {"email": "e@x.y"}}
    event = only("identify", message)
    assert (event.event, event.distinct_id, event.previous_id) == ("$identify", "u", "a")
    assert event.person_properties == {"email": "e@x.y"}


def test_a_group_call_puts_the_person_into_an_account() -> None:
    event = only("group", {"userId": "u", "groupId": 7, "traits": {"plan": "pro"}})
    assert (event.event, event.account) == ("$group", "7")
    assert event.account_properties == {"plan": "pro"}


def test_an_alias_call_names_the_previous_id_and_a_self_alias_names_nothing() -> None:
    assert only("alias", {"userId": "new", "previousId": "old"}).previous_id == "old"
    assert only("alias", {"userId": "u", "previousId": "u"}).previous_id is None


def test_a_screen_call_keeps_its_name_as_a_property() -> None:
    event = only("screen", {"anonymousId": "a", "name": "Cart", "category": "Shop"})
    assert event.event == "$screen"
    assert event.properties == {"name": "Cart", "category": "Shop"}


def test_numbers_as_ids_and_names_are_read_as_text() -> None:
    event = only("track", {"userId": 17, "event": 404, "messageId": 5})
    assert (event.distinct_id, event.event, event.id) == ("17", "404", "5")


def test_a_clock_that_is_an_hour_behind_is_corrected_by_the_time_of_sending() -> None:
    message = {**PYTHON, "timestamp": "2026-01-01T10:30:00Z", "sentAt": "2026-01-01T11:00:00Z"}
    assert only("track", message).time_us == NOON - HOUR // 2


def test_an_imported_history_keeps_its_times() -> None:
    message = {**PYTHON, "timestamp": "2020-06-01", "sentAt": "2026-01-01T11:59:58Z"}
    assert only("track", message).time_us == 1_590_969_600_000_000


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        (None, NOON),
        ("", NOON),
        (1_767_268_800, NOON),
        (1_767_268_800_000, NOON),
        (1_767_268_800_000_000, NOON),
        ("2026-01-01T13:00:00+01:00", NOON),
        ("2026-01-01 12:00:00", NOON),
    ],
)
def test_timestamps_are_read_in_every_form_in_use(timestamp: Any, expected: int) -> None:
    assert only("track", {**PYTHON, "timestamp": timestamp}).time_us == expected


def test_a_corrupt_message_costs_only_itself() -> None:
    reading = read(
        "batch",
        batch(
            PYTHON,
            {"type": "track", "userId": "u"},
            {"type": "track", "event": "x"},
            {"type": "dance", "userId": "u"},
            17,
            {**PYTHON, "timestamp": "yesterday"},
            {**PYTHON, "userId": {"id": 5}},
            {**PYTHON, "messageId": "second"},
        ),
        NOON,
    )
    assert [event.id for event in reading.events] == [PYTHON["messageId"], "second"]
    assert [rejection.reason for rejection in reading.rejections] == [
        "the track call has no event name",
        "the event has neither userId nor anonymousId",
        "the call type is 'dance'",
        "the event is 17, not a JSON object",
        "the timestamp 'yesterday' cannot be read",
        (
            "the event cannot be read: Expected `int | float | str | null`, got `object` "
            "- at `$.userId`"
        ),
    ]
    assert all(rejection.hint for rejection in reading.rejections)
    assert json.loads(reading.rejections[0].payload) == {"type": "track", "userId": "u"}


def test_a_context_of_the_wrong_type_is_left_out_and_the_rest_kept() -> None:
    context = {"app": "shop 1.2", "locale": "de", "page": {"url": 5}, "os": {"name": "iOS"}}
    event = only("track", {**PYTHON, "context": context})
    assert (event.app_version, event.locale, event.url, event.os) == (None, "de", None, "iOS")


def test_an_event_over_the_limit_is_rejected_alone() -> None:
    long = {**PYTHON, "messageId": "long", "properties": {"text": "x" * EVENT_LIMIT}}
    reading = read("batch", batch(PYTHON, long), NOON)
    assert [event.id for event in reading.events] == [PYTHON["messageId"]]
    [rejection] = reading.rejections
    assert "more than 32768" in rejection.reason


def test_a_message_without_an_id_gets_the_same_one_whenever_it_is_read() -> None:
    message = {key: value for key, value in PYTHON.items() if key != "messageId"}
    first, second = read("batch", batch(message, message), NOON).events
    assert first.id != second.id
    assert [e.id for e in read("batch", batch(message, message), NOON).events] == [
        first.id,
        second.id,
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)
FIELDS = [*PYTHON, *BROWSER, "groupId", "previousId", "traits", "name", "category"]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    call=st.sampled_from(["batch", "track", "identify", "page", "screen", "group", "alias", "?"]),
    body=st.binary(max_size=60)
    | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=4), json_values).map(
        lambda value: json.dumps(value).encode()
    )
    | st.lists(st.dictionaries(st.sampled_from(FIELDS), json_values), max_size=3).map(
        lambda messages: batch(*messages)
    ),
)
def test_no_body_makes_a_wire_format_raise_and_nothing_disappears(call: str, body: bytes) -> None:
    for wire in WIRES:
        reading = wire.read(call, body, NOON)
        count = len(reading.events) + len(reading.rejections)
        try:
            value = json.loads(body)
        except ValueError:
            value = None
        if call == "batch" and isinstance(value, dict) and isinstance(value.get("batch"), list):
            assert count == len(value["batch"]) or reading.rejections
        else:
            assert count == 1
