"""Which channel an event comes by: rules over where it came from, or the value of a property.

The default rules are the default channel group of Google Analytics 4, with one difference: an event
of which no source, medium, campaign or referrer is known has no channel.
https://support.google.com/analytics/answer/9756891
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cairn.insights.attribution.spec import AttributionSpec, ChannelRule
from cairn.query.filters import Condition, Operator, Property
from cairn.query.matching import matching_values
from cairn.query.picking import compiled
from cairn.query.sequences import Sequences

Numbers = NDArray[np.int64]

SOURCE, MEDIUM, CAMPAIGN, REFERRER, URL = (
    Property(name=name)
    for name in ("$utm_source", "$utm_medium", "$utm_campaign", "$referrer", "$url")
)
_PROPERTIES = {"campaign": CAMPAIGN, "source": SOURCE, "medium": MEDIUM}

_SEARCH = (
    "google|bing|duckduckgo|yahoo|baidu|yandex|ecosia|qwant|startpage|brave|naver|seznam|sogou"
)
_SOCIAL = (
    "facebook|fb|instagram|ig|linkedin|lnkd|twitter|t\\.co|x\\.com|reddit|tiktok|pinterest|threads|"
    "bsky|mastodon|quora|snapchat|vk|weibo|whatsapp|telegram|discord|ycombinator"
)
_VIDEO = "youtube|youtu\\.be|vimeo|twitch|dailymotion|netflix|disneyplus|hulu|wistia"
_SHOPPING = "amazon|ebay|etsy|walmart|aliexpress|alibaba|shopify|idealo|mercadolibre|igshopping"
_PAID = "(?i)^(.*cp.*|ppc|retargeting|paid.*)$"
_SHOP_CAMPAIGN = "(?i)^(.*(([^a-df-z]|^)shop|shopping).*)$"
_EMAIL = "(?i)^(email|e-mail|e_mail|e mail)$"
HOST = r"^[^:/?#]+://([^/?#]+)"
"""The host of a URL."""


def _is(prop: Property, pattern: str) -> Condition:
    return Condition(property=prop, operator="matches", values=(pattern,))


def _set(prop: Property, operator: Operator = "is_set") -> Condition:
    return Condition(property=prop, operator=operator)


def _from(sites: str) -> Condition:
    return _is(SOURCE, f"(?i)(^|[./])({sites})([./]|$)")


def _referred(sites: str) -> tuple[Condition, ...]:
    host = _is(REFERRER, f"(?i)^[^:/?#]+://([^/]*\\.)?({sites})(\\.[^/]*)?(/|$)")
    return (*_UNTAGGED, host)


_UNTAGGED = (_set(SOURCE, "is_not_set"), _set(MEDIUM, "is_not_set"))

DEFAULT_RULES: tuple[ChannelRule, ...] = tuple(
    ChannelRule(channel=channel, when=when)
    for channel, *ways in (
        ("Direct", (_is(SOURCE, r"(?i)^\(?direct\)?$"), _set(MEDIUM, "is_not_set")),
         (_is(SOURCE, r"(?i)^\(?direct\)?$"), _is(MEDIUM, r"(?i)^\((none|not set)\)$"))),
        ("Cross-network", (_is(CAMPAIGN, "(?i)cross-network"),)),
        ("Paid Shopping", (_from(_SHOPPING), _is(MEDIUM, _PAID)),
         (_is(CAMPAIGN, _SHOP_CAMPAIGN), _is(MEDIUM, _PAID))),
        ("Paid Search", (_from(_SEARCH), _is(MEDIUM, _PAID))),
        ("Paid Social", (_from(_SOCIAL), _is(MEDIUM, _PAID))),
        ("Paid Video", (_from(_VIDEO), _is(MEDIUM, _PAID))),
        ("Display", (_is(MEDIUM, "(?i)^(display|banner|expandable|interstitial|cpm)$"),)),
        ("Paid Other", (_is(MEDIUM, _PAID),)),
        ("Organic Shopping", (_from(_SHOPPING),), (_is(CAMPAIGN, _SHOP_CAMPAIGN),),
         _referred(_SHOPPING)),
        ("Organic Social", (_from(_SOCIAL),), (_is(MEDIUM, "(?i)^(social|social-network|"
         "social-media|sm|social network|social media)$"),), _referred(_SOCIAL)),
        ("Organic Video", (_from(_VIDEO),), (_is(MEDIUM, "(?i)^(.*video.*)$"),),
         _referred(_VIDEO)),
        ("Organic Search", (_from(_SEARCH),), (_is(MEDIUM, "(?i)^organic$"),),
         _referred(_SEARCH)),
        ("Email", (_is(SOURCE, _EMAIL),), (_is(MEDIUM, _EMAIL),)),
        ("Affiliates", (_is(MEDIUM, "(?i)^affiliates?$"),)),
        ("Referral", (_is(MEDIUM, "(?i)^(referral|app|link)$"),), (*_UNTAGGED, _set(REFERRER))),
        ("Audio", (_is(MEDIUM, "(?i)^audio$"),)),
        ("SMS", (_is(SOURCE, "(?i)^sms$"),), (_is(MEDIUM, "(?i)^sms$"),)),
        ("Mobile Push Notifications", (_is(SOURCE, "(?i)^firebase$"),),
         (_is(MEDIUM, "(?i)(push$|mobile|notification)"),)),
        ("Unassigned", (_set(SOURCE),), (_set(MEDIUM),), (_set(CAMPAIGN),)),
    )
    for when in ways
)  # fmt: skip
"""The first rule that holds decides."""


def rules_of(spec: AttributionSpec) -> tuple[ChannelRule, ...]:
    """Return the rules that name channels; none when a property does."""
    if spec.by != "channel":
        return ()
    return DEFAULT_RULES if spec.rules is None else spec.rules


def property_of(spec: AttributionSpec) -> Property | None:
    """Return the property whose value is the channel; None when rules name it."""
    return spec.by if isinstance(spec.by, Property) else _PROPERTIES.get(spec.by)


def read_by(spec: AttributionSpec) -> tuple[Property, ...]:
    """Return the properties that say which channel an event comes by, each once."""
    prop = property_of(spec)
    if prop is not None:
        return (prop,)
    read = dict.fromkeys(c.property for rule in rules_of(spec) for c in rule.when)
    return tuple(read | dict.fromkeys([URL])) if REFERRER in read else tuple(read)


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels of a question by number, and how to find that of an event; -1 is none.

    `satisfied[i][code]` has the bits of the rules whose conditions on property i a value satisfies.
    `hosts` are the places of the referrer and the URL among the properties, with the number of the
    host in each of their values: a referrer on the event's own host is as good as missing.
    """

    texts: list[str | None]
    satisfied: tuple[NDArray[np.uint64], ...] = ()
    channel_of: Numbers | None = None
    hosts: tuple[int, Numbers, int, Numbers] | None = None

    @classmethod
    def of(cls, spec: AttributionSpec, sequences: Sequences) -> Channels:
        """Compare every value of the properties with the rules, once."""
        prop = property_of(spec)
        if prop is not None:
            return cls(list(sequences.values(prop)))
        rules, read = rules_of(spec), read_by(spec)
        texts, channel_of = named(rules)
        values = [sequences.values(prop) for prop in read]
        satisfied = tuple(
            _satisfied(rules, prop, own) for prop, own in zip(read, values, strict=True)
        )
        hosts = None
        if REFERRER in read:
            one, other = read.index(REFERRER), read.index(URL)
            hosts = (one, *_hosts(values[one], values[other], one, other))
        return cls(texts, satisfied, channel_of, hosts)

    def numbers(self, codes: Sequence[Any], count: int) -> Numbers:
        """Return the channel of each of so many events, from the codes of their properties."""
        if self.channel_of is None:
            number: Numbers = codes[0].astype(np.int64)
            number[number == 0] = -1
            return number
        bits = np.full(count, np.iinfo(np.uint64).max, np.uint64)
        for i, (own, code) in enumerate(zip(self.satisfied, codes, strict=True)):
            if self.hosts is not None and i == self.hosts[0]:
                _, host, other, site = self.hosts
                code = np.where(host[code] == site[codes[other]], np.uint32(0), code)
            bits &= own[code]
        return np.asarray(_first_rule(bits, self.channel_of))


