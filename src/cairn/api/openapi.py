"""Prints the OpenAPI document: `python -m cairn.api.openapi > web/openapi.json`."""

from __future__ import annotations

import json
import sys

from cairn.api.application import document


def text() -> str:
    """Return the document as it is kept in `web/openapi.json`."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
