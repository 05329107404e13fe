"""Signing in, staying signed in, and signing out."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from cairn.access import audit, members, passwords
from cairn.access.caller import Member
from cairn.access.secret import digest, new_token
from cairn.access.throttle import Throttle
from cairn.core.clock import MICROSECONDS, Clock
from cairn.core.errors import NotSignedIn
from cairn.store.records.records import Records
from cairn.store.records.tables import MemberRow, SessionRow

COOKIE = "cairn_session"
SESSION_SECONDS = 30 * 86_400


class SignIn:
    """Turns an e-mail address and a password into a session, and resists guessing."""

    def __init__(self, records: Records, clock: Clock) -> None:
        """Check against the members in the records."""
        self._records = records
        self._clock = clock
        self._by_email = Throttle(clock, failures=5, seconds=15 * 60)
        self._by_address = Throttle(clock, failures=30, seconds=15 * 60)

    def with_password(self, email: str, password: str, address: str) -> tuple[Member, str]:
        """Return the member and the token of a new session.

        Raises NotSignedIn when the pair is wrong, without saying which half, and TooManyAttempts
        after five failures for this e-mail address, or thirty from this network address.
        """
        name = email.strip().casefold()
        self._by_email.check([name])
        self._by_address.check([address])
        with self._records.read() as session:
            row = members.find(session, email)
        if not passwords.is_right(password, row.password_hash if row else None) or row is None:
            self._by_email.failed([name])
            self._by_address.failed([address])
            with self._records.change() as session:
                audit.note(session, self._clock(), name[:200], "sign_in.failed", address)
            raise NotSignedIn(
                "the e-mail address or the password is wrong",
                hint="Check both; after five failures sign-in pauses for 15 min.",
            )
        self._by_email.succeeded([name])
        with self._records.change() as session:
            now_us = self._clock()
            audit.note(session, now_us, row.email, "sign_in", address)
            return members.member_of(row), start(session, row.id, now_us)


def start(session: Session, member_id: str, now_us: int) -> str:
    """Start a session and return its token, which is not kept: only its hash is."""
    token = new_token()
    session.execute(delete(SessionRow).where(SessionRow.expires_us <= now_us))
    session.add(
        SessionRow(
            token_hash=digest(token),
            member_id=member_id,
            created_us=now_us,
            expires_us=now_us + SESSION_SECONDS * MICROSECONDS,
        )
    )
    return token


def member_with(session: Session, token: str, now_us: int) -> Member | None:
    """Return who is signed in with this token, if the session still lasts."""
    row = session.get(SessionRow, digest(token))
    if row is None or row.expires_us <= now_us:
        return None
    member = session.get(MemberRow, row.member_id)
    return None if member is None else members.member_of(member)


def end(session: Session, token: str, actor: str, now_us: int) -> None:
    """Sign out: the token is worth nothing from now on."""
    session.execute(delete(SessionRow).where(SessionRow.token_hash == digest(token)))
    audit.note(session, now_us, actor, "sign_out", actor)
