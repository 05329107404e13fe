"""Guessing gets slow."""

from __future__ import annotations

import pytest

from cairn.access.throttle import Throttle
from cairn.core.errors import TooManyAttempts

MINUTE = 60_000_000


class Watch:
    """A clock that a test moves."""

    now_us = 0

    def __call__(self) -> int:
        return self.now_us


def test_a_name_is_locked_out_after_its_failures_until_they_are_old() -> None:
    watch = Watch()
    throttle = Throttle(watch, failures=2, seconds=600)
    throttle.failed(["ada"])
    throttle.check(["ada"])
    watch.now_us = 5 * MINUTE
    throttle.failed(["ada"])
    with pytest.raises(TooManyAttempts) as refused:
        throttle.check(["ada"])
    assert "5 min" in refused.value.hint or "6 min" in refused.value.hint
    throttle.check(["bob"])
    watch.now_us = 10 * MINUTE
    throttle.check(["ada"])


def test_a_success_forgets_the_failures_before() -> None:
    throttle = Throttle(Watch(), failures=2, seconds=600)
    throttle.failed(["ada"])
    throttle.succeeded(["ada"])
    throttle.failed(["ada"])
    throttle.check(["ada"])
