"""The tables of the records. Times are microseconds since the epoch, UTC.

No secret can be read back from here: passwords are argon2 hashes, and of session tokens, sign-in
links and API keys only a SHA-256 is kept. Write keys are public: they are in every web page that
sends events.
"""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar = {int: BigInteger, dict[str, Any]: JSON, list[Any]: JSON}


class MemberRow(Table):
    """Someone who signs in to Cairn. `password_hash` is None for those who sign in by link only."""

    __tablename__ = "members"

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str | None]
    created_us: Mapped[int]


class SessionRow(Table):
    """A browser in which a member is signed in."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    created_us: Mapped[int]
    expires_us: Mapped[int]


class SignInLinkRow(Table):
    """A link that signs a member in, once."""

    __tablename__ = "sign_in_links"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    expires_us: Mapped[int]
    used_us: Mapped[int | None]


class ProjectRow(Table):
    """A product whose events are kept together."""

    __tablename__ = "projects"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    timezone: Mapped[str]
    week_start: Mapped[str]
    created_us: Mapped[int]


class KeyRow(Table):
    """A write key (`public` is the key itself) or an API key (`secret_hash`)."""

    __tablename__ = "keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    project_id: Mapped[str] = mapped_column(
        ForeignKey("projects.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str]
    name: Mapped[str]
    scopes: Mapped[list[Any]]
    prefix: Mapped[str]
    public: Mapped[str | None] = mapped_column(unique=True)
    secret_hash: Mapped[str | None] = mapped_column(unique=True)
    created_us: Mapped[int]
    last_used_us: Mapped[int | None]


class DashboardRow(Table):
    """A dashboard; its tiles are JSON, and every change raises its revision by one."""

    __tablename__ = "dashboards"

    id: Mapped[str] = mapped_column(primary_key=True)
    project_id: Mapped[str] = mapped_column(
        ForeignKey("projects.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    description: Mapped[str]
    tiles: Mapped[list[Any]]
    revision: Mapped[int]
    created_us: Mapped[int]
    updated_us: Mapped[int]


class CohortRow(Table):
    """A cohort: a definition, or for a static one the distinct ids of its people and their origin.

    `listed` counts the ids. They are read only when asked for, because they may be many.
    """

    __tablename__ = "cohorts"

    id: Mapped[str] = mapped_column(primary_key=True)
    project_id: Mapped[str] = mapped_column(
        ForeignKey("projects.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    description: Mapped[str]
    definition: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    ids: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    listed: Mapped[int | None]
    origin: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    revision: Mapped[int]
    created_us: Mapped[int]
    updated_us: Mapped[int]


class AuditRow(Table):
    """Who did what to what. Rows are only ever added."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_time_us", "time_us"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    time_us: Mapped[int]
    actor: Mapped[str]
    act: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[dict[str, Any]]
