"""Whether Discord has our commands already. Pure."""

from typing import Any

# What says how a command works. Discord adds much to it, and leaves out what is false.
_COMPARED = (
    "name",
    "type",
    "description",
    "required",
    "autocomplete",
    "min_length",
    "max_length",
    "min_value",
    "max_value",
    "channel_types",
    "contexts",
    "integration_types",
    "default_member_permissions",
    "nsfw",
)


def same_commands(ours: list[dict[str, Any]], theirs: object) -> bool:
    """Whether Discord has these commands already, in whatever order; defaults that it adds do not count."""
    return _by_name(_essence(ours)) == _by_name(_essence(theirs))


def _by_name(commands: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(commands, key=lambda command: (str(command.get("type")), str(command.get("name"))))


def _essence(commands: object) -> list[dict[str, Any]]:
    """Commands or options: the order of options and of their choices is what people see, so it stays."""
    found = []
    for command in _dicts(commands):
        kept = {name: _value(command[name]) for name in _COMPARED if _is_said(command.get(name))}
        choices = [(choice.get("name"), choice.get("value")) for choice in _dicts(command.get("choices"))]
        found.append(kept | {"options": _essence(command.get("options")), "choices": choices})
    return found


def _is_said(value: Any) -> bool:
    """A bound of zero is one; what is false or empty is left out by Discord."""
    return bool(value) or (value == 0 and value is not False)


def _value(value: Any) -> Any:
    return sorted(value, key=str) if isinstance(value, list) else value


def _dicts(listed: object) -> list[dict[str, Any]]:
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
