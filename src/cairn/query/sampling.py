"""Which people are in a sample: always the same ones, in every engine.

>>> import numpy as np
>>> bool(abs(in_sample(np.arange(100_000), 0.1).mean() - 0.1) < 0.005)
True
"""

from __future__ import annotations

from typing import Any

_PRIME = 2_147_483_647
_FACTOR = 1_103_515_245
_SUMMAND = 12_345


def in_sample(person: Any, share: float) -> Any:
    """Return which of some people's 64-bit numbers are in the sample that holds such a share of all.

    A larger sample holds the smaller ones. Squares modulo a prime look random and need nothing that SQL
    has not; no product exceeds 2**62.
    """
    mixed = (person * _FACTOR + _SUMMAND) % _PRIME
    return mixed * mixed % _PRIME < round(share * _PRIME)
