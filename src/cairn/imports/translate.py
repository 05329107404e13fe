"""A row of a file as one message of the Segment spec."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import KeysView
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import msgspec

from cairn.imports.mapping import CONTEXT, Mapping
from cairn.imports.rows import Row
from cairn.imports.times import read_time

_WHOLE = re.compile(r"^(0|-?[1-9]\d{0,14})$")
_CALLS = {"$identify": "identify", "$group": "group"}


class Unusable(Exception):
    """The row cannot become an event; the text says why."""


class Translator(Protocol):
    """Makes messages of the rows of one file."""

    def message(self, row: Row) -> bytes | None:
        """Return the row as JSON, or None when it is to be left out. Raises Unusable."""


class SegmentRows:
    """Takes rows that are messages already: Segment's, or what `cairn export` wrote."""

    def message(self, row: Row) -> bytes | None:
        """Return the row as it is, with an id when it has none. Raises Unusable."""
        if row.problem is not None:
            raise Unusable(row.problem)
        message = row.values
        if not message.get("timestamp"):
            raise Unusable("the message has no timestamp")
        given = message.get("messageId")
        return _encoded(message, row.line, None if given in (None, "") else given)


class MappedRows:
    """Makes messages of the rows of one file, each with an id that only depends on the row."""

    def __init__(
        self,
        mapping: Mapping,
        zone: ZoneInfo | None = None,
        time_pattern: str | None = None,
        read_text: bool = True,
    ) -> None:
        """Read times without a zone in `zone`; with `read_text`, numbers in text become numbers."""
        self._mapping = mapping
        self._zone = zone
        self._pattern = time_pattern
        self._read_text = read_text
        self._present: KeysView[str] = {}.keys()
        self._chosen: list[str] = []

    def message(self, row: Row) -> bytes | None:
        """Return the row as JSON, or None when the mapping skips it.

        Raises Unusable, and NoZone, which concerns the whole file, when a time has no zone and none
        was given.
        """
        values = row.values
        if row.problem is not None:
            raise Unusable(row.problem)
        if any(_spelled(values.get(column)) == value for column, value in self._mapping.skip):
            return None
        event = self._mapping.event or self._text(values, "event")
        if event is None:
            raise Unusable("the event has no name")
        names = self._mapping.names
        event = names.get(event) or names.get("*") or event
        person, anonymous = self._text(values, "person"), self._text(values, "anonymous")
        if person is None and anonymous is None:
            raise Unusable("the row does not say whose event it is")
        call = _CALLS.get(event, "track")
        message: dict[str, Any] = {"type": call, "timestamp": self._time(values)}
        if call == "track":
            message["event"] = event
        if person is not None:
            message["userId"] = person
        if anonymous is not None:
            message["anonymousId"] = anonymous
        described = "properties" if call == "track" else "traits"
        message[described] = {
            column: value
            for column in self._properties(values)
            if (value := self._value(values[column])) is not None
        }
        self._add_context(message, values, call)
        return _encoded(message, row.line, self._text(values, "id"))

    def _properties(self, values: dict[str, Any]) -> list[str]:
        """Return the columns that become properties; rows of a file mostly have the same."""
        if values.keys() != self._present:
            self._present = dict.fromkeys(values).keys()
            self._chosen = self._mapping.property_columns(list(values))
        return self._chosen

    def _time(self, values: dict[str, Any]) -> str:
        value = values.get(self._mapping.columns["time"])
        if value is None or value == "":
            raise Unusable("the time is missing")
        try:
            at = read_time(value, self._zone, self._pattern)
        except (ValueError, OverflowError):
            raise Unusable(f"{str(value)[:80]!r} cannot be read as a time") from None
        return at.isoformat().replace("+00:00", "Z")

    def _text(self, values: dict[str, Any], target: str) -> str | None:
        value = values.get(self._mapping.columns.get(target, ""))
        if value is None or isinstance(value, dict | list):
            return None
        return _spelled(value) or None

    def _add_context(self, message: dict[str, Any], values: dict[str, Any], call: str) -> None:
        context: dict[str, Any] = {}
        account = self._text(values, "account")
        if account is not None:
            if call == "group":
                message["groupId"] = account
            else:
                context["groupId"] = account
        for target, path in CONTEXT.items():
            text = self._text(values, target)
            if text is not None:
                inner = context
                for key in path[:-1]:
                    inner = inner.setdefault(key, {})
                inner[path[-1]] = text
        if context:
            message["context"] = context

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return _typed(value) if self._read_text else value
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        if isinstance(value, datetime):
            return value.replace(tzinfo=value.tzinfo or UTC).isoformat()
        if isinstance(value, date | time):
            return value.isoformat()
        if isinstance(value, Decimal):
            return float(value) if value.is_finite() else None
        if isinstance(value, bytes):
            return value.decode("utf-8", "replace")
        if isinstance(value, dict):
            return {str(key): self._value(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._value(inner) for inner in value]
        return value


def _encoded(message: dict[str, Any], line: int, given: Any) -> bytes:
    """Return the message as JSON; without an id it gets one that only depends on the row."""
    try:
        if given is None:
            content = msgspec.json.encode(message, order="deterministic")
            digest = hashlib.blake2b(content, digest_size=12, key=b"%d" % line)
            given = "import-" + digest.hexdigest()
        return msgspec.json.encode({**message, "messageId": given})
    except (UnicodeEncodeError, TypeError, OverflowError, RecursionError) as error:
        raise Unusable(f"a value cannot be written as UTF-8 JSON: {error}") from error


def _spelled(value: Any) -> str:
    """Return a value as an id is written: 5.0 of a column with gaps is 5, nothing is empty."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _typed(text: str) -> str | int | float | bool | None:
    """Return the number or truth that a text spells, when writing it again gives the same text."""
    if not text:
        return None
    if _WHOLE.match(text):
        return int(text)
    if text in ("true", "false"):
        return text == "true"
    if "." in text and len(text) < 18:
        try:
            number = float(text)
        except ValueError:
            return text
        return number if repr(number) == text else text
    return text
