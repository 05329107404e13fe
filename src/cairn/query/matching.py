"""Which of a property's values satisfy a condition: text compared once per distinct value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cairn.core.errors import InvalidInput
from cairn.model.values import text_of
from cairn.query.filters import NEGATIONS, Condition, number_of
from cairn.store.snapshot import Flags


def matching_values(condition: Condition, values: Sequence[str | None]) -> Flags:
    """Return for each value whether it satisfies the condition; a None is a missing property."""
    operator = condition.operator
    if operator in NEGATIONS:
        positive = condition.model_copy(update={"operator": NEGATIONS[operator]})
        return ~matching_values(positive, values)
    texts = pa.array(values, pa.string())
    if operator == "is_set":
        return _flags(pc.is_valid(texts))
    wanted = [text_of(value) or "" for value in condition.values]
    if operator == "is":
        return _flags(pc.is_in(texts, pa.array(wanted, pa.string())))
    if operator == "contains":
        parts = [pc.match_substring(texts, text, ignore_case=True) for text in wanted]
    elif operator == "matches":
        parts = [_pattern(texts, text) for text in wanted]
    else:
        numbers, limits = numbers_of(values), [number_of(text) or 0.0 for text in wanted]
        with np.errstate(invalid="ignore"):
            return _either([_COMPARE[operator](numbers, limit) for limit in limits])
    return _either([_flags(part) for part in parts])


def numbers_of(values: Sequence[str | None]) -> NDArray[np.float64]:
    """Return the number that each text spells, NaN where it spells none."""
    numbers = (number_of(value) for value in values)
    return np.fromiter((np.nan if n is None else n for n in numbers), np.float64, len(values))


_COMPARE = {
    "greater": np.greater,
    "at_least": np.greater_equal,
    "less": np.less,
    "at_most": np.less_equal,
}


def _pattern(texts: pa.Array, pattern: str) -> pa.Array:
    try:
        return pc.match_substring_regex(texts, pattern)
    except pa.ArrowInvalid as error:
        raise InvalidInput(
            f"the pattern {pattern!r} cannot be read: {error}",
            hint="Patterns are RE2: no look-around or back-references.",
        ) from None


def _either(parts: Sequence[Flags]) -> Flags:
    return np.asarray(np.logical_or.reduce(parts), np.bool_)


def _flags(array: pa.Array) -> Flags:
    return np.asarray(array.fill_null(False).to_numpy(zero_copy_only=False), np.bool_)
