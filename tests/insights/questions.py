"""Random histories, and the parts that questions of every kind are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from cairn.query.filters import All, Any_, Condition, Filter, Property, Selector
from cairn.query.periods import Calendar, Period, WeekStart, after, floor, local
from insights.history import Delivery, Happening

SECOND = 1_000_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR

CLOCK_CHANGES: Mapping[str, Sequence[int]] = {
    "UTC": (1_714_521_600,),
    "Europe/Amsterdam": (1_711_846_800, 1_729_990_800),
    "America/New_York": (1_710_054_000, 1_730_613_600),
    "America/Santiago": (1_712_458_800, 1_725_768_000),
    "Africa/Cairo": (1_714_082_400, 1_730_408_400),
    "Australia/Lord_Howe": (1_712_415_600, 1_728_142_200),
    "Asia/Kathmandu": (1_709_231_400,),
}
"""Instants near which days have odd lengths, or months and weeks end, in seconds."""

NAMES = ("visit", "sign up", "buy", "日本", "$identify")
PLANS: Sequence[Any] = (
    *(None, "", "free", "pro", "Pro", "é", "it's", "a\\b", 5, 5.0, "5", 0.5, True, [1, "ü"]),
    {"k": None, "b": 1.5},
)
PRICES: Sequence[Any] = (
    None,
    0,
    1,
    2.25,
    -2.5,
    10,
    1000.0,
    "3",
    " 4 ",
    "1e2",
    "x",
    "",
    True,
    1e20,
    1.5e-7,
)
PROPERTY_NAMES = ("plan", "price", "a.b", 'it\'s "x"', "日本")

properties: SearchStrategy[Property] = st.one_of(
    st.builds(
        Property,
        of=st.sampled_from(("event", "event", "person", "account")),
        name=st.sampled_from(("plan", "plan", "price", *PROPERTY_NAMES[2:])),
    ),
    st.sampled_from(
        tuple(Property(name=name) for name in ("$country", "$account", "$event", "none"))
    ),
)
numeric: SearchStrategy[Property] = st.builds(
    Property,
    of=st.sampled_from(("event", "event", "event", "person", "account")),
    name=st.just("price"),
)
_texts = st.sampled_from(
    ("free", "pro", "FREE", "e", "É", "5", "", "日", "\\", "'", ".", "[1", "nl")
)
_patterns = st.sampled_from(
    ("^f", "o$", "^$", r"\d", "(?i)PRO", "a|r", r"^\[", ".", "é", "^.{3,4}$")
)
_numbers = st.sampled_from((0, 1, 2.25, "3", 10, -2.5, "1e3", 5))


@st.composite
def _conditions(draw: DrawFn) -> Condition:
    operator = draw(
        st.sampled_from(
            ("is", "is_not", "contains", "not_contains", "matches", "not_matches")
            + ("greater", "at_least", "less", "at_most", "is_set", "is_not_set")
        )
    )
    if operator in ("is_set", "is_not_set"):
        values: Sequence[Any] = ()
    elif operator in ("is", "is_not"):
        listed = st.sampled_from([*(v for v in (*PLANS, *PRICES) if isinstance(v, str | int)), 0.5])
        values = draw(st.lists(listed, min_size=1, max_size=3))
    else:
        kind = "contains" if "contains" in operator else "matches" if "matches" in operator else ""
        one = {"contains": _texts, "matches": _patterns, "": _numbers}[kind]
        values = draw(st.lists(one, min_size=1, max_size=2))
    return Condition(property=draw(properties), operator=operator, values=tuple(values))


filters: SearchStrategy[Filter] = st.recursive(
    _conditions(),
    lambda inner: st.one_of(
        st.builds(lambda parts: All(all=tuple(parts)), st.lists(inner, max_size=3)),
        st.builds(lambda parts: Any_(any=tuple(parts)), st.lists(inner, max_size=3)),
    ),
    max_leaves=4,
)
some_filter = st.sampled_from((False,) * 9 + (True,)).flatmap(
    lambda there: filters if there else st.none()
)
event_names = st.sampled_from((*NAMES[:2] * 4, *NAMES, None, None, "never"))
selectors: SearchStrategy[Selector] = st.builds(Selector, event=event_names, filter=some_filter)
limits = st.sampled_from((1, 2, 3, 25))


@dataclass(frozen=True)
class World:
    """A history, the project's calendar, and an instant near which things happen."""

    history: tuple[Delivery, ...]
    calendar: Calendar
    around_us: int


