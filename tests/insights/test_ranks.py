"""The value at a place in the order is the one that sorting puts there."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cairn.insights.ranks import median, value_at
from insights.agreement import trying

_VALUES = st.one_of(
    st.lists(st.integers(-5, 5), min_size=1, max_size=300),
    st.lists(st.integers(-(2**61), 2**61), min_size=1, max_size=300),
    st.lists(st.integers(0, 604_800_000_000).map(lambda n: n // 7), min_size=40, max_size=300),
)


@trying(100)
@given(_VALUES, st.data())
def test_it_is_the_one_that_sorting_puts_there(values: list[int], data: st.DataObject) -> None:
    rank = data.draw(st.integers(0, len(values) - 1))
    assert value_at(np.array(values), rank) == sorted(values)[rank]


@trying(100)
@given(_VALUES)
def test_the_median_is_that_of_numpy(values: list[int]) -> None:
    assert median(np.array(values)) == np.median(np.array(values, np.float64))
