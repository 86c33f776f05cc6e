"""Posting to Discord, against a fake that refuses what Discord refuses."""

import subprocess
import sys
from collections.abc import AsyncIterator

import pytest

from adapters.discord.app import DiscordAdapter
from bot.adapter import (
    Ambiguous,
    Rejected,
    Thread,
)
from bot.markup import Button, Card, Message, Span, line
from bot.places import Place
from bot.settings import read_settings
from tests.fakes import discord_store as store
from tests.fakes.discord import FakeDiscord

HEAD = Message(
    title="Daily Papers · Wed 29 Jul 2026 · 2 papers, 9 upvotes",
    title_url="https://huggingface.co/papers/date/2026-07-29",
    lines=(line(Span("Paper Tigers", "https://huggingface.co/papers/2607.1"), " · 6 upvotes"),),
)
REPLY = Message(cards=(Card(Span("Paper Tigers", "https://huggingface.co/papers/2607.1"), "They fold."),))
UNTITLED = Message(lines=(line("Only a line"),))
UNLINKED = Message("A title that leads nowhere", lines=(line("and a line"),))

THREAD_PLACE = Place("discord", store.THREAD)
VOICE_PLACE = Place("discord", store.VOICE)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def connect(fake: FakeDiscord, **environment: str) -> DiscordAdapter:
    return DiscordAdapter(read_settings(**(fake.environment | environment)))


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as running:
        yield running
        assert running.violations == []


@pytest.fixture
async def adapter(fake: FakeDiscord) -> AsyncIterator[DiscordAdapter]:
    made = connect(fake)
    yield made
    await made.stop()


def posts(fake: FakeDiscord) -> list[tuple[str, str | None, str | None]]:
    return [(posted.place, posted.thread, posted.key) for posted in fake.transcript]


@pytest.mark.parametrize("place", [store.TEXT, store.ANNOUNCEMENT])
async def test_a_channel_gets_a_head_and_a_thread_under_it(
    fake: FakeDiscord, adapter: DiscordAdapter, place: str
) -> None:
    head = await adapter.send(Place("discord", place), HEAD, "d.0")
    thread = Thread(head, "Daily Papers")
    await adapter.send(Place("discord", place), REPLY, "d.1", thread)
    await adapter.send(Place("discord", place), REPLY, "d.2", thread)

    channel, opening = head.split(":")
    assert channel == place
    assert posts(fake) == [(place, None, "d.0"), (place, opening, "d.1"), (place, opening, "d.2")]
    assert fake.channels[opening].name == "Daily Papers"
    assert [call for call in fake.calls if call.endswith("/threads")] == [
        f"POST /channels/{place}/messages/{opening}/threads"
    ]
    assert fake.calls.count(f"GET /channels/{place}") == 1


async def test_only_the_head_rings(fake: FakeDiscord, adapter: DiscordAdapter) -> None:
    head = await adapter.send(fake.direct, HEAD, "d.0")
    await adapter.send(fake.direct, REPLY, "d.1", Thread(head, "Daily Papers"))
    silent = 1 << 12
    assert [posted.body.get("flags", 0) & silent for posted in fake.transcript] == [0, silent]


async def test_a_forum_gets_a_post_with_replies(fake: FakeDiscord, adapter: DiscordAdapter) -> None:
    head = await adapter.send(fake.forum, HEAD, "d.0")
    await adapter.send(fake.forum, REPLY, "d.1", Thread(head, HEAD.title))

    post = head.split(":")[0]
    assert fake.channels[post].name == HEAD.title
    assert posts(fake) == [(store.FORUM, None, None), (store.FORUM, post, "d.1")]


@pytest.mark.parametrize(
    ("place", "channel"),
    [(FakeDiscord.direct, store.DM), (THREAD_PLACE, store.THREAD), (VOICE_PLACE, store.VOICE)],
    ids=["direct message", "thread", "voice channel"],
)
async def test_where_no_thread_can_be_opened_replies_refer_to_the_head(
    fake: FakeDiscord, adapter: DiscordAdapter, place: Place, channel: str
) -> None:
    head = await adapter.send(place, HEAD, "d.0")
    answer = await adapter.send(place, REPLY, "d.1", Thread(head, HEAD.title))

    assert posts(fake) == [(place.address, None, "d.0"), (place.address, None, "d.1")]
    assert fake.transcript[1].body["message_reference"]["message_id"] == head.split(":")[1]
    assert answer.split(":")[0] == channel
    assert await adapter.find(place, "d.1", Thread(head, HEAD.title)) == answer


async def test_the_channel_of_a_person_is_asked_for_once(fake: FakeDiscord, adapter: DiscordAdapter) -> None:
    for number in range(3):
        await adapter.send(fake.direct, HEAD, f"d.{number}")
    assert fake.calls.count("POST /users/@me/channels") == 1


@pytest.mark.parametrize("place", [FakeDiscord.place, FakeDiscord.forum, FakeDiscord.direct], ids=str)
@pytest.mark.parametrize("message", [HEAD, UNTITLED, UNLINKED], ids=["head", "untitled", "unlinked"])
async def test_what_was_lost_is_found_after_a_restart(
    fake: FakeDiscord, place: Place, message: Message
) -> None:
    first, second = connect(fake), connect(fake)
    await first.send(place, HEAD, "d.00")
    fake.fail_next("lost")
    with pytest.raises(Ambiguous):
        await first.send(place, message, "d.0")
    await first.stop()

    found = await second.find(place, "d.0")
    assert found is not None
    assert found.split(":")[1] == fake.transcript[-1].id
    assert await second.find(place, "d.1") is None
    await second.stop()


