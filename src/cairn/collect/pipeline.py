"""What happens to events between the spool and the store, as a list of steps.

A turn of the loader starts with the records it found and walks the steps in order. Each step takes
the turn and what the store knows already, and returns the turn with its part done; none of them
writes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from cairn.collect.device import Device, device_of
from cairn.collect.spool import Damage, Record
from cairn.collect.wire import WIRES
from cairn.core.clock import MICROSECONDS
from cairn.identity.resolve import Resolution, ids_of, resolve
from cairn.model.event import Event, Rejection
from cairn.model.values import canonical
from cairn.store.base import Batch, Known, Person, SpoolOffset

NAME_LIMIT = 200
"""Characters of an event's name and of an id."""

PROPERTIES_LIMIT = 1_000
"""Properties of one event, person or account in one message."""

DEPTH_LIMIT = 32
"""How deep values may be nested inside a property."""

AHEAD_LIMIT_US = 86_400 * MICROSECONDS
"""How far ahead of the server's clock an event may be before its time of arrival is used."""

_LARGEST_INTEGER = 2**64 - 1
_SHOWN_CHARACTERS = 32 << 10


class Past(Protocol):
    """What the steps ask the store."""

    def seen(self, ids: Sequence[str]) -> set[str]:
        """Return those of the event ids that are stored already."""

    def who(self, distinct_ids: Sequence[str]) -> dict[str, Known]:
        """Return the person behind each distinct id that is known."""

    def person_count(self) -> int:
        """Return how many person numbers are taken."""


@dataclass(slots=True)
class Turn:
    """What one turn of the loader has in hand. Each step fills its part."""

    found: Sequence[Record | Damage]
    now_us: int
    events: list[Event] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    duplicates: int = 0
    stored: Mapping[str, Known] = field(default_factory=dict)
    resolution: Resolution | None = None
    account_properties: dict[str, dict[str, Any]] = field(default_factory=dict)
    person_accounts: dict[Person, str] = field(default_factory=dict)


Step = Callable[[Turn, Past], Turn]


def read(turn: Turn, past: Past) -> Turn:
    """Read each record by its wire format. Damaged bytes become rejections, never silence."""
    wires = {wire.name: wire for wire in WIRES}
    for found in turn.found:
        if isinstance(found, Damage):
            turn.rejections.append(_damaged(found, turn.now_us))
            continue
        name, _, call = found.kind.partition("/")
        if name in wires:
            reading = wires[name].read(call, found.body, found.received_us)
            turn.events.extend(reading.events)
            turn.rejections.extend(reading.rejections)
        else:
            turn.rejections.append(
                Rejection(
                    received_us=found.received_us,
                    reason=f"the wire format {name!r} is not known",
                    hint="Was the spool written by a newer version of Cairn? Start that version.",
                    payload=found.body.decode("utf-8", "replace"),
                )
            )
    return turn


def keep_limits(turn: Turn, past: Past) -> Turn:
    """Bring values to the form in which they are stored, and reject what is beyond the limits."""
    kept: list[Event] = []
    for event in turn.events:
        problem = _problem(event)
        if problem:
            turn.rejections.append(_refused(event, *problem))
        else:
            kept.append(event)
    turn.events = kept
    return turn


def keep_time(turn: Turn, past: Past) -> Turn:
    """Give events from the future the time at which they arrived; reject those before 1970."""
    kept: list[Event] = []
    for event in turn.events:
        if event.time_us > event.received_us + AHEAD_LIMIT_US:
            event.time_us = event.received_us
        if event.time_us < 0:
            hint = "Is the timestamp in the unit and format that the library expects?"
            turn.rejections.append(_refused(event, "the event is from before 1970", hint))
        else:
            kept.append(event)
    turn.events = kept
    return turn


def describe_device(turn: Turn, past: Past) -> Turn:
    """Read operating system, browser and device from the user agent, which is not kept."""
    for event in turn.events:
        agent = event.properties.pop("$user_agent", None)
        if isinstance(agent, str):
            device: Device = device_of(agent)
            event.os = event.os or device.os
            event.browser = event.browser or device.browser
            event.device = event.device or device.device
    return turn


def drop_duplicates(turn: Turn, past: Past) -> Turn:
    """Keep the first event of each id, as clients send again what they saw no answer to."""
    unique = {event.id: event for event in reversed(turn.events)}
    stored = past.seen(list(unique))
    if len(unique) < len(turn.events) or stored:
        first = [
            event for event in turn.events if unique[event.id] is event and event.id not in stored
        ]
        turn.duplicates = len(turn.events) - len(first)
        turn.events = first
    return turn


