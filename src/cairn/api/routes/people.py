"""People, and what each of them did."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from cairn.api.encode import person_detail, person_shape
from cairn.api.entry import Reader
from cairn.api.errors import documented
from cairn.api.shapes import PeopleList, PersonDetail

router = APIRouter(prefix="/api/projects/{project_id}/people", tags=["people"])


@router.get("", operation_id="list_people", responses=documented(400, 401, 403, 404))
def list_people(
    entry: Reader,
    search: Annotated[
        str, Query(max_length=200, description="Only people whose ids or properties contain it.")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=1_000)] = 50,
    offset: Annotated[int, Query(ge=0, le=2**53)] = 0,
) -> PeopleList:
    """List people, those seen last first."""
    page = entry.opened.browser.people(search, limit, offset)
    return PeopleList(total=page.total, people=[person_shape(line) for line in page.people])


@router.get("/{uid}", operation_id="get_person", responses=documented(401, 403, 404))
def get_person(
    entry: Reader, uid: Annotated[str, Path(min_length=1, max_length=100)]
) -> PersonDetail:
    """Return a person with their sessions, newest first."""
    return person_detail(entry.opened.browser.person(uid))
