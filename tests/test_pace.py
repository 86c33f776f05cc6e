"""How many commands one person may give: twenty a minute, counted for each alone."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import pace
from bot.pace import MOST, WINDOW, Pace
from bot.places import Place
from bot.request import Request
from storage.database import Database
from tests.factories import NOON
from tests.fakes.clock import Clock
from tests.searching import commands_over
from tests.shelf import Shelf
from tests.someone import words

SECOND = timedelta(seconds=1)


def test_twenty_a_minute_are_answered() -> None:
    counted = Pace()
    assert [counted.wait_for("ana", NOON + number * SECOND) for number in range(MOST)] == [0.0] * MOST
    assert counted.wait_for("ana", NOON + 20 * SECOND) == 40.0
    assert counted.wait_for("ana", NOON + 59 * SECOND) == 1.0
    assert counted.wait_for("ana", NOON + WINDOW) == 0.0  # the first is a minute ago
    assert counted.wait_for("ana", NOON + WINDOW) == 1.0  # and the second is not


def test_a_clock_that_was_put_back_keeps_nobody_waiting() -> None:
    counted, ahead = Pace(), NOON + timedelta(hours=23)
    for _ in range(MOST):
        counted.wait_for("ana", ahead)
    assert counted.wait_for("ana", ahead) > 0
    assert [counted.wait_for("ana", NOON + number * SECOND) for number in range(MOST)] == [0.0] * MOST
    assert counted.wait_for("ana", NOON + 20 * SECOND) == 40.0


def test_one_persons_haste_slows_nobody_else_down() -> None:
    counted = Pace()
    for _ in range(MOST):
        counted.wait_for("slack:T1:U1", NOON)
    assert counted.wait_for("slack:T1:U1", NOON) > 0
    assert counted.wait_for("slack:T2:U1", NOON) == 0.0
    assert counted.wait_for("discord:T1:U1", NOON) == 0.0


def test_who_was_quiet_longest_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "_PEOPLE", 2)
    counted = Pace()
    for who in ("ana", "bob"):
        for _ in range(MOST):
            counted.wait_for(who, NOON)
    assert counted.wait_for("ana", NOON) > 0
    assert counted.wait_for("eve", NOON) == 0.0  # bob is forgotten for her
    assert counted.wait_for("ana", NOON) > 0
    assert counted.wait_for("bob", NOON) == 0.0


@given(st.lists(st.floats(0, 30), min_size=1, max_size=80))
def test_no_minute_holds_more_than_twenty(pauses: list[float]) -> None:
    counted, now, given_at = Pace(), NOON, list[datetime]()
    for pause in pauses:
        now += timedelta(seconds=pause)
        wait = counted.wait_for("ana", now)
        lately = [moment for moment in given_at if now - WINDOW < moment]
        assert (wait == 0.0) == (len(lately) < MOST)
        if wait == 0.0:
            given_at.append(now)
        else:
            assert 0 < wait <= WINDOW.total_seconds()


async def test_past_that_is_a_clear_answer_that_does_nothing(database: Database) -> None:
    commands, clock = commands_over(database, Shelf(), Clock()), Clock()
    place = Place("slack", "@U1")

    async def say(text: str) -> str:
        return words(await commands.handle(Request(text, place, "T1:U1", clock(), place)))

    for _ in range(MOST):
        assert "Time zone" in await say("settings")
    assert await say("settings quiet sat") == "That was a lot at once. Please go on in 60 seconds."
    clock.pass_time(59.4)
    assert await say("settings") == "That was a lot at once. Please go on in 1 second."
    clock.pass_time(1)
    assert "Quiet weekdays: none" in await say("settings")