def identify(turn: Turn, past: Past) -> Turn:
    """Find each event's person, and which persons turn out to be the same."""
    turn.stored = past.who(ids_of(turn.events))
    turn.resolution = resolve(turn.events, turn.stored, past.person_count())
    return turn


def attribute_accounts(turn: Turn, past: Past) -> Turn:
    """Put people into accounts on group calls, and give their events the account they are in."""
    people = turn.resolution.people if turn.resolution else ()
    current: dict[Person, str | None] = {}
    for event, person in zip(turn.events, people, strict=True):
        if event.event == "$group" and event.account is not None:
            current[person] = turn.person_accounts[person] = event.account
            known = turn.account_properties.setdefault(event.account, {})
            known.update(event.account_properties or {})
        elif event.account is None:
            if person not in current:
                known_id = turn.stored.get(event.distinct_id)
                current[person] = known_id.account if known_id else None
            event.account = current[person]
    return turn


STEPS: tuple[Step, ...] = (
    read,
    keep_limits,
    keep_time,
    describe_device,
    drop_duplicates,
    identify,
    attribute_accounts,
)


def walk(turn: Turn, past: Past) -> Turn:
    """Walk all steps."""
    for step in STEPS:
        turn = step(turn, past)
    return turn


def batch_of(turn: Turn, offsets: Sequence[SpoolOffset]) -> Batch:
    """Return what the store must write after the last step."""
    resolution = turn.resolution
    if resolution is None:
        return Batch(rejections=turn.rejections, offsets=offsets)
    return Batch(
        events=turn.events,
        people=resolution.people,
        new_persons=resolution.new_persons,
        distinct_ids=resolution.distinct_ids,
        known=resolution.known,
        merges=resolution.merges,
        person_properties=resolution.person_properties,
        account_properties=turn.account_properties,
        person_accounts=turn.person_accounts,
        rejections=turn.rejections,
        offsets=offsets,
    )


def _problem(event: Event) -> tuple[str, str] | None:
    """Return why an event cannot be stored, with a hint; otherwise make its values canonical."""
    for what, text in (
        ("event name", event.event),
        ("person's id", event.distinct_id),
        ("previous id", event.previous_id),
        ("account's id", event.account),
        ("message id", event.id),
    ):
        if text is not None and len(text) > NAME_LIMIT:
            return (
                f"the {what} has {len(text)} characters, more than {NAME_LIMIT}",
                "Put long texts into properties.",
            )
    try:
        event.properties = _canonical(event.properties)
        if event.person_properties:
            event.person_properties = _canonical(dict(event.person_properties))
        if event.account_properties:
            event.account_properties = _canonical(dict(event.account_properties))
    except _BeyondLimitsError as error:
        return str(error), "Send fewer or flatter properties."
    return None


class _BeyondLimitsError(Exception):
    """Properties that are too many or too deep."""


def _canonical(properties: dict[str, Any]) -> dict[str, Any]:
    if len(properties) > PROPERTIES_LIMIT:
        raise _BeyondLimitsError(
            f"the event has {len(properties)} properties, more than {PROPERTIES_LIMIT}"
        )
    result = {}
    for name, value in properties.items():
        kind = type(value)
        if kind is dict or kind is list:
            if not _is_flat(value, DEPTH_LIMIT):
                raise _BeyondLimitsError(
                    f"the property {name[:60]!r} is nested deeper than {DEPTH_LIMIT} levels"
                )
            value = canonical(value)
        elif kind is float:
            value = canonical(value)
        elif kind is int and not -_LARGEST_INTEGER <= value <= _LARGEST_INTEGER:
            value = str(value)
        result[name] = value
    return result


def _is_flat(value: Any, depth: int) -> bool:
    if depth < 0:
        return False
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return True
    return all(_is_flat(inner, depth - 1) for inner in value)


def _refused(event: Event, reason: str, hint: str) -> Rejection:
    properties = str(event.properties)[: _SHOWN_CHARACTERS // 2]
    payload = (
        f"id {event.id[:NAME_LIMIT]!r}, event {event.event[:NAME_LIMIT]!r}, "
        f"person {event.distinct_id[:NAME_LIMIT]!r}, properties {properties}"
    )
    return Rejection(received_us=event.received_us, reason=reason, hint=hint, payload=payload)


def _damaged(damage: Damage, now_us: int) -> Rejection:
    return Rejection(
        received_us=now_us,
        reason=f"bytes {damage.first} to {damage.last} of spool segment {damage.segment} "
        "are damaged",
        hint="The machine stopped while writing, or the disk changed them. Requests that were not "
        "yet acknowledged are sent again by their clients; otherwise check the disk.",
        payload=damage.content[:_SHOWN_CHARACTERS].decode("utf-8", "replace"),
    )
