"""Check that `.env.example` and Settings name the same variables and the same defaults.

Run as `python -m tests.env_example` by `make check`; exits 1 and names each difference.
"""

import sys
from pathlib import Path

from pydantic import AliasChoices, SecretStr

from bot.settings import Settings

EXAMPLE = Path(__file__).parent.parent / ".env.example"


def documented() -> dict[str, str]:
    """Each variable of the file with its value."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def declared() -> dict[str, str]:
    """Each variable that Settings reads, by its first name, with its default as it would be written."""
    found = {}
    for field in Settings.model_fields.values():
        alias = field.validation_alias
        assert isinstance(alias, AliasChoices)
        found[str(alias.choices[0])] = _written(field.default)
    return found


def _written(default: object) -> str:
    if default is None:
        return ""
    if isinstance(default, SecretStr):
        return default.get_secret_value()
    return default.strftime("%H:%M") if hasattr(default, "strftime") else str(default)


def differences() -> list[str]:
    """What the file and the class do not agree on, a sentence each."""
    file, settings = documented(), declared()
    found = [f"{name} is in .env.example, but no setting reads it" for name in file.keys() - settings.keys()]
    found += [f"{name} is a setting, but not in .env.example" for name in settings.keys() - file.keys()]
    found += [
        f"{name} is {file[name]!r} in .env.example, but its default is {settings[name]!r}"
        for name in file.keys() & settings.keys()
        if file[name] != settings[name]
    ]
    return sorted(found)


if __name__ == "__main__":
    problems = differences()
    for problem in problems:
        print(problem, file=sys.stderr)  # noqa: T201
    sys.exit(1 if problems else 0)
