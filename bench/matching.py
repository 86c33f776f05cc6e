"""A day's papers against many subscriptions: bit masks, against evaluating each filter on each paper."""

import gzip
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from adapters.huggingface.records import parse_listing
from bench.ingesting import RECORDED
from bench.rows import Row, compare
from bot.filters.analysis import fold_name, stem, tokens
from bot.filters.facts import holds
from bot.filters.match import Matcher
from bot.filters.paper_text import paper_text
from bot.filters.parser import parse
from bot.filters.syntax import And, Author, Filter, Node, Not, Or, Part, Text
from storage.models import Paper

_PAPERS = 100
_FILTERS = 100_000
_SAMPLE = 50
"""The baseline evaluates every so-manieth filter; its time for one does not depend on how many there are."""
_SEED = 3


def rows() -> Iterator[Row | str]:
    """Microseconds for one filter on a hundred papers. Ours counts the analysis of the papers as well, the
    baseline has them analysed beforehand."""
    if not RECORDED.is_dir():
        yield "matching: skipped, ../shared/data is not here"
        return
    papers = _papers()
    wanted = _filters(papers)
    analysed = [_analysed(paper) for paper in papers]
    today = max(paper.listed_on for paper in papers)
    for each in wanted[:: _SAMPLE * 20]:
        assert Matcher(papers, today).select(each) == _one_by_one(each, analysed, today)
    yield compare(
        f"matching {_PAPERS} papers against {_FILTERS:,} filters, for one filter",
        lambda: _time_of_matcher(wanted, papers, today),
        "each filter on each paper",
        lambda: _time_one_by_one(wanted[::_SAMPLE], analysed, today),
        goal=0.02,
        unit="µs",
    )


def _time_of_matcher(wanted: list[Filter], papers: list[Paper], today: date) -> float:
    began = time.perf_counter()
    matcher = Matcher(papers, today)
    for each in wanted:
        matcher.matches(each)
    return (time.perf_counter() - began) / len(wanted) * 1e6


def _time_one_by_one(wanted: list[Filter], papers: "list[_Analysed]", today: date) -> float:
    began = time.perf_counter()
    for each in wanted:
        _one_by_one(each, papers, today)
    return (time.perf_counter() - began) / len(wanted) * 1e6


@dataclass(frozen=True, slots=True)
class _Analysed:
    """A paper with its stems as sets for words and as text for phrases."""

    paper: Paper
    words: dict[Part | None, frozenset[str]]
    columns: dict[Part | None, tuple[str, ...]]
    forms: dict[Part | None, tuple[str, ...]]
    authors: str


def _analysed(paper: Paper) -> _Analysed:
    text = paper_text(paper)
    columns: dict[Part | None, tuple[str, ...]] = {
        Part.TITLE: (f" {text['title']} ",),
        Part.ABSTRACT: (f" {text['abstract']} ",),
        Part.KEYWORD: (f" {text['keywords']} ",),
    }
    forms: dict[Part | None, tuple[str, ...]] = {
        Part.TITLE: tuple(text["title_forms"].split()),
        Part.ABSTRACT: tuple(text["abstract_forms"].split()),
        Part.KEYWORD: tuple(text["keyword_forms"].split()),
    }
    columns[None] = tuple(column for part in Part for column in columns[part])
    forms[None] = tuple(form for part in Part for form in forms[part])
    words = {part: frozenset(" ".join(column).split()) for part, column in columns.items()}
    return _Analysed(paper, words, columns, forms, f" {text['authors']} ")


def _one_by_one(wanted: Filter, papers: list[_Analysed], today: date) -> list[Paper]:
    root = wanted.root
    return [each.paper for each in papers if root is None or _matches(root, each, today)]


def _matches(node: Node, paper: _Analysed, today: date) -> bool:
    if isinstance(node, Text):
        if node.prefix:
            return any(form.startswith(node.words[0]) for form in paper.forms[node.part])
        if len(node.words) == 1:
            return stem(node.words[0]) in paper.words[node.part]
        phrase = f" {' '.join(map(stem, node.words))} "
        return any(phrase in column for column in paper.columns[node.part])
    if isinstance(node, And):
        return all(_matches(term, paper, today) for term in node.terms)
    if isinstance(node, Or):
        return any(_matches(term, paper, today) for term in node.terms)
    if isinstance(node, Not):
        return not _matches(node.term, paper, today)
    if isinstance(node, Author):
        return f" {' '.join(node.words)} " in paper.authors
    return holds(node, paper.paper, today)


def _papers() -> list[Paper]:
    """The newest recorded papers."""
    found: list[Paper] = []
    for path in sorted(RECORDED.glob("*.json.gz"), reverse=True):
        listing = parse_listing(
            json.loads(gzip.decompress(path.read_bytes())), date.fromisoformat(path.name[:10])
        )
        found += [Paper(**facts, first_seen_at=datetime.now(UTC)) for facts in listing.papers]
    return found[:_PAPERS]


def _filters(papers: list[Paper]) -> list[Filter]:
    """Distinct filters of one to five terms out of the papers' own words, names and numbers."""
    terms = _Terms(papers)
    made: dict[str, Filter] = {}
    while len(made) < _FILTERS:
        wanted = parse(terms.filter())
        made[str(wanted)] = wanted
    return list(made.values())


class _Terms:
    """Chance, the same on each run."""

    def __init__(self, papers: list[Paper]) -> None:
        self._random = random.Random(_SEED)
        self._texts = [tokens(f"{paper.title} {paper.abstract}") for paper in papers]
        self._authors = [name for paper in papers for name in paper.authors if tokens(name)]
        names = {paper.organization_name or paper.organization or "" for paper in papers}
        self._organizations = sorted(filter(None, map(fold_name, names)))

    def filter(self) -> str:
        """Half of all terms are words, the rest one of each other kind."""
        chosen = [self._term() for _ in range(self._random.randint(1, 4))]
        if self._random.random() < 0.3:
            chosen.append(f"({self._word()} OR {self._word()})")
        return " ".join(chosen)

    def _term(self) -> str:
        kinds = (self._word, self._negated, self._phrase, self._prefix, self._part, self._fact, self._name)
        return self._random.choice([self._word] * len(kinds) + list(kinds))()

    def _word(self) -> str:
        return self._random.choice(self._random.choice(self._texts))

    def _negated(self) -> str:
        return f"-{self._word()}"

    def _phrase(self) -> str:
        text = self._random.choice(self._texts)
        at = self._random.randrange(len(text) - 1)
        return f'"{text[at]} {text[at + 1]}"'

    def _prefix(self) -> str:
        return f"{self._word()[:5].ljust(2, 'a')}*"

    def _part(self) -> str:
        return f"{self._random.choice(list(Part))}:{self._word()}"

    def _fact(self) -> str:
        number = self._random.randrange(60)
        choices = (f"upvotes>={number}", f"stars>{number * 20}", "has:code", "has:project", "since:7d")
        return self._random.choice(choices)

    def _name(self) -> str:
        if self._random.random() < 0.5:
            return f'author:"{self._random.choice(self._authors)}"'
        return f'org:"{self._random.choice(self._organizations)}"'
