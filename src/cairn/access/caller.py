"""Who is asking, and what they may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cairn.core.errors import NotAllowed, NotFound

Role = Literal["owner", "admin", "analyst", "viewer"]
Scope = Literal["query", "admin", "write"]
Right = Literal["read", "edit", "manage"]
"""`read`: ask questions. `edit`: change dashboards. `manage`: projects, keys and members."""

RIGHTS_OF_ROLE: Mapping[str, frozenset[Right]] = {
    "owner": frozenset({"read", "edit", "manage"}),
    "admin": frozenset({"read", "edit", "manage"}),
    "analyst": frozenset({"read", "edit"}),
    "viewer": frozenset({"read"}),
}
RIGHTS_OF_SCOPE: Mapping[str, frozenset[Right]] = {
    "query": frozenset({"read"}),
    "admin": frozenset({"read", "edit", "manage"}),
    "write": frozenset(),
}


@dataclass(frozen=True, slots=True)
class Member:
    """Someone who signs in to Cairn."""

    id: str
    email: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Caller:
    """A member in a browser, or a program with a key that is good for one project."""

    name: str
    rights: frozenset[Right]
    member: Member | None = None
    project_id: str | None = None
    only_writes: bool = False

    def must_reach(self, project_id: str) -> None:
        """Raise NotFound when this project is not the caller's to know of."""
        if self.project_id is not None and self.project_id != project_id:
            raise NotFound(
                f"there is no project '{project_id}' for this key",
                hint="An API key works for the project it was made in.",
            )

    def must_have(self, right: Right) -> None:
        """Raise NotAllowed when the caller lacks the right."""
        if right in self.rights:
            return
        if self.only_writes:
            raise NotAllowed(
                "write keys can only write",
                hint="Send events with it to /v1/batch; ask questions with an API key of scope "
                "'query'.",
            )
        if self.member is not None:
            raise NotAllowed(
                f"a member with the role '{self.member.role}' may not do this: it takes the right "
                f"to {right}",
                hint="Ask an owner or admin of this installation.",
            )
        raise NotAllowed(
            f"this API key lacks the right to {right}",
            hint="Make a key with the scope 'query' to read, or 'admin' to change things.",
        )


def of_member(member: Member) -> Caller:
    """Return the caller that a signed-in member is."""
    return Caller(member.email, RIGHTS_OF_ROLE[member.role], member)
