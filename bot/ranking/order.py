"""From scores to an order: by words, by what a paper is about, and by words that stand side by side."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bot.filters.silent import SILENT
from bot.ranking.corpus import Floats, Integers, Numbers
from bot.ranking.model import CANDIDATES, Late, Model, Query, Text
from bot.ranking.words import TITLE_WEIGHT, occurrence, saturated

LEADERS = 20
"""The best papers, whose texts are read to see which of the query's words stand side by side."""
PAIR_WEIGHT = 0.25
_PAIR_RARITY = 0.65
"""How rare two neighbours are taken to be, as a share of the rarest there can be."""


def ordered_keys(
    model: Model, query: Query, keys: Integers | None, late: Mapping[int, Late], most: int | None = None
) -> tuple[Integers, Floats]:
    """Keys and scores, best first; of equals the one that came last, which is mostly the newest.

    Args:
        keys: the papers in question, ascending; None for those that hold a word of the query.
        late: papers that the model has not learnt from as they are now.
        most: only so many of the best; all where None.
    """
    late_keys = np.array(sorted(late), np.int64)
    words = model.word_scores(query)
    positions = np.flatnonzero(words > 0) if keys is None else _positions(model, keys)
    positions = positions[~_among(model.keys[positions], late_keys)]
    scores = _scores(model, query, positions, words[positions])
    if keys is not None:
        late_keys = late_keys[_among(late_keys, keys)]
    late_scores = np.array([model.score_of(query, late[key]) for key in late_keys.tolist()], np.float32)
    if keys is None:
        late_keys, late_scores = late_keys[late_scores > 0], late_scores[late_scores > 0]
    found = np.concatenate([model.keys[positions], late_keys])
    scores = np.concatenate([scores, late_scores])
    if keys is not None and len(found) < len(keys):
        unknown = keys[~_among(keys, np.sort(found))]
        found = np.concatenate([found, unknown])
        scores = np.concatenate([scores, np.full(len(unknown), -1.0, np.float32)])
    if most is not None and most < len(found):
        within = scores >= np.partition(scores, len(scores) - most)[len(scores) - most]
        found, scores = found[within], scores[within]
    order = np.lexsort((-found, -scores))[:most]
    return found[order], scores[order]


def _positions(model: Model, keys: Integers) -> Numbers:
    """Where those of the keys stand that the model knows."""
    positions = model.place[np.minimum(keys, len(model.place) - 1)]
    return positions[positions >= 0]


def _among(numbers: Integers, ascending: Integers) -> NDArray[np.bool_]:
    """Which of the numbers are in the other array."""
    if not len(ascending):
        return np.zeros(len(numbers), bool)
    places = np.minimum(np.searchsorted(ascending, numbers), len(ascending) - 1)
    return np.asarray(ascending[places] == numbers, np.bool_)


def _scores(model: Model, query: Query, positions: Integers | Numbers, words: Floats) -> Floats:
    if query.point is None or not len(positions):
        return words
    leading = _best(words, CANDIDATES)
    near = np.full(len(words), -1.0, np.float32)  # the others count as far away as can be
    near[leading] = model.nearness(query, positions[leading])
    return words + np.float32(model.trust) * near


def promoted(
    model: Model, query: Query, ranked: tuple[Integers, Floats], texts: Mapping[int, Text]
) -> tuple[Integers, Floats]:
    """The order after the leaders' texts were read for words side by side.

    Args:
        texts: of the first `LEADERS` keys; one that is gone meanwhile gets nothing.
    """
    keys, scores = ranked
    leaders = min(LEADERS, len(keys))
    bonus = [
        neighbours_bonus(model, query, texts[key]) if key in texts else 0.0 for key in keys[:leaders].tolist()
    ]
    leading = scores[:leaders] + np.array(bonus, np.float32)
    order = np.lexsort((-keys[:leaders], -leading))
    keys, scores = keys.copy(), scores.copy()
    keys[:leaders], scores[:leaders] = keys[:leaders][order], leading[order]
    return keys, scores


def _best(scores: Floats, count: int) -> Integers:
    if len(scores) <= count:
        return np.arange(len(scores))
    return np.argpartition(-scores, count - 1)[:count]


def neighbours_bonus(model: Model, query: Query, text: Text) -> float:
    """What it counts that words of the query stand side by side in a paper, in whatever order.

    Words that tell nothing are passed over: "retrieval of images" has "retrieval" beside "image".
    """
    often: dict[tuple[str, str], float] = {}
    for part, mean, weight in zip(
        text, (model.means.title, model.means.abstract), (TITLE_WEIGHT, 1.0), strict=True
    ):
        if len(query.weights.keys() & set(part)) < 2:
            continue
        step = occurrence(len(part), mean, weight)
        telling = [stem for stem in part if stem not in SILENT]
        for pair in pairwise(telling):
            if pair[0] in query.weights and pair[1] in query.weights and pair[0] != pair[1]:
                often[pair] = often.get(pair, 0.0) + step
    found = sum(saturated(steps) for steps in often.values())
    return PAIR_WEIGHT * found * _PAIR_RARITY * float(np.log(len(model.keys) + 1)) / query.total
