"""Further questions about behaviour, each in every engine's own words (see `benchmarks.questions`)."""

from __future__ import annotations

from typing import Any

from benchmarks.questions import PERIOD, Numbers, Question, in_both_orders, sql_of
from cairn.insights.funnel.spec import FunnelSpec, Window
from cairn.insights.lifecycle.spec import LifecycleSpec
from cairn.insights.paths.spec import PathsSpec
from cairn.insights.sessions.spec import SessionsSpec
from cairn.insights.stickiness.spec import StickinessSpec
from cairn.query.filters import Condition, Property, Selector

_STEPS = ("product viewed", "added to cart", "purchased")
_WORDS = (
    "event IN ('product viewed', 'added to cart', 'purchased') AND time >= $start AND time < $end"
)
_COUNTRY = Property(name="$country")


def _funnel_spec(**options: Any) -> FunnelSpec:
    return FunnelSpec(
        steps=tuple(Selector(event=step) for step in _STEPS),
        window=Window(count=7, unit="day"),
        period=PERIOD,
        **options,
    )


def _as_of(where: str, groups: str = "") -> str:
    """Return a funnel in DuckDB by as-of joins, divided by columns that a person has one value of."""
    listed = f"{groups}, " if groups else ""
    by = f"GROUP BY {groups}" if groups else ""
    return f"""
WITH first AS MATERIALIZED (
    SELECT person, time, {groups or "NULL"} FROM by_person
    WHERE event = 'product viewed' AND time >= $start AND time < $end {where}
), second AS MATERIALIZED (
    SELECT b.person, b.time, a.time AS start, {groups or "NULL"}
    FROM (FROM by_person WHERE event = 'added to cart' AND time >= $start AND time < $end {where}) b
    ASOF JOIN (SELECT person, time FROM first) a ON a.person = b.person AND a.time <= b.time
    WHERE b.time - a.time <= $window
), third AS (
    SELECT c.person, {groups or "NULL"}
    FROM (FROM by_person WHERE event = 'purchased' AND time >= $start AND time < $end {where}) c
    ASOF JOIN (SELECT person, time, start FROM second) b ON b.person = c.person AND b.time <= c.time
    WHERE c.time - b.start <= $window
)
SELECT {listed}0 AS step, count(DISTINCT person) AS persons FROM first {by}
UNION ALL SELECT {listed}1, count(DISTINCT person) FROM second {by}
UNION ALL SELECT {listed}2, count(DISTINCT person) FROM third {by}"""


def _windows(where: str, column: str, group: str) -> str:
    """Return a funnel in ClickHouse by windowFunnel."""
    return f"""
SELECT {group}k - 1 AS step, count() AS persons FROM (
    SELECT {column}windowFunnel($window)(
        toUInt64(time), event = 'product viewed', event = 'added to cart', event = 'purchased'
    ) AS level
    FROM EVENTS WHERE {_WORDS} {where} GROUP BY person
) ARRAY JOIN range(1, level + 1) AS k GROUP BY {group}k"""


def _total_cells(result: Any) -> Numbers:
    return {(k,): step.persons for k, step in enumerate(result.total.steps) if step.persons}


def _group_cells(result: Any) -> Numbers:
    return {
        (group.group.value, k): step.persons
        for group in result.groups
        for k, step in enumerate(group.steps)
        if step.persons
    }


_FILTERED = Question(
    "filtered funnel",
    "The same funnel, of people in Germany",
    _funnel_spec(filter=Condition(property=_COUNTRY, values=("DE",))),
    _total_cells,
    in_both_orders({"windowFunnel": _windows("AND country = 'DE'", "", "")}),
    sql_of({"as-of joins": _as_of("AND country = 'DE'")}),
)

_BROKEN_DOWN = Question(
    "funnel by country",
    "The same funnel, by country",
    _funnel_spec(breakdown=_COUNTRY, limit=100),
    _group_cells,
    in_both_orders(
        {"windowFunnel": _windows("", "toString(any(country)) AS country, ", "country, ")}
    ),
    sql_of(
        {
            "as-of joins": f"SELECT country::VARCHAR, step, persons FROM ({_as_of('', 'country')})",
        }
    ),
)


def _lifecycle_cells(result: Any) -> Numbers:
    return {
        (status, bucket): abs(persons)
        for status in ("new", "returning", "resurrecting", "dormant")
        for bucket, persons in enumerate(getattr(result.total, status))
        if persons
    }


_LIFECYCLE = Question(
    "lifecycle",
    "Lifecycle: people who viewed a page, by day",
    LifecycleSpec(event=Selector(event="page viewed"), interval="day", period=PERIOD),
    _lifecycle_cells,
    in_both_orders(
        {
            "an array of days": """
SELECT status, at, count() AS persons FROM (
    SELECT groupUniqArrayIf(toUInt8(intDiv(time - $start, $day)), event = 'page viewed') AS days,
        min(toUInt8(intDiv(time - $start, $day))) AS born
    FROM EVENTS WHERE time >= $start AND time < $end GROUP BY person
) ARRAY JOIN arrayConcat(
    arrayMap(d -> (multiIf(d = born, 'new', has(days, d - 1), 'returning', 'resurrecting'),
        toUInt16(d)), days),
    arrayMap(d -> ('dormant', toUInt16(d + 1)),
        arrayFilter(d -> d + 1 < intDiv($end - $start, $day) AND NOT has(days, d + 1), days))
) AS told
GROUP BY told.1 AS status, told.2 AS at""",
        }
    ),
    sql_of(
        {
            "distinct days": """
WITH born AS (
    SELECT person, min((time - $start) // $day) AS day FROM by_person
    WHERE time >= $start AND time < $end GROUP BY person
), active AS (
    SELECT DISTINCT person, (time - $start) // $day AS day FROM by_person
    WHERE event = 'page viewed' AND time >= $start AND time < $end
), ordered AS (
    SELECT active.person, active.day, born.day AS born,
        lag(active.day) OVER w AS before, lead(active.day) OVER w AS after
    FROM active JOIN born USING (person) WINDOW w AS (PARTITION BY active.person ORDER BY active.day)
)
SELECT CASE WHEN day = born THEN 'new' WHEN before = day - 1 THEN 'returning'
    ELSE 'resurrecting' END AS status, day, count(*) AS persons
FROM ordered GROUP BY ALL
UNION ALL
SELECT 'dormant', day + 1, count(*) FROM ordered
WHERE after IS DISTINCT FROM day + 1 AND day + 1 < ($end - $start) // $day GROUP BY ALL""",
        }
    ),
)


