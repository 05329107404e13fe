"""Slowing down whoever guesses."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Iterable

from cairn.core.clock import MICROSECONDS, Clock
from cairn.core.errors import TooManyAttempts

_REMEMBERED = 20_000


class Throttle:
    """Locks a name out after so many failures, until they are old. Safe from any thread."""

    def __init__(self, clock: Clock, failures: int, seconds: int) -> None:
        """Allow so many failures within so many seconds."""
        self._clock = clock
        self._allowed = failures
        self._window_us = seconds * MICROSECONDS
        self._failures: OrderedDict[str, deque[int]] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, names: Iterable[str]) -> None:
        """Raise TooManyAttempts when one of the names is locked out."""
        now = self._clock()
        with self._lock:
            for name in names:
                times = self._failures.get(name)
                if times is None:
                    continue
                while times and times[0] <= now - self._window_us:
                    times.popleft()
                if len(times) >= self._allowed:
                    minutes = (times[0] + self._window_us - now) // (60 * MICROSECONDS) + 1
                    raise TooManyAttempts(
                        f"there were {self._allowed} failed attempts to sign in",
                        hint=f"Try again in {minutes} min, or use a sign-in link.",
                    )

    def failed(self, names: Iterable[str]) -> None:
        """Remember a failure of each name."""
        now = self._clock()
        with self._lock:
            for name in names:
                self._failures.setdefault(name, deque(maxlen=self._allowed)).append(now)
                self._failures.move_to_end(name)
            while len(self._failures) > _REMEMBERED:
                self._failures.popitem(last=False)

    def succeeded(self, names: Iterable[str]) -> None:
        """Forget the failures of each name."""
        with self._lock:
            for name in names:
                self._failures.pop(name, None)
