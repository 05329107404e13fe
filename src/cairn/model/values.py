"""How a property value reads as text, the form in which filters and breakdowns compare it.

    >>> text_of(True), text_of(5), text_of(5.0), text_of(0.5), text_of(None)
    ('true', '5', '5', '0.5', None)
"""

from __future__ import annotations

import math
from typing import Any

import msgspec

_LARGEST_EXACT = 2**53


def canonical(value: Any) -> Any:
    """Return the value as it is stored: whole floats become integers, NaN and infinity become None.

    >>> canonical(5.0), canonical(0.5), canonical({"a": 1.0})
    (5, 0.5, {'a': 1})
    """
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        if value.is_integer() and abs(value) <= _LARGEST_EXACT:
            return int(value)
        return value
    if isinstance(value, dict):
        return {key: canonical(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [canonical(inner) for inner in value]
    return value


def text_of(value: Any) -> str | None:
    """Return the text that filters and breakdowns see, or None for a missing value."""
    value = canonical(value)
    if value is None or isinstance(value, str):
        return value
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int | float):
        return str(value)
    return msgspec.json.encode(value).decode()
