"""Attribution of ten thousand published paths, against exact fractions and plain counting."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from cairn.insights.attribution.credits import ordered_groups, result_of
from cairn.insights.attribution.kernel import CONVERSION, TOUCH, Journeys, Walk, ranking
from cairn.insights.attribution.spec import AttributionResult, AttributionSpec
from cairn.query.filters import Group, Property, Selector
from insights.attribution import oracle

PATHS = Path(__file__).parents[4] / "shared" / "data" / "attribution_paths" / "PathData.csv.gz"


@dataclass(frozen=True)
class Published:
    """A path with how many journeys took it and converted, what they were worth, and the others."""

    channels: tuple[str, ...]
    conversions: int
    value: float
    lost: int


@pytest.fixture(scope="module")
def published() -> list[Published]:
    """Return the rows of the published table."""
    if not PATHS.is_file():
        pytest.skip("the published paths are not beside the repository")
    with gzip.open(PATHS, "rt", encoding="utf-8") as file:
        return [
            Published(
                tuple(row["path"].split(" > ")),
                int(row["total_conversions"]),
                float(row["total_conversion_value"]),
                int(float(row["total_null"])),
            )
            for row in csv.DictReader(file)
        ]


@pytest.fixture(scope="module")
def answer(published: list[Published]) -> AttributionResult:
    """Return what five models say about these journeys, each taken by a person of its own."""
    names = sorted({name for row in published for name in row.channels})
    code = {name: i for i, name in enumerate(names)}
    lengths, channel, mask, number = [0], [], [], []
    for row in published:
        touches = [code[name] for name in row.channels]
        for converts in [True] * row.conversions + [False] * row.lost:
            channel += touches + [-1] * converts
            mask += [TOUCH] * len(touches) + [CONVERSION] * converts
            number += [np.nan] * len(touches) + [row.value / max(row.conversions, 1)] * converts
            lengths.append(len(touches) + converts)
    journeys = Journeys(
        offsets=np.cumsum(lengths),
        time=np.arange(len(channel), dtype=np.int64),
        mask=np.array(mask, np.uint32),
        channel=np.array(channel, np.int64),
        number=np.array(number, np.float64),
    )
    spec = AttributionSpec(
        conversion=Selector(event="buy"),
        value=Property(name="value"),
        by=Property(name="channel"),
        models=("first", "last", "linear", "shapley", "markov"),
    )
    each = np.arange(len(names), dtype=np.int64)
    direct = np.zeros(len(names), np.bool_)
    sizes = Walk(ranking(spec), 0, direct, each, len(names)).counted(journeys)
    group_of, groups = ordered_groups(spec, sizes, list(names))
    return result_of(spec, groups, Walk(spec, 0, direct, group_of, len(groups)).counted(journeys))


def credits(answer: AttributionResult, model: int) -> dict[str, tuple[float, float]]:
    """Return the conversions and the value of each channel."""
    return {
        row.channel.value or "": (row.credits[model].conversions, row.credits[model].value)
        for row in answer.channels
    }


def test_the_totals_are_those_that_were_published(answer: AttributionResult) -> None:
    assert answer.conversions == 19_785
    assert answer.unconverted == 68_602
    assert answer.value == pytest.approx(74_802.97, abs=0.01)
    assert len(answer.channels) == 12


def test_rules_share_as_plain_counting_does(
    answer: AttributionResult, published: list[Published]
) -> None:
    for model in range(4):
        expected: Counter[str] = Counter()
        for row in published:
            parts: Mapping[str, float] = {
                0: {row.channels[0]: 1.0},
                1: {row.channels[-1]: 1.0},
                2: {c: n / len(row.channels) for c, n in Counter(row.channels).items()},
                3: {c: 1 / len(set(row.channels)) for c in set(row.channels)},
            }[model]
            for channel, part in parts.items():
                expected[channel] += part * row.conversions  # type: ignore[assignment]
        found = credits(answer, model)
        assert found.keys() == expected.keys()
        for channel, conversions in expected.items():
            assert found[channel][0] == pytest.approx(conversions, rel=1e-9)


def test_removal_effects_equal_the_exact_solution(
    answer: AttributionResult, published: list[Published]
) -> None:
    converted: Counter[oracle.Path] = Counter()
    lost: Counter[oracle.Path] = Counter()
    for row in published:
        path = tuple(Group(value=name) for name in row.channels)
        converted[path] += row.conversions
        lost[path] += row.lost
    effects = oracle.removal_effects(+converted, +lost)
    whole = sum(effects.values())
    found = credits(answer, 4)
    assert len(effects) == 12
    for group, effect in effects.items():
        conversions, value = found[group.value or ""]
        assert conversions == pytest.approx(float(effect / whole * 19_785), rel=1e-9)
        assert value == pytest.approx(float(effect / whole) * answer.value, rel=1e-9)
