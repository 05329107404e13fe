from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from cairn.core.errors import InvalidInput
from cairn.simulate.population import DAY_US, WEEK_US
from cairn.simulate.saas import END, EVENTS, TRUTH, WEEKS, distinct_ids, simulate

PERSONS = 30_000


@pytest.fixture(scope="module")
def events() -> pa.Table:
    return pa.concat_tables(simulate(600_000, PERSONS, seed=11))


def first_time(events: pa.Table, name: str) -> np.ndarray:
    chosen = events.filter(pc.equal(events["event"].cast(pa.string()), name))
    times = np.full(PERSONS, np.iinfo(np.int64).max)
    np.minimum.at(times, chosen["person"].to_numpy(), chosen["time"].cast(pa.int64()).to_numpy())
    return times


def test_exactly_the_events_asked_for_come_in_order_of_time(events: pa.Table) -> None:
    times = events["time"].cast(pa.int64()).to_numpy()
    assert events.num_rows == 600_000
    assert (np.diff(times) >= 0).all()
    assert set(events["event"].cast(pa.string()).unique().to_pylist()) == set(EVENTS)
    assert len(distinct_ids(PERSONS)) == PERSONS == pc.count_distinct(events["person"]).as_py()


def test_the_same_seed_gives_the_same_events_and_another_gives_others() -> None:
    def drawn(seed: int) -> pa.Table:
        return pa.concat_tables(simulate(5_000, 200, seed))

    assert drawn(3).equals(drawn(3))
    assert not drawn(3).equals(drawn(4))


def test_activation_and_conversion_are_what_the_truth_says(events: pa.Table) -> None:
    signup, activated, subscribed = (
        first_time(events, name) for name in ("signup", "activated", "subscribed")
    )
    end_us = int(END.timestamp()) * 1_000_000
    settled = signup < end_us - 8 * DAY_US
    active = settled & (activated - signup <= DAY_US)
    converted = active & (subscribed >= activated) & (subscribed - signup <= WEEK_US)
    assert active.sum() / settled.sum() == pytest.approx(TRUTH.activation, abs=0.012)
    assert converted.sum() / settled.sum() == pytest.approx(TRUTH.conversion_of_signups, abs=0.009)


def test_people_leave_at_the_weekly_rate_of_their_device(events: pa.Table) -> None:
    end_us = int(END.timestamp()) * 1_000_000
    start_us = end_us - WEEKS * WEEK_US
    activated = first_time(events, "activated")
    use = events.filter(pc.equal(events["event"].cast(pa.string()), "feature_used"))
    week = (use["time"].cast(pa.int64()).to_numpy() - start_us) // WEEK_US
    seen = np.zeros((PERSONS, WEEKS), bool)
    seen[use["person"].to_numpy(), week] = True
    cohort = np.flatnonzero(activated < end_us - 9 * WEEK_US)
    first = (activated[cohort] - start_us) // WEEK_US
    for weeks in (1, 4, 8):
        returned = seen[cohort, first + weeks].mean()
        assert returned == pytest.approx(TRUTH.weekly_retention(weeks), abs=0.015)


def test_too_few_events_for_so_many_people_are_refused_with_the_number_needed() -> None:
    with pytest.raises(InvalidInput, match="too few"):
        next(simulate(1_000, 1_000, seed=1))


def test_only_payments_carry_an_amount_and_only_use_a_feature(events: pa.Table) -> None:
    name = events["event"].cast(pa.string())
    paying = pc.is_in(name, pa.array(["subscribed", "invoice_paid"]))
    assert pc.equal(pc.is_valid(events["amount"]), paying).to_numpy().all()
    assert pc.equal(pc.is_valid(events["feature"]), pc.equal(name, "feature_used")).to_numpy().all()
