"""Whether two answers say the same: every count exactly, every other number to rounding."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from pydantic import BaseModel

THOROUGH = int(os.environ.get("CAIRN_TEST_THOROUGH", "1"))
"""How many times more random histories to try than in a normal run."""


def trying(histories: int) -> Callable[[Any], Any]:
    """Try so many random histories, or more when `CAIRN_TEST_THOROUGH` says so."""
    return settings(
        max_examples=histories * THOROUGH,
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def difference(one: Any, other: Any, place: str = "answer") -> str | None:
    """Return the first place where two answers differ and what they say there, or None."""
    if isinstance(one, BaseModel) and type(one) is type(other):
        one, other = dict(one), dict(other)
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        pairs = [(f"{place}.{key}", one[key], other[key]) for key in one]
    elif isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        pairs = [(f"{place}[{i}]", a, b) for i, (a, b) in enumerate(zip(one, other, strict=True))]
    elif isinstance(one, float) and isinstance(other, float):
        alike = math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
        return None if alike else f"{place}: {one!r} and {other!r}"
    else:
        return None if one == other else f"{place}: {one!r} and {other!r}"
    found = (difference(a, b, where) for where, a, b in pairs)
    return next((text for text in found if text is not None), None)
