"""Reading files that can be made again: what is damaged is noticed, and then rebuilt."""

from __future__ import annotations

import json
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np

UNREADABLE = (OSError, ValueError, KeyError, TypeError)
"""What reading a missing or damaged file raises."""


def read_array(path: Path, *kinds: Any) -> Any:
    """Memory-map an array of one of these types, raising one of UNREADABLE when it is not whole."""
    try:
        mapped = np.load(path, mmap_mode="r")
    except (EOFError, SyntaxError, TokenError) as error:
        raise ValueError(f"{path.name} cannot be read as an array") from error
    is_whole = (
        isinstance(mapped, np.memmap)
        and mapped.ndim == 1
        and mapped.dtype in [np.dtype(kind) for kind in kinds]
        and mapped.offset + mapped.nbytes == path.stat().st_size
    )
    if not is_whole:
        raise ValueError(f"{path.name} is not the array that was written")
    return mapped.view(np.ndarray)


def read_object(path: Path) -> dict[str, Any]:
    """Read a JSON object, raising one of UNREADABLE when it is none."""
    found = json.loads(path.read_text())
    if not isinstance(found, dict):
        raise ValueError(f"{path.name} holds no object")
    return found
