"""Attribution by the book: one conversion at a time, and chains with exact fractions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from math import factorial
from urllib.parse import urlsplit

from cairn.insights.attribution.channels import DEFAULT_RULES, REFERRER, URL
from cairn.insights.attribution.spec import (
    AttributionPoint,
    AttributionResult,
    AttributionSpec,
    ChannelCredits,
    Credit,
    Model,
)
from cairn.query.filters import Group, Property, number_of
from cairn.query.periods import Span
from insights.filtering import holds, wanted
from insights.history import Act

NONE = Group()
Path = tuple[Group, ...]


@dataclass(frozen=True)
class Journey:
    """A conversion (or, without a value, none) and the touches before it, with their age."""

    person: int
    value: float | None
    channels: tuple[str, ...]
    times: tuple[int, ...]


def answer(spec: AttributionSpec, acts: Sequence[Act], span: Span) -> AttributionResult:
    """Share the credit of every conversion among channels."""
    journeys, touches = journeys_of(spec, acts, span)
    group_of, groups = _groups(spec, journeys, touches)
    done = [j for j in journeys if j.value is not None]
    costs: dict[Group, float] = {}
    rows = groups + ([NONE] if any(not j.channels for j in done) else [])
    for spend in spec.spend:
        group = group_of.get(spend.channel, Group(value=spend.channel))
        if group not in rows and Group(other=True) in rows:
            group = Group(other=True)
        costs[group] = costs.get(group, 0.0) + spend.cost
    rows += [group for group in costs if group not in rows]
    shares = [_shares(spec, model, journeys, group_of) for model in spec.models]
    return AttributionResult(
        persons=len({j.person for j in done}),
        conversions=len(done),
        value=float(sum(j.value or 0.0 for j in done)),
        unconverted=len(journeys) - len(done),
        channels=tuple(
            ChannelCredits(
                channel=group,
                touches=sum(n for name, n in touches.items() if group_of[name] == group),
                reached=sum(group in _path(j, group_of) for j in done),
                cost=costs.get(group),
                credits=tuple(
                    _credit(group, done, shared, costs.get(group), group_of) for shared in shares
                ),
            )
            for group in rows
        ),
    )


def people(
    spec: AttributionSpec, point: AttributionPoint, acts: Sequence[Act], span: Span
) -> set[int]:
    """Return who converted and gave credit to a channel by a model."""
    journeys, touches = journeys_of(spec, acts, span)
    group_of, _ = _groups(spec, journeys, touches)
    done = [j for j in journeys if j.value is not None]
    shares = _shares(spec, spec.models[point.model], journeys, group_of)
    return {
        journey.person
        for journey, share in zip(done, shares, strict=True)
        if point.channel is None
        or (share.get(point.channel, 0) > 0 and point.channel in _path(journey, group_of))
    }


def journeys_of(
    spec: AttributionSpec, acts: Sequence[Act], span: Span
) -> tuple[list[Journey], Counter[str]]:
    """Return every journey, and how many touches each channel has in the period."""
    journeys = []
    touches: Counter[str] = Counter()
    back = spec.lookback.microseconds
    for person in sorted({act.person for act in acts}):
        own = [a for a in acts if a.person == person and a.time_us < span.end_us]
        came = [
            (act.time_us, name)
            for act in own
            if wanted(act, spec.touch, spec.filter)
            if act.time_us >= span.start_us - back
            if (name := channel_of(spec, act)) is not None
        ]
        touches.update(name for at, name in came if at >= span.start_us)
        done = [
            a for a in own if a.time_us >= span.start_us and wanted(a, spec.conversion, spec.filter)
        ]
        for act in done:
            text = None if spec.value is None else act.text(spec.value)
            value = number_of(text) or 0.0
            near = [(at, name) for at, name in came if 0 <= act.time_us - at <= back]
            journeys.append(_journey(person, value, near))
        if not done and came and came[-1][0] >= span.start_us:
            since = max(span.start_us, came[-1][0] - back)
            near = [(at, name) for at, name in came if at >= since]
            journeys.append(_journey(person, None, near))
    return journeys, touches


def _journey(person: int, value: float | None, near: Sequence[tuple[int, str]]) -> Journey:
    return Journey(person, value, tuple(n for _, n in near), tuple(at for at, _ in near))


def channel_of(spec: AttributionSpec, act: Act) -> str | None:
    """Return the channel that an event comes by."""
    if isinstance(spec.by, Property):
        return act.text(spec.by)
    if spec.by != "channel":
        return act.text(Property(name=f"$utm_{spec.by}"))
    referrer, url = act.text(REFERRER), act.text(URL)
    if referrer is not None and url is not None:
        host = urlsplit(referrer).netloc
        if host and host == urlsplit(url).netloc:
            texts = {prop: text for prop, text in act.texts.items() if prop != REFERRER}
            act = Act(act.person, act.event, act.time_us, act.arrival, texts)
    for rule in DEFAULT_RULES if spec.rules is None else spec.rules:
        if all(holds(condition, act) for condition in rule.when):
            return rule.channel
    return None


def _groups(
    spec: AttributionSpec, journeys: Sequence[Journey], touches: Counter[str]
) -> tuple[dict[str, Group], list[Group]]:
    done = [j for j in journeys if j.value is not None]
    reached = Counter(name for j in done for name in set(j.channels))
    names = sorted({*reached, *touches}, key=lambda name: (-reached[name], -touches[name], name))
    group_of = {name: Group(value=name) for name in names[: spec.limit]}
    groups = list(group_of.values())
    if names[spec.limit :]:
        groups.append(Group(other=True))
        group_of |= {name: Group(other=True) for name in names[spec.limit :]}
    return group_of, groups


def _path(journey: Journey, group_of: Mapping[str, Group]) -> Path:
    return tuple(group_of[name] for name in journey.channels) or (NONE,)


def _shares(
    spec: AttributionSpec,
    model: Model,
    journeys: Sequence[Journey],
    group_of: Mapping[str, Group],
) -> list[dict[Group, float]]:
    """Return for each conversion what it gives each channel."""
    done = [j for j in journeys if j.value is not None]
    paths = [_path(j, group_of) for j in done]
    if model == "participation":
        return [dict.fromkeys(path, 1.0) for path in paths]
    if model == "shapley":
        return [shapley(path) for path in paths]
    if model == "markov":
        touched = Counter(path for path in paths if path != (NONE,))
        lost = Counter(_path(j, group_of) for j in journeys if j.value is None)
        effects = removal_effects(touched, lost)
        whole = sum(effects.values())
        given = {group: float(effect / whole) for group, effect in effects.items()} if whole else {}
        return [{NONE: 1.0} if path == (NONE,) else given for path in paths]
    shares = []
    for journey, path in zip(done, paths, strict=True):
        share: dict[Group, float] = {}
        for group, part in zip(path, _parts(spec, model, journey), strict=True):
            share[group] = share.get(group, 0.0) + part
        shares.append(share)
    return shares


def _parts(spec: AttributionSpec, model: Model, journey: Journey) -> list[float]:
    """Return the part of each touch."""
    n = max(len(journey.channels), 1)
    if n == 1 or model == "linear":
        return [1 / n] * n
    if model == "time_decay":
        ages = [journey.times[-1] - at for at in journey.times]
        raw = [2 ** -(age / spec.half_life.microseconds) for age in ages]
    elif model == "last_non_direct":
        known = [k for k, name in enumerate(journey.channels) if name not in spec.direct]
        raw = [float(k == (known or [n - 1])[-1]) for k in range(n)]
    else:
        own = spec.weights
        first, middle, last = {
            "first": (1.0, 0.0, 0.0),
            "last": (0.0, 0.0, 1.0),
            "u_shaped": (0.4, 0.2, 0.4),
            "j_shaped": (0.2, 0.2, 0.6),
            "inverse_j": (0.6, 0.2, 0.2),
            "custom": (own.first, own.middle, own.last) if own else (0.0, 0.0, 0.0),
        }[model]
        raw = [first, *[middle / (n - 2)] * (n - 2), last] if n > 2 else [first, last]
        if not sum(raw):
            raw = [1.0, 1.0]
    return [part / sum(raw) for part in raw]


def shapley(path: Path) -> dict[Group, float]:
    """Return what each channel adds to a set of others, on average over all orders of joining.

    A set is worth the conversions whose channels are all in it.
    """
    players = sorted(set(path), key=repr)
    out = {}
    for player in players:
        others = [other for other in players if other != player]
        gain = Fraction(0)
        for size in range(len(others) + 1):
            for before in combinations(others, size):
                with_it = set(path) <= {*before, player}
                orders = factorial(size) * factorial(len(others) - size)
                gain += Fraction(orders * with_it, factorial(len(players)))
        out[player] = float(gain)
    return out


def removal_effects(converted: Counter[Path], lost: Counter[Path]) -> dict[Group, Fraction]:
    """Return the share of conversions that is lost with each channel, exactly."""
    chance = _chance(converted, lost, None)
    channels = {group for path in (*converted, *lost) for group in path}
    if not chance:
        return {group: Fraction(0) for group in channels}
    return {group: 1 - _chance(converted, lost, group) / chance for group in channels}


def _chance(converted: Counter[Path], lost: Counter[Path], without: Group | None) -> Fraction:
    """Return the chance that a walk converts, when walks end at a channel that is taken out."""
    steps: dict[str, Counter[str]] = {}
    for end, paths in (("won", converted), ("lost", lost)):
        for path, n in paths.items():
            names = ["start", *(repr(group) for group in path), end]
            for one, other in pairwise(names):
                steps.setdefault(one, Counter())[other] += n
    states = [name for name in steps if name != repr(without)]
    place = {name: i for i, name in enumerate(states)}
    rows = []
    for name in states:
        row = [Fraction(0)] * (len(states) + 1)
        row[place[name]] += 1
        whole = sum(steps[name].values())
        for following, n in steps[name].items():
            if following == "won":
                row[-1] += Fraction(n, whole)
            elif following in place:
                row[place[following]] -= Fraction(n, whole)
        rows.append(row)
    for i in range(len(rows)):
        swap = next(k for k in range(i, len(rows)) if rows[k][i])
        rows[i], rows[swap] = rows[swap], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for k in range(len(rows)):
            if k != i and rows[k][i]:
                rows[k] = [a - rows[k][i] * b for a, b in zip(rows[k], rows[i], strict=True)]
    return rows[place["start"]][-1] if "start" in place else Fraction(0)


def _credit(
    group: Group,
    done: Sequence[Journey],
    shares: Sequence[dict[Group, float]],
    cost: float | None,
    group_of: Mapping[str, Group],
) -> Credit:
    given = [share.get(group, 0.0) for share in shares]
    conversions = float(sum(given))
    value = float(sum(part * (j.value or 0.0) for part, j in zip(given, done, strict=True)))
    return Credit(
        persons=len(
            {
                journey.person
                for journey, part in zip(done, given, strict=True)
                if part > 0 and group in _path(journey, group_of)
            }
        ),
        conversions=conversions,
        value=value,
        share=conversions / len(done) if done else None,
        cac=cost / conversions if cost is not None and conversions else None,
        roas=value / cost if cost else None,
        roi=(value - cost) / cost if cost else None,
    )
