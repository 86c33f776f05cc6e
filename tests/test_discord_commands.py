"""The typed options of `/papers` on Discord: what is offered, what arrives, when it is registered."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.discord.app import DiscordAdapter
from adapters.discord.choices import days, zones
from adapters.discord.registration import same_commands
from bot.messages.help import TOPICS
from bot.request import Request
from tests.discord_reader import NOW, Reader, connect
from tests.fakes import discord_store as store
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_options import Chosen


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as running:
        yield running
        assert running.violations == []


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
async def adapter(fake: FakeDiscord, reader: Reader) -> AsyncIterator[DiscordAdapter]:
    made = connect(fake)
    await made.start(reader)
    yield made
    await made.stop()


# What somebody did, and what the core is asked: the text, and the fields.
SCHEDULE = {"filter": "diffusion -survey", "when": "weekly", "time": "09:00", "zone": "Europe/Berlin"}
SAID = {"typed": "diffusion -survey", "when": "weekly", "time": "09:00", "zone": "Europe/Berlin"}
TYPED: dict[str, tuple[str, dict[str, Any], str, dict[str, str] | None]] = {
    "nothing given": ("subscribe", {}, "subscribe", None),
    "a filter": ("subscribe", {"filter": "diffusion"}, "subscribe", {"typed": "diffusion"}),
    "a schedule": (
        "subscribe",
        {**SCHEDULE, "day": "mon-fri", "style": "compact", "most": 10, "least": 2, "explain": "on"},
        "subscribe",
        {**SAID, "days": "mon-fri", "style": "compact", "most": "10", "least": "2", "explain": "on"},
    ),
    "what somebody gets": ("subscriptions", {}, "subscriptions", None),
    "a change": (
        "edit",
        {"number": 3, **SCHEDULE, "day": "mon", "explain": "on"},
        "edit 3",
        {**SAID, "days": "mon", "explain": "on"},
    ),
    "a change of nothing yet": ("edit", {"number": 3}, "edit 3", None),
    "pause": ("pause", {"number": 3}, "pause 3", None),
    "resume": ("resume", {"number": 999_999_999}, "resume 999999999", None),
    "delete": ("delete", {"number": 3}, "delete 3", None),
    "a channel as it is": ("channel", {}, "channel", None),
    "a channel": (
        "channel",
        {**SCHEDULE, "day": "mon", "most": 7, "least": 0, "explain": "off", "late": "append"},
        "channel",
        {**SAID, "days": "mon", "most": "7", "least": "0", "explain": "off", "late": "append"},
    ),
    "a channel to be turned on": (
        "channel",
        {"turn": "on", "filter": "agents"},
        "channel on",
        {"typed": "agents"},
    ),
    "a filter that is the name of a command": ("channel", {"filter": "off"}, "channel", {"typed": "off"}),
    "by mail": (
        "subscribe",
        {"filter": "agents", "email": "ann@example.org"},
        "subscribe",
        {"typed": "agents", "email": "ann@example.org"},
    ),
    "one of several posts": ("channel", {"post": 7, "turn": "pause"}, "channel 7 pause", None),
    "a colleague": ("name", {"who": Chosen(store.MANAGER)}, f"channel name <@{store.MANAGER}>", None),
    "a colleague no more": (
        "unname",
        {"who": Chosen(store.MANAGER), "post": 7},
        f"channel 7 unname <@{store.MANAGER}>",
        None,
    ),
    "settings": (
        "settings",
        {"zone": "Asia/Tokyo", "time": "7", "quiet": "sat-sun"},
        "settings",
        {"zone": "Asia/Tokyo", "time": "7", "quiet": "sat-sun"},
    ),
    "a vacation": ("vacation", {"until": "2026-08-14"}, "vacation", {"until": "2026-08-14"}),
    "since a day": (
        "since",
        {"date": "2026-07-20", "filter": "has:code"},
        "since",
        {"date": "2026-07-20", "filter": "has:code"},
    ),
    "feed": ("feed", {}, "feed", None),
    "feed, moved": ("feed", {"renew": "on"}, "feed renew", None),
    "export": ("export", {}, "export", None),
    "forget": ("forget", {}, "forget me", None),
    "why": ("why", {"number": 12}, "why", {"number": "12"}),
    "why, of all": ("why", {}, "why", None),
    "hostile": (
        "subscribe",
        {"filter": "@everyone `\x00\u202e <@2001> \ud83d", "day": "delete 5\nundo"},
        "subscribe",
        {"typed": "@everyone `\x00\u202e <@2001> \ud83d", "days": "delete 5\nundo"},
    ),
}


@pytest.mark.parametrize(("name", "options", "asked", "fields"), TYPED.values(), ids=TYPED)
@pytest.mark.usefixtures("adapter")
async def test_options_arrive_as_fields_and_never_in_the_text(
    fake: FakeDiscord,
    reader: Reader,
    name: str,
    options: dict[str, Any],
    asked: str,
    fields: dict[str, str] | None,
) -> None:
    [answer] = await fake.command(name, **options)
    assert reader.requests == [Request(asked, fake.place, store.PERSON, NOW, fields=fields)]
    assert answer["ephemeral"]
    assert fake.transcript == []


CHOSEN = {
    ("subscribe", "when"): ["daily", "weekly", "each"],
    ("subscribe", "style"): ["thread", "compact"],
    ("subscribe", "explain"): ["on", "off"],
    ("edit", "when"): ["daily", "weekly", "each"],
    ("edit", "style"): ["thread", "compact"],
    ("edit", "explain"): ["on", "off"],
    ("feed", "renew"): ["on", "off"],
    ("channel", "when"): ["daily", "weekly", "each"],
    ("channel", "style"): ["thread", "compact"],
    ("channel", "explain"): ["on", "off"],
    ("channel", "late"): ["next", "append"],
    ("channel", "turn"): ["on", "off", "pause", "resume"],
    ("help", "topic"): list(TOPICS),
}


@pytest.mark.usefixtures("adapter")
async def test_what_can_only_be_chosen(fake: FakeDiscord) -> None:
    found = {
        (sub["name"], option["name"]): [choice["value"] for choice in option["choices"]]
        for sub in fake.registered[0]["options"]
        for option in sub.get("options", [])
        if option.get("choices")
    }
    assert found == CHOSEN


@pytest.mark.usefixtures("adapter")
async def test_recent_days_are_offered(fake: FakeDiscord) -> None:
    for command in ("day", "since"):
        choices = await fake.interactions.complete(command, "date", "27 jul")
        assert choices == [{"name": "Mon 27 Jul 2026", "value": "2026-07-27"}]


def test_as_many_days_as_discord_takes() -> None:
    assert len(days(NOW.date(), "")) == 25
    assert days(NOW.date(), "2026-07-2")[0] == ("Wed 29 Jul 2026", "2026-07-29")
    assert days(NOW.date(), "no day") == []


@pytest.mark.parametrize("command", ["subscribe", "edit", "channel", "since"])
async def test_filters_are_completed_wherever_one_is_typed(
    fake: FakeDiscord, reader: Reader, command: str
) -> None:
    async def suggest(typed: str) -> list[str]:
        return [f"{typed}hor:han"]

    adapter = connect(fake)
    await adapter.start(reader, suggest)
    choices = await fake.interactions.complete(command, "filter", "aut")
    await adapter.stop()
    assert choices == [{"name": "author:han", "value": "author:han"}]


@pytest.mark.parametrize("command", ["subscribe", "edit", "channel", "settings"])
@pytest.mark.usefixtures("adapter")
async def test_zones_are_offered_wherever_one_is_typed(fake: FakeDiscord, command: str) -> None:
    choices = await fake.interactions.complete(command, "zone", "berl")
    assert choices == [{"name": "Europe/Berlin", "value": "Europe/Berlin"}]
    assert len(await fake.interactions.complete(command, "zone", "")) == 25


ZONES: dict[str, tuple[str, list[str]]] = {
    "the beginning of a city": ("los", ["America/Los_Angeles"]),
    "blanks": ("new york", ["America/New_York"]),
    "capitals": ("NEW_YORK", ["America/New_York"]),
    "no blanks": ("newyork", ["America/New_York"]),
    "hyphens": ("port au prince", ["America/Port-au-Prince"]),
    "cities before what holds the letters": (
        "ber",
        ["Europe/Berlin", "Atlantic/Bermuda", "Australia/Canberra"],
    ),
    "well-known ones before others": ("tor", ["America/Toronto", "America/Tortola"]),
    "an area": ("asia/tok", ["Asia/Tokyo"]),
    "places before older names of them": ("singapore", ["Asia/Singapore", "Singapore"]),
    "no place": ("etc/gmt", []),
    "nonsense": ("\x00" * 6000, []),
}


@pytest.mark.parametrize(("typed", "first"), ZONES.values(), ids=ZONES)
def test_zones(typed: str, first: list[str]) -> None:
    found = zones(typed)
    assert found[: len(first)] == first
    assert bool(found) == bool(first)


def test_before_anything_is_typed_the_whole_world_is_offered() -> None:
    spread = zones("")
    assert len(spread) == len(set(spread)) == 25
    assert {zone.partition("/")[0] for zone in spread} >= {"Africa", "America", "Asia", "Australia", "Europe"}
    assert len(zones("a")) == 25


SUBCOMMANDS = set(
    "search today yesterday day paper similar subscribe subscriptions edit pause resume delete channel name "
    "unname settings vacation since feed export import forget why help".split()
)


async def test_commands_are_registered_once_and_again_only_when_they_changed(
    fake: FakeDiscord, reader: Reader
) -> None:
    async def restart() -> int:
        adapter = connect(fake)
        await adapter.start(reader)
        await adapter.stop()
        return sum(call.startswith("PUT") for call in fake.calls)

    assert [await restart(), await restart()] == [1, 1]
    group, menu = fake.registered
    assert {sub["name"] for sub in group["options"]} == SUBCOMMANDS
    assert (menu["name"], menu["type"]) == ("Find papers like this message", 3)
    assert (group["contexts"], group["integration_types"]) == ([0, 1, 2], [0, 1])
    fake.registered.reverse()
    assert await restart() == 1
    del fake.registered[0]
    assert [await restart(), await restart()] == [2, 2]
    fake.registered[0]["options"].pop()
    assert [await restart(), await restart()] == [3, 3]


def test_the_menu_of_a_message_has_no_description_of_its_own() -> None:
    ours = [{"name": "Find papers", "type": 3, "contexts": [0, 1]}]
    assert same_commands(ours, [ours[0] | {"id": "1", "description": "", "options": []}])
    assert not same_commands(ours, [ours[0] | {"type": 2}])


OPTION = {"type": 3, "name": "when", "description": "How often", "required": False}
NUMBER = {"type": 4, "name": "most", "description": "How many", "min_value": 0, "max_value": 100}
DAILY, WEEKLY = {"name": "daily", "value": "daily"}, {"name": "weekly", "value": "weekly"}
CHOICE = OPTION | {"choices": [DAILY, WEEKLY]}


def command(*options: dict[str, Any]) -> dict[str, Any]:
    return {"name": "papers", "type": 1, "nsfw": False, "contexts": [0, 1], "options": list(options)}


def test_what_discord_fills_in_is_no_change() -> None:
    ours = [command(CHOICE, NUMBER)]
    named = [choice | {"name_localizations": None} for choice in (DAILY, WEEKLY)]
    theirs = command(CHOICE | {"choices": named, "description_localized": "x"}, NUMBER | {"min_value": 0.0})
    assert same_commands(
        ours, [theirs | {"id": "1", "version": "2", "contexts": [1, 0], "dm_permission": True}]
    )
    del theirs["options"][0]["required"]
    assert same_commands(ours, [theirs])


CHANGED: dict[str, Any] = {
    "an option is required": command(CHOICE | {"required": True}, NUMBER),
    "another choice": command(CHOICE | {"choices": [DAILY, WEEKLY | {"value": "monthly"}]}, NUMBER),
    "another name of a choice": command(CHOICE | {"choices": [DAILY, WEEKLY | {"name": "monthly"}]}, NUMBER),
    "one choice less": command(CHOICE | {"choices": [DAILY]}, NUMBER),
    "choices in another order": command(CHOICE | {"choices": [WEEKLY, DAILY]}, NUMBER),
    "no choices": command(OPTION, NUMBER),
    "another least number": command(CHOICE, NUMBER | {"min_value": 1}),
    "no least number": command(CHOICE, NUMBER | {"min_value": None}),
    "another greatest number": command(CHOICE, NUMBER | {"max_value": 10}),
    "a file instead of a number": command(CHOICE, NUMBER | {"type": 11}),
    "completed": command(CHOICE, NUMBER | {"autocomplete": True}),
    "options in another order": command(NUMBER, CHOICE),
    "another kind of command": command(CHOICE, NUMBER) | {"type": 3},
    "strange choices": command(CHOICE | {"choices": [None, 7, "daily"]}, NUMBER),
}


@pytest.mark.parametrize("theirs", CHANGED.values(), ids=CHANGED)
def test_what_is_a_change(theirs: dict[str, Any]) -> None:
    assert not same_commands([command(CHOICE, NUMBER)], [theirs])


@pytest.mark.parametrize("theirs", [[], None, {}, [None], "papers"], ids=repr)
def test_no_commands_are_others(theirs: object) -> None:
    assert not same_commands([command(CHOICE, NUMBER)], theirs)
