"""What Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from cairn.api.workspace import Workspace


def exposition(workspace: Workspace) -> str:
    """Return every counter in Prometheus' text form."""
    registry = CollectorRegistry()
    registry.register(_Projects(workspace))
    registries = (workspace.answers.registry, registry)
    return "".join(generate_latest(registry).decode() for registry in registries)


class _Projects(Collector):
    """Reads the state of every open project."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def collect(self) -> Iterable[Metric]:
        labels = ["project"]
        events = GaugeMetricFamily("cairn_events", "Events that can be queried.", labels=labels)
        loaded = CounterMetricFamily(
            "cairn_events_loaded", "Events loaded since the server started.", labels=labels
        )
        duplicates = CounterMetricFamily(
            "cairn_events_duplicate",
            "Events dropped since the server started because their id was there already.",
            labels=labels,
        )
        rejected = CounterMetricFamily(
            "cairn_events_rejected", "Events rejected since the server started.", labels=labels
        )
        lag = GaugeMetricFamily(
            "cairn_spool_lag_bytes", "Bytes acknowledged and not loaded yet.", labels=labels
        )
        version = GaugeMetricFamily(
            "cairn_data_version", "Grows by one with every batch loaded.", labels=labels
        )
        rejections = GaugeMetricFamily(
            "cairn_rejections", "Arrivals kept as rejections.", labels=labels
        )
        for project_id, opened in self._workspace.all_opened().items():
            events.add_metric([project_id], opened.store.snapshot.rows)
            loaded.add_metric([project_id], opened.events_loaded())
            duplicates.add_metric([project_id], opened.duplicates_dropped())
            rejected.add_metric([project_id], opened.events_rejected())
            lag.add_metric([project_id], opened.spool_lag_bytes())
            version.add_metric([project_id], opened.store.data_version)
            rejections.add_metric([project_id], opened.browser.rejection_count())
        return (events, loaded, duplicates, rejected, lag, version, rejections)
