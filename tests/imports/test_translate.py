from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from cairn.core.errors import InvalidInput
from cairn.imports.mapping import TARGETS, check_columns, parse_mapping
from cairn.imports.rows import Row
from cairn.imports.times import NoZone, read_time
from cairn.imports.translate import MappedRows, SegmentRows, Unusable

ROW = {"action": "signup", "at": "2024-05-01T08:00:00Z", "who": "7", "plan": "pro", "seats": "3"}
BASE = "event=action,time=at,person=who"


def translated(
    values: dict[str, Any], map: str = BASE, line: int = 1, **options: Any
) -> dict[str, Any] | None:
    rows = MappedRows(parse_mapping(map, **options), ZoneInfo("UTC"))
    message = rows.message(Row(line, values))
    return None if message is None else msgspec.json.decode(message)


def test_columns_that_are_not_mapped_become_properties() -> None:
    message = translated(ROW)
    assert message is not None
    assert message.pop("messageId").startswith("import-")
    assert message == {
        "type": "track",
        "event": "signup",
        "userId": "7",
        "timestamp": "2024-05-01T08:00:00Z",
        "properties": {"plan": "pro", "seats": 3},
    }


def test_only_the_columns_asked_for_become_properties() -> None:
    assert (translated(ROW, properties="plan") or {})["properties"] == {"plan": "pro"}
    assert (translated(ROW, properties="") or {})["properties"] == {}


def test_values_of_the_event_can_get_names_and_rows_can_be_skipped() -> None:
    row = {**ROW, "action": "1"}
    assert (translated(row, names="1=question,*=other") or {})["event"] == "question"
    assert (translated(row, names="2=answer,*=other") or {})["event"] == "other"
    assert (translated(row, names="2=answer") or {})["event"] == "1"
    assert translated(row, skip="plan=free,who=7") is None
    assert translated({**row, "who": ""}, skip="who=") is None
    assert translated({**row, "who": None}, skip="who=") is None


def test_every_part_goes_where_the_segment_spec_has_it() -> None:
    parts = [target for target in TARGETS if target not in ("event", "time", "person")]
    row = {**ROW, **{part: f"some {part}" for part in parts}}
    message = translated(row, BASE + "," + ",".join(f"{part}={part}" for part in parts))
    assert message is not None
    assert message["anonymousId"] == "some anonymous"
    assert message["messageId"] == "some id"
    assert message["context"] == {
        "groupId": "some account",
        "sessionId": "some session",
        "device": {"type": "some platform", "model": "some device"},
        "os": {"name": "some os"},
        "app": {"version": "some app_version"},
        "locale": "some locale",
        "location": {"country": "some country"},
        "page": {"url": "some url", "path": "some path", "referrer": "some referrer"},
        "campaign": {
            "source": "some utm_source",
            "medium": "some utm_medium",
            "name": "some utm_campaign",
        },
    }


def test_rows_can_describe_people_and_accounts() -> None:
    person = translated(ROW, "event='$identify',time=at,person=who", properties="plan")
    assert person is not None
    assert (person["type"], person["traits"]) == ("identify", {"plan": "pro"})
    account = translated(ROW, "event='$group',time=at,person=who,account=plan", properties="seats")
    assert account is not None
    assert (account["type"], account["groupId"], account["traits"]) == (
        "group",
        "pro",
        {"seats": 3},
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("0.5", 0.5),
        ("true", True),
        ("007", "007"),
        ("1e5", "1e5"),
        ("1.50", "1.50"),
        ("12345678901234567", "12345678901234567"),
        ("True", "True"),
        ("nan", "nan"),
    ],
)
def test_text_becomes_a_number_only_when_nothing_is_lost(text: str, value: Any) -> None:
    message = translated({**ROW, "plan": text}, properties="plan")
    assert message is not None and message["properties"] == {"plan": value}


def test_typed_values_keep_their_meaning() -> None:
    values = {
        **ROW,
        "who": 7.0,
        "day": date(2024, 5, 1),
        "price": Decimal("9.5"),
        "raw": b"\xffx",
        "gap": None,
        "nan": float("nan"),
        "many": [datetime(2024, 5, 1, tzinfo=UTC)],
    }
    message = translated(values, properties="day,price,raw,gap,nan,many")
    assert message is not None
    assert message["userId"] == "7"
    assert message["properties"] == {
        "day": "2024-05-01",
        "price": 9.5,
        "raw": "\ufffdx",
        "many": ["2024-05-01T00:00:00+00:00"],
    }


