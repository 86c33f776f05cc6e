"""Templates, and what all of them may use."""

import json
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from adapters.web import drawing, statics
from adapters.web.addresses import path_of, web_address
from bot.mailboxes import only_looks
from bot.messages.words import day_name
from bot.text import counted, opening

SUMMARY = 320
"""Characters of a summary in a list: about three lines on a desktop."""


class Renderer:
    """Draws pages.

    Args:
        root: the path below which the site lies.
        thumbnails: whether pages show them.
        sign_up: whether pages offer to subscribe by email.
    """

    def __init__(self, root: str, thumbnails: bool, sign_up: bool) -> None:
        self._environment = Environment(
            loader=PackageLoader("adapters.web", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals |= {
            "root": root,
            "thumbnails": thumbnails,
            "sign_up": sign_up,
            "link": lambda path, **query: f"{root}{path_of(path, **query)}",
            "static": lambda name: f"{root}/static/{statics.version()}/{name}",
            "list_path": drawing.path_of_list,
            "thumbnail_path": drawing.thumbnail_path,
        }
        self._environment.filters |= {
            "address": web_address,
            "authors": drawing.people,
            "counted": counted,
            "day": day_name,
            "list_name": drawing.name_of,
            "opening": lambda text: opening(text, SUMMARY),
            "pretty": lambda value: json.dumps(value, ensure_ascii=False, indent=2),
            "button_path": button_path,
            "looks": only_looks,
            "sentence": sentence,
        }

    def render(self, template: str, values: Mapping[str, Any]) -> str:
        """A template with these values."""
        return self._environment.get_template(template).render(values)


def button_path(command: str) -> str | None:
    """The page that does what a button of the chat does; None where there is none."""
    name, _, rest = command.partition(" ")
    return path_of("/search", q=rest) if name == "search" else None


def sentence(text: str) -> str:
    """A clause as a sentence."""
    end = "" if text.endswith((".", "?", "!")) else "."
    return f"{text[:1].upper()}{text[1:]}{end}"
