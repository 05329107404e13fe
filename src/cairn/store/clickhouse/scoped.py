"""The events of a question as SQL over ClickHouse: what relational answers read."""

from __future__ import annotations

from cairn.model.event import CONTEXT_COLUMNS, IDENTITY_EVENTS
from cairn.store.scope import Named, Scope

_PAUSE_US = 30 * 60 * 1_000_000


def quoted(text: str) -> str:
    """Return a SQL string literal.

    >>> quoted("it's")
    "'it\\\\'s'"
    """
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\0", "") + "'"


def scoped_sql(scope: Scope) -> str:
    """Return a SELECT with the columns seq, time, event, person and one text per property."""
    names = scope.events
    listed = ", ".join(quoted(name) for name in sorted(scope.without if names is None else names))
    where = (
        [f"event {'NOT IN' if names is None else 'IN'} ({listed})"]
        if listed
        else ["1" if names is None else "0"]
    )
    where += [f"time >= {scope.start_us}", f"time < {scope.end_us}"]
    own = "".join(
        f", {_event_text(prop.name)} AS p{i}"
        for i, prop in enumerate(scope.properties)
        if prop.of == "event"
    )
    relation = _acts(own, " AND ".join(where), scope.actor)
    for of, key in (("person", "owner"), ("account", "account")):
        if any(prop.of == of for prop in scope.properties):
            texts = _joined_texts(scope.properties, of)
            relation += (
                f" LEFT JOIN (SELECT {of} AS {of}_key, {texts} FROM {of}s FINAL) AS of_{of} "
                f"ON of_{of}.{of}_key = scope_events.{key}"
            )
    origin = {"event": "scope_events", "person": "of_person", "account": "of_account"}
    columns = "".join(
        f", {origin[prop.of]}.p{i} AS p{i}" for i, prop in enumerate(scope.properties)
    )
    return (
        "SELECT scope_events.seq AS seq, scope_events.time AS time, scope_events.event AS event, "
        f"toInt32(scope_events.acting) AS person{columns} FROM {relation}"
    )


def _acts(own: str, where: str, actor: str) -> str:
    """Return the events that satisfy `where`, whose they are, and who acts in them."""
    acts = (
        "(SELECT e.seq AS seq, e.time_us AS time, CAST(e.event AS String) AS event, "
        f"ifNull(m.target, e.person) AS owner, e.account AS account, e.session AS session{own} "
        "FROM events AS e LEFT JOIN (SELECT source, toNullable(target) AS target FROM merges FINAL) "
        "AS m ON m.source = e.person{})"
    )
    if actor == "person":
        only = where.replace("time ", "e.time_us ").replace("event ", "e.event ")
        return f"(SELECT *, owner AS acting FROM {acts.format(f' WHERE {only}')}) AS scope_events"
    if actor == "account":
        ranked = (
            "(SELECT *, dense_rank() OVER (ORDER BY account) - 1 AS acting "
            f"FROM {acts.format(' WHERE e.account IS NOT NULL')})"
        )
    else:
        identity = ", ".join(quoted(name) for name in IDENTITY_EVENTS)
        window = "OVER (PARTITION BY owner ORDER BY time, seq ROWS BETWEEN {} AND CURRENT ROW)"
        before = window.format("1 PRECEDING")
        marked = (
            f"(SELECT *, lagInFrame(session) {before} AS session_before, "
            f"lagInFrame(toNullable(time)) {before} AS time_before "
            f"FROM {acts.format(f' WHERE e.event NOT IN ({identity})')})"
        )
        starts = (
            f"time_before IS NULL OR session_before IS NOT NULL OR time - time_before > {_PAUSE_US}"
        )
        numbered = (
            f"(SELECT *, if(session IS NULL, sum(session IS NULL AND ({starts})) "
            f"{window.format('UNBOUNDED PRECEDING')}, NULL) AS visit FROM {marked})"
        )
        ranked = (
            "(SELECT *, dense_rank() OVER (ORDER BY owner, session, visit) - 1 AS acting "
            f"FROM {numbered})"
        )
    return f"(SELECT * FROM {ranked} WHERE {where}) AS scope_events"


def _joined_texts(properties: tuple[Named, ...], of: str) -> str:
    return ", ".join(
        f"{_text('properties', prop.name)} AS p{i}"
        for i, prop in enumerate(properties)
        if prop.of == of
    )


def _event_text(name: str) -> str:
    if name == "$account":
        return "e.account"
    if name == "$event":
        return "toNullable(CAST(e.event AS String))"
    if name.startswith("$") and name[1:] in CONTEXT_COLUMNS:
        return f"e.{name[1:]}"
    return _text("e.properties", name)


def _text(column: str, name: str) -> str:
    key = quoted(name)
    return f"if(mapContains({column}, {key}), toNullable({column}[{key}]), NULL)"
