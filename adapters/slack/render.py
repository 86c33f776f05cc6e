"""A Message as Slack's blocks. Pure.

The limits are Block Kit's (docs.slack.dev/reference/block-kit). Text is measured as it is sent, after
escaping.
"""

from typing import Any

from adapters.slack.mrkdwn import (
    clean,
    entities,
    fitted,
    harmless,
    marked_up,
    never_command,
    preformatted,
    preformatted_pages,
    web_address,
)
from bot.markup import GAP, Attachment, Button, Card, Line, Message, Span, plain
from bot.text import ELLIPSIS, cut

Block = dict[str, Any]

_MOST_BLOCKS = 50
MOST_IN_HOME = 100
"""Blocks of a Home tab."""
_MOST_NEWS_IN_HOME = 40
# A whole message takes 40,000; the rest is for the note, the labels and the sentence that there is more.
_MOST_CHARACTERS = 40_000 - 4_000
_SECTION = 3000
_HEADER = 150
_CONTEXT = 2000
_BUTTONS, _ROW, _LABEL, _VALUE = 25, 5, 75, 2000
_ALT_TEXT = 200
_FALLBACK = 3000
# Of a card's section: so that neither the title nor the facts take the summary's place.
_CARD_TITLE, _CARD_FACTS = 1200, 900


def render(message: Message, most: int = _MOST_BLOCKS) -> tuple[str, list[Block]]:
    """The text for notifications and screen readers, and the blocks; within every limit, whatever is in it.

    What does not fit is cut at a word border and ends with an ellipsis. The text is never empty.

    Args:
        most: blocks.
    """
    tail = [*_note(message.note), *_actions(message.buttons)]
    body = [
        *_title(message),
        *_sections(message.lines),
        *_code(message.code),
        *(block for card in message.cards for block in _card(card)),
    ]
    return _fallback(message), [*_within(body, most - len(tail)), *tail]


def render_file(file: Attachment) -> tuple[str, list[Block]]:
    """The text and the blocks of a file that cannot be handed over: as much as one message holds."""
    name = clean(file.name) or ELLIPSIS
    title = _section(marked_up((Span(name, bold=True),), _SECTION) or ELLIPSIS)
    pages = map(_section, filter(None, preformatted_pages(file.text, _SECTION)))
    return entities(cut(name, _FALLBACK)), _within([title, *pages], _MOST_BLOCKS)


def home_blocks(news: list[Block], home: list[Block]) -> list[Block]:
    """The blocks of a Home tab (docs.slack.dev/reference/views/home-tab-views).

    Args:
        news: what has just happened; it stands at the top.
        home: what always stands there.
    """
    top = [*_within(news, _MOST_NEWS_IN_HOME), {"type": "divider"}] if news else []
    return [*top, *_within(home, MOST_IN_HOME - len(top))]


def has_images(blocks: list[Block]) -> bool:
    """Whether `without_images` would change the blocks."""
    return any("accessory" in block for block in blocks)


def without_images(blocks: list[Block]) -> list[Block]:
    """The same blocks without thumbnails."""
    return [{name: part for name, part in block.items() if name != "accessory"} for block in blocks]


def plain_text(text: str, limit: int) -> Block:
    """A text object without markup, in at most `limit` characters; never empty, which Slack would refuse."""
    words = fitted(clean(text), limit, never_command) or ELLIPSIS
    return {"type": "plain_text", "text": words, "emoji": False}


def _fallback(message: Message) -> str:
    text = cut("\n".join(filter(None, map(clean, plain(message).split("\n")))), _FALLBACK)
    return entities(text) or ELLIPSIS


def _title(message: Message) -> list[Block]:
    if not clean(message.title):
        return []
    if message.title_url and web_address(message.title_url):
        return [_section(marked_up((Span(message.title, message.title_url, bold=True),), _SECTION))]
    return [{"type": "header", "text": plain_text(message.title, _HEADER)}]


def _sections(lines: tuple[Line, ...]) -> list[Block]:
    """As few sections as hold the lines; a line is never divided."""
    gathered: list[str] = []
    gap = ""
    for spans in lines:
        if spans == GAP:
            gap = "\n"
        elif text := marked_up(spans, _SECTION):
            if gathered and len(gathered[-1]) + 1 + len(gap) + len(text) <= _SECTION:
                gathered[-1] += f"\n{gap}{text}"
            else:
                gathered.append(text)
            gap = ""
    return [_section(text) for text in gathered]


def _code(code: str) -> list[Block]:
    text = preformatted(code.split("\n"), _SECTION)
    return [_section(text)] if text else []


def _card(card: Card) -> list[Block]:
    title = card.title
    bold = Span(title.text, title.url, bold=True, italic=title.italic)
    rows = [marked_up((bold,), _CARD_TITLE)]
    facts: list[str] = []
    room = _CARD_FACTS
    for spans in card.facts:
        facts.append(marked_up(spans, room))
        room -= len(facts[-1]) + 1
    room = _SECTION - len(rows[0]) - sum(len(fact) + 1 for fact in facts) - 1
    rows += [fitted(clean(card.summary), room, harmless), *facts]
    block = _section("\n".join(filter(None, rows)) or ELLIPSIS)
    image_url = web_address(card.image_url) if card.image_url else None
    if image_url:
        alt = fitted(clean(title.text), _ALT_TEXT, never_command) or "thumbnail"
        block["accessory"] = {"type": "image", "image_url": image_url, "alt_text": alt}
    return [block, *_actions(card.buttons)]


def _note(note: Line) -> list[Block]:
    text = marked_up(note, _CONTEXT)
    return [{"type": "context", "elements": [_mrkdwn(text)]}] if text else []


def _actions(buttons: tuple[Button, ...]) -> list[Block]:
    """Rows of buttons. A command too long for Slack is left out: cut, it would do something else."""
    elements: list[Block] = []
    for number, button in enumerate(buttons):
        command = clean(button.command)
        if command and len(command) <= _VALUE and len(elements) < _BUTTONS:
            label = plain_text(clean(button.label) or command, _LABEL)
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
        room -= _length(block)
        if len(kept) == blocks or room < 0:
            return [*kept[: blocks - 1], _section(f"{ELLIPSIS} There is more, which does not fit here.")]
        kept.append(block)
    return kept


def _length(block: Block) -> int:
    """Characters of a block's own texts, which Slack counts; of its buttons too, which cannot be cut."""
    parts = [block, *block.get("elements", ())]
    texts = (
        part["text"]["text"] if isinstance(part.get("text"), dict) else part.get("text", "") for part in parts
    )
    return sum(map(len, texts)) + sum(len(part.get("value", "")) for part in parts)


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _mrkdwn(text: str) -> Block:
    """`verbatim` keeps Slack from making links and mentions of plain words."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}
