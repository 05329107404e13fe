"""Counting the moves of paths: one pass over people's events, into a table of what was seen.

A row of the table counts one key: who was at a node (an item at a step), who went from a node to an item
of the next step, or for whom a node was the last. A key tells which:

    (step * width + item) * (width + 2) + next     next: an item, `width` for the node itself,
                                                   `width + 1` for its end
    steps * width * (width + 2)                    the path itself

While keys are few the table has a row for each. Otherwise it is a hash table that grows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cairn.insights.paths.items import UNNAMED, Items
from cairn.insights.paths.spec import PathsSpec, Pause
from cairn.query.picking import compiled
from cairn.query.sequences import Matches
from cairn.store.snapshot import Codes, Ints

DENSE = 1 << 15
_KEY, _PATHS, _ACTORS, _TOOK, _LAST = range(5)
_NO_CODES = np.zeros(1, np.uint32)


class Rules(NamedTuple):
    """A question's rules about what a path is. Selectors are bits of a match's mask."""

    wanted: int
    unwanted: int
    has_texts: bool
    collapse: bool
    by_pause: bool
    length_us: int
    steps: int


@dataclass(frozen=True, slots=True)
class Layout:
    """How items are laid out at steps: item x of step s has the place `place[s * stride + x]`.

    Places are less than `width`.
    """

    place: NDArray[np.int32]
    stride: int
    width: int

    def key(self, step: int, place: int, then: int) -> int:
        """Return the key of a move, or of a node itself or its end."""
        return (step * self.width + place) * (self.width + 2) + then


@dataclass(frozen=True, slots=True)
class Counts:
    """How many paths and how many actors each key counts, and how long its moves took, by key."""

    key: Ints
    paths: Ints
    actors: Ints
    took_us: Ints


def rules_of(spec: PathsSpec) -> Rules:
    """Return the rules of a question whose events come first among its selectors."""
    events, without = len(spec.events), len(spec.except_events)
    pause = isinstance(spec.within, Pause)
    seconds = (
        spec.within.pause_seconds if isinstance(spec.within, Pause) else spec.within.reach_seconds
    )
    return Rules(
        wanted=(1 << events) - 1,
        unwanted=((1 << without) - 1) << events,
        has_texts=spec.by is not None,
        collapse=spec.collapse,
        by_pause=pause,
        length_us=seconds * 1_000_000,
        steps=spec.steps,
    )


def counted(
    matches: Matches, items: Items, rules: Rules, layout: Layout, asked: int = -1
) -> tuple[Counts, NDArray[np.int32]]:
    """Count the paths of a chunk, and return who is counted for the key that is asked for.

    Matches carry the codes of event names, then those of the property that names items.
    """
    texts: Codes = matches.codes[1] if rules.has_texts else _NO_CODES
    keys = rules.steps * layout.width * (layout.width + 2) + 1
    dense = keys <= DENSE
    table = np.zeros((1 << (keys - 1).bit_length() if dense else 1 << 12, 5), np.int64)
    flags = np.zeros(matches.persons, np.bool_)
    table = _count(
        matches.offsets, matches.time, matches.mask, matches.codes[0], texts, items, rules,
        layout.place, layout.stride, layout.width, dense, table, asked, flags,
    )  # fmt: skip
    used = table[table[:, _KEY] > 0]
    found = np.flatnonzero(flags).astype(np.int32) + np.int32(matches.first_person)
    return Counts(used[:, _KEY] - 1, used[:, _PATHS], used[:, _ACTORS], used[:, _TOOK]), found


def joined(parts: Sequence[Counts]) -> Counts:
    """Return the sums of counts, by key."""
    return summed(
        np.concatenate([part.key for part in parts]),
        *(
            np.concatenate([getattr(p, name) for p in parts])
            for name in ("paths", "actors", "took_us")
        ),
    )


def summed(key: Ints, paths: Ints, actors: Ints, took_us: Ints) -> Counts:
    """Return the counts of each different key, ascending."""
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = (
        np.flatnonzero(np.append(True, key[1:] != key[:-1])) if len(key) else np.zeros(0, np.int64)
    )
    sums = [
        np.add.reduceat(values[order], first) if len(key) else values
        for values in (paths, actors, took_us)
    ]
    return Counts(key[first], *sums)


@compiled
def _count(
    offsets: Any, time: Any, mask: Any, event: Any, text: Any, items: Any, rules: Any,
    place: Any, stride: int, width: int, dense: bool, table: Any, asked: int, flags: Any,
) -> Any:  # fmt: skip
    """Count every path, and return the table, which may have grown."""
    longest = 0
    for p in range(len(offsets) - 1):
        longest = max(longest, offsets[p + 1] - offsets[p])
    item, at = np.empty(longest, np.int32), np.empty(longest, np.int64)
    shown, when = np.empty(longest, np.int32), np.empty(longest, np.int64)
    whole = rules.steps * width * (width + 2)
    used = 0
    for p in range(len(offsets) - 1):
        n = 0
        for i in range(offsets[p], offsets[p + 1]):
            item[n] = _item_of(mask[i], event[i], text[i] if rules.has_texts else 0, items, rules)
            at[n] = time[i]
            n += item[n] >= 0
        lo = 0
        while lo < n:
            begin, end, lo = _stretch(lo, n, item, at, items, rules)
            first, length, stops = _path(begin, end, item, at, shown, when, items, rules)
            if length == 0:
                continue
            if not dense and 2 * (used + 2 * length + 1) > len(table):
                table = _grown(table)
            used += _add(table, dense, whole, p, 0, asked, flags)
            for k in range(length):
                step = first + k
                node = (step * width + place[step * stride + shown[k]]) * (width + 2)
                used += _add(table, dense, node + width, p, 0, asked, flags)
                if k + 1 < length:
                    onward = node + place[(step + 1) * stride + shown[k + 1]]
                    used += _add(table, dense, onward, p, when[k + 1] - when[k], asked, flags)
                elif stops:
                    used += _add(table, dense, node + width + 1, p, 0, asked, flags)
    return table


@compiled
def _item_of(mask: Any, event: Any, text: Any, items: Any, rules: Any) -> Any:
    if not mask & np.uint32(rules.wanted) or mask & np.uint32(rules.unwanted):
        return np.int32(-1)
    if rules.has_texts and items.named[event] and items.by_text[text] != UNNAMED:
        return items.by_text[text]
    return items.by_name[event]


@compiled
def _stretch(lo: int, n: int, item: Any, at: Any, items: Any, rules: Any) -> Any:
    """Return where the next path may begin and end, and where to look for the one after it."""
    begin = lo
    if rules.by_pause:
        end = lo + 1
        while end < n and at[end] - at[end - 1] < rules.length_us:
            end += 1
    elif items.end >= 0 and items.start < 0:
        last = lo
        while last < n and item[last] != items.end:
            last += 1
        if last == n:
            return n, n, n
        begin, end = last, last + 1
        while begin > lo and at[last] - at[begin - 1] <= rules.length_us:
            begin -= 1
    else:
        while begin < n and items.start >= 0 and item[begin] != items.start:
            begin += 1
        end = begin
        while end < n and at[end] - at[begin] <= rules.length_us:
            end += 1
    return begin, end, end


@compiled
def _path(
    begin: int, end: int, item: Any, at: Any, shown: Any, when: Any, items: Any, rules: Any
) -> Any:
    """Write the items of a path that are shown and their times.

    Return the first one's step, how many there are (0: no path), and whether the last is the path's.
    """
    n = 0
    for i in range(begin, end):
        if rules.collapse and n > 0 and shown[n - 1] == item[i]:
            n -= 1
        shown[n], when[n] = item[i], at[i]
        n += 1
    a, b = 0, n
    if items.start >= 0:
        while a < n and shown[a] != items.start:
            a += 1
    if items.end >= 0:
        b = a
        while b < n and shown[b] != items.end:
            b += 1
        b = b + 1 if b < n else a
    length, steps = b - a, rules.steps
    kept = min(length, steps)
    if items.end < 0:
        head, skip = kept, 0
    elif items.start < 0:
        head, skip = 0, length - kept
    else:
        head, skip = (steps - 1) // 2 + 1, length - kept
    for k in range(kept):
        source = a + k + (skip if k >= head else 0)
        shown[k], when[k] = shown[source], when[source]
    if length > steps and items.start >= 0 and items.end >= 0:
        shown[head - 1] = items.between
    first = steps - kept if items.end >= 0 and items.start < 0 else 0
    return first, kept, length <= steps or items.end >= 0


@compiled
def _slot(key: int, last: int) -> Any:
    """Return where a hash table of `last + 1` rows, a power of two, looks for a key first."""
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    return np.int64((mixed >> np.uint64(20)) & np.uint64(last))


@compiled
def _add(
    table: Any, dense: bool, key: int, actor: int, took_us: int, asked: int, flags: Any
) -> Any:
    """Count a key once more, and return whether it is new to the table."""
    last = len(table) - 1
    slot = key if dense else _slot(key, last)
    while table[slot, _KEY] != key + 1 and table[slot, _KEY] != 0:
        slot = (slot + 1) & last
    new = table[slot, _KEY] == 0
    table[slot, _KEY] = key + 1
    table[slot, _PATHS] += 1
    table[slot, _ACTORS] += table[slot, _LAST] != actor + 1
    table[slot, _TOOK] += took_us
    table[slot, _LAST] = actor + 1
    if key == asked:
        flags[actor] = True
    return new


@compiled
def _grown(table: Any) -> Any:
    """Return the same table with twice the rows."""
    out = np.zeros((2 * len(table), 5), np.int64)
    last = len(out) - 1
    for row in range(len(table)):
        if table[row, _KEY] != 0:
            slot = _slot(table[row, _KEY] - 1, last)
            while out[slot, _KEY] != 0:
                slot = (slot + 1) & last
            out[slot] = table[row]
    return out
