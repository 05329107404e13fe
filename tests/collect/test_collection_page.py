"""The page about collection says what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from cairn.collect import pipeline
from cairn.collect.clock import TRUSTED_SKEW_US
from cairn.collect.wire.segment import BATCH_LIMIT, EVENT_LIMIT
from cairn.core.clock import MICROSECONDS
from cairn.core.settings import Settings
from cairn.identity.resolve import SHARED_IDS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "collection.md").read_text()


@pytest.mark.parametrize(
    "promise",
    [
        f"{EVENT_LIMIT >> 10} KB for one message",
        f"{BATCH_LIMIT >> 10} KB for a batch",
        f"up to {pipeline.NAME_LIMIT} characters",
        f"up to {pipeline.PROPERTIES_LIMIT:,} properties",
        f"nested up to {pipeline.DEPTH_LIMIT} levels",
    ],
)
def test_the_limits_on_the_page_are_those_of_the_code(promise: str) -> None:
    assert promise in PAGE


def test_the_times_on_the_page_are_those_of_the_code() -> None:
    assert TRUSTED_SKEW_US == 5 * MICROSECONDS
    assert "by five seconds or more" in PAGE
    assert pipeline.AHEAD_LIMIT_US == 24 * 3_600 * MICROSECONDS
    assert "more than a day in the future" in PAGE


def test_settings_and_shared_ids_named_on_the_page_exist() -> None:
    assert {"min_free_mb", "receivers"} <= Settings.model_fields.keys()
    assert "`min_free_mb`" in PAGE
    assert {"null", "undefined", "guest", "anonymous"} <= SHARED_IDS
