"""A bot on many servers: its connections to Discord, shared by several processes."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.discord.app import DiscordAdapter
from adapters.discord.client import Starts
from adapters.discord.gateway import Gateway
from adapters.discord.rest import Rest
from bot.adapter import InstallationGone, Temporary
from bot.places import Place
from bot.settings import read_settings
from bot.shards import Shards
from tests.discord_reader import NOW, Reader
from tests.fakes import discord_store as store
from tests.fakes.discord import FakeDiscord
from tests.logs import captured_logs

CHANNELS = [Place("discord", f"400{number}") for number in range(8)]
"""One on each of eight servers; of four shards, each has two of these."""


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as running:
        on_many_servers(running)
        yield running
        assert running.violations == []


def on_many_servers(fake: FakeDiscord) -> None:
    for number, place in enumerate(CHANNELS):
        guild = str((number << 22) + 123)
        fake.channels[place.address] = store.FakeChannel(place.address, 0, "papers", guild=guild)


async def listening(fake: FakeDiscord, shards: str) -> tuple[DiscordAdapter, Reader]:
    """A process with these shards, "" for no setting, and who hears what comes to it."""
    reader = Reader()
    chosen = {"DISCORD_SHARDS": shards} if shards else {}
    adapter = DiscordAdapter(read_settings(**fake.environment, **chosen), now=lambda: NOW, sleep=at_once)
    try:
        await adapter.start(reader)
    except BaseException:
        await adapter.stop()
        raise
    return adapter, reader


async def at_once(_seconds: float) -> None:
    """For a gateway that takes any number of starts."""


def places(reader: Reader) -> list[Place]:
    return [request.place for request in reader.requests]


async def test_two_processes_with_half_of_the_shards_each_hear_every_server_once(fake: FakeDiscord) -> None:
    first, low = await listening(fake, "0-1/4")
    second, high = await listening(fake, "2,3/4")
    for place in CHANNELS:
        [answer] = await fake.command("today", where=place)
        assert store.shown(answer).startswith("You asked for today")
    await fake.command("today", where=fake.direct)
    await first.stop()
    await second.stop()

    assert places(low) == [*(CHANNELS[number] for number in (0, 1, 4, 5)), fake.direct]
    assert places(high) == [CHANNELS[number] for number in (2, 3, 6, 7)]
    assert sorted(session.shard for session in fake.gateway.sessions) == [(n, 4) for n in range(4)]


async def test_the_commands_are_registered_by_the_first_alone(fake: FakeDiscord) -> None:
    for shards in ("0-1/4", "2/4", "3/4"):
        adapter, _ = await listening(fake, shards)
        await adapter.stop()
    assert [call for call in fake.calls if call.startswith("PUT")] == ["PUT /applications/700/commands"]


async def test_one_that_is_started_again_goes_on_and_the_other_has_noticed_nothing(fake: FakeDiscord) -> None:
    first, low = await listening(fake, "0-1/4")
    second, _ = await listening(fake, "2-3/4")
    await second.stop()
    await fake.command("today", where=CHANNELS[4])
    again, high = await listening(fake, "2-3/4")
    await fake.command("today", where=CHANNELS[6])
    await first.stop()
    await again.stop()

    assert (places(low), places(high)) == ([CHANNELS[4]], [CHANNELS[6]])


async def test_lost_connections_are_made_again_each_for_its_shard(fake: FakeDiscord) -> None:
    adapter, reader = await listening(fake, "1-2/4")
    await fake.gateway.shut_out(1001)
    await fake.gateway.until_connected(2)
    for number in (1, 2):
        await fake.command("today", where=CHANNELS[number])
    await adapter.stop()

    assert places(reader) == CHANNELS[1:3]
    assert fake.gateway.identified == 2  # the sessions were resumed


async def test_while_an_old_and_a_new_process_have_the_same_shard_one_of_them_answers(
    fake: FakeDiscord,
) -> None:
    """As in a rolling upgrade. Discord sends the command to both and takes the first acknowledgement."""
    (old, one), (new, other) = await listening(fake, "0/2"), await listening(fake, "0/2")
    with captured_logs() as logs:
        [_answer] = await fake.command("today", where=CHANNELS[2])
        while not logs:
            await asyncio.sleep(0)
    await old.stop()
    await new.stop()

    assert places(one) + places(other) == [CHANNELS[2]]
    assert [entry["event"] for entry in logs] == ["request_not_acknowledged"]


async def test_without_the_setting_there_are_as_many_as_discord_asks_for(fake: FakeDiscord) -> None:
    fake.gateway.least_shards = 3
    adapter, reader = await listening(fake, "")
    for place in CHANNELS:
        await fake.command("today", where=place)
    await adapter.stop()

    assert sorted(session.shard for session in fake.gateway.sessions) == [(0, 3), (1, 3), (2, 3)]
    assert places(reader) == CHANNELS


async def test_one_connection_is_no_shard_to_discord(fake: FakeDiscord) -> None:
    adapter, reader = await listening(fake, "")
    await fake.command("today", where=CHANNELS[7])
    await adapter.stop()

    assert [(session.shard, session.named) for session in fake.gateway.sessions] == [((0, 1), False)]
    assert places(reader) == [CHANNELS[7]]


async def test_more_starts_than_are_left_today_are_not_tried(fake: FakeDiscord) -> None:
    fake.api.starts_left = 3
    with pytest.raises(Temporary, match="too often"):
        await listening(fake, "0-3/4")
    assert fake.gateway.identified == 0


@pytest.mark.parametrize(
    ("shards", "problem", "says"),
    [("0/2", InstallationGone, "check DISCORD_SHARDS"), ("", Temporary, "more connections")],
)
async def test_a_bot_that_has_grown_needs_more_shards(
    fake: FakeDiscord, shards: str, problem: type[Exception], says: str
) -> None:
    """Who has set how many must know; else the next start finds out by itself."""
    fake.gateway.refuses = 4011
    with pytest.raises(problem, match=says):
        await listening(fake, shards)


async def test_one_shard_that_gets_no_answer_keeps_no_other_from_listening(fake: FakeDiscord) -> None:
    fake.gateway.silent_to = {1}
    reader, rest = Reader(), Rest(fake.url, fake.token)
    starts = Starts(patience=-10.5, sleep=at_once)  # with the pause of two shards half a second
    gateway = Gateway(fake.url, fake.token, rest, reader, None, lambda: NOW, 9.0, Shards((0, 1), 2), starts)
    with captured_logs() as logs:
        await gateway.start()
    await fake.command("today", where=CHANNELS[0])
    fake.gateway.silent_to = {0, 1}
    await gateway.stop()
    with pytest.raises(Temporary, match="out of reach"):
        await gateway.start()
    await rest.close()

    assert [entry["shards"] for entry in logs if entry["event"] == "shards_out_of_reach"] == [[1]]
    assert places(reader) == [CHANNELS[0]]


class Watch:
    """Time that passes by waiting alone."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


