"""Events out of DuckDB, slice by slice, so that any number of them needs little memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cairn.model.event import CONTEXT_COLUMNS
from cairn.store.base import EventStore, Person
from cairn.store.export import Exported

_SLICE = 50_000
_CONTEXT = ", ".join(CONTEXT_COLUMNS)
_MAINS = """
chosen AS (
    SELECT seq, person, event, distinct_id, event = '$identify' AND {bare} AS describes
    FROM activity WHERE {where}
),
spoken AS (
    SELECT person, distinct_id, count(*) AS times, bool_or(event = '$identify') AS told,
        max(seq) AS last, max(seq) FILTER (describes) AS described
    FROM chosen GROUP BY ALL
),
mains AS (
    SELECT person, distinct_id AS main, max(described) OVER (PARTITION BY person) AS described
    FROM spoken JOIN (SELECT person, count(*) - 1 AS others FROM distinct_ids GROUP BY person)
        USING (person)
    QUALIFY row_number() OVER (
        PARTITION BY person ORDER BY times >= others DESC, told DESC, last DESC
    ) = 1
)
"""
"""Of the ids of each person, the one that stands for them: one with enough events to name each of
the others, as the user id that joined them has, then one that an identify call gave."""

_LINKS = f"""
WITH {_MAINS},
others AS (
    SELECT person, distinct_id, row_number() OVER (PARTITION BY person ORDER BY distinct_id) AS nth
    FROM distinct_ids JOIN mains USING (person) WHERE distinct_id <> main
),
carriers AS (
    SELECT seq, person,
        row_number() OVER (PARTITION BY person ORDER BY event = '$alias' DESC, seq DESC) AS nth
    FROM chosen JOIN mains USING (person)
    WHERE distinct_id = main AND person IN (SELECT person FROM others)
)
SELECT others.distinct_id AS other, carriers.seq AS seq
FROM others LEFT JOIN carriers USING (person, nth)
"""
_PEOPLE = f"""
WITH {_MAINS}
SELECT person, uid, known, properties, main, described FROM mains JOIN persons USING (person)
"""
_ACCOUNTS = """
SELECT max(seq) AS seq, any_value(accounts.properties) AS properties
FROM activity JOIN accounts USING (account)
WHERE event = '$group' AND {bare} AND {where} GROUP BY account
"""
_BARE = "coalesce(activity.properties::JSON::VARCHAR, '{}') = '{}'"
"""Holds for the events of identify and group calls, and not for track calls of the same name."""


@dataclass(frozen=True, slots=True)
class _Who:
    """A person: the id that stands for them, and the event that tells their properties."""

    uid: str
    known: bool
    main: str
    described: int | None
    properties: str


@dataclass(frozen=True, slots=True)
class _Links:
    """Which event names which other id of its person; `loose` are those that no event can name."""

    people: Mapping[Person, _Who]
    carried: Mapping[int, str]
    loose: frozenset[str]
    accounts: Mapping[int, str]


class DuckDBExporter:
    """Gives out the events of one project. Safe from any thread."""

    def __init__(self, store: EventStore) -> None:
        """Give out the events of a store."""
        self._store = store

    def count(self, start_us: int | None, end_us: int | None, names: Sequence[str]) -> int:
        """Return how many events there are within the bounds, and of these names if any."""
        where, given = _where(start_us, end_us, names)
        found = self._store.sql(f"SELECT count(*) FROM activity WHERE {where}", given)
        return int(found.column(0)[0].as_py())

    def events(
        self, start_us: int | None, end_us: int | None, names: Sequence[str]
    ) -> Iterator[Exported]:
        """Yield them in order of arrival. The end is excluded."""
        where, given = _where(start_us, end_us, names)
        last = self._store.sql("SELECT max(seq) FROM events").column(0)[0].as_py()
        if last is None:
            return
        where = f"seq <= {int(last)} AND {where}"
        links = self._links(where, given)
        for first in range(0, last + 1, _SLICE):
            rows = self._store.sql(
                "SELECT seq, id, event, epoch_us(time) AS time_us, epoch_us(received) AS received_us, "
                f"person, distinct_id, account, {_CONTEXT}, properties::JSON::VARCHAR AS properties "
                f"FROM activity WHERE seq >= {first} AND seq < {first + _SLICE} AND {where} "
                "ORDER BY seq",
                given,
            )
            for row in rows.to_pylist():
                yield _exported(row, links)

    def _links(self, where: str, given: Sequence[Any]) -> _Links:
        people = self._store.sql(_PEOPLE.format(where=where, bare=_BARE), given).to_pylist()
        found = self._store.sql(_LINKS.format(where=where, bare=_BARE), given).to_pylist()
        accounts = self._store.sql(_ACCOUNTS.format(where=where, bare=_BARE), given).to_pylist()
        return _Links(
            {
                row["person"]: _Who(
                    row["uid"], row["known"], row["main"], row["described"], row["properties"]
                )
                for row in people
            },
            {row["seq"]: row["other"] for row in found if row["seq"] is not None},
            frozenset(row["other"] for row in found if row["seq"] is None),
            {row["seq"]: row["properties"] for row in accounts},
        )


def _where(
    start_us: int | None, end_us: int | None, names: Sequence[str]
) -> tuple[str, Sequence[Any]]:
    parts, given = ["true"], list[Any]()
    if start_us is not None:
        parts.append("time >= make_timestamp(?)")
        given.append(start_us)
    if end_us is not None:
        parts.append("time < make_timestamp(?)")
        given.append(end_us)
    if names:
        parts.append("event IN (SELECT unnest(?::VARCHAR[]))")
        given.append(list(names))
    return " AND ".join(parts), given


def _exported(row: Mapping[str, Any], links: _Links) -> Exported:
    who, seq, distinct_id = links.people[row["person"]], row["seq"], row["distinct_id"]
    is_main = distinct_id == who.main
    carried = links.carried.get(seq)
    user_id = anonymous_id = previous_id = None
    if is_main and who.known:
        user_id, anonymous_id = distinct_id, carried
    else:
        anonymous_id = distinct_id
        if distinct_id in links.loose and who.known:
            user_id = who.main
    if row["event"] == "$alias":
        previous_id = carried or distinct_id
    traits = None
    if row["event"] == "$identify":
        traits = who.properties if seq == who.described else "{}"
    elif row["event"] == "$group":
        traits = links.accounts.get(seq, "{}")
    return Exported(
        id=row["id"],
        event=row["event"],
        time_us=row["time_us"],
        received_us=row["received_us"],
        person=who.uid,
        user_id=user_id,
        anonymous_id=anonymous_id,
        previous_id=previous_id,
        account=row["account"],
        context={name: row[name] for name in CONTEXT_COLUMNS if row[name] is not None},
        properties=(row["properties"] or "{}").encode(),
        traits=None if traits is None else traits.encode(),
    )
