"""What the API works on: the records, and an open store for each project."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from cairn.access.sessions import SignIn
from cairn.api.answers import Answers
from cairn.collect.live import Live
from cairn.core.clock import Clock
from cairn.core.settings import Settings
from cairn.store.base import RelationalStore, SequenceStore
from cairn.store.browse import Browser
from cairn.store.export import Exporter
from cairn.store.records.records import Records
from cairn.store.sql import Sql


@dataclass(frozen=True, slots=True)
class OpenProject:
    """A project's events, open for questions while its loader brings in more."""

    store: SequenceStore
    browser: Browser
    exporter: Exporter
    sql: Sql
    relation: RelationalStore
    live: Live
    spool_lag_bytes: Callable[[], int]
    events_loaded: Callable[[], int]
    duplicates_dropped: Callable[[], int]
    events_rejected: Callable[[], int]


class Workspace(Protocol):
    """Everything the API needs of the running server."""

    settings: Settings
    clock: Clock
    records: Records
    sign_in: SignIn
    answers: Answers

    def opened(self, project_id: str) -> OpenProject:
        """Return the project's store, opening it first when it is new. Raises NotFound."""

    def all_opened(self) -> Mapping[str, OpenProject]:
        """Return every project that is open, by its id."""

    def check(self) -> int:
        """Return how many projects are open, or raise Unavailable when one does not answer."""
