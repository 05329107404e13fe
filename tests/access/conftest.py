"""Records in a temporary folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cairn.store.records.records import Records


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """Open new records."""
    opened = Records.open(tmp_path / "records.sqlite")
    yield opened
    opened.close()
