"""Where the receivers meet the engine."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from cairn.core.settings import Settings

_LONGEST_PATH = 100


def engine_socket(settings: Settings) -> Path:
    """Return the engine's Unix socket: in the data directory, or where its path is short enough.

    Operating systems limit the path of a socket to about a hundred bytes; for a longer one both
    sides derive the same name in the folder for temporary files.
    """
    path = (settings.data_dir / "engine.sock").absolute()
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        return path
    digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"cairn-{os.getuid()}-{digest}.sock"
