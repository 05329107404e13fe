"""Adoption by the book: for everyone of the period, list all their uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cairn.insights.adoption.spec import (
    AdoptionGroup,
    AdoptionPoint,
    AdoptionResult,
    AdoptionSpec,
    Stage,
)
from cairn.query.filters import Group, Selector
from cairn.query.periods import Calendar, Span
from insights.calendar import HOUR, labelled, stretches, wall_clock
from insights.filtering import wanted
from insights.history import Act
from insights.ranking import shown


@dataclass(frozen=True)
class Someone:
    """A person of the period, their first event of any kind, and all their uses in order."""

    person: int
    born_us: int
    uses: tuple[Act, ...]

    def is_at(self, spec: AdoptionSpec, stage: Stage, calendar: Calendar) -> bool:
        """Return whether they are at a stage."""
        if not self.uses:
            return False
        if stage == "early":
            return self.uses[0].time_us < self.born_us + spec.early_days * 24 * HOUR
        days = {wall_clock(act.time_us, calendar).date() for act in self.uses}
        return stage == "adopted" or len(days) > 1


def answer(
    spec: AdoptionSpec, acts: Sequence[Act], span: Span, calendar: Calendar
) -> AdoptionResult:
    """Count who adopted the feature, and how soon."""
    everyone = people_of(spec, acts, span)
    buckets = stretches(span.start_us, span.end_us, spec.interval, calendar)

    def counted(group: Group | None, members: Sequence[Someone]) -> AdoptionGroup:
        firsts = [member.uses[0].time_us for member in members if member.uses]
        return AdoptionGroup(
            group=group,
            adopted=sum(member.is_at(spec, "adopted", calendar) for member in members),
            early=sum(member.is_at(spec, "early", calendar) for member in members),
            repeated=sum(member.is_at(spec, "repeated", calendar) for member in members),
            curve=tuple(sum(first < end for first in firsts) for _, end in buckets),
        )

    return AdoptionResult(
        buckets=tuple(labelled(start, calendar) for start, _ in buckets),
        persons=len(everyone),
        total=counted(None, everyone),
        groups=tuple(counted(group, of) for group, of in _grouped(spec, everyone).items()),
    )


def people(
    spec: AdoptionSpec, point: AdoptionPoint, acts: Sequence[Act], span: Span, calendar: Calendar
) -> set[int]:
    """Return those at a stage, or who adopted by the end of an interval."""
    members = people_of(spec, acts, span)
    if point.group is not None:
        members = _grouped(spec, members)[point.group]
    members = [member for member in members if member.is_at(spec, point.stage, calendar)]
    if point.bucket is not None:
        end = stretches(span.start_us, span.end_us, spec.interval, calendar)[point.bucket][1]
        members = [member for member in members if member.uses[0].time_us < end]
    return {member.person for member in members}


def people_of(spec: AdoptionSpec, acts: Sequence[Act], span: Span) -> list[Someone]:
    """Return everyone who is active, or new, in the period."""
    out = []
    for person in sorted({act.person for act in acts}):
        own = [act for act in acts if act.person == person and act.time_us < span.end_us]
        active = [act for act in own if wanted(act, Selector(), spec.filter)]
        if not any(act.time_us >= span.start_us for act in active):
            continue
        born = next(act.time_us for act in own if wanted(act, Selector(), None))
        if spec.among == "active" or born >= span.start_us:
            uses = tuple(act for act in own if wanted(act, spec.feature, spec.filter))
            out.append(Someone(person, born, uses))
    return out


def _grouped(spec: AdoptionSpec, everyone: Sequence[Someone]) -> dict[Group, list[Someone]]:
    if spec.breakdown is None:
        return {}
    value = {one.person: one.uses[0].text(spec.breakdown) for one in everyone if one.uses}
    group_of, groups = shown(Counter(value.values()), spec.limit)
    return {
        group: [one for one in everyone if one.uses and group_of[value[one.person]] == group]
        for group in groups
    }
