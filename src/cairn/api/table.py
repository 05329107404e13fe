"""A table as CSV that is safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io

from cairn.insights.view import Cell, Table

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_of(table: Table) -> str:
    """Return the table with a header line.

    Text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_safe(column.label) for column in table.columns])
    writer.writerows([_safe(cell) for cell in row] for row in table.rows)
    return out.getvalue()


def _safe(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.startswith(_STARTS_A_FORMULA):
        return "'" + cell
    return cell
