"""`/papers vacation`: nothing until a day, and then the best of what was missed, as one message."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.database import Database
from storage.models import Delivery, DeliveryState, Person
from tests.factories import DAY, at
from tests.someone import Someone, reader, stage_over
from tests.stored import list_papers

ONE = timedelta(days=1)
BACK = DAY + 14 * ONE


@pytest.fixture
async def ana(database: Database) -> AsyncIterator[Someone]:
    """Somebody in UTC with one subscription, at nine every day."""
    async with stage_over(database) as stage:
        someone = reader(stage)
        assert "is set up" in await someone.say("subscribe diffusion daily 09:00 on mon-sun")
        yield someone


async def days(ana: Someone, first: int, last: int) -> list[str]:
    """Days pass, each with an edition of two papers and one that does not match; what comes meanwhile."""
    came: list[str] = []
    for step in range(first, last + 1):
        day = DAY + step * ONE
        for number in (1, 2):
            title = f"Diffusion {step}.{number}"
            upvotes = 10 * step + number
            await list_papers(ana.stage.database, 100 * step + number, day=day, title=title, upvotes=upvotes)
        await list_papers(ana.stage.database, 100 * step + 3, day=day, title="Else", upvotes=999)
        for hour in (9, 21):
            came += await ana.stage.come(day, hour)
    return came


async def test_nothing_until_the_day_and_then_the_best_ten(ana: Someone) -> None:
    assert len(await days(ana, 0, 0)) == 1
    said = await ana.say(f"vacation until {BACK}")
    assert said.splitlines() == [
        "Have a good time! Nothing comes before Wed 12 Aug 2026; from that day on your subscription goes on.",
        "The first digest then sums up the time between: its best ten papers.",
    ]
    assert await days(ana, 1, 13) == []
    assert [row["local_date"] for row in await ana.stage.rows(Delivery)] == [DAY]

    [summed_up] = await days(ana, 14, 14)
    assert "While you were away · Thu 30 Jul – Wed 12 Aug 2026 · 28 papers" in summed_up
    shown = [f"Diffusion {step}.{number}" for step in range(10, 15) for number in (1, 2)]
    assert [title for title in shown if title in summed_up] == shown
    assert "Diffusion 9.2" not in summed_up
    assert "Else" not in summed_up

    [next_day] = await days(ana, 15, 15)
    assert "Daily Papers · Thu 13 Aug 2026 · 2 papers" in next_day


async def test_the_rest_of_them_is_a_click_away(ana: Someone) -> None:
    await days(ana, 0, 0)
    await ana.say(f"vacation until {BACK}")
    await days(ana, 1, 14)
    token = (await ana.stage.rows(Delivery))[-1]["token"]
    everything = await ana.say(f"rest {token}")
    assert all(f"Diffusion {step}.{number}" in everything for step in range(1, 15) for number in (1, 2))


async def test_several_subscriptions_are_summed_up_in_one_message(ana: Someone) -> None:
    await ana.say("subscribe diffusion -else daily 09:00 on mon-sun")
    await days(ana, 0, 0)
    assert "your 2 subscriptions go on" in await ana.say(f"vacation until {BACK}")
    await days(ana, 1, 13)
    [summed_up] = await days(ana, 14, 14)
    assert "While you were away" in summed_up
    assert summed_up.count("Diffusion 14.1") == 1
    assert "Diffusion 9.2" not in summed_up


async def test_who_is_back_early_gets_what_was_missed_at_once(ana: Someone) -> None:
    await days(ana, 0, 0)
    await ana.say(f"vacation until {BACK}")
    assert await days(ana, 1, 4) == []
    assert (await ana.click("I am back")).startswith("Welcome back. 1 subscription goes on as planned.")
    [summed_up] = await ana.stage.come(DAY + 4 * ONE, 22)
    assert "While you were away · Thu 30 Jul – Sun 2 Aug 2026 · 8 papers" in summed_up
    assert (await ana.stage.rows(Person))[0]["vacation_until"] is None


@pytest.mark.parametrize(
    ("zone", "hour", "tomorrow"),
    [("America/Los_Angeles", 26, DAY + ONE), ("Pacific/Auckland", 22, DAY + 2 * ONE)],
)
async def test_days_are_counted_where_the_person_is(
    ana: Someone, zone: str, hour: int, tomorrow: date
) -> None:
    """In Los Angeles it is still Wednesday when London has Thursday; in Auckland it is Thursday already."""
    ana.profile.name = zone
    await ana.say("subscribe agents daily 09:00 on mon-sun")
    ana.stage.clock.now = at(DAY, 0) + timedelta(hours=hour)
    assert "from tomorrow on" in await ana.say(f"vacation until {tomorrow - ONE}")
    assert "Have a good time" in await ana.say(f"vacation until {tomorrow}")
    [_, there] = await ana.stage.subscriptions()
    assert there.next_due_at.astimezone(ZoneInfo(zone)).date() == tomorrow


async def test_who_is_not_away_is_told_how_to_go(ana: Someone) -> None:
    assert await ana.say("vacation off") == (
        "You are not on vacation: everything comes as planned. To go: /papers vacation until 2026-12-31"
    )


async def test_a_vacation_called_off_at_once_changes_nothing(ana: Someone) -> None:
    due = await ana.stage.due(1)
    await ana.say(f"vacation until {BACK}")
    assert await ana.stage.due(1) == at(BACK, 9)
    await ana.say("vacation off")
    assert await ana.stage.due(1) == due
    [came] = await days(ana, 0, 0)
    assert "Daily Papers" in came


async def test_a_vacation_is_made_longer_and_shorter(ana: Someone) -> None:
    await days(ana, 0, 0)
    await ana.say(f"vacation until {DAY + 3 * ONE}")
    await ana.say(f"vacation until {DAY + 6 * ONE}")
    assert await days(ana, 1, 4) == []
    await ana.say(f"vacation until {DAY + 5 * ONE}")
    [summed_up] = await days(ana, 5, 5)
    assert "While you were away · Thu 30 Jul – Mon 3 Aug 2026 · 10 papers" in summed_up


async def test_a_weekly_digest_waits_for_its_weekday(ana: Someone) -> None:
    await ana.say("edit 1 weekly mon 09:00")
    await ana.say("vacation until 2026-08-12")  # a Wednesday
    assert await ana.stage.due(1) == at(DAY + 19 * ONE, 9)


@pytest.mark.parametrize("cadence", ["each", "daily 09:00 on mon-sun"])
async def test_each_edition_waits_too(ana: Someone, cadence: str) -> None:
    await ana.say(f"edit 1 {cadence}")
    await days(ana, 0, 0)
    await ana.say(f"vacation until {DAY + 3 * ONE}")
    assert await days(ana, 1, 2) == []
    [summed_up] = await days(ana, 3, 3)
    assert "While you were away · Thu 30 Jul – Sat 1 Aug 2026 · 6 papers" in summed_up


async def test_what_a_pull_back_brings_near_stays_away(ana: Someone) -> None:
    """A start of the bot looks for subscriptions that are due in a far future by mistake."""
    await days(ana, 0, 0)
    await ana.say(f"vacation until {BACK}")
    await ana.stage.planner.pull_back()
    assert await ana.stage.due(1) == at(BACK, 9)


async def test_a_paused_subscription_stays_paused(ana: Someone) -> None:
    await ana.say("pause 1")
    await ana.say(f"vacation until {DAY + 2 * ONE}")
    assert await days(ana, 0, 3) == []
    assert all(row["state"] is DeliveryState.SENT for row in await ana.stage.rows(Delivery))


async def test_a_channel_goes_on_while_who_set_it_up_is_away(ana: Someone) -> None:
    ana.profile.manager = True
    place = ana.stage.slack.place
    await ana.say("channel diffusion daily 09:00 on mon-sun", place=place)
    await ana.say(f"vacation until {BACK}")
    assert await ana.stage.due(2) == at(DAY, 9)
    assert len(await days(ana, 0, 0)) > 0


async def test_to_change_a_zone_does_not_end_it(ana: Someone) -> None:
    await days(ana, 0, 0)
    await ana.say(f"vacation until {BACK}")
    await ana.say("settings zone Europe/Paris")
    assert await ana.stage.due(1) == at(BACK, 7)
    assert await days(ana, 1, 13) == []


async def test_it_is_asked_how_and_until_when(ana: Someone) -> None:
    assert (await ana.say("vacation")).startswith("Say until when nothing is to come")
    await ana.say(f"vacation until {BACK}")
    assert (await ana.say("vacation")).startswith(
        "You are on vacation: nothing comes before Wed 12 Aug 2026."
    )
    assert "Vacation: nothing comes before Wed 12 Aug 2026" in await ana.say("settings")


@pytest.mark.parametrize(
    "typed", ["vacation 2026-08-12", "vacation until 2026-08-12", "vacation UNTIL 2026-08-12"]
)
async def test_the_day_can_be_typed(ana: Someone, typed: str) -> None:
    assert "before Wed 12 Aug 2026" in await ana.say(typed)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("until tomorrow", "Thu 30 Jul 2026"),
        ("until Friday", "Fri 31 Jul 2026"),
        ("until wed", "Wed 5 Aug 2026"),
        ("next week", "Mon 3 Aug 2026"),
        ("until next month", "Sat 1 Aug 2026"),
    ],
)
async def test_the_day_can_be_said_as_people_do(ana: Someone, typed: str, day: str) -> None:
    assert f"Nothing comes before {day}" in await ana.say(f"vacation {typed}")


async def test_the_day_can_be_an_option(ana: Someone) -> None:
    assert "before Wed 12 Aug 2026" in await ana.say("vacation", until="2026-08-12")
    assert "Welcome back" in await ana.say("vacation", until="OFF")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("until 15 aug", '"15 aug" is no date; write year-month-day, for example 2026-12-31'),
        ("15 aug", '"15 aug" is no date'),
        ("until next friday", '"next friday" is no date'),
        ("until yesterday", "Please name a day from tomorrow on"),
        ("2026-02-30", '"2026-02-30" is no date'),
        ("until 12.8.2026", '"12.8.2026" is no date'),
        ("2026-07-29", "Please name a day from tomorrow on, at most 180 days ahead."),
        ("2020-01-01", "Please name a day from tomorrow on"),
        ("9999-12-31", "Please name a day from tomorrow on"),
        ("2027-01-26", "Please name a day from tomorrow on"),
    ],
)
async def test_another_day_is_none(ana: Someone, typed: str, said: str) -> None:
    due = await ana.stage.due(1)
    assert said in await ana.say(f"vacation {typed}")
    assert ana.wrong_fields() == {"until"}
    assert await ana.stage.due(1) == due


async def test_words_behind_vacation_are_a_search(ana: Someone) -> None:
    assert "no papers" in await ana.say("vacation planning with agents")


async def test_who_has_no_subscription_may_go_too(ana: Someone) -> None:
    bob = Someone(ana.stage, "T0PAPERS:U0BOB")
    assert (await bob.say(f"vacation until {BACK}")).startswith(
        "Have a good time! Nothing comes before Wed 12 Aug 2026.\n"
    )
    assert await bob.say("vacation off") == "Welcome back."
    assert await ana.stage.due(1) == at(DAY, 9)


async def test_the_list_of_subscriptions_says_why_the_next_is_so_late(ana: Someone) -> None:
    await ana.say(f"vacation until {BACK}")
    said = (await ana.say("subscriptions")).splitlines()
    assert said[1] == "You are on vacation: nothing comes before Wed 12 Aug 2026."
    assert "Next: Wed 12 Aug 2026, 09:00 UTC" in said
    await ana.say("vacation off")
    assert "vacation" not in await ana.say("subscriptions")


async def test_one_that_is_made_meanwhile_is_put_off_too(ana: Someone) -> None:
    await days(ana, 0, 0)
    await ana.say(f"vacation until {DAY + 3 * ONE}")
    said = await ana.say("subscribe else daily 09:00 on mon-sun")
    assert "You are on vacation: nothing comes before Sat 1 Aug 2026." in said
    assert await days(ana, 1, 2) == []
    assert len(await days(ana, 3, 3)) == 1


class TestMadeOnVacation:
    """Subscriptions that begin, or go on, while their owner is away."""

    async def test_it_begins_when_the_owner_is_back_early(self, ana: Someone) -> None:
        await ana.say(f"vacation until {BACK}")
        await ana.say("subscribe else daily 10:00 on mon-sun")
        await ana.say("vacation off")
        assert await ana.stage.due(2) == at(DAY, 10)

    @pytest.mark.parametrize("how", ["subscribe else daily 10:00 on mon-sun", "resume 1"])
    async def test_a_start_of_the_bot_does_not_bring_it_near(self, ana: Someone, how: str) -> None:
        await ana.say("pause 1")
        await ana.say(f"vacation until {BACK}")
        await ana.say(how)
        await ana.stage.planner.pull_back()
        last = (await ana.stage.subscriptions())[-1].id or 0
        assert (await ana.stage.due(last)).date() == BACK

    @pytest.mark.parametrize("how", ["subscribe else each", "resume 1"])
    async def test_an_edition_does_not_wake_it(self, ana: Someone, how: str) -> None:
        await ana.say("edit 1 each")
        await ana.say("pause 1")
        await ana.say(f"vacation until {DAY + 3 * ONE}")
        await ana.say(how)
        assert await days(ana, 0, 2) == []

    async def test_a_channel_begins_all_the_same(self, ana: Someone) -> None:
        ana.profile.manager = True
        await ana.say("settings quiet thu")
        await ana.say(f"vacation until {BACK}")
        await ana.say("channel else daily 09:00 on mon-sun", place=ana.stage.slack.place)
        assert await ana.stage.due(2) == at(DAY, 9)
        assert (await ana.stage.subscriptions())[1].quiet == ""
        await ana.say("channel daily 08:00", place=ana.stage.slack.place)
        assert await ana.stage.due(2) == at(DAY, 8)
