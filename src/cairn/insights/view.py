"""What a reader sees of an answer: one sentence, a chart and a table, whatever the question was."""

from __future__ import annotations

from cairn.insights.chart import Chart, Unit
from cairn.insights.question import NOUNS
from cairn.model.actor import Actor
from cairn.query.filters import Frozen, Group

Cell = str | int | float | None


class Column(Frozen):
    """A column of the table."""

    key: str
    label: str
    unit: Unit


class Table(Frozen):
    """The same numbers as the chart, for reading, copying and CSV."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


class View(Frozen):
    """One answer, for a reader. `docs` is the page that says what the numbers mean.

    `table_first` asks to see the table in place of the chart.
    """

    sentence: str
    chart: Chart
    table: Table
    table_first: bool = False
    notes: tuple[str, ...] = ()
    docs: str


def group_label(group: Group | None) -> str:
    """Return the words for a value of a breakdown; missing values and the rest have names.

    >>> group_label(Group(value="web")), group_label(Group()), group_label(Group(other=True))
    ('web', '(not set)', 'Other')
    >>> group_label(Group(value="web", more=("NL",)))
    'web · NL'
    """
    if group is None:
        return "Everyone"
    if group.other:
        return "Other"
    return " · ".join("(not set)" if v is None else v for v in (group.value, *group.more))


def share(part: int, whole: int) -> float | None:
    """Return part / whole, or None of nothing."""
    return part / whole if whole else None


def plural(count: int, one: str, many: str) -> str:
    """Return a count with its noun.

    >>> plural(1, "person", "people"), plural(2000, "person", "people")
    ('1 person', '2,000 people')
    """
    return f"{count:,} {one if count == 1 else many}"


def counted(count: int, actor: Actor) -> str:
    """Return a count of those who act.

    >>> counted(1, "person"), counted(2000, "session")
    ('1 person', '2,000 sessions')
    """
    return plural(count, *NOUNS[actor])
