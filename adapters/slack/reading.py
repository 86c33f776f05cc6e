"""Slack's texts as people wrote them (docs.slack.dev/messaging/formatting-message-text). Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

# What Slack makes of a link, a person, a channel or a group; anything else between angle brackets was typed.
_REFERENCE = re.compile(r"<((?:[@#!]|[a-z][a-z0-9+.-]{0,20}:)[^<>|]*)(?:\|([^<>]*))?>", re.IGNORECASE)
_SCHEME = re.compile(r"(?:mailto:|tel:|https?://)", re.IGNORECASE)
_WORD = re.compile(r"\w")

# Of blocks, attachments and what they are made of: where words stand, in the order in which they are shown.
_WORDS = ("pretext", "title", "text", "description", "alt_text", "value", "url")
_PARTS = ("fields", "elements", "rows", "blocks", "message_blocks")
_SILENT = ("actions", "input", "image", "button", "user", "emoji")
_DEEPEST = 20


def typed(text: str) -> str:
    """Slack's escaped text as the person typed it; a link with words of its own becomes its address."""
    return _unescaped(_REFERENCE.sub(_written, text))


def said(message: Mapping[str, Any]) -> str:
    """The words of a message on one line, its links as words and address.

    A message without words of its own, such as one that was forwarded or that only links to something, says
    what its blocks and attachments say.
    """
    text = message.get("text")
    text = text if isinstance(text, str) else ""
    texts = [text]
    if not _WORD.search(_REFERENCE.sub("", text)):
        texts += _inner(message.get("blocks"), 0)
        texts += _inner(message.get("attachments"), 0)
    told = " ".join(_unescaped(_REFERENCE.sub(_told, each)) for each in texts)
    return " ".join(told.split())


def _written(reference: re.Match[str]) -> str:
    target, label = reference[1], reference[2]
    if target[:1] in ("@", "#"):
        return target[0] + (label.lstrip("@#") if label else target[1:])
    if target[:1] == "!":
        return f"@{target[1:].partition('^')[0]}"
    # Slack adds the scheme to an address that was typed without one.
    bare = _SCHEME.sub("", target, count=1)
    return label if label and label == bare else target.removeprefix("mailto:")


def _told(reference: re.Match[str]) -> str:
    """As `_written`, but a link keeps its words, and people are left out: a message is not about them."""
    target, label = reference[1], reference[2]
    if target[:1] in ("@", "!"):
        return " "
    written = _written(reference)
    return f"{label} {written}" if label and target[:1] != "#" and label != written else written


def _unescaped(text: str) -> str:
    text = text.replace("\xa0", " ")
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _inner(part: object, depth: int) -> Iterator[str]:
    """The texts in a part of a message, whatever it is made of."""
    if depth > _DEEPEST:
        return
    if isinstance(part, str):
        yield part
    elif isinstance(part, list):
        for inner in part:
            yield from _inner(inner, depth + 1)
    elif isinstance(part, dict) and part.get("type") not in _SILENT:
        found = [text for name in (*_WORDS, *_PARTS) for text in _inner(part.get(name), depth + 1)]
        yield from found or _inner(part.get("fallback"), depth + 1)
