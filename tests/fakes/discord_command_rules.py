"""What Discord refuses of commands and of choices, where the contract says nothing.

https://discord.com/developers/docs/interactions/application-commands
"""

import re
from collections.abc import Iterator
from typing import Any

_NAME = re.compile(r"[-_'\w]{1,32}")
_CHOICE = 100
_CHOICES = 25
_SUBCOMMANDS_MOST = 25
_IN_ALL = 8000
_COMPLETED = 8
_SLASH = 1
_SUBCOMMANDS = (1, 2)
_COMPLETABLE = (3, 4, 10)
_COMMANDS_MOST = {1: 100, 2: 15, 3: 15}


def command_problems(commands: list[dict[str, Any]]) -> Iterator[str]:
    kinds = [command.get("type", _SLASH) for command in commands]
    names = list(zip(kinds, [command["name"] for command in commands], strict=True))
    if len(set(names)) != len(names):
        yield "two commands of one kind and name"
    for kind, most in _COMMANDS_MOST.items():
        if kinds.count(kind) > most:
            yield f"more than {most} commands of type {kind}"
    for kind, command in zip(kinds, commands, strict=True):
        if _size(command) > _IN_ALL:
            yield f"{command['name']}: more than 8000 characters in all"
        if kind == _SLASH:
            yield from _option_problems(command, depth=0)
        elif command.get("description") or command.get("options"):
            yield "a command of a menu with a description or options"


def _size(command: dict[str, Any]) -> int:
    """Names, descriptions and values of a command, of its options and of their choices."""
    own = sum(len(str(command.get(name) or "")) for name in ("name", "description", "value"))
    return own + sum(map(_size, [*(command.get("options") or []), *(command.get("choices") or [])]))


def _option_problems(option: dict[str, Any], depth: int) -> Iterator[str]:
    name, inner = option["name"], option.get("options") or []
    if not _NAME.fullmatch(name) or name != name.lower():
        yield f"a malformed name: {name}"
    if not option.get("description"):
        yield f"{name}: no description"
    if option.get("autocomplete") and (option.get("choices") or option["type"] not in _COMPLETABLE):
        yield f"{name}: autocomplete beside choices, or of what nobody types"
    values = [choice.get("value") for choice in option.get("choices") or []]
    if len(values) > _CHOICES or len(set(values)) != len(values):
        yield f"{name}: too many choices, or one twice"
    for least, most in (("min_value", "max_value"), ("min_length", "max_length")):
        if option.get(least) is not None and option.get(most, option[least]) < option[least]:
            yield f"{name}: {least} above {most}"
    required = [bool(one.get("required")) for one in inner]
    if required != sorted(required, reverse=True):
        yield f"{name}: a required option after an optional one"
    if len(inner) > _SUBCOMMANDS_MOST or len({one["name"] for one in inner}) != len(inner):
        yield f"{name}: more than 25 options, or one twice"
    for one in inner:
        if one["type"] in _SUBCOMMANDS and depth > 1:
            yield f"{one['name']}: nested too deeply"
        yield from _option_problems(one, depth + 1)


def choice_problems(callback: dict[str, Any]) -> Iterator[str]:
    """The contract allows longer values than the prose."""
    choices = (callback.get("data") or {}).get("choices") or [] if callback["type"] == _COMPLETED else []
    if any(len(choice["value"]) > _CHOICE or not choice["name"].strip() for choice in choices):
        yield "a choice that is too long or has no name"
    if len({choice["name"] for choice in choices}) != len(choices):
        yield "a choice twice"
