"""What is asked, in each engine's own words, and how each answer reads as the same numbers.

Every question has several formulations in ClickHouse and in DuckDB; a run tries them all and keeps
the fastest. Times are microseconds since 1970, so `$day` is 86,400,000,000.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Template
from typing import Any

import pyarrow as pa

from benchmarks.data import DAYS, START, START_US
from cairn.insights.answer import Spec
from cairn.insights.funnel.spec import FunnelSpec, Window
from cairn.insights.retention.spec import RetentionSpec
from cairn.insights.trends.spec import Measure, Series, TrendsSpec
from cairn.query.filters import Property, Selector
from cairn.query.periods import Period

Numbers = Mapping[tuple[Any, ...], int]
"""An answer as cells: where each number stands, and the number. Zeros are left out."""

DAY_US = 86_400 * 1_000_000
_COLUMNS = 15
_NAMES = {
    "start": START_US,
    "end": START_US + DAYS * DAY_US,
    "day": DAY_US,
    "window": 7 * DAY_US,
    "columns": _COLUMNS,
    "last": _COLUMNS - 1,
}
PERIOD = Period.model_validate(
    {
        "from": START.date().isoformat(),
        "to": START.fromtimestamp(START_US / 1e6 + (DAYS - 1) * 86_400, START.tzinfo)
        .date()
        .isoformat(),
    }
)


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `answer` and `rows` turn a result of Cairn, or rows of SQL, into cells."""

    name: str
    title: str
    spec: Spec
    answer: Callable[[Any], Numbers]
    clickhouse: Mapping[str, str]
    duckdb: Mapping[str, str]

    def rows(self, table: pa.Table) -> Numbers:
        """Read the rows of an SQL engine: all columns but the last say where the number stands."""
        *where, numbers = (column.to_pylist() for column in table.columns)
        return {
            tuple(place): int(number)
            for *place, number in zip(*where, numbers, strict=True)
            if number
        }


def sql_of(texts: Mapping[str, str]) -> Mapping[str, str]:
    return {name: Template(text).substitute(_NAMES) for name, text in texts.items()}


def in_both_orders(texts: Mapping[str, str]) -> Mapping[str, str]:
    """Return each query on either table, and on the first also with aggregation in its order."""
    both: dict[str, str] = {}
    for name, text in texts.items():
        for table in ("by_person", "by_event"):
            both[f"{name}, {table}"] = text.replace("EVENTS", table)
        in_order = (
            text.replace("EVENTS", "by_person") + " SETTINGS optimize_aggregation_in_order = 1"
        )
        both[f"{name}, by_person, aggregated in order"] = in_order
    return sql_of(both)


def _funnel_cells(result: Any) -> Numbers:
    return {(k,): step.persons for k, step in enumerate(result.total.steps) if step.persons}


def _retention_cells(result: Any) -> Numbers:
    return {
        (row, column): persons
        for row, cohort in enumerate(result.total.rows)
        for column, persons in enumerate(cohort.persons)
        if persons
    }


def _trends_cells(result: Any) -> Numbers:
    return {
        (bucket, line.group.value): int(value)
        for line in result.lines
        for bucket, value in enumerate(line.values)
        if value
    }


def _funnel(name: str, title: str, steps: tuple[str, str, str]) -> Question:
    first, second, third = (f"'{step}'" for step in steps)
    words = f"event IN ({first}, {second}, {third}) AND time >= $start AND time < $end"
    return Question(
        name,
        title,
        FunnelSpec(
            steps=tuple(Selector(event=step) for step in steps),
            window=Window(count=7, unit="day"),
            period=PERIOD,
        ),
        _funnel_cells,
        in_both_orders(
            {
                "windowFunnel": f"""
SELECT k - 1 AS step, count() AS persons FROM (
    SELECT windowFunnel($window)(
        toUInt64(time), event = {first}, event = {second}, event = {third}
    ) AS level
    FROM EVENTS WHERE {words} GROUP BY person
) ARRAY JOIN range(1, level + 1) AS k GROUP BY k ORDER BY k"""
            }
        ),
        sql_of(
            {
                "window functions": f"""
WITH first AS (
    SELECT person, event, time,
        max(CASE WHEN event = {first} THEN time END) OVER w AS start
    FROM by_person WHERE {words} WINDOW w AS (PARTITION BY person ORDER BY time)
), second AS (
    SELECT person, event, time, start,
        max(CASE WHEN event = {second} AND time - start <= $window THEN start END) OVER w AS reached
    FROM first WINDOW w AS (PARTITION BY person ORDER BY time)
), counted AS (
    SELECT count(DISTINCT person) FILTER (event = {first}) AS one,
        count(DISTINCT person) FILTER (event = {second} AND time - start <= $window) AS two,
        count(DISTINCT person) FILTER (event = {third} AND time - reached <= $window) AS three
    FROM second
)
SELECT 0 AS step, one FROM counted UNION ALL SELECT 1, two FROM counted
UNION ALL SELECT 2, three FROM counted""",
                "as-of joins": f"""
WITH first AS MATERIALIZED (
    SELECT person, time FROM by_person
    WHERE event = {first} AND time >= $start AND time < $end
), second AS MATERIALIZED (
    SELECT b.person, b.time, a.time AS start
    FROM (FROM by_person WHERE event = {second} AND time >= $start AND time < $end) b
    ASOF JOIN first a ON a.person = b.person AND a.time <= b.time
    WHERE b.time - a.time <= $window
), third AS (
    SELECT c.person
    FROM (FROM by_person WHERE event = {third} AND time >= $start AND time < $end) c
    ASOF JOIN second b ON b.person = c.person AND b.time <= c.time
    WHERE c.time - b.start <= $window
)
SELECT 0 AS step, count(DISTINCT person) AS persons FROM first
UNION ALL SELECT 1, count(DISTINCT person) FROM second
UNION ALL SELECT 2, count(DISTINCT person) FROM third""",
            }
        ),
    )


