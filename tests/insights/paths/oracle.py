"""Paths by the book: name every event, cut everyone's into paths, and count what follows what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import mean

from cairn.insights.paths.spec import BETWEEN, PathsPoint, PathsSpec, Pause
from cairn.query.filters import Group, Property
from cairn.query.periods import Span
from insights.filtering import wanted
from insights.history import Act

SECOND = 1_000_000
ADDRESSES = (Property(name="$url"), Property(name="$path"))
OTHER = Group(other=True)


@dataclass(frozen=True)
class Stop:
    """An item of a path, at a step; `last` when the path ends with it."""

    step: int
    item: str
    time_us: int
    last: bool = False


@dataclass(frozen=True)
class Walk:
    """What is shown of one path of an actor."""

    person: int
    stops: tuple[Stop, ...]


Node = tuple[int, Group]
Moved = tuple[Node, Node]
Key = tuple[Node, Node | str]


@dataclass(frozen=True)
class River:
    """Everything counted: nodes, ends, moves and the mean seconds that moves took."""

    total: int
    nodes: dict[Node, int]
    ended: dict[Node, int]
    moves: dict[Moved, int]
    seconds: dict[Moved, float]


def answer(spec: PathsSpec, acts: Sequence[Act], span: Span) -> River:
    """Count what flows between the items that are shown."""
    walks = walks_of(spec, acts, span)
    group_of = _groups(spec, walks)
    seen: dict[Key, list[int]] = {}
    took: dict[Moved, list[float]] = {}
    for walk in walks:
        for key, seconds in _keys(walk, group_of):
            seen.setdefault(key, []).append(walk.person)
            if seconds is not None and not isinstance(key[1], str):
                took.setdefault((key[0], key[1]), []).append(seconds)
    counts = {
        key: len(people) if spec.count == "paths" else len(set(people))
        for key, people in seen.items()
    }
    everyone = [walk.person for walk in walks]
    return River(
        total=len(everyone) if spec.count == "paths" else len(set(everyone)),
        nodes={key[0]: n for key, n in counts.items() if key[1] == "here"},
        ended={key[0]: n for key, n in counts.items() if key[1] == "end"},
        moves={(k, then): n for (k, then), n in counts.items() if not isinstance(then, str)},
        seconds={key: mean(times) for key, times in took.items()},
    )


def people(spec: PathsSpec, point: PathsPoint, acts: Sequence[Act], span: Span) -> set[int]:
    """Return who was at a node, or moved on from it, or ended with it."""
    walks = walks_of(spec, acts, span)
    group_of = _groups(spec, walks)
    node = (point.step, point.item)
    key: Key = (node, "end" if point.ended else "here")
    if point.next is not None:
        key = (node, (point.step + 1, point.next))
    return {walk.person for walk in walks if key in [k for k, _ in _keys(walk, group_of)]}


def _keys(walk: Walk, group_of: dict[tuple[int, str], Group]) -> Iterator[tuple[Key, float | None]]:
    nodes = [(stop.step, group_of[stop.step, stop.item]) for stop in walk.stops]
    for i, (stop, node) in enumerate(zip(walk.stops, nodes, strict=True)):
        yield (node, "here"), None
        if i + 1 < len(nodes):
            yield (node, nodes[i + 1]), (walk.stops[i + 1].time_us - stop.time_us) / SECOND
        elif stop.last:
            yield (node, "end"), None


def _groups(spec: PathsSpec, walks: Sequence[Walk]) -> dict[tuple[int, str], Group]:
    """Return which items are shown at which steps, and that all others are one."""
    entries: dict[tuple[int, str, str], list[int]] = {}
    nodes: dict[tuple[int, str], list[int]] = {}
    anchor = spec.steps - 1 if spec.end is not None and spec.start is None else 0
    for walk in walks:
        for i, stop in enumerate(walk.stops):
            nodes.setdefault((stop.step, stop.item), []).append(walk.person)
            if stop.step == anchor:
                entries.setdefault((-1, "", stop.item), []).append(walk.person)
            if i + 1 < len(walk.stops):
                move = (stop.step, stop.item, walk.stops[i + 1].item)
                entries.setdefault(move, []).append(walk.person)

    def size(people: list[int]) -> int:
        return len(people) if spec.count == "paths" else len(set(people))

    shown: set[tuple[int, str]] = set()
    for step, item, then in sorted(entries, key=lambda e: (-size(entries[e]), e))[: spec.top]:
        if step < 0:
            shown.add((anchor, then))
        else:
            shown |= {(step, item), (step + 1, then)}
    for step in spec.expand:
        here = [node for node in nodes if node[0] == step]
        shown |= set(sorted(here, key=lambda node: (-size(nodes[node]), node[1]))[:100])
    return {node: Group(value=node[1]) if node in shown else OTHER for node in nodes}


def walks_of(spec: PathsSpec, acts: Sequence[Act], span: Span) -> list[Walk]:
    """Return what is shown of every path."""
    walks = []
    inside = [act for act in acts if span.start_us <= act.time_us < span.end_us]
    for person in sorted({act.person for act in inside}):
        own = [
            (item, act.time_us)
            for act in inside
            if act.person == person and (item := item_of(spec, act)) is not None
        ]
        for stretch in _stretches(spec, own):
            stops = _cut(spec, stretch)
            if stops:
                walks.append(Walk(person, tuple(stops)))
    return walks


def item_of(spec: PathsSpec, act: Act) -> str | None:
    """Return the item of an event, or None when it is on no path."""
    if not any(wanted(act, event, spec.filter) for event in spec.events):
        return None
    if any(wanted(act, event, None) for event in spec.except_events):
        return None
    text = None if spec.by is None else act.text(spec.by)
    if text and (not spec.by_on or act.event in spec.by_on):
        return _cleaned(spec, text, spec.by in ADDRESSES)
    return _cleaned(spec, act.event, False)


def _cleaned(spec: PathsSpec, text: str, address: bool) -> str | None:
    for change in spec.replacements:
        text = re.sub(change.pattern, change.by, text)
    group = next((group for group in spec.groups if _like(group, text)), None)
    if group is not None:
        text = group
    elif address and text:
        text = text.rstrip("/") or "/"
    if spec.only_items and not any(_like(pattern, text) for pattern in spec.only_items):
        return None
    if any(_like(pattern, text) for pattern in spec.except_items):
        return None
    return text or None


def _like(pattern: str, text: str) -> bool:
    parts = [re.escape(part) for part in pattern.split("*")]
    return re.fullmatch(".*".join(parts), text, re.DOTALL) is not None


def _stretches(
    spec: PathsSpec, own: Sequence[tuple[str, int]]
) -> Iterator[Sequence[tuple[str, int]]]:
    """Divide what someone did into stretches that hold one path each."""
    rest = list(own)
    if isinstance(spec.within, Pause):
        pause = spec.within.pause_seconds * SECOND
        breaks = [i for i in range(1, len(rest)) if rest[i][1] - rest[i - 1][1] >= pause]
        for a, b in zip([0, *breaks], [*breaks, len(rest)], strict=True):
            yield rest[a:b]
        return
    reach = spec.within.reach_seconds * SECOND
    while rest:
        items = [item for item, _ in rest]
        if spec.start is None and spec.end is not None:
            if spec.end not in items:
                return
            last = items.index(spec.end)
            yield [stop for stop in rest[: last + 1] if rest[last][1] - stop[1] <= reach]
            rest = rest[last + 1 :]
        else:
            if spec.start is not None:
                if spec.start not in items:
                    return
                rest = rest[items.index(spec.start) :]
            begin = rest[0][1]
            yield [stop for stop in rest if stop[1] - begin <= reach]
            rest = [stop for stop in rest if stop[1] - begin > reach]


def _cut(spec: PathsSpec, stretch: Sequence[tuple[str, int]]) -> list[Stop]:
    """Return the stops of a path that are shown."""
    path = [
        stop
        for i, stop in enumerate(stretch)
        if not (spec.collapse and i + 1 < len(stretch) and stretch[i + 1][0] == stop[0])
    ]
    if spec.start is not None:
        places = [i for i, (item, _) in enumerate(path) if item == spec.start]
        if not places:
            return []
        path = path[places[0] :]
    if spec.end is not None:
        places = [i for i, (item, _) in enumerate(path) if item == spec.end]
        if not places:
            return []
        path = path[: places[0] + 1]
    n, steps = len(path), spec.steps
    first = 0
    ends = True
    if spec.end is None:
        ends = n <= steps
        path = path[:steps]
    elif spec.start is None:
        path = path[-steps:]
        first = steps - len(path)
    elif n > steps:
        half = (steps - 1) // 2
        path = [*path[:half], (BETWEEN, path[half][1]), *path[n - (steps - 1 - half) :]]
    return [
        Stop(first + k, item, time, ends and k == len(path) - 1)
        for k, (item, time) in enumerate(path)
    ]