def _stickiness_cells(result: Any) -> Numbers:
    [line] = result.lines
    return {
        (bin.first,): persons
        for bin, persons in zip(result.bins, line.persons, strict=True)
        if persons
    }


_STICKINESS = Question(
    "stickiness",
    "Stickiness: people by the number of days on which they viewed a product",
    StickinessSpec(series=(Selector(event="product viewed"),), interval="day", period=PERIOD),
    _stickiness_cells,
    in_both_orders(
        {
            "uniqExact": """
SELECT days, count() AS persons FROM (
    SELECT uniqExact(intDiv(time - $start, $day)) AS days
    FROM EVENTS WHERE event = 'product viewed' AND time >= $start AND time < $end GROUP BY person
) GROUP BY days""",
            "an array of days": """
SELECT days, count() AS persons FROM (
    SELECT length(groupUniqArray(toUInt8(intDiv(time - $start, $day)))) AS days
    FROM EVENTS WHERE event = 'product viewed' AND time >= $start AND time < $end GROUP BY person
) GROUP BY days""",
        }
    ),
    sql_of(
        {
            "a bit per day": """
SELECT days, count(*) AS persons FROM (
    SELECT bit_count(bit_or(1::HUGEINT << ((time - $start) // $day)::INTEGER)) AS days
    FROM by_person WHERE event = 'product viewed' AND time >= $start AND time < $end GROUP BY person
) GROUP BY ALL""",
        }
    ),
)


def _sessions_cells(result: Any) -> Numbers:
    [line] = result.lines
    return {(bucket,): int(value) for bucket, value in enumerate(line.values) if value}


_SESSIONS = Question(
    "sessions",
    "Sessions: how many start, by day",
    SessionsSpec(measure="sessions", interval="day", period=PERIOD),
    _sessions_cells,
    in_both_orders(
        {
            "differences of arrays": """
SELECT intDiv(begun - $start, $day) AS day, count() AS sessions FROM (
    SELECT arraySort(groupArray(time)) AS times FROM EVENTS GROUP BY person
) ARRAY JOIN arrayFilter(
    (t, gap, i) -> i = 1 OR gap > 1800000000, times, arrayDifference(times), arrayEnumerate(times)
) AS begun
WHERE begun >= $start AND begun < $end GROUP BY day""",
        }
    ),
    sql_of(
        {
            "window functions": """
SELECT (time - $start) // $day AS day, count(*) AS sessions FROM (
    SELECT time, lag(time) OVER (PARTITION BY person ORDER BY time) AS before FROM by_person
) WHERE (before IS NULL OR time - before > 1800000000) AND time >= $start AND time < $end
GROUP BY ALL""",
        }
    ),
)


def _paths_cells(result: Any) -> Numbers:
    return {(node.step, node.item.value): node.value for node in result.nodes if node.value}


_PATHS = Question(
    "paths",
    "Paths: the first five things done in each visit",
    PathsSpec(steps=5, top=1_000, expand=(0, 1, 2, 3, 4), period=PERIOD),
    _paths_cells,
    in_both_orders(
        {
            "arrays split at pauses": """
SELECT step - 1 AS step, item, count() AS paths FROM (
    SELECT arraySlice(arrayCompact(arrayJoin(
        arraySplit((e, gap) -> gap >= 1800000000, names, arrayDifference(times))
    )), 1, 5) AS items
    FROM (
        SELECT arrayMap(p -> p.2, pairs) AS names, arrayMap(p -> p.1, pairs) AS times FROM (
            SELECT arraySort(groupArray((time, toString(event)))) AS pairs FROM EVENTS
            WHERE time >= $start AND time < $end GROUP BY person
        )
    )
) ARRAY JOIN items AS item, arrayEnumerate(items) AS step GROUP BY step, item""",
        }
    ),
    sql_of(
        {
            "window functions": """
WITH marked AS (
    SELECT person, time, event, lag(event) OVER w AS event_before,
        coalesce(time - lag(time) OVER w >= 1800000000, true) AS begins
    FROM by_person WHERE time >= $start AND time < $end
    WINDOW w AS (PARTITION BY person ORDER BY time)
), kept AS (
    SELECT person, time, event, sum(begins::INTEGER) OVER (PARTITION BY person ORDER BY time) AS visit
    FROM marked WHERE begins OR event IS DISTINCT FROM event_before
), numbered AS (
    SELECT event, row_number() OVER (PARTITION BY person, visit ORDER BY time) AS step FROM kept
)
SELECT step - 1 AS step, event::VARCHAR AS item, count(*) AS paths
FROM numbered WHERE step <= 5 GROUP BY ALL""",
        }
    ),
)

FURTHER_QUESTIONS = (_FILTERED, _BROKEN_DOWN, _LIFECYCLE, _STICKINESS, _SESSIONS, _PATHS)
