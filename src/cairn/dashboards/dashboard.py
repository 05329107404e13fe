"""A dashboard, and the rule that two people never overwrite each other unknowingly."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from cairn.insights.answer import Spec
from cairn.query.filters import Frozen

Name = Annotated[str, Field(min_length=1, max_length=200)]


class Tile(Frozen):
    """One saved question and its place: `width` of twelve columns, `height` in rows."""

    id: str = Field(min_length=1, max_length=64)
    title: str = Field(max_length=200)
    spec: Spec
    width: int = Field(default=6, ge=1, le=12)
    height: int = Field(default=4, ge=1, le=12)


class Draft(Frozen):
    """What a member decides about a dashboard."""

    name: Name
    description: str = Field(default="", max_length=2_000)
    tiles: tuple[Tile, ...] = Field(default=(), max_length=60)


class Edit(Draft):
    """A change to a dashboard. `revision` is the one that the change was made from."""

    revision: int = Field(ge=0)


class Dashboard(Draft):
    """A dashboard as it is kept. Every change raises `revision` by one."""

    id: str
    revision: int
    created_at: datetime
    updated_at: datetime
