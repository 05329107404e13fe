"""What a reader sees of an answer: one sentence, a chart and a table, whatever the question was.

Charts know these shapes and no insight. Every mark carries the *point* to send back to ask who the
people behind it are.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator

from cairn.insights.funnel.spec import FunnelPoint
from cairn.insights.retention.spec import RetentionPoint
from cairn.insights.trends.spec import TrendsPoint
from cairn.query.filters import Frozen, Group

Point = Annotated[TrendsPoint | FunnelPoint | RetentionPoint, Discriminator("kind")]
Unit = Literal["text", "count", "number", "share", "seconds", "time"]
"""How to format a value: `share` is 0 to 1, `seconds` a duration, `time` an ISO local time."""

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


class Line(Frozen):
    """A series over time. `points[i]` opens the people behind `values[i]`, None if nobody can be."""

    label: str
    values: tuple[float | None, ...]
    total: float | None
    points: tuple[Point | None, ...]
    total_point: Point | None
    unit: Unit
    previous: bool = False


class Lines(Frozen):
    """Values over time. Buckets from index `partial_from` on are not over yet."""

    type: Literal["lines"] = "lines"
    interval: Literal["hour", "day", "week", "month"]
    times: tuple[str, ...]
    lines: tuple[Line, ...]
    partial_from: int | None = None


class Bar(Frozen):
    """One step of one group of a funnel."""

    persons: int
    share_of_first: float | None
    share_of_previous: float | None
    average_seconds: float | None
    median_seconds: float | None
    point: Point
    dropped_persons: int
    dropped_point: Point | None


class BarGroup(Frozen):
    """A group's bars, one per step, and how long those who converted took."""

    label: str
    bars: tuple[Bar, ...]
    average_seconds: float | None
    median_seconds: float | None
    histogram: tuple[HistogramBar, ...] = ()


class HistogramBar(Frozen):
    """People who converted within a range of seconds."""

    from_seconds: float
    to_seconds: float
    persons: int


class Steps(Frozen):
    """Bars that shrink from step to step, side by side per group."""

    type: Literal["steps"] = "steps"
    steps: tuple[str, ...]
    groups: tuple[BarGroup, ...]


class MatrixCell(Frozen):
    """A cell: its share of the row's size, the people in it, and whether it can still grow."""

    share: float | None
    persons: int
    complete: bool
    point: Point


class MatrixRow(Frozen):
    """A cohort."""

    label: str
    size: int
    cells: tuple[MatrixCell, ...]


class MatrixGroup(Frozen):
    """The cohorts of one group, with their weighted average over complete cells."""

    label: str
    average: tuple[float | None, ...]
    rows: tuple[MatrixRow, ...]


class Matrix(Frozen):
    """Cohorts by intervals since their start."""

    type: Literal["matrix"] = "matrix"
    interval: Literal["day", "week", "month"]
    columns: tuple[str, ...]
    groups: tuple[MatrixGroup, ...]


class View(Frozen):
    """One answer, for a reader. `docs` is the page that says what the numbers mean."""

    sentence: str
    chart: Annotated[Lines | Steps | Matrix, Discriminator("type")]
    table: Table
    notes: tuple[str, ...] = ()
    docs: str


BarGroup.model_rebuild()


def group_label(group: Group | None) -> str:
    """Return the words for a value of a breakdown; missing values and the rest have names.

    >>> group_label(Group(value="web")), group_label(Group()), group_label(Group(other=True))
    ('web', '(not set)', 'Other')
    """
    if group is None:
        return "Everyone"
    if group.other:
        return "Other"
    return "(not set)" if group.value is None else group.value


def share(part: int, whole: int) -> float | None:
    """Return part / whole, or None of nothing."""
    return part / whole if whole else None


def plural(count: int, one: str, many: str) -> str:
    """Return a count with its noun.

    >>> plural(1, "person", "people"), plural(2000, "person", "people")
    ('1 person', '2,000 people')
    """
    return f"{count:,} {one if count == 1 else many}"
