"""Projects: one product's events, its time zone, its keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from cairn.access import audit
from cairn.core.errors import InvalidInput, NotFound
from cairn.store.records.records import new_id
from cairn.store.records.tables import ProjectRow

WeekStart = Literal["sunday", "monday"]


@dataclass(frozen=True, slots=True)
class Project:
    """A product whose events are kept together."""

    id: str
    name: str
    timezone: str
    week_start: WeekStart
    created_us: int


def create_project(
    session: Session,
    *,
    name: str,
    timezone: str,
    week_start: WeekStart = "sunday",
    actor: str,
    now_us: int,
) -> Project:
    """Create a project. Raises InvalidInput when there is no such time zone."""
    row = ProjectRow(
        id=new_id(),
        name=name,
        timezone=existing_zone(timezone),
        week_start=week_start,
        created_us=now_us,
    )
    session.add(row)
    audit.note(session, now_us, actor, "project.created", row.id, name=name)
    session.flush()
    return _project(row)


def all_projects(session: Session) -> Sequence[Project]:
    """Return every project, oldest first."""
    rows = session.scalars(select(ProjectRow).order_by(ProjectRow.created_us, ProjectRow.id))
    return [_project(row) for row in rows]


def project(session: Session, project_id: str) -> Project:
    """Return a project, or raise NotFound."""
    return _project(_row(session, project_id))


def change_project(
    session: Session,
    project_id: str,
    *,
    name: str | None,
    timezone: str | None,
    week_start: WeekStart | None,
    actor: str,
    now_us: int,
) -> Project:
    """Change what is given and leave the rest. Raises NotFound or InvalidInput."""
    row = _row(session, project_id)
    before = _project(row)
    row.name = name or row.name
    row.timezone = existing_zone(timezone) if timezone else row.timezone
    row.week_start = week_start or row.week_start
    changed = [
        field
        for field in ("name", "timezone", "week_start")
        if getattr(before, field) != getattr(row, field)
    ]
    audit.note(session, now_us, actor, "project.changed", project_id, fields=changed)
    return _project(row)


def existing_zone(name: str) -> str:
    """Return the time zone's name, or raise InvalidInput when there is none of this name."""
    if name not in available_timezones():
        raise InvalidInput(
            f"there is no time zone {name[:80]!r}",
            hint="Use a name like Europe/Berlin, America/New_York or UTC.",
        )
    return name


def _row(session: Session, project_id: str) -> ProjectRow:
    row = session.get(ProjectRow, project_id)
    if row is None:
        raise NotFound(
            f"there is no project '{project_id}'", hint="GET /api/projects lists the projects."
        )
    return row


def _project(row: ProjectRow) -> Project:
    return Project(row.id, row.name, row.timezone, row.week_start, row.created_us)  # type: ignore[arg-type]
