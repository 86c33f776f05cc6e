"""A row of the table, and how rows are measured."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison.

    Args:
        ours, baseline: medians, in `unit`.
        ratio: the median of the rounds' ratios; a goal is an upper bound for it.
    """

    name: str
    baseline_name: str
    ours: float
    baseline: float
    ratio: float
    goal: float | None
    unit: str = "s"


def compare(
    name: str,
    ours: Callable[[], float],
    baseline_name: str,
    baseline: Callable[[], float],
    goal: float | None,
    rounds: int = 5,
    unit: str = "s",
) -> Row:
    """Measure both in turn, so that what else the machine does falls on both; the first round warms up."""
    pairs = [(ours(), baseline()) for _ in range(rounds + 1)][1:]
    return Row(
        name,
        baseline_name,
        statistics.median(pair[0] for pair in pairs),
        statistics.median(pair[1] for pair in pairs),
        statistics.median(pair[0] / pair[1] for pair in pairs),
        goal,
        unit,
    )
