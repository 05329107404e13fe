"""Sessions found among people's events, and what a question asks of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.insights.sessions.spec import SessionsSpec
from cairn.model.event import PAGE_EVENT, SCREEN_EVENT
from cairn.query.actors import number_sessions
from cairn.query.filters import Property, Selector
from cairn.query.periods import Span
from cairn.query.picking import compiled
from cairn.query.sequences import EVENT_NAME, Matches
from cairn.store.snapshot import Codes, Flags, Ints

EVENTS = (Selector(), Selector(event=PAGE_EVENT), Selector(event=SCREEN_EVENT))
SESSION = Property(name="$session")
ALWAYS = Span(-(2**62), 2**62)
"""Sessions are found among all events, because one may begin before the period or end after it."""

_PAGE = np.uint32(0b110)


@dataclass(frozen=True, slots=True)
class Visits:
    """Sessions, one per place: whose it is, when it begins, how long it takes, and so on.

    `code` is the value that divides the answer, 0 for missing.
    """

    person: NDArray[np.int32]
    begin_us: Ints
    length_us: Ints
    events: Ints
    bounced: Flags
    code: Codes

    def only(self, chosen: Any) -> Visits:
        """Return some of them."""
        return Visits(*(getattr(self, field.name)[chosen] for field in fields(self)))


def divider_of(spec: SessionsSpec) -> Property | None:
    """Return the property whose value on a session's first or last event divides the answer."""
    if spec.measure in ("entries", "exits"):
        return spec.by or EVENT_NAME
    return spec.breakdown


def found(spec: SessionsSpec, matches: Matches, span: Span) -> Visits:
    """Return the sessions of a chunk that begin in the span.

    Matches carry the codes of the client's session, then those of the divider if there is one.
    """
    room = len(matches.time)
    first = np.zeros(len(matches.offsets), np.int64)
    session = np.empty(room, np.int64)
    n = number_sessions(
        matches.offsets, np.zeros(room, np.uint32), np.zeros(1, np.bool_), matches.time,
        matches.codes[0], spec.pause_seconds * 1_000_000, np.empty(room, np.int64), first, session,
        np.zeros(matches.persons, np.bool_),
    )  # fmt: skip
    entry, exit = np.full(n, -1, np.int64), np.empty(n, np.int64)
    events, pages = np.zeros(n, np.int64), np.zeros(n, np.int64)
    _describe(session, (matches.mask & _PAGE) != 0, entry, exit, events, pages)
    person = np.repeat(np.arange(matches.persons, dtype=np.int32), np.diff(first))
    begin, length = matches.time[entry], matches.time[exit] - matches.time[entry]
    at = exit if spec.measure == "exits" else entry
    visits = Visits(
        person=person + np.int32(matches.first_person),
        begin_us=begin,
        length_us=length,
        events=events,
        bounced=(pages == 1) & (length < spec.bounce_seconds * 1_000_000),
        code=matches.codes[1][at] if len(matches.codes) > 1 else np.zeros(n, np.uint32),
    )
    return visits.only((begin >= span.start_us) & (begin < span.end_us))


def joined(parts: Sequence[Visits]) -> Visits:
    """Return all sessions."""
    return Visits(
        *(np.concatenate([getattr(p, field.name) for p in parts]) for field in fields(Visits))
    )


@compiled
def _describe(session: Any, page: Any, entry: Any, exit: Any, events: Any, pages: Any) -> None:
    """Write the first and last event of each session, and count its events and pages."""
    for i in range(len(session)):
        s = session[i]
        if entry[s] < 0:
            entry[s] = i
        exit[s] = i
        events[s] += 1
        pages[s] += page[i]
