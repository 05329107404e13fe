"""The keys of a project."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from cairn.access import keys
from cairn.api.encode import key_shape
from cairn.api.entry import Manager
from cairn.api.errors import documented
from cairn.api.shapes import KeyShape, NewKey
from cairn.core.errors import InvalidInput

router = APIRouter(prefix="/api/projects/{project_id}/keys", tags=["keys"])


@router.get("", operation_id="list_keys", responses=documented(401, 403, 404))
def list_keys(entry: Manager) -> list[KeyShape]:
    """List the keys of a project; the secrets of API keys are not known any more."""
    with entry.workspace.records.read() as session:
        return [key_shape(key) for key in keys.keys_of(session, entry.project.id)]


@router.post(
    "", status_code=201, operation_id="create_key", responses=documented(400, 401, 403, 404, 413)
)
def create_key(entry: Manager, new: NewKey) -> KeyShape:
    """Create a key. The secret of an API key is in this answer and never shown again."""
    actor, now_us = entry.caller.name, entry.workspace.clock()
    with entry.workspace.records.change() as session:
        if new.kind == "write":
            if new.scopes not in ((), ("write",)):
                raise InvalidInput(
                    f"a write key takes no scopes, got {list(new.scopes)}",
                    hint="Write keys can only write; make an API key for anything else.",
                )
            key = keys.create_write_key(
                session, entry.project.id, name=new.name, actor=actor, now_us=now_us
            )
        else:
            key = keys.create_api_key(
                session,
                entry.project.id,
                name=new.name,
                scopes=new.scopes,
                actor=actor,
                now_us=now_us,
            )
    return key_shape(key)


@router.delete(
    "/{key_id}", status_code=204, operation_id="delete_key", responses=documented(401, 403, 404)
)
def delete_key(entry: Manager, key_id: Annotated[str, Path(min_length=1, max_length=64)]) -> None:
    """Delete a key; receivers stop taking it within seconds."""
    with entry.workspace.records.change() as session:
        keys.delete_key(
            session, entry.project.id, key_id, entry.caller.name, entry.workspace.clock()
        )
