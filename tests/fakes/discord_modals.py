"""Modals on the fake Discord: what Discord refuses of them, and what comes back when one is submitted.

https://discord.com/developers/docs/components/reference
"""

from collections.abc import Iterator
from typing import Any

_LABELLED, _TEXT, _SELECT = 18, 4, 3
_MOST = 5


def modal_problems(modal: dict[str, Any]) -> Iterator[str]:
    """What the documentation's prose says against a modal."""
    rows = modal.get("components") or []
    inputs = [row["component"] for row in rows if row.get("type") == _LABELLED]
    names = [one["custom_id"] for one in inputs]
    if len(rows) > _MOST:
        yield "a modal with more than 5 components"
    if len(set(names)) != len(names):
        yield "a custom id twice in a modal"
    if not str(modal.get("title")).strip() or any(not row.get("label", "x").strip() for row in rows):
        yield "a blank title or label in a modal"
    for one in inputs:
        yield from _select_problems(one) if one["type"] == _SELECT else _text_problems(one)


def _text_problems(text: dict[str, Any]) -> Iterator[str]:
    if text["type"] != _TEXT or "label" in text:
        yield f"{text['custom_id']}: no text input for a label"
    if len(text.get("value") or "") > (text.get("max_length") or 4000):
        yield f"{text['custom_id']}: a value longer than can be typed"
    if "\n" in (text.get("value") or "") and text["style"] == 1:
        yield f"{text['custom_id']}: rows in a single row"


def _select_problems(select: dict[str, Any]) -> Iterator[str]:
    values = [option["value"] for option in select["options"]]
    if len(set(values)) != len(values):
        yield f"{select['custom_id']}: a value twice"
    if sum(bool(option.get("default")) for option in select["options"]) > select.get("max_values", 1):
        yield f"{select['custom_id']}: more defaults than can be chosen"
    if select.get("min_values", 1) == 0 and select.get("required", True):
        yield f"{select['custom_id']}: required, but nothing need be chosen"
    if select.get("disabled"):
        yield f"{select['custom_id']}: disabled in a modal"


def submission(modal: dict[str, Any], typed: dict[str, str]) -> dict[str, Any]:
    """What Discord sends of a modal in which somebody typed or chose this and left the rest as it was.

    Fails where a person cannot type or choose it.
    """
    inputs = [row["component"] for row in modal["components"]]
    assert set(typed) <= {one["custom_id"] for one in inputs}, "there is no such field"
    rows = [
        {"type": _LABELLED, "id": number, "component": _filled(one, typed.get(one["custom_id"])) | {"id": 0}}
        for number, one in enumerate(inputs, 1)
    ]
    return {"custom_id": modal["custom_id"], "components": rows, "resolved": {}}


def _filled(one: dict[str, Any], typed: str | None) -> dict[str, Any]:
    base = {"type": one["type"], "custom_id": one["custom_id"]}
    if one["type"] == _TEXT:
        value = one.get("value", "") if typed is None else typed
        assert len(value) <= one.get("max_length", 4000), "Discord lets nobody type that much"
        assert value or not one.get("required", True), "Discord wants a text here"
        return base | {"value": value}
    chosen = [option["value"] for option in one["options"] if option.get("default")]
    if typed is not None:
        assert not typed or typed in [option["value"] for option in one["options"]], "there is no such option"
        chosen = [typed] if typed else []
    assert len(chosen) >= one.get("min_values", 1), "Discord wants a choice here"
    return base | {"values": chosen}
