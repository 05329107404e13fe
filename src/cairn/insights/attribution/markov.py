"""What would be lost without a channel, when journeys are walks from channel to channel.

The walk starts at the first touch, goes from each touch to the next with the frequency that was
counted for its channel, and ends by converting or not. A channel's *removal effect* is the share of
conversions that is lost when every walk that comes to the channel ends there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def removal_effects(starts: Any, follows: Any, ends: Any, lost: Any) -> NDArray[np.float64]:
    """Return the removal effect of each channel; zeros when no walk converts.

    The lost conversions are the chance to ever come to the channel times the chance to convert from
    there; both follow from how often each channel is visited, which solves a linear system.

        >>> removal_effects([3, 1], [[0, 2], [0, 0]], [1, 2], [0, 1]).round(3).tolist()
        [0.778, 0.667]
    """
    starts, follows, ends, lost = (
        np.asarray(part, np.float64) for part in (starts, follows, ends, lost)
    )
    if not ends.sum():
        return np.zeros(len(starts))
    leaving = follows.sum(axis=1) + ends + lost
    leaving[leaving == 0] = 1.0
    visits = np.linalg.inv(np.eye(len(starts)) - follows / leaving[:, None])
    converts = visits @ (ends / leaving)
    begins = starts / starts.sum()
    comes = (begins @ visits) / visits.diagonal()
    return np.asarray(comes * converts / (begins @ converts), np.float64)
