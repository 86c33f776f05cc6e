"""The words of many papers as arrays of numbers, so that a hundred thousand of them fit into memory."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
Numbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Field:
    """One part of every paper: the numbers of its stems end to end.

    Args:
        stems: in order.
        start: where each paper begins, and at last where the last one ends.
    """

    stems: Numbers
    start: Integers

    @property
    def lengths(self) -> Integers:
        """Stems of each paper."""
        return np.diff(self.start)

    @property
    def papers(self) -> Numbers:
        """The paper of each stem."""
        return np.repeat(np.arange(len(self.start) - 1, dtype=np.int32), self.lengths)

    def mapped(self, numbers: Numbers) -> "Field":
        """With other numbers, by the old ones; stems whose new number is negative are left out."""
        stems = numbers[self.stems]
        kept = stems >= 0
        lengths = np.bincount(self.papers[kept], minlength=len(self.start) - 1)
        return Field(stems[kept], np.concatenate([[0], np.cumsum(lengths)]))


@dataclass(frozen=True, slots=True)
class Corpus:
    """Papers to learn from.

    Args:
        keys: of their documents, ascending.
        vocabulary: the number of each stem.
        title: titles and keywords.
    """

    keys: Integers
    vocabulary: dict[str, int]
    title: Field
    abstract: Field

    def __len__(self) -> int:
        return len(self.keys)


class CorpusBuilder:
    """Takes papers in, one after the other, in the order of their keys."""

    def __init__(self) -> None:
        self._keys = array("q")
        self._vocabulary: dict[str, int] = {}
        self._stems = (array("i"), array("i"))
        self._starts = (array("q", [0]), array("q", [0]))

    def add(self, key: int, title: Iterable[str], abstract: Iterable[str]) -> None:
        """Take in one paper's stems; the keywords stand behind the title."""
        known = self._vocabulary
        self._keys.append(key)
        for text, stems, starts in zip((title, abstract), self._stems, self._starts, strict=True):
            stems.extend([known.setdefault(stem, len(known)) for stem in text])
            starts.append(len(stems))

    def built(self) -> Corpus:
        """All that was taken in."""
        title, abstract = (
            Field(np.frombuffer(stems, np.int32), np.frombuffer(starts, np.int64))
            if stems
            else Field(np.empty(0, np.int32), np.frombuffer(starts, np.int64))
            for stems, starts in zip(self._stems, self._starts, strict=True)
        )
        keys = np.array(self._keys, np.int64)
        return Corpus(keys, self._vocabulary, title, abstract)
