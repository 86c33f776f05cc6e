"""What Discord refuses, and what the adapter says of it."""

from collections.abc import AsyncIterator
from typing import Any

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
    Thread,
)
from bot.markup import Message
from bot.places import Place
from bot.settings import read_settings
from tests.fakes import Fault
from tests.fakes import discord_store as store
from tests.fakes.discord import FakeDiscord
from tests.logs import captured_logs

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
    fake: FakeDiscord, adapter: DiscordAdapter
) -> None:
    fake.fail_next("invalid")
    with captured_logs() as logs, pytest.raises(Rejected, match=r"embeds\.0\.title"):
        await adapter.send(fake.place, HEAD, "d.0")
    [entry] = logs
    assert (entry["event"], entry["platform"]) == ("call_rejected", "discord")
    assert "embeds.0.title BASE_TYPE_BAD" in entry["reason"]
    assert "Paper" not in str(logs)


CLOSED_THREADS: dict[str, tuple[dict[str, Any] | None, str]] = {
    "deleted": (None, "thread of this digest is gone"),
    "locked": ({"refuses": 160005}, "thread of this digest is locked"),
    "archived and locked": ({"archived": True, "locked": True}, "thread of this digest is locked"),
    "archived for good": ({"archived": True, "stays_archived": True}, "thread of this digest is archived"),
}


@pytest.mark.parametrize("place", [FakeDiscord.place, FakeDiscord.forum], ids=["channel", "forum"])
@pytest.mark.parametrize(("change", "words"), CLOSED_THREADS.values(), ids=CLOSED_THREADS)
async def test_a_thread_that_a_moderator_closed_costs_its_digest_alone(
    fake: FakeDiscord, adapter: DiscordAdapter, place: Place, change: dict[str, Any] | None, words: str
) -> None:
    head = await adapter.send(place, HEAD, "d.0")
    thread = Thread(head, "Daily Papers")
    reply = await adapter.send(place, HEAD, "d.1", thread)
    if change is None:
        del fake.channels[head.split(":")[1]]
    for name, value in (change or {}).items():
        setattr(fake.channels[head.split(":")[1]], name, value)

    with pytest.raises(Rejected, match=words):
        await adapter.send(place, HEAD, "d.2", thread)
    with pytest.raises(Rejected, match=words):
        await adapter.edit(place, reply, HEAD)
    await adapter.send(place, HEAD, "d2.0")


async def test_a_thread_that_went_with_its_channel_means_that_the_place_is_gone(
    fake: FakeDiscord, adapter: DiscordAdapter
) -> None:
    thread = Thread(await adapter.send(fake.place, HEAD, "d.0"), "Daily Papers")
    await adapter.send(fake.place, HEAD, "d.1", thread)
    del fake.channels[thread.ref.split(":")[1]], fake.channels[store.TEXT]
    with pytest.raises(PlaceGone, match="not there any more"):
        await adapter.send(fake.place, HEAD, "d.2", thread)


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