@pytest.mark.parametrize(("at_once", "seconds"), [(1, 3 * Starts.PAUSE), (2, Starts.PAUSE), (4, 0)])
async def test_sessions_begin_as_fast_as_discord_allows(at_once: int, seconds: float) -> None:
    watch = Watch()
    async with FakeDiscord(limits=True, clock=watch) as fake:
        fake.gateway.at_once = at_once
        settings = read_settings(**fake.environment, DISCORD_SHARDS="0-3/8")
        adapter = DiscordAdapter(settings, now=lambda: NOW, clock=watch, sleep=watch.sleep)
        await adapter.start(Reader())
        assert len(fake.gateway.connected) == 4
        await adapter.stop()

    assert fake.gateway.refused == 0
    assert watch.now - 100 == pytest.approx(seconds)


async def test_of_two_processes_that_start_at_once_the_one_that_is_refused_tries_again() -> None:
    watch = Watch()
    async with FakeDiscord(limits=True, clock=watch) as fake:
        on_many_servers(fake)
        settings = [read_settings(**fake.environment, DISCORD_SHARDS=shards) for shards in ("0-1/4", "2-3/4")]
        adapters = [DiscordAdapter(one, now=lambda: NOW, clock=watch, sleep=watch.sleep) for one in settings]
        reader = Reader()
        await asyncio.gather(*(adapter.start(reader) for adapter in adapters))
        for place in CHANNELS[:4]:
            await fake.command("today", where=place)
        for adapter in adapters:
            await adapter.stop()

    assert fake.gateway.refused >= 1
    assert fake.gateway.identified == 4
    assert places(reader) == CHANNELS[:4]
