"""Usage for a reader: a bar per usual gap, and the interval by which to ask for retention."""

from __future__ import annotations

from itertools import accumulate

from cairn.insights.chart import Bars, BarSeries
from cairn.insights.question import NOUNS
from cairn.insights.usage.spec import UsagePoint, UsageResult, UsageSpec
from cairn.insights.view import Column, Table, View, counted, plural, share
from cairn.query.periods import Calendar, Interval, Span

DOCS = "/docs/insights/usage"
_HOURS: tuple[tuple[int, Interval], ...] = ((1, "hour"), (24, "day"), (168, "week"))


def view(spec: UsageSpec, result: UsageResult, span: Span, calendar: Calendar) -> View:
    """Show how many people have each usual gap."""
    longest = plural(spec.bars, spec.interval, f"{spec.interval}s")
    labels = [plural(gap, spec.interval, f"{spec.interval}s") for gap in range(1, spec.bars + 1)]
    labels.append(f"More than {longest}")
    total = sum(result.persons)
    many = NOUNS[spec.actor][1]
    return View(
        sentence=_sentence(spec, result),
        chart=Bars(
            title=f"Usual {spec.interval}s between visits",
            categories=tuple(labels),
            series=(
                BarSeries(
                    label=many.capitalize(),
                    values=tuple(map(float, result.persons)),
                    points=tuple(UsagePoint(gap=gap) for gap in range(1, spec.bars + 2)),
                    unit="count",
                ),
            ),
        ),
        table=Table(
            columns=(
                Column(key="gap", label="Usual gap", unit="text"),
                Column(key=many, label=many.capitalize(), unit="count"),
                Column(key="share", label="Share", unit="share"),
                Column(key="by_then", label="By then", unit="share"),
            ),
            rows=tuple(
                (label, persons, share(persons, total), share(by_then, total))
                for label, persons, by_then in zip(
                    labels, result.persons, accumulate(result.persons), strict=True
                )
            ),
        ),
        notes=(
            f"{counted(result.once, spec.actor)} active in one {spec.interval} only "
            f"{'is' if result.once == 1 else 'are'} left out: without a second there is no gap.",
        ),
        docs=DOCS,
    )


def natural_interval(spec: UsageSpec, gap: int) -> Interval:
    """Return the shortest interval that holds a gap.

    >>> natural_interval(UsageSpec(), 5), natural_interval(UsageSpec(interval="hour"), 5)
    ('week', 'day')
    """
    hours = gap * (24 if spec.interval == "day" else 1)
    return next((interval for most, interval in _HOURS if hours <= most), "month")


def _sentence(spec: UsageSpec, result: UsageResult) -> str:
    one = NOUNS[spec.actor][0]
    if result.natural is None:
        nobody = "Nobody" if spec.actor == "person" else f"No {one}"
        return f"{nobody} did {spec.event.title} in more than one {spec.interval} of this period."
    gap = plural(result.natural, spec.interval, f"{spec.interval}s")
    return (
        f"{spec.share:.0%} of {counted(sum(result.persons), spec.actor)} who came back usually do "
        f"{spec.event.title} again within {gap}: ask for retention by "
        f"{natural_interval(spec, result.natural)}."
    )
