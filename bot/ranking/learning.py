"""Learns a model from the papers that there are."""

import numpy as np

from bot.filters.silent import SILENT
from bot.ranking.corpus import Corpus
from bot.ranking.counting import mean_lengths, postings
from bot.ranking.decomposition import chosen_stems, decomposed, paper_counts, paper_points
from bot.ranking.model import Model
from bot.ranking.space import Codes, Space, coded
from bot.ranking.training import trained


def learn(corpus: Corpus, seed: int = 0) -> Model:
    """Learn from these papers; the same papers give the same model."""
    chance = np.random.default_rng(seed)
    means = mean_lengths(corpus)
    row_of, rarities = chosen_stems(corpus, SILENT)
    title, abstract = corpus.title.mapped(row_of), corpus.abstract.mapped(row_of)
    if not len(rarities):
        empty = Space(row_of, np.empty((0, 1), np.int8), np.empty(0, np.float32))
        return Model(corpus.keys, corpus.vocabulary, means, postings(corpus, means), empty, _nowhere(corpus))
    matrix = paper_counts(title, abstract, len(rarities))
    table = trained(decomposed(matrix, rarities, chance), title, abstract, chance)
    rows, scales = coded(table)
    return Model(
        corpus.keys,
        corpus.vocabulary,
        means,
        postings(corpus, means),
        Space(row_of, rows, scales),
        paper_points(matrix, table),
    )


def _nowhere(corpus: Corpus) -> Codes:
    return np.zeros((len(corpus), 1), np.int8)