def test_the_id_depends_on_the_row_and_its_line_and_nothing_else() -> None:
    def id_of(values: dict[str, Any], line: int) -> str:
        message = translated(values, line=line)
        assert message is not None
        return str(message["messageId"])

    again = dict(reversed(ROW.items()))
    assert id_of(ROW, 1) == id_of(again, 1)
    assert len({id_of(ROW, 1), id_of(ROW, 2), id_of({**ROW, "plan": "free"}, 1)}) == 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"action": ""}, "the event has no name"),
        ({"who": " "}, "does not say whose event"),
        ({"at": ""}, "the time is missing"),
        ({"at": "yesterday"}, "'yesterday' cannot be read as a time"),
        ({"at": "9e99"}, "cannot be read as a time"),
        ({"plan": "\udc80"}, "UTF-8"),
    ],
)
def test_a_row_that_cannot_become_an_event_says_why(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(Unusable, match=reason):
        translated({**ROW, **change})


def test_segment_messages_pass_as_they_are_and_get_an_id_when_they_have_none() -> None:
    message = {"type": "track", "event": "e", "userId": "u", "timestamp": "2024-05-01T08:00:00Z"}
    rows = SegmentRows()
    kept = rows.message(Row(1, {**message, "messageId": "m1"}))
    assert kept is not None and msgspec.json.decode(kept) == {**message, "messageId": "m1"}
    named = [rows.message(Row(line, message)) for line in (1, 1, 2)]
    assert named[0] == named[1] != named[2]
    with pytest.raises(Unusable, match="no timestamp"):
        rows.message(Row(1, {"type": "track"}))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2024-05-01T08:00:00+02:00", 1714543200),
        ("2024-05-01 06:00:00Z", 1714543200),
        ("1714543200", 1714543200),
        (1714543200.5, 1714543200.5),
        (1714543200000, 1714543200),
        (1714543200000000, 1714543200),
        (1714543200000000000, 1714543200),
        ("20240501", 1714521600),
        (date(2024, 5, 1), 1714521600),
        (datetime(2024, 5, 1, 6, tzinfo=UTC), 1714543200),
    ],
)
def test_times_are_read_in_every_common_form(value: Any, seconds: float) -> None:
    assert read_time(value, ZoneInfo("UTC")).timestamp() == seconds


def test_a_time_without_a_zone_is_read_in_the_zone_given_also_when_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert read_time("2024-01-01 12:00", berlin).hour == 11
    assert read_time("2024-07-01 12:00", berlin).hour == 10
    assert read_time("01.07.2024 12:00", berlin, "%d.%m.%Y %H:%M").hour == 10
    with pytest.raises(NoZone, match="does not say its time zone"):
        read_time("2024-07-01 12:00", None)


@pytest.mark.parametrize("value", [True, None, [], "soon", 1e30, "99999999999999999999"])
def test_what_names_no_time_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        read_time(value, ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("event=a,time=b", {}, "which column is the person"),
        ("event=a,when=b", {}, "no part 'when'"),
        ("event=a,time", {}, "not a pair"),
        ("event=a,time=", {}, "not a pair"),
        ("event='x',time='y',person=z", {}, "only the event can be a constant"),
        ("event='x',time=t,person=p", {"names": "1=a"}, "the event is a constant"),
    ],
)
def test_a_mapping_that_cannot_work_says_what_is_missing(
    text: str, options: dict[str, str], message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        parse_mapping(text, **options)


def test_a_mapped_column_that_is_not_in_the_file_is_named_with_those_that_are() -> None:
    mapping = parse_mapping(BASE, skip="gone=1")
    with pytest.raises(InvalidInput, match="no column 'gone' to skip by") as refused:
        check_columns(mapping, list(ROW), optional=False)
    assert "action, at, who" in refused.value.hint
    check_columns(mapping, list(ROW), optional=True)
