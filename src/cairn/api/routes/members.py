"""Members of the installation, and the log of what was done."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from cairn.access import audit, links, members
from cairn.api.encode import member_shape
from cairn.api.entry import Administrator, Server
from cairn.api.errors import documented
from cairn.api.shapes import AuditEntry, Invitation, MemberShape, NewMember
from cairn.core.clock import moment

router = APIRouter(prefix="/api", tags=["members"])


@router.get("/members", operation_id="list_members", responses=documented(401, 403))
def list_members(workspace: Server, caller: Administrator) -> list[MemberShape]:
    """List everyone who can sign in."""
    del caller
    with workspace.records.read() as session:
        return [member_shape(member) for member in members.all_members(session)]


@router.post(
    "/members",
    status_code=201,
    operation_id="invite_member",
    responses=documented(400, 401, 403, 409, 413),
)
def invite_member(workspace: Server, caller: Administrator, new: NewMember) -> Invitation:
    """Create a member and the link that signs them in."""
    with workspace.records.change() as session:
        member = members.create_member(
            session,
            email=new.email,
            name=new.name,
            password=None,
            role=new.role,
            actor=caller.name,
            now_us=workspace.clock(),
        )
    token = links.create_sign_in_link(workspace.records, member.email, workspace.clock)
    return Invitation(member=member_shape(member), sign_in_path=f"/sign-in?token={token}")


@router.delete(
    "/members/{member_id}",
    status_code=204,
    operation_id="remove_member",
    responses=documented(400, 401, 403, 404, 409),
)
def remove_member(
    workspace: Server,
    caller: Administrator,
    member_id: Annotated[str, Path(min_length=1, max_length=64)],
) -> None:
    """Remove a member and end their sessions; the last owner stays."""
    with workspace.records.change() as session:
        members.remove_member(session, member_id, caller.name, workspace.clock())


@router.get("/audit", operation_id="list_audit", responses=documented(400, 401, 403))
def list_audit(
    workspace: Server,
    caller: Administrator,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> list[AuditEntry]:
    """List the newest acts that matter for security or cannot be undone."""
    del caller
    with workspace.records.read() as session:
        return [
            AuditEntry(
                time=moment(act.time_us),
                actor=act.actor,
                act=act.act,
                subject=act.subject,
                detail=act.detail,
            )
            for act in audit.newest(session, limit)
        ]
