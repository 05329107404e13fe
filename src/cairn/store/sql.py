"""Rows that a query of a person's own returned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows, and whether there were more than were asked for."""

    table: pa.Table
    more: bool


class Sql(Protocol):
    """Runs SQL that people write on one project."""

    def run(
        self,
        query: str,
        parameters: Mapping[str, Any],
        most_rows: int,
        timeout_seconds: float,
        tables: Mapping[str, pa.Table] | None = None,
    ) -> Rows:
        """Return the rows of one statement that reads; `tables` can be read beside the views.

        Raises InvalidInput for what cannot be run, QueryTimeout when it takes too long.
        """
