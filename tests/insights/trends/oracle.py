"""A trend by the book: for every bucket of every series, go through all events again."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from cairn.insights.ranges import Ranged
from cairn.insights.trends.spec import (
    PEOPLE,
    PERCENTILES,
    ROLLING_DAYS,
    Offset,
    Series,
    TrendsLine,
    TrendsPoint,
    TrendsResult,
    TrendsSpec,
)
from cairn.query.filters import Group, Property, Selector, number_of
from cairn.query.periods import Calendar, Interval, Span, previous
from insights.acting import acts_of_actors
from insights.calendar import HOUR, first_day, labelled, next_first_day, start_of, wall_clock
from insights.filtering import wanted
from insights.history import Act


@dataclass(frozen=True)
class Bucket:
    """A stretch of local time: start included, end excluded."""

    start_us: int
    end_us: int

    def holds(self, act: Act) -> bool:
        """Return whether an event lies in it."""
        return self.start_us <= act.time_us < self.end_us


Row = tuple[str | int | None, ...]
"""What an event has of each part of a breakdown: a text, or the place of a range."""


def answer(spec: TrendsSpec, acts: Sequence[Act], span: Span, calendar: Calendar) -> TrendsResult:
    """Measure every series in every bucket, for each group of the breakdown."""
    acts = _sampled(spec, acts)
    told = _Told(spec, acts, span, calendar)
    earlier = None
    if spec.compare:
        earlier = _answer(told, before(spec, span, calendar))
    return _answer(told, span).model_copy(update={"previous": earlier})


def people(
    spec: TrendsSpec, point: TrendsPoint, acts: Sequence[Act], span: Span, calendar: Calendar
) -> set[int]:
    """Return the people with an event that counts for a point."""
    acts = _sampled(spec, acts)
    told = _Told(spec, acts, span, calendar)
    span = before(spec, span, calendar) if point.previous else span
    buckets = buckets_of(span, spec.interval, calendar)
    series = spec.series[point.series]
    windows = told.windows_of(series, buckets)
    own = _grouped(told, series, buckets, windows).get(point.group, [])
    if series.measure.property is not None and series.measure.of != "distinct":
        own = [act for act in own if _number(series, act) is not None]
    elif series.measure.of in ("distinct", "accounts"):
        own = [act for act in own if _text(series, act) is not None]
    if point.bucket is not None:
        window = windows[point.bucket]
    else:
        window = windows[-1] if series.measure.of in ROLLING_DAYS else _whole(buckets)
    if point.hour is not None:
        own = [act for act in own if told.hour_of_week(act) == point.hour]
    whose = {act.arrival: act.person for act in acts}
    return {whose[act.arrival] for act in own if window.holds(act)}


def _answer(told: _Told, span: Span) -> TrendsResult:
    spec, calendar = told.spec, told.calendar
    buckets = buckets_of(span, spec.interval, calendar)
    lines = []
    for index, series in enumerate(spec.series):
        windows = told.windows_of(series, buckets)
        for group, group_acts in _grouped(told, series, buckets, windows).items():
            values = tuple(
                _measured(series, [act for act in group_acts if window.holds(act)]) or 0.0
                for window in windows
            )
            total = _measured(series, [act for act in group_acts if _whole(buckets).holds(act)])
            if series.measure.of in ROLLING_DAYS:
                total = values[-1]
            line = TrendsLine(series=index, group=group, values=values, total=total)
            if spec.sample is not None:
                line = _estimated(line, spec.sample, series, group_acts, windows, _whole(buckets))
            lines.append(line)
    formulas = [_combined(text, i, lines, spec) for i, text in enumerate(spec.formulas)]
    return TrendsResult(
        buckets=tuple(labelled(bucket.start_us, calendar) for bucket in buckets),
        lines=tuple(_smoothed(spec, lines)),
        formulas=tuple(tuple(_smoothed(spec, of_formula)) for of_formula in formulas),
        hours=_hours(told, buckets) if spec.show == "heat" else (),
    )


def _hours(told: _Told, buckets: Sequence[Bucket]) -> tuple[float, ...]:
    """Measure each hour of each day of the week, from Monday on."""
    [series] = told.spec.series
    own = [act for act in told.own(series) if _whole(buckets).holds(act)]
    by_hour = [[act for act in own if told.hour_of_week(act) == hour] for hour in range(168)]
    return tuple(_measured(series, acts) or 0.0 for acts in by_hour)


def _estimated(
    line: TrendsLine,
    share: float,
    series: Series,
    acts: Sequence[Act],
    windows: Sequence[Bucket],
    whole: Bucket,
) -> TrendsLine:
    """Return what a line of a sample says of everyone, with standard errors."""
    of = series.measure.of
    grows = of in (*PEOPLE, "total", "sum")
    errors = tuple(
        _error(series, [act for act in acts if window.holds(act)], share) for window in windows
    )
    total_error = (
        None if line.total is None else _error(series, [a for a in acts if whole.holds(a)], share)
    )
    if of in ROLLING_DAYS:
        total_error = errors[-1]
    factor = 1 / share if grows else 1.0
    return TrendsLine(
        series=line.series,
        group=line.group,
        values=tuple(value * factor for value in line.values),
        total=None if line.total is None else line.total * factor,
        errors=errors,
        total_error=total_error,
    )


def _error(series: Series, acts: Sequence[Act], share: float) -> float | None:
    """Return the standard error of a measure of some events."""
    of, per = series.measure.of, series.measure.per
    by_person: dict[int, list[float]] = {}
    for act in acts:
        number = 1.0 if series.measure.property is None else _number(series, act)
        if number is not None:
            by_person.setdefault(act.person, []).append(number)
    sums = {person: math.fsum(numbers) for person, numbers in by_person.items()}
    if of in PEOPLE:
        return math.sqrt((1 - share) * len(by_person)) / share
    if of in ("total", "sum"):
        return math.sqrt((1 - share) * math.fsum(y * y for y in sums.values())) / share
    if of not in ("per_person", "average"):
        return None
    if not sums:
        return 0.0
    below = {
        person: 1 if of == "per_person" or per == "person" else len(numbers)
        for person, numbers in by_person.items()
    }
    ratio = math.fsum(sums.values()) / sum(below.values())
    rest = [sums[person] - ratio * below[person] for person in sums]
    return math.sqrt((1 - share) * math.fsum(e * e for e in rest)) / sum(below.values())


def _sampled(spec: TrendsSpec, acts: Sequence[Act]) -> list[Act]:
    """Return the events of the people in the sample."""
    prime, kept = 2**31 - 1, []
    for act in acts:
        mixed = (act.person * 1_103_515_245 + 12_345) % prime
        if spec.sample is None or mixed**2 % prime < round(spec.sample * prime):
            kept.append(act)
    return kept


def _smoothed(spec: TrendsSpec, lines: Sequence[TrendsLine]) -> list[TrendsLine]:
    if spec.moving_average is None:
        return list(lines)
    smooth = []
    for line in lines:
        windows = [
            line.values[max(0, b + 1 - spec.moving_average) : b + 1]
            for b in range(len(line.values))
        ]
        means = tuple(sum(window) / len(window) for window in windows)
        smooth.append(line.model_copy(update={"values": means, "errors": ()}))
    return smooth


def before(spec: TrendsSpec, span: Span, calendar: Calendar) -> Span:
    """Return the period to compare with."""
    if not isinstance(spec.compare, Offset):
        return previous(span, calendar)
    start, end = wall_clock(span.start_us, calendar), wall_clock(span.end_us, calendar)
    day = start.date()
    count = spec.compare.count
    if spec.compare.unit in ("day", "week"):
        day -= timedelta(days=count if spec.compare.unit == "day" else 7 * count)
    else:
        months = count if spec.compare.unit == "month" else 12 * count
        for _ in range(months):
            last = day.replace(day=1) - timedelta(days=1)
            day = last.replace(day=1)
        day = max(
            day + timedelta(days=n)
            for n in range(start.day)
            if (day + timedelta(days=n)).month == day.month
        )
    earlier = start_of(day, calendar)
    if start_of(start.date(), calendar) != span.start_us:
        naive = datetime.combine(day, start.time()).replace(tzinfo=calendar.zone)
        earlier = (naive.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
            microseconds=1
        )
    elif start_of(end.date(), calendar) == span.end_us:
        days = (end.date() - start.date()).days
        return Span(earlier, start_of(day + timedelta(days=days), calendar))
    return Span(earlier, earlier + span.end_us - span.start_us)


@dataclass(frozen=True)
class _Told:
    """A question, everything that happened, and how the project reads dates."""

    spec: TrendsSpec
    acts: Sequence[Act]
    span: Span
    calendar: Calendar

    def hour_of_week(self, act: Act) -> int:
        """Return which hour of the week the clock on the wall showed."""
        at = wall_clock(act.time_us, self.calendar)
        return at.weekday() * 24 + at.hour

    def own(self, series: Series) -> list[Act]:
        """Return the events that a series means."""
        if series.measure.of == "sessions":
            acts = acts_of_actors(self.acts, "session")
            return [act for act in acts if wanted(act, series, self.spec.filter)]
        if series.measure.of != "first_time":
            return [act for act in self.acts if wanted(act, series, self.spec.filter)]
        first: dict[int, Act] = {}
        for act in self.acts:
            if wanted(act, Selector(event=series.event), None):
                first.setdefault(act.person, act)
        return [act for act in first.values() if wanted(act, series, self.spec.filter)]

    def windows_of(self, series: Series, buckets: Sequence[Bucket]) -> list[Bucket]:
        """Return where an event must lie to count for each bucket."""
        if self.spec.cumulative:
            return [Bucket(buckets[0].start_us, bucket.end_us) for bucket in buckets]
        return windows_of(series, buckets, self.calendar)

    def row(self, act: Act) -> Row:
        """Return what an event has of each part of the breakdown."""
        return tuple(self._place(part, act) for part in self.spec.dividers)

    def _place(self, part: Property, act: Act) -> str | int | None:
        text = act.text(Property(of=part.of, name=part.name))
        if not isinstance(part, Ranged):
            return text
        number = number_of(text)
        if number is None:
            return None
        if part.width is not None:
            return max(-(10**12), min(10**12, math.floor(number / part.width)))
        return sum(number >= cut for cut in self.cuts(part)[0])

    def cuts(self, part: Ranged) -> tuple[list[float], float | None, float | None]:
        """Return where ranges meet, and the least and the greatest number that shape them."""
        if part.quantiles is None:
            return list(part.edges or ()), None, None
        buckets = buckets_of(self.span, self.spec.interval, self.calendar)
        prop = Property(of=part.of, name=part.name)
        numbers = sorted(
            {
                number
                for act in self.acts
                if _whole(buckets).holds(act)
                and any(wanted(act, series, self.spec.filter) for series in self.spec.series)
                and (number := number_of(act.text(prop))) is not None
            }
        )
        if not numbers:
            return [], None, None
        low, high = numbers[0], numbers[-1]
        width = high / part.quantiles - low / part.quantiles
        meet = set()
        for i in range(1, part.quantiles):
            below, rest = divmod((len(numbers) - 1) * i, part.quantiles)
            share = rest / part.quantiles
            cut = numbers[below] * (1 - share)
            cut += numbers[min(below + 1, len(numbers) - 1)] * share
            meet.add(round(cut, 2 - math.floor(math.log10(width))) if width else cut)
        return sorted(cut for cut in meet if low < cut <= high), low, high

    def group(self, row: Row) -> Group:
        """Return the group of a row."""
        first, *more = (self.words(*pair) for pair in zip(self.spec.dividers, row, strict=True))
        return Group(value=first, more=tuple(more))

    def words(self, part: Property, place: str | int | None) -> str | None:
        """Return what a reader sees of a place."""
        if not isinstance(part, Ranged) or not isinstance(place, int):
            assert not isinstance(place, int)
            return place
        if part.width is not None:
            low, high = place * part.width, (place + 1) * part.width
            return f"{_short(float(format(low, '.15g')))} – {_short(float(format(high, '.15g')))}"
        cuts, least, greatest = self.cuts(part)
        if part.edges:
            if place == 0:
                return f"below {_short(cuts[0])}"
            if place == len(cuts):
                return f"{_short(cuts[-1])} and more"
        assert part.edges or (least is not None and greatest is not None) or not cuts
        ends = [least, *cuts, greatest]
        low_end, high_end = ends[place], ends[place + 1]
        if low_end is None or high_end is None:
            return "any number"
        return f"{_short(low_end)} – {_short(high_end)}"


def _short(number: float) -> str:
    """Return a number as people write it, as long as that is the same number."""
    for digits in (6, 7, 8, 9, 10, 11, 12, 13, 14, 15):
        text = f"{number:.{digits}g}"
        if float(text) == number and "e" not in text:
            return text
    return repr(number)


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
    told: _Told, series: Series, buckets: Sequence[Bucket], windows: Sequence[Bucket]
) -> Mapping[Group | None, list[Act]]:
    """Return the events of each group in order; a group has an event in some window."""
    own, spec = told.own(series), told.spec
    if not spec.dividers:
        return {None: own}
    sizes: dict[Row, float] = {}
    for act in own:
        if any(window.holds(act) for window in (*windows, _whole(buckets))):
            size = 1.0
            if series.measure.of == "sum":
                size = _number(series, act) or 0.0
            counted = size if _whole(buckets).holds(act) else 0.0
            sizes[told.row(act)] = sizes.get(told.row(act), 0.0) + counted
    order = sorted(sizes, key=lambda row: (-sizes[row], _by_value(row)))
    rows = order[: spec.rows]
    if len(spec.dividers) == 1 and isinstance(spec.dividers[0], Ranged):
        rows.sort(key=_by_value)
    groups = {row: told.group(row) for row in rows}
    other = Group(other=True)
    out: dict[Group | None, list[Act]] = {group: [] for group in groups.values()}
    if len(order) > len(rows):
        out[other] = []
    for act in own:
        group = groups.get(told.row(act), other)
        if group in out:
            out[group].append(act)
    return out


def _by_value(row: Row) -> tuple[tuple[bool, str | int], ...]:
    """Sort rows by value, what is missing last."""
    return tuple((place is None, 0 if place is None else place) for place in row)


def _text(series: Series, act: Act) -> str | None:
    prop = Property(name="$account")
    return act.text(series.measure.property or prop)


def _number(series: Series, act: Act) -> float | None:
    prop = series.measure.property
    return None if prop is None else number_of(act.text(prop))


def _measured(series: Series, acts: Sequence[Act]) -> float | None:
    """Return the measure of some events, None where it has no meaning."""
    of = series.measure.of
    people = {act.person for act in acts}
    if of == "total":
        return float(len(acts))
    if of in ("persons", "first_time", "sessions") or of in ROLLING_DAYS:
        return float(len(people))
    if of == "per_person":
        return len(acts) / len(people) if people else 0.0
    if of in ("distinct", "accounts"):
        return float(len({_text(series, act) for act in acts} - {None}))
    numbers = _numbers(series, acts)
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


def _numbers(series: Series, acts: Sequence[Act]) -> list[float]:
    """Return the numbers that a statistic is of: those of events, or their sums by person."""
    if series.measure.per == "event":
        return [number for act in acts if (number := _number(series, act)) is not None]
    by_person: dict[int, list[float]] = {}
    for act in acts:
        number = 1.0 if series.measure.property is None else _number(series, act)
        if number is not None:
            by_person.setdefault(act.person, []).append(number)
    return [math.fsum(numbers) for numbers in by_person.values()]


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
