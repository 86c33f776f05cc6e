"""What ranking has learnt from the papers, and the scores that follow from it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bot.filters.silent import SILENT
from bot.ranking.corpus import Floats, Integers, Numbers
from bot.ranking.space import Codes, Space, cosines
from bot.ranking.words import LEVELS, TITLE_WEIGHT, Lengths, Postings, frequencies, rarity, saturated

MEANING_WEIGHT = 0.8
"""What the nearness of a paper counts beside its words, both from 0 to about 1, where it was learnt well."""
_WELL_LEARNT = 500
"""Papers from which nearness is learnt so well that it counts half of that; few papers teach little."""
CANDIDATES = 300
"""The papers with the best words, whose nearness is looked at."""
_LIKE = 25
"""The most telling words of a paper, by which others like it are found."""

Text = tuple[Sequence[str], Sequence[str]]
"""The stems of a title with its keywords, and of an abstract."""


@dataclass(frozen=True, slots=True)
class Model:
    """What was learnt at one time from the papers that there were.

    Args:
        keys: of the papers' documents, ascending; everything else goes by the position here.
        vocabulary: the number of each stem.
        points: what each paper is about, for `bot.ranking.space.cosines`.
    """

    keys: Integers
    vocabulary: dict[str, int]
    means: Lengths
    postings: Postings
    space: Space
    points: Codes
    place: Numbers = field(init=False, repr=False)
    """The position of each key, -1 where there is none; the last one stands for all greater keys."""

    def __post_init__(self) -> None:
        place = np.full(int(self.keys[-1]) + 2 if len(self.keys) else 1, -1, np.int32)
        place[self.keys] = np.arange(len(self.keys))
        object.__setattr__(self, "place", place)

    @property
    def trust(self) -> float:
        """What the nearness of a paper counts beside its words."""
        return MEANING_WEIGHT * len(self.keys) / (len(self.keys) + _WELL_LEARNT)

    def query(self, stems: Iterable[str]) -> "Query":
        """What a text asks for: each stem once; those that tell nothing count where there is no other."""
        found = sorted(set(stems))
        heard = [stem for stem in found if stem not in SILENT] or found
        return self.weighted(dict.fromkeys(heard, 1.0))

    def like(self, text: Text) -> "Query":
        """The query for papers like this one: its most telling words, and what it is about."""
        title, abstract = text
        often = frequencies(title, abstract, self.means)
        telling = {stem: count for stem, count in often.items() if stem not in SILENT}
        worth = {stem: float(np.log1p(count)) * self.rarity(stem) for stem, count in telling.items()}
        kept = sorted(worth, key=lambda stem: (-worth[stem], stem))[:_LIKE]
        query = self.weighted({stem: float(np.log1p(telling[stem])) for stem in kept})
        return Query(query.weights, query.total, self.point(text))

    def weighted(self, counts: dict[str, float]) -> "Query":
        """The query in which each stem counts so much."""
        weights = {stem: count * self.rarity(stem) for stem, count in counts.items()}
        known = {self.vocabulary[stem]: count for stem, count in counts.items() if stem in self.vocabulary}
        return Query(weights, max(sum(weights.values()), 1e-9), self.space.point(known))

    def rarity(self, stem: str) -> float:
        """How much it says that a paper holds the stem."""
        number = self.vocabulary.get(stem)
        holding = 0 if number is None else len(self.postings.of(number)[0])
        return rarity(max(len(self.keys), 1), holding)

    def telling(self, words: Mapping[str, str], most: int) -> list[str]:
        """The most telling of some words that papers hold, the rarest first.

        Args:
            words: the stem of each word.
            most: at most so many.
        """
        known = {word: self.rarity(stem) for word, stem in words.items() if stem in self.vocabulary}
        return sorted(known, key=lambda word: (-known[word], word))[:most]

    def point(self, text: Text) -> Floats | None:
        """What a text is about; None where none of its words is known."""
        title, abstract = text
        counts: dict[int, float] = {}
        for stems, weight in ((title, TITLE_WEIGHT), (abstract, 1.0)):
            for stem in stems:
                number = self.vocabulary.get(stem)
                if number is not None:
                    counts[number] = counts.get(number, 0.0) + weight
        return self.space.point(counts)

    def word_scores(self, query: "Query") -> Floats:
        """For each paper the share of the query's weight that its words have: 0 to 1."""
        scores = np.zeros(len(self.keys), np.float32)
        for stem, weight in query.weights.items():
            number = self.vocabulary.get(stem)
            if number is not None:
                papers, impacts = self.postings.of(number)
                scores[papers] += np.float32(weight / LEVELS / query.total) * impacts
        return scores

    def nearness(self, query: "Query", positions: Integers | Numbers) -> Floats:
        """How near these papers are to the query: -1 to 1; 0 where nothing is known of it."""
        if query.point is None:
            return np.zeros(len(positions), np.float32)
        return cosines(self.points[positions], query.point)

    def folded_in(self, text: Text) -> "Late":
        """A paper that the model has not learnt from, as if it had."""
        return Late(frequencies(*text, self.means), self.point(text))

    def score_of(self, query: "Query", paper: "Late") -> float:
        """The score of a paper that the model has not learnt from."""
        often = paper.frequencies
        words = sum(weight * saturated(often.get(stem, 0.0)) for stem, weight in query.weights.items())
        score = words / query.total
        if words and query.point is not None and paper.point is not None:
            score += self.trust * float(paper.point @ query.point)
        return score


@dataclass(frozen=True, slots=True)
class Late:
    """A paper that a model has not learnt from: its weighted words, and what it is about by that model."""

    frequencies: dict[str, float]
    point: Floats | None


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for, in the terms of a model.

    Args:
        weights: how much each stem counts.
        total: what a paper with all of them could have.
        point: what the query is about; None where no word is known.
    """

    weights: dict[str, float]
    total: float
    point: Floats | None
