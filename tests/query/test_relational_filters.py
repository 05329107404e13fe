"""Filters mean the same in SQL as over values in memory, on every engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from cairn.core.errors import InvalidInput
from cairn.query.filters import Condition, Property, number_of
from cairn.query.matching import matching_values
from cairn.query.periods import Calendar, Interval, Span, buckets
from cairn.query.relational import Relation, RelationalEngine, bucket_of, number_in
from cairn.store.clickhouse.store import ClickHouseStore
from cairn.store.duckdb.scoped import DuckDBRelation
from cairn.store.duckdb.store import DuckDBStore
from cairn.store.scope import Scope

PROPERTY = Property(name="value")
SCOPE = Scope((PROPERTY,), None, 0, 1)
VALUES = (
    [None, "", "a", "A", "É", "é", "ß", "SS", "i", "İ", "ı", "Σ", "ς", "日本", "a.b", "a\nb"]
    + ["a\\b", "it's", "(x)", "a]b^c-d", "10%", "10_", "five", "true", "[1]", "0x10", "1_0"]
    + ["5", "5.0", " 5", "5 ", "+5", "-5", "5.", ".5", "1e3", "1E+3", "0.1", "9007199254740993"]
    + ["1e999", "-1e999", "1e-400", "nan", "inf", "\u00a05", "5\u2003", "\x0b5", "\x1c5"]
)
TEXTS = [value for value in VALUES if value]


@dataclass(frozen=True)
class Literals:
    """Rows with the given values and times in place of stored events."""

    engine: RelationalEngine
    values: Sequence[str | None] = (None,)
    times: Sequence[int] = (0,)

    @property
    def dialect(self) -> str:
        return self.engine.dialect

    def scoped_sql(self, scope: Scope) -> str:
        text = "VARCHAR" if self.dialect == "duckdb" else "Nullable(String)"
        rows = [(0, value) for value in self.values]
        if len(self.times) > 1:
            rows = [(time, None) for time in self.times]
        return " UNION ALL ".join(
            f"SELECT CAST({i} AS BIGINT) AS seq, CAST({time} AS BIGINT) AS time, 'a' AS event, "
            f"CAST(0 AS INTEGER) AS person, CAST({self._literal(value)} AS {text}) AS p0"
            for i, (time, value) in enumerate(rows)
        )

    def sql(self, query: str) -> pa.Table:
        return self.engine.sql(query)

    def _literal(self, value: str | None) -> str:
        if value is None:
            return "NULL"
        if self.dialect == "duckdb":
            return "'" + value.replace("'", "''") + "'"
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


@pytest.fixture(scope="module", params=["duckdb", "clickhouse"])
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RelationalEngine]:
    """Each engine in turn."""
    if request.param == "duckdb":
        folder: Path = tmp_path_factory.mktemp("project")
        store = DuckDBStore.open(folder, 1)
        yield DuckDBRelation(store)
        store.close()
    else:
        clickhouse = ClickHouseStore.open("chdb://memory", "filters")
        yield clickhouse
        clickhouse.close()


CONDITIONS: list[tuple[str, list[Any]]] = [
    ("is", ["a", 5]),
    ("is", ["it's", "a\\b", True]),
    ("is_not", ["a"]),
    ("is_set", []),
    ("is_not_set", []),
    ("contains", ["A", "5"]),
    ("not_contains", ["é"]),
    *(("contains", [text]) for text in ["É", "σ", "SS", "%", "_", "\\", ".", "]b^", "'", "(", ""]),
    *(("matches", [p]) for p in ["a.b", "^a", "b$", r"\d", "(?i)é", "^$", "a|5", r"\\", r"\p{Lu}"]),
    ("not_matches", ["a", "^$"]),
    *((op, [5]) for op in ("greater", "at_least", "less", "at_most")),
    ("greater", ["1e2", 0.1]),
    ("at_most", [9007199254740993, -5]),
]


@pytest.mark.parametrize(("operator", "values"), CONDITIONS)
def test_a_condition_chooses_the_same_values_in_sql(
    engine: RelationalEngine, operator: Any, values: list[Any]
) -> None:
    condition = Condition(property=PROPERTY, operator=operator, values=tuple(values))
    relation = Relation(SCOPE, Literals(engine, VALUES))
    events = relation.events
    rows = relation.rows(events.select("seq", holds=relation.holds(condition)).order_by("seq"))
    holds = [bool(flag) for flag in rows["holds"].to_pylist()]
    assert holds == matching_values(condition, VALUES).tolist()


def test_a_text_spells_the_same_number_in_sql(engine: RelationalEngine) -> None:
    relation = Relation(SCOPE, Literals(engine, VALUES))
    number = number_in(relation.text(PROPERTY))
    rows = relation.rows(relation.events.select("seq", number=number).order_by("seq"))
    assert rows["number"].to_pylist() == [number_of(value) for value in VALUES]


def test_a_pattern_that_cannot_be_read_is_refused_before_it_reaches_the_engine(
    engine: RelationalEngine,
) -> None:
    condition = Condition(property=PROPERTY, operator="matches", values=("(a",))
    with pytest.raises(InvalidInput, match="cannot be read"):
        Relation(SCOPE, Literals(engine, VALUES)).holds(condition)


@pytest.mark.parametrize("interval", ["hour", "day", "week", "month"])
def test_a_time_falls_into_its_local_bucket_when_the_clocks_change(
    engine: RelationalEngine, interval: Interval
) -> None:
    hour = 3_600_000_000
    start = 1_711_494_000_000_000 - 60 * 24 * hour
    first, days = {"hour": (63, 3), "day": (40, 60), "week": (0, 400), "month": (0, 400)}[interval]
    span = Span(start + first * 24 * hour, start + (first + days) * 24 * hour)
    zone = Calendar(ZoneInfo("Europe/Amsterdam"), span.end_us, "monday")
    divided = buckets(span, interval, zone)
    times = [edge + shift for edge in divided.edges_us[:-1] for shift in (0, 1, hour // 2)]
    times += [edge - 1 for edge in divided.edges_us]
    relation = Relation(SCOPE, Literals(engine, times=times))
    found = bucket_of(relation.events.time, divided.edges_us)
    rows = relation.rows(relation.events.select("seq", bucket=found).order_by("seq"))
    expected = [i for i in range(len(divided)) for _ in range(3)]
    expected += list(range(-1, len(divided)))
    assert rows["bucket"].to_pylist() == expected
