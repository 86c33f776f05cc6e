"""The fake Discord refuses the commands, choices and forms that Discord would refuse."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.fakes import discord_store as store
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_call import call
from tests.fakes.discord_rules import CONTRACT


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as running:
        yield running


BUTTON = {"type": 2, "style": 2, "label": "a", "custom_id": "a"}
SLASH = {"name": "papers", "type": 1, "description": "Papers"}
OPTION = {"type": 3, "name": "day", "description": "A day"}
NUMBER = {"type": 4, "name": "most", "description": "How many"}
FILE = {"type": 11, "name": "file", "description": "A file"}
DAILY = {"name": "daily", "value": "daily"}
LONG = [[{"name": f"{n}", "value": "x" * 90 + str(n)} for n in range(25)]] * 4
COMMANDS: dict[str, list[dict[str, Any]]] = {
    "the name of a menu too long": [{"name": "x" * 33, "type": 3}],
    "a menu without a name": [{"name": "", "type": 3}],
    "a menu with a description": [{"name": "Find", "type": 3, "description": "x"}],
    "an unknown type": [SLASH | {"type": 9}],
    "a slash command without a description": [{"name": "papers", "type": 1}],
    "capitals": [SLASH | {"name": "Papers"}],
    "a blank in a name": [SLASH | {"options": [OPTION | {"name": "a day"}]}],
    "twice": [SLASH, SLASH],
    "required after optional": [
        SLASH | {"options": [OPTION, OPTION | {"name": "other", "required": True}]},
    ],
    "an option twice": [SLASH | {"options": [OPTION, OPTION]}],
    "a choice twice": [SLASH | {"options": [OPTION | {"choices": [DAILY, DAILY]}]}],
    "a choice without a value": [SLASH | {"options": [OPTION | {"choices": [{"name": "daily"}]}]}],
    "choices beside completions": [
        SLASH | {"options": [OPTION | {"choices": [DAILY], "autocomplete": True}]}
    ],
    "completions of a file": [SLASH | {"options": [FILE | {"autocomplete": True}]}],
    "the least above the most": [SLASH | {"options": [NUMBER | {"min_value": 2, "max_value": 1}]}],
    "a text as the least number": [SLASH | {"options": [NUMBER | {"min_value": "1"}]}],
    "26 options": [SLASH | {"options": [OPTION | {"name": f"n{number}"} for number in range(26)]}],
    "8001 characters": [
        SLASH | {"options": [OPTION | {"name": f"n{n}", "choices": long} for n, long in enumerate(LONG)]}
    ],
}


@pytest.mark.skipif(not CONTRACT.exists(), reason="../shared/contracts is not there")
@pytest.mark.parametrize("commands", COMMANDS.values(), ids=COMMANDS)
async def test_commands_that_discord_refuses(fake: FakeDiscord, commands: list[dict[str, Any]]) -> None:
    path = f"/applications/{store.APPLICATION}/commands"
    assert (await call(fake, path, commands, method="PUT"))[0] == 400
    assert fake.violations != []
    menu = {"name": "Find papers", "type": 3}
    assert (await call(fake, path, [SLASH | {"options": [OPTION]}, menu], method="PUT"))[0] == 200


CHOICE = {"name": "a", "value": "a"}
CALLBACKS: dict[str, dict[str, Any]] = {
    "26 choices": {"choices": [{"name": f"{number}", "value": "a"} for number in range(26)]},
    "a name too long": {"choices": [CHOICE | {"name": "x" * 101}]},
    "a text too long": {"choices": [CHOICE | {"value": "x" * 101}]},
    "no name": {"choices": [CHOICE | {"name": ""}]},
    "a choice twice": {"choices": [CHOICE, CHOICE]},
}


@pytest.mark.skipif(not CONTRACT.exists(), reason="../shared/contracts is not there")
@pytest.mark.parametrize("data", CALLBACKS.values(), ids=CALLBACKS)
async def test_choices_that_discord_refuses(fake: FakeDiscord, data: dict[str, Any]) -> None:
    status, answer = await call(fake, "/interactions/1/token/callback", {"type": 8, "data": data})
    assert (status, answer["code"]) == (400, 50035)
    assert fake.violations != []


TEXT = {"type": 4, "custom_id": "time", "style": 1, "max_length": 20}
SELECT: dict[str, Any] = {"type": 3, "custom_id": "style", "options": [{"label": "A", "value": "a"}]}


def labelled(*components: dict[str, Any]) -> dict[str, Any]:
    rows = [{"type": 18, "label": "A label", "component": component} for component in components]
    return {"custom_id": "form", "title": "Title", "components": rows}


MODALS: dict[str, dict[str, Any]] = {
    "a title too long": labelled(TEXT) | {"title": "x" * 46},
    "a blank title": labelled(TEXT) | {"title": " "},
    "a custom id too long": labelled(TEXT) | {"custom_id": "x" * 101},
    "nothing in it": labelled(),
    "six fields": labelled(*(TEXT | {"custom_id": f"n{number}"} for number in range(6))),
    "a field twice": labelled(TEXT, TEXT),
    "a field without a label": labelled() | {"components": [TEXT]},
    "a button": labelled(BUTTON),
    "a value too long": labelled(TEXT | {"value": "x" * 21}),
    "rows in one row": labelled(TEXT | {"value": "a\nb"}),
    "a hint too long": labelled(TEXT | {"placeholder": "x" * 101}),
    "a label too long": labelled(TEXT) | {"components": [{"type": 18, "label": "x" * 46, "component": TEXT}]},
    "no choices": labelled(SELECT | {"options": []}),
    "a choice twice": labelled(SELECT | {"options": SELECT["options"] * 2}),
    "26 choices": labelled(SELECT | {"options": [{"label": "A", "value": f"{n}"} for n in range(26)]}),
    "two defaults": labelled(
        SELECT | {"options": [{"label": "A", "value": value, "default": True} for value in "ab"]}
    ),
    "required, and none to choose": labelled(SELECT | {"min_values": 0}),
}


@pytest.mark.skipif(not CONTRACT.exists(), reason="../shared/contracts is not there")
@pytest.mark.parametrize("modal", MODALS.values(), ids=MODALS)
async def test_forms_that_discord_refuses(fake: FakeDiscord, modal: dict[str, Any]) -> None:
    status, answer = await call(fake, "/interactions/1/token/callback", {"type": 9, "data": modal})
    assert (status, answer["code"]) == (400, 50035)
    fake.violations.clear()
    right = {
        "type": 9,
        "data": labelled(TEXT | {"value": "7"}, SELECT | {"min_values": 0, "required": False}),
    }
    assert (await call(fake, "/interactions/1/token/callback", right))[0] == 404  # nobody has asked
    assert fake.violations == []