def named(rules: Sequence[ChannelRule]) -> tuple[list[str | None], Numbers]:
    """Return the channels that rules name, and the number of each rule's channel, -1 for none."""
    texts = list(dict.fromkeys(rule.channel for rule in rules if rule.channel is not None))
    numbers = [-1 if rule.channel is None else texts.index(rule.channel) for rule in rules]
    return list(texts), np.array(numbers, np.int64)


def _satisfied(
    rules: Sequence[ChannelRule], prop: Property, values: Sequence[str | None]
) -> NDArray[np.uint64]:
    bits = np.zeros(len(values), np.uint64)
    for i, rule in enumerate(rules):
        holds = np.ones(len(values), np.bool_)
        for condition in rule.when:
            if condition.property == prop:
                holds &= matching_values(condition, values)
        bits |= holds.astype(np.uint64) << np.uint64(i)
    return bits


def _hosts(
    referrers: Sequence[str | None], urls: Sequence[str | None], one: int, other: int
) -> tuple[Numbers, int, Numbers]:
    """Return the number of the host of each referrer and each URL; those without differ."""
    named = HOST.replace("(", "(?P<host>", 1)
    host, site = (
        pc.struct_field(pc.extract_regex(pa.array(values, pa.string()), named), "host").to_pylist()
        for values in (referrers, urls)
    )
    number_of = {name: i for i, name in enumerate(dict.fromkeys([*host, *site])) if name}
    return (
        np.array([number_of.get(name, -1) for name in host], np.int64),
        other,
        np.array([number_of.get(name, -2) for name in site], np.int64),
    )


@compiled
def _first_rule(bits: Any, channel_of: Any) -> Any:
    """Return the channel of the first rule that holds, -1 where none does."""
    out = np.full(len(bits), -1, np.int64)
    for i in range(len(bits)):
        for rule in range(len(channel_of)):
            if (bits[i] >> np.uint64(rule)) & np.uint64(1):
                out[i] = channel_of[rule]
                break
    return out
