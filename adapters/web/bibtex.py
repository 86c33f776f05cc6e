"""A paper as a BibTeX entry. Pure."""

import re
import unicodedata

from bot.pages import Paper

_SPECIAL = re.compile(r"[\\{}%&#_$~^]")
_WRITTEN = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_WORD = re.compile(r"[a-z0-9]+")
_NO_NAMES = frozenset("a an the on of in for to and with from is are towards toward".split())


def bibtex(paper: Paper) -> str:
    """What to paste into a bibliography."""
    year = (paper.published_on or paper.listed_on).year
    fields = {
        "title": f"{{{_plain(paper.title)}}}",
        "author": " and ".join(map(_name, paper.authors)) or "Anonymous",
        "year": str(year),
        "eprint": paper.id,
        "archivePrefix": "arXiv",
        "url": f"https://arxiv.org/abs/{paper.id}",
    }
    rows = [f"  {name:<13} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@misc{{{_key(paper, year)},", *rows, "}"])


def _key(paper: Paper, year: int) -> str:
    """`wei2026hifi`: the first author's last name, the year, the first telling word of the title."""
    last = _WORD.findall(_ascii(paper.authors[0])) if paper.authors else []
    words = [word for word in _WORD.findall(_ascii(paper.title)) if word not in _NO_NAMES]
    return f"{last[-1] if last else 'anonymous'}{year}{words[0] if words else ''}"


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()


def _name(name: str) -> str:
    """In braces where BibTeX would take it for several, or for a name turned round."""
    written = _plain(name)
    return f"{{{written}}}" if re.search(r",|\band\b", written) else written


def _plain(text: str) -> str:
    return _SPECIAL.sub(lambda found: _WRITTEN.get(found[0], f"\\{found[0]}"), text)
