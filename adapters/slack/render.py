"""A Message as Slack's blocks. Pure.

The limits are Block Kit's (docs.slack.dev/reference/block-kit). Text is measured as it is sent, after
escaping.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from bot.markup import Button, Card, Line, Message, Span, plain
from bot.text import ELLIPSIS, cut, one_line

Block = dict[str, Any]

# Most texts are wanted twice, for the blocks and for the screen reader; to clean one is dearer than the rest.
_clean = lru_cache(maxsize=16)(one_line)

_MOST_BLOCKS = 50
# A whole message takes 40,000; the rest is for the note, the labels and the sentence that there is more.
_MOST_CHARACTERS = 40_000 - 4_000
_SECTION = 3000
_HEADER = 150
_CONTEXT = 2000
_BUTTONS, _ROW, _LABEL, _VALUE = 25, 5, 75, 2000
_IMAGE_URL, _ALT_TEXT = 3000, 200
_FALLBACK = 3000
# Of a card's section: so that neither the title nor the facts take the summary's place.
_CARD_TITLE, _CARD_FACTS = 1200, 900
# Below this a link or a mark is given up, so that the words remain.
_SHORTEST_LABEL = 20

_GAP = "\u200b"
_GLUE = "\u2060"
# mrkdwn has no escape for its marks. A mark opens after a blank and before a letter: with glue before it
# and a gap behind it, it is neither. A gap also keeps `&gt;` from opening a quotation, `:fire:` from
# becoming a picture, and @everyone from calling anybody.
_MARKUP = re.compile(r"[&<>*_~`:@]")
_EMOJI = re.compile(r":[\w+'-]+:")
_EVERYBODY = re.compile(r"@(?:everyone|channel|here)\b")
_HARMLESS = {"&": "&amp;", "<": "&lt;", ">": f"{_GAP}&gt;"} | {
    mark: f"{_GLUE}{mark}{_GAP}" for mark in "*_~`"
}
_ENTITY = re.compile("[&<>]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ADDRESS = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)
_NOT_IN_ADDRESS = re.compile(r"[^!-~]|[|<>\"\\^`{}]")


def render(message: Message) -> tuple[str, list[Block]]:
    """The text for notifications and screen readers, and the blocks; within every limit, whatever is in it.

    What does not fit is cut at a word border and ends with an ellipsis. The text is never empty.
    """
    tail = [*_note(message.note), *_actions(message.buttons)]
    body = [*_title(message), *_sections(message.lines), *map(_card, message.cards)]
    return _fallback(message), [*_within(body, _MOST_BLOCKS - len(tail)), *tail]


def has_images(blocks: list[Block]) -> bool:
    """Whether `without_images` would change the blocks."""
    return any("accessory" in block for block in blocks)


def without_images(blocks: list[Block]) -> list[Block]:
    """The same blocks without thumbnails."""
    return [{name: part for name, part in block.items() if name != "accessory"} for block in blocks]


def _fallback(message: Message) -> str:
    text = cut("\n".join(filter(None, map(_clean, plain(message).split("\n")))), _FALLBACK)
    return _ENTITY.sub(lambda found: _ENTITIES[found[0]], text) or ELLIPSIS


def _title(message: Message) -> list[Block]:
    if not _clean(message.title):
        return []
    if message.title_url and _address(message.title_url):
        return [_section(_line((Span(message.title, message.title_url, bold=True),), _SECTION))]
    return [{"type": "header", "text": _plain_text(message.title, _HEADER)}]


def _sections(lines: tuple[Line, ...]) -> list[Block]:
    """As few sections as hold the lines; a line is never divided."""
    gathered: list[str] = []
    for text in filter(None, (_line(spans, _SECTION) for spans in lines)):
        if gathered and len(gathered[-1]) + 1 + len(text) <= _SECTION:
            gathered[-1] += f"\n{text}"
        else:
            gathered.append(text)
    return [_section(text) for text in gathered]


def _card(card: Card) -> Block:
    title = card.title
    bold = Span(title.text, title.url, bold=True, italic=title.italic)
    rows = [_line((bold,), _CARD_TITLE)]
    facts: list[str] = []
    room = _CARD_FACTS
    for spans in card.facts:
        facts.append(_line(spans, room))
        room -= len(facts[-1]) + 1
    room = _SECTION - len(rows[0]) - sum(len(fact) + 1 for fact in facts) - 1
    rows += [_fitted(_clean(card.summary), room, _harmless), *facts]
    block = _section("\n".join(filter(None, rows)) or ELLIPSIS)
    image_url = _address(card.image_url) if card.image_url else None
    if image_url and len(image_url) <= _IMAGE_URL:
        alt = _fitted(_clean(title.text), _ALT_TEXT, _never_command) or "thumbnail"
        block["accessory"] = {"type": "image", "image_url": image_url, "alt_text": alt}
    return block


def _note(note: Line) -> list[Block]:
    text = _line(note, _CONTEXT)
    return [{"type": "context", "elements": [_mrkdwn(text)]}] if text else []


def _actions(buttons: tuple[Button, ...]) -> list[Block]:
    """Rows of buttons. A command too long for Slack is left out: cut, it would do something else."""
    elements: list[Block] = []
    for number, button in enumerate(buttons):
        command = _clean(button.command)
        if command and len(command) <= _VALUE and len(elements) < _BUTTONS:
            label = _plain_text(_clean(button.label) or command, _LABEL)
            elements.append(
                {"type": "button", "action_id": f"papers:{number}", "text": label, "value": command}
            )
    rows = [elements[start : start + _ROW] for start in range(0, len(elements), _ROW)]
    return [{"type": "actions", "elements": row} for row in rows]


def _within(body: list[Block], blocks: int) -> list[Block]:
    """As much of the body as a message holds; if that is not all, it ends by saying so."""
    room = _MOST_CHARACTERS
    kept: list[Block] = []
    for block in body:
        room -= len(block["text"]["text"])
        if len(kept) == blocks or room < 0:
            return [*kept[: blocks - 1], _section(f"{ELLIPSIS} There is more, which does not fit here.")]
        kept.append(block)
    return kept


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _mrkdwn(text: str) -> Block:
    """`verbatim` keeps Slack from making links and mentions of plain words."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _plain_text(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": _fitted(_clean(text), limit, _never_command), "emoji": False}