_RETENTION = Question(
    "retention",
    "Retention: signed up, then any event, by day over two weeks",
    RetentionSpec(
        start=Selector(event="signed up"),
        returning=Selector(),
        interval="day",
        columns=_COLUMNS,
        period=PERIOD,
    ),
    _retention_cells,
    in_both_orders(
        {
            "a bit per day": """
SELECT cohort, later, count() AS persons FROM (
    SELECT minIf(intDiv(time - $start, $day), event = 'signed up') AS cohort,
        countIf(event = 'signed up') > 0 AS started,
        groupBitOr(bitShiftLeft(toUInt128(1), toUInt8(intDiv(time - $start, $day)))) AS days
    FROM EVENTS WHERE time >= $start GROUP BY person HAVING started
) ARRAY JOIN range($columns) AS later
WHERE bitAnd(bitShiftRight(days, cohort + later), 1) = 1
GROUP BY cohort, later""",
            "an array of days": """
SELECT cohort, later, count() AS persons FROM (
    SELECT minIf(day, event = 'signed up') AS cohort, groupUniqArray(day) AS days FROM (
        SELECT person, event, toUInt8(intDiv(time - $start, $day)) AS day
        FROM EVENTS WHERE time >= $start
    ) GROUP BY person HAVING countIf(event = 'signed up') > 0
) ARRAY JOIN arrayMap(day -> day - cohort, days) AS later
WHERE later BETWEEN 0 AND $last GROUP BY cohort, later""",
        }
    ),
    sql_of(
        {
            "distinct days": """
WITH started AS (
    SELECT person, min((time - $start) // $day) AS cohort
    FROM by_person WHERE event = 'signed up' GROUP BY person
), active AS (
    SELECT DISTINCT person, (time - $start) // $day AS day FROM by_person
)
SELECT cohort, day - cohort AS later, count(*) AS persons
FROM active JOIN started USING (person) WHERE day - cohort BETWEEN 0 AND $last
GROUP BY ALL""",
            "a bit per day": """
WITH people AS (
    SELECT min((time - $start) // $day) FILTER (event = 'signed up') AS cohort,
        bit_or(1::HUGEINT << ((time - $start) // $day)::INTEGER) AS days
    FROM by_person GROUP BY person HAVING cohort IS NOT NULL
)
SELECT cohort, later, count(*) AS persons
FROM people, range($columns) AS r(later)
WHERE (days >> (cohort + later)::INTEGER) & 1 = 1 GROUP BY ALL""",
        }
    ),
)

_TRENDS = Question(
    "trends",
    "Trends: people who viewed a page, by day and country",
    TrendsSpec(
        series=(Series(event="page viewed", measure=Measure(of="persons")),),
        interval="day",
        breakdown=Property(name="$country"),
        period=PERIOD,
    ),
    _trends_cells,
    in_both_orders(
        {
            "uniqExact": """
SELECT intDiv(time - $start, $day) AS day, toString(country) AS country,
    uniqExact(person) AS persons
FROM EVENTS WHERE event = 'page viewed' AND time >= $start AND time < $end
GROUP BY day, country""",
            "an array of days": """
SELECT day, toString(country) AS country, count() AS persons FROM (
    SELECT person, country, groupUniqArray(toUInt8(intDiv(time - $start, $day))) AS days
    FROM EVENTS WHERE event = 'page viewed' AND time >= $start AND time < $end
    GROUP BY person, country
) ARRAY JOIN days AS day GROUP BY day, country""",
        }
    ),
    sql_of(
        {
            "count distinct": """
SELECT (time - $start) // $day AS day, country::VARCHAR AS country,
    count(DISTINCT person) AS persons
FROM by_person WHERE event = 'page viewed' AND time >= $start AND time < $end GROUP BY ALL""",
            "distinct rows": """
SELECT day, country::VARCHAR AS country, count(*) AS persons FROM (
    SELECT DISTINCT (time - $start) // $day AS day, country, person
    FROM by_person WHERE event = 'page viewed' AND time >= $start AND time < $end
) GROUP BY ALL""",
        }
    ),
)

FIRST_QUESTIONS = (
    _funnel(
        "funnel",
        "Funnel: product viewed → added to cart → purchased, within 7 days",
        ("product viewed", "added to cart", "purchased"),
    ),
    _funnel(
        "rare funnel",
        "Funnel of rarer events: signed up → wish added → shared, within 7 days",
        ("signed up", "wish added", "shared"),
    ),
    _RETENTION,
    _TRENDS,
)
