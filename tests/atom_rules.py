"""What RFC 4287 asks of an Atom feed, as a checker; section numbers are the RFC's."""

import re
from collections import Counter
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_ATOM = "{http://www.w3.org/2005/Atom}"
# Section 3.3: RFC 3339 with an upper-case T and, without an offset, an upper-case Z.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_ONCE_IN_FEED = {"id": (1, 1), "title": (1, 1), "updated": (1, 1), "generator": (0, 1), "subtitle": (0, 1)}
_ONCE_IN_ENTRY = {
    **{"id": (1, 1), "title": (1, 1), "updated": (1, 1)},
    **{"published": (0, 1), "summary": (0, 1), "content": (0, 1)},
}
_MANY = {"author", "category", "contributor", "link"}


def broken_rules(text: bytes) -> list[str]:
    """What is wrong with a feed, a sentence each. Raises ParseError for what is no XML."""
    feed = ElementTree.fromstring(text)
    if feed.tag != f"{_ATOM}feed":
        return [f"4.1.1: the document is a {feed.tag}"]
    entries = feed.findall(f"{_ATOM}entry")
    found = _counts(feed, _ONCE_IN_FEED, {"entry"})
    if not feed.findall(f"{_ATOM}author") and not all(entry.findall(f"{_ATOM}author") for entry in entries):
        found.append("4.1.1: neither the feed nor each entry has an author")
    if "self" not in _relations(feed):
        found.append("4.1.1: the feed should have a link to itself")
    for number, entry in enumerate(entries):
        found += [f"entry {number}: {problem}" for problem in _entry(entry)]
    ids = Counter(entry.findtext(f"{_ATOM}id") for entry in entries)
    found += [f"4.1.1: the id {one} is that of {times} entries" for one, times in ids.items() if times > 1]
    return found + [problem for element in feed.iter() for problem in _element(element)]


def _entry(entry: Element) -> list[str]:
    found = _counts(entry, _ONCE_IN_ENTRY, set())
    if entry.find(f"{_ATOM}content") is None and "alternate" not in _relations(entry):
        found.append("4.1.2: without content there must be an alternate link")
    return found


def _counts(element: Element, once: dict[str, tuple[int, int]], more: set[str]) -> list[str]:
    names = Counter(child.tag.removeprefix(_ATOM) for child in element)
    found = [
        f"4.1: {names[name]} times {name}, not {least} to {most}"
        for name, (least, most) in once.items()
        if not least <= names[name] <= most
    ]
    found += [f"4.1: there is no element {name}" for name in names.keys() - once.keys() - _MANY - more]
    alternates = Counter(
        (link.get("type"), link.get("hreflang"))
        for link in element.findall(f"{_ATOM}link")
        if link.get("rel", "alternate") == "alternate"
    )
    return found + [f"4.1: {kind} is an alternate twice" for kind, times in alternates.items() if times > 1]


def _relations(element: Element) -> set[str]:
    return {link.get("rel", "alternate") for link in element.findall(f"{_ATOM}link")}


def _element(element: Element) -> list[str]:
    name, text = element.tag.removeprefix(_ATOM), element.text or ""
    if name == "id" and (not urlsplit(text).scheme or re.search(r"\s", text)):
        return [f"4.2.6: {text!r} is no IRI"]
    if name in ("updated", "published") and not _MOMENT.fullmatch(text):
        return [f"3.3: {text!r} is no date"]
    if name == "link" and not urlsplit(element.get("href", "")).netloc:
        return [f"4.2.7.1: {element.get('href')!r} should be an absolute IRI"]
    if name == "category" and not element.get("term"):
        return ["4.2.2.1: a category must have a term"]
    if name in ("author", "contributor") and not (element.findtext(f"{_ATOM}name") or "").strip():
        return ["3.2.1: a person must have a name"]
    if name in ("title", "summary") and not text.strip():
        return [f"4.2: the {name} is empty"]
    if name in ("title", "summary", "content") and element.get("type", "text") not in (
        "text",
        "html",
        "xhtml",
    ):
        return [f"3.1.1: {element.get('type')} is no type of a text"]
    return []
