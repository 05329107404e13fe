"""Projects."""

from __future__ import annotations

from fastapi import APIRouter

from cairn.access import projects
from cairn.api.encode import project_shape
from cairn.api.entry import Administrator, Asking, Manager, Reader, Server
from cairn.api.errors import documented
from cairn.api.shapes import NewProject, ProjectChange, ProjectShape
from cairn.dashboards.setup import start_project

router = APIRouter(prefix="/api/projects", tags=["projects"])


@router.get("", operation_id="list_projects", responses=documented(401, 403))
def list_projects(workspace: Server, caller: Asking) -> list[ProjectShape]:
    """List the projects that the caller may read."""
    caller.must_have("read")
    with workspace.records.read() as session:
        return [
            project_shape(project)
            for project in projects.all_projects(session)
            if caller.project_id in (None, project.id)
        ]


@router.post(
    "",
    status_code=201,
    operation_id="create_project",
    responses=documented(400, 401, 403, 413),
)
def create_project(workspace: Server, caller: Administrator, new: NewProject) -> ProjectShape:
    """Create a project with a write key and a first dashboard."""
    with workspace.records.change() as session:
        project, _ = start_project(
            session,
            name=new.name,
            timezone=new.timezone,
            week_start=new.week_start,
            actor=caller.name,
            now_us=workspace.clock(),
        )
    workspace.opened(project.id)
    return project_shape(project)


@router.get("/{project_id}", operation_id="get_project", responses=documented(401, 403, 404))
def get_project(entry: Reader) -> ProjectShape:
    """Return a project."""
    return project_shape(entry.project)


@router.patch(
    "/{project_id}",
    operation_id="change_project",
    responses=documented(400, 401, 403, 404, 413),
)
def change_project(entry: Manager, change: ProjectChange) -> ProjectShape:
    """Change a project's name, time zone or first day of the week."""
    with entry.workspace.records.change() as session:
        return project_shape(
            projects.change_project(
                session,
                entry.project.id,
                name=change.name,
                timezone=change.timezone,
                week_start=change.week_start,
                actor=entry.caller.name,
                now_us=entry.workspace.clock(),
            )
        )
