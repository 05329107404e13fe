"""Members, their sessions and their links."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from cairn.access import links, members, sessions
from cairn.access.caller import Member
from cairn.core.clock import fixed_clock
from cairn.core.errors import Conflict, InvalidInput, NotFound, NotSignedIn
from cairn.store.records.records import Records

DAY = 86_400_000_000


def owner(records: Records, password: str | None = None) -> Member:
    with records.change() as session:
        return members.create_owner(
            session, email="Ada@Example.org", name="Ada", password=password, now_us=0
        )


def test_an_owner_without_a_password_signs_in_by_link_only(records: Records) -> None:
    owner(records)
    sign_in = sessions.SignIn(records, fixed_clock(0))
    for guess in ("", "None", "the password of nobody"):
        with pytest.raises(NotSignedIn):
            sign_in.with_password("ada@example.org", guess, "127.0.0.1")
    token = links.create_sign_in_link(records, "ada@example.org", fixed_clock(0))
    member, _ = links.use_sign_in_link(records, token, fixed_clock(1))
    assert member.email == "ada@example.org"


def test_a_link_works_once_and_within_a_day(records: Records) -> None:
    owner(records)
    token = links.create_sign_in_link(records, "ada@example.org", fixed_clock(0))
    links.use_sign_in_link(records, token, fixed_clock(DAY - 1))
    with pytest.raises(NotSignedIn):
        links.use_sign_in_link(records, token, fixed_clock(DAY - 1))
    late = links.create_sign_in_link(records, "ada@example.org", fixed_clock(0))
    with pytest.raises(NotSignedIn):
        links.use_sign_in_link(records, late, fixed_clock(DAY))


def test_a_link_for_nobody_is_refused(records: Records) -> None:
    with pytest.raises(NotFound, match="eve@example.org"):
        links.create_sign_in_link(records, "eve@example.org")


def test_there_is_one_first_owner(records: Records) -> None:
    owner(records)
    with pytest.raises(Conflict):
        owner(records)


def test_a_session_ends_after_thirty_days(records: Records) -> None:
    member = owner(records)
    with records.change() as session:
        token = sessions.start(session, member.id, 0)
    with records.read() as session:
        assert sessions.member_with(session, token, 30 * DAY - 1) == member
        assert sessions.member_with(session, token, 30 * DAY) is None
        assert sessions.member_with(session, "guess", 0) is None


def test_no_secret_can_be_read_from_the_records(records: Records) -> None:
    member = owner(records, password="correct horse")
    link = links.create_sign_in_link(records, member.email, fixed_clock(0))
    with records.change() as session:
        token = sessions.start(session, member.id, 0)
    with records.read() as session:
        for table in ("members", "sessions", "sign_in_links", "audit"):
            kept = str(session.execute(text(f"SELECT * FROM {table}")).all())
            assert not any(secret in kept for secret in ("correct horse", token, link)), table


@pytest.mark.parametrize("address", ["ada", "a b@c", "@", "a@", "a\x00@b.c", "a@b@c"])
def test_what_is_no_address_is_refused(records: Records, address: str) -> None:
    with records.change() as session, pytest.raises(InvalidInput):
        members.create_member(
            session, email=address, name="A", password=None, role="viewer", actor="t", now_us=0
        )
