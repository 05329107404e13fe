"""The shapes that charts draw: they know no question, only marks and what each stands for.

Every mark carries the *point* to send back to ask who the people behind it are; None when nobody can
be asked for.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator

from cairn.insights.adoption.spec import AdoptionPoint
from cairn.insights.attribution.spec import AttributionPoint
from cairn.insights.engagement.spec import EngagementPoint
from cairn.insights.funnel.spec import FunnelPoint
from cairn.insights.lifecycle.spec import LifecyclePoint
from cairn.insights.paths.spec import PathsPoint
from cairn.insights.retention.spec import RetentionPoint
from cairn.insights.revenue.spec import RevenuePoint
from cairn.insights.sessions.spec import SessionsPoint
from cairn.insights.stickiness.spec import StickinessPoint
from cairn.insights.trends.spec import TrendsPoint
from cairn.insights.usage.spec import UsagePoint
from cairn.query.filters import Frozen
from cairn.query.periods import Interval

Point = Annotated[
    TrendsPoint
    | FunnelPoint
    | RetentionPoint
    | LifecyclePoint
    | AttributionPoint
    | StickinessPoint
    | UsagePoint
    | EngagementPoint
    | PathsPoint
    | AdoptionPoint
    | SessionsPoint
    | RevenuePoint,
    Discriminator("kind"),
]
Unit = Literal["text", "count", "number", "share", "seconds", "time"]
"""How to format a value: `share` is 0 to 1, `seconds` a duration, `time` an ISO local time."""


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
    """Values over time. Buckets from index `partial_from` on are not over yet.

    `stacked` values stand on each other as bars, or as areas when `filled`, those below zero under the
    axis.
    """

    type: Literal["lines"] = "lines"
    interval: Interval
    stacked: bool = False
    filled: bool = False
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
    """A cell: its share of the row's size, the people in it, and whether it can still grow.

    `value` is what it shows when the matrix has another unit than `share`.
    """

    share: float | None
    value: float | None = None
    persons: int
    complete: bool
    point: Point


class MatrixRow(Frozen):
    """A cohort."""

    label: str
    size: int
    cells: tuple[MatrixCell, ...]


class MatrixGroup(Frozen):
    """The cohorts of one group, with their weighted average and their mean over complete cells."""

    label: str
    average: tuple[float | None, ...]
    mean: tuple[float | None, ...] = ()
    rows: tuple[MatrixRow, ...]


class Matrix(Frozen):
    """Cohorts by intervals since their start; `unit` is that of cells and averages."""

    type: Literal["matrix"] = "matrix"
    interval: Interval
    unit: Unit = "share"
    columns: tuple[str, ...]
    groups: tuple[MatrixGroup, ...]


class BarSeries(Frozen):
    """A value per category; bars of several series stand side by side, or on each other."""

    label: str
    values: tuple[float | None, ...]
    points: tuple[Point | None, ...]
    unit: Unit


class Bars(Frozen):
    """Values by category, such as people by the number of days on which they were active."""

    type: Literal["bars"] = "bars"
    title: str
    categories: tuple[str, ...]
    series: tuple[BarSeries, ...]
    stacked: bool = False


class FlowNode(Frozen):
    """Something done as the so-manieth step, from 0; `other` stands for all that is not shown."""

    step: int
    label: str
    value: int
    point: Point | None
    other: bool = False


class FlowLink(Frozen):
    """How many went from one node to another; both are indexes."""

    source: int
    target: int
    value: int
    average_seconds: float | None
    point: Point | None


class Flow(Frozen):
    """What was done after what, as a river whose branches add up to what flows in."""

    type: Literal["flow"] = "flow"
    nodes: tuple[FlowNode, ...]
    links: tuple[FlowLink, ...]


class Number(Frozen):
    """One number in large type, beside what it was in the period before."""

    label: str
    value: float | None
    previous: float | None
    unit: Unit
    point: Point | None
    lower_is_better: bool = False


class Numbers(Frozen):
    """Numbers side by side."""

    type: Literal["numbers"] = "numbers"
    numbers: tuple[Number, ...]


class Heat(Frozen):
    """A value for each row and column, told by colour: the hours of the days of a week."""

    type: Literal["heat"] = "heat"
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    points: tuple[tuple[Point | None, ...], ...]
    unit: Unit


class Dot(Frozen):
    """Something that lies at two numbers."""

    label: str
    x: float
    y: float
    point: Point | None


class Dots(Frozen):
    """Things by two numbers: features by how many use them and how often."""

    type: Literal["dots"] = "dots"
    x_title: str
    x_unit: Unit
    y_title: str
    y_unit: Unit
    dots: tuple[Dot, ...]


class Place(Frozen):
    """A country by its two-letter code (ISO 3166-1), with its number."""

    code: str
    value: float
    point: Point | None


class Places(Frozen):
    """Numbers on the map of the world; `elsewhere` is what has no known country."""

    type: Literal["places"] = "places"
    title: str
    places: tuple[Place, ...]
    elsewhere: float
    unit: Unit


Chart = Annotated[
    Lines | Steps | Matrix | Bars | Flow | Numbers | Heat | Dots | Places, Discriminator("type")
]

BarGroup.model_rebuild()
