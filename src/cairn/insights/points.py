"""Refusing a point that the answer does not have."""

from __future__ import annotations

from cairn.core.errors import InvalidInput


def within(index: int | None, size: int, what: str) -> None:
    """Raise InvalidInput unless there is an item of this index; None means the whole."""
    if index is not None and index >= size:
        raise InvalidInput(
            f"the answer has {size} {what}, so there is no number {index} (they count from 0)",
            hint="Send the point that came with the answer's view.",
        )
