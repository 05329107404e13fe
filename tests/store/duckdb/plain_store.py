"""What a store must hold, told by lists and dictionaries, and how a snapshot reads as the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cairn.model.event import Event
from cairn.store.base import Batch
from cairn.store.snapshot import Column, Lookup, Snapshot

Line = tuple[int, int, str, str | None]
"""An event as a person's sequence shows it: time, arrival, name, and the value of `plan`."""


@dataclass
class PlainStore:
    """Events in order of arrival, and whom each person turned out to be."""

    events: list[tuple[int, Event]] = field(default_factory=list)
    became: dict[int, int] = field(default_factory=dict)
    properties: list[dict[str, Any]] = field(default_factory=list)
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def append(self, batch: Batch) -> None:
        """Take in a batch."""
        self.properties += [{} for _ in batch.new_persons]
        for merge in batch.merges:
            self.became[merge.source] = merge.target
            merged = {**self.properties[merge.source], **self.properties[merge.target]}
            self.properties[merge.target] = merged
        for person, patch in batch.person_properties.items():
            _patch(self.properties[self.now(person)], patch)
        for account, patch in batch.account_properties.items():
            _patch(self.accounts.setdefault(account, {}), patch)
        self.events += zip(batch.people, batch.events, strict=True)

    def now(self, person: int) -> int:
        """Return whom a person turned out to be."""
        while person in self.became:
            person = self.became[person]
        return person

    def people(self) -> list[int]:
        """Return everyone who was not merged into another."""
        return [p for p in range(len(self.properties)) if p not in self.became]

    def sequences(self) -> dict[int, list[Line]]:
        """Return each person's events by time, then arrival."""
        lines: dict[int, list[Line]] = {}
        for arrival, (person, event) in enumerate(self.events):
            line = (event.time_us, arrival, event.event, event.properties.get("plan"))
            lines.setdefault(self.now(person), []).append(line)
        return {person: sorted(of_person) for person, of_person in lines.items()}


def sequences_of(snapshot: Snapshot) -> dict[int, list[Line]]:
    """Read every person's events from a snapshot: their stretch of both runs, merged."""
    names = {code: name for name, code in snapshot.codes.items()}
    column = snapshot.columns.event("plan", snapshot.rows - len(snapshot.base))
    lines: dict[int, list[Line]] = {}
    for run, is_base in ((snapshot.base, True), (snapshot.recent, False)):
        for person in range(len(run.start) - 1):
            if is_base and snapshot.moved[person]:
                continue
            places = range(int(run.start[person]), int(run.start[person + 1]))
            found: list[Line] = [
                (
                    int(run.time[k]),
                    int(run.row[k]),
                    names[int(run.event[k])],
                    value_at(column, k if is_base else int(run.position[k])),
                )
                for k in places
            ]
            assert found == sorted(found), f"person {person} is out of order"
            if found:
                lines[person] = sorted(lines.get(person, []) + found)
    return lines


def value_at(column: Column, position: int) -> str | None:
    """Return the value of the event at a position."""
    inside = position < len(column.base)
    code = column.base[position] if inside else column.recent[position - len(column.base)]
    return column.values[int(code)]


def values_of(lookup: Lookup) -> list[str | None]:
    """Return everyone's value."""
    return [lookup.values[int(code)] for code in lookup.codes]


def _patch(properties: dict[str, Any], patch: Mapping[str, Any]) -> None:
    properties.update(patch)
    for key in [key for key, value in properties.items() if value is None]:
        del properties[key]
