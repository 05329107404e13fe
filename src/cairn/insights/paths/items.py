"""From names and texts to the items of paths: each distinct text is cleaned once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cairn.core.errors import InvalidInput
from cairn.insights.paths.spec import BETWEEN, PathsSpec
from cairn.query.filters import Property

OFF = -1
"""What is not on any path."""
UNNAMED = -2
"""A text that names no item, so that the event's name does."""

ADDRESSES = (Property(name="$url"), Property(name="$path"))
"""Properties whose texts lose the slashes at their end, unless a group takes their place."""


class Items(NamedTuple):
    """The item of each event, by the codes of its name and of the property that names items.

    `by_name[code]` and `by_text[code]` are codes of items, OFF or UNNAMED; `named[code]` says whether
    texts name the events of a name. `start` and `end` are OFF when paths begin or end anywhere.
    """

    by_name: Any
    by_text: Any
    named: Any
    start: int
    end: int
    between: int


def items_of(
    spec: PathsSpec, names: Sequence[str | None], texts: Sequence[str | None]
) -> tuple[Items, list[str]]:
    """Return the items of names and texts, by their codes, and the text of each item.

    Raises InvalidInput when a pattern or a replacement cannot be read.
    """
    found = pa.concat_arrays([cleaned(spec, names), cleaned(spec, texts, spec.by in ADDRESSES)])
    fixed = [item for item in (spec.start, spec.end, BETWEEN) if item is not None]
    every = pa.concat_arrays([found, pa.array(fixed, pa.string())]).dictionary_encode()
    code = every.indices.fill_null(OFF).to_numpy(zero_copy_only=False).astype(np.int32)
    by_name, by_text = code[: len(names)], code[len(names) : len(found)].copy()
    by_text[[not text for text in texts]] = UNNAMED
    code_of = dict(zip(fixed, code[len(found) :].tolist(), strict=True))
    named = np.array([not spec.by_on or name in spec.by_on for name in names], np.bool_)
    items = Items(
        by_name=np.ascontiguousarray(by_name),
        by_text=by_text,
        named=named,
        start=OFF if spec.start is None else code_of[spec.start],
        end=OFF if spec.end is None else code_of[spec.end],
        between=code_of[BETWEEN],
    )
    return items, every.dictionary.to_pylist()


def cleaned(spec: PathsSpec, texts: Sequence[str | None], addresses: bool = False) -> pa.Array:
    """Return the item of each text, null for those that stay off paths."""
    items = pa.array(texts, pa.string())
    for change in spec.replacements:
        try:
            items = pc.replace_substring_regex(items, change.pattern, change.by)
        except pa.ArrowInvalid as error:
            raise InvalidInput(
                f"the replacement of {change.pattern!r} by {change.by!r} cannot be read: {error}",
                hint="Patterns are RE2: no look-around or back-references; \\1 is the first group.",
            ) from None
    own, grouped = items, pa.array([False] * len(items), pa.bool_())
    for group in spec.groups:
        here = pc.and_(pc.fill_null(_like(own, group), False), pc.invert(grouped))
        items = pc.if_else(here, group, items)
        grouped = pc.or_(grouped, here)
    if addresses:
        short = pc.replace_substring_regex(items, r"(.)/+\z", r"\1")
        items = pc.if_else(grouped, items, pc.replace_substring_regex(short, r"\A/+\z", "/"))
    keep = pc.not_equal(items, "")
    if spec.only_items:
        keep = pc.and_(keep, _like_any(items, spec.only_items))
    if spec.except_items:
        keep = pc.and_(keep, pc.invert(_like_any(items, spec.except_items)))
    return pc.if_else(pc.fill_null(keep, False), items, pa.scalar(None, pa.string()))


def _like_any(items: pa.Array, patterns: Sequence[str]) -> pa.Array:
    found = _like(items, patterns[0])
    for pattern in patterns[1:]:
        found = pc.or_(found, _like(items, pattern))
    return found


def _like(items: pa.Array, pattern: str) -> pa.Array:
    return pc.match_substring_regex(items, wildcard(pattern))


def wildcard(pattern: str) -> str:
    """Return the RE2 pattern of a text in which `*` is any text.

    >>> wildcard("/shop/*.html")
    '(?s)^/shop/.*\\\\.html$'
    """
    return "(?s)^" + ".*".join(map(literally, pattern.split("*"))) + "$"


def literally(text: str) -> str:
    """Return the RE2 pattern that matches a text itself."""
    return "".join("\\" + char if char in r"\.*+?()|[]{}^$" else char for char in text)
