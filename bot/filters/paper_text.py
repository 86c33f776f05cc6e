"""The words of a paper, analysed once for the match in memory and for the index alike."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from bot.filters.analysis import BREAK, stem, tokens
from storage.search.documents import SearchText

AUTHORS_LENGTH = 60_000
"""Characters of authors that can be looked for: some 4,000 names. PostgreSQL bounds what it indexes."""
_BETWEEN = f" {BREAK} "


class Worded(Protocol):
    """Whatever has the texts of a paper: `storage.models.Paper`."""

    title: str
    abstract: str
    keywords: list[str]
    authors: list[str]


def paper_text(paper: Worded) -> SearchText:
    """The analysed words of a stored paper."""
    return search_text(paper.title, paper.abstract, paper.keywords, paper.authors)


def search_text(title: str, abstract: str, keywords: Sequence[str], authors: Sequence[str]) -> SearchText:
    """The analysed words of these texts, as they came: nothing needs to be cleaned before."""
    title_tokens = tokens(title)
    abstract_tokens = tokens(abstract)
    keyword_tokens = [found for keyword in keywords if (found := tokens(keyword))]
    author_tokens = _within(AUTHORS_LENGTH, (found for author in authors if (found := tokens(author))))
    return SearchText(
        title=" ".join(map(stem, title_tokens)),
        abstract=" ".join(map(stem, abstract_tokens)),
        keywords=_BETWEEN.join(" ".join(map(stem, found)) for found in keyword_tokens),
        title_forms=_distinct(title_tokens),
        abstract_forms=_distinct(abstract_tokens),
        keyword_forms=_distinct(token for found in keyword_tokens for token in found),
        authors=_BETWEEN.join(map(" ".join, author_tokens)),
    )


def _within(length: int, lists: Iterable[list[str]]) -> list[list[str]]:
    """As many of the lists as have that many characters together."""
    kept = []
    for found in lists:
        length -= sum(map(len, found))
        if length < 0:
            break
        kept.append(found)
    return kept


def _distinct(found: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(found))
