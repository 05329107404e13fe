"""What other products answer when one leaves their options alone, so that their numbers come back.

A question that is `like` one of them takes its defaults; whatever the question says itself stays.
docs/insights/presets.md tells where and why Cairn's own defaults differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Peer = Literal["cairn", "posthog", "mixpanel", "amplitude", "ga4"]

PRESETS: Mapping[Peer, Mapping[str, Mapping[str, Any]]] = {
    "cairn": {},
    "posthog": {
        "funnel": {"window": {"count": 14, "unit": "day"}},
        "retention": {"cohort": "recurring", "columns": 11},
        "trends": {"limit": 25},
    },
    "mixpanel": {
        "funnel": {
            "window": {"count": 7, "unit": "day"},
            "anchor": "first",
            "on_exclusion": "drop",
            "complete_after_period": True,
        },
        "retention": {"match": "on_or_after", "clock": "rolling"},
        "paths": {"steps": 4, "top": 12, "count": "actors"},
        "attribution": {"models": ["last"], "lookback": {"count": 30, "unit": "day"}},
    },
    "amplitude": {
        "funnel": {"window": {"count": 1, "unit": "day"}, "on_exclusion": "drop"},
        "retention": {"match": "on_or_after", "clock": "rolling"},
        "paths": {"count": "actors"},
    },
    "ga4": {
        "funnel": {"window": {"count": 3_650, "unit": "day"}},
        "sessions": {"bounce_seconds": 10},
        "attribution": {"models": ["last_non_direct"]},
    },
}
"""By product and kind of question: the options that differ from Cairn's, or that must not change with them."""


def filled(kind: str, question: Mapping[str, Any]) -> dict[str, Any]:
    """Return a question with the defaults of the product that it is to be like.

    >>> filled("funnel", {"like": "amplitude", "on_exclusion": "remove"})["window"]
    {'count': 1, 'unit': 'day'}
    """
    peer = question.get("like", "cairn")
    return {**PRESETS.get(peer, {}).get(kind, {}), **question}
