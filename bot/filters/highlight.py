"""Where the words of a filter stand in a text, to show them in bold. Linear in the text."""

import unicodedata
from collections.abc import Iterable, Iterator

from bot.filters.analysis import FOREIGN, fold, folded_run, spans, stem
from bot.filters.syntax import And, Filter, Node, Or, Part, Text

Range = tuple[int, int]


def marks(wanted: Filter, part: Part, text: str) -> list[Range]:
    """The places in `text`, which is the title, the abstract or one keyword of a paper, that `wanted` looks
    for: ranges of its characters, in order and apart from each other. What is negated is not marked."""
    terms = list(_terms(wanted.root, part))
    if not terms:
        return []
    folded, origins = _folded(text)
    places = spans(folded)
    forms = [token for token, _, _ in places]
    found: set[Range] = set()
    for term in terms:
        found.update(_beginning(term, forms) if term.prefix else _phrase(term, forms))
    return _merged(
        (origins[places[first][1]][0], origins[places[last][2] - 1][1]) for first, last in sorted(found)
    )


def _terms(node: Node | None, part: Part) -> Iterator[Text]:
    if isinstance(node, Text) and node.part in (None, part):
        yield node
    elif isinstance(node, And | Or):
        for term in node.terms:
            yield from _terms(term, part)


def _beginning(term: Text, forms: list[str]) -> Iterator[Range]:
    """Numbers of the first and the last token of each place."""
    return ((number, number) for number, form in enumerate(forms) if form.startswith(term.words[0]))


def _phrase(term: Text, forms: list[str]) -> Iterator[Range]:
    stems = [stem(form) for form in forms]
    row = f" {' '.join(stems)} "
    phrase = f" {' '.join(map(stem, term.words))} "
    number = passed = 0
    at = row.find(phrase)
    while at >= 0:
        number += row.count(" ", passed, at)
        yield number, number + len(term.words) - 1
        passed, at = at, row.find(phrase, at + len(phrase) - 1)


def _merged(ranges: Iterable[Range]) -> list[Range]:
    merged: list[Range] = []
    for start, end in ranges:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _folded(text: str) -> tuple[str, list[Range]]:
    """`text` folded, and for each folded character where it came from."""
    origins: list[Range] = []
    at = 0
    for run in FOREIGN.finditer(text):
        origins.extend((place, place + 1) for place in range(at, run.start()))
        origins.extend(_origins(run[0], run.start()))
        at = run.end()
    origins.extend((place, place + 1) for place in range(at, len(text)))
    return fold(text), origins


def _origins(run: str, offset: int) -> list[Range]:
    """Where each character of the folded `run` came from. A letter with its accents folds on its own; should
    letters depend on each other in another way, all of them count as one place."""
    places: list[Range] = []
    pieces: list[str] = []
    start = 0
    for end in range(1, len(run) + 1):
        if end == len(run) or not _continues(run[end]):
            pieces.append(folded_run(run[start:end]))
            places.extend([(offset + start, offset + end)] * len(pieces[-1]))
            start = end
    folded = folded_run(run)
    return places if "".join(pieces) == folded else [(offset, offset + len(run))] * len(folded)


def _continues(character: str) -> bool:
    """Whether this is an accent, or a later part of a Korean syllable."""
    return unicodedata.category(character)[0] == "M" or "\u1160" <= character <= "\u11ff"
