"""Loops over arrays that run at the speed of C."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any, TypeVar

_Loop = TypeVar("_Loop", bound=Callable[..., Any])


def compiled(loop: _Loop) -> _Loop:
    """Compile a loop when it is first called, or read it from the cache on disk.

    It releases the GIL. Importing it does not load numba, so that whoever only opens a store need not
    wait for it. Such loops cannot call each other.
    """

    @cache
    def ready() -> Callable[..., Any]:
        import numba

        fast: Callable[..., Any] = numba.njit(nogil=True, cache=True)(loop)
        return fast

    @wraps(loop)
    def call(*arrays: Any) -> Any:
        return ready()(*arrays)

    return call  # type: ignore[return-value]
