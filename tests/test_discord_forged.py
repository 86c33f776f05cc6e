"""Forms that nobody was shown: a client of one's own making can send anything."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.discord.app import DiscordAdapter
from bot.request import Request
from tests.discord_reader import NOW, Reader, connect, opened
from tests.fakes import discord_store as store
from tests.fakes.discord import FakeDiscord


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as running:
        yield running
        assert running.violations == []


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture(autouse=True)
async def adapter(fake: FakeDiscord, reader: Reader) -> AsyncIterator[DiscordAdapter]:
    made = connect(fake)
    await made.start(reader)
    yield made
    await made.stop()


def component(name: Any, value: Any) -> dict[str, Any]:
    return {"type": 18, "component": {"type": 4, "custom_id": name, "value": value}}


FOREIGN = {
    "another bot's": "survey-1",
    "no command": "papers-modal:",
    "a button's": "papers:delete 3",
    "rows": "papers-modal:edit 3\ndelete 3",
    "a prefix before it": "x papers-modal:edit 3",
    "too long": "papers-modal:" + "x" * 88,
}


@pytest.mark.parametrize("custom_id", FOREIGN.values(), ids=FOREIGN)
async def test_a_forged_form_that_is_none_of_ours_asks_for_nothing(
    fake: FakeDiscord, reader: Reader, custom_id: str
) -> None:
    asked = await opened(fake, reader)
    forged = await fake.interactions.forge({"custom_id": custom_id, "components": []}, asked)
    await fake.command("today")
    assert [request.text for request in reader.requests] == ["subscriptions", "edit 3", "today"]
    assert forged.callback is None


async def test_a_forged_command_is_what_the_same_person_could_have_typed(
    fake: FakeDiscord, reader: Reader
) -> None:
    """Whether it may be done is for the core to say: it gets the person whom Discord names."""
    asked = await opened(fake, reader)
    data = {"custom_id": "papers-modal:edit 77", "components": [component("owner", "discord:2002")]}
    forged = await fake.interactions.forge(data, asked)
    await forged.until(lambda asked: asked.said)
    assert reader.requests[-1] == Request(
        "edit 77", fake.place, store.PERSON, NOW, fields={"owner": "discord:2002"}
    )


HOSTILE: dict[str, tuple[list[Any], dict[str, str]]] = {
    "mentions and signs": (
        [component("filter", "@everyone <@2001>\x00\u202e\n`")],
        {"filter": "@everyone <@2001>\x00\u202e\n`"},
    ),
    "half a pair": ([component("filter", "\ud800")], {"filter": "\ud800"}),
    "too long": ([component("filter", "x" * 9999)], {"filter": "x" * 4000}),
    "no text": ([component("filter", {"a": 1}), component("time", 7)], {"filter": "", "time": ""}),
    "no name": ([component("", "a"), component(7, "b"), component("a b", "c"), component("é", "d")], {}),
    "no component": ([{"type": 18}, {"type": 18, "component": None}, {"type": 10, "id": 1}], {}),
    "no values": ([{"type": 18, "component": {"custom_id": "style", "values": []}}], {"style": ""}),
    "strange values": ([{"type": 18, "component": {"custom_id": "style", "values": [None]}}], {"style": ""}),
    "many": (
        [component(letter, letter) for letter in "abcdefgh"],
        {letter: letter for letter in "abcde"},
    ),
}


@pytest.mark.parametrize(("components", "fields"), HOSTILE.values(), ids=HOSTILE)
async def test_hostile_fields_are_only_texts(
    fake: FakeDiscord, reader: Reader, components: list[Any], fields: dict[str, str]
) -> None:
    asked = await opened(fake, reader)
    data = {"custom_id": "papers-modal:edit 3", "components": components}
    forged = await fake.interactions.forge(data, asked)
    await forged.until(lambda asked: asked.said)
    assert reader.requests[-1].fields == fields
