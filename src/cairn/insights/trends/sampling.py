"""What a sample of people tells about everyone: estimates, each with its standard error.

Each person is in the sample with the same chance p, whoever else is. What people have in sum is
estimated by the sum over the sample divided by p (Horvitz and Thompson), with the variance

    (1 - p) / p² · Σ y²

where y is what a person of the sample has. A ratio R = Σy / Σx, such as an average, is that of the
sample, with the variance (1 - p) / (Σx)² · Σ (y - R x)² (by linearisation).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cairn.insights.trends.spec import PEOPLE, Measure
from cairn.query.picking import compiled

Numbers = NDArray[np.float64]
Totals = list[float | None]
Errors = tuple[Numbers, Numbers]
"""Those of the values, groups × buckets, and of the totals; NaN where there is no estimate."""

SCALED = (*PEOPLE, "total", "sum")
"""Measures that grow with the number of people; others are alike in a sample and in all."""

RATIOS = ("per_person", "average")


@dataclass(frozen=True, slots=True)
class Shares:
    """What each person of a sample has in each cell with events of theirs that count.

    `events` says how many, and `amount` what they sum up to.
    """

    person: NDArray[np.int64]
    group: NDArray[np.int64]
    bucket: NDArray[np.int64]
    events: Numbers
    amount: Numbers


def scaled(
    measure: Measure, share: float, values: Numbers, totals: Totals
) -> tuple[Numbers, Totals]:
    """Return what the values and totals of a sample are in all people."""
    if measure.of not in SCALED:
        return values, totals
    with np.errstate(over="ignore"):
        return values / share, [None if total is None else total / share for total in totals]


def errors_of_people(share: float, values: Numbers, totals: Totals) -> Errors:
    """Return the standard errors of how many people there are, from those of the sample: y is 1."""
    whole = np.array([total or 0.0 for total in totals])
    return np.sqrt(values * (1 - share)) / share, np.sqrt(whole * (1 - share)) / share


def errors_of(
    measure: Measure, share: float, people: Shares, shape: tuple[int, int], cumulative: bool
) -> Errors:
    """Return the standard errors of a measure from what each person of the sample has."""
    if measure.of not in (*RATIOS, "total", "sum"):
        return np.full(shape, np.nan), np.full(shape[0], np.nan)
    cell, cells = people.group * shape[1] + people.bucket, shape[0] * shape[1]
    pairs, of_pair = np.unique(people.person * shape[0] + people.group, return_inverse=True)
    events = np.bincount(of_pair, people.events, len(pairs)).astype(np.float64)
    amount = np.bincount(of_pair, people.amount, len(pairs)).astype(np.float64)
    group = pairs % shape[0]
    with np.errstate(over="ignore", invalid="ignore"):
        if measure.of in RATIOS:
            per_person = measure.per == "person" or measure.of == "per_person"
            values = _of_ratio(share, cell, people.events, people.amount, cells, per_person)
            totals = _of_ratio(share, group, events, amount, shape[0], per_person)
        else:
            totals = _of_sum(share, group, amount**2, shape[0])
            if cumulative:
                squares = _squares_so_far(people, of_pair, cells, shape[1])
                values = np.sqrt(squares * (1 - share)) / share
            else:
                values = _of_sum(share, cell, people.amount**2, cells)
    return values.reshape(shape), totals


def _of_sum(share: float, cell: Any, squares: Numbers, cells: int) -> Numbers:
    return np.asarray(np.sqrt(np.bincount(cell, squares, cells) * (1 - share)) / share)


def _of_ratio(
    share: float, cell: Any, events: Numbers, amount: Numbers, cells: int, per_person: bool
) -> Numbers:
    """Return the errors of amounts per event, or per person."""
    below = np.ones(len(events)) if per_person else events
    whole = np.bincount(cell, below, cells)
    held = np.where(whole > 0, whole, 1.0)
    ratio = np.bincount(cell, amount, cells) / held
    rest = amount - ratio[cell] * below
    return np.asarray(np.sqrt(np.bincount(cell, rest**2, cells) * (1 - share)) / held)


def _squares_so_far(people: Shares, of_pair: Any, cells: int, width: int) -> Numbers:
    """Return the sum, in each cell, of the squares of what each person has had up to there."""
    order = np.lexsort((people.bucket, of_pair))
    out = np.zeros(cells)
    first = people.group * width
    _add_squares(
        of_pair[order], first[order], people.bucket[order], people.amount[order], width, out
    )
    return out


@compiled
def _add_squares(pair: Any, first: Any, bucket: Any, amount: Any, width: int, out: Any) -> None:
    so_far = 0.0
    for i in range(len(pair)):
        so_far = amount[i] + (so_far if i and pair[i] == pair[i - 1] else 0.0)
        end = bucket[i + 1] if i + 1 < len(pair) and pair[i + 1] == pair[i] else width
        for b in range(bucket[i], end):
            out[first[i] + b] += so_far * so_far
