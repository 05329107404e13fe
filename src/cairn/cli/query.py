"""`cairn query`: the answer to a question, in the terminal."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import TypeAdapter, ValidationError
from rich.markup import escape
from rich.table import Table

from cairn.cli.asking import asking
from cairn.cli.options import ApiKey, DataDir, ProjectChoice, Url
from cairn.cli.server import settings_from
from cairn.cli.show import notes, output
from cairn.core.errors import InvalidInput, NotFound
from cairn.insights.answer import Answer, Spec
from cairn.insights.chart import Unit
from cairn.insights.view import Cell

_spec: TypeAdapter[Spec] = TypeAdapter(Spec)
_answer = TypeAdapter(Answer)


def query(
    spec: Annotated[
        str, typer.Argument(metavar="SPEC.json", help="File with the question; - reads stdin.")
    ],
    kind: Annotated[
        Literal["table", "json", "csv"],
        typer.Option("--format", help="How to print the answer."),
    ] = "table",
    project: ProjectChoice = None,
    url: Url = None,
    api_key: ApiKey = None,
    data_dir: DataDir = None,
) -> None:
    """Answer a question: trends, a funnel or retention.

    The question is the JSON that the API takes and that the page's editor shows, such as
    {"kind": "funnel", "steps": [{"event": "signup"}, {"event": "question"}], "period": {"from": "all"}}
    """
    asked = _read(spec)
    settings = settings_from(data_dir=data_dir)
    with asking(settings, url, api_key, project) as server:
        if kind == "csv":
            print(server.post("/query/csv", json=asked).text, end="")
            return
        answered = server.post("/query", json=asked)
    if kind == "json":
        print(answered.text)
    else:
        show(_answer.validate_json(answered.content))


def show(answer: Answer) -> None:
    """Print an answer for a person: the sentence, the table, the notes."""
    view = answer.view
    console = output()
    console.print(f"[bold]{escape(view.sentence)}[/]\n", highlight=False)
    table = Table()
    for column in view.table.columns:
        table.add_column(
            escape(column.label), justify="left" if column.unit in ("text", "time") else "right"
        )
    for row in view.table.rows:
        pairs = zip(row, view.table.columns, strict=True)
        table.add_row(*(escape(text_of(cell, column.unit)) for cell, column in pairs))
    console.print(table)
    for note in view.notes:
        notes.print(f"[dim]{escape(note)}[/]", highlight=False)
    meta = answer.meta
    notes.print(
        f"[dim]{meta.took_ms:,.1f} ms, {meta.period_from[:10]} to {meta.period_to[:10]}, times in "
        f"{meta.time_zone}[/]",
        highlight=False,
    )


def text_of(cell: Cell, unit: Unit) -> str:
    """Return a value as a person reads it.

    >>> text_of(0.125, "share"), text_of(93784, "seconds"), text_of(1234.5, "number")
    ('12.5%', '1 day, 2:03:04', '1,234.5')
    >>> text_of(None, "count"), text_of("2024-05-01T00:00:00", "time")
    ('–', '2024-05-01')
    """
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return _moment(cell) if unit == "time" else cell
    if unit == "share":
        return f"{cell:.1%}"
    if unit == "seconds":
        return str(timedelta(seconds=round(cell)))
    return f"{cell:,.0f}" if float(cell).is_integer() else f"{cell:,.2f}".rstrip("0")


def _moment(text: str) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{at:%Y-%m-%d}" if at.hour == at.minute == 0 else f"{at:%Y-%m-%d %H:%M}"


def _read(name: str) -> object:
    """Return a question as JSON. Raises InvalidInput that names the field that is wrong."""
    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except FileNotFoundError:
        raise NotFound(f"there is no file {name!r}", hint="Use - for standard input.") from None
    except OSError as error:
        raise InvalidInput(f"{name!r} cannot be read: {error.strerror}") from error
    try:
        spec = _spec.validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the question"
        raise InvalidInput(
            f"{place}: {first['msg']}", hint="docs/api.md describes every kind of question."
        ) from error
    return _spec.dump_python(spec, mode="json", by_alias=True)
