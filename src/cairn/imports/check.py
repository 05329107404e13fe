"""What the server will make of a message, found out before it is sent."""

from __future__ import annotations

from collections.abc import Sequence

from cairn.collect.pipeline import Turn, describe_device, keep_limits, keep_time, read
from cairn.collect.spool import Record
from cairn.model.event import Event, Rejection
from cairn.store.base import Known

_STEPS = (read, keep_limits, keep_time, describe_device)


class _NothingYet:
    """The past of a project without events."""

    def seen(self, ids: Sequence[str]) -> set[str]:
        return set()

    def who(self, distinct_ids: Sequence[str]) -> dict[str, Known]:
        return {}

    def person_count(self) -> int:
        return 0


_PAST = _NothingYet()


def as_received(message: bytes, now_us: int) -> Event | Rejection:
    """Return the event that a message becomes, by the steps of the loader, or why it becomes none."""
    turn = Turn([Record(now_us, "segment/batch", b'{"batch":[' + message + b"]}")], now_us)
    for step in _STEPS:
        turn = step(turn, _PAST)
    return turn.events[0] if turn.events else turn.rejections[0]
