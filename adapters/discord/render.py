"""Message → what Discord's API takes. Pure. Limits: https://discord.com/developers/docs/resources/message"""

from collections.abc import Iterable
from typing import Any

from adapters.discord.markdown import code_block, fitted, link, rows
from bot.markup import Button, Card, Message, plain, plain_line
from bot.text import ELLIPSIS, cut, one_line

COLOUR = 0xFFD21E
"""Hugging Face's yellow, at the left edge of every embed."""
CUSTOM_ID = "papers:"
"""What a button's custom id begins with; the command follows."""
FORM_ID = "papers-form:"
"""The same for a button whose answer may be a form, which Discord takes only at once."""

_TITLE = 256
_DESCRIPTION = 4096
_FOOTER = 2048
_TOTAL = 6000
_EMBEDS = 10
_LABEL = 80
_CUSTOM_ID = 100
_BUTTONS_IN_ROW = 5
_ROWS = 5
_THREAD_NAME = 100
_LEAST = 60
"""Characters that are kept free for each card, so that none is without a title however long the rest is."""
_HOME = "https://huggingface.co/papers"

Payload = dict[str, Any]


def render(message: Message, key: str | None = None) -> Payload:
    """The body of a new or an edited message; it mentions nobody.

    Args:
        key: the part key that `carries` finds again in the message.
    """
    marked_up = any(span.url or span.person for span in message.note)  # a footer shows plain text only
    small = rows([message.note], _FOOTER) if marked_up else ""
    footer = "" if small else cut(one_line(plain_line(message.note)), _FOOTER)
    room = _TOTAL - len(footer) - len(small) - len("\n-# ")
    depth = _DESCRIPTION - len(small) - len("\n-# ")
    embeds = _embeds(message, room, depth)
    if small:
        embeds[-1]["description"] = f"{embeds[-1].get('description', '')}\n-# {small}".strip()
    if footer:
        embeds[-1]["footer"] = {"text": footer}
    if len(embeds[0]) == 1:
        embeds[0]["description"] = ELLIPSIS
    if key is not None:
        embeds[0]["url"] = _marked(embeds[0].get("url", _HOME), key)
    return {
        "embeds": embeds,
        "components": _components(message),
        "allowed_mentions": {"parse": []},
    }


def thread_name(title: str, message: Message | None = None) -> str:
    """A name that Discord takes for a thread or a forum post; names hold no markup."""
    name = one_line(title) or (one_line(plain(message)) if message else "")
    return cut(name, _THREAD_NAME) or "Papers"


def carries(posted: object, key: str) -> bool:
    """Whether a message, as Discord gives it back, is the one that was rendered with `key`.

    The key stands in the address of the first embed, behind `:~:`, which browsers cut off before a page
    sees it (https://wicg.github.io/scroll-to-text-fragment/). Discord does not keep a nonce with the
    message, so the nonce alone would find nothing; it counts where it is there.
    """
    if not (isinstance(posted, dict) and isinstance(author := posted.get("author"), dict)):
        return False
    embeds = posted.get("embeds")
    shown = [embed for embed in embeds if isinstance(embed, dict)] if isinstance(embeds, list) else []
    marked = any(str(embed.get("url")).endswith(_mark(key)) for embed in shown)
    return author.get("bot") is True and (marked or posted.get("nonce") == key)


def _mark(key: str) -> str:
    return f":~:key={key}"


def _marked(url: str, key: str) -> str:
    return f"{url}{'' if '#' in url else '#'}{_mark(key)}"


def _embeds(message: Message, room: int, depth: int) -> list[Payload]:
    """One for title, lines and code, one for each card; at least one, for a small print needs a place."""
    most = len(message.cards[: _EMBEDS - 1])
    first = _opening(message, min(depth, room - most * _LEAST))
    embeds = [first] if first else []
    cards = message.cards[: _EMBEDS - len(embeds)]
    room -= _size(first)
    for index, card in enumerate(cards):
        embeds.append(_card(card, room // (len(cards) - index), depth))
        room -= _size(embeds[-1])
    return embeds or [{"color": COLOUR}]


def _opening(message: Message, room: int) -> Payload:
    """A title without a link becomes a bold line, so that the embed's address is free for the key."""
    if not (message.title or message.lines or message.code):
        return {}
    url = link(message.title_url)
    title = fitted(message.title, _TITLE)
    heading = f"**{title}**" if title and not url else ""
    room -= len(heading or title) + 1
    lines = rows(message.lines, room)
    code = code_block(message.code, room - len(lines) - 1)
    body = "\n".join(part for part in (heading, lines, code) if part)
    parts = {"title": title, "url": url} if title and url else {}
    found = {**parts, "description": body}
    shown = {name: value for name, value in found.items() if value}
    return {"color": COLOUR, **shown} if shown else {}


def _card(card: Card, room: int, depth: int) -> Payload:
    """Title, summary, facts; the summary is the first to be cut."""
    url = link(card.title.url)
    title = fitted(card.title.text, min(_TITLE, room if url else room - len("****"))) or ELLIPSIS
    heading = "" if url else f"**{title}**"
    left = min(depth, room - len(title)) if url else min(depth, room) - len(heading)
    left -= 2  # the breaks between the three
    facts = rows(card.facts, left) if left > 0 else ""
    summary = fitted(card.summary, left - len(facts))
    embed: Payload = {"color": COLOUR}
    if url:
        embed |= {"title": title, "url": url}
    if description := "\n".join(part for part in (heading, summary, facts) if part):
        embed["description"] = description
    if image := link(card.image_url):
        embed["thumbnail"] = {"url": image}
    return embed


def _size(embed: Payload) -> int:
    return len(embed.get("title", "")) + len(embed.get("description", ""))


def _components(message: Message) -> list[Payload]:
    """A row or more for each card that has buttons, then those of the message, which keep one in any case.

    Where there are more rows than Discord takes, the buttons of all cards share them: they say whose they
    are. No custom id comes twice.
    """
    taken: set[str] = set()
    own = [_buttons(card.buttons, taken) for card in message.cards[:_EMBEDS]]
    last = _rows(_buttons(message.buttons, taken))
    room = _ROWS - min(len(last), 1)
    above = [row for shown in own for row in _rows(shown)]
    if len(above) > room:
        above = _rows([button for shown in own for button in shown])[:room]
    return [{"type": 1, "components": row} for row in [*above, *last][:_ROWS]]


def _buttons(buttons: Iterable[Button], taken: set[str]) -> list[Payload]:
    """Those that Discord takes and that are not `taken` yet; a command that is too long has none."""
    shown = []
    for button in buttons:
        custom_id = _custom_id(button)
        label = cut(one_line(button.label), _LABEL)
        if label and custom_id not in taken and len(custom_id) <= _CUSTOM_ID:
            taken.add(custom_id)
            shown.append({"type": 2, "style": 2, "label": label, "custom_id": custom_id})
    return shown


def _custom_id(button: Button) -> str:
    """Where a form's prefix leaves no room, the button answers with messages."""
    command = one_line(button.command)
    form = button.form and len(FORM_ID + command) <= _CUSTOM_ID
    return (FORM_ID if form else CUSTOM_ID) + command


def _rows(buttons: list[Payload]) -> list[list[Payload]]:
    return [buttons[start : start + _BUTTONS_IN_ROW] for start in range(0, len(buttons), _BUTTONS_IN_ROW)]
