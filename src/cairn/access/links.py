"""Links that sign a member in, once, without a password."""

from __future__ import annotations

from sqlalchemy import delete, update

from cairn.access import audit, members, sessions
from cairn.access.caller import Member
from cairn.access.secret import digest, new_token
from cairn.core.clock import MICROSECONDS, Clock, system_clock
from cairn.core.errors import NotFound, NotSignedIn
from cairn.store.records.records import Records
from cairn.store.records.tables import MemberRow, SignInLinkRow

LINK_SECONDS = 86_400


def create_sign_in_link(records: Records, email: str, clock: Clock = system_clock) -> str:
    """Return a token for `/sign-in?token=...` that signs this member in once, within a day.

    Raises NotFound when nobody has this e-mail address.
    """
    now_us = clock()
    token = new_token()
    with records.change() as session:
        member = members.find(session, email)
        if member is None:
            raise NotFound(
                f"there is no member {email!r}", hint="Check the address, or set Cairn up first."
            )
        session.execute(delete(SignInLinkRow).where(SignInLinkRow.expires_us <= now_us))
        session.add(
            SignInLinkRow(
                token_hash=digest(token),
                member_id=member.id,
                expires_us=now_us + LINK_SECONDS * MICROSECONDS,
                used_us=None,
            )
        )
        audit.note(session, now_us, "cairn", "sign_in_link.created", member.id)
    return token


def use_sign_in_link(
    records: Records, token: str, clock: Clock = system_clock
) -> tuple[Member, str]:
    """Return the member and the token of a new session; the link is then spent.

    Raises NotSignedIn when the link is unknown, used or too old.
    """
    now_us = clock()
    with records.change() as session:
        spent = session.scalars(
            update(SignInLinkRow)
            .where(
                SignInLinkRow.token_hash == digest(token),
                SignInLinkRow.used_us.is_(None),
                SignInLinkRow.expires_us > now_us,
            )
            .values(used_us=now_us)
            .returning(SignInLinkRow.member_id)
        ).first()
        member = None if spent is None else session.get(MemberRow, spent)
        if member is None:
            raise NotSignedIn(
                "this sign-in link is unknown, used, or older than a day",
                hint="Each link works once; ask an owner or admin for another.",
            )
        audit.note(session, now_us, member.email, "sign_in", "link")
        return members.member_of(member), sessions.start(session, member.id, now_us)
