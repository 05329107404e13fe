"""Which person each event belongs to, and which persons turn out to be the same.

An id that is new makes a new person. A message that names two ids, a user's and an anonymous one,
joins them: what was done anonymously is then the user's, also in the past. A person who is known
already is never joined to a second user that way: on a shared device the anonymous id stays with
the first who signed in. An alias call says it explicitly and joins any two.

Events are taken one after the other, so cutting the stream into batches elsewhere changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cairn.model.event import Event
from cairn.store.base import Known, Merge, NewPerson, Person

SHARED_IDS = frozenset(
    {
        "null",
        "none",
        "nil",
        "undefined",
        "nan",
        "true",
        "false",
        "anonymous",
        "guest",
        "unknown",
        "not_authenticated",
        "distinct_id",
        "user_id",
        "userid",
        "[object object]",
    }
)
"""Ids that programs send for want of one. They belong to many people, so they join nobody."""

_ALIAS = "$alias"


@dataclass(frozen=True, slots=True)
class Resolution:
    """The people of a batch: of each event, and what the store must learn about them."""

    people: Sequence[Person]
    new_persons: Sequence[NewPerson]
    distinct_ids: Mapping[str, Person]
    known: frozenset[Person]
    merges: Sequence[Merge]
    person_properties: Mapping[Person, Mapping[str, Any]]


@dataclass(slots=True)
class _Party:
    """What this batch knows of one person. Parties that were joined point to their target."""

    distinct_id: str
    created_us: int
    person: Person = -1
    was_known: bool = False
    is_known: bool = False
    sources: list[Person] = field(default_factory=list)
    properties: dict[str, Any] = field(default_factory=dict)
    target: _Party | None = None


def is_shared(distinct_id: str) -> bool:
    """Return whether an id is a placeholder of some program rather than somebody's.

    >>> is_shared("undefined"), is_shared("Guest"), is_shared("u-17")
    (True, True, False)
    """
    return distinct_id.casefold() in SHARED_IDS


def ids_of(events: Sequence[Event]) -> list[str]:
    """Return all ids that the events name, each once."""
    ids = dict.fromkeys(event.distinct_id for event in events)
    ids.update(dict.fromkeys(event.previous_id for event in events if event.previous_id))
    return list(ids)


def resolve(events: Sequence[Event], stored: Mapping[str, Known], person_count: int) -> Resolution:
    """Return the people of the events, given what the store knows of `ids_of(events)`."""
    parties, created = _stored_parties(stored)
    of_event: list[_Party] = []
    for event in events:
        party = _party(parties, created, event.distinct_id, event.time_us)
        if event.is_known and not party.is_known and not is_shared(event.distinct_id):
            party.is_known = True
        if event.previous_id is not None:
            party = _joined(parties, created, party, event)
        if event.person_properties:
            party.properties.update(event.person_properties)
        of_event.append(party)
    return _resolution(of_event, parties, created, stored, person_count)


def _stored_parties(stored: Mapping[str, Known]) -> tuple[dict[str, _Party], list[_Party]]:
    by_person: dict[Person, _Party] = {}
    parties: dict[str, _Party] = {}
    for distinct_id, known in stored.items():
        party = by_person.get(known.person)
        if party is None:
            party = by_person[known.person] = _Party(
                distinct_id, 0, known.person, known.is_known, known.is_known
            )
        parties[distinct_id] = party
    return parties, list(by_person.values())


def _party(
    parties: dict[str, _Party], created: list[_Party], distinct_id: str, time_us: int
) -> _Party:
    party = parties.get(distinct_id)
    if party is None:
        party = parties[distinct_id] = _Party(distinct_id, time_us)
        created.append(party)
        return party
    return _final(party)


def _final(party: _Party) -> _Party:
    while party.target is not None:
        party = party.target
    return party


def _joined(
    parties: dict[str, _Party], created: list[_Party], party: _Party, event: Event
) -> _Party:
    previous_id = event.previous_id
    assert previous_id is not None
    if is_shared(previous_id) or is_shared(event.distinct_id):
        return party
    if previous_id not in parties:
        parties[previous_id] = party
        return party
    other = _final(parties[previous_id])
    if other is party or (other.is_known and event.event != _ALIAS):
        return party
    _join(source=other, target=party)
    return party


def _join(source: _Party, target: _Party) -> None:
    if target.person < 0:
        target.person, target.was_known = source.person, source.was_known
    elif source.person >= 0:
        target.sources.append(source.person)
        target.was_known = target.was_known or source.was_known
    target.sources.extend(source.sources)
    target.is_known = target.is_known or source.is_known
    target.created_us = min(target.created_us, source.created_us)
    target.properties = {**source.properties, **target.properties}
    source.target = target


def _resolution(
    of_event: Sequence[_Party],
    parties: Mapping[str, _Party],
    everyone: Sequence[_Party],
    stored: Mapping[str, Known],
    person_count: int,
) -> Resolution:
    new_persons: list[NewPerson] = []
    merges: list[Merge] = []
    known: list[Person] = []
    properties: dict[Person, Mapping[str, Any]] = {}
    for party in everyone:
        if party.target is not None:
            continue
        if party.person < 0:
            party.person = person_count + len(new_persons)
            new_persons.append(NewPerson(party.person, _uid(party.distinct_id), party.created_us))
        merges.extend(Merge(source, party.person) for source in party.sources)
        if party.is_known and not party.was_known:
            known.append(party.person)
        if party.properties:
            properties[party.person] = party.properties
    return Resolution(
        people=[_final(party).person for party in of_event],
        new_persons=new_persons,
        distinct_ids={
            distinct_id: _final(party).person
            for distinct_id, party in parties.items()
            if distinct_id not in stored
        },
        known=frozenset(known),
        merges=merges,
        person_properties=properties,
    )


def _uid(distinct_id: str) -> str:
    """Return the public name of a person: the same whenever the same id is seen first."""
    return hashlib.blake2b(distinct_id.encode(), digest_size=12).hexdigest()
