"""A feed as Atom (RFC 4287) and as JSON Feed 1.1 (jsonfeed.org). Pure.

Neither holds numbers that move, such as upvotes: a feed changes when papers come, not with every vote.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from bot.feeds import Entry, Feed
from bot.filters.describe import describe
from bot.pages import Paper
from bot.text import cut

ATOM = "application/atom+xml; charset=utf-8"
JSON = "application/feed+json; charset=utf-8"
_NAMESPACE = "http://www.w3.org/2005/Atom"
# What XML 1.0 has no place for (section 2.2).
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BEGIN = datetime(2023, 5, 4, tzinfo=UTC)
"""The day of the first list: when a feed that never held anything was last updated."""
_TITLE = 200


@dataclass(frozen=True, slots=True)
class Where:
    """Where a feed lies.

    Args:
        base: the address of the site.
        authority: the name that identifiers are made with; while it stays, so do they.
        itself: the address of the feed.
        page: the address of the page with the same papers.
    """

    base: str
    authority: str
    itself: str
    page: str

    def paper(self, identifier: str) -> str:
        """The page of a paper."""
        return f"{self.base}/papers/{identifier}"

    def tag(self, what: str) -> str:
        """An identifier that is nobody else's (RFC 4151)."""
        return f"tag:{self.authority},2026:{quote(what, safe='/:.-')}"


def title_of(feed: Feed) -> str:
    """What a reader calls the feed."""
    if feed.wanted is None:
        return "Daily Papers · my subscriptions"
    if feed.wanted.root is None:
        return "Daily Papers"
    return f"Daily Papers · {cut(describe(feed.wanted), _TITLE)}"


def atom(feed: Feed, where: Where) -> bytes:
    """The feed as Atom."""
    root = Element("feed", {"xmlns": _NAMESPACE, "xml:lang": "en"})
    _add(root, "id", where.tag(f"feed/{feed.name}"))
    _add(root, "title", title_of(feed))
    _add(root, "updated", _moment(_updated(feed)))
    _link(root, "self", where.itself, "application/atom+xml")
    _link(root, "alternate", where.page, "text/html")
    _add(SubElement(root, "author"), "name", "Daily Papers Bot")
    _add(root, "generator", "Daily Papers Bot")
    for entry in feed.entries:
        _add_entry(root, entry, where)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def json_feed(feed: Feed, where: Where) -> bytes:
    """The feed as JSON."""
    whole = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title_of(feed),
        "home_page_url": where.page,
        "feed_url": where.itself,
        "language": "en",
        "authors": [{"name": "Daily Papers Bot"}],
        "items": [_item(entry, where) for entry in feed.entries],
    }
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _add_entry(root: Element, entry: Entry, where: Where) -> None:
    paper, found = entry.paper, SubElement(root, "entry")
    _add(found, "id", where.tag(f"paper/{paper.id}"))
    _add(found, "title", _first(paper.title, paper.id))
    _add(found, "updated", _moment(entry.came_at))
    _add(found, "published", _moment(paper.first_seen_at))
    _link(found, "alternate", where.paper(paper.id), "text/html")
    _link(found, "related", paper.url, "text/html")
    _link(found, "related", _arxiv(paper), "text/html")
    for name in paper.authors:
        if _clean(name).strip():
            _add(SubElement(found, "author"), "name", name)
    for keyword in paper.keywords:
        if _clean(keyword).strip():
            SubElement(found, "category", {"term": _clean(keyword)})
    _add(found, "summary", _first(paper.summary, paper.abstract, paper.title, paper.id))
    _add(found, "content", _text(paper))


def _item(entry: Entry, where: Where) -> dict[str, Any]:
    paper = entry.paper
    item: dict[str, Any] = {
        "id": where.tag(f"paper/{paper.id}"),
        "url": where.paper(paper.id),
        "external_url": paper.url,
        "title": _first(paper.title, paper.id),
        "content_text": _text(paper),
        "date_published": _moment(paper.first_seen_at),
        "date_modified": _moment(entry.came_at),
        "authors": [{"name": name} for name in paper.authors if name],
        "tags": list(paper.keywords),
    }
    if paper.summary:
        item["summary"] = paper.summary
    return {name: value for name, value in item.items() if value}


def _text(paper: Paper) -> str:
    """What can be read of a paper within a feed reader: its abstract, who published it, where its code is."""
    facts = [paper.organization_name or paper.organization, paper.code_url, paper.project_url]
    opening = _first(paper.abstract, paper.summary, paper.title, paper.id)
    return "\n\n".join(filter(None, [opening, *facts, _arxiv(paper)]))


def _arxiv(paper: Paper) -> str:
    return f"https://arxiv.org/abs/{paper.id}"


def _updated(feed: Feed) -> datetime:
    """When the latest of its papers came."""
    return max((entry.came_at for entry in feed.entries), default=_BEGIN)


def _moment(moment: datetime) -> str:
    """As RFC 3339 writes it."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _clean(text)


def _link(parent: Element, rel: str, address: str, kind: str) -> None:
    SubElement(parent, "link", {"rel": rel, "href": address, "type": kind})


def _first(*texts: str | None) -> str:
    """The first text with something to see."""
    return next(text for text in texts if text and _clean(text).strip())


def _clean(text: str) -> str:
    return _ILLEGAL.sub("", text)
