"""Many papers that read like papers: runs of words out of real titles and abstracts, put together anew."""

import gzip
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).parents[2] / "shared" / "data" / "search" / "corpus.jsonl.gz"
_RUN = 12
"""Words that stay together, so that phrases occur as often as in real text."""
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Document:
    """One paper."""

    id: str
    title: str
    abstract: str
    keywords: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of the text that is indexed."""
        parts = (self.title, self.abstract, *self.keywords, *self.authors)
        return sum(len(part.encode()) for part in parts)


def real_documents() -> list[Document]:
    """The real papers."""
    with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
        return [Document(each["id"], each["title"], each["abstract"]) for each in map(json.loads, lines)]


def documents(count: int, seed: int = 1) -> Iterator[Document]:
    """The same `count` documents on every run. Their lengths are those of the real ones."""
    real = real_documents()
    titles = [paper.title.split() for paper in real]
    abstracts = [paper.abstract.split() for paper in real]
    names = [word for title in titles for word in title if word.isalpha() and word[0].isupper()]
    chance = random.Random(seed)
    for number in range(count):
        title = _resampled(chance, titles, len(chance.choice(titles)), _RUN // 3)
        abstract = _resampled(chance, abstracts, len(chance.choice(abstracts)), _RUN)
        yield Document(
            f"{1000 + number // 100_000}.{number % 100_000:05}",
            " ".join(title),
            " ".join(abstract),
            tuple(" ".join(title[at : at + 2]) for at in range(0, min(len(title), 8), 2)),
            tuple(f"{chance.choice(names)} {chance.choice(names)}" for _ in range(chance.randint(1, 8))),
        )


def _resampled(chance: random.Random, texts: list[list[str]], length: int, run: int) -> list[str]:
    """About `length` words, in runs out of texts taken at random."""
    words: list[str] = []
    while len(words) < length:
        text = chance.choice(texts)
        start = chance.randrange(max(1, len(text) - run))
        words += text[start : start + run]
    return words[:length]


@dataclass(frozen=True, slots=True)
class Question:
    """One search of the mix: how a person types it, and the same as plain words for other engines.

    Args:
        words: lower-case words.
        every: all of the words must occur, not just one of them.
    """

    kind: str
    filter: str
    words: tuple[str, ...]
    every: bool = True


def questions(count: int, seed: int = 2) -> list[Question]:
    """The mix: `count` of each kind, drawn from documents that the library does not hold."""
    chance = random.Random(seed)
    real = list(documents(count * 10, seed + 1))
    common = "model language learning data training method task performance".split()
    found: list[Question] = []
    for _ in range(count):
        text = _WORD.findall(chance.choice(real).abstract.lower())
        title = [word for word in _WORD.findall(chance.choice(real).title.lower()) if len(word) > 3]
        words = [word for word in text if len(word) > 3]
        three = tuple(chance.sample(words, 3))
        five = tuple(chance.sample(common, 5))
        start = chance.randrange(len(text) - 12)
        pair = tuple(text[start : start + 2])
        sentence = tuple(text[start : start + 12])
        stem = chance.choice(words)
        found += [
            Question("one word", three[0], three[:1]),
            Question("three words", " ".join(three), three),
            Question("OR of common words", f"({' OR '.join(five)})", five, every=False),
            Question("phrase", f'"{" ".join(pair)}"', pair),
            Question("field", f"title:{title[0]} upvotes>=20", (title[0],)),
            Question("prefix", f"{stem[: chance.randint(3, 6)]}*", (stem,)),
            Question("sentence", " ".join(sentence) + "?", sentence, every=False),
        ]
    return found
