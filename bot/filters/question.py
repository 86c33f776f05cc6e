"""A question typed as a sentence: which of its words tell what is wanted, and a less strict filter.

"Are there papers about compressing language models?" is a filter like any other, in which every word must
occur; few papers hold "are", "there" and "papers". Pure.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.filters.analysis import stem, tokens
from bot.filters.canonical import EVERY_PAPER, filter_of
from bot.filters.errors import FilterError
from bot.filters.parser import LENGTH, TERMS, check_subscription, parse
from bot.filters.silent import FUNCTION_WORDS, SILENT
from bot.filters.syntax import And, Filter, Node, Or, Text, conjuncts, is_plain

LONG = 4
"""Plain terms from which on a filter may be read as a question; who types fewer wants all of them."""
_A_TITLE = 5
"""Words from which on a text is known for prose, unless it looks like the filter language."""
_A_SENTENCE = 3
"""Function words by which a long text is known for prose and not for a list of terms."""
_LANGUAGE = re.compile(r"\w:\S|\w[<>=]|\w\w\*|(?:^|\s)[-!]\w|\b(?:OR|NOT|AND)\b|\|")
_ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Loosened:
    """A filter whose plain words need not all occur.

    Args:
        words: folded words, any of which will do, those that tell nothing left out; at least one.
        rest: what still holds: everything else that the filter asks for.
    """

    words: tuple[str, ...]
    rest: Filter

    @property
    def filter(self) -> Filter:
        """What the rest asks for, with at least one of the words."""
        some = Or(tuple(Text((word,)) for word in self.words))
        return filter_of(And((some, *conjuncts(self.rest.root))), self.rest.order)


def read_question(text: str) -> Filter:
    """The filter that `text` says; prose that is none loses its signs, and the words that tell nothing.

    Raises FilterError.
    """
    try:
        return parse(text)
    except FilterError:
        if len(text) > LENGTH or not is_prose(text):
            raise
        return parse(" ".join(list(dict.fromkeys(telling(tokens(without_addresses(text)))))[:TERMS]))


def read_subscription(text: str) -> Filter:
    """The same of what is to come from now on, which may be everything. Raises FilterError, where it names a
    day too."""
    if " ".join(text.casefold().split()) in EVERY_PAPER:
        return Filter()
    wanted = read_question(text)
    check_subscription(wanted)
    return wanted


def is_prose(text: str) -> bool:
    """Whether people would say or print so: a question, a title, an abstract. A slip in the filter language
    is none, and neither is a list of more terms than a filter may have."""
    text = without_addresses(text)
    words = tokens(text)
    if _LANGUAGE.search(text) or len(words) < _A_TITLE:
        return False
    return len(words) <= TERMS or sum(word in FUNCTION_WORDS for word in words) >= _A_SENTENCE


def without_addresses(text: str) -> str:
    """`text` without what links in it say."""
    return _ADDRESS.sub(" ", text)


def loosened(wanted: Filter) -> Loosened | None:
    """A less strict form of a filter of many plain words; None for any other."""
    terms = conjuncts(wanted.root)
    plain = [term for term in terms if isinstance(term, Text) and is_plain(term)]
    if len(plain) < LONG:
        return None
    words = tuple(dict.fromkeys(word for term in plain for word in term.words))
    rest = tuple(term for term in terms if term not in plain)
    return Loosened(tuple(telling(words)), filter_of(And(rest) if rest else None, wanted.order))


def telling(words: Sequence[str]) -> list[str]:
    """Those of the folded words that say what is looked for; all of them where none does."""
    return [word for word in words if stem(word) not in SILENT] or list(words)


def text_words(node: Node | None) -> Iterable[str]:
    """The folded words that a filter wants to find in a text, in order; excluded ones are left out."""
    match node:
        case Text(words, _, prefix):
            yield from () if prefix else words
        case And(terms) | Or(terms):
            for term in terms:
                yield from text_words(term)
