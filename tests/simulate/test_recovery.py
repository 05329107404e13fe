"""Cairn, asked about the simulated product, finds the rates that are true of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pyarrow as pa
import pytest

from cairn.dashboards.demo import simulated_product
from cairn.insights.answer import Result
from cairn.insights.funnel.spec import FunnelResult, FunnelSpec, Window
from cairn.insights.retention.spec import RetentionResult, RetentionSpec
from cairn.insights.run import ask
from cairn.query.filters import Property, Selector
from cairn.query.periods import Calendar, Period
from cairn.simulate.messages import days_simulated, people_for, simulated_messages
from cairn.simulate.saas import END, TRUTH, distinct_ids, simulate
from cairn.store.duckdb.store import DuckDBStore

PERSONS = 30_000
NOW_US = int(END.timestamp()) * 1_000_000
FIRST, LAST = days_simulated()
SETTLED = Period.model_validate({"from": str(FIRST), "to": str(LAST)})


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBStore]:
    store = DuckDBStore.open(tmp_path_factory.mktemp("simulated"), threads=2)
    store.ingest_arrow(pa.concat_tables(simulate(600_000, PERSONS, seed=7)), distinct_ids(PERSONS))
    yield store
    store.close()


def answered(store: DuckDBStore, spec: Any) -> Result:
    return ask(store, spec, Calendar(ZoneInfo("UTC"), NOW_US), 2).result


def funnel(store: DuckDBStore, *events: str, window: Window, by: str | None = None) -> FunnelResult:
    """Ask a funnel of those who signed up early enough to have had their time."""
    last = LAST - timedelta(days=window.microseconds // 86_400_000_000)
    early = Period.model_validate({"from": str(FIRST), "to": str(last)})
    steps = tuple(Selector(event=event) for event in events)
    result = answered(
        store,
        FunnelSpec(
            steps=steps,
            window=window,
            period=early,
            breakdown=None if by is None else Property(name=by),
        ),
    )
    assert isinstance(result, FunnelResult)
    return result


def test_a_funnel_finds_the_true_activation(store: DuckDBStore) -> None:
    result = funnel(store, "signup", "activated", window=Window(count=1, unit="day"))
    first, second = (step.persons for step in result.total.steps)
    assert second / first == pytest.approx(TRUTH.activation, abs=0.012)


def test_a_funnel_finds_the_true_conversion_of_each_campaign(store: DuckDBStore) -> None:
    steps = ("signup", "activated", "subscribed")
    result = funnel(store, *steps, window=Window(count=7, unit="day"), by="campaign")
    total = [step.persons for step in result.total.steps]
    assert total[2] / total[0] == pytest.approx(TRUTH.conversion_of_signups, abs=0.012)
    found = {
        group.group.value: group.steps[2].persons / group.steps[1].persons
        for group in result.groups
        if group.group is not None
    }
    assert found.keys() == TRUTH.conversion.keys()
    for campaign, rate in found.items():
        assert rate == pytest.approx(TRUTH.conversion[str(campaign)], abs=0.04), campaign


def test_retention_finds_the_true_churn_of_each_device(store: DuckDBStore) -> None:
    use = Selector(event="feature_used")
    result = answered(
        store,
        RetentionSpec(
            start=use,
            interval="week",
            columns=9,
            period=SETTLED,
            breakdown=Property(name="$device"),
        ),
    )
    assert isinstance(result, RetentionResult)
    for weeks in (1, 4, 8):
        average = result.total.average[weeks]
        assert average == pytest.approx(TRUTH.weekly_retention(weeks), abs=0.015)
    for group in result.groups:
        assert group.group is not None
        stay = 1 - TRUTH.weekly_churn[str(group.group.value)]
        assert group.average[1] == pytest.approx(stay, abs=0.02), group.group


def test_the_dashboard_of_the_simulated_product_has_answers(store: DuckDBStore) -> None:
    for tile in simulated_product(str(FIRST), str(LAST)).tiles:
        answer = ask(store, tile.spec, Calendar(ZoneInfo("UTC"), NOW_US), 2)
        assert answer.view.table.rows, tile.title


def test_messages_of_the_simulated_product_are_whole_and_the_same_every_time() -> None:
    messages = [msgspec.json.decode(message) for message in simulated_messages(5_000, seed=3)]
    calls = [message["type"] for message in messages]
    persons = people_for(5_000)
    assert calls.count("track") == 5_000
    assert calls.count("identify") == calls.count("group") == persons
    assert len({message["messageId"] for message in messages}) == len(messages)
    assert messages == list(map(msgspec.json.decode, simulated_messages(5_000, seed=3)))
    times = [message["timestamp"] for message in messages]
    assert times == sorted(times)