async def test_in_a_thread_that_is_not_open_yet_nothing_is_found(
    fake: FakeDiscord, adapter: DiscordAdapter
) -> None:
    head = await adapter.send(fake.place, HEAD, "d.0")
    assert await adapter.find(fake.place, "d.1", Thread(head, HEAD.title)) is None


async def test_a_post_is_found_in_the_archive_of_a_forum(fake: FakeDiscord, adapter: DiscordAdapter) -> None:
    head = await adapter.send(fake.forum, HEAD, "d.0")
    fake.channels[head.split(":")[0]].archived = True
    assert await adapter.find(fake.forum, "d.0") == head


async def test_somebody_who_quotes_the_address_of_a_message_is_not_the_bot(
    fake: FakeDiscord, adapter: DiscordAdapter
) -> None:
    """A person who pastes a link gets an embed with the same address."""
    await adapter.send(fake.place, HEAD, "d.0")
    for message in fake.channels[store.TEXT].messages.values():
        message["author"]["bot"] = False
    assert await adapter.find(fake.place, "d.0") is None


@pytest.mark.parametrize("place", [FakeDiscord.place, FakeDiscord.direct], ids=str)
async def test_one_key_is_one_message_for_some_minutes(place: Place) -> None:
    clock = Clock()
    async with FakeDiscord(clock=clock) as fake:
        first, second = connect(fake), connect(fake)
        refs = {await first.send(place, HEAD, "d.0"), await second.send(place, HEAD, "d.0")}
        assert len(refs) == len(fake.transcript) == 1
        clock.now += 3600
        assert await second.find(place, "d.0") in refs
        await first.stop()
        await second.stop()


async def test_a_restart_goes_on_in_the_thread_that_is_open(fake: FakeDiscord) -> None:
    first, second = connect(fake), connect(fake)
    head = await first.send(fake.place, HEAD, "d.0")
    await first.send(fake.place, REPLY, "d.1", Thread(head, HEAD.title))
    await first.stop()
    await second.send(fake.place, REPLY, "d.2", Thread(head, HEAD.title))
    await second.stop()

    opening = head.split(":")[1]
    assert [thread for _, thread, _ in posts(fake)] == [None, opening, opening]


async def test_an_archived_thread_is_fetched_back(fake: FakeDiscord, adapter: DiscordAdapter) -> None:
    head = await adapter.send(fake.place, HEAD, "d.0")
    answer = await adapter.send(fake.place, REPLY, "d.1", Thread(head, HEAD.title))
    thread = fake.channels[head.split(":")[1]]
    thread.archived = True
    await adapter.send(fake.place, REPLY, "d.2", Thread(head, HEAD.title))
    assert not thread.archived
    thread.archived = True
    await adapter.edit(fake.place, answer, UNTITLED)
    assert [posted.text for posted in fake.transcript if posted.key == "d.1"] == ["Only a line"]


async def test_an_edit_takes_old_buttons_away(fake: FakeDiscord, adapter: DiscordAdapter) -> None:
    ref = await adapter.send(fake.place, Message("Old", buttons=(Button("More", "today"),)), "d.0")
    await adapter.edit(fake.place, ref, UNTITLED)
    [posted] = fake.transcript
    assert posted.text == "Only a line"


async def test_the_limits_that_are_declared_hold_whole(fake: FakeDiscord, adapter: DiscordAdapter) -> None:
    title = (
        "Twenty titles of a hundred and ten characters each (with-hyphens_and *stars*) must all be there " * 2
    )
    spans = tuple(
        line(
            f"{number + 1}. ",
            Span(title[:110], f"https://huggingface.co/papers/2607.{number:05}"),
            " · 412 upvotes",
        )
        for number in range(adapter.limits.lines)
    )
    card = REPLY.cards[0]
    long = Card(
        card.title, "A summary. " * 27, (line("Many, names, of people" * 3), line("412 upvotes · code"))
    )
    await adapter.send(
        fake.place, Message(HEAD.title, HEAD.title_url, lines=spans, note=line("small")), "d.0"
    )
    await adapter.send(fake.place, Message(cards=(long,) * adapter.limits.cards), "d.1")

    lines, cards = (posted.text for posted in fake.transcript)
    assert lines.count("https://huggingface.co/papers/2607.") == adapter.limits.lines
    assert "…" not in lines
    assert "…" not in cards


async def test_a_reference_of_another_platform_is_refused(fake: FakeDiscord, adapter: DiscordAdapter) -> None:
    with pytest.raises(Rejected):
        await adapter.edit(fake.place, "C0123/../1", HEAD)
    assert fake.calls == []


async def test_an_api_address_may_end_with_a_slash(fake: FakeDiscord) -> None:
    adapter = connect(fake, DISCORD_API_URL=fake.url + "/")
    await adapter.send(fake.place, HEAD, "d.0")
    await adapter.stop()
    assert len(fake.transcript) == 1


def test_sending_alone_loads_no_discord_library_and_calls_nobody() -> None:
    program = """
import asyncio, sys
from adapters.discord import PLATFORM
from bot.settings import read_settings
from tests.shared import SHARED

async def main():
    settings = read_settings(DISCORD_BOT_TOKEN="x", DISCORD_API_URL="http://127.0.0.1:9/")
    adapter = PLATFORM.create(settings, SHARED)
    await adapter.start(None)
    await adapter.stop()

asyncio.run(main())
print("discord" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
