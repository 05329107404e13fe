"""Cohorts of a project, and who is in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from cairn.api.answers import calendar_of
from cairn.api.encode import person_shape
from cairn.api.entry import Editor, Entry, Reader
from cairn.api.errors import documented
from cairn.api.shapes import (
    CohortDescription,
    CohortSize,
    CohortSizes,
    PeopleList,
    PeopleSnapshot,
    PeopleUpload,
    SizeOfDay,
    UploadedCohort,
)
from cairn.api.table import csv_of
from cairn.cohorts import shelf
from cairn.cohorts.cohort import Cohort, Draft, Edit, Label
from cairn.cohorts.size import has_a_past, people_in, sizes
from cairn.cohorts.upload import ids_of
from cairn.core.errors import InvalidInput
from cairn.insights.question import NOUNS
from cairn.insights.run import people_behind
from cairn.insights.view import Column, Table
from cairn.query.cohort import AllOf, Definition
from cairn.query.filters import InCohort
from cairn.store.browse import PersonLine

router = APIRouter(prefix="/api/projects/{project_id}/cohorts", tags=["cohorts"])

CohortId = Annotated[str, Path(min_length=1, max_length=64)]
_EVERYONE = AllOf(all=())
_SHOWN_UNMATCHED = 100
_LINES_AT_ONCE = 5_000


@router.get("", operation_id="list_cohorts", responses=documented(401, 403, 404))
def list_cohorts(entry: Reader) -> list[Cohort]:
    """List the cohorts of a project, oldest first."""
    with entry.workspace.records.read() as session:
        return list(shelf.all_cohorts(session, entry.project.id))


@router.post(
    "",
    status_code=201,
    operation_id="create_cohort",
    responses=documented(400, 401, 403, 404, 413),
)
def create_cohort(entry: Editor, draft: Draft) -> Cohort:
    """Create a cohort that follows the data."""
    with entry.workspace.records.change() as session:
        return shelf.add(session, entry.project.id, draft, entry.workspace.clock())


@router.post(
    "/size", operation_id="size_of_description", responses=documented(400, 401, 403, 404, 413, 504)
)
async def size_of_description(entry: Reader, cohort: CohortDescription) -> CohortSize:
    """Count the people whom a definition describes, without saving it."""
    return await _size(entry, cohort.definition)


@router.post(
    "/snapshot",
    status_code=201,
    operation_id="keep_people",
    responses=documented(400, 401, 403, 404, 413, 504),
)
async def keep_people(entry: Editor, snapshot: PeopleSnapshot) -> Cohort:
    """Keep the people behind a number of an answer as a static cohort."""
    spec, point, saved = snapshot.spec, snapshot.point, entry.cohorts(snapshot.spec)
    if spec.actor != "person":
        raise InvalidInput(
            f"the number counts {NOUNS[spec.actor][1]}, and a cohort is made of people",
            hint="Ask the same question about people: leave 'actor' out.",
        )
    calendar, store = calendar_of(entry.project, entry.workspace.clock()), entry.opened.store

    def keep() -> Cohort:
        people = people_behind(store, spec, point, calendar, 0, saved)
        origin = {
            "spec": spec.model_dump(mode="json", by_alias=True),
            "point": point.model_dump(mode="json", by_alias=True),
        }
        return _kept(entry, snapshot, people.tolist(), origin)

    return await entry.workspace.answers.run(keep)


@router.post(
    "/upload",
    status_code=201,
    operation_id="upload_cohort",
    responses=documented(400, 401, 403, 404, 413),
)
def upload_cohort(entry: Editor, upload: PeopleUpload) -> UploadedCohort:
    """Keep the distinct ids of a CSV file as a static cohort, and say which are known."""
    ids = ids_of(upload.csv)
    known = entry.opened.store.who(ids)
    with entry.workspace.records.change() as session:
        cohort = shelf.add_static(
            session, entry.project.id, upload, ids, {"upload": len(ids)}, entry.workspace.clock()
        )
    unknown = [name for name in ids if name not in known]
    return UploadedCohort(
        cohort=cohort,
        matched=len(known),
        unmatched=len(unknown),
        unmatched_ids=unknown[:_SHOWN_UNMATCHED],
    )


@router.get("/{cohort_id}", operation_id="get_cohort", responses=documented(401, 403, 404))
def get_cohort(entry: Reader, cohort_id: CohortId) -> Cohort:
    """Return a cohort."""
    with entry.workspace.records.read() as session:
        return shelf.cohort(session, entry.project.id, cohort_id)


@router.put(
    "/{cohort_id}",
    operation_id="change_cohort",
    responses=documented(400, 401, 403, 404, 409, 413),
)
def change_cohort(entry: Editor, cohort_id: CohortId, edit: Edit) -> Cohort:
    """Replace what a cohort is; 409 when somebody changed it since `revision`."""
    with entry.workspace.records.change() as session:
        return shelf.change(session, entry.project.id, cohort_id, edit, entry.workspace.clock())


@router.delete(
    "/{cohort_id}",
    status_code=204,
    operation_id="delete_cohort",
    responses=documented(400, 401, 403, 404, 409),
)
def delete_cohort(
    entry: Editor,
    cohort_id: CohortId,
    although_used: Annotated[
        bool, Query(description="Also when dashboards or other cohorts ask for it.")
    ] = False,
) -> None:
    """Delete a cohort; 409 says what uses it. The audit log keeps what it was."""
    with entry.workspace.records.change() as session:
        shelf.remove(
            session,
            entry.project.id,
            cohort_id,
            entry.caller.name,
            entry.workspace.clock(),
            although_used=although_used,
        )


@router.post(
    "/{cohort_id}/duplicate",
    status_code=201,
    operation_id="duplicate_cohort",
    responses=documented(401, 403, 404),
)
def duplicate_cohort(entry: Editor, cohort_id: CohortId) -> Cohort:
    """Create a copy of a cohort."""
    with entry.workspace.records.change() as session:
        return shelf.duplicate(session, entry.project.id, cohort_id, entry.workspace.clock())


@router.post(
    "/{cohort_id}/snapshot",
    status_code=201,
    operation_id="freeze_cohort",
    responses=documented(400, 401, 403, 404, 413, 504),
)
async def freeze_cohort(entry: Editor, cohort_id: CohortId, label: Label) -> Cohort:
    """Keep the people who are in a cohort now as a static cohort."""
    asked = _saved(entry, cohort_id)
    people = await _people(entry, asked)
    return await entry.workspace.answers.run(
        lambda: _kept(entry, label, people, {"cohort": cohort_id})
    )


@router.get(
    "/{cohort_id}/size",
    operation_id="size_of_cohort",
    responses=documented(400, 401, 403, 404, 504),
)
async def size_of_cohort(entry: Reader, cohort_id: CohortId) -> CohortSize:
    """Count the people who are in a cohort now."""
    return await _size(entry, _saved(entry, cohort_id))


@router.get(
    "/{cohort_id}/sizes",
    operation_id="sizes_of_cohort",
    responses=documented(400, 401, 403, 404, 504),
)
async def sizes_of_cohort(
    entry: Reader, cohort_id: CohortId, days: Annotated[int, Query(ge=1, le=90)] = 30
) -> CohortSizes:
    """Count who was in a cohort at the end of each of the last days, as is known today."""
    asked = _saved(entry, cohort_id)
    saved = entry.cohorts(asked)
    calendar, store = calendar_of(entry.project, entry.workspace.clock()), entry.opened.store
    past = has_a_past(asked, saved)
    found = await entry.workspace.answers.run(
        lambda: sizes(store, asked, saved, calendar, days if past else 1)
    )
    return CohortSizes(
        sizes=[SizeOfDay(day=size.day, people=size.people) for size in found], has_a_past=past
    )


@router.get(
    "/{cohort_id}/people",
    operation_id="list_cohort_people",
    responses=documented(400, 401, 403, 404, 504),
)
async def list_cohort_people(
    entry: Reader,
    cohort_id: CohortId,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
    offset: Annotated[int, Query(ge=0, le=2**53)] = 0,
) -> PeopleList:
    """List the people in a cohort; `total` is exactly its size."""
    people = await _people(entry, _saved(entry, cohort_id))
    lines = entry.opened.browser.lines(people[offset : offset + limit])
    return PeopleList(total=len(people), people=[person_shape(line) for line in lines])


@router.get(
    "/{cohort_id}/csv",
    operation_id="export_cohort",
    response_class=Response,
    responses={
        200: {"content": {"text/csv": {"schema": {"type": "string"}}}},
        **documented(400, 401, 403, 404, 504, json=False),
    },
)
async def export_cohort(entry: Reader, cohort_id: CohortId) -> Response:
    """Return the people in a cohort as CSV, one distinct id of each a line."""
    people = await _people(entry, _saved(entry, cohort_id))
    text = await entry.workspace.answers.run(lambda: csv_of(_table(_lines(entry, people))))
    return Response(
        text,
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="cohort-{cohort_id}.csv"'},
    )


def _saved(entry: Entry, cohort_id: str) -> Definition:
    """Return what asks for a saved cohort, or raise NotFound."""
    with entry.workspace.records.read() as session:
        shelf.cohort(session, entry.project.id, cohort_id)
    return InCohort(cohort=cohort_id)


async def _people(entry: Entry, definition: Definition) -> list[int]:
    saved, store = entry.cohorts(definition), entry.opened.store
    calendar = calendar_of(entry.project, entry.workspace.clock())
    return await entry.workspace.answers.run(
        lambda: people_in(store, definition, saved, calendar).tolist()
    )


async def _size(entry: Entry, definition: Definition) -> CohortSize:
    people, everyone = await _people(entry, definition), await _people(entry, _EVERYONE)
    return CohortSize(people=len(people), everyone=len(everyone))


def _kept(entry: Entry, label: Label, people: Sequence[int], origin: dict[str, Any]) -> Cohort:
    """Keep people as a static cohort: one distinct id of each stands for them."""
    shelf.must_fit(len(people))
    ids = [line.distinct_ids[0] for line in _lines(entry, people) if line.distinct_ids]
    with entry.workspace.records.change() as session:
        return shelf.add_static(
            session, entry.project.id, label, ids, origin, entry.workspace.clock()
        )


def _lines(entry: Entry, people: Sequence[int]) -> list[PersonLine]:
    browser = entry.opened.browser
    return [
        line
        for start in range(0, len(people), _LINES_AT_ONCE)
        for line in browser.lines(people[start : start + _LINES_AT_ONCE])
    ]


def _table(lines: Sequence[PersonLine]) -> Table:
    columns = (("distinct_id", "distinct_id"), ("person", "person"), ("name", "name"))
    return Table(
        columns=tuple(Column(key=key, label=label, unit="text") for key, label in columns),
        rows=tuple(
            (line.distinct_ids[0] if line.distinct_ids else None, shown.id, shown.name)
            for line in lines
            for shown in (person_shape(line),)
        ),
    )
