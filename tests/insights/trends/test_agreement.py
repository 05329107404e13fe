"""Every engine measures a trend as the book does, on random events and random questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from cairn.core.errors import InvalidInput
from cairn.insights.chart import Bars, Heat, Lines, Numbers, Places, Point
from cairn.insights.ranges import Ranged
from cairn.insights.trends import kernel, relational
from cairn.insights.trends.spec import (
    PEOPLE,
    ROLLING_DAYS,
    Measure,
    Offset,
    Series,
    TrendsPoint,
    TrendsResult,
    TrendsSpec,
)
from cairn.insights.trends.view import view
from cairn.query import sequences
from cairn.query.periods import Span, resolve
from cairn.query.relational import RelationalEngine
from cairn.query.sequences import Sequences
from cairn.store.duckdb.scoped import DuckDBRelation
from insights.agreement import difference, trying
from insights.history import Act, acts_of, in_clickhouse, in_duckdb
from insights.questions import (
    World,
    limits,
    numeric,
    periods,
    properties,
    selectors,
    some_filter,
    worlds,
)
from insights.trends import oracle

COUNTS = (
    *("total", "persons", "first_time", "per_person", "accounts"),
    *("daily_active", "weekly_active", "active_28_days", "monthly_active"),
)
STATISTICS = ("average", "minimum", "maximum", "median", "p75", "p90", "p95", "p99")
FORMULAS = ("A", "A + B", "A / B * 100", "-(A - B) / 2", "1 - A / (A + B)", "B * 1.5")

_measures = st.one_of(
    st.sampled_from(COUNTS).map(lambda of: Measure.model_validate({"of": of})),
    st.builds(Measure, of=st.sampled_from(("sum", *STATISTICS)), property=numeric),
    st.builds(
        Measure,
        of=st.sampled_from(STATISTICS),
        property=st.one_of(st.none(), numeric),
        per=st.just("person"),
    ),
    st.builds(Measure, of=st.just("distinct"), property=properties),
)
_adding_up = st.one_of(
    st.sampled_from(("total", "persons", "first_time", "accounts")).map(
        lambda of: Measure.model_validate({"of": of})
    ),
    st.builds(Measure, of=st.just("sum"), property=numeric),
    st.builds(Measure, of=st.just("distinct"), property=properties),
)
_cuts = st.one_of(
    st.sampled_from(((0,), (1, 2.25, 10), (-2.5, 0.5, 1e20))).map(lambda edges: {"edges": edges}),
    st.sampled_from((0.1, 1, 5, 1e-7, 1e19)).map(lambda width: {"width": width}),
    st.integers(2, 5).map(lambda quantiles: {"quantiles": quantiles}),
)
_ranged = st.builds(
    lambda prop, cuts: Ranged.model_validate({**dict(prop), **cuts}), numeric, _cuts
)
_divider = st.one_of(properties, properties, _ranged)
_breakdowns = st.one_of(
    st.none(), properties, _divider, st.lists(_divider, min_size=1, max_size=3).map(tuple)
)
_comparisons = st.one_of(
    st.booleans(),
    st.builds(
        Offset,
        count=st.sampled_from((1, 2, 13)),
        unit=st.sampled_from(("day", "week", "month", "year")),
    ),
)


@st.composite
def specs(draw: DrawFn, world: World, of_people: bool = False) -> TrendsSpec:
    """Draw a trend about what happens in a world, with what only people have or without."""
    chosen = draw(st.lists(selectors, min_size=1, max_size=2))
    cumulative = draw(st.sampled_from((False, False, True)))
    measures = _adding_up if cumulative else _measures
    if of_people:
        measures = st.one_of(measures, measures, st.just(Measure(of="sessions")))
    series = tuple(
        Series(event=one.event, filter=one.filter, measure=draw(measures)) for one in chosen
    )
    known = FORMULAS if len(series) > 1 else FORMULAS[:1]
    question: dict[str, Any] = {
        "series": series,
        "formulas": tuple(draw(st.lists(st.sampled_from(known), max_size=2))),
        "period": draw(periods(world)),
        "interval": draw(st.sampled_from(("hour", "day", "day", "week", "month"))),
        "filter": draw(some_filter),
        "breakdown": draw(_breakdowns),
        "limit": draw(limits),
        "cumulative": cumulative,
        "moving_average": draw(st.sampled_from((None, None, 2, 3))),
        "compare": draw(_comparisons),
        "show": draw(st.sampled_from(("lines", "lines", "total", "number", "map", "heat"))),
    }
    if question["show"] in ("map", "heat"):
        question |= {"series": series[:1], "formulas": (), "breakdown": None}
        if question["show"] == "heat":
            question |= {"cumulative": False, "moving_average": None}
            if series[0].measure.of in ROLLING_DAYS:
                question["show"] = "lines"
    elif of_people and not {"distinct", "sessions", "accounts"} & {s.measure.of for s in series}:
        question["sample"] = draw(st.sampled_from((None, 0.3, 0.8)))
    return TrendsSpec(**question)


@st.composite
def cases(draw: DrawFn, questions: int) -> tuple[World, list[TrendsSpec]]:
    """Draw a world, and questions about it."""
    world = draw(worlds())
    return world, draw(st.lists(specs(world, of_people=True), min_size=1, max_size=questions))


def _span(world: World, spec: TrendsSpec) -> Span | None:
    try:
        return resolve(spec.period, world.calendar)
    except InvalidInput:
        return None


@trying(45)
@given(cases(6), st.sampled_from((2, 1 << 19)))
def test_the_kernel_agrees_with_the_definition(
    case: tuple[World, list[TrendsSpec]], chunk_events: int
) -> None:
    world, questions = case
    acts, calendar = acts_of(world.history), world.calendar
    with in_duckdb(world.history) as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sequences, "CHUNK_EVENTS", chunk_events)
        for spec in questions:
            if span := _span(world, spec):
                people = Sequences(store.snapshot, 2)
                result = kernel.answer(spec, people, span, calendar)
                assert difference(result, oracle.answer(spec, acts, span, calendar)) is None
                for point, value in _points(spec, result, span, world):
                    who = kernel.people(spec, point, people, span, calendar).tolist()
                    assert who == sorted(oracle.people(spec, point, acts, span, calendar))
                    if spec.series[point.series].measure.of in PEOPLE:
                        assert len(who) == pytest.approx((value or 0) * (spec.sample or 1))


def _points(
    spec: TrendsSpec, result: TrendsResult, span: Span, world: World
) -> list[tuple[TrendsPoint, float | None]]:
    """Return the points of the view and their values, and only some of those with nothing."""
    chart = view(spec, result, span, world.calendar).chart
    pairs: list[tuple[Point | None, float | None]] = []
    if isinstance(chart, Lines):
        for line in chart.lines:
            pairs += [*zip(line.points, line.values, strict=True), (line.total_point, line.total)]
    elif isinstance(chart, Heat):
        for points, values in zip(chart.points, chart.values, strict=True):
            pairs += zip(points, values, strict=True)
    elif isinstance(chart, Bars):
        for bars in chart.series:
            pairs += zip(bars.points, bars.values, strict=True)
    elif isinstance(chart, Numbers):
        pairs = [(number.point, number.value) for number in chart.numbers]
    else:
        assert isinstance(chart, Places)
        pairs = [(place.point, place.value) for place in chart.places]
    marks = [(point, value) for point, value in pairs if isinstance(point, TrendsPoint)]
    empty = [mark for mark in marks if not mark[1]]
    return [mark for mark in marks if mark[1]][:40] + empty[:5]


@trying(8)
@given(cases(2))
def test_relations_in_duckdb_agree_with_the_definition(
    case: tuple[World, list[TrendsSpec]],
) -> None:
    world, questions = case
    with in_duckdb(world.history) as store:
        _agrees(world, questions, DuckDBRelation(store), acts_of(world.history))


@trying(8)
@given(cases(2))
def test_relations_in_clickhouse_agree_with_the_definition(
    case: tuple[World, list[TrendsSpec]],
) -> None:
    world, questions = case
    with in_clickhouse(world.history) as store:
        _agrees(world, questions, store, acts_of(world.history))


def _agrees(
    world: World, questions: Sequence[TrendsSpec], engine: RelationalEngine, acts: Sequence[Act]
) -> None:
    for spec in questions:
        if span := _span(world, spec):
            result = relational.answer(spec, engine, span, world.calendar)
            expected = oracle.answer(spec, acts, span, world.calendar)
            assert difference(result, expected) is None
            for point, _ in _points(spec, result, span, world)[:2]:
                who = relational.people(spec, point, engine, span, world.calendar).tolist()
                assert who == sorted(oracle.people(spec, point, acts, span, world.calendar))
