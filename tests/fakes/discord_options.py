"""Typed options on the fake Discord: a person can send nothing but what the command takes."""

from dataclasses import dataclass
from typing import Any

from tests.fakes import discord_people as people
from tests.fakes.discord_files import FakeFiles, Upload

STRING, INTEGER, USER, ATTACHMENT = 3, 4, 6, 11


@dataclass(frozen=True)
class Chosen:
    """A person who is chosen from a list of those in the channel."""

    id: str


Value = str | int | Upload | Chosen
Options = dict[str, dict[str, Any]]
"""Registered options by their names."""


def given(
    known: Options, options: dict[str, Value], files: FakeFiles
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What an interaction holds: options, and what their ids stand for. Fails where nobody can send it."""
    required = {name for name, option in known.items() if option.get("required")}
    assert required <= set(options) <= set(known), f"the command takes {sorted(known)}"
    sent: list[dict[str, Any]] = []
    resolved: dict[str, Any] = {}
    for name, value in options.items():
        _check(known[name], value)
        shown: str | int
        if isinstance(value, Upload):
            attachment = files.keep(value)
            shown = attachment["id"]
            resolved.setdefault("attachments", {})[shown] = attachment
        elif isinstance(value, Chosen):
            shown = value.id
            resolved |= people.chosen_json(value.id)
        else:
            shown = value
        sent.append({"type": known[name]["type"], "name": name, "value": shown})
    return sent, resolved


def _check(option: dict[str, Any], value: Value) -> None:
    if isinstance(value, Upload):
        assert option["type"] == ATTACHMENT, f"{option['name']} takes no file"
    elif isinstance(value, Chosen):
        assert option["type"] == USER, f"{option['name']} takes no person"
    elif isinstance(value, int):
        assert option["type"] == INTEGER, f"{option['name']} takes no number"
        assert option.get("min_value", value) <= value <= option.get("max_value", value), "out of bounds"
    else:
        assert option["type"] == STRING, f"{option['name']} takes no text"
        assert option.get("min_length", 0) <= len(value) <= option.get("max_length", 6000), "too long"
        allowed = [choice["value"] for choice in option.get("choices") or []]
        assert not allowed or value in allowed, f"{option['name']} is one of {allowed}"
