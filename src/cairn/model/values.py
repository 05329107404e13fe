"""How a property value reads as text, the form in which filters and breakdowns compare it.

    >>> text_of(True), text_of(5), text_of(5.0), text_of(0.5), text_of(None)
    ('true', '5', '5', '0.5', None)

Lists and objects read as JSON without spaces, keys in order, numbers as DuckDB writes them:

>>> text_of({"b": [1, 2.0, 1e20], "a": None})
'{"a":null,"b":[1,2,100000000000000000000.0]}'
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

import msgspec

_LARGEST_EXACT = 2**53
_LARGEST_UNSIGNED = 2**64 - 1
_ESCAPE = re.compile(r"\\\\|\\u[0-9a-f]{4}")


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
    return _json(value)


def _json(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{_json(key)}:{_json(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_json, value)) + "]"
    if isinstance(value, int) and abs(value) > _LARGEST_UNSIGNED:
        value = float(value)
    if isinstance(value, float):
        return _number(value)
    text = msgspec.json.encode(value).decode()
    return _ESCAPE.sub(lambda found: found[0][:2] + found[0][2:].upper(), text)


def _number(value: float) -> str:
    if 1e-6 <= abs(value) < 1e21:
        digits = format(Decimal(repr(value)), "f")
        return digits if "." in digits else digits + ".0"
    digits, _, exponent = repr(value).partition("e")
    return f"{digits}e{int(exponent)}"
