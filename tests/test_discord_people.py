"""What Discord tells of the person who asks: their direct messages, what they may do, what they see."""

from collections.abc import AsyncIterator

import pytest

from adapters.discord.app import DiscordAdapter
from bot.places import Place
from bot.request import Asker
from tests.discord_reader import Reader, connect
from tests.fakes import discord_people as people
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


async def asker(
    fake: FakeDiscord, reader: Reader, person: str = store.PERSON, where: Place | None = None
) -> Asker:
    """Whoever asks, as the core gets to know them."""
    await fake.command("subscriptions", person=person, where=where)
    return reader.requests[-1].asker


@pytest.mark.parametrize("place", [FakeDiscord.place, FakeDiscord.direct, FakeDiscord.forum], ids=str)
async def test_everybody_has_direct_messages(fake: FakeDiscord, reader: Reader, place: Place) -> None:
    await fake.command("today", where=place)
    [request] = reader.requests
    assert request.direct == Place("discord", f"@{store.PERSON}")
    assert request.who == f"discord:{store.PERSON}"


async def test_discord_tells_no_time_zone(fake: FakeDiscord, reader: Reader) -> None:
    assert await (await asker(fake, reader)).zone() is None


MANAGING: dict[str, tuple[int, bool]] = {
    "nothing": (0, False),
    "to read and write": (store.VIEW_CHANNEL | store.SEND_MESSAGES, False),
    "to manage threads": (1 << 34, False),
    "to manage the server": (1 << 5, False),
    "to manage channels": (people.MANAGE_CHANNELS, True),
    "everything": (people.ADMINISTRATOR, True),
}


@pytest.mark.parametrize(("granted", "manages"), MANAGING.values(), ids=MANAGING)
async def test_who_manages_a_channel(fake: FakeDiscord, reader: Reader, granted: int, manages: bool) -> None:
    fake.interactions.granted[store.PERSON] = granted
    assert await (await asker(fake, reader)).manages() is manages


async def test_it_is_the_person_who_asks_that_counts(fake: FakeDiscord, reader: Reader) -> None:
    manager = await asker(fake, reader, store.MANAGER)
    reading = await asker(fake, reader, store.PERSON)
    assert (await manager.manages(), await reading.manages()) == (True, False)


async def test_nobody_manages_direct_messages(fake: FakeDiscord, reader: Reader) -> None:
    fake.interactions.granted[store.PERSON] = people.ADMINISTRATOR
    direct = await asker(fake, reader, where=fake.direct)
    assert await direct.manages() is False
    assert await direct.sees([store.TEXT, fake.direct.address]) == set()


EVERY = [channel.address for channel in store.channels().values()]
OPEN = {
    store.TEXT,
    store.ANNOUNCEMENT,
    store.FORUM,
    store.TAGGED_FORUM,
    store.THREAD,
    store.NO_PERMISSION,
    store.LOCKED,
    store.VOICE,
}
SEEN: dict[str, tuple[str, Place, set[str]]] = {
    "a person": (store.PERSON, FakeDiscord.place, OPEN),
    "a person inside a private thread": (
        store.PERSON,
        Place("discord", store.PRIVATE_THREAD),
        OPEN | {store.PRIVATE_THREAD},
    ),
    "an editor": (store.MANAGER, FakeDiscord.place, OPEN | {store.STAFF}),
    "the owner, who does not lend the bot their eyes": (
        store.OWNER,
        FakeDiscord.place,
        OPEN | {store.STAFF, store.PRIVATE_THREAD},
    ),
}


@pytest.mark.parametrize(("person", "where", "seen"), SEEN.values(), ids=SEEN)
async def test_what_both_see(
    fake: FakeDiscord, reader: Reader, person: str, where: Place, seen: set[str]
) -> None:
    assert await (await asker(fake, reader, person, where)).sees(EVERY) == seen


@pytest.mark.parametrize(
    "address", ["", "@2001", "9999", "C0123", "\u0661\u0660\u0660\u0661", "1" * 21, "900"]
)
async def test_what_is_no_channel_here_is_not_seen(fake: FakeDiscord, reader: Reader, address: str) -> None:
    assert await (await asker(fake, reader)).sees([address]) == set()
