"""SQL that people write over a project's events, and the SQL behind a question."""

from __future__ import annotations

import json
import re
import time
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
from fastapi import APIRouter, Body
from fastapi.responses import Response

from cairn.api.answers import calendar_of
from cairn.api.entry import Entry, Reader
from cairn.api.errors import documented
from cairn.api.shapes import SqlColumn, SqlOfInsight, SqlQuery, SqlRows
from cairn.api.table import csv_of
from cairn.cohorts import shelf
from cairn.cohorts.size import people_in
from cairn.insights.answer import Spec
from cairn.insights.run import sql_of
from cairn.insights.view import Column, Table
from cairn.query.filters import InCohort

router = APIRouter(prefix="/api/projects/{project_id}", tags=["sql"])

_FAILURES = (400, 401, 403, 404, 413, 504)


@router.post("/sql", operation_id="run_sql", responses=documented(*_FAILURES))
async def run_sql(entry: Reader, asked: SqlQuery) -> SqlRows:
    """Run one statement that reads the views events, persons, sessions, accounts or cohorts."""
    began = time.perf_counter()
    table, more = await entry.workspace.answers.run(lambda: _run(entry, asked))
    return SqlRows(
        columns=[SqlColumn(name=name, type=str(kind)) for name, kind in _types(table)],
        rows=_rows(table),
        more=more,
        took_ms=round((time.perf_counter() - began) * 1e3, 3),
    )


@router.post(
    "/sql/csv",
    operation_id="run_sql_csv",
    response_class=Response,
    responses={
        200: {"content": {"text/csv": {"schema": {"type": "string"}}}},
        **documented(*_FAILURES, json=False),
    },
)
async def run_sql_csv(entry: Reader, asked: SqlQuery) -> Response:
    """Run the same and return the rows in CSV."""
    table, _ = await entry.workspace.answers.run(lambda: _run(entry, asked))
    columns = tuple(Column(key=name, label=name, unit="text") for name in table.column_names)
    rows = tuple(tuple(None if v is None else str(v) for v in row) for row in _rows(table))
    return Response(
        csv_of(Table(columns=columns, rows=rows)),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="query.csv"'},
    )


@router.post("/query/sql", operation_id="sql_of_query", responses=documented(*_FAILURES))
async def sql_of_query(
    entry: Reader, spec: Annotated[Spec, Body(description="A question of any kind.")]
) -> SqlOfInsight:
    """Return the SQL that gives the numbers of a question, having run it."""
    calendar = calendar_of(entry.project, entry.workspace.clock())
    relation, saved = entry.opened.relation, entry.cohorts(spec)
    statements = await entry.workspace.answers.run(lambda: sql_of(relation, spec, calendar, saved))
    return SqlOfInsight(dialect=relation.dialect, statements=statements)


def _run(entry: Entry, asked: SqlQuery) -> tuple[pa.Table, bool]:
    tables = {}
    if re.search(r"\bcohorts\b", asked.query, re.IGNORECASE):
        tables["cohorts"] = _cohorts(entry)
    rows = entry.opened.sql.run(
        asked.query,
        asked.parameters,
        asked.limit,
        entry.workspace.settings.query_timeout_seconds,
        tables,
    )
    return rows.table, rows.more


def _cohorts(entry: Entry) -> pa.Table:
    """Return who is in each saved cohort now."""
    calendar = calendar_of(entry.project, entry.workspace.clock())
    with entry.workspace.records.read() as session:
        saved = shelf.all_cohorts(session, entry.project.id)
    ids, names, people = [], [], [np.zeros(0, np.int32)]
    for cohort in saved:
        member = InCohort(cohort=cohort.id)
        found = people_in(entry.opened.store, member, entry.cohorts(member), calendar)
        ids += [cohort.id] * len(found)
        names += [cohort.name] * len(found)
        people.append(found)
    return pa.table(
        {
            "id": pa.array(ids, pa.string()),
            "name": pa.array(names, pa.string()),
            "person": pa.array(np.concatenate(people), pa.int32()),
        }
    )


def _types(table: pa.Table) -> list[tuple[str, pa.DataType]]:
    return [(field.name, field.type) for field in table.schema]


def _rows(table: pa.Table) -> list[list[Any]]:
    columns = [[_plain(value) for value in column.to_pylist()] for column in table.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _plain(value: Any) -> Any:
    """Return a value of a row as JSON has it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, float):
        return value if np.isfinite(value) else str(value)
    if isinstance(value, int) and abs(value) > 2**53:
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return value if value is None or isinstance(value, str | bool | int) else json.dumps(str(value))
