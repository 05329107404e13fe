"""The data sets that come with Cairn, and how each file of them is read.

Their origins and licences stand beside the files, in the folder `examples` of the repository.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import cairn
from cairn.core.errors import NotFound
from cairn.imports.mapping import parse_mapping
from cairn.imports.run import Reading

_PACKAGE = Path(cairn.__file__).parent
_FOLDERS = (_PACKAGE.parents[1] / "examples", _PACKAGE / "examples")
"""In a checkout of the repository, and in an installed package."""


@dataclass(frozen=True, slots=True)
class ExampleFile:
    """One file of a data set, read as `cairn import` reads it with the same options."""

    name: str
    map: str
    names: str = ""
    skip: str = ""
    properties: str = ""

    @property
    def reading(self) -> Reading:
        """Return how the file is read. All times of the data sets are UTC."""
        mapping = parse_mapping(
            self.map, names=self.names, skip=self.skip, properties=self.properties
        )
        return Reading(mapping, zone=ZoneInfo("UTC"))


@dataclass(frozen=True, slots=True)
class Example:
    """A data set: its folder under `examples`, what to call it, and its files in order."""

    folder: str
    title: str
    credit: str
    files: tuple[ExampleFile, ...]

    def paths(self) -> Sequence[tuple[str, Reading]]:
        """Return the files with how to read them. Raises NotFound when they are not here."""
        for place in _FOLDERS:
            if (place / self.folder).is_dir():
                return [(str(place / self.folder / file.name), file.reading) for file in self.files]
        raise NotFound(
            f"the example data {self.folder!r} is not on this machine",
            hint="Run `cairn demo` in a checkout of the repository, or `cairn demo --events 200000` "
            "for simulated data.",
        )


STACKEXCHANGE = Example(
    folder="stackexchange",
    title="Cross Validated",
    credit="Stack Exchange / Cross Validated, CC BY-SA",
    files=(
        ExampleFile("users.csv.gz", "event='signup',time=CreationDate,person=Id", skip="Id=-1"),
        ExampleFile(
            "users.csv.gz",
            "event='$identify',time=CreationDate,person=Id",
            skip="Id=-1",
            properties="Reputation,Views,UpVotes,DownVotes",
        ),
        ExampleFile(
            "posts.csv.gz",
            "event=PostTypeId,time=CreationDate,person=OwnerUserId",
            names="1=question,2=answer,*=other_post",
            skip="OwnerUserId=,OwnerUserId=-1",
            properties="Score,ViewCount,AnswerCount,CommentCount,FavoriteCount",
        ),
        ExampleFile("badges.csv.gz", "event='badge',time=Date,person=UserId", skip="UserId=-1"),
    ),
)

GAME_LAUNCH = Example(
    folder="game-launch",
    title="Game launch",
    credit="gamelaunch of the R package cohorts, MIT",
    files=(ExampleFile("gamelaunch.csv.gz", "event=eventName,time=eventDate,person=userid"),),
)

EXAMPLES = (STACKEXCHANGE, GAME_LAUNCH)
