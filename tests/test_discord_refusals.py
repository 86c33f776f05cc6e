"""What Discord refuses, and what the adapter says of it."""

from collections.abc import AsyncIterator

import pytest

from adapters.discord.app import DiscordAdapter
from bot.adapter import (
    AdapterError,
    Ambiguous,
    InstallationGone,
    PlaceGone,
    RateLimited,
    Rejected,
    Temporary,
)
from bot.markup import Message
from bot.places import Place
from bot.settings import read_settings
from tests.fakes import Fault
from tests.fakes import discord_store as store
from tests.fakes.discord import FakeDiscord

HEAD = Message("Paper Tigers fold", "https://huggingface.co/papers/2607.1")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as running:
        yield running
        assert running.violations == []


@pytest.fixture
async def adapter(fake: FakeDiscord) -> AsyncIterator[DiscordAdapter]:
    made = DiscordAdapter(read_settings(**fake.environment))
    yield made
    await made.stop()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("404", "not there any more"),
        (store.NO_PERMISSION, "Send Messages in Threads"),
        (store.HIDDEN, "View Channel"),
        (store.TAGGED_FORUM, "tag"),
        (store.LOCKED, "locked"),
        (f"@{store.CLOSED_PERSON}", "direct messages"),
        ("@404", "no such person"),
    ],
)
async def test_a_place_that_is_gone_says_what_helps(
    fake: FakeDiscord, adapter: DiscordAdapter, address: str, words: str
) -> None:
    with pytest.raises(PlaceGone, match=words):
        await adapter.send(Place("discord", address), HEAD, "d.0")
    assert fake.transcript == []


@pytest.mark.parametrize("place", [FakeDiscord.place, FakeDiscord.forum, FakeDiscord.direct], ids=str)
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("429", RateLimited),
        ("500", Temporary),
        ("html", Temporary),
        ("drop", Ambiguous),
        ("lost", Ambiguous),
        ("gone", PlaceGone),
        ("revoked", InstallationGone),
        ("invalid", Rejected),
    ],
)
async def test_each_fault_has_its_error_and_is_not_tried_again(
    fake: FakeDiscord, adapter: DiscordAdapter, place: Place, fault: Fault, error: type[AdapterError]
) -> None:
    fake.fail_next(fault)
    with pytest.raises(error) as raised:
        await adapter.send(place, HEAD, "d.0")
    assert len([call for call in fake.calls if call.startswith("POST /channels")]) == 1
    assert len(fake.transcript) == (fault == "lost")
    assert fake.token not in str(raised.value)


async def test_a_malformed_message_is_logged_by_path_and_not_by_text(
    fake: FakeDiscord, adapter: DiscordAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    fake.fail_next("invalid")
    with pytest.raises(Rejected, match=r"embeds\.0\.title"):
        await adapter.send(fake.place, HEAD, "d.0")
    assert "embeds.0.title BASE_TYPE_BAD" in caplog.text
    assert "Paper" not in caplog.text


async def test_a_rate_limit_that_is_known_costs_no_call() -> None:
    clock = Clock()
    async with FakeDiscord(limits=True, clock=clock) as fake:
        adapter = DiscordAdapter(read_settings(**fake.environment), clock=clock)
        for number in range(5):
            await adapter.send(fake.place, HEAD, f"d.{number}")
        before = len(fake.calls)
        with pytest.raises(RateLimited) as raised:
            await adapter.send(fake.place, HEAD, "d.5")
        assert raised.value.retry_after == pytest.approx(5.0)
        assert len(fake.calls) == before
        await adapter.send(fake.direct, HEAD, "d.6")

        clock.now += raised.value.retry_after
        await adapter.send(fake.place, HEAD, "d.5")
        assert len(fake.transcript) == 7
        await adapter.stop()
