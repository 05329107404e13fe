"""The people in a cohort now, and how many were in it at the end of each of the last days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from cairn.cohorts.members import Flagged, Known, Selected, asked_by, persons_of
from cairn.query.cohort import Definition, Listed
from cairn.query.filters import Property
from cairn.query.periods import Calendar, after, floor, local
from cairn.store.base import RelationalStore, SequenceStore

Persons = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Size:
    """How many people were in a cohort at the end of a local day; of today, now."""

    day: date
    people: int


def people_in(
    store: SequenceStore | RelationalStore,
    definition: Definition,
    saved: Known,
    calendar: Calendar,
    threads: int = 0,
) -> Persons:
    """Return the people in a cohort, ascending.

    Raises InvalidInput when a cohort inside it is not known, or a period cannot be read.
    """
    known, persons = asked_by(definition, saved), persons_of(store)
    if isinstance(store, SequenceStore):
        flagged = Flagged(store.snapshot, known, calendar, persons, threads)
        return np.flatnonzero(flagged.of(definition)).astype(np.int32)
    found = store.sql(Selected(store, known, calendar, persons).of(definition))
    return np.sort(found["person"].to_numpy().astype(np.int32))


def sizes(
    store: SequenceStore | RelationalStore,
    definition: Definition,
    saved: Known,
    calendar: Calendar,
    days: int,
    threads: int = 0,
) -> Sequence[Size]:
    """Return the size at the end of each of the last days, and now."""
    tomorrow = after(floor(calendar.now_us, "day", calendar), "day", calendar)
    out = []
    for back in range(days - 1, -1, -1):
        end = min(after(tomorrow, "day", calendar, -back), calendar.now_us)
        then = replace(calendar, now_us=end)
        people = people_in(store, definition, saved, then, threads)
        out.append(Size(local(end - 1, calendar.zone).date(), len(people)))
    return out


def has_a_past(definition: Definition, saved: Known) -> bool:
    """Return whether it is known who was in a cohort: properties and lists are those of today."""
    parts = [definition, *asked_by(definition, saved).values()]
    return not any(_is_of_today(value) for part in parts for value in _values(part))


def _is_of_today(value: Any) -> bool:
    owned = isinstance(value, Property) and value.of in ("person", "account")
    return owned or isinstance(value, Listed)


def _values(part: Any) -> Iterator[Any]:
    """Yield a value and all values inside it."""
    yield part
    if isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _values(getattr(part, name))
    elif isinstance(part, tuple):
        for item in part:
            yield from _values(item)