def _line(spans: Line, limit: int) -> str:
    """A line as mrkdwn in at most `limit` characters; empty if the spans show nothing."""
    text = ""
    after_mark = False
    for span in spans:
        piece, marked = _span(span, limit - len(text) - 1)
        if not piece:
            continue
        if text and (marked or after_mark) and not text[-1].isspace() and not piece[0].isspace():
            text += _GAP
        text += piece
        after_mark = marked
    return text.strip()


def _span(span: Span, room: int) -> tuple[str, bool]:
    """A span as mrkdwn in at most `room` characters, and whether marks stand round it."""
    url = _address(span.url) if span.url else None
    words = _clean(span.text) or (url or "")
    if not words:
        return (" " if span.text and room > 0 else ""), False
    # Blanks at the ends separate spans; marks take effect only if they stand outside.
    lead = " " if span.text[:1].isspace() else ""
    trail = " " if span.text[-1:].isspace() else ""
    room -= len(lead) + len(trail)
    if not (url or span.bold or span.italic or span.code):
        inner = _fitted(words, room, _harmless)
        return (f"{lead}{inner}{trail}" if inner else ""), False
    escape = _verbatim if span.code and not url else _harmless
    marks = "`" if escape is _verbatim else "*" * span.bold + "_" * span.italic
    before, after = marks, marks[::-1]
    if url:
        words = words.replace("|", "¦")
        before, after = f"{marks}<{url.replace('&', '&amp;')}|", f">{after}"
    frame = len(before) + len(after)
    if room - frame < min(len(words), _SHORTEST_LABEL):
        before, after, frame, escape = "", "", 0, _harmless
    inner = _fitted(words, room - frame, escape)
    return (f"{lead}{before}{inner}{after}{trail}" if inner else ""), bool(before) and before[0] in "*_`"


def _address(url: str) -> str | None:
    """`url` in the characters that an address may have; None if it is no web address or too long."""
    if not _ADDRESS.match(url):
        return None
    address = url.strip()
    if _NOT_IN_ADDRESS.search(address):
        address = _NOT_IN_ADDRESS.sub(lambda found: quote(found[0], errors="replace"), address)
    return address if len(address) <= _IMAGE_URL else None


def _fitted(text: str, room: int, escape: Callable[[str], str]) -> str:
    """`text` cut at a word border so that it takes at most `room` characters once it is escaped."""
    if room <= 0:
        return ""
    if len(text) > room:
        text = cut(text, room)
    escaped = escape(text)
    while len(escaped) > room:
        # No character becomes longer than six, so this never cuts away much more than it must.
        text = cut(text, len(text) - max(1, (len(escaped) - room) // 6))
        escaped = escape(text)
    return escaped


def _harmless(text: str) -> str:
    return _MARKUP.sub(_broken, text)


def _broken(found: re.Match[str]) -> str:
    mark = found[0]
    if mark in _HARMLESS:
        return _HARMLESS[mark]
    means = _EMOJI if mark == ":" else _EVERYBODY
    return f"{mark}{_GAP}" if means.match(found.string, found.start()) else mark


def _verbatim(text: str) -> str:
    """For code, where only the mark itself ends it, so that a command can be copied as it is."""
    return _ENTITY.sub(lambda found: _ENTITIES[found[0]], text.replace("`", "ˋ"))


def _never_command(text: str) -> str:
    """For plain text, which Slack shows as it is: `<!channel>` must not be one even to a careless client."""
    return text.replace("<", f"<{_GAP}")
