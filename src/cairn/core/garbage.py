"""How often Python looks for unreachable cycles."""

from __future__ import annotations

import gc

_NEW_OBJECTS = 100_000


def collect_rarely() -> None:
    """Look for cycles less often, and not among what is loaded already.

    A turn of the loader holds some hundred thousand objects that are all alive; with Python's
    default it would be searched dozens of times, which costs a third of the loader's speed.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 20, 50)
