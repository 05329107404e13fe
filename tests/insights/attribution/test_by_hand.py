"""Attribution over a handful of events, shared by hand."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from cairn.core.errors import InvalidInput
from cairn.insights.attribution import kernel
from cairn.insights.attribution.spec import (
    AttributionPoint,
    AttributionResult,
    AttributionSpec,
    ChannelCredits,
)
from cairn.query.filters import Group
from cairn.query.periods import Calendar, resolve
from cairn.query.sequences import Sequences
from insights.history import Delivery, Happening, Row, arriving, in_duckdb

SECOND = 1_000_000
DAY = 86_400 * SECOND
MAY_1 = 1_714_521_600 * SECOND
CALENDAR = Calendar(ZoneInfo("UTC"), MAY_1 + 30 * DAY)
PERIOD = {"from": "2024-05-01", "to": "2024-05-20"}


def spec_of(**question: Any) -> AttributionSpec:
    """Return an attribution of purchases to the property `via`, over the first weeks of May."""
    base = {
        "conversion": {"event": "buy"},
        "touch": {"event": "visit"},
        "by": {"name": "via"},
        "period": PERIOD,
    }
    return AttributionSpec.model_validate({**base, **question})


def ask(history: list[Row] | list[Delivery], **question: Any) -> AttributionResult:
    """Return the answer over events of (person, name, time since May 1, properties)."""
    spec = spec_of(**question)
    rows = [row for row in history if not isinstance(row, Delivery)]
    told = [part for part in history if isinstance(part, Delivery)] or [arriving(rows, MAY_1)]
    with in_duckdb(told) as store:
        span = resolve(spec.period, CALENDAR)
        return kernel.answer(spec, Sequences(store.snapshot, 1), span, CALENDAR)


def row_of(result: AttributionResult, channel: str | None) -> ChannelCredits:
    """Return the row of a channel."""
    [row] = [row for row in result.channels if row.channel == Group(value=channel)]
    return row


def path(*channels: str, person: int = 0, value: float | None = None) -> list[Row]:
    """Return a visit by each channel, a day apart, and a purchase a day after the last."""
    rows: list[Row] = [
        (person, "visit", day * DAY, {"via": via}) for day, via in enumerate(channels)
    ]
    paid = {} if value is None else {"price": value}
    return [*rows, (person, "buy", len(channels) * DAY, paid)]


def given(model: str, *channels: str, **question: Any) -> dict[str | None, float]:
    """Return what one conversion gives each channel."""
    result = ask(path(*channels), models=[model], **question)
    return {row.channel.value: round(row.credits[0].conversions, 4) for row in result.channels}


@pytest.mark.parametrize(
    ("model", "credits"),
    [
        ("last", [0, 0, 0, 1]),
        ("first", [1, 0, 0, 0]),
        ("linear", [0.25, 0.25, 0.25, 0.25]),
        ("u_shaped", [0.4, 0.1, 0.1, 0.4]),
        ("j_shaped", [0.2, 0.1, 0.1, 0.6]),
        ("inverse_j", [0.6, 0.1, 0.1, 0.2]),
        ("participation", [1, 1, 1, 1]),
        ("shapley", [0.25, 0.25, 0.25, 0.25]),
        ("markov", [0.25, 0.25, 0.25, 0.25]),
    ],
)
def test_a_model_shares_the_credit_of_four_touches(model: str, credits: list[float]) -> None:
    assert given(model, "a", "b", "c", "d") == dict(zip("abcd", credits, strict=True))


@pytest.mark.parametrize(
    ("model", "credits"),
    [("u_shaped", [0.5, 0.5]), ("j_shaped", [0.25, 0.75]), ("inverse_j", [0.75, 0.25])],
)
def test_two_touches_share_what_is_left_without_a_middle(model: str, credits: list[float]) -> None:
    assert given(model, "a", "b") == dict(zip("ab", credits, strict=True))


@pytest.mark.parametrize("model", ["last", "first", "u_shaped", "time_decay", "markov", "shapley"])
def test_the_only_touch_gets_everything(model: str) -> None:
    assert given(model, "a") == {"a": 1}


def test_own_weights_are_divided_by_their_sum() -> None:
    weights = {"first": 1, "middle": 2, "last": 1}
    assert given("custom", "a", "b", "c", weights=weights) == {"a": 0.25, "b": 0.5, "c": 0.25}
    only_middle = {"first": 0, "middle": 1, "last": 0}
    assert given("custom", "a", "b", weights=only_middle) == {"a": 0.5, "b": 0.5}


def test_credit_halves_with_each_half_life_before_the_last_touch() -> None:
    events: list[Row] = [(0, "visit", 0, {"via": "a"}), (0, "visit", 7 * DAY, {"via": "b"})]
    events += [(0, "buy", 9 * DAY)]
    result = ask(events, models=["time_decay"])
    assert row_of(result, "a").credits[0].conversions == pytest.approx(1 / 3)
    assert row_of(result, "b").credits[0].conversions == pytest.approx(2 / 3)


def test_direct_gets_the_credit_only_when_it_is_alone() -> None:
    assert given("last_non_direct", "a", "b", "direct") == {"a": 0, "b": 1, "direct": 0}
    assert given("last_non_direct", "direct", "direct") == {"direct": 1}


def test_a_channel_that_comes_twice_takes_part_once() -> None:
    assert given("participation", "a", "b", "a") == {"a": 1, "b": 1}
    assert given("shapley", "a", "b", "a") == {"a": 0.5, "b": 0.5}
    assert given("linear", "a", "b", "a") == {"a": 0.6667, "b": 0.3333}


def test_a_touch_counts_up_to_the_end_of_the_look_back() -> None:
    events: list[Row] = [
        (0, "visit", 0, {"via": "a"}),
        (0, "visit", 1, {"via": "b"}),
        (0, "buy", DAY),
        (0, "buy", DAY + 1),
    ]
    result = ask(events, models=["first"], lookback={"count": 1, "unit": "day"})
    assert [row_of(result, via).credits[0].conversions for via in "ab"] == [1, 1]


def test_a_touch_before_the_period_counts_for_a_conversion_in_it() -> None:
    events: list[Row] = [(0, "visit", -DAY, {"via": "a"}), (0, "buy", -1), (0, "buy", 0)]
    result = ask(events)
    assert result.conversions == 1
    assert row_of(result, "a").credits[0].conversions == 1
    assert row_of(result, "a").touches == 0


def test_a_touch_at_the_instant_of_the_conversion_counts_whichever_arrived_first() -> None:
    events: list[Row] = [
        (0, "buy", 5),
        (0, "visit", 5, {"via": "a"}),
        (0, "visit", 6, {"via": "b"}),
    ]
    result = ask(events)
    assert row_of(result, "a").credits[0].conversions == 1
    assert row_of(result, "b").credits[0].conversions == 0


def test_the_conversion_can_be_a_touch_itself() -> None:
    result = ask([(0, "buy", 5, {"via": "a"})], touch={})
    assert row_of(result, "a").credits[0].conversions == 1


def test_a_conversion_without_touches_credits_no_channel() -> None:
    result = ask([*path("a"), (1, "buy", 0)], models=["last", "markov", "participation"])
    assert result.conversions == 2
    for m in range(3):
        assert row_of(result, None).credits[m].conversions == 1
        assert row_of(result, "a").credits[m].conversions == 1


def test_every_conversion_of_a_person_counts_and_the_person_once() -> None:
    result = ask([*path("a", "b"), (0, "buy", 3 * DAY)])
    assert (result.conversions, result.persons) == (2, 1)
    assert row_of(result, "b").credits[0].conversions == 2
    assert row_of(result, "b").credits[0].persons == 1


def test_value_is_shared_like_the_credit_and_spend_is_set_against_it() -> None:
    events = [*path("a", "b", value=100), *path("b", person=1, value=50)]
    spend = [
        {"channel": "a", "cost": 20},
        {"channel": "b", "cost": 200},
        {"channel": "c", "cost": 7},
    ]
    result = ask(events, models=["linear"], value={"name": "price"}, spend=spend)
    a, b, c = (row_of(result, via).credits[0] for via in "abc")
    assert (result.value, a.value, b.value) == (150, 50, 100)
    assert (a.cac, a.roas, a.roi) == (40, 2.5, 1.5)
    assert (b.cac, b.roas, b.roi) == (pytest.approx(200 / 1.5), 0.5, -0.5)
    assert (c.conversions, c.cac, c.roas, c.roi) == (0, None, 0, -1)


def test_spend_on_channels_that_are_not_shown_counts_for_the_rest() -> None:
    events = [*path("a"), *path("a", person=1), *path("b", person=2), *path("c", person=3)]
    spend = [{"channel": "b", "cost": 5}, {"channel": "elsewhere", "cost": 2}]
    result = ask(events, limit=1, spend=spend)
    assert [(row.channel, row.cost) for row in result.channels] == [
        (Group(value="a"), None),
        (Group(other=True), 7),
    ]
    assert result.channels[1].credits[0].conversions == 2


def test_a_channel_that_all_conversions_pass_has_the_largest_removal_effect() -> None:
    """Without b nothing converts; without a, the walk that starts at b is left: 1/2 of them.

    Two start at a and go on to b, two start at b; of the four at b, three convert.
    """
    events = [*path("a", "b"), *path("b", person=1), *path("b", person=2)]
    events += [(3, "visit", 0, {"via": "a"}), (3, "visit", 1, {"via": "b"})]
    result = ask(events, models=["markov"])
    assert result.unconverted == 1
    assert row_of(result, "b").credits[0].conversions == pytest.approx(3 * 1 / 1.5)
    assert row_of(result, "a").credits[0].conversions == pytest.approx(3 * 0.5 / 1.5)


def test_a_walk_that_does_not_convert_begins_in_the_period() -> None:
    """Were the visit by b before the period part of it, walks would go from b to a."""
    events = [*path("a"), *path("b", person=1)]
    events += [(2, "visit", -DAY, {"via": "b"}), (2, "visit", DAY, {"via": "a"})]
    result = ask(events, models=["markov"])
    assert result.unconverted == 1
    for via in "ab":
        assert row_of(result, via).credits[0].conversions == pytest.approx(1)


CAME = [
    ("Direct", {"utm_source": "(direct)", "utm_medium": "(none)"}),
    ("Cross-network", {"utm_source": "google", "utm_campaign": "EU Cross-network"}),
    ("Paid Shopping", {"utm_source": "amazon", "utm_medium": "cpc"}),
    ("Paid Search", {"utm_source": "google", "utm_medium": "cpc"}),
    ("Paid Social", {"utm_source": "www.facebook.com", "utm_medium": "paid_social"}),
    ("Paid Video", {"utm_source": "youtube", "utm_medium": "ppc"}),
    ("Display", {"utm_source": "somewhere", "utm_medium": "banner"}),
    ("Paid Other", {"utm_source": "somewhere", "utm_medium": "cpc"}),
    ("Organic Shopping", {"utm_source": "etsy"}),
    ("Organic Social", {"referrer": "https://t.co/abc"}),
    ("Organic Video", {"referrer": "https://m.youtube.com/watch"}),
    ("Organic Search", {"referrer": "https://www.google.co.uk/"}),
    ("Organic Search", {"utm_source": "bing", "utm_medium": "organic"}),
    ("Email", {"utm_source": "newsletter", "utm_medium": "e-mail"}),
    ("Affiliates", {"utm_source": "x", "utm_medium": "affiliate"}),
    ("Referral", {"referrer": "https://news.example/article?via=google.com/"}),
    ("Audio", {"utm_source": "x", "utm_medium": "audio"}),
    ("SMS", {"utm_source": "sms"}),
    ("Mobile Push Notifications", {"utm_source": "x", "utm_medium": "web-push"}),
    ("Unassigned", {"utm_campaign": "spring"}),
    (None, {"url": "https://shop.example/"}),
    (None, {"referrer": "https://shop.example/a", "url": "https://shop.example/b"}),
    ("Referral", {"referrer": "https://other.example/a", "url": "https://shop.example/b"}),
]


@pytest.mark.parametrize(("channel", "context"), CAME)
def test_the_default_rules_name_the_channel(channel: str | None, context: dict[str, str]) -> None:
    came = Happening(0, "visit", MAY_1, context=context)
    told = [Delivery([came, Happening(0, "buy", MAY_1 + 1)])]
    result = ask(told, by="channel")
    assert [row.channel for row in result.channels] == [Group(value=channel)]


def test_own_rules_are_asked_in_order_and_may_say_that_there_is_no_channel() -> None:
    inside = {"property": {"name": "via"}, "operator": "contains", "values": ["office"]}
    rules = [{"channel": None, "when": [inside]}, {"channel": "everything"}]
    events = [*path("office", "a"), *path("the office", person=1)]
    result = ask(events, by="channel", rules=rules)
    assert row_of(result, "everything").touches == 1
    assert row_of(result, None).reached == 1


def test_the_people_behind_a_channel_are_those_who_gave_it_credit() -> None:
    events = [*path("a", "b"), *path("b", person=1), *path("a", person=2)]
    spec = spec_of(models=["last", "linear"])
    span = resolve(spec.period, CALENDAR)
    with in_duckdb([arriving(events, MAY_1)]) as store:
        people = Sequences(store.snapshot, 1)

        def behind(model: int, channel: Group | None) -> list[int]:
            point = AttributionPoint(model=model, channel=channel)
            return kernel.people(spec, point, people, span, CALENDAR).tolist()

        assert behind(0, Group(value="a")) == [2]
        assert behind(1, Group(value="a")) == [0, 2]
        assert behind(0, None) == [0, 1, 2]
        assert behind(0, Group()) == []
        assert behind(0, Group(value="never")) == []
        with pytest.raises(InvalidInput, match="has 2 models"):
            behind(2, None)


@pytest.mark.parametrize(
    ("question", "because"),
    [
        ({"models": []}, "at least 1 item"),
        ({"models": ["last", "last"]}, "named twice"),
        ({"models": ["custom"]}, "the model 'custom' needs weights"),
        ({"weights": {"first": 1, "middle": 0, "last": 0}}, "is needed for weights"),
        ({"by": "source", "rules": [{"channel": "a"}]}, "leave one of them out"),
        ({"spend": [{"channel": "a", "cost": 1}] * 2}, "named twice in the spend table"),
    ],
)
def test_what_does_not_fit_together_is_refused(question: dict[str, Any], because: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(because)):
        spec_of(**question)
