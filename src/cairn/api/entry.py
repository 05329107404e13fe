"""The door of every route: who is asking, whether they may, and for which project."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Request
from fastapi.security import APIKeyCookie, HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials
from pydantic import BaseModel

from cairn.access import keys, sessions
from cairn.access.caller import Caller, Right, of_member
from cairn.access.projects import Project, project
from cairn.access.secret import csrf_token, matches
from cairn.api.workspace import OpenProject, Workspace
from cairn.cohorts import shelf
from cairn.cohorts.members import Known
from cairn.core.errors import NotAllowed, NotSignedIn
from cairn.query.cohort import cohorts_in

CSRF_HEADER = "x-csrf-token"
_HARMLESS = ("GET", "HEAD", "OPTIONS")

_cookie = APIKeyCookie(
    name=sessions.COOKIE,
    auto_error=False,
    scheme_name="session",
    description="The cookie that signing in sets. Requests that change something also send the "
    "`csrf_token` of `GET /api/me` in the `X-CSRF-Token` header.",
)
_bearer = HTTPBearer(
    auto_error=False, scheme_name="api_key", description="An API key of the project."
)

ProjectId = Annotated[str, Path(min_length=1, max_length=64, description="The project's id.")]


def workspace_of(request: Request) -> Workspace:
    """Return what this server works on."""
    workspace: Workspace = request.app.state.workspace
    return workspace


def caller_of(
    request: Request,
    cookie: Annotated[str | None, Depends(_cookie)],
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller:
    """Return who is asking, or raise NotSignedIn; a session that changes something needs CSRF."""
    workspace = workspace_of(request)
    now_us = workspace.clock()
    if bearer is not None:
        caller = keys.caller_with(workspace.records, bearer.credentials, now_us)
        if caller is None:
            raise NotSignedIn(
                "there is no such API key", hint="Make one on the project's settings page."
            )
        return caller
    if cookie:
        with workspace.records.read() as session:
            member = sessions.member_with(session, cookie, now_us)
        if member is not None:
            if request.method not in _HARMLESS:
                _must_be_our_page(request, cookie)
            return of_member(member)
    raise NotSignedIn(
        "nobody is signed in",
        hint="Sign in, or send 'Authorization: Bearer <API key>'.",
    )


Server = Annotated[Workspace, Depends(workspace_of)]
Asking = Annotated[Caller, Depends(caller_of)]


@dataclass(frozen=True, slots=True)
class Entry:
    """A caller in a project, with the right that the route asks for."""

    workspace: Workspace
    caller: Caller
    project: Project

    @property
    def opened(self) -> OpenProject:
        """Return the project's open store."""
        return self.workspace.opened(self.project.id)

    def cohorts(self, part: BaseModel) -> Known:
        """Return the project's cohorts that a question or a definition asks for."""
        if not any(cohorts_in(part)):
            return {}
        with self.workspace.records.read() as session:
            return shelf.known_to(session, self.project.id, part)


def allowed_to(right: Right) -> Callable[..., Entry]:
    """Return a dependency that lets in those who have a right in the project of the path."""

    def entry(workspace: Server, caller: Asking, project_id: ProjectId) -> Entry:
        caller.must_have(right)
        caller.must_reach(project_id)
        with workspace.records.read() as session:
            return Entry(workspace, caller, project(session, project_id))

    return entry


Reader = Annotated[Entry, Depends(allowed_to("read"))]
Editor = Annotated[Entry, Depends(allowed_to("edit"))]
Manager = Annotated[Entry, Depends(allowed_to("manage"))]


def managing_member(caller: Asking) -> Caller:
    """Let in members who manage the installation; API keys belong to one project."""
    caller.must_have("manage")
    if caller.member is None:
        raise NotAllowed(
            "an API key works inside its project only",
            hint="Sign in as an owner or admin to manage members and projects.",
        )
    return caller


Administrator = Annotated[Caller, Depends(managing_member)]


def _must_be_our_page(request: Request, session_token: str) -> None:
    given = request.headers.get(CSRF_HEADER, "")
    if not matches(given, csrf_token(session_token)):
        raise NotAllowed(
            "the X-CSRF-Token header is missing or wrong",
            hint="Send the csrf_token of GET /api/me with every request that changes something.",
        )
