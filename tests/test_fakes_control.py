"""What another process can tell a fake: the weather; and what it can read: the transcript."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.adapter import AdapterError, Ambiguous, RateLimited, Temporary
from bot.markup import Message, line
from tests.fakes.world import World, world_of

HELLO = Message(lines=(line("hello"),))


@pytest.fixture(params=["slack", "discord"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with world_of(request.param) as world:
        yield world


async def tell(world: World, faults: list[str], share: float) -> None:
    async with (
        aiohttp.ClientSession() as http,
        http.post(_control(world, "weather"), json={"faults": faults, "share": share, "seed": 7}) as answer,
    ):
        assert answer.status == 200


async def read(world: World, since: int = 0) -> Any:
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{_control(world, 'transcript')}?since={since}") as answer,
    ):
        return await answer.json()


def _control(world: World, what: str) -> str:
    return f"{world.fake.url.partition('/api')[0]}/control/{what}"


@pytest.mark.parametrize(
    ("fault", "error"), [("429", RateLimited), ("500", Temporary), ("html", Temporary), ("drop", Temporary)]
)
async def test_a_storm_spoils_every_call_until_it_is_over(
    world: World, fault: str, error: type[AdapterError]
) -> None:
    await tell(world, [fault], 1.0)
    for number in range(2):
        with pytest.raises(error):
            await world.adapter.find(world.place, f"part.{number}")

    await tell(world, [], 0.0)
    async with world.another() as adapter:  # one that was told to wait would
        assert await adapter.send(world.place, HELLO, "part.1")


async def test_a_lost_answer_is_one_to_a_message_that_stands_there(world: World) -> None:
    await world.adapter.send(world.place, HELLO, "part.0")  # its channel is known from now on
    await tell(world, ["lost"], 1.0)

    with pytest.raises(Ambiguous):
        await world.adapter.send(world.place, HELLO, "part.1")

    assert len(world.posted) == 2


async def test_a_share_of_all_calls_is_spoilt_and_the_seed_says_which(world: World) -> None:
    async def refused() -> list[bool]:
        await tell(world, ["500"], 0.5)
        return [await _is_refused(world, number) for number in range(20)]

    await world.adapter.send(world.place, HELLO, "part")  # its channel is known from now on
    first = await refused()
    assert {True, False} == set(first)
    assert await refused() == first


async def _is_refused(world: World, number: int) -> bool:
    try:
        await world.adapter.send(world.place, HELLO, f"part.{number}")
    except Temporary:
        return True
    return False


async def test_the_transcript_is_read_from_where_somebody_stopped(world: World) -> None:
    for number in range(3):
        await world.adapter.send(world.place, HELLO, f"part.{number}")

    whole, rest = await read(world), await read(world, since=2)
    assert [post["id"] for post in whole["posted"]] == [post.id for post in world.posted]
    assert rest["posted"] == whole["posted"][2:]
    assert whole["complaints"] == []
