"""What a data directory holds: the records, and the project that a verb is about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.orm import Session

from cairn.access import keys, projects
from cairn.access.projects import Project
from cairn.core.errors import InvalidInput, NotFound
from cairn.store.records.records import Records


@contextmanager
def records_of(data_dir: Path) -> Iterator[Records]:
    """Open the records of an installation for the block. Raises NotFound when there is none."""
    path = data_dir / "records.sqlite"
    if not path.exists():
        raise NotFound(
            f"there is no Cairn in {data_dir}",
            hint="Start one with `cairn serve` or `cairn demo`, or name the folder with --data-dir.",
        )
    records = Records.open(path)
    try:
        yield records
    finally:
        records.close()


def chosen_project(session: Session, choice: str | None) -> Project:
    """Return the project with this name or id, or the only one there is.

    Raises NotFound, and InvalidInput when there are several to choose from.
    """
    found = projects.all_projects(session)
    if not found:
        raise NotFound(
            "there is no project yet", hint="Open the page of `cairn serve`, which creates one."
        )
    matching = [one for one in found if choice is None or choice in (one.id, one.name)]
    if len(matching) == 1:
        return matching[0]
    known = ", ".join(f"{one.name!r} ({one.id})" for one in found)
    if not matching:
        raise NotFound(f"there is no project {choice!r}", hint=f"There are: {known}.")
    raise InvalidInput(
        "there are several projects"
        if choice is None
        else f"several projects have the name {choice!r}",
        hint=f"Say which one with --project: {known}.",
    )


def write_key_of(session: Session, project: Project) -> str:
    """Return a write key of a project. Raises NotFound when it has none."""
    for key in keys.keys_of(session, project.id):
        if key.kind == "write" and key.secret is not None:
            return key.secret
    raise NotFound(
        f"the project {project.name!r} has no write key",
        hint="Make one on the project's settings page.",
    )
