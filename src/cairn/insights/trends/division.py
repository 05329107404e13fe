"""What divides a series: the value, or the combination of values, that each match has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from cairn.insights.ranges import Ranged, Ranges, Value, ranges_of, source
from cairn.insights.trends.spec import TrendsSpec
from cairn.query.filters import Property
from cairn.query.periods import Span
from cairn.query.sequences import Matches, Pick, Sequences

Codes = NDArray[Any]
Cuts = dict[Ranged, Ranges]

_ENUMERATED = 1 << 16
"""Up to so many possible combinations each have a code; of more, only those that occur."""


def cuts_of(spec: TrendsSpec, sequences: Sequences, span: Span) -> Cuts:
    """Return the ranges of a breakdown's numeric properties, as the events of a span suggest."""
    return {
        divider: ranges_of(divider, _distinct(spec, divider, sequences, span))
        for divider in spec.dividers
        if isinstance(divider, Ranged)
    }


def _distinct(spec: TrendsSpec, divider: Ranged, sequences: Sequences, span: Span) -> list[float]:
    """Return the different numbers that the events of any series have."""
    if divider.quantiles is None:
        return []
    numbers = sequences.numbers(source(divider))
    pick = Pick(spec.series, span, spec.filter, (source(divider),))
    occur = np.zeros(len(numbers), np.bool_)
    for codes in sequences.scan(pick, lambda matches: np.unique(matches.codes[0])):
        occur[codes] = True
    return [float(n) for n in np.unique(numbers[occur & ~np.isnan(numbers)])]


@dataclass(frozen=True, slots=True)
class Division:
    """The dividers of one series; their properties are the first that its pick reads.

    A code stands for a combination: `known[code]` when that lists those that occur, else the code
    itself. A combination spells the place of each part's value in turn.
    """

    parts: tuple[_Part, ...]
    known: NDArray[np.int64] | None = None

    @property
    def values(self) -> Sequence[Value | tuple[Value, ...]]:
        """Return the value behind each code."""
        if len(self.parts) == 1:
            return self.parts[0].values
        return _Combinations(self)

    def codes(self, matches: Matches) -> Codes:
        """Return the code of each match."""
        if not self.parts:
            return np.zeros(len(matches.time), np.uint8)
        if len(self.parts) == 1:
            return self.parts[0].codes(matches.codes[0])
        combined = self.combined(matches)
        if self.known is not None:
            combined = np.searchsorted(self.known, combined)
        return combined.astype(np.uint32)

    def combined(self, matches: Matches) -> NDArray[np.int64]:
        """Return the combination of each match."""
        combined = np.zeros(len(matches.time), np.int64)
        for part, codes in zip(self.parts, matches.codes[: len(self.parts)], strict=True):
            combined *= len(part.values)
            combined += part.codes(codes)
        return combined


def division_of(spec: TrendsSpec, cuts: Cuts, sequences: Sequences, pick: Pick) -> Division:
    """Return how a breakdown divides what a pick selects."""
    parts = tuple(_Part.of(divider, cuts, sequences) for divider in spec.dividers)
    division = Division(parts)
    possible = np.prod([float(len(part.values)) for part in parts])
    if len(parts) < 2 or possible <= _ENUMERATED:
        return division
    found = sequences.scan(pick, lambda matches: np.unique(division.combined(matches)))
    return Division(parts, np.unique(np.concatenate(found)))


@dataclass(frozen=True, slots=True)
class _Part:
    """One divider: its values, and which of them each code of its property has."""

    values: Sequence[Value]
    then: NDArray[np.uint32] | None = None

    @classmethod
    def of(cls, divider: Property, cuts: Cuts, sequences: Sequences) -> _Part:
        if not isinstance(divider, Ranged):
            return cls(sequences.values(divider))
        numbers = sequences.numbers(source(divider))
        known = ~np.isnan(numbers)
        places, inverse = np.unique(cuts[divider].places(numbers[known]), return_inverse=True)
        then = np.zeros(len(numbers), np.uint32)
        then[known] = inverse + 1
        return cls([None, *(cuts[divider].at(int(place)) for place in places)], then)

    def codes(self, codes: Codes) -> Codes:
        return codes if self.then is None else np.asarray(self.then[codes])


@dataclass(frozen=True, slots=True)
class _Combinations(Sequence[tuple[Value, ...]]):
    """The values of combinations, spelled out when asked for."""

    division: Division

    def __len__(self) -> int:
        if self.division.known is not None:
            return len(self.division.known)
        return int(np.prod([len(part.values) for part in self.division.parts]))

    @overload
    def __getitem__(self, code: int) -> tuple[Value, ...]: ...
    @overload
    def __getitem__(self, code: slice) -> list[tuple[Value, ...]]: ...
    def __getitem__(self, code: int | slice) -> Any:
        if isinstance(code, slice):
            return [self[i] for i in range(*code.indices(len(self)))]
        known = self.division.known
        rest = code if known is None else int(known[code])
        out: list[Value] = []
        for part in reversed(self.division.parts):
            rest, place = divmod(rest, len(part.values))
            out.insert(0, part.values[place])
        return tuple(out)
