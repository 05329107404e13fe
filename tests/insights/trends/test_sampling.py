"""A sample's estimates lie around the truth, as far from it as their standard errors say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cairn.insights.trends.sampling import Shares, errors_of, errors_of_people, scaled
from cairn.insights.trends.spec import Measure
from cairn.query.sampling import in_sample

SHARE = 0.2
PEOPLE = 1_500
SAMPLES = 600
PRICE = {"name": "price"}


def one_sample(measure: Measure, numbers: Any, events: Any, amount: Any) -> tuple[float, float]:
    """Return the estimate and its error when people happen to have these numbers."""
    kept = in_sample(numbers, SHARE)
    nowhere = np.zeros(kept.sum(), np.int64)
    people = Shares(numbers[kept], nowhere, nowhere, events[kept], amount[kept])
    totals: list[float | None] = [float(kept.sum())]
    if measure.of in ("sum", "total"):
        totals = [float(people.amount.sum())]
    elif measure.of != "persons":
        below = people.events if measure.per == "event" and measure.of == "average" else 1 + nowhere
        totals = [float(people.amount.sum() / below.sum())]
    values = np.array([totals], np.float64)
    if measure.of == "persons":
        errors = errors_of_people(SHARE, values, totals)
    else:
        errors = errors_of(measure, SHARE, people, (1, 1), False)
    estimate, _ = scaled(measure, SHARE, values, totals)
    assert errors[0][0, 0] == pytest.approx(errors[1][0])
    return estimate[0, 0], errors[0][0, 0]


@pytest.mark.parametrize(
    "measure",
    [
        Measure(of="persons"),
        Measure(of="total"),
        Measure(of="per_person"),
        Measure.model_validate({"of": "sum", "property": PRICE}),
        Measure.model_validate({"of": "average", "property": PRICE}),
        Measure.model_validate({"of": "average", "property": PRICE, "per": "person"}),
    ],
    ids=lambda measure: f"{measure.of}-{measure.per}",
)
def test_estimates_spread_as_far_as_their_errors_say(measure: Measure) -> None:
    random = np.random.default_rng(1)
    events = random.geometric(0.3, PEOPLE).astype(np.float64)
    amount = events * random.lognormal(1, 0.5, PEOPLE)
    if measure.property is None:
        amount = events
    truth = float(PEOPLE)
    if measure.of in ("total", "sum"):
        truth = amount.sum()
    elif measure.of != "persons":
        truth = amount.sum() / (
            events.sum() if measure.per == "event" and measure.of == "average" else PEOPLE
        )
    drawn = [
        one_sample(measure, random.integers(0, 2**31, PEOPLE), events, amount)
        for _ in range(SAMPLES)
    ]
    estimates, errors = np.array(drawn).T
    assert estimates.mean() == pytest.approx(truth, rel=0.01)
    assert errors.mean() == pytest.approx(estimates.std(), rel=0.1)
    within = np.abs(estimates - truth) <= 2 * errors
    assert 0.92 <= within.mean() <= 0.98


def test_percentiles_of_a_sample_have_no_error() -> None:
    one = np.ones(1)
    people = Shares(np.array([3]), np.array([0]), np.array([0]), one, one)
    measure = Measure.model_validate({"of": "median", "property": PRICE})
    values, totals = errors_of(measure, SHARE, people, (1, 1), False)
    assert np.isnan(values).all()
    assert np.isnan(totals).all()
