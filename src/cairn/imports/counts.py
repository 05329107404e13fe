"""What a server says of the events it has taken in: how many wait, and how many it had already."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx
from prometheus_client.parser import text_string_to_metric_families

_LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Counts:
    """The sum over the projects of a server, since it started."""

    waiting_bytes: int
    loaded: int
    duplicates: int
    rejected: int


def counts_of(client: httpx.Client) -> Counts | None:
    """Return the counts of a server, or None when it does not tell."""
    try:
        answer = client.get("/metrics")
        if answer.status_code != 200:
            return None
        found: dict[str, float] = {}
        for family in text_string_to_metric_families(answer.text):
            for sample in family.samples:
                found[sample.name] = found.get(sample.name, 0.0) + sample.value
    except (httpx.HTTPError, ValueError):
        return None
    try:
        return Counts(
            int(found["cairn_spool_lag_bytes"]),
            int(found["cairn_events_loaded_total"]),
            int(found["cairn_events_duplicate_total"]),
            int(found["cairn_events_rejected_total"]),
        )
    except KeyError:
        return None


def wait_until_loaded(
    client: httpx.Client, on_wait: Callable[[Counts], None], seconds: float = 3_600
) -> Counts | None:
    """Return the counts once nothing waits to be loaded, or as they are when that takes too long."""
    deadline = time.monotonic() + seconds
    counts = counts_of(client)
    while counts is not None and counts.waiting_bytes and time.monotonic() < deadline:
        on_wait(counts)
        time.sleep(_LOOK_SECONDS)
        counts = counts_of(client)
    return counts
