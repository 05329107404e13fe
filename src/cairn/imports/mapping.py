"""Which column of a file becomes which part of an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cairn.core.errors import InvalidInput

REQUIRED = ("event", "time", "person")
CONTEXT = {
    "session": ("sessionId",),
    "platform": ("device", "type"),
    "device": ("device", "model"),
    "os": ("os", "name"),
    "app_version": ("app", "version"),
    "locale": ("locale",),
    "country": ("location", "country"),
    "url": ("page", "url"),
    "path": ("page", "path"),
    "referrer": ("page", "referrer"),
    "utm_source": ("campaign", "source"),
    "utm_medium": ("campaign", "medium"),
    "utm_campaign": ("campaign", "name"),
}
"""Parts of an event's context, and where the Segment spec puts them."""

TARGETS = (*REQUIRED, "anonymous", "account", "id", *CONTEXT)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Where each part of an event comes from: a column, or for the event a constant name.

    `names` gives values of the event's column another name; `*` stands for all that are not in it.
    `properties` None takes every column that is not mapped. Rows with one of the values of `skip`
    in its column are left out. With the event name `$identify` a row describes a person, with
    `$group` an account: its properties are theirs.
    """

    columns: dict[str, str]
    event: str | None = None
    names: dict[str, str] = field(default_factory=dict)
    properties: tuple[str, ...] | None = None
    skip: tuple[tuple[str, str], ...] = ()

    def property_columns(self, present: Sequence[str]) -> list[str]:
        """Return the columns that become properties, of those present."""
        if self.properties is not None:
            return [name for name in self.properties if name in present]
        mapped = set(self.columns.values())
        return [name for name in present if name not in mapped]


def parse_mapping(
    text: str, *, names: str = "", properties: str | None = None, skip: str = ""
) -> Mapping:
    """Read `event=action,time=created,person=user_id`; an event in quotes is a constant.

    >>> parse_mapping("event='signup', time=Date, person=Id").event
    'signup'
    >>> parse_mapping("event=Type,time=Date,person=Id", names="1=question,*=other").names
    {'1': 'question', '*': 'other'}
    >>> parse_mapping("event=Type,time=Date,person=Id", skip="Id=-1,Owner=").skip
    (('Id', '-1'), ('Owner', ''))
    """
    columns: dict[str, str] = {}
    event = None
    for target, value in _pairs(text, "--map"):
        if target not in TARGETS:
            raise InvalidInput(
                f"--map has no part {target!r}", hint=f"Choose from: {', '.join(TARGETS)}."
            )
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            if target != "event":
                raise InvalidInput(f"only the event can be a constant, not the {target}")
            event = value[1:-1]
        else:
            columns[target] = value
    for target in REQUIRED:
        missing = target not in columns and not (target == "event" and event)
        if missing and not (target == "person" and "anonymous" in columns):
            raise InvalidInput(
                f"--map does not say which column is the {target}",
                hint="Write for example --map event=action,time=created_at,person=user_id; "
                "a constant event stands in quotes: event=\"'signup'\".",
            )
    if names and event:
        raise InvalidInput(
            "--names renames values of the event's column, but the event is a constant",
            hint="Leave --names out, or map the event to a column.",
        )
    return Mapping(
        columns,
        event,
        dict(_pairs(names, "--names")),
        None if properties is None else tuple(_parts(properties)),
        tuple(_pairs(skip, "--skip", empty=True)),
    )


def check_columns(mapping: Mapping, present: Sequence[str], optional: bool) -> None:
    """Raise InvalidInput when a column is not in the file, unless its rows may differ."""
    named = [(column, f"for the {target}") for target, column in mapping.columns.items()]
    named += [(column, "to skip by") for column, _ in mapping.skip]
    named += [(column, "for the properties") for column in mapping.properties or ()]
    for column, use in named:
        if column not in present and not optional:
            raise InvalidInput(
                f"there is no column {column!r} {use}", hint=f"The file has: {', '.join(present)}."
            )


def _parts(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _pairs(text: str, option: str, empty: bool = False) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for part in _parts(text):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not name or not (value or empty):
            raise InvalidInput(
                f"{option} has the part {part!r}, which is not a pair",
                hint=f"Write {option} one=this,other=that.",
            )
        pairs.append((name, value))
    return pairs
