"""Counts the words of all papers into postings."""

import numpy as np
from scipy import sparse

from bot.ranking.corpus import Corpus, Field, Floats
from bot.ranking.words import LEVELS, TITLE_WEIGHT, Lengths, Postings, length_scale, saturated


def mean_lengths(corpus: Corpus) -> Lengths:
    """At least 1 each."""
    if not len(corpus):
        return Lengths(1.0, 1.0)
    return Lengths(*(max(float(part.lengths.mean()), 1.0) for part in (corpus.title, corpus.abstract)))


def postings(corpus: Corpus, means: Lengths) -> Postings:
    """The postings of all stems."""
    fields = (corpus.title, corpus.abstract)
    values = [
        _steps(part, mean, weight)
        for part, mean, weight in zip(fields, (means.title, means.abstract), (TITLE_WEIGHT, 1.0), strict=True)
    ]
    stems = np.concatenate([part.stems for part in fields])
    papers = np.concatenate([part.papers for part in fields])
    shape = (len(corpus.vocabulary), len(corpus))
    matrix = sparse.coo_array((np.concatenate(values), (stems, papers)), shape=shape).tocsr()
    matrix.sum_duplicates()
    impacts = np.rint(LEVELS * saturated(matrix.data)).astype(np.uint8)
    return Postings(matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), impacts)


def _steps(part: Field, mean: float, weight: float) -> Floats:
    return (weight * length_scale(part.lengths, mean)).astype(np.float32)[part.papers]
