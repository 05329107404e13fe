"""Whatever happens to a store, in whatever order, it shows each person's events as they were."""

from __future__ import annotations

import shutil
import tempfile
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cairn.model.event import Event
from cairn.store.base import Batch, Merge, NewPerson
from cairn.store.duckdb import columns, index, store
from cairn.store.duckdb.store import DuckDBStore

from .plain_store import PlainStore, sequences_of, values_of

NAMES = ("a", "b", "c")
PLANS = (None, "free", "pro")
ACCOUNTS = ("acme", "globex")


class StoreHistory(RuleBasedStateMachine):
    """Batches, folds, restarts and lost files, at any moment; limits are small so that all occur."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(index, "FOLD_AT_LEAST", 6)
        self.patch.setattr(columns, "_SLICE", 5)
        self.patch.setattr(store, "_SLICE_ROWS", 5)
        self.patch.setattr(store, "_IDS_SAVED_EVERY", 4)
        self.folder = Path(tempfile.mkdtemp())
        self.numbers = count()
        self.plain = PlainStore()
        self.store = DuckDBStore.open(self.folder, 1)

    def teardown(self) -> None:
        self.store.close()
        self.patch.undo()
        shutil.rmtree(self.folder)

    @rule(data=st.data())
    def a_batch_arrives(self, data: st.DataObject) -> None:
        new = data.draw(st.integers(0, 2), "new persons")
        first = len(self.plain.properties)
        people = [*self.plain.people(), *range(first, first + new)]
        merges = []
        if len(people) > 1 and data.draw(st.integers(0, 3), "merges?") == 0:
            source, target = data.draw(st.permutations(people), "merge")[:2]
            merges.append(Merge(source, target))
        events: list[tuple[int, Event]] = []
        if people:
            events = data.draw(st.lists(self._events(people), max_size=6), "events")
        batch = Batch(
            events=[event for _, event in events],
            people=[person for person, _ in events],
            new_persons=[NewPerson(first + i, f"uid-{first + i}", 0) for i in range(new)],
            distinct_ids={f"id-{first + i}": first + i for i in range(new)},
            merges=merges,
            person_properties={
                p: {"plan": data.draw(st.sampled_from(PLANS), "person's plan")} for p in people[:1]
            },
            account_properties={
                a: {"size": data.draw(st.sampled_from((None, 5, "big")), "size")}
                for a in data.draw(st.sets(st.sampled_from(ACCOUNTS)), "accounts")
            },
        )
        self.store.append(batch)
        self.plain.append(batch)

    @rule()
    def the_index_is_folded(self) -> None:
        self.store.fold()

    @rule(lose=st.sampled_from(("nothing", "index", "columns", "pointer", "ids", "time", "meta")))
    def the_store_is_closed_files_are_lost_and_it_is_opened_again(self, lose: str) -> None:
        self.store.close()
        folder = self.folder / "index"
        if lose == "index":
            shutil.rmtree(folder)
        for pattern in {
            "columns": ["*/columns/*.npy"],
            "pointer": ["current.json"],
            "ids": ["ids.*"],
            "time": ["*/time.npy"],
            "meta": ["*/meta.json"],
        }.get(lose, []):
            for path in folder.glob(pattern):
                path.unlink()
        self.store = DuckDBStore.open(self.folder, 1)

    @invariant()
    def every_person_has_their_events_in_order_of_time_and_arrival(self) -> None:
        assert sequences_of(self.store.snapshot) == self.plain.sequences()
        assert self.store.snapshot.rows == len(self.plain.events)

    @invariant()
    def every_person_and_account_has_its_properties(self) -> None:
        shown = self.store.snapshot
        plans = values_of(shown.columns.person("plan", shown.persons))
        assert [plans[p] for p in self.plain.people()] == [
            self.plain.properties[p].get("plan") for p in self.plain.people()
        ]
        sizes = values_of(shown.columns.account("size", [None, *ACCOUNTS]))
        expected = [self.plain.accounts.get(account, {}).get("size") for account in ACCOUNTS]
        assert sizes == [None, *(None if size is None else str(size) for size in expected)]

    @invariant()
    def ids_that_are_stored_are_known_and_no_others(self) -> None:
        ids = [event.id for _, event in self.plain.events]
        assert self.store.seen([*ids, "never sent"]) == set(ids)
        found = self.store.who([f"id-{p}" for p in range(len(self.plain.properties))])
        assert {key: known.person for key, known in found.items()} == {
            f"id-{p}": self.plain.now(p) for p in range(len(self.plain.properties))
        }

    def _events(self, people: list[int]) -> st.SearchStrategy[tuple[int, Event]]:
        return st.builds(
            self._event,
            st.sampled_from(people),
            st.sampled_from(NAMES),
            st.integers(0, 5),
            st.sampled_from(PLANS),
        )

    def _event(self, person: int, name: str, time_us: int, plan: str | None) -> tuple[int, Event]:
        properties: dict[str, Any] = {} if plan is None else {"plan": plan}
        return person, Event(
            id=f"event-{next(self.numbers)}",
            event=name,
            time_us=time_us,
            received_us=1,
            distinct_id=f"id-{person}",
            properties=properties,
        )


TestHistories = StoreHistory.TestCase
TestHistories.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)
