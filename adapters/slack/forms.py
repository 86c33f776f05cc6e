"""A Form as Slack's modal, and back (docs.slack.dev/reference/views/modal-views). Pure."""

import re
from collections.abc import Mapping
from typing import Any

from adapters.slack.api import part, words
from adapters.slack.back import Back, recalled, remembered
from adapters.slack.mrkdwn import clean, fitted, never_command
from adapters.slack.render import Block, plain_text, render
from bot.forms import Choice, Field, Form
from bot.markup import Message
from bot.request import LONGEST_FILE, Request

FORM = "papers_form"
"""The callback id of all our forms."""

_FILE = "file"
IMPORT = Form(
    "Import subscriptions",
    "import",
    (Field(_FILE, "Your export", hint="Paste what stands in subscriptions.json", longest=LONGEST_FILE),),
    "Import",
)
"""Asks for the file that nobody can attach to a command in Slack."""

_INPUT = "value"
_NAME = re.compile(r"[A-Za-z_]{1,64}")
_FENCE = "```"
_TITLE, _LABEL, _HINT = 24, 150, 150
_MOST_FIELDS, _MOST_CHOICES = 100, 100
_CHOICE_LABEL, _CHOICE_VALUE = 75, 150
_KEPT = 3000
# Above this, Slack takes no limit; without one, it takes whatever is typed.
_LONGEST = 3000
_ONE_LINE = 512
_ERROR = 300


def modal(form: Form, back: Back) -> dict[str, Any] | None:
    """The view that shows a form; None where Slack cannot show it whole.

    Args:
        back: where the answer to the filled-in form goes.
    """
    kept = remembered(form.command, back)
    if len(kept) > _KEPT or not form.fields:
        return None
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": plain_text(form.title, _TITLE),
        "submit": plain_text(form.submit, _TITLE),
        "close": plain_text("Cancel", _TITLE),
        "private_metadata": kept,
        "blocks": [_block(field) for field in form.fields[:_MOST_FIELDS]],
    }


def notice(message: Message) -> dict[str, Any]:
    """What puts a message in the place of a form that was filled in."""
    view = {
        "type": "modal",
        "title": plain_text("Daily Papers", _TITLE),
        "close": plain_text("Close", _TITLE),
        "blocks": render(message)[1],
    }
    return {"response_action": "update", "view": view}


def filled(view: Mapping[str, Any]) -> tuple[str, Back, dict[str, str]] | None:
    """The command, the way back and the fields of a view that was filled in; None if it is no form of ours.

    A field that was left empty is empty.
    """
    values = part(view, "state").get("values")
    kept = recalled(words(view, "private_metadata"))
    if view.get("callback_id") != FORM or kept is None or not isinstance(values, dict):
        return None
    inputs = {name: part(values[name], _INPUT) for name in values if _NAME.fullmatch(name)}
    return *kept, {name: _typed(element) for name, element in inputs.items()}


def handed_in(text: str, fields: Mapping[str, str] | None = None) -> str | None:
    """The text of a file that was pasted behind the command, or into a form; None where there is none.

    Empty where it is too long.
    """
    file = (fields or {}).get(_FILE, _pasted(text))
    return "" if file and len(file.encode(errors="replace")) > LONGEST_FILE else file


def lacks_file(request: Request) -> bool:
    """Whether somebody wants to hand in a file and has not said which."""
    typed = request.text.strip().casefold() == IMPORT.command
    return typed and request.fields is None and request.direct is not None


def complaints(errors: Mapping[str, str], fields: Mapping[str, str]) -> dict[str, str]:
    """The errors as Slack shows them, each under its field; those of fields that the form lacks left out."""
    shown = {name: fitted(clean(text), _ERROR, never_command) for name, text in errors.items()}
    return {name: text for name, text in shown.items() if name in fields and text}


def _pasted(text: str) -> str | None:
    """The JSON behind the command, with or without the marks of a block of code; None if it is none."""
    name, rest = (*text.split(maxsplit=1), "", "")[:2]
    pasted = rest.strip().removeprefix(_FENCE).removesuffix(_FENCE).strip()
    return pasted if name.casefold() == IMPORT.command and pasted.startswith(("{", "[")) else None


def _typed(element: Mapping[str, Any]) -> str:
    return words(element, "value") or words(part(element, "selected_option"), "value")


def _block(field: Field) -> Block:
    return {
        "type": "input",
        "block_id": field.name,
        "label": plain_text(field.label or field.name, _LABEL),
        "element": _menu(field) or _line(field),
        # What must be filled in is not for the platform to know.
        "optional": True,
    }


def _menu(field: Field) -> Block | None:
    """A menu of the choices; None where there are none that Slack can show."""
    fitting = [choice for choice in field.choices if 0 < len(choice.value) <= _CHOICE_VALUE]
    kept = fitting[:_MOST_CHOICES]
    chosen = next((choice for choice in fitting if choice.value == field.value), None)
    if chosen and chosen not in kept:
        kept[-1] = chosen  # so that saving the form does not change what nobody touched
    if not kept:
        return None
    menu: Block = {"type": "static_select", "action_id": _INPUT, "options": [_option(c) for c in kept]}
    if chosen:
        menu["initial_option"] = _option(chosen)
    return menu | _placeholder(field)


def _option(choice: Choice) -> Block:
    return {"text": plain_text(choice.label or choice.value, _CHOICE_LABEL), "value": choice.value}


def _line(field: Field) -> Block:
    text: Block = {"type": "plain_text_input", "action_id": _INPUT, "multiline": field.longest > _ONE_LINE}
    value = "\n".join(map(clean, field.value.split("\n"))) if text["multiline"] else clean(field.value)
    if value.strip():
        text["initial_value"] = value
    # What stands in it already is never called too long.
    longest = max(field.longest, len(value), 1)
    if longest <= _LONGEST:
        text["max_length"] = longest
    return text | _placeholder(field)


def _placeholder(field: Field) -> Block:
    return {"placeholder": plain_text(field.hint, _HINT)} if clean(field.hint) else {}
