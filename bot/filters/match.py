"""Match many filters against the papers of a day.

Sets of papers are integers, one bit a paper. For each token there is one such integer, so that AND, OR and
NOT of a filter are three machine operations for all papers at once; each leaf is worked out a single time.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Literal

from bot.filters.analysis import stem
from bot.filters.facts import holds
from bot.filters.paper_text import paper_text
from bot.filters.syntax import And, Author, Filter, Leaf, Node, Not, Or, Part, Text
from storage.models import Paper

_Column = Literal["title", "abstract", "keywords", "authors"]
_Forms = Literal["title_forms", "abstract_forms", "keyword_forms"]
_COLUMNS: dict[Part, _Column] = {
    Part.TITLE: "title",
    Part.ABSTRACT: "abstract",
    Part.KEYWORD: "keywords",
}
_FORMS: dict[Part, _Forms] = {
    Part.TITLE: "title_forms",
    Part.ABSTRACT: "abstract_forms",
    Part.KEYWORD: "keyword_forms",
}


class Matcher:
    """Papers, ready to be asked which of them filters match.

    It remembers the answer for each distinct term it was asked, so it should live as long as its day's work.

    Args:
        papers: bit number i of an answer stands for `papers[i]`.
        today: what ages in filters count from.
    """

    def __init__(self, papers: Sequence[Paper], today: date) -> None:
        self._papers = papers
        self._today = today
        self._all = (1 << len(papers)) - 1
        texts = [paper_text(paper) for paper in papers]
        self._columns = {
            part: _Words([text[column] for text in texts], [text[_FORMS[part]] for text in texts])
            for part, column in _COLUMNS.items()
        }
        self._authors = _Words([text["authors"] for text in texts], ())
        self._known: dict[Leaf, int] = {}
        self._known_words: dict[tuple[str, ...], int] = {}

    def matches(self, wanted: Filter) -> int:
        """The papers that `wanted` matches, as bits."""
        return self._all if wanted.root is None else self._node(wanted.root)

    def select(self, wanted: Filter) -> list[Paper]:
        """The papers that `wanted` matches, in the order in which they were given."""
        matched = self.matches(wanted)
        return [paper for bit, paper in enumerate(self._papers) if matched >> bit & 1]

    def _node(self, node: Node) -> int:
        if isinstance(node, Text):
            return self._text(node)
        if isinstance(node, And):
            found = self._all
            for term in node.terms:
                found &= self._node(term)
                if not found:
                    return 0
            return found
        if isinstance(node, Or):
            found = 0
            for term in node.terms:
                found |= self._node(term)
            return found
        if isinstance(node, Not):
            return self._all ^ self._node(node.term)
        known = self._known.get(node)
        if known is None:
            known = self._known[node] = self._leaf(node)
        return known

    def _text(self, text: Text) -> int:
        """Most terms are plain words, and a tuple of words is found faster than a leaf."""
        known: dict[Any, int] = self._known
        key: object = text
        if text.part is None and not text.prefix:
            known, key = self._known_words, text.words
        found = known.get(key)
        if found is None:
            found = known[key] = self._leaf(text)
        return found

    def _leaf(self, leaf: Leaf) -> int:
        if isinstance(leaf, Author):
            return self._authors.phrase(leaf.words)
        if isinstance(leaf, Text):
            return self._sought(leaf)
        return _bits(holds(leaf, paper, self._today) for paper in self._papers)

    def _sought(self, text: Text) -> int:
        columns = [self._columns[text.part]] if text.part else self._columns.values()
        stemmed = () if text.prefix else tuple(map(stem, text.words))
        found = 0
        for column in columns:
            found |= column.beginning(text.words[0]) if text.prefix else column.phrase(stemmed)
        return found


class _Words:
    """Which papers hold which tokens in one column."""

    def __init__(self, columns: Sequence[str], forms: Sequence[str]) -> None:
        self._columns = [f" {column} " for column in columns]
        self._bits = _bits_of(columns)
        self._form_bits = _bits_of(forms)
        self._forms = sorted(self._form_bits)

    def phrase(self, words: tuple[str, ...]) -> int:
        """The papers where these tokens stand side by side."""
        found = -1
        for word in words:
            found &= self._bits.get(word, 0)
        if len(words) == 1 or not found:
            return found
        phrase = f" {' '.join(words)} "
        return sum(1 << bit for bit in _set(found) if phrase in self._columns[bit])

    def beginning(self, prefix: str) -> int:
        """The papers with an unstemmed token that begins so."""
        found = 0
        for position in range(bisect_left(self._forms, prefix), len(self._forms)):
            form = self._forms[position]
            if not form.startswith(prefix):
                break
            found |= self._form_bits[form]
        return found


def _bits_of(columns: Sequence[str]) -> dict[str, int]:
    bits: dict[str, int] = defaultdict(int)
    for bit, column in enumerate(columns):
        for token in set(column.split(" ")):
            bits[token] |= 1 << bit
    return dict(bits)


def _bits(answers: Iterable[bool]) -> int:
    return sum(1 << bit for bit, answer in enumerate(answers) if answer)


def _set(bits: int) -> Iterator[int]:
    """The numbers of the bits that are set."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
