"""A cohort that a project keeps: one that is worked out when asked for, or a list that stays."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from cairn.query.cohort import Definition
from cairn.query.filters import Frozen

Name = Annotated[str, Field(min_length=1, max_length=200)]


class Label(Frozen):
    """What a cohort is called, and what it is for."""

    name: Name
    description: str = Field(default="", max_length=2_000)


class Draft(Label):
    """What a member decides about a cohort that follows the data."""

    definition: Definition


class Edit(Label):
    """A change to a cohort. `revision` is the one that the change was made from.

    A static cohort has no definition, and keeps its people.
    """

    definition: Definition | None = None
    revision: int = Field(ge=0)


class Cohort(Label):
    """A cohort as it is kept. Every change raises `revision` by one.

    A `dynamic` one has a definition, and whoever fits it now is in it. A `static` one has `listed`
    distinct ids, and `origin` says where they came from.
    """

    id: str
    kind: Literal["dynamic", "static"]
    definition: Definition | None
    listed: int | None
    origin: dict[str, Any] | None
    revision: int
    created_at: datetime
    updated_at: datetime
