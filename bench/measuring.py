"""Rounds in turn, medians, and what is said of them."""

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

Act = Callable[[int], Any]
"""Something that is timed; it is given the number of the round."""


@dataclass(frozen=True)
class Figure:
    """One measured ratio with its goal. `at_most` says on which side of the goal is good."""

    words: str
    measured: float
    goal: float
    at_most: bool
    beside: str = ""

    @property
    def met(self) -> bool:
        return self.measured <= self.goal if self.at_most else self.measured >= self.goal


def in_turn(acts: Sequence[Act], rounds: int, warm: int = 5, before: Mapping[int, Act] | None = None) -> list[float]:
    """The median seconds of each act over the rounds; they take turns in going first. `before[i]` is done untimed ahead of the i-th act."""
    seconds: list[list[float]] = [[] for _ in acts]
    gc.collect()
    gc.disable()
    try:
        for number in range(warm + rounds):
            for turn in range(len(acts)):
                which = (turn + number) % len(acts)
                if before and which in before:
                    before[which](number)
                took = timed(acts[which], number)
                if number >= warm:
                    seconds[which].append(took)
    finally:
        gc.enable()
    return [statistics.median(one) for one in seconds]


def timed(act: Act, number: int) -> float:
    began = time.perf_counter()
    act(number)
    return time.perf_counter() - began


@dataclass(frozen=True)
class Statement:
    """One statement as it went to the driver."""

    query: Any
    values: Any


class RecordingCursor(psycopg.Cursor[Any]):
    """A cursor that notes what is sent while `noted` is a list."""

    noted: list[Statement] | None = None

    def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
        if RecordingCursor.noted is not None:
            RecordingCursor.noted.append(Statement(query, params))
        return super().execute(query, params, **more)


@contextmanager
def recording() -> Iterator[list[Statement]]:
    """The statements that pass through RecordingCursors meanwhile."""
    RecordingCursor.noted = noted = []
    try:
        yield noted
    finally:
        RecordingCursor.noted = None


def table(figures: Sequence[Figure]) -> str:
    """The figures as lines: what, measured, goal, met or not."""
    width = max(len(one.words) for one in figures)
    lines = [f"{'':{width}}  measured     goal"]
    for one in figures:
        goal = f"{'≤' if one.at_most else '≥'} {one.goal:.2f}"
        lines.append(f"{one.words:{width}}  {one.measured:8.2f}  {goal:>7}  {'met' if one.met else 'NOT MET'}  {one.beside}".rstrip())
    return "\n".join(lines)
