"""The log of acts that matter for security or cannot be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cairn.store.records.records import new_id
from cairn.store.records.tables import AuditRow


@dataclass(frozen=True, slots=True)
class Act:
    """One entry: at `time_us`, `actor` did `act` to `subject`."""

    time_us: int
    actor: str
    act: str
    subject: str
    detail: dict[str, Any]


def note(
    session: Session, time_us: int, actor: str, act: str, subject: str, **detail: object
) -> None:
    """Add an entry, in the transaction of the act itself: neither is there without the other."""
    session.add(
        AuditRow(id=new_id(), time_us=time_us, actor=actor, act=act, subject=subject, detail=detail)
    )


def newest(session: Session, limit: int = 100) -> Sequence[Act]:
    """Return the newest entries, newest first."""
    rows = session.scalars(
        select(AuditRow).order_by(AuditRow.time_us.desc(), AuditRow.id).limit(limit)
    )
    return [Act(r.time_us, r.actor, r.act, r.subject, r.detail) for r in rows]
