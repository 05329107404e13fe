"""SQL text that reads a property as text, the form in which values are compared.

Names are embedded as quoted literals because a path inside a column cannot be a bound parameter of
every function; `quoted` doubles the only character that ends a literal.
"""

from __future__ import annotations

from cairn.model.event import CONTEXT_COLUMNS


def quoted(text: str) -> str:
    """Return a SQL string literal.

    >>> quoted("it's")
    "'it''s'"
    """
    return "'" + text.replace("\0", "").replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return a SQL name.

    >>> identifier('a"b')
    '"a""b"'
    """
    return '"' + name.replace("\0", "").replace('"', '""') + '"'


def event_text(name: str) -> str:
    """Return SQL for an event property as text: `$country` is a column, `plan` a property."""
    if name in ("$account", "$event"):
        return name[1:]
    if name.startswith("$") and name[1:] in CONTEXT_COLUMNS:
        return name[1:]
    value = f"variant_extract(properties, {quoted(name)})"
    return (
        f"CASE WHEN variant_typeof({value})[1:5] IN ('ARRAY', 'OBJEC') "
        f"THEN {value}::JSON::VARCHAR ELSE {value}::VARCHAR END"
    )


def json_text(column: str, name: str) -> str:
    """Return SQL for a key of a JSON text column as text, spelled as `event_text` spells it."""
    at = f"({column}, {quoted('/' + name.replace('~', '~0').replace('/', '~1'))})"
    return (
        f"CASE json_type{at} WHEN 'DOUBLE' THEN json_extract_string{at}::DOUBLE::VARCHAR "
        f"WHEN 'ARRAY' THEN json_extract{at}::VARIANT::JSON::VARCHAR "
        f"WHEN 'OBJECT' THEN json_extract{at}::VARIANT::JSON::VARCHAR "
        f"ELSE json_extract_string{at} END"
    )
