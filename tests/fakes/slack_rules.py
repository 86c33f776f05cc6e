"""What Slack accepts: fields and Block Kit, written from docs.slack.dev and not from our renderer. Pure."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_FIELDS = {
    "chat.postMessage": {
        "channel", "text", "blocks", "thread_ts", "metadata", "client_msg_id", "unfurl_links", "unfurl_media",
        "mrkdwn", "reply_broadcast",
    },
    "chat.update": {"channel", "ts", "text", "blocks", "metadata"},
    "response_url": {
        "text", "blocks", "response_type", "replace_original", "delete_original", "thread_ts", "unfurl_links",
        "unfurl_media", "metadata",
    },
    "conversations.open": {"users", "return_im"},
    "conversations.history": {
        "channel", "cursor", "limit", "include_all_metadata", "latest", "oldest", "inclusive",
    },
    "conversations.replies": {
        "channel", "ts", "cursor", "limit", "include_all_metadata", "latest", "oldest", "inclusive",
    },
    "conversations.info": {"channel", "include_locale", "include_num_members"},
    "users.info": {"user", "include_locale"},
    "users.conversations": {"user", "types", "exclude_archived", "limit", "cursor", "team_id"},
    "views.open": {"trigger_id", "interactivity_pointer", "view"},
    "views.publish": {"user_id", "view", "hash"},
    "files.getUploadURLExternal": {"filename", "length", "alt_txt", "snippet_type"},
    "files.completeUploadExternal": {
        "files", "channel_id", "channels", "initial_comment", "thread_ts", "blocks",
    },
    "auth.test": set(),
    "oauth.v2.access": {"code", "redirect_uri", "grant_type", "refresh_token", "client_id", "client_secret"},
    "apps.connections.open": set(),
}  # fmt: skip

_BLOCK_FIELDS = {
    "section": ({"text"}, {"accessory", "fields", "expand"}),
    "header": ({"text"}, set()),
    "context": ({"elements"}, set()),
    "actions": ({"elements"}, set()),
    "divider": (set(), set()),
    "image": ({"image_url", "alt_text"}, {"title"}),
}
_ELEMENT_FIELDS = {
    "button": ({"text", "action_id"}, {"value", "url", "style"}),
    "image": ({"image_url", "alt_text"}, set()),
}
# A link, and the forms that call somebody: a person, a channel, a group or all.
_COMMAND = re.compile(r"<([^<>]*)>")
_LINK = re.compile(r"https?://[^\s|<>]+(\|[^|<>]*)?|mailto:[^\s|<>]+(\|[^|<>]*)?")


class Refused(Exception):
    """What Slack answers instead of doing it.

    Args:
        pause: seconds to wait, where that is what it asks for.
    """

    def __init__(self, error: str, pause: float = 1, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.pause = str(math.ceil(pause))
        self.answer = {"ok": False, "error": error, **more}


def unknown_fields(method: str, body: dict[str, Any]) -> list[str]:
    """Arguments that the method does not take."""
    return sorted(body.keys() - _FIELDS[method])


def complaints(blocks: Any) -> list[str]:
    """Why Slack refuses these blocks, in its own form; nothing if it takes them."""
    if not isinstance(blocks, list):
        return ["[ERROR] must be an array [json-pointer:/blocks]"]
    return [f"[ERROR] {text} [json-pointer:/blocks{pointer}]" for pointer, text in block_problems(blocks)]


def images(blocks: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The address of every image, with the JSON pointer to it."""
    found = []
    for number, block in enumerate(blocks):
        parts = [("", block), ("/accessory", block.get("accessory") or {})]
        found += [
            (part["image_url"], f"/blocks/{number}{at}/image_url")
            for at, part in parts
            if part.get("type") == "image"
        ]
    return found


def readable(text: str, blocks: list[dict[str, Any]]) -> str:
    """What a reader sees, markup included, a line each: the blocks, or the text where there are none."""
    rows = [row for block in blocks for row in _block_texts(block)]
    return "\n".join(rows) if blocks else text


def calls(texts: str) -> list[str]:
    """Whom a text in mrkdwn would notify, or what Slack would take for a command although it is no link."""
    return [found[0] for found in _COMMAND.finditer(texts) if not _LINK.fullmatch(found[1])]


def _block_texts(block: dict[str, Any]) -> Iterator[str]:
    if "text" in block:
        yield block["text"]["text"]
    for element in block.get("elements", []):
        yield element["text"]["text"] if isinstance(element.get("text"), dict) else element.get("text", "")


Problem = tuple[str, str]
"""Where, as a JSON pointer, and what."""
Rule = Callable[[str, dict[str, Any]], Iterator[Problem]]


