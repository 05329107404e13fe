"""Events that an engine has selected and put in order, as the arrays that kernels read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Ordered:
    """Rows by person, time and arrival: those of `person[i]` are `offsets[i]` to `offsets[i + 1]`."""

    rows: pa.Table
    person: NDArray[np.int32]
    offsets: NDArray[np.int64]

    def ints(self, name: str) -> NDArray[np.int64]:
        """Return a column of whole numbers."""
        return np.asarray(self.rows[name].to_numpy(), np.int64)

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Return a column of numbers, NaN where there is none."""
        return np.asarray(self.rows[name].cast("float64").fill_null(np.nan).to_numpy(), np.float64)

    def codes(self, name: str) -> tuple[NDArray[np.int64], list[str | None]]:
        """Return a column of texts as codes, 0 for missing, and the text of each code."""
        found: Sequence[str | None] = self.rows[name].to_pylist()
        texts = [None, *sorted({text for text in found if text is not None})]
        code_of = {text: code for code, text in enumerate(texts)}
        return np.fromiter((code_of[text] for text in found), np.int64, len(found)), texts


def ordered(rows: Any) -> Ordered:
    """Read rows that come by person, time and arrival."""
    person, first = np.unique(rows["person"].to_numpy(), return_index=True)
    offsets = np.append(first, len(rows)).astype(np.int64)
    return Ordered(rows, person.astype(np.int32), offsets)


def coded(column: pa.ChunkedArray) -> tuple[list[str | None], NDArray[np.uint32]]:
    """Return the text of each code, with missing first, and the code of each row."""
    found = column.combine_chunks().dictionary_encode()
    codes = found.indices.fill_null(-1).to_numpy(zero_copy_only=False) + 1
    return [None, *found.dictionary.to_pylist()], codes.astype(np.uint32)
