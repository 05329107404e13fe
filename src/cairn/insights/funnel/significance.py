"""Whether a group converts otherwise than everybody else, or only seems to.

Each group is compared with all others together, by the share that took the last step:

- p is that of the two-sided z-test for two proportions with a pooled variance, or of Fisher's exact
  test (R. A. Fisher, "Statistical Methods for Research Workers", 5th ed., 1934) when fewer than 5 are
  expected in some cell of the table.
- As many groups are looked at, p is adjusted (S. Holm, "A simple sequentially rejective multiple test
  procedure", 1979).
- The 95 % interval of the difference joins two Wilson intervals (R. G. Newcombe, "Interval estimation
  for the difference between independent proportions", 1998, method 10). It is for one group alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import erfc, sqrt

from cairn.insights.funnel.spec import FunnelDifference

_Z = 1.959963984540054
"""The 97.5th percentile of the normal distribution."""


def differences(
    started: Sequence[int], converted: Sequence[int]
) -> tuple[FunnelDifference | None, ...]:
    """Compare each group with the others; None for a group that is all there is, or nobody.

    >>> found, _ = differences([70, 80], [56, 48])
    >>> round(found.difference, 4), round(found.low, 4), round(found.high, 4), round(found.p, 4)
    (0.2, 0.0524, 0.3339, 0.008)
    """
    every, made = sum(started), sum(converted)
    tables = [
        (made_here, here - made_here, made - made_here, every - here - (made - made_here))
        for here, made_here in zip(started, converted, strict=True)
    ]
    tested = [table for table in tables if table[0] + table[1] and table[2] + table[3]]
    adjusted = iter(_holm([_p(*table) for table in tested]))
    return tuple(
        _difference(table, next(adjusted)) if table in tested else None for table in tables
    )


def _difference(table: tuple[int, int, int, int], p: float) -> FunnelDifference:
    a, b, c, d = table
    here, others = a / (a + b), c / (c + d)
    low, high = _wilson(a, a + b)
    low_others, high_others = _wilson(c, c + d)
    between = here - others
    return FunnelDifference(
        difference=between,
        low=between - sqrt((here - low) ** 2 + (high_others - others) ** 2),
        high=between + sqrt((high - here) ** 2 + (others - low_others) ** 2),
        p=p,
    )


def _p(a: int, b: int, c: int, d: int) -> float:
    """Return how likely so large a difference is when there is none."""
    here, others, made, not_made = a + b, c + d, a + c, b + d
    if min(here, others) * min(made, not_made) < 5 * (here + others):
        from scipy.stats import fisher_exact

        return min(1.0, float(fisher_exact([[a, b], [c, d]]).pvalue))
    share = made / (here + others)
    error = sqrt(share * (1 - share) * (1 / here + 1 / others))
    return erfc(abs(a / here - c / others) / error / sqrt(2))


def _wilson(made: int, of: int) -> tuple[float, float]:
    """Return the Wilson score interval of a share."""
    share = made / of
    middle = share + _Z * _Z / (2 * of)
    reach = _Z * sqrt(share * (1 - share) / of + _Z * _Z / (4 * of * of))
    return (middle - reach) / (1 + _Z * _Z / of), (middle + reach) / (1 + _Z * _Z / of)


def _holm(values: Sequence[float]) -> list[float]:
    """Return p values adjusted for how many there are; of two groups there is one comparison.

    >>> _holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    if len(values) == 2:
        return list(values)
    adjusted, least = [0.0] * len(values), 0.0
    for rank, i in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        least = max(least, min(1.0, values[i] * (len(values) - rank)))
        adjusted[i] = least
    return adjusted
