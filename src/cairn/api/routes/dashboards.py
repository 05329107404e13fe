"""Dashboards of a project."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from cairn.api.entry import Editor, Reader
from cairn.api.errors import documented
from cairn.dashboards import shelf
from cairn.dashboards.dashboard import Dashboard, Draft, Edit

router = APIRouter(prefix="/api/projects/{project_id}/dashboards", tags=["dashboards"])

DashboardId = Annotated[str, Path(min_length=1, max_length=64)]


@router.get("", operation_id="list_dashboards", responses=documented(401, 403, 404))
def list_dashboards(entry: Reader) -> list[Dashboard]:
    """List the dashboards of a project, oldest first."""
    with entry.workspace.records.read() as session:
        return list(shelf.all_dashboards(session, entry.project.id))


@router.post(
    "",
    status_code=201,
    operation_id="create_dashboard",
    responses=documented(400, 401, 403, 404, 413),
)
def create_dashboard(entry: Editor, draft: Draft) -> Dashboard:
    """Create a dashboard."""
    with entry.workspace.records.change() as session:
        return shelf.add(session, entry.project.id, draft, entry.workspace.clock())


@router.get("/{dashboard_id}", operation_id="get_dashboard", responses=documented(401, 403, 404))
def get_dashboard(entry: Reader, dashboard_id: DashboardId) -> Dashboard:
    """Return a dashboard."""
    with entry.workspace.records.read() as session:
        return shelf.dashboard(session, entry.project.id, dashboard_id)


@router.put(
    "/{dashboard_id}",
    operation_id="change_dashboard",
    responses=documented(400, 401, 403, 404, 409, 413),
)
def change_dashboard(entry: Editor, dashboard_id: DashboardId, edit: Edit) -> Dashboard:
    """Replace a dashboard's content; 409 when somebody changed it since `revision`."""
    with entry.workspace.records.change() as session:
        return shelf.change(session, entry.project.id, dashboard_id, edit, entry.workspace.clock())


@router.delete(
    "/{dashboard_id}",
    status_code=204,
    operation_id="delete_dashboard",
    responses=documented(401, 403, 404),
)
def delete_dashboard(entry: Editor, dashboard_id: DashboardId) -> None:
    """Delete a dashboard; the audit log keeps what it was."""
    with entry.workspace.records.change() as session:
        shelf.remove(
            session, entry.project.id, dashboard_id, entry.caller.name, entry.workspace.clock()
        )
