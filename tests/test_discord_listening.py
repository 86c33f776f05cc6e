"""Commands and buttons on Discord: the real discord.py against a real gateway on loopback."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.discord.app import DiscordAdapter
from bot.adapter import InstallationGone, Temporary
from bot.markup import Button, Message
from bot.places import Place
from bot.request import Reply, Request
from tests.discord_reader import NOW, Reader, connect
from tests.fakes import discord_store as store
from tests.fakes.discord import FakeDiscord
from tests.logs import captured_logs


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


def text(message: dict[str, Any]) -> str:
    return store.shown(message)


ASKED: dict[str, tuple[str, dict[str, Any], str]] = {
    "today": ("today", {}, "today"),
    "yesterday": ("yesterday", {}, "yesterday"),
    "a day": ("day", {"date": "2026-07-28"}, "2026-07-28"),
    "a paper": ("paper", {"paper": "2607.25895"}, "paper 2607.25895"),
    "help": ("help", {}, "help"),
    "help on a topic": ("help", {"topic": "channel"}, "help channel"),
}


@pytest.mark.parametrize(("name", "options", "asked"), ASKED.values(), ids=ASKED)
@pytest.mark.usefixtures("adapter")
async def test_a_command_is_answered_to_the_person_alone(
    fake: FakeDiscord, reader: Reader, name: str, options: dict[str, Any], asked: str
) -> None:
    [answer] = await fake.command(name, **options)
    assert reader.requests == [Request(asked, fake.place, store.PERSON, NOW)]
    assert text(answer).startswith("You asked for")
    assert answer["ephemeral"]
    assert fake.transcript == []


@pytest.mark.usefixtures("adapter")
async def test_in_a_direct_message_the_place_is_the_person(fake: FakeDiscord, reader: Reader) -> None:
    await fake.command("today", where=fake.direct)
    assert reader.requests[0].place == Place("discord", f"@{store.PERSON}")


@pytest.mark.usefixtures("adapter")
async def test_in_a_thread_the_place_is_the_thread(fake: FakeDiscord, reader: Reader) -> None:
    await fake.command("today", where=Place("discord", store.THREAD))
    assert reader.requests[0].place == Place("discord", store.THREAD)


@pytest.mark.usefixtures("adapter")
async def test_a_command_is_acknowledged_before_it_is_worked_on(fake: FakeDiscord, reader: Reader) -> None:
    reader.free.clear()
    asked = await fake.interactions.ask("today")
    assert await asked.acknowledged() == {"type": 5, "data": {"flags": 64}}
    assert asked.said == []
    reader.free.set()
    await asked.until(lambda asked: asked.said)


@pytest.mark.usefixtures("adapter")
async def test_a_slow_command_holds_up_no_other(fake: FakeDiscord, reader: Reader) -> None:
    reader.free.clear()
    slow = [await fake.interactions.ask("today") for _ in range(3)]
    for asked in slow:
        await asked.acknowledged()
    assert [asked.said for asked in slow] == [[], [], []]
    reader.free.set()
    for asked in slow:
        await asked.until(lambda asked: asked.said)
    assert all(len(asked.said) == 1 for asked in slow)


@pytest.mark.usefixtures("adapter")
async def test_a_long_answer_comes_in_five_private_messages_at_most(
    fake: FakeDiscord, reader: Reader
) -> None:
    reader.reply = Reply(tuple(Message(f"Part {number}") for number in range(7)))
    answers = await fake.command("today", answers=5)
    await fake.command("help", answers=5)
    assert [text(answer) for answer in answers] == [f"**Part {number}**" for number in range(5)]
    assert all(answer["ephemeral"] for answer in answers)


@pytest.mark.usefixtures("adapter")
async def test_an_answer_for_all_is_seen_by_all(fake: FakeDiscord, reader: Reader) -> None:
    reader.reply = Reply((Message("For everyone"),), private=False)
    asked = await fake.interactions.ask("today")
    await asked.until(lambda asked: asked.said)
    assert asked.deleted
    assert not asked.said[0]["ephemeral"]


async def test_a_button_in_a_channel_works_after_a_restart_and_answers_privately(
    fake: FakeDiscord, reader: Reader
) -> None:
    first = connect(fake)
    await first.send(fake.place, Message("Papers", buttons=(Button("Older", "yesterday"),)), "d.0")
    await first.stop()
    second = connect(fake)
    await second.start(reader)

    [answer] = await fake.click("papers:yesterday")
    assert reader.requests == [Request("yesterday", fake.place, store.PERSON, NOW)]
    assert (answer["ephemeral"], answer["edits"]) == (True, False)
    await second.stop()


@pytest.mark.usefixtures("adapter")
async def test_a_button_on_a_private_answer_changes_that_answer(fake: FakeDiscord) -> None:
    await fake.command("today")
    [answer] = await fake.click("papers:yesterday")
    assert answer["edits"]
    assert text(answer).startswith("You asked for yesterday")


async def test_a_wrong_token_says_what_to_do(fake: FakeDiscord, reader: Reader) -> None:
    stranger = connect(fake, DISCORD_BOT_TOKEN="d3Jvbmc.wrong.wrong")
    with pytest.raises(InstallationGone, match="reset it on the Bot page"):
        await stranger.start(reader)
    assert len(fake.calls) == 1
    await stranger.stop()


@pytest.mark.parametrize("code", [4004, 4014])
async def test_a_bot_that_is_shut_out_later_says_so(
    fake: FakeDiscord, adapter: DiscordAdapter, code: int
) -> None:
    waiting = asyncio.create_task(adapter.wait())
    await fake.gateway.shut_out(code)
    with pytest.raises(InstallationGone):
        await waiting
    await adapter.stop()


async def test_a_bot_that_is_shut_out_at_the_door_does_not_start(fake: FakeDiscord, reader: Reader) -> None:
    fake.gateway.refuses = 4014
    adapter = connect(fake)
    with pytest.raises(InstallationGone, match="intents"):
        await adapter.start(reader)
    await adapter.stop()


async def test_too_many_starts_are_not_made_worse(fake: FakeDiscord, reader: Reader) -> None:
    fake.api.starts_left = 0
    adapter = connect(fake)
    with pytest.raises(Temporary, match="too often"):
        await adapter.start(reader)
    await adapter.stop()
    assert fake.gateway.identified == 0


@pytest.mark.usefixtures("adapter")
async def test_a_lost_connection_is_made_again(fake: FakeDiscord) -> None:
    await fake.gateway.shut_out(1001)
    await fake.gateway.until_connected()
    [answer] = await fake.command("today")
    assert text(answer).startswith("You asked for today")


async def test_stopping_cuts_off_what_is_being_answered(
    fake: FakeDiscord, adapter: DiscordAdapter, reader: Reader
) -> None:
    reader.free.clear()
    asked = await fake.interactions.ask("today")
    await asked.acknowledged()
    waiting = asyncio.create_task(adapter.wait())
    await adapter.stop()
    await adapter.stop()
    await waiting
    assert asked.said == []
    mine = asyncio.current_task()
    left = [task for task in asyncio.all_tasks() if task is not mine and "aiohttp" not in repr(task)]
    assert [task.get_name() for task in left if "discord" in repr(task).lower()] == []


@pytest.mark.usefixtures("adapter")
async def test_an_answer_that_is_refused_is_a_line_in_the_log(fake: FakeDiscord, reader: Reader) -> None:
    reader.free.clear()
    asked = await fake.interactions.ask("today")
    await asked.acknowledged()
    asked.deleted = True  # the person dismissed it
    with captured_logs() as logs:
        reader.free.set()
        await asked.until(lambda asked: asked.refused)
        await fake.command("help")
    assert ("answer_lost", "discord") in [(entry["event"], entry["platform"]) for entry in logs]
    assert asked.token not in str(logs)


@pytest.mark.usefixtures("adapter")
async def test_a_message_that_cannot_be_rendered_still_means_one_kind_sentence(
    fake: FakeDiscord, reader: Reader
) -> None:
    reader.reply = Reply((Message(lines=(None,)),))  # type: ignore[arg-type]  # the bug that is meant
    with captured_logs() as logs:
        [answer] = await fake.command("today")
    assert text(answer).startswith("Sorry, that went wrong")
    assert [entry["event"] for entry in logs] == ["answer_failed"]


async def test_the_registration_of_commands_is_in_the_log(fake: FakeDiscord, reader: Reader) -> None:
    adapter = connect(fake)
    with captured_logs() as logs:
        await adapter.start(reader)
    await adapter.stop()
    assert logs == [{"event": "commands_registered", "platform": "discord", "log_level": "info"}]
