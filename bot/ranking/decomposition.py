"""A first table of rows for the stems, and where the papers lie: latent semantic analysis.

The rows are a singular value decomposition of the weighted word counts (Deerwester et al. 1990);
`bot.ranking.training` makes them better.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.ranking.corpus import Corpus, Field, Floats, Integers
from bot.ranking.space import Codes, coded
from bot.ranking.words import TITLE_WEIGHT

DIMENSIONS = 256
RARE = 2
"""Stems of fewer papers teach nothing about others."""
VOCABULARY = 30_000
"""The most stems with a row, the most frequent ones."""
_SAMPLE = 20_000
"""Papers that the decomposition is made of."""
_SLICE = 8192


def chosen_stems(corpus: Corpus, silent: Iterable[str]) -> tuple[NDArray[np.int32], Floats]:
    """Which stems get a row, and how rare each of those is.

    Args:
        silent: stems that say nothing of what a paper is about.

    Returns the row of each stem by its number (-1 for none), and the rarities by row.
    """
    papers = len(corpus)
    holding = _holding(corpus)
    holding[[corpus.vocabulary[stem] for stem in silent if stem in corpus.vocabulary]] = 0
    chosen = np.flatnonzero(holding >= RARE)
    chosen = chosen[np.argsort(-holding[chosen], kind="stable")[:VOCABULARY]]
    row_of = np.full(len(corpus.vocabulary), -1, np.int32)
    row_of[chosen] = np.arange(len(chosen))
    return row_of, np.log((papers + 1.0) / (holding[chosen] + 0.5)).astype(np.float32)


def _holding(corpus: Corpus) -> Integers:
    """How many papers hold each stem; some papers at a time, since this takes many bytes for each word."""
    holding = np.zeros(len(corpus.vocabulary), np.int64)
    for first in range(0, len(corpus), _SLICE):
        last = min(first + _SLICE, len(corpus))
        held = np.unique(
            np.concatenate([_held(part, first, last) for part in (corpus.title, corpus.abstract)])
        )
        holding += np.bincount(held // _SLICE, minlength=len(holding))
    return holding


def _held(part: Field, first: int, last: int) -> Integers:
    """A number for each word of these papers, the same for the same stem in the same paper."""
    stems = part.stems[part.start[first] : part.start[last]].astype(np.int64)
    return stems * _SLICE + np.repeat(np.arange(last - first), part.lengths[first:last])


def counts(
    rows: Integers, columns: Integers, weights: NDArray[Any], shape: tuple[int, int]
) -> sparse.csr_array:
    """Texts by stems: the logarithm of 1 + how often each stands in each."""
    matrix = sparse.coo_array((weights.astype(np.float32, copy=False), (rows, columns)), shape=shape).tocsr()
    matrix.sum_duplicates()
    matrix.data = np.log1p(matrix.data)
    return matrix


def paper_counts(title: Field, abstract: Field, width: int) -> sparse.csr_array:
    """All papers by stems, the title's weighted as in the word scores."""
    weights = np.ones(len(title.stems) + len(abstract.stems), np.float32)
    weights[: len(title.stems)] = TITLE_WEIGHT
    papers = np.concatenate([title.papers, abstract.papers])
    shape = (len(title.start) - 1, width)
    return counts(papers, np.concatenate([title.stems, abstract.stems]), weights, shape)


def decomposed(matrix: sparse.csr_array, rarities: Floats, chance: np.random.Generator) -> Floats:
    """A row for each stem: its direction in the randomised decomposition (Halko et al. 2011) of a sample."""
    if matrix.shape[0] > _SAMPLE:
        matrix = matrix[np.sort(chance.choice(matrix.shape[0], _SAMPLE, replace=False))]
    matrix = (matrix @ sparse.diags_array(rarities)).tocsr()
    lengths = np.sqrt(np.asarray((matrix * matrix).sum(axis=1)).ravel())
    matrix = (sparse.diags_array((1.0 / np.maximum(lengths, 1e-9)).astype(np.float32)) @ matrix).tocsr()
    least = min(matrix.shape)
    size = max(1, min(DIMENSIONS, least - 1))
    basis = matrix @ chance.standard_normal((matrix.shape[1], min(size + 20, least)), dtype=np.float32)
    for _ in range(3):
        basis, _ = np.linalg.qr(basis)
        basis = matrix @ (matrix.T @ basis)
    basis, _ = np.linalg.qr(basis)
    small = np.asarray(matrix.T @ basis)
    values, turn = np.linalg.eigh(small.T @ small)
    largest = np.argsort(-values)[:size]
    directions = (small @ turn[:, largest]) / np.sqrt(np.maximum(values[largest], 1e-9))
    rows: Floats = (rarities[:, None] * directions).astype(np.float32)
    return rows


def paper_points(matrix: sparse.csr_array, table: Floats) -> Codes:
    """The direction of each paper in eight bits a dimension; their lengths do not matter."""
    points = np.empty((matrix.shape[0], table.shape[1]), np.int8)
    for at in range(0, matrix.shape[0], _SLICE):
        points[at : at + _SLICE] = coded(matrix[at : at + _SLICE] @ table)[0]
    return points
