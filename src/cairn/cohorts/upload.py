"""Reading distinct ids from a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from cairn.core.errors import InvalidInput

_NAMES = ("distinct_id", "distinct id", "user_id", "user id", "userid", "id", "person")
_MOST_CHARACTERS = 1_000


def ids_of(text: str) -> Sequence[str]:
    """Return the ids in a column named `distinct_id`, `user_id` or `id`, or else in the first one.

    Each comes once, in order; empty cells are left out.

        >>> ids_of("name,user_id\\nAna,u-1\\nBen,u-2\\nAna,u-1\\n")
        ['u-1', 'u-2']
        >>> ids_of("u-1\\nu-2\\n")
        ['u-1', 'u-2']

    Raises InvalidInput when there is none, or one is longer than 1,000 characters.
    """
    try:
        rows = [row for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"))) if row]
    except csv.Error as error:
        raise InvalidInput(
            f"the file cannot be read as CSV: {error}", hint="Write one id a line."
        ) from None
    header = [cell.strip().casefold() for cell in rows[0]] if rows else []
    named = next((header.index(name) for name in _NAMES if name in header), None)
    if named is not None:
        rows = rows[1:]
    column = named or 0
    cells = (row[column].strip() for row in rows if len(row) > column)
    ids = list(dict.fromkeys(cell for cell in cells if cell))
    if not ids:
        raise InvalidInput("the file has no ids", hint="Write one distinct id a line.")
    long = next((cell for cell in ids if len(cell) > _MOST_CHARACTERS), None)
    if long is not None:
        raise InvalidInput(
            f"an id is longer than {_MOST_CHARACTERS} characters: {long[:40]!r}…",
            hint="Is this the right column?",
        )
    return ids
