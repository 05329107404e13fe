"""From counted moves to a river: which items each step shows, and what flows between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cairn.insights.paths.counting import Counts, Layout, summed
from cairn.insights.paths.selecting import selector_of
from cairn.insights.paths.spec import (
    EXPANDED,
    PathsMove,
    PathsNode,
    PathsPoint,
    PathsResult,
    PathsSpec,
)
from cairn.insights.points import within
from cairn.query.filters import Group
from cairn.store.snapshot import Ints

Persons = NDArray[np.int32]
Tally = Callable[[Layout, int], tuple[Counts, Persons]]
"""Counts every path in a layout, and says who is counted for a key (-1: for none)."""

OTHER = Group(other=True)


@dataclass(frozen=True, slots=True)
class Shown:
    """The items that each step shows, in order; the others have the place after them."""

    items: tuple[tuple[int, ...], ...]
    layout: Layout

    def is_other(self, step: int, place: int) -> bool:
        """Return whether a place at a step is that of all others."""
        return place == len(self.items[step])

    def place(self, step: int, group: Group, texts: Sequence[str]) -> int | None:
        """Return the place of an item at a step, or None when it has none."""
        if group.other:
            return len(self.items[step])
        shown = [texts[item] for item in self.items[step]]
        return shown.index(group.value) if group.value in shown else None


def flow(spec: PathsSpec, texts: Sequence[str], tally: Tally) -> PathsResult:
    """Count what flows between the items that are shown."""
    moves, _ = tally(every_item(texts), -1)
    shown = chosen(spec, texts, moves)
    if spec.count == "actors":
        counts, _ = tally(shown.layout, -1)
    else:
        counts = regrouped(moves, every_item(texts), shown.layout, spec.steps)
    return _result(spec, texts, shown, counts)


def behind(spec: PathsSpec, point: PathsPoint, texts: Sequence[str], tally: Tally) -> Persons:
    """Return who is counted at a node, or moved on from it, or ended with it."""
    within(point.step, spec.steps, "steps")
    moves, _ = tally(every_item(texts), -1)
    shown = chosen(spec, texts, moves)
    place = shown.place(point.step, point.item, texts)
    then: int | None = shown.layout.width + (1 if point.ended else 0)
    if point.next is not None:
        within(point.step + 1, spec.steps, "steps")
        then = shown.place(point.step + 1, point.next, texts)
    if place is None or then is None:
        return np.zeros(0, np.int32)
    return tally(shown.layout, shown.layout.key(point.step, place, then))[1]


def every_item(texts: Sequence[str]) -> Layout:
    """Return the layout in which every item has a place of its own at every step."""
    return Layout(np.arange(len(texts), dtype=np.int32), 0, len(texts))


def chosen(spec: PathsSpec, texts: Sequence[str], moves: Counts) -> Shown:
    """Return what is shown: the ends of the largest moves, and more where a step is expanded."""
    width = len(texts)
    rank = np.empty(width, np.int64)
    rank[sorted(range(width), key=texts.__getitem__)] = np.arange(width)
    size = moves.paths if spec.count == "paths" else moves.actors
    step, item, then = _parts(moves.key, width)
    is_move = (then < width) & (step < spec.steps)
    is_node = then == width
    anchor = is_node & (step == (spec.steps - 1 if spec.ends_last else 0))
    shown: list[set[int]] = [set() for _ in range(spec.steps)]
    rows = np.flatnonzero(is_move | anchor)
    target = np.where(is_move, then, item)[rows]
    order = np.lexsort(
        (
            rank[target],
            np.where(is_move, rank[np.minimum(item, width - 1)], -1)[rows],
            np.where(is_move, step, -1)[rows],
            -size[rows],
        )
    )
    for row in rows[order[: spec.top]].tolist():
        shown[step[row]].add(int(item[row]))
        if is_move[row]:
            shown[step[row] + 1].add(int(then[row]))
    for wide in spec.expand:
        here = np.flatnonzero(is_node & (step == wide))
        order = np.lexsort((rank[item[here]], -size[here]))
        shown[wide] |= set(item[here[order[:EXPANDED]]].tolist())
    items = tuple(tuple(sorted(some, key=rank.__getitem__)) for some in shown)
    place = np.empty((spec.steps, width), np.int32)
    for s, some in enumerate(items):
        place[s] = len(some)
        place[s, list(some)] = np.arange(len(some))
    return Shown(items, Layout(place.ravel(), width, 1 + max(map(len, items))))


def regrouped(counts: Counts, old: Layout, new: Layout, steps: int) -> Counts:
    """Return the counts of paths by the places of another layout."""
    step, item, then = _parts(counts.key, old.width)
    whole = step == steps
    here, after = np.where(whole, 0, step), np.minimum(step + 1, steps - 1)
    place = new.place[here * new.stride + item].astype(np.int64)
    onward = new.place[after * new.stride + np.minimum(then, old.width - 1)]
    onward = np.where(then < old.width, onward, then - old.width + new.width)
    key = (here * new.width + place) * (new.width + 2) + onward
    key = np.where(whole, steps * new.width * (new.width + 2), key)
    return summed(key, counts.paths, counts.actors, counts.took_us)


def _parts(key: Ints, width: int) -> tuple[Ints, Ints, Ints]:
    """Return the step, item and next of keys."""
    node, then = np.divmod(key, width + 2)
    step, item = np.divmod(node, width)
    return step, item, then


def _result(spec: PathsSpec, texts: Sequence[str], shown: Shown, counts: Counts) -> PathsResult:
    width = shown.layout.width
    size = counts.paths if spec.count == "paths" else counts.actors
    step, place, then = _parts(counts.key, width)
    total = 0
    values: dict[tuple[int, int], int] = {}
    ended: dict[tuple[int, int], int] = {}
    moves: list[tuple[int, int, int, int, float]] = []
    rows = zip(
        *(array.tolist() for array in (step, place, then, size, counts.paths, counts.took_us)),
        strict=True,
    )
    for s, x, y, n, paths, took_us in rows:
        if s == spec.steps:
            total = n
        elif y == width:
            values[s, x] = n
        elif y == width + 1:
            ended[s, x] = n
        else:
            moves.append((s, x, y, n, took_us / paths / 1e6))
    order = sorted(
        values, key=lambda node: (node[0], shown.is_other(*node), -values[node], node[1])
    )
    index = {node: i for i, node in enumerate(order)}
    nodes = [
        PathsNode(
            step=s,
            item=OTHER if shown.is_other(s, x) else Group(value=texts[shown.items[s][x]]),
            value=values[s, x],
            ended=ended.get((s, x), 0),
            selector=None if shown.is_other(s, x) else selector_of(spec, texts[shown.items[s][x]]),
        )
        for s, x in order
    ]
    between = [
        PathsMove(
            source=index[s, x], target=index[s + 1, y], value=n, average_seconds=average_seconds
        )
        for s, x, y, n, average_seconds in moves
    ]
    between.sort(key=lambda move: (nodes[move.source].step, -move.value, move.source, move.target))
    return PathsResult(total=total, nodes=tuple(nodes), moves=tuple(between))
