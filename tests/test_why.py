"""`/papers why`: the latest digests, or why there was none, and when the next comes."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from bot.places import Place
from storage import papers
from storage.database import Database
from tests.factories import DAY, at, make_facts
from tests.fakes import Fault
from tests.someone import Someone, reader, stage_over
from tests.stored import list_papers

ONE = timedelta(days=1)
SUNDAY = date(2026, 8, 2)


@pytest.fixture
async def ana(database: Database) -> AsyncIterator[Someone]:
    """Somebody who wants papers about diffusion that people like, at nine every day."""
    async with stage_over(database) as stage:
        someone = reader(stage)
        assert "is set up" in await someone.say("subscribe diffusion upvotes>=5 daily 09:00 on mon-sun")
        yield someone


async def liked(ana: Someone, number: int, day: date = DAY) -> None:
    await list_papers(ana.stage.database, number, day=day, title=f"Diffusion {number}", upvotes=10)


async def why(ana: Someone, text: str = "why", place: Place | None = None) -> list[str]:
    return (await ana.say(text, place=place)).splitlines()


async def test_before_the_first_digest(ana: Someone) -> None:
    assert await why(ana) == [
        "What came, and why",
        '1 · papers about "diffusion", with at least 5 upvotes',
        "Every day at 09:00 UTC",
        "Next: Wed 29 Jul 2026, 09:00 UTC",
        "No digest has been due so far.",
    ]


async def test_what_was_sent_and_when(ana: Someone) -> None:
    await liked(ana, 1)
    await ana.stage.come(DAY, 9)
    said = await why(ana)
    assert said[-2:] == ["Next: Thu 30 Jul 2026, 09:00 UTC", "Wed 29 Jul 2026: 1 paper, sent at 09:00 UTC"]


async def test_times_are_those_of_the_reader(ana: Someone) -> None:
    await ana.say("settings zone Asia/Tokyo")
    await liked(ana, 1)
    await ana.stage.come(DAY + ONE, 0)
    said = await why(ana)
    assert said[-2:] == [
        "Next: Fri 31 Jul 2026, 09:00 Asia/Tokyo",
        "Thu 30 Jul 2026: 1 paper, sent at 09:00 Asia/Tokyo",
    ]


async def test_what_came_on_another_day_is_told_with_that_day(ana: Someone) -> None:
    await liked(ana, 1)
    await ana.stage.come(DAY + ONE, 7)
    assert (await why(ana))[-1] == "Wed 29 Jul 2026: 1 paper, sent on Thu 30 Jul 2026 at 07:00 UTC"


async def test_no_edition_on_sunday(ana: Someone) -> None:
    await list_papers(ana.stage.database, day=SUNDAY)
    await ana.stage.come(SUNDAY, 9)
    assert (await why(ana))[-1] == "Sun 2 Aug 2026: No papers were listed on Sun 2 Aug 2026."


async def test_papers_of_which_none_matched_and_the_closest(ana: Someone) -> None:
    await list_papers(ana.stage.database, *range(20), title="Agents", upvotes=99)
    await list_papers(ana.stage.database, 20, title="Diffusion on a budget", upvotes=2)
    await ana.say("edit 1 diffusion budget upvotes>=5")
    await ana.stage.come(DAY, 9)
    said = await why(ana)
    assert said[-1] == "Wed 29 Jul 2026: 21 new papers, and none matches."
    assert said[-2] == (
        "Closest in the last digest: Diffusion on a budget; it is not among papers with at least 5 upvotes"
    )


async def test_the_closest_is_told_even_where_silence_was_explained(ana: Someone) -> None:
    await ana.say("edit 1 explain on")
    await list_papers(ana.stage.database, 1, title="Diffusion", upvotes=2)
    assert len(await ana.stage.come(DAY, 9)) == 1
    said = await why(ana)
    assert said[-1] == (
        'Wed 29 Jul 2026: 1 new paper, and none matches papers about "diffusion", with at least 5 upvotes.'
    )
    assert said[-2].startswith("Closest in the last digest: Diffusion; ")


async def test_too_few_wait_for_the_next(ana: Someone) -> None:
    await ana.say("edit 1 least 3")
    await liked(ana, 1)
    await ana.stage.come(DAY, 9)
    assert (await why(ana))[-1] == (
        "Wed 29 Jul 2026: 1 paper so far, fewer than 3; the next digest has them."
    )


async def test_it_waits_for_its_edition_to_settle(ana: Someone) -> None:
    async with ana.stage.database.write() as session:
        await papers.keep_papers(session, [make_facts(1, title="Diffusion")], at(DAY, 8, 50))
        await papers.record_polls(session, [DAY], at(DAY, 8, 50))
    assert await ana.stage.come(DAY, 9) == []
    assert "Waiting for its edition to settle, until 12:00 UTC at the latest" in await why(ana)
    assert len(await ana.stage.come(DAY, 12)) == 1
    assert "Waiting" not in "".join(await why(ana))


async def test_it_is_paused(ana: Someone) -> None:
    await liked(ana, 1)
    ana.stage.clock.now = at(DAY, 9)
    await ana.stage.planner.plan_due(at(DAY, 9))
    assert (await why(ana))[-1] == "Wed 29 Jul 2026: 1 paper on the way"
    await ana.say("pause 1")
    assert await ana.stage.come(DAY, 10) == []
    said = await why(ana)
    assert said[-2:] == ["Paused", "Wed 29 Jul 2026: The subscription was paused."]


async def test_the_platform_refused_for_good(ana: Someone) -> None:
    await liked(ana, 1)
    ana.stage.slack.fail_next("gone")
    assert await ana.stage.come(DAY, 9) == []
    await ana.say("help")  # which is told first what has happened
    said = await why(ana)
    assert said[-2].startswith("Paused: ")
    assert said[-1].startswith("Wed 29 Jul 2026: ")
    assert len(said[-1]) > 30


async def test_the_platform_refuses_for_now(ana: Someone) -> None:
    await liked(ana, 1)
    faults: list[Fault] = ["500"] * 30
    ana.stage.slack.fail_next(*faults)
    assert await ana.stage.come(DAY, 9) == []
    assert "1 paper on the way; the next attempt is at " in (await why(ana))[-1]


async def test_a_part_that_the_platform_calls_malformed(ana: Someone) -> None:
    await ana.say("edit 1 style thread")
    await liked(ana, 1)
    ana.stage.slack.fail_next(None, "invalid")
    await ana.stage.come(DAY, 9)
    assert (await why(ana))[-1] == (
        "Wed 29 Jul 2026: 1 paper, sent at 09:00 UTC. "
        "The platform refused 1 part; the log says which and why."
    )


async def test_what_was_asked_for_is_told_apart(ana: Someone) -> None:
    await liked(ana, 1)
    await ana.say("now 1")
    await ana.stage.sender.send_open()
    assert (await why(ana))[-1] == "Wed 29 Jul 2026: 1 paper, sent at 06:00 UTC, asked for"


async def test_several_that_came_as_one_message(ana: Someone) -> None:
    await ana.say("subscribe diffusion daily 09:00 on mon-sun")
    await liked(ana, 1)
    assert len(await ana.stage.come(DAY, 9)) == 1
    assert (await why(ana))[-2:] == [
        "Wed 29 Jul 2026, subscription 2: 1 paper, sent at 09:00 UTC",
        "Wed 29 Jul 2026, subscription 1: 1 paper, sent at 09:00 UTC",
    ]


async def test_the_last_ten_newest_first(ana: Someone) -> None:
    for step in range(12):
        await list_papers(ana.stage.database, day=DAY + step * ONE)
        await ana.stage.come(DAY + step * ONE, 9)
    said = [row for row in await why(ana) if ": No papers were listed" in row]
    assert len(said) == 10
    assert said[0].startswith("Sun 9 Aug 2026")
    assert said[-1].startswith("Fri 31 Jul 2026")


async def test_a_vacation_is_named(ana: Someone) -> None:
    await ana.say("vacation until 2026-08-12")
    said = await why(ana)
    assert said[1] == "You are on vacation: nothing comes before Wed 12 Aug 2026."
    assert "Next: Wed 12 Aug 2026, 09:00 UTC" in said


async def test_one_of_several(ana: Someone) -> None:
    for number in range(6):
        await ana.say(f"subscribe topic{number} daily 10:00 on mon-sun")
        if "Nothing is saved yet" in str(ana.reply):
            await ana.click("Subscribe all the same")
    everything = await why(ana)
    assert "2 more: /papers why and a number" in everything
    assert (await why(ana, "why #7"))[1] == '7 · papers about "topic5"'
    assert (await why(ana, "why 7"))[1] == '7 · papers about "topic5"'
    assert (await ana.say("why", number="7")).splitlines()[1] == '7 · papers about "topic5"'


@pytest.mark.parametrize("number", ["2", "99", "999999999"])
async def test_one_of_somebody_else_is_as_unknown_as_none(ana: Someone, number: str) -> None:
    bob = Someone(ana.stage, "T0PAPERS:U0BOB", direct=Place("slack", "@U0BOB"))
    await bob.say("subscribe robots")
    expected = f"You have no subscription {number}; /papers subscriptions lists yours."
    assert await ana.say(f"why {number}") == expected
    same_id_elsewhere = Someone(ana.stage, "T0OTHER:U0BOB", direct=ana.direct)
    assert await same_id_elsewhere.say(f"why {number}") == expected


@pytest.mark.parametrize("number", ["-1", "0x1", "1; DROP TABLE", "١", "1" * 5000])
async def test_a_number_that_is_none(ana: Someone, number: str) -> None:
    assert (await ana.say("why", number=number)).startswith("You have no subscription ")
    assert len(await ana.say("why", number=number)) < 100


async def test_one_that_was_deleted_is_unknown(ana: Someone) -> None:
    await ana.say("delete 1")
    assert "You have no subscription 1" in await ana.say("why 1")
    assert await why(ana) == [
        "Nothing comes here yet: there is no subscription. /papers subscribe makes one."
    ]


async def test_in_a_channel_anybody_learns_of_its_post(ana: Someone) -> None:
    channel = ana.stage.slack.place
    ana.profile.manager = True
    await ana.say("channel diffusion daily 09:00 on mon-sun", place=channel)
    await liked(ana, 1)
    await ana.stage.come(DAY, 9)
    bob = Someone(ana.stage, "T0PAPERS:U0BOB", direct=Place("slack", "@U0BOB"))
    said = await why(bob, place=channel)
    assert said[1] == '2 · papers about "diffusion"'
    assert said[-1] == "Wed 29 Jul 2026: 1 paper, sent at 09:00 UTC"
    await ana.say("vacation until 2026-08-12")
    assert "vacation" not in "".join(await why(ana, place=channel))
    assert "You have no subscription 2" in await bob.say("why 2")  # asked elsewhere


async def test_words_behind_it_are_a_search(ana: Someone) -> None:
    assert "What came" not in await ana.say("why attention works")
