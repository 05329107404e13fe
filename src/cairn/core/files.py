"""Files that are either whole or absent, also after the power went out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np


def write_durably(path: Path, content: bytes) -> None:
    """Replace a file so that after a crash it holds the old or the new content, never half."""
    draft = path.with_name(path.name + ".new")
    with draft.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def save_array_durably(path: Path, array: Any) -> None:
    """Replace an .npy file in the same all-or-nothing way."""
    draft = path.with_name(path.name + ".new")
    with draft.open("wb") as out:
        np.save(out, array)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
