"""BM25 over title and abstract: how much each word says of each paper.

The field-weighted form (Robertson, Zaragoza and Taylor, CIKM 2004): a word's frequencies in the fields, each
divided by the field's relative length, are weighted and added, and saturated once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bot.ranking.corpus import Floats, Integers

TITLE_WEIGHT = 3.0
"""How often a word of the abstract must stand there to count as much as one of the title or the keywords."""
SATURATION = 2.0
LENGTH_SHARE = 0.75
LEVELS = 255
"""Steps of a stored impact."""

_Number = TypeVar("_Number", float, Floats)


@dataclass(frozen=True, slots=True)
class Lengths:
    """The mean number of stems of a title with its keywords, and of an abstract."""

    title: float
    abstract: float


@dataclass(frozen=True, slots=True)
class Postings:
    """Which papers hold each stem, and how much it says of them.

    Args:
        start: where the papers of each stem begin, by its number, and at last the end.
        papers: positions of papers, ascending within a stem.
        impacts: the saturated frequency, 0 to `LEVELS`.
    """

    start: Integers
    papers: NDArray[np.int32]
    impacts: NDArray[np.uint8]

    def of(self, stem: int) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """The papers that hold a stem, and its impacts there."""
        row = slice(int(self.start[stem]), int(self.start[stem + 1]))
        return self.papers[row], self.impacts[row]


def length_scale(lengths: Integers, mean: float) -> Floats:
    """What one occurrence counts in texts of these lengths; a long text repeats itself."""
    return (1.0 / (1.0 - LENGTH_SHARE + LENGTH_SHARE * lengths / mean)).astype(np.float32)


def saturated(frequency: _Number) -> _Number:
    """From 0 to 1: the tenth occurrence says less than the second."""
    return frequency / (frequency + SATURATION)


def rarity(papers: int, holding: int) -> float:
    """The inverse document frequency of a stem that `holding` of the papers have."""
    return float(np.log1p((papers - holding + 0.5) / (holding + 0.5)))


def occurrence(length: int, mean: float, weight: float) -> float:
    """What one occurrence counts in one text of `length` stems."""
    return weight * float(length_scale(np.array(length), mean))


def frequencies(title: Sequence[str], abstract: Sequence[str], means: Lengths) -> dict[str, float]:
    """The weighted frequencies of one paper's stems, as `postings` counts them before they are saturated."""
    found: dict[str, float] = {}
    for text, mean, weight in ((title, means.title, TITLE_WEIGHT), (abstract, means.abstract, 1.0)):
        step = occurrence(len(text), mean, weight)
        for stem in text:
            found[stem] = found.get(stem, 0.0) + step
    return found
