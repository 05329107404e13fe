"""A new installation and a new project, with everything they start with."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from cairn.access import keys, members, projects
from cairn.access.caller import Member
from cairn.access.projects import Project, WeekStart
from cairn.core.clock import Clock, system_clock
from cairn.dashboards import shelf
from cairn.dashboards.dashboard import Draft
from cairn.dashboards.starter import default_dashboard
from cairn.store.records.records import Records


@dataclass(frozen=True, slots=True)
class Founded:
    """What `set_up` made: the owner, the first project and its write key."""

    owner: Member
    project: Project
    write_key: str


def set_up(
    records: Records,
    *,
    email: str,
    name: str,
    password: str | None,
    project_name: str,
    timezone: str = "UTC",
    dashboard: Draft | None = None,
    clock: Clock = system_clock,
) -> Founded:
    """Create the owner and the first project; raise Conflict when somebody owns this already.

    Without a password, the owner signs in by link only (`access.links.create_sign_in_link`).
    """
    now_us = clock()
    with records.change() as session:
        owner = members.create_owner(
            session, email=email, name=name, password=password, now_us=now_us
        )
        project, write_key = start_project(
            session,
            name=project_name,
            timezone=timezone,
            dashboard=dashboard,
            actor=owner.email,
            now_us=now_us,
        )
    return Founded(owner, project, write_key)


def start_project(
    session: Session,
    *,
    name: str,
    timezone: str,
    week_start: WeekStart = "sunday",
    dashboard: Draft | None = None,
    actor: str,
    now_us: int,
) -> tuple[Project, str]:
    """Create a project with a write key and a first dashboard; return it and the key."""
    project = projects.create_project(
        session, name=name, timezone=timezone, week_start=week_start, actor=actor, now_us=now_us
    )
    key = keys.create_write_key(session, project.id, name="Default", actor=actor, now_us=now_us)
    shelf.add(session, project.id, dashboard or default_dashboard(), now_us)
    assert key.secret is not None
    return project, key.secret
