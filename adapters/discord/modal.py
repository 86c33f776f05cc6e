"""Form → Discord's modal, and what comes back of it → fields. Pure.

Limits: https://discord.com/developers/docs/components/reference
"""

import re
from collections.abc import Mapping
from typing import Any

from adapters.discord.render import Payload
from bot.forms import Choice, Field, Form
from bot.text import cut, one_line

FORM_WITHIN = 2.0
"""Seconds; Discord waits 3, and takes no modal once the interaction was acknowledged."""

_PREFIX = "papers-modal:"
_CUSTOM_ID = 100
_TITLE = 45
_LABEL = 45
_FIELDS = 5
_PLACEHOLDER = 100
_VALUE = 4000
_OPTIONS = 25
_OPTION = 100  # characters, of what is shown and of what it stands for
_LABELLED, _TEXT, _SELECT = 18, 4, 3
_ONE_ROW = 1

_MODAL = re.compile(re.escape(_PREFIX) + r"(?P<command>.{1,87})")
_NAME = re.compile(r"[A-Za-z_]{1,100}")


def modal(form: Form) -> Payload | None:
    """The modal that shows a form; None where Discord cannot take it.

    Its custom id holds the command, so that nothing is kept and a restart between costs nothing. Discord
    takes five fields and has a button of its own to submit.
    """
    custom_id = _PREFIX + one_line(form.command)
    fields = {field.name: field for field in form.fields if _NAME.fullmatch(field.name)}
    title = cut(one_line(form.title), _TITLE)
    if len(custom_id) > _CUSTOM_ID or not (fields and title and form.command.strip()):
        return None
    shown = [_labelled(field) for field in list(fields.values())[:_FIELDS]]
    return {"custom_id": custom_id, "title": title, "components": shown}


def command_in(custom_id: object) -> str | None:
    """The command of a modal with this custom id; None where it is none of ours."""
    found = _MODAL.fullmatch(custom_id) if isinstance(custom_id, str) else None
    return found["command"] if found else None


def fields_in(data: Mapping[str, Any]) -> dict[str, str]:
    """The values of a modal that was submitted, by the fields' names; nothing that could not be typed there.

    What a person did not choose is empty. A client of their own making may send anything.
    """
    listed = data.get("components")
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    inner = [row.get("component") for row in rows[:_FIELDS]]
    components = [component for component in inner if isinstance(component, dict)]
    return {
        component["custom_id"]: _said(component)
        for component in components
        if isinstance(component.get("custom_id"), str) and _NAME.fullmatch(component["custom_id"])
    }


def _said(component: Mapping[str, Any]) -> str:
    chosen = component.get("values")
    value = (chosen or [""])[0] if isinstance(chosen, list) else component.get("value")
    return value[:_VALUE] if isinstance(value, str) else ""


def _labelled(field: Field) -> Payload:
    label = cut(one_line(field.label), _LABEL) or field.name[:_LABEL]
    once: dict[str, Choice] = {}
    for choice in field.choices:
        once.setdefault(choice.value, choice)
    options = [option for choice in once.values() if (option := _option(choice, field.value))]
    input_ = _select(field, options[:_OPTIONS]) if options else _text(field)
    return {"type": _LABELLED, "label": label, "component": input_}


def _text(field: Field) -> Payload:
    """One row to type in. What stands in it at first fits, or it could not be left as it is."""
    value = one_line(field.value)[:_VALUE]
    longest = min(max(field.longest, len(value), 1), _VALUE)
    hint = cut(one_line(field.hint), _PLACEHOLDER)
    shown = {"type": _TEXT, "custom_id": field.name, "style": _ONE_ROW, "required": False}
    said = {"value": value, "placeholder": hint}
    return shown | {name: text for name, text in said.items() if text} | {"max_length": longest}


def _select(field: Field, options: list[Payload]) -> Payload:
    shown = {"type": _SELECT, "custom_id": field.name, "required": False, "min_values": 0, "max_values": 1}
    hint = cut(one_line(field.hint), _PLACEHOLDER)
    return shown | {"options": options} | ({"placeholder": hint} if hint else {})


def _option(choice: Choice, chosen: str) -> Payload | None:
    label = cut(one_line(choice.label or choice.value), _OPTION)
    if not label or not 0 < len(choice.value) <= _OPTION:
        return None
    return {"label": label, "value": choice.value, "default": choice.value == chosen}
