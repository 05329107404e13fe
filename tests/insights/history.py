"""What happened in a project, told three times: to a plain list and to each store.

A history is a series of deliveries. Events arrive late and at equal times, people turn out to be
someone else, properties change, and the index is folded at any moment.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from cairn.model.event import Event
from cairn.model.values import canonical, text_of
from cairn.query.filters import Property
from cairn.store.base import Batch, Merge, NewPerson
from cairn.store.clickhouse.store import ClickHouseStore
from cairn.store.duckdb.store import DuckDBStore


@dataclass(frozen=True)
class Happening:
    """An event as it arrives: who, what, when, and with which properties and other context."""

    person: int
    event: str
    time_us: int
    properties: Mapping[str, Any] = field(default_factory=dict)
    account: str | None = None
    country: str | None = None
    session: str | None = None
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Delivery:
    """What arrives together; `merges` are pairs of (who it was, who it is)."""

    happenings: Sequence[Happening] = ()
    merges: Sequence[tuple[int, int]] = ()
    person_properties: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    account_properties: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    folds: bool = False


Row = tuple[int, str, int] | tuple[int, str, int, Mapping[str, Any]]
"""An event in a table of a test: person, name, time, and perhaps properties."""


def arriving(rows: Sequence[Row], since_us: int) -> Delivery:
    """Return a delivery of rows whose times count from an instant."""
    return Delivery(
        [
            Happening(row[0], row[1], since_us + row[2], row[3] if len(row) == 4 else {})
            for row in rows
        ]
    )


@dataclass(frozen=True)
class Act:
    """An event as questions see it in the end: every property as text, the person after merges."""

    person: int
    event: str
    time_us: int
    arrival: int
    texts: Mapping[Property, str]

    def text(self, prop: Property) -> str | None:
        """Return a property as text, None when it is missing."""
        return self.texts.get(prop)


@dataclass
class _Told:
    """The state of a project after some deliveries, in plain Python."""

    happenings: list[Happening] = field(default_factory=list)
    now: dict[int, int] = field(default_factory=dict)
    people: dict[int, dict[str, Any]] = field(default_factory=dict)
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def who(self, person: int) -> int:
        """Return whom a person turned out to be."""
        while person in self.now:
            person = self.now[person]
        return person

    def hear(self, delivery: Delivery) -> Batch:
        """Take a delivery in and return the batch that tells it to a store."""
        named = [h.person for h in delivery.happenings]
        named += [person for pair in delivery.merges for person in pair]
        named += list(delivery.person_properties)
        new = range(len(self.people), max([*named, -1]) + 1)
        self.people |= {person: {} for person in new}
        people = [self.who(h.person) for h in delivery.happenings]
        merges = []
        for source, target in delivery.merges:
            source, target = self.who(source), self.who(target)
            if source != target:
                merges.append(Merge(source, target))
                self.now[source] = target
                self.people[target] = {**self.people[source], **self.people[target]}
        patches: dict[int, dict[str, Any]] = {}
        for person, patch in delivery.person_properties.items():
            patches.setdefault(self.who(person), {}).update(canonical(dict(patch)))
        for person, patch in patches.items():
            self.people[person].update(patch)
        for account, patch in delivery.account_properties.items():
            self.accounts.setdefault(account, {}).update(canonical(dict(patch)))
        first = len(self.happenings)
        self.happenings += delivery.happenings
        return Batch(
            events=[
                Event(
                    id=str(first + i),
                    event=h.event,
                    time_us=h.time_us,
                    received_us=h.time_us,
                    distinct_id=str(h.person),
                    account=h.account,
                    country=h.country,
                    session=h.session,
                    properties=canonical(dict(h.properties)),
                    **h.context,
                )
                for i, h in enumerate(delivery.happenings)
            ],
            people=people,
            new_persons=[NewPerson(person, f"uid-{person}", 0) for person in new],
            merges=merges,
            person_properties=patches,
            account_properties={
                account: canonical(dict(patch))
                for account, patch in delivery.account_properties.items()
            },
        )

    def acts(self) -> list[Act]:
        """Return every event as it is now, in order of time, then arrival."""
        acts = []
        for arrival, h in enumerate(self.happenings):
            person = self.who(h.person)
            owned: dict[tuple[str, str], Any] = {
                ("event", "$account"): h.account,
                ("event", "$country"): h.country,
                ("event", "$session"): h.session,
                ("event", "$event"): h.event,
            }
            owned |= {("event", f"${name}"): value for name, value in h.context.items()}
            owned |= {("event", name): value for name, value in h.properties.items()}
            owned |= {("person", name): v for name, v in self.people[person].items()}
            account = self.accounts.get(h.account or "", {})
            owned |= {("account", name): value for name, value in account.items()}
            texts = {}
            for (of, name), value in owned.items():
                text = text_of(value)
                if text is not None:
                    texts[Property.model_validate({"of": of, "name": name})] = text
            acts.append(Act(person, h.event, h.time_us, arrival, texts))
        return sorted(acts, key=lambda act: (act.time_us, act.arrival))


_databases = count()
_IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Where writing is quick; these tests are not about what a crash leaves."""


def acts_of(history: Sequence[Delivery]) -> list[Act]:
    """Return every event of a history as it is in the end, in order."""
    told = _Told()
    for delivery in history:
        told.hear(delivery)
    return told.acts()


@contextmanager
def in_duckdb(history: Sequence[Delivery]) -> Iterator[DuckDBStore]:
    """Tell a history to an embedded store, folding its index where the history says so."""
    folder = Path(tempfile.mkdtemp(prefix="history-", dir=_IN_MEMORY))
    store = DuckDBStore.open(folder, 1)
    try:
        told = _Told()
        for delivery in history:
            store.append(told.hear(delivery))
            if delivery.folds:
                store.fold()
        yield store
    finally:
        store.close()
        shutil.rmtree(folder)


@contextmanager
def in_clickhouse(history: Sequence[Delivery]) -> Iterator[ClickHouseStore]:
    """Tell a history to ClickHouse, in this process."""
    store = ClickHouseStore.open("chdb://memory", f"history_{next(_databases)}")
    try:
        told = _Told()
        for delivery in history:
            store.append(told.hear(delivery))
        yield store
    finally:
        store.close()
