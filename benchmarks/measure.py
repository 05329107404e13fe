"""Putting the questions to the engines by turns, and holding their answers to each other."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from benchmarks.data import DataSet
from benchmarks.questions import Numbers, Question

ROUNDS = 7
SLOW_SECONDS = 3.0
"""Who takes longer than this is timed once."""


class Engine(Protocol):
    """Something that answers the questions."""

    name: str

    def load(self, data: DataSet) -> None:
        """Take in the events."""

    def formulations(self, question: Question) -> dict[str, str]:
        """Return the ways in which the question can be put, by name."""

    def run(self, question: Question, sql: str) -> Any:
        """Answer, in the engine's own form."""

    def cells(self, question: Question, result: Any) -> Numbers:
        """Return an answer as cells."""

    def close(self) -> None:
        """Release files."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long an engine took with its fastest formulation: each round's seconds, in order."""

    engine: str
    formulation: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Return the median of the rounds."""
        return statistics.median(self.seconds)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question with everyone's time, and the answer on which all agreed.

    `slower` are the formulations that were tried once and are not an engine's fastest.
    """

    question: Question
    timings: tuple[Timing, ...]
    slower: tuple[Timing, ...]
    answer: Numbers


class Disagreement(Exception):
    """Two engines answered one question differently."""


def compare(question: Question, engines: Sequence[Engine], step: Callable[[str], None]) -> Outcome:
    """Time every engine by turns, so that whatever else the machine does meets them alike.

    Each engine's formulations are tried first, twice each, and their answers compared with the first
    engine's; the fastest is then run in every round, unless it is slow. Raises Disagreement.
    """
    expected: Numbers | None = None
    fastest: list[tuple[Engine, str, str]] = []
    tried: list[Timing] = []
    taken: list[list[float]] = []
    for engine in engines:
        best = None
        for name, sql in engine.formulations(question).items():
            step(f"{engine.name}: {question.name} by {name}")
            cells = engine.cells(question, engine.run(question, sql))
            expected = cells if expected is None else expected
            if cells != expected:
                raise Disagreement(
                    difference(question, f"{engine.name} by {name}", expected, cells)
                )
            seconds = _seconds(engine, question, sql)
            tried.append(Timing(engine.name, name, (seconds,)))
            if best is None or seconds < best[0]:
                best = seconds, name, sql
        assert best is not None
        fastest.append((engine, best[1], best[2]))
        taken.append([best[0]] if best[0] > SLOW_SECONDS else [])
    for number in range(ROUNDS):
        step(f"{question.name}, round {number + 1} of {ROUNDS}")
        for (engine, _, sql), seconds_of in zip(fastest, taken, strict=True):
            if seconds_of and seconds_of[0] > SLOW_SECONDS:
                continue
            engine.run(question, sql)
            seconds_of.append(_seconds(engine, question, sql))
    return Outcome(
        question,
        tuple(
            Timing(engine.name, name, tuple(seconds))
            for (engine, name, _), seconds in zip(fastest, taken, strict=True)
        ),
        tuple(
            timing
            for timing in tried
            if (timing.engine, timing.formulation) not in {(e.name, name) for e, name, _ in fastest}
        ),
        expected or {},
    )


def _seconds(engine: Engine, question: Question, sql: str) -> float:
    began = time.perf_counter()
    engine.run(question, sql)
    return time.perf_counter() - began


def difference(question: Question, who: str, expected: Numbers, found: Numbers) -> str:
    """Return where two answers part, as a sentence."""
    places = [p for p in {**expected, **found} if expected.get(p) != found.get(p)]
    shown = ", ".join(
        f"{place}: {found.get(place, 0)} and not {expected.get(place, 0)}" for place in places[:5]
    )
    return f"{who} answers {question.name} differently at {len(places)} places: {shown}"
