"""Which papers hold the words of a filter, out of what was learnt: many times faster than the database.

The postings of a model know for each word every paper that holds it, and ranking keeps the papers that came
since beside them. So a filter of nothing but words needs no look into the index.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bot.filters.analysis import stem
from bot.filters.syntax import And, Node, Not, Or, Text
from bot.ranking.corpus import Integers
from bot.ranking.model import Late, Model

_Mask = NDArray[np.bool_]


def is_of_words(node: Node | None) -> bool:
    """Whether `holding_keys` can tell: single words anywhere in the text, joined in whatever way."""
    match node:
        case Text(words, part, prefix):
            return len(words) == 1 and part is None and not prefix
        case And(terms) | Or(terms):
            return all(map(is_of_words, terms))
        case Not(term):
            return is_of_words(term)
        case _:
            return False


def holding_keys(model: Model, late: Mapping[int, Late], node: Node, fallen: Integers) -> Integers:
    """The keys of the papers that `node` matches, ascending.

    Args:
        late: all papers that the model has not learnt from as they are now.
        node: of which `is_of_words` holds.
        fallen: keys of papers that are withdrawn.
    """
    held = _held(model, node)
    elsewhere = np.concatenate([np.fromiter(late, np.int64, len(late)), fallen])
    places = model.place[np.minimum(elsewhere, len(model.place) - 1)]
    held[places[places >= 0]] = False
    found = model.keys[np.flatnonzero(held)]
    new = [key for key, paper in late.items() if _matches(node, paper)]
    return np.sort(np.concatenate([found, np.array(new, np.int64)])) if new else found


def _held(model: Model, node: Node) -> _Mask:
    """A new array of which papers match, by position."""
    match node:
        case Text(words):
            held = np.zeros(len(model.keys), bool)
            number = model.vocabulary.get(stem(words[0]))
            if number is not None:
                held[model.postings.of(number)[0]] = True
            return held
        case And(terms) | Or(terms):
            join = np.logical_and if isinstance(node, And) else np.logical_or
            held = _held(model, terms[0])
            for term in terms[1:]:
                join(held, _held(model, term), out=held)
            return held
        case Not(term):
            return ~_held(model, term)
        case _:
            raise AssertionError(node)


def _matches(node: Node, paper: Late) -> bool:
    match node:
        case Text(words):
            return stem(words[0]) in paper.frequencies
        case And(terms):
            return all(_matches(term, paper) for term in terms)
        case Or(terms):
            return any(_matches(term, paper) for term in terms)
        case Not(term):
            return not _matches(term, paper)
        case _:
            raise AssertionError(node)