def block_problems(
    blocks: list[Any], most: int = 50, more: Mapping[str, Rule] | None = None
) -> Iterator[Problem]:
    """What is wrong with blocks.

    Args:
        most: that may stand here.
        more: rules for kinds of blocks that may stand here and not in a message.
    """
    more = more or {}
    if len(blocks) > most:
        yield "", f"no more than {most} items allowed"
    for number, block in enumerate(blocks):
        at = f"/{number}"
        kind: Any = block.get("type") if isinstance(block, dict) else None
        if kind in more:
            yield from more[kind](at, block)
        elif kind in _BLOCK_FIELDS:
            yield from known_fields(at, block, *_BLOCK_FIELDS[kind], {"block_id"})
            yield from _content(at, kind, block)
        else:
            yield f"{at}/type", f"unsupported type: {kind}"
    names = [block["block_id"] for block in blocks if isinstance(block, dict) and "block_id" in block]
    if len(names) != len(set(names)):
        yield "", "block_id must be unique"


def _content(at: str, kind: str, block: dict[str, Any]) -> Iterator[Problem]:
    if kind == "section":
        yield from text_object(f"{at}/text", block.get("text"), 3000)
        if "accessory" in block:
            yield from _element(f"{at}/accessory", block["accessory"], {"image", "button"})
    elif kind == "header":
        yield from text_object(f"{at}/text", block.get("text"), 150, {"plain_text"})
    elif kind == "context":
        yield from counted(f"{at}/elements", block.get("elements"), 10)
        for number, element in enumerate(block.get("elements") or []):
            if element.get("type") == "image":
                yield from _element(f"{at}/elements/{number}", element, {"image"})
            else:
                yield from text_object(f"{at}/elements/{number}", element, 2000)
    elif kind == "actions":
        yield from counted(f"{at}/elements", block.get("elements"), 25)
        for number, element in enumerate(block.get("elements") or []):
            yield from _element(f"{at}/elements/{number}", element, {"button"})
        names = [element.get("action_id") for element in block.get("elements") or []]
        if len(names) != len(set(names)):
            yield f"{at}/elements", "action_id must be unique"
    elif kind == "image":
        yield from _image(at, block)


def known_fields(
    at: str, part: dict[str, Any], required: set[str], optional: set[str], common: set[str]
) -> Iterator[Problem]:
    """Fields that are missing, and fields that are not known."""
    for name in sorted(required - part.keys()):
        yield at, f"missing required field: {name}"
    for name in sorted(part.keys() - required - optional - common - {"type"}):
        yield at, f"no more attributes allowed: {name}"


def counted(at: str, elements: Any, most: int) -> Iterator[Problem]:
    """A list that must hold something, but not too much."""
    if not isinstance(elements, list) or not elements:
        yield at, "must have at least one item"
    elif len(elements) > most:
        yield at, f"no more than {most} items allowed"


def text_object(
    at: str, text: Any, most: int, kinds: frozenset[str] | set[str] = frozenset()
) -> Iterator[Problem]:
    """A text object of one of some kinds, in at most so many characters."""
    kinds = kinds or {"plain_text", "mrkdwn"}
    if not isinstance(text, dict) or text.get("type") not in kinds:
        yield at, f"must be {' or '.join(sorted(kinds))}"
        return
    own = {"emoji"} if text["type"] == "plain_text" else {"verbatim"}
    yield from known_fields(at, text, {"text"}, own, set())
    words = text.get("text")
    if not isinstance(words, str) or not words.strip():
        yield f"{at}/text", "must be more than 0 characters"
    elif len(words) > most:
        yield f"{at}/text", f"must be less than {most + 1} characters"


def _element(at: str, element: Any, kinds: set[str]) -> Iterator[Problem]:
    kind = element.get("type") if isinstance(element, dict) else None
    if kind not in kinds:
        yield f"{at}/type", f"unsupported type: {kind}"
        return
    yield from known_fields(at, element, *_ELEMENT_FIELDS[kind], set())
    if kind == "image":
        yield from _image(at, element)
        return
    yield from text_object(f"{at}/text", element.get("text"), 75, {"plain_text"})
    if not 0 < len(str(element.get("action_id", ""))) <= 255:
        yield f"{at}/action_id", "must be 1 to 255 characters"
    if len(str(element.get("value", ""))) > 2000:
        yield f"{at}/value", "must be less than 2001 characters"


def _image(at: str, image: dict[str, Any]) -> Iterator[Problem]:
    url, alt = image.get("image_url"), image.get("alt_text")
    if not (isinstance(url, str) and re.match(r"https?://\S+$", url) and len(url) <= 3000):
        yield f"{at}/image_url", "invalid image URL"
    if not (isinstance(alt, str) and 0 < len(alt) <= 2000):
        yield f"{at}/alt_text", "must be 1 to 2000 characters"
