"""Whose call is next: channels before people, installations in turn, so many at a time on each platform."""

import asyncio
from collections.abc import Iterable
from itertools import pairwise

import pytest

from bot.delivery.turns import Turns


class Switchboard:
    """Calls that are under way until they are told to end.

    Attributes:
        begun: the names of the calls, in the order of their turns.
    """

    def __init__(self, at_once: int = 1) -> None:
        self.turns = Turns(at_once)
        self.begun: list[str] = []
        self.calls: dict[str, asyncio.Task[None]] = {}
        self._over: dict[str, asyncio.Event] = {}

    async def call(self, installation: str, names: Iterable[str], direct: bool = True) -> None:
        """Ask for a turn for each of these calls."""
        for name in names:
            self._over[name] = asyncio.Event()
            self.calls[name] = asyncio.create_task(self._carry(installation, name, direct))
        await _settled()

    async def _carry(self, installation: str, name: str, direct: bool) -> None:
        async with self.turns.turn(installation, direct):
            self.begun.append(name)
            await self._over[name].wait()

    async def end(self, name: str) -> None:
        self._over[name].set()
        await _settled()

    async def end_all(self) -> list[str]:
        """Let every call end as soon as its turn has come; the order of the turns."""
        for over in self._over.values():
            over.set()
        for _ in self.calls:
            await _settled()
        assert all(call.done() for call in self.calls.values()), "somebody waits for ever"
        return self.begun


async def _settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_so_many_are_under_way_at_a_time_and_no_more() -> None:
    board = Switchboard(at_once=2)
    await board.call("slack:T1", "abc")
    assert board.begun == ["a", "b"]

    await board.end("a")
    assert board.begun == ["a", "b", "c"]


async def test_a_platform_that_takes_fewer_calls_gets_fewer() -> None:
    turns = Turns(8)
    under_way = most = 0

    async def call(installation: str, at_once: int | None) -> None:
        nonlocal under_way, most
        async with turns.turn(installation, direct=True, at_once=at_once):
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1

    for installation, at_once, expected in (("email:", 3, 3), ("slack:T1", None, 8)):
        most = 0
        await asyncio.gather(*(call(installation, at_once) for _ in range(20)))
        assert most == expected


async def test_a_platform_that_hangs_holds_up_no_other() -> None:
    board = Switchboard()
    await board.call("slack:T1", "ab")
    await board.call("discord:", "x")
    assert board.begun == ["a", "x"]


async def test_channels_go_before_people_whoever_came_first() -> None:
    board = Switchboard()
    await board.call("slack:T1", ["first", "person"])
    await board.call("slack:T2", ["channel"], direct=False)
    assert await board.end_all() == ["first", "channel", "person"]


async def test_installations_take_turns_however_many_calls_one_of_them_has() -> None:
    board = Switchboard()
    await board.call("slack:T1", [f"big {number}" for number in range(6)])
    await board.call("slack:T2", ["small 1", "small 2"])
    await board.call("slack:T3", ["late"])
    order = await board.end_all()
    assert order[:5] == ["big 0", "big 1", "small 1", "late", "big 2"]
    assert order.index("small 2") < order.index("big 3")


async def test_who_comes_anew_does_not_go_before_those_who_have_been_waiting() -> None:
    """An installation that had nothing to say for a while has no turns to make up for."""
    board = Switchboard()
    await board.call("slack:T1", [f"big {number}" for number in range(20)])
    for number in range(10):
        await board.end(f"big {number}")
    await board.call("slack:T2", [f"new {number}" for number in range(5)])
    order = (await board.end_all())[11:]
    assert all(one[:3] != other[:3] for one, other in pairwise(order[:8]))


@pytest.mark.parametrize("gone", ["b", "c"])
async def test_who_gives_up_leaves_the_turn_to_the_next(gone: str) -> None:
    board = Switchboard()
    await board.call("slack:T1", "abcd")
    board.calls[gone].cancel()
    await _settled()
    assert await board.end_all() == [name for name in "abcd" if name != gone]


async def test_who_is_called_and_gives_up_in_the_same_moment_passes_the_turn_on() -> None:
    board = Switchboard()
    await board.call("slack:T1", "abc")
    board._over["a"].set()
    while board.begun == ["a"] and not board.calls["a"].done():
        await asyncio.sleep(0)
    board.calls["b"].cancel()
    order = await board.end_all()
    assert order[-1] == "c"
    await board.call("slack:T1", "d")
    assert board.begun[-1] == "d"


async def test_an_error_ends_a_turn_too() -> None:
    turns = Turns(1)
    for _ in range(2):
        with pytest.raises(ValueError, match="mishap"):
            async with turns.turn("slack:T1", direct=False):
                raise ValueError("mishap")