_values: SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({"plan": st.sampled_from(PLANS), "price": st.sampled_from(PRICES)}),
    st.fixed_dictionaries({"plan": st.sampled_from(("free", "pro"))}),
    st.fixed_dictionaries(
        {"price": st.sampled_from(PRICES)},
        optional={name: st.sampled_from(("u", "v", 7)) for name in PROPERTY_NAMES[2:]},
    ),
    st.just({}),
)


_SIZES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
_NEARBY = (0, 1, -1, HOUR, -HOUR, HOUR - 1, HOUR // 2, 2 * HOUR, DAY, DAY - 1, 2 * DAY, 3 * DAY)


@st.composite
def worlds(draw: DrawFn, spread_days: int = 40) -> World:
    """Draw a history whose events crowd around a change of the clocks."""
    zone = draw(st.sampled_from(sorted(CLOCK_CHANGES)))
    around = draw(st.sampled_from(CLOCK_CHANGES[zone])) * SECOND
    shifts = st.one_of(
        *[st.sampled_from(_NEARBY)] * 3,
        st.integers(-3 * 24, 3 * 24).map(lambda hours: hours * HOUR),
        st.integers(-spread_days, spread_days).map(lambda days: days * DAY + 90 * SECOND),
    )
    calendar = Calendar(ZoneInfo(zone), around)
    midnights = [after(floor(around, "day", calendar), "day", calendar, n) for n in (0, 1)]
    bases = st.sampled_from((around, *midnights))
    times = st.tuples(bases, shifts).map(sum)
    instants = draw(st.lists(times, min_size=1, max_size=10, unique=True))
    size = draw(st.sampled_from(_SIZES))
    persons = st.sampled_from((0, 1, 0, 2, 1, 3, 4)[: draw(st.integers(1, 7))])
    happening = st.builds(
        Happening,
        person=persons,
        event=st.sampled_from((*NAMES[:2] * 4, *NAMES)),
        time_us=st.sampled_from(instants),
        properties=_values,
        account=st.sampled_from(("acme", "zoo", None, "nobody's")),
        country=st.sampled_from(("NL", "US", None)),
        session=st.sampled_from((None, None, None, "s1", "s2")),
    )
    happenings = draw(st.lists(happening, min_size=size, max_size=size))
    cuts = sorted(draw(st.lists(st.integers(0, size), max_size=3)))
    edges = [0, *cuts, size]
    few = st.dictionaries(persons, _values, max_size=3)
    accounts = st.dictionaries(st.sampled_from(("acme", "zoo")), _values, max_size=2)
    pairs = st.lists(st.tuples(persons, persons), max_size=2)
    history = tuple(
        Delivery(
            happenings=tuple(happenings[start:end]),
            merges=tuple(draw(pairs)) if draw(st.integers(0, 3)) == 3 else (),
            person_properties=draw(few),
            account_properties=draw(accounts),
            folds=draw(st.booleans()),
        )
        for start, end in pairwise(edges)
    )
    now = around + draw(st.integers(-2, spread_days)) * DAY + draw(st.integers(0, 23)) * HOUR
    week_start: WeekStart = draw(st.sampled_from(("sunday", "monday")))
    return World(history, Calendar(ZoneInfo(zone), now, week_start), around)


@st.composite
def periods(draw: DrawFn, world: World) -> Period:
    """Draw a period that holds, or cuts through, what happens."""
    calendar = world.calendar
    times = sorted({h.time_us for delivery in world.history for h in delivery.happenings})
    if len(times) > 1 and draw(st.integers(0, 3)) == 3:
        chosen = sorted(draw(st.lists(st.sampled_from(times), min_size=2, max_size=2)))
        exact = (local(at, calendar.zone).isoformat() for at in chosen)
        return Period.model_validate(dict(zip(("from", "to"), exact, strict=True)))
    if draw(st.integers(0, 3)) == 3:
        lowest = max(1, (calendar.now_us - world.around_us) // DAY + 1)
        return Period.model_validate({"from": f"-{lowest + draw(st.integers(0, 40))}d"})
    wide = draw(st.integers(0, 3)) < 3
    first = world.around_us - draw(st.integers(2, 40) if wide else st.integers(0, 3)) * DAY
    last = world.around_us + draw(st.integers(2, 40) if wide else st.integers(0, 3)) * DAY
    start, end = local(first, calendar.zone), local(last, calendar.zone)
    if wide or draw(st.booleans()):
        return Period.model_validate({"from": str(start.date()), "to": str(end.date())})
    clock = draw(st.sampled_from(("00:00", "01:00", "02:30", "12:00:01.5")))
    later = draw(st.sampled_from(("13:00", "23:59:59.999999")))
    return Period.model_validate({"from": f"{start.date()}T{clock}", "to": f"{end.date()}T{later}"})
