"""Sessions by the book: one event at a time, one session at a time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import mean

from cairn.insights.sessions.spec import (
    SessionsLine,
    SessionsPoint,
    SessionsResult,
    SessionsSpec,
)
from cairn.query.filters import Group, Property, Selector
from cairn.query.periods import Calendar, Span, after, floor, local
from insights.filtering import wanted
from insights.history import Act
from insights.ranking import shown

SECOND = 1_000_000
SESSION = Property(name="$session")
NAMES = ("below 10 s", "10 – 30 s", "30 – 60 s", "1 – 3 min", "3 – 10 min", "10 – 30 min")


@dataclass(frozen=True)
class Visit:
    """A session: its events in order."""

    person: int
    acts: tuple[Act, ...]

    @property
    def begin_us(self) -> int:
        """Return when it begins."""
        return self.acts[0].time_us

    @property
    def seconds(self) -> Fraction:
        """Return how long it takes."""
        return Fraction(self.acts[-1].time_us - self.acts[0].time_us, SECOND)


def answer(
    spec: SessionsSpec, acts: Sequence[Act], span: Span, calendar: Calendar
) -> SessionsResult:
    """Measure the sessions of every group, in every bucket and in all."""
    visits = visits_of(spec, acts, span)
    group_of, groups = _groups(spec, visits)
    if spec.measure in ("entries", "exits", "lengths"):
        sizes = Counter(map(group_of, visits))
        bars = [SessionsLine(group=g, values=(), total=float(sizes[g])) for g in groups]
        return SessionsResult(buckets=(), lines=tuple(bars))
    opens = _opens(spec, span, calendar)
    lines = []
    for group in groups:
        own = [visit for visit in visits if group_of(visit) == group]
        cells = [
            [visit for visit in own if _opening(spec, visit, calendar) == open] for open in opens
        ]
        values = tuple(_measure(spec, cell) for cell in cells)
        lines.append(SessionsLine(group=group, values=values, total=_measure(spec, own)))
    labels = tuple(local(open, calendar.zone).isoformat() for open in opens)
    return SessionsResult(buckets=labels, lines=tuple(lines))


def people(
    spec: SessionsSpec, point: SessionsPoint, acts: Sequence[Act], span: Span, calendar: Calendar
) -> set[int]:
    """Return who has the sessions that a number counts."""
    visits = visits_of(spec, acts, span)
    group_of, _ = _groups(spec, visits)
    if point.bucket is not None:
        open = _opens(spec, span, calendar)[point.bucket]
        visits = [visit for visit in visits if _opening(spec, visit, calendar) == open]
    if point.group is not None:
        visits = [visit for visit in visits if group_of(visit) == point.group]
    if spec.measure == "bounce_rate":
        visits = [visit for visit in visits if _bounced(spec, visit)]
    return {visit.person for visit in visits}


def visits_of(spec: SessionsSpec, acts: Sequence[Act], span: Span) -> list[Visit]:
    """Return the sessions that begin in the span."""
    visits = []
    for person in sorted({act.person for act in acts}):
        own = [a for a in acts if a.person == person and wanted(a, Selector(), spec.filter)]
        sessions: dict[Hashable, list[Act]] = defaultdict(list)
        unnamed = 0
        for i, act in enumerate(own):
            name = act.text(SESSION)
            before = own[i - 1] if i else None
            if name is None and (
                before is None
                or before.text(SESSION) is not None
                or act.time_us - before.time_us > spec.pause_seconds * SECOND
            ):
                unnamed += 1
            sessions[(unnamed,) if name is None else name].append(act)
        visits += [Visit(person, tuple(session)) for session in sessions.values()]
    return [visit for visit in visits if span.start_us <= visit.begin_us < span.end_us]


def _opens(spec: SessionsSpec, span: Span, calendar: Calendar) -> list[int]:
    opens = [floor(span.start_us, spec.interval, calendar)]
    while after(opens[-1], spec.interval, calendar) < span.end_us:
        opens.append(after(opens[-1], spec.interval, calendar))
    return opens


def _opening(spec: SessionsSpec, visit: Visit, calendar: Calendar) -> int:
    return floor(visit.begin_us, spec.interval, calendar)


def _groups(
    spec: SessionsSpec, visits: Sequence[Visit]
) -> tuple[Callable[[Visit], Group | None], Sequence[Group | None]]:
    if spec.measure == "lengths":
        names = [*NAMES, "30 min and more"]
        begins = (0, 10, 30, 60, 180, 600, 1_800)

        def range_of(visit: Visit) -> Group:
            return Group(value=names[sum(visit.seconds >= begin for begin in begins) - 1])

        return range_of, [Group(value=name) for name in names]

    def value_of(visit: Visit) -> str | None:
        act = visit.acts[-1 if spec.measure == "exits" else 0]
        if spec.measure in ("entries", "exits"):
            return act.event if spec.by is None else act.text(spec.by)
        assert spec.breakdown is not None
        return act.text(spec.breakdown)

    if spec.measure not in ("entries", "exits") and spec.breakdown is None:
        return lambda visit: None, [None]
    group_of, groups = shown(Counter(map(value_of, visits)), spec.limit)
    return lambda visit: group_of[value_of(visit)], groups


def _bounced(spec: SessionsSpec, visit: Visit) -> bool:
    pages = sum(act.event in ("$page", "$screen") for act in visit.acts)
    return pages == 1 and visit.seconds < spec.bounce_seconds


def _measure(spec: SessionsSpec, visits: Sequence[Visit]) -> float | None:
    if spec.measure == "sessions":
        return float(len(visits))
    if not visits:
        return None
    lengths = sorted(visit.seconds for visit in visits)
    spent: dict[int, Fraction] = defaultdict(Fraction)
    for visit in visits:
        spent[visit.person] += visit.seconds
    return float(
        {
            "average_length": mean(lengths),
            "median_length": _percentile(lengths, Fraction(1, 2)),
            "p90_length": _percentile(lengths, Fraction(9, 10)),
            "events_per_session": Fraction(sum(len(v.acts) for v in visits), len(visits)),
            "bounce_rate": Fraction(sum(_bounced(spec, v) for v in visits), len(visits)),
            "average_time_spent": mean(spent.values()),
            "median_time_spent": _percentile(sorted(spent.values()), Fraction(1, 2)),
        }[spec.measure]
    )


def _percentile(ordered: Sequence[Fraction], share: Fraction) -> Fraction:
    exact = (len(ordered) - 1) * share
    low = int(exact)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (exact - low)
