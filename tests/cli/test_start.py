"""What a start does not wait for."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("cairn.cli.command", {"pydantic", "sqlalchemy", "fastapi", "numpy"}),
        ("cairn.cli.server", {"sqlalchemy", "fastapi", "numpy"}),
        ("cairn.collect.receive", {"sqlalchemy", "fastapi", "duckdb", "pyarrow"}),
        ("cairn.app", {"numba", "alembic", "ibis", "markdown_it", "ua_parser"}),
    ],
)
def test_a_process_starts_without_what_it_may_never_need(module: str, absent: set[str]) -> None:
    program = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert not absent & set(loaded.stdout.decode().split())
