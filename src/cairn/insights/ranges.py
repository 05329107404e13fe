"""Numbers cut into ranges, so that a numeric property can divide an answer.

A range holds its lower end and not its upper one. Values that spell no number are in none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Discriminator, Field, Tag, model_validator

from cairn.query.filters import Property

FARTHEST = 10**12
"""How many widths from 0 the outermost range lies; what is farther out belongs to it."""

Number = Annotated[float, Field(allow_inf_nan=False)]


class Ranged(Property):
    """A numeric property cut into ranges.

    - `edges`: at these numbers, with everything below the first and from the last on at the ends.
    - `width`: into ranges equally wide, one of which starts at 0.
    - `quantiles`: into so many ranges that hold about as many of the distinct numbers of the
      question's events in the period. Where they meet is rounded to three digits of their typical
      width, and ranges that become equal are one.
    """

    edges: tuple[Number, ...] | None = Field(default=None, min_length=1, max_length=100)
    width: Number | None = Field(default=None, gt=0)
    quantiles: int | None = Field(default=None, ge=2, le=100)

    @model_validator(mode="after")
    def _is_cut_one_way(self) -> Ranged:
        given = [way for way in ("edges", "width", "quantiles") if getattr(self, way) is not None]
        if len(given) != 1:
            raise ValueError(
                f"ranges of '{self.name}' need one of edges, width and quantiles, got "
                + (" and ".join(given) or "none")
            )
        if any(low >= high for low, high in pairwise(self.edges or ())):
            raise ValueError(
                f"the edges of '{self.name}' must ascend, got {list(self.edges or ())}"
            )
        return self


def _tag(value: object) -> str:
    if isinstance(value, (tuple, list)):
        return "several"
    cut = {"edges", "width", "quantiles"}
    ranged = cut & value.keys() if isinstance(value, dict) else isinstance(value, Ranged)
    return "ranged" if ranged else "property"


Divider = Annotated[
    Annotated[Property, Tag("property")] | Annotated[Ranged, Tag("ranged")], Discriminator(_tag)
]
"""What divides an answer: each value of a property, or ranges of its numbers."""

Breakdown = Annotated[
    Annotated[Property, Tag("property")]
    | Annotated[Ranged, Tag("ranged")]
    | Annotated[tuple[Divider, ...], Field(min_length=1, max_length=3), Tag("several")],
    Discriminator(_tag),
]
"""One divider, or up to three whose combinations divide."""


def source(divider: Property) -> Property:
    """Return the property that a divider reads."""
    return Property(of=divider.of, name=divider.name)


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """One of the ranges: its place among them, and the words for it."""

    place: int
    label: str


@dataclass(frozen=True, slots=True)
class Ranges:
    """Ranges of equal width, or those between cuts; `ends` are known where the outermost ones end.

    >>> [Ranges(cuts=(10, 20)).at(place).label for place in (0, 1, 2)]
    ['below 10', '10 – 20', '20 and more']
    >>> Ranges(width=0.1).at(3).label
    '0.3 – 0.4'
    """

    cuts: tuple[float, ...] = ()
    width: float | None = None
    ends: tuple[float, float] | None = None

    def places(self, numbers: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the place of the range that holds each number, whatever it is for NaN."""
        if self.width is None:
            return np.searchsorted(np.array(self.cuts, np.float64), numbers, side="right")
        with np.errstate(over="ignore"):
            widths = np.nan_to_num(numbers / self.width)
        return np.floor(np.clip(widths, -FARTHEST, FARTHEST)).astype(np.int64)

    def at(self, place: int) -> Range:
        """Return the range at a place."""
        if self.width is not None:
            low, high = (float(f"{n * self.width:.15g}") for n in (place, place + 1))
            return Range(place, f"{_written(low)} – {_written(high)}")
        low_end, high_end = self.ends or (None, None)
        start = self.cuts[place - 1] if place else low_end
        end = self.cuts[place] if place < len(self.cuts) else high_end
        if start is None or end is None:
            known = f"below {_written(end)}" if end is not None else "any number"
            return Range(place, known if start is None else f"{_written(start)} and more")
        return Range(place, f"{_written(start)} – {_written(end)}")


def ranges_of(divider: Ranged, distinct: Sequence[float]) -> Ranges:
    """Return the ranges of a divider; `distinct` are the numbers to divide into quantiles.

    >>> ranges_of(Ranged(name="price", quantiles=2), [1, 2, 3, 10])
    Ranges(cuts=(2.5,), width=None, ends=(1, 10))
    """
    if divider.quantiles is None:
        return Ranges(divider.edges or (), divider.width)
    ordered = sorted(distinct)
    if not ordered:
        return Ranges()
    digits = _digits((ordered[-1] / divider.quantiles) - (ordered[0] / divider.quantiles))
    cuts = set()
    for part in range(1, divider.quantiles):
        below, rest = divmod((len(ordered) - 1) * part, divider.quantiles)
        share = rest / divider.quantiles
        above = ordered[min(below + 1, len(ordered) - 1)]
        cuts.add(round(ordered[below] * (1 - share) + above * share, digits))
    kept = tuple(sorted(cut for cut in cuts if ordered[0] < cut <= ordered[-1]))
    return Ranges(kept, ends=(ordered[0], ordered[-1]))


def _digits(width: float) -> int:
    """Return how many decimals give a typical width three digits; all if it is no usual width."""
    return 2 - math.floor(math.log10(width)) if 0 < width < 1e300 else 400


def _written(number: float) -> str:
    short = f"{number:.6g}"
    if float(short) == number and "e" not in short:
        return short
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)


Value = str | Range | None
"""What a row of a divided answer has: a text, a range, or nothing."""


def label_of(value: Value) -> str | None:
    """Return the words for a value, None where there is none."""
    return value.label if isinstance(value, Range) else value


def order_of(value: Any) -> Any:
    """Return what sorts values: as they are, what is missing last; of several, one after another."""
    if isinstance(value, tuple):
        return tuple(order_of(part) for part in value)
    return (1,) if value is None else (0, value)
