"""The events of a question as SQL over ClickHouse: what relational answers read."""

from __future__ import annotations

from cairn.model.event import CONTEXT_COLUMNS, IDENTITY_EVENTS
from cairn.store.scope import Named, Scope


def quoted(text: str) -> str:
    """Return a SQL string literal.

    >>> quoted("it's")
    "'it\\\\'s'"
    """
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\0", "") + "'"


def scoped_sql(scope: Scope) -> str:
    """Return a SELECT with the columns seq, time, event, person and one text per property."""
    names = scope.events
    listed = ", ".join(quoted(name) for name in sorted(IDENTITY_EVENTS if names is None else names))
    where = [f"e.event {'NOT IN' if names is None else 'IN'} ({listed})"] if listed else ["0"]
    where += [f"e.time_us >= {scope.start_us}", f"e.time_us < {scope.end_us}"]
    own = "".join(
        f", {_event_text(prop.name)} AS p{i}"
        for i, prop in enumerate(scope.properties)
        if prop.of == "event"
    )
    relation = (
        "(SELECT e.seq AS seq, e.time_us AS time, CAST(e.event AS String) AS event, "
        f"ifNull(m.target, e.person) AS person, e.account AS account{own} FROM events AS e "
        "LEFT JOIN (SELECT source, toNullable(target) AS target FROM merges FINAL) AS m "
        f"ON m.source = e.person WHERE {' AND '.join(where)}) AS scope_events"
    )
    for of, key in (("person", "person"), ("account", "account")):
        if any(prop.of == of for prop in scope.properties):
            texts = _joined_texts(scope.properties, of)
            relation += (
                f" LEFT JOIN (SELECT {key} AS {of}_key, {texts} FROM {of}s FINAL) AS of_{of} "
                f"ON of_{of}.{of}_key = scope_events.{key}"
            )
    origin = {"event": "scope_events", "person": "of_person", "account": "of_account"}
    columns = "".join(
        f", {origin[prop.of]}.p{i} AS p{i}" for i, prop in enumerate(scope.properties)
    )
    return (
        "SELECT scope_events.seq AS seq, scope_events.time AS time, scope_events.event AS event, "
        f"scope_events.person AS person{columns} FROM {relation}"
    )


def _joined_texts(properties: tuple[Named, ...], of: str) -> str:
    return ", ".join(
        f"{_text('properties', prop.name)} AS p{i}"
        for i, prop in enumerate(properties)
        if prop.of == of
    )


def _event_text(name: str) -> str:
    if name == "$account":
        return "e.account"
    if name.startswith("$") and name[1:] in CONTEXT_COLUMNS:
        return f"e.{name[1:]}"
    return _text("e.properties", name)


def _text(column: str, name: str) -> str:
    key = quoted(name)
    return f"if(mapContains({column}, {key}), toNullable({column}[{key}]), NULL)"
