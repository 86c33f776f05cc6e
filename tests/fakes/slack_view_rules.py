"""What Slack accepts as a view: a modal or a Home tab, with inputs; written from docs.slack.dev. Pure."""

import json
from collections.abc import Iterator
from typing import Any

from tests.fakes.slack_rules import Problem, block_problems, counted, known_fields, text_object

_MOST_BLOCKS = 100
_MOST_BYTES = 250_000
_PLAIN = {"plain_text"}
_VIEW_FIELDS = {
    "modal": (
        {"title", "blocks"},
        {
            "close", "submit", "private_metadata", "callback_id", "clear_on_close", "notify_on_close",
            "external_id", "submit_disabled",
        },
    ),
    "home": ({"blocks"}, {"private_metadata", "callback_id", "external_id"}),
}  # fmt: skip
_INPUT_FIELDS = {
    "plain_text_input": (
        set[str](),
        {
            "action_id", "initial_value", "multiline", "min_length", "max_length", "placeholder",
            "focus_on_load", "dispatch_action_config",
        },
    ),
    "static_select": (
        {"options"}, {"action_id", "initial_option", "placeholder", "focus_on_load", "confirm"},
    ),
}  # fmt: skip


def too_large(view: Any) -> bool:
    """Whether Slack calls the view too large, whatever is in it."""
    return len(json.dumps(view)) > _MOST_BYTES


def view_complaints(view: Any, kind: str) -> list[str]:
    """Why Slack refuses this view as one of that kind, in its own form; nothing if it takes it."""
    if not isinstance(view, dict) or view.get("type") != kind or not isinstance(view.get("blocks"), list):
        return ["[ERROR] failed to match all allowed schemas [json-pointer:/view]"]
    return [f"[ERROR] {text} [json-pointer:/view{pointer}]" for pointer, text in _view(view, kind)]


def _view(view: dict[str, Any], kind: str) -> Iterator[Problem]:
    yield from known_fields("", view, *_VIEW_FIELDS[kind], set())
    for name in ("title", "submit", "close"):
        if view.get(name) is not None:
            yield from text_object(f"/{name}", view[name], 24, _PLAIN)
    if len(view.get("private_metadata", "")) > 3000:
        yield "/private_metadata", "must be less than 3001 characters"
    if len(view.get("callback_id", "")) > 255:
        yield "/callback_id", "must be less than 256 characters"
    inputs = [block for block in view["blocks"] if isinstance(block, dict) and block.get("type") == "input"]
    if inputs and kind == "modal" and not view.get("submit"):
        yield "", "missing required field: submit"
    for pointer, text in block_problems(view["blocks"], _MOST_BLOCKS, {"input": _input}):
        yield f"/blocks{pointer}", text


def _input(at: str, block: dict[str, Any]) -> Iterator[Problem]:
    yield from known_fields(
        at, block, {"label", "element"}, {"block_id", "hint", "optional", "dispatch_action"}, set()
    )
    yield from text_object(f"{at}/label", block.get("label"), 2000, _PLAIN)
    if not 0 < len(block.get("block_id", "b")) <= 255:
        yield f"{at}/block_id", "must be 1 to 255 characters"
    element: Any = block.get("element")
    kind = element.get("type") if isinstance(element, dict) else None
    if kind not in _INPUT_FIELDS:
        yield f"{at}/element/type", f"unsupported type: {kind}"
        return
    at = f"{at}/element"
    yield from known_fields(at, element, *_INPUT_FIELDS[kind], set())
    if not 0 < len(element.get("action_id", "a")) <= 255:
        yield f"{at}/action_id", "must be 1 to 255 characters"
    if "placeholder" in element:
        yield from text_object(f"{at}/placeholder", element["placeholder"], 150, _PLAIN)
    yield from (_line if kind == "plain_text_input" else _menu)(at, element)


def _line(at: str, element: dict[str, Any]) -> Iterator[Problem]:
    longest = element.get("max_length")
    if longest is not None and not (isinstance(longest, int) and 1 <= longest <= 3000):
        yield f"{at}/max_length", "must be between 1 and 3000"
    value = element.get("initial_value", "")
    if not isinstance(value, str):
        yield f"{at}/initial_value", "must be a string"
    elif longest is not None and len(value) > longest:
        yield f"{at}/initial_value", "must not be longer than max_length"


def _menu(at: str, element: dict[str, Any]) -> Iterator[Problem]:
    options = element.get("options")
    yield from counted(f"{at}/options", options, 100)
    for number, option in enumerate(options if isinstance(options, list) else []):
        here = f"{at}/options/{number}"
        yield from known_fields(here, option, {"text", "value"}, {"description"}, set())
        yield from text_object(f"{here}/text", option.get("text"), 75, _PLAIN)
        if not 0 < len(str(option.get("value", ""))) <= 150:
            yield f"{here}/value", "must be 1 to 150 characters"
    if "initial_option" in element and element["initial_option"] not in (options or []):
        yield f"{at}/initial_option", "must exactly match one of the options"
