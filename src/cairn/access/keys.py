"""Keys for programs: write keys that only send events, API keys that do what their scopes say."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cairn.access import audit
from cairn.access.caller import RIGHTS_OF_SCOPE, Caller, Scope
from cairn.access.secret import digest, new_token
from cairn.core.clock import MICROSECONDS
from cairn.core.errors import InvalidInput, NotFound
from cairn.store.records.records import Records, new_id
from cairn.store.records.tables import KeyRow

KeyKind = Literal["write", "api"]

_USE_NOTED_EVERY_US = 60 * MICROSECONDS
_PREFIX_CHARACTERS = 12


@dataclass(frozen=True, slots=True)
class Key:
    """A key. `secret` is always there for a write key; for an API key only when it is made."""

    id: str
    kind: KeyKind
    name: str
    scopes: tuple[Scope, ...]
    prefix: str
    created_us: int
    last_used_us: int | None
    secret: str | None


def create_write_key(
    session: Session, project_id: str, *, name: str, actor: str, now_us: int
) -> Key:
    """Create a write key: public, for web pages and apps that send events."""
    public = f"wk_{secrets.token_hex(16)}"
    return _create(session, project_id, "write", name, ("write",), public, actor, now_us)


def create_api_key(
    session: Session,
    project_id: str,
    *,
    name: str,
    scopes: Sequence[Scope],
    actor: str,
    now_us: int,
) -> Key:
    """Create an API key; its secret is in the answer and nowhere else."""
    if not scopes:
        raise InvalidInput(
            "an API key needs at least one scope", hint="Scopes are query, admin and write."
        )
    kept = tuple(dict.fromkeys(scopes))
    return _create(session, project_id, "api", name, kept, f"ck_{new_token()}", actor, now_us)


def keys_of(session: Session, project_id: str) -> Sequence[Key]:
    """Return the keys of a project, oldest first."""
    rows = session.scalars(
        select(KeyRow).where(KeyRow.project_id == project_id).order_by(KeyRow.created_us, KeyRow.id)
    )
    return [_key(row, row.public) for row in rows]


def delete_key(session: Session, project_id: str, key_id: str, actor: str, now_us: int) -> None:
    """Delete a key; receivers stop taking it within seconds. Raises NotFound."""
    row = session.get(KeyRow, key_id)
    if row is None or row.project_id != project_id:
        raise NotFound(
            f"there is no key '{key_id}' in this project",
            hint=f"GET /api/projects/{project_id}/keys lists the keys.",
        )
    audit.note(session, now_us, actor, "key.deleted", key_id, kind=row.kind, name=row.name)
    session.delete(row)


def caller_with(records: Records, secret: str, now_us: int) -> Caller | None:
    """Return who calls with this key, or None when there is no such key."""
    with records.read() as session:
        row = session.scalars(
            select(KeyRow).where(
                (KeyRow.secret_hash == digest(secret)) | (KeyRow.public == _storable(secret))
            )
        ).first()
    if row is None:
        return None
    if row.last_used_us is None or row.last_used_us < now_us - _USE_NOTED_EVERY_US:
        with records.change() as session:
            session.execute(update(KeyRow).where(KeyRow.id == row.id).values(last_used_us=now_us))
    rights = frozenset(right for scope in row.scopes for right in RIGHTS_OF_SCOPE[scope])
    return Caller(
        name=f"key {row.prefix}",
        rights=rights,
        project_id=row.project_id,
        only_writes=not rights,
    )


def _create(
    session: Session,
    project_id: str,
    kind: KeyKind,
    name: str,
    scopes: tuple[Scope, ...],
    secret: str,
    actor: str,
    now_us: int,
) -> Key:
    row = KeyRow(
        id=new_id(),
        project_id=project_id,
        kind=kind,
        name=name,
        scopes=list(scopes),
        prefix=secret[:_PREFIX_CHARACTERS],
        public=secret if kind == "write" else None,
        secret_hash=None if kind == "write" else digest(secret),
        created_us=now_us,
        last_used_us=None,
    )
    session.add(row)
    audit.note(
        session, now_us, actor, "key.created", row.id, kind=kind, name=name, scopes=list(scopes)
    )
    return _key(row, secret)


def _key(row: KeyRow, secret: str | None) -> Key:
    return Key(
        row.id,
        row.kind,  # type: ignore[arg-type]
        row.name,
        tuple(row.scopes),
        row.prefix,
        row.created_us,
        row.last_used_us,
        secret,
    )


def _storable(text: str) -> str:
    """Return the text without what a database cannot hold, such as a lone surrogate."""
    return text.encode("utf-8", "replace").decode()
