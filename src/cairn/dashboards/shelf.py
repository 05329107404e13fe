"""Keeping a project's dashboards in the records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from cairn.access import audit
from cairn.core.clock import moment
from cairn.core.errors import Conflict, NotFound
from cairn.dashboards.dashboard import Dashboard, Draft, Edit, Tile
from cairn.store.records.records import new_id
from cairn.store.records.tables import DashboardRow

_tiles = TypeAdapter(tuple[Tile, ...])


def all_dashboards(session: Session, project_id: str) -> Sequence[Dashboard]:
    """Return the dashboards of a project, oldest first."""
    rows = session.scalars(
        select(DashboardRow)
        .where(DashboardRow.project_id == project_id)
        .order_by(DashboardRow.created_us, DashboardRow.id)
    )
    return [_dashboard(row) for row in rows]


def dashboard(session: Session, project_id: str, dashboard_id: str) -> Dashboard:
    """Return a dashboard, or raise NotFound."""
    return _dashboard(_row(session, project_id, dashboard_id))


def add(session: Session, project_id: str, draft: Draft, now_us: int) -> Dashboard:
    """Keep a new dashboard."""
    row = DashboardRow(
        id=new_id(),
        project_id=project_id,
        name=draft.name,
        description=draft.description,
        tiles=_stored(draft),
        revision=1,
        created_us=now_us,
        updated_us=now_us,
    )
    session.add(row)
    return _dashboard(row)


def change(
    session: Session, project_id: str, dashboard_id: str, edit: Edit, now_us: int
) -> Dashboard:
    """Replace a dashboard's content. Raises Conflict when it was changed since `edit.revision`."""
    row = _row(session, project_id, dashboard_id)
    if row.revision != edit.revision:
        raise Conflict(
            f"the dashboard is at revision {row.revision}, and this change was made from "
            f"revision {edit.revision}",
            hint="Load the dashboard again and repeat the change on what is there now.",
        )
    row.name, row.description, row.tiles = edit.name, edit.description, _stored(edit)
    row.revision += 1
    row.updated_us = now_us
    return _dashboard(row)


def remove(session: Session, project_id: str, dashboard_id: str, actor: str, now_us: int) -> None:
    """Delete a dashboard; the audit log keeps what it was. Raises NotFound."""
    row = _row(session, project_id, dashboard_id)
    audit.note(session, now_us, actor, "dashboard.deleted", row.id, name=row.name, tiles=row.tiles)
    session.delete(row)


def _row(session: Session, project_id: str, dashboard_id: str) -> DashboardRow:
    row = session.get(DashboardRow, dashboard_id)
    if row is None or row.project_id != project_id:
        raise NotFound(
            f"there is no dashboard '{dashboard_id}' in this project",
            hint=f"GET /api/projects/{project_id}/dashboards lists the dashboards.",
        )
    return row


def _stored(draft: Draft) -> list[Any]:
    stored: list[Any] = _tiles.dump_python(draft.tiles, mode="json", by_alias=True)
    return stored


def _dashboard(row: DashboardRow) -> Dashboard:
    return Dashboard(
        id=row.id,
        name=row.name,
        description=row.description,
        tiles=_tiles.validate_python(row.tiles),
        revision=row.revision,
        created_at=moment(row.created_us),
        updated_at=moment(row.updated_us),
    )
