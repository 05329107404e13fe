"""Signing in and out, the first visit, and who one is."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from cairn import __version__
from cairn.access import links, members, projects, sessions
from cairn.access.caller import Member
from cairn.access.secret import csrf_token
from cairn.api.encode import member_shape
from cairn.api.entry import Asking, Server
from cairn.api.errors import documented
from cairn.api.shapes import Credentials, LinkToken, Me, ProjectName, Setup
from cairn.api.workspace import Workspace
from cairn.dashboards import setup as found

router = APIRouter(prefix="/api", tags=["session"])


@router.get("/me", operation_id="get_me", responses=documented())
def get_me(request: Request, workspace: Server) -> Me:
    """Say who is signed in, and what there is for them."""
    token = request.cookies.get(sessions.COOKIE)
    member = None
    if token:
        with workspace.records.read() as session:
            member = sessions.member_with(session, token, workspace.clock())
    return _me(workspace, member, token)


@router.post("/setup", status_code=201, operation_id="set_up", responses=documented(400, 409, 413))
def set_up(request: Request, response: Response, workspace: Server, setup: Setup) -> Me:
    """Create the owner and the first project; refused once there is a member."""
    founded = found.set_up(
        workspace.records,
        email=setup.email,
        name=setup.name,
        password=setup.password,
        project_name=setup.project_name,
        timezone=setup.timezone,
        clock=workspace.clock,
    )
    with workspace.records.change() as session:
        token = sessions.start(session, founded.owner.id, workspace.clock())
    workspace.opened(founded.project.id)
    return _signed_in(request, response, workspace, founded.owner, token)


@router.post("/sign-in", operation_id="sign_in", responses=documented(400, 401, 413, 429))
def sign_in(
    request: Request, response: Response, workspace: Server, credentials: Credentials
) -> Me:
    """Sign in with e-mail address and password; five failures pause it for 15 minutes."""
    member, token = workspace.sign_in.with_password(
        credentials.email, credentials.password, _address(request)
    )
    return _signed_in(request, response, workspace, member, token)


@router.post("/sign-in/link", operation_id="sign_in_with_link", responses=documented(400, 401, 413))
def sign_in_with_link(
    request: Request, response: Response, workspace: Server, link: LinkToken
) -> Me:
    """Sign in with the token of a link, which works once."""
    member, token = links.use_sign_in_link(workspace.records, link.token, workspace.clock)
    return _signed_in(request, response, workspace, member, token)


@router.post("/sign-out", operation_id="sign_out", responses=documented(401, 403))
def sign_out(request: Request, response: Response, workspace: Server, caller: Asking) -> Me:
    """End this browser's session."""
    token = request.cookies.get(sessions.COOKIE)
    if token and caller.member is not None:
        with workspace.records.change() as session:
            sessions.end(session, token, caller.name, workspace.clock())
    response.delete_cookie(sessions.COOKIE, path="/", httponly=True, samesite="lax")
    return _me(workspace, None, None)


def _signed_in(
    request: Request, response: Response, workspace: Workspace, member: Member, token: str
) -> Me:
    response.set_cookie(
        sessions.COOKIE,
        token,
        max_age=sessions.SESSION_SECONDS,
        path="/",
        httponly=True,
        samesite="lax",
        secure=workspace.settings.secure_cookies or request.url.scheme == "https",
    )
    return _me(workspace, member, token)


def _me(workspace: Workspace, member: Member | None, token: str | None) -> Me:
    with workspace.records.read() as session:
        setup_required = member is None and not members.any_member(session)
        known = projects.all_projects(session) if member else ()
    return Me(
        setup_required=setup_required,
        member=member_shape(member) if member else None,
        csrf_token=csrf_token(token) if member and token else None,
        projects=[ProjectName(id=project.id, name=project.name) for project in known],
        version=__version__,
    )


def _address(request: Request) -> str:
    """Return the client's network address: the last one that our own front door noted."""
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return (forwarded or (request.client.host if request.client else "") or "unknown")[:64]
