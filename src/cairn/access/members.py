"""The people who sign in, and the first of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cairn.access import audit, passwords
from cairn.access.caller import Member, Role
from cairn.core.errors import Conflict, InvalidInput, NotFound
from cairn.store.records.records import new_id
from cairn.store.records.tables import MemberRow

_EMAIL = re.compile(r"[^@\s\x00]{1,64}@[^@\s\x00]{1,190}")


def any_member(session: Session) -> bool:
    """Return whether somebody owns this installation already."""
    return session.scalars(select(MemberRow.id).limit(1)).first() is not None


def create_owner(
    session: Session, *, email: str, name: str, password: str | None, now_us: int
) -> Member:
    """Create the first member, who owns the installation; raise Conflict when there is one.

    Without a password, they sign in by link only.
    """
    if any_member(session):
        raise Conflict(
            "this installation has an owner already",
            hint="Sign in, or ask the owner for an account.",
        )
    return create_member(
        session, email=email, name=name, password=password, role="owner", actor=email, now_us=now_us
    )


def create_member(
    session: Session,
    *,
    email: str,
    name: str,
    password: str | None,
    role: Role,
    actor: str,
    now_us: int,
) -> Member:
    """Create a member. Raises Conflict when the e-mail address is taken."""
    address = readable_email(email)
    if session.scalars(select(MemberRow.id).where(MemberRow.email == address)).first():
        raise Conflict(f"there is a member {address!r} already", hint="Use another address.")
    row = MemberRow(
        id=new_id(),
        email=address,
        name=name.strip() or address,
        role=role,
        password_hash=None if password is None else passwords.hash_of(password),
        created_us=now_us,
    )
    session.add(row)
    session.flush()
    audit.note(session, now_us, actor, "member.created", row.id, email=address, role=role)
    return member_of(row)


def all_members(session: Session) -> Sequence[Member]:
    """Return everyone who can sign in, oldest first."""
    rows = session.scalars(select(MemberRow).order_by(MemberRow.created_us, MemberRow.id))
    return [member_of(row) for row in rows]


def remove_member(session: Session, member_id: str, actor: str, now_us: int) -> None:
    """Remove a member with their sessions. Raises NotFound, or Conflict at the last owner."""
    row = session.get(MemberRow, member_id)
    if row is None:
        raise NotFound(f"there is no member '{member_id}'", hint="GET /api/members lists them.")
    owners = session.scalars(select(MemberRow.id).where(MemberRow.role == "owner")).all()
    if list(owners) == [member_id]:
        raise Conflict(f"{row.email} is the only owner", hint="Make somebody else an owner first.")
    audit.note(session, now_us, actor, "member.removed", member_id, email=row.email)
    session.delete(row)


def find(session: Session, email: str) -> MemberRow | None:
    """Return the member with this e-mail address."""
    return session.scalars(
        select(MemberRow).where(MemberRow.email == email.strip().casefold())
    ).first()


def member_of(row: MemberRow) -> Member:
    """Return the member that a row keeps."""
    return Member(row.id, row.email, row.name, row.role)  # type: ignore[arg-type]


def readable_email(text: str) -> str:
    """Return the address in the form in which it is kept; raise InvalidInput when it is none.

    >>> readable_email(" Ada@Example.org ")
    'ada@example.org'
    """
    address = text.strip().casefold()
    if not _EMAIL.fullmatch(address):
        raise InvalidInput(
            f"{text[:80]!r} is no e-mail address", hint="Write it like ada@example.org."
        )
    return address
