"""A trend by the book: for every bucket of every series, go through all events again."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from cairn.insights.trends.spec import (
    PERCENTILES,
    ROLLING_DAYS,
    Series,
    TrendsLine,
    TrendsPoint,
    TrendsResult,
    TrendsSpec,
)
from cairn.query.filters import Group, number_of
from cairn.query.periods import Calendar, Interval, Span, previous
from insights.calendar import HOUR, first_day, labelled, next_first_day, start_of, wall_clock
from insights.filtering import wanted
from insights.history import Act
from insights.ranking import shown


@dataclass(frozen=True)
class Bucket:
    """A stretch of local time: start included, end excluded."""

    start_us: int
    end_us: int

    def holds(self, act: Act) -> bool:
        """Return whether an event lies in it."""
        return self.start_us <= act.time_us < self.end_us


def answer(spec: TrendsSpec, acts: Sequence[Act], span: Span, calendar: Calendar) -> TrendsResult:
    """Measure every series in every bucket, for each group of the breakdown."""
    buckets = buckets_of(span, spec.interval, calendar)
    lines = []
    for index, series in enumerate(spec.series):
        own = [act for act in acts if wanted(act, series, spec.filter)]
        windows = windows_of(series, buckets, calendar)
        for group, group_acts in _grouped(spec, series, own, buckets, windows).items():
            values = tuple(
                _measured(series, [act for act in group_acts if window.holds(act)]) or 0.0
                for window in windows
            )
            total = _measured(series, [act for act in group_acts if _whole(buckets).holds(act)])
            if series.measure.of in ROLLING_DAYS:
                total = values[-1]
            lines.append(TrendsLine(series=index, group=group, values=values, total=total))
    alone = spec.model_copy(update={"compare": False})
    return TrendsResult(
        buckets=tuple(labelled(bucket.start_us, calendar) for bucket in buckets),
        lines=tuple(lines),
        formulas=tuple(_combined(text, i, lines, spec) for i, text in enumerate(spec.formulas)),
        previous=answer(alone, acts, previous(span, calendar), calendar) if spec.compare else None,
    )


def people(
    spec: TrendsSpec, point: TrendsPoint, acts: Sequence[Act], span: Span, calendar: Calendar
) -> set[int]:
    """Return the people with an event that counts for a point."""
    span = previous(span, calendar) if point.previous else span
    buckets = buckets_of(span, spec.interval, calendar)
    series = spec.series[point.series]
    windows = windows_of(series, buckets, calendar)
    own = [act for act in acts if wanted(act, series, spec.filter)]
    own = _grouped(spec, series, own, buckets, windows).get(point.group, [])
    if series.measure.property is not None:
        own = [act for act in own if _number(series, act) is not None]
    if point.bucket is not None:
        window = windows[point.bucket]
    else:
        window = windows[-1] if series.measure.of in ROLLING_DAYS else _whole(buckets)
    return {act.person for act in own if window.holds(act)}


def buckets_of(span: Span, interval: Interval, calendar: Calendar) -> list[Bucket]:
    """Return the hours, days, weeks or months that the period touches; the last ends with it."""
    buckets = []
    if interval == "hour":
        at = wall_clock(span.start_us, calendar)
        into = timedelta(minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
        start = span.start_us - into // timedelta(microseconds=1)
        while start < span.end_us:
            buckets.append(Bucket(start, min(start + HOUR, span.end_us)))
            start += HOUR
        return buckets
    day = first_day(span.start_us, interval, calendar)
    while start_of(day, calendar) < span.end_us:
        following = next_first_day(day, interval)
        end = min(start_of(following, calendar), span.end_us)
        buckets.append(Bucket(start_of(day, calendar), end))
        day = following
    return buckets


def windows_of(series: Series, buckets: Sequence[Bucket], calendar: Calendar) -> list[Bucket]:
    """Return where an event must lie to count for each bucket."""
    days = ROLLING_DAYS.get(series.measure.of)
    if days is None:
        return list(buckets)
    windows = []
    for bucket in buckets:
        last = wall_clock(bucket.end_us - 1, calendar).date()
        end = min(start_of(last + timedelta(days=1), calendar), buckets[-1].end_us)
        windows.append(Bucket(start_of(last - timedelta(days=days - 1), calendar), end))
    return windows


def _whole(buckets: Sequence[Bucket]) -> Bucket:
    return Bucket(buckets[0].start_us, buckets[-1].end_us)


def _grouped(
    spec: TrendsSpec,
    series: Series,
    own: Sequence[Act],
    buckets: Sequence[Bucket],
    windows: Sequence[Bucket],
) -> Mapping[Group | None, list[Act]]:
    """Return the events of each group in order; a group has an event in some window."""
    if spec.breakdown is None:
        return {None: list(own)}
    sizes: dict[str | None, float] = {}
    for act in own:
        if any(window.holds(act) for window in (*windows, _whole(buckets))):
            size = 1.0
            if series.measure.of == "sum":
                size = _number(series, act) or 0.0
            value = act.text(spec.breakdown)
            counted = size if _whole(buckets).holds(act) else 0.0
            sizes[value] = sizes.get(value, 0.0) + counted
    group_of, groups = shown(sizes, spec.limit)
    return {
        group: [act for act in own if group_of.get(act.text(spec.breakdown)) == group]
        for group in groups
    }


def _number(series: Series, act: Act) -> float | None:
    prop = series.measure.property
    return None if prop is None else number_of(act.text(prop))


def _measured(series: Series, acts: Sequence[Act]) -> float | None:
    """Return the measure of some events, None where it has no meaning."""
    of = series.measure.of
    people = {act.person for act in acts}
    if of == "total":
        return float(len(acts))
    if of == "persons" or of in ROLLING_DAYS:
        return float(len(people))
    if of == "per_person":
        return len(acts) / len(people) if people else 0.0
    numbers = [number for act in acts if (number := _number(series, act)) is not None]
    if not numbers:
        return 0.0 if of == "sum" else None
    if of in PERCENTILES:
        return _percentile(sorted(numbers), PERCENTILES[of])
    reductions: Mapping[str, Callable[[Sequence[float]], float]] = {
        "sum": math.fsum,
        "average": lambda numbers: math.fsum(numbers) / len(numbers),
        "minimum": min,
        "maximum": max,
    }
    return reductions[of](numbers)


def _percentile(ordered: Sequence[float], share: float) -> float:
    """Interpolate between the two numbers around the place (n - 1) · share."""
    place = (len(ordered) - 1) * Fraction(share)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    low, high = Fraction(ordered[below]), Fraction(ordered[above])
    return float(low + (high - low) * (place - below))


def _combined(
    text: str, index: int, lines: Sequence[TrendsLine], spec: TrendsSpec
) -> tuple[TrendsLine, ...]:
    """Evaluate a formula in every bucket of every group, the rest last."""
    groups = list(dict.fromkeys(line.group for line in lines))
    ordered = [g for g in groups if g is None or not g.other]
    ordered += [g for g in groups if g is not None and g.other]
    out = []
    for group in ordered:
        known = {line.series: line for line in lines if line.group == group}
        width = len(lines[0].values)
        values = tuple(
            _evaluated(
                text, [known[i].values[b] if i in known else 0.0 for i in range(len(spec.series))]
            )
            for b in range(width)
        )
        totals = [(known[i].total if i in known else 0.0) or 0.0 for i in range(len(spec.series))]
        out.append(
            TrendsLine(series=index, group=group, values=values, total=_evaluated(text, totals))
        )
    return tuple(out)


def _evaluated(text: str, inputs: Sequence[float]) -> float:
    """Let Python's own grammar read the formula."""
    letters = {chr(ord("A") + i): value for i, value in enumerate(inputs)}

    def value(node: ast.expr) -> float:
        match node:
            case ast.Name(id=letter):
                return letters[letter]
            case ast.Constant(value=int() | float() as number):
                return float(number)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -value(operand)
            case ast.BinOp(left=left, op=op, right=right):
                a, b = value(left), value(right)
                if isinstance(op, ast.Div):
                    result = a / b if b else 0.0
                elif isinstance(op, ast.Mult):
                    result = a * b
                else:
                    result = a + b if isinstance(op, ast.Add) else a - b
                return result if math.isfinite(result) else 0.0
        raise AssertionError(ast.dump(node))

    return value(ast.parse(text, mode="eval").body)
