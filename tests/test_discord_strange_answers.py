"""Answers that Discord does not give, and what the adapter makes of them."""

import pytest

from adapters.discord.app import DiscordAdapter
from bot.adapter import Ambiguous, Temporary
from bot.markup import Message
from bot.places import Place
from bot.request import Reply, Request
from bot.settings import read_settings
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_stranger import stranger

HEAD = Message("Paper Tigers fold", "https://huggingface.co/papers/2607.1")


async def silent(_request: Request) -> Reply:
    return Reply(())


NOTHING = [
    "{}",
    "null",
    "[]",
    "7",
    "hello",
    '{"id": null, "type": 0}',
    '{"id": "1", "type": "0"}',
    "[" * 9999,
]
SOMEWHERE = '{"id": "1001", "type": 0}'
FORUM = '{"id": "1003", "type": 15, "guild_id": "900"}'
ME = '{"id": "700"}'


@pytest.mark.parametrize("place", [FakeDiscord.place, FakeDiscord.direct], ids=str)
@pytest.mark.parametrize("answer", [*NOTHING, '{"id": "1", "type": Infinity}'])
async def test_a_strange_answer_about_a_channel_is_temporary(place: Place, answer: str) -> None:
    async with stranger(answer) as url:
        adapter = DiscordAdapter(read_settings(DISCORD_BOT_TOKEN="x", DISCORD_API_URL=url))
        with pytest.raises(Temporary):
            await adapter.send(place, HEAD, "d.0")
        await adapter.stop()


@pytest.mark.parametrize("channel", [SOMEWHERE, FORUM], ids=["channel", "forum"])
@pytest.mark.parametrize("answer", NOTHING[:6])
async def test_a_strange_answer_to_a_message_leaves_doubt(channel: str, answer: str) -> None:
    async with stranger(channel, answer) as url:
        adapter = DiscordAdapter(read_settings(DISCORD_BOT_TOKEN="x", DISCORD_API_URL=url))
        with pytest.raises(Ambiguous):
            await adapter.send(FakeDiscord.place, HEAD, "d.0")
        await adapter.stop()


@pytest.mark.parametrize(
    "before", [(SOMEWHERE,), (FORUM,), (FORUM, ME)], ids=["messages", "who we are", "posts"]
)
@pytest.mark.parametrize("answer", ["{}", "null", "7", "hello"])
async def test_a_strange_answer_to_a_question_is_not_a_no(before: tuple[str, ...], answer: str) -> None:
    """To find nothing would mean to post again."""
    async with stranger(*before, answer) as url:
        adapter = DiscordAdapter(read_settings(DISCORD_BOT_TOKEN="x", DISCORD_API_URL=url))
        with pytest.raises(Temporary):
            await adapter.find(FakeDiscord.place, "d.0")
        await adapter.stop()


@pytest.mark.parametrize("answer", ["{}", "null", "[]", "hello", '{"url": [], "session_start_limit": null}'])
async def test_a_stranger_in_discords_place_is_temporary(answer: str) -> None:
    async with stranger(answer) as url:
        adapter = DiscordAdapter(read_settings(DISCORD_BOT_TOKEN=FakeDiscord.token, DISCORD_API_URL=url))
        with pytest.raises(Temporary):
            await adapter.start(silent)
        await adapter.stop()
