"""Questions of any kind, and the people behind every number."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body
from fastapi.responses import Response

from cairn.api.answers import calendar_of
from cairn.api.encode import actor_shapes, person_shape
from cairn.api.entry import Reader
from cairn.api.errors import documented
from cairn.api.shapes import Behind, PeopleQuestion
from cairn.api.table import csv_of
from cairn.insights.answer import Answer, Spec
from cairn.insights.run import actors_behind, people_behind

router = APIRouter(prefix="/api/projects/{project_id}/query", tags=["query"])

Question = Annotated[Spec, Body(description="A question of any kind.")]
_FAILURES = (400, 401, 403, 404, 413, 504)
_ERRORS = documented(*_FAILURES)


@router.post("", operation_id="query", response_model=Answer, responses=_ERRORS)
async def query(entry: Reader, spec: Question) -> Response:
    """Answer a question: the result for programs, the view for readers, and where it comes from."""
    answered = await entry.workspace.answers.answer(
        entry.project, entry.opened.store, spec, entry.cohorts(spec)
    )
    return Response(answered.json, media_type="application/json")


@router.post("/people", operation_id="query_people", responses=_ERRORS)
async def query_people(entry: Reader, question: PeopleQuestion) -> Behind:
    """List the people behind a number of an answer; `total` is exactly that number."""
    calendar = calendar_of(entry.project, entry.workspace.clock())
    opened, saved = entry.opened, entry.cohorts(question.spec)

    def find() -> Behind:
        spec, point = question.spec, question.point
        if spec.actor != "person":
            page = (question.limit, question.offset)
            total, lines = actors_behind(opened.store, spec, point, calendar, *page, saved)
            return Behind(total=total, people=[], actors=actor_shapes(lines, opened.browser))
        found = people_behind(opened.store, spec, point, calendar, 0, saved)
        shown = found[question.offset : question.offset + question.limit].tolist()
        people = opened.browser.lines(shown)
        shapes = [person_shape(line) for line in people]
        return Behind(total=len(found), people=shapes, actors=[])

    return await entry.workspace.answers.run(find)


@router.post(
    "/csv",
    operation_id="query_csv",
    response_class=Response,
    responses={
        200: {"content": {"text/csv": {"schema": {"type": "string"}}}},
        **documented(*_FAILURES, json=False),
    },
)
async def query_csv(entry: Reader, spec: Question) -> Response:
    """Answer a question as the rows of its table, in CSV."""
    answered = await entry.workspace.answers.answer(
        entry.project, entry.opened.store, spec, entry.cohorts(spec)
    )
    return Response(
        csv_of(answered.answer.view.table),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{spec.kind}.csv"'},
    )
