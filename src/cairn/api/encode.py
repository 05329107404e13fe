"""Frozen values to the shapes of the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cairn.access.caller import Member
from cairn.access.keys import Key
from cairn.access.projects import Project
from cairn.api.shapes import (
    ActorShape,
    KeyShape,
    MemberShape,
    PersonDetail,
    PersonEventShape,
    PersonShape,
    ProjectShape,
    SessionShape,
)
from cairn.core.clock import moment
from cairn.model.actor import Told
from cairn.store.browse import Browser, PersonLine, PersonPage

_NAMING = ("name", "full_name", "fullName", "username", "email")


def member_shape(member: Member) -> MemberShape:
    """Return a member as JSON."""
    return MemberShape(id=member.id, email=member.email, name=member.name, role=member.role)


def project_shape(project: Project) -> ProjectShape:
    """Return a project as JSON."""
    return ProjectShape(
        id=project.id,
        name=project.name,
        timezone=project.timezone,
        week_start=project.week_start,
        created_at=moment(project.created_us),
    )


def key_shape(key: Key) -> KeyShape:
    """Return a key as JSON."""
    return KeyShape(
        id=key.id,
        kind=key.kind,
        name=key.name,
        scopes=list(key.scopes),
        prefix=key.prefix,
        created_at=moment(key.created_us),
        last_used_at=None if key.last_used_us is None else moment(key.last_used_us),
        secret=key.secret,
    )


def person_shape(line: PersonLine) -> PersonShape:
    """Return a person of a list as JSON."""
    return PersonShape(
        id=line.uid,
        name=best_name(line.properties, line.distinct_ids, line.uid),
        distinct_ids=list(line.distinct_ids),
        properties=dict(line.properties),
        first_seen=moment(line.first_us),
        last_seen=moment(line.last_us),
        events=line.events,
    )


def person_detail(page: PersonPage) -> PersonDetail:
    """Return a person's page as JSON."""
    line = page.line
    return PersonDetail(
        id=line.uid,
        name=best_name(line.properties, line.distinct_ids, line.uid),
        distinct_ids=list(line.distinct_ids),
        properties=dict(line.properties),
        accounts=[] if line.account is None else [line.account],
        first_seen=moment(line.first_us),
        last_seen=moment(line.last_us),
        events=line.events,
        sessions=[
            SessionShape(
                start=moment(visit.start_us),
                end=moment(visit.end_us),
                events=[
                    PersonEventShape(
                        id=event.id,
                        event=event.event,
                        time=moment(event.time_us),
                        properties=dict(event.properties),
                    )
                    for event in visit.events
                ],
            )
            for visit in page.visits
        ],
        more=page.more,
    )


def actor_shapes(lines: Sequence[Told], browser: Browser) -> list[ActorShape]:
    """Return sessions or accounts as JSON."""
    persons = sorted({line.person for line in lines if line.person is not None})
    known = dict(zip(persons, map(person_shape, browser.lines(persons)), strict=True))
    shapes = []
    for line in lines:
        person = known.get(line.person) if line.person is not None else None
        shapes.append(
            ActorShape(
                name=person.name if person else line.name or "",
                person_id=person.id if person else None,
                first_seen=moment(line.start_us),
                last_seen=moment(line.end_us),
                events=line.events,
            )
        )
    return shapes


def best_name(properties: Mapping[str, Any], distinct_ids: Sequence[str], uid: str) -> str:
    """Return what to call a person: their name, e-mail address, or one of their ids.

    >>> best_name({"email": "ada@example.org"}, ("u-1",), "x")
    'ada@example.org'
    >>> best_name({}, ("u-1", "anonymous-7"), "x")
    'u-1'
    """
    for name in _NAMING:
        value = properties.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return distinct_ids[0] if distinct_ids else uid
