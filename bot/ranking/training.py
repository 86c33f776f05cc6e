"""Makes the rows of stems better than the decomposition left them, out of the papers alone.

A paper's title must find its abstract among the abstracts of other papers, and a run of words cut out of an
abstract the rest of it (contrastive learning with the batch as counter-examples, InfoNCE, van den Oord et
al. 2018). What stands for a question is short and what stands for an answer long, as in a search.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.ranking.corpus import Field, Floats, Integers
from bot.ranking.decomposition import counts
from bot.ranking.words import TITLE_WEIGHT

BATCH = 1024
"""Papers that are told from each other in one step."""
EPOCHS = 8
"""How often each paper is seen, unless that takes more than `STEPS`."""
STEPS = 480
RATE = 0.1
_LAST_RATE = 0.1
TEMPERATURE = 0.06
CUT_SHARE = 0.75
"""How many of the questions are cut out of an abstract; the others are titles."""
CUT_WORDS = (4, 14)
"""The least and the most words that are cut out."""
_LEAST_BATCH = 32


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a batch: the paper's place in the batch, the stem, and its place in the text."""

    places: Integers
    stems: NDArray[np.int32]
    inside: Integers


def trained(table: Floats, title: Field, abstract: Field, chance: np.random.Generator) -> Floats:
    """A better table, or the same one where there are too few papers to learn from.

    Args:
        table: a row for each stem.
        title, abstract: with the rows as the numbers of the stems.
    """
    usable = np.flatnonzero(abstract.lengths >= CUT_WORDS[1])
    batch = min(BATCH, len(usable))
    if batch < _LEAST_BATCH or table.shape[1] < 2:
        return table
    table = table / np.sqrt(np.mean(np.sum(table * table, axis=1)))
    moment = np.full(len(table), 1e-8, np.float32)  # Adagrad (Duchi et al. 2011) with one number a row
    steps = min(STEPS, max(EPOCHS * len(usable) // batch, 1))
    order = np.empty(0, np.int64)
    for step in range(steps):
        if len(order) < batch:
            order = chance.permutation(usable)
        chosen, order = order[:batch], order[batch:]
        questions, answers = _batch(title, abstract, chosen, len(table), chance)
        rows, gradient = _gradient(table, questions, answers)
        moment[rows] += np.mean(gradient * gradient, axis=1)
        rate = RATE * (1.0 - (1.0 - _LAST_RATE) * step / steps)
        table[rows] -= rate * gradient / np.sqrt(moment[rows])[:, None]
    return table


def _batch(
    title: Field, abstract: Field, papers: Integers, width: int, chance: np.random.Generator
) -> tuple[sparse.csr_array, sparse.csr_array]:
    """What stands for the questions, and for their answers, as counts of stems."""
    lengths = abstract.lengths[papers]
    cut = (chance.random(len(papers)) < CUT_SHARE) | (title.lengths[papers] < 2)
    span = chance.integers(CUT_WORDS[0], CUT_WORDS[1] + 1, len(papers))
    begin = (chance.random(len(papers)) * np.maximum(lengths - span, 1)).astype(np.int64)
    named, said = _words(title, papers), _words(abstract, papers)
    run = (said.inside >= begin[said.places]) & (said.inside < (begin + span)[said.places])
    asked = cut[said.places] & run
    asking = ~cut[named.places]
    shape = (len(papers), width)
    question_places = np.concatenate([said.places[asked], named.places[asking]])
    question_stems = np.concatenate([said.stems[asked], named.stems[asking]])
    questions = counts(question_places, question_stems, np.ones(len(question_places)), shape)
    answer_places = np.concatenate([said.places[~asked], named.places[~asking]])
    answer_stems = np.concatenate([said.stems[~asked], named.stems[~asking]])
    weights = np.concatenate([np.ones(int((~asked).sum())), np.full(int((~asking).sum()), TITLE_WEIGHT)])
    return questions, counts(answer_places, answer_stems, weights, shape)


def _words(part: Field, papers: Integers) -> _Words:
    lengths = part.lengths[papers]
    places = np.repeat(np.arange(len(papers)), lengths)
    inside = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return _Words(places, part.stems[np.repeat(part.start[papers], lengths) + inside], inside)


def _gradient(
    table: Floats, questions: sparse.csr_array, answers: sparse.csr_array
) -> tuple[Integers, Floats]:
    """How the loss rises with the rows that these texts use: each question seeks its answer, and back."""
    used = np.zeros(len(table), bool)
    used[questions.indices] = True
    used[answers.indices] = True
    rows = np.flatnonzero(used)
    place = np.cumsum(used, dtype=np.int32) - 1
    part = table[rows]
    left, right = (_narrowed(texts, place, len(rows)) for texts in (questions, answers))
    left_point, left_length = _unit(left @ part)
    right_point, right_length = _unit(right @ part)
    likeness = np.exp((left_point @ right_point.T - 1.0) / TEMPERATURE)
    slope = likeness / likeness.sum(axis=1, keepdims=True) + likeness / likeness.sum(axis=0, keepdims=True)
    slope = slope / 2.0
    slope[np.diag_indices(len(slope))] -= 1.0
    slope /= TEMPERATURE * len(slope)
    to_left = _tangent(slope @ right_point, left_point, left_length)
    to_right = _tangent(slope.T @ left_point, right_point, right_length)
    return rows, np.asarray(left.T @ to_left + right.T @ to_right)


def _narrowed(texts: sparse.csr_array, place: NDArray[np.int32], width: int) -> sparse.csr_array:
    """The columns that are used, so that the product touches no other."""
    return sparse.csr_array((texts.data, place[texts.indices], texts.indptr), shape=(texts.shape[0], width))


def _unit(points: Floats) -> tuple[Floats, Floats]:
    lengths = np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-6)
    return points / lengths, lengths


def _tangent(change: Floats, point: Floats, length: Floats) -> Floats:
    """A change of a direction, carried back to the vector before it was brought to length 1."""
    change = change - point * np.sum(change * point, axis=1, keepdims=True)
    return change / length
