"""The question of paths: what people do after what, step by step."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from cairn.insights.question import Question
from cairn.query.filters import Frozen, Group, Property, Selector

Item = Annotated[str, Field(min_length=1, max_length=2_000)]
"""Something on a path: the name of an event or the text of a property, after cleaning."""

BETWEEN = "…"
"""The item that stands for those left out between a start and an end that lie far apart."""
EXPANDED = 100
"""How many items an expanded step shows."""


class Pause(Frozen):
    """A path goes on until a pause of so many seconds, or more, between two of its events."""

    pause_seconds: int = Field(default=1_800, ge=1, le=31_536_000)


class Reach(Frozen):
    """A path reaches so many seconds from its first event, both ends included.

    It begins with the first event that is on no path yet, or with the next `start`. With an `end` and
    no `start` it reaches back from its end instead, at most to the end before.
    """

    reach_seconds: int = Field(ge=1, le=31_536_000)


class Replacement(Frozen):
    """Every match of an RE2 pattern in an item becomes `by`, where `\\1` is its first group."""

    pattern: str = Field(min_length=1, max_length=1_000)
    by: str = Field(default="", max_length=1_000)


class PathsSpec(Question):
    """What is done after what.

    Events that match one of `events` and none of `except_events` are on paths, in order of time, then
    arrival. An event's item is its name, or the text of `by` where it has one (on the events named in
    `by_on`, if any are). `replacements` change items one after the other; then the first of `groups`
    that an item matches takes its place, where `*` is any text. Only items that match `only_items`, and
    none of `except_items`, stay.

    With `collapse`, items that follow themselves are one, at the time of the last. A path from `start`
    begins with its first `start`, one to `end` ends with the first `end` (after the start); paths without
    do not count. The first `steps` items are shown, or the last ones of a path to an `end`, counted so that the
    end is the last step. Between a start and an end that lie farther apart, `…` stands for what is
    left out.

    The `top` largest moves from one item to the next, and items at the first step (the last, of paths to
    an end), choose which items are shown at each step; all others of a step are together one item.
    Steps in `expand` show their 100 largest items as well. `count` counts paths, or each actor once per
    move and item.
    """

    kind: Literal["paths"] = "paths"
    events: tuple[Selector, ...] = Field(default=(Selector(),), min_length=1, max_length=20)
    except_events: tuple[Selector, ...] = Field(default=(), max_length=10)
    by: Property | None = Field(
        default=None, description="Names items; the event's name when null."
    )
    by_on: tuple[str, ...] = Field(default=(), max_length=20)
    replacements: tuple[Replacement, ...] = Field(default=(), max_length=50)
    groups: tuple[Item, ...] = Field(default=(), max_length=100)
    only_items: tuple[Item, ...] = Field(default=(), max_length=100)
    except_items: tuple[Item, ...] = Field(default=(), max_length=100)
    collapse: bool = True
    within: Pause | Reach = Pause()
    start: Item | None = None
    end: Item | None = None
    steps: int = Field(default=5, ge=2, le=20)
    top: int = Field(default=50, ge=1, le=1_000)
    expand: tuple[Annotated[int, Field(ge=0, le=19)], ...] = Field(default=(), max_length=20)
    count: Literal["paths", "actors"] = "paths"

    @property
    def ends_last(self) -> bool:
        """Return whether steps are counted so that the end is the last one."""
        return self.end is not None and self.start is None

    @model_validator(mode="after")
    def _parts_fit(self) -> PathsSpec:
        if self.start is not None and self.start == self.end:
            raise ValueError(f"a path cannot go from '{self.start}' to itself")
        if self.start is not None and self.end is not None and self.steps < 3:
            raise ValueError(f"paths between two items need at least 3 steps, got {self.steps}")
        for step in self.expand:
            if step >= self.steps:
                raise ValueError(
                    f"there is no step {step} to expand: the {self.steps} steps count from 0"
                )
        if self.by is None and self.by_on:
            raise ValueError("'by_on' says which events 'by' names, and there is no 'by'")
        return self


class PathsPoint(Frozen):
    """A number of the answer: who did an item at a step, went on to another, or did nothing after."""

    kind: Literal["paths"] = "paths"
    step: int = Field(ge=0, description="From 0.")
    item: Group
    next: Group | None = Field(default=None, description="What was done right after it.")
    ended: bool = Field(default=False, description="Those whose path ended here.")

    @model_validator(mode="after")
    def _goes_on_or_ends(self) -> PathsPoint:
        if self.ended and self.next is not None:
            raise ValueError("a path that ended with an item did not go on to the next")
        return self


class PathsNode(Frozen):
    """An item at a step: how many came by, and for how many it was the last.

    `selector` selects the events that it stands for, to make steps of a funnel from; None for other items,
    for `…`, and after replacements, which cannot be undone.
    """

    step: int
    item: Group
    value: int
    ended: int
    selector: Selector | None = None


class PathsMove(Frozen):
    """How many went from one node to another, by their indexes, and how long that took them."""

    source: int
    target: int
    value: int
    average_seconds: float


class PathsResult(Frozen):
    """The answer: how many paths (or actors on paths) there are, and what they go through.

    Before the last step, those at a node are those who move on and those for whom it was the last. After
    the first, they are those who moved to it, of paths that do not begin later to end at the last step.
    """

    total: int
    nodes: tuple[PathsNode, ...]
    moves: tuple[PathsMove, ...]
