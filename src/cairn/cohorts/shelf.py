"""Keeping a project's cohorts in the records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from cairn.access import audit
from cairn.cohorts.cohort import Cohort, Draft, Edit, Label
from cairn.cohorts.members import Known, asked_by
from cairn.core.clock import moment
from cairn.core.errors import Conflict, InvalidInput, NotFound, TooLarge
from cairn.query.cohort import Definition, Listed, cohorts_in
from cairn.query.filters import InCohort
from cairn.store.records.records import new_id
from cairn.store.records.tables import CohortRow, DashboardRow

MOST_PEOPLE = 200_000
"""How many ids a static cohort holds at most."""

_definition: TypeAdapter[Definition] = TypeAdapter(Definition)


def all_cohorts(session: Session, project_id: str) -> Sequence[Cohort]:
    """Return the cohorts of a project, oldest first."""
    return [_cohort(row) for row in _rows(session, project_id)]


def cohort(session: Session, project_id: str, cohort_id: str) -> Cohort:
    """Return a cohort, or raise NotFound."""
    return _cohort(_row(session, project_id, cohort_id))


def known_to(session: Session, project_id: str, part: BaseModel) -> Known:
    """Return the saved cohorts that a question or a definition asks for, with those inside them."""
    found: dict[str, Definition] = {}
    waiting = [name for name, described in cohorts_in(part) if described is None]
    while waiting:
        row = session.get(CohortRow, waiting.pop())
        if row is not None and row.project_id == project_id and row.id not in found:
            found[row.id] = _described(row)
            waiting += [name for name, described in cohorts_in(found[row.id]) if described is None]
    return found


def add(session: Session, project_id: str, draft: Draft, now_us: int) -> Cohort:
    """Keep a new cohort. Raises InvalidInput when it is made of one that does not exist."""
    asked_by(draft.definition, known_to(session, project_id, draft.definition))
    row = _new(project_id, draft, now_us)
    row.definition = _stored(draft.definition)
    session.add(row)
    return _cohort(row)


def add_static(
    session: Session,
    project_id: str,
    label: Label,
    ids: Sequence[str],
    origin: dict[str, Any],
    now_us: int,
) -> Cohort:
    """Keep a list of distinct ids as a cohort. Raises TooLarge when there are more than 200,000."""
    must_fit(len(ids))
    row = _new(project_id, label, now_us)
    row.ids, row.listed, row.origin = list(ids), len(ids), origin
    session.add(row)
    return _cohort(row)


def must_fit(people: int) -> None:
    """Raise TooLarge when so many people are more than a static cohort holds."""
    if people > MOST_PEOPLE:
        raise TooLarge(
            f"{people:,} people are more than the {MOST_PEOPLE:,} that a static cohort holds",
            hint="Describe them by what they did, or list fewer.",
        )


def duplicate(session: Session, project_id: str, cohort_id: str, now_us: int) -> Cohort:
    """Keep a copy of a cohort under a name of its own."""
    row = _row(session, project_id, cohort_id)
    name = f"Copy of {row.name}"[:200]
    copy = _new(project_id, Label(name=name, description=row.description), now_us)
    copy.definition, copy.ids = row.definition, row.ids
    copy.listed, copy.origin = row.listed, row.origin
    session.add(copy)
    return _cohort(copy)


def change(session: Session, project_id: str, cohort_id: str, edit: Edit, now_us: int) -> Cohort:
    """Replace what a cohort is.

    Raises Conflict when it was changed since `edit.revision`, InvalidInput when it would be part of
    itself, or is static and gets a definition, or is not and gets none.
    """
    row = _row(session, project_id, cohort_id)
    if row.revision != edit.revision:
        raise Conflict(
            f"the cohort is at revision {row.revision}, and this change was made from "
            f"revision {edit.revision}",
            hint="Load the cohort again and repeat the change on what is there now.",
        )
    if (row.definition is None) != (edit.definition is None):
        raise InvalidInput(
            f"the cohort '{row.name}' is static: its people stay as they are"
            if row.definition is None
            else f"the cohort '{row.name}' needs a definition",
            hint="Make a new cohort, or change only the name and the description.",
        )
    if edit.definition is not None:
        changed = InCohort(cohort=row.id)
        known = known_to(session, project_id, edit.definition)
        asked_by(changed, {**known, row.id: edit.definition})
        row.definition = _stored(edit.definition)
    row.name, row.description = edit.name, edit.description
    row.revision += 1
    row.updated_us = now_us
    return _cohort(row)


def used_by(session: Session, project_id: str, cohort_id: str) -> Sequence[str]:
    """Return what asks for a cohort, in words."""
    cohorts = [
        f"the cohort '{row.name}'"
        for row in _rows(session, project_id)
        if row.id != cohort_id and _mentions(row.definition, cohort_id)
    ]
    boards = session.scalars(select(DashboardRow).where(DashboardRow.project_id == project_id))
    return [
        *cohorts,
        *(f"the dashboard '{row.name}'" for row in boards if _mentions(row.tiles, cohort_id)),
    ]


def remove(
    session: Session,
    project_id: str,
    cohort_id: str,
    actor: str,
    now_us: int,
    *,
    although_used: bool,
) -> None:
    """Delete a cohort; the audit log keeps what it was.

    Raises NotFound, or Conflict when others ask for it, unless that is meant.
    """
    row = _row(session, project_id, cohort_id)
    users = used_by(session, project_id, cohort_id)
    if users and not although_used:
        raise Conflict(
            f"the cohort '{row.name}' is used by {', '.join(users)}",
            hint="Change those first, or delete it anyway with although_used=true.",
        )
    audit.note(
        session, now_us, actor, "cohort.deleted", row.id,
        name=row.name, definition=row.definition, listed=row.listed, used_by=list(users),
    )  # fmt: skip
    session.delete(row)


def _rows(session: Session, project_id: str) -> Sequence[CohortRow]:
    found = select(CohortRow).where(CohortRow.project_id == project_id)
    return session.scalars(found.order_by(CohortRow.created_us, CohortRow.id)).all()


def _row(session: Session, project_id: str, cohort_id: str) -> CohortRow:
    row = session.get(CohortRow, cohort_id)
    if row is None or row.project_id != project_id:
        raise NotFound(
            f"there is no cohort '{cohort_id}' in this project",
            hint=f"GET /api/projects/{project_id}/cohorts lists the cohorts.",
        )
    return row


def _new(project_id: str, label: Label, now_us: int) -> CohortRow:
    return CohortRow(
        id=new_id(),
        project_id=project_id,
        name=label.name,
        description=label.description,
        definition=None,
        ids=None,
        listed=None,
        origin=None,
        revision=1,
        created_us=now_us,
        updated_us=now_us,
    )


def _mentions(part: Any, cohort_id: str) -> bool:
    """Return whether a stored question or definition names a cohort."""
    if isinstance(part, list):
        return any(_mentions(inner, cohort_id) for inner in part)
    if not isinstance(part, dict):
        return False
    if part.get("cohort") == cohort_id:
        return True
    if part.get("of") == "cohort" and part.get("name") == cohort_id:
        return True
    return any(_mentions(inner, cohort_id) for inner in part.values())


def _stored(definition: Definition) -> dict[str, Any]:
    stored: dict[str, Any] = definition.model_dump(mode="json", by_alias=True)
    return stored


def _described(row: CohortRow) -> Definition:
    """Return a definition of the cohort's people, also of a static one's."""
    if row.definition is None:
        return Listed.model_construct(ids=tuple(row.ids or ()))
    return _definition.validate_python(row.definition)


def _cohort(row: CohortRow) -> Cohort:
    return Cohort(
        id=row.id,
        name=row.name,
        description=row.description,
        kind="static" if row.definition is None else "dynamic",
        definition=None if row.definition is None else _described(row),
        listed=row.listed,
        origin=row.origin,
        revision=row.revision,
        created_at=moment(row.created_us),
        updated_at=moment(row.updated_us),
    )
