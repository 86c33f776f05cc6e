"""`/papers forget me`: asked first, then all that is kept of a person is gone, and of nobody else."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import SQLModel

from bot.places import Place
from storage import people
from storage.database import Database
from storage.models import Delivery, Part, Person, Subscription
from tests.factories import DAY
from tests.someone import READER, Someone, reader, stage_over
from tests.stored import list_papers

ONE = timedelta(days=1)
BOB = "T0PAPERS:U0BOB"


@pytest.fixture
async def ana(database: Database) -> AsyncIterator[Someone]:
    """Somebody with a past: two subscriptions, one that was deleted, digests, settings, and a channel."""
    async with stage_over(database) as stage:
        someone = reader(stage)
        someone.profile.manager = True
        for text in ("diffusion", "diffusion -survey", "images"):
            assert "is set up" in await someone.say(f"subscribe {text} daily 09:00 on mon-sun")
        await someone.say("settings zone UTC")
        await someone.say("channel diffusion daily 09:00 on mon-sun", place=stage.slack.place)
        await someone.say("channel name <@U0READER>", place=stage.slack.place)
        await someone.say("channel name <@U0BOB>", place=stage.slack.place)
        for step in range(2):
            await list_papers(stage.database, step, day=DAY + step * ONE, title=f"Diffusion images {step}")
            assert await stage.come(DAY + step * ONE, 9)
        await someone.say("delete 3")
        yield someone


def tables() -> list[type[SQLModel]]:
    """Every table there is."""
    return [mapper.class_ for mapper in SQLModel._sa_registry.mappers]


async def kept(ana: Someone, *traces: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of all tables that name somebody, by table."""
    found = {}
    for table in tables():
        rows = await ana.stage.rows(table)
        named = [row for row in rows if any(trace in json.dumps(row, default=str) for trace in traces)]
        if named:
            found[table.__name__] = named
    return found


async def forget(ana: Someone) -> str:
    await ana.say("forget me")
    return await ana.click("Forget me")


async def test_it_is_asked_first(ana: Someone) -> None:
    before = await kept(ana, "U0READER")
    assert (await ana.say("forget me")).splitlines() == [
        "This deletes all that I keep of you: 2 subscriptions, your settings, and what was sent to you. "
        "It cannot be undone.",
        "What you set up for channels stays, without your name.",
    ]
    assert await kept(ana, "U0READER") == before


async def test_all_of_it_is_gone_and_it_is_said_what(ana: Someone) -> None:
    assert set(await kept(ana, "U0READER")) == {"Subscription", "Person", "Change", "Delivery", "Part"}
    digests = [row for row in await ana.stage.rows(Delivery) if row["place"] == str(ana.direct)]
    said = await forget(ana)
    assert said == (
        f"Deleted: 2 subscriptions, the record of {len(digests)} deliveries, your settings. "
        "1 channel post stays, without your name. I know nothing of you any more."
    )
    assert await kept(ana, "U0READER") == {}
    left = {row["id"] for row in await ana.stage.rows(Delivery)}
    assert {row["delivery_id"] for row in await ana.stage.rows(Part)} <= left


async def test_a_channels_post_stays_and_goes_on(ana: Someone) -> None:
    await forget(ana)
    [post] = await ana.stage.subscriptions()
    assert (post.place, post.owner, post.created_by) == (str(ana.stage.slack.place), None, "somebody")
    assert post.managers == [f"slack:{BOB}"]
    await list_papers(ana.stage.database, 7, day=DAY + 2 * ONE, title="Diffusion images 7")
    came = await ana.stage.come(DAY + 2 * ONE, 9)
    assert any("Diffusion images 7" in text for text in came)
    assert {post.place for post in ana.stage.slack.transcript[-len(came) :]} == {
        ana.stage.slack.place.address
    }
    bob = Someone(ana.stage, BOB)
    assert "named somebody who may change it" in await bob.say("channel history", place=ana.stage.slack.place)


async def test_nothing_comes_afterwards_and_all_can_begin_anew(ana: Someone) -> None:
    await forget(ana)
    assert "You have no subscriptions yet" in await ana.say("subscriptions")
    await list_papers(ana.stage.database, 7, day=DAY + 2 * ONE, title="Diffusion images 7")
    await ana.stage.come(DAY + 2 * ONE, 10)
    assert all(post.place != ana.direct.address for post in ana.stage.slack.transcript[-2:] if ana.direct)
    assert "is set up" in await ana.say("subscribe diffusion daily 09:00 on mon-sun")
    assert "No digest has been due so far." in await ana.say("why")


async def test_others_keep_what_is_theirs(ana: Someone) -> None:
    bob = Someone(ana.stage, BOB, direct=Place("slack", "@U0BOB"))
    await bob.say("subscribe diffusion daily 09:00 on mon-sun")
    await bob.say("settings quiet sun")
    # The same person's identifier in another workspace, and one that begins alike.
    for person, address in (("T0OTHER:U0READER", "@U0OTHER"), (f"{READER}2", "@U0READER2")):
        await Someone(ana.stage, person, direct=Place("slack", address)).say("subscribe robots")
    before = [row for row in await ana.stage.rows(Subscription) if row["id"] > 4]
    assert len(before) == 3
    await forget(ana)
    assert [row for row in await ana.stage.rows(Subscription) if row["id"] > 4] == before
    whose = {row["who"] for row in await ana.stage.rows(Person)}
    assert whose == {f"slack:{BOB}", "slack:T0OTHER:U0READER", f"slack:{READER}2"}


async def test_a_button_that_was_forwarded_only_asks(ana: Someone) -> None:
    await ana.say("forget me")
    assert ana.reply
    command = ana.reply.messages[0].buttons[0].command
    bob = Someone(ana.stage, BOB, direct=Place("slack", "@U0BOB"))
    await bob.say("subscribe robots")
    before = await kept(ana, "U0READER", "U0BOB")
    assert "It cannot be undone" in await bob.say(command)
    elsewhere = Someone(ana.stage, "T0OTHER:U0READER", direct=ana.direct)
    assert "It cannot be undone" in await elsewhere.say(command)
    assert await kept(ana, "U0READER", "U0BOB") == before


@pytest.mark.parametrize("typed", ["forget me now", "forget me yes", "forget ME 0123456789abcdef"])
async def test_another_word_only_asks_again(ana: Someone, typed: str) -> None:
    before = await kept(ana, "U0READER")
    assert "It cannot be undone" in await ana.say(typed)
    assert await kept(ana, "U0READER") == before


async def test_what_is_not_sent_yet_does_not_come(ana: Someone) -> None:
    await list_papers(ana.stage.database, 7, day=DAY + 2 * ONE, title="Diffusion images 7")
    ana.stage.clock.now += ONE
    await ana.stage.planner.plan_due(ana.stage.clock())
    await forget(ana)
    before = len(ana.stage.slack.transcript)
    await ana.stage.sender.send_open()
    places = {post.place for post in ana.stage.slack.transcript[before:]}
    assert places == {ana.stage.slack.place.address}


async def test_what_waits_to_be_said_goes_too(ana: Someone) -> None:
    async with ana.stage.database.write() as session:
        person = await people.known_person(session, ana.who, None, ana.stage.clock())
        await people.notify(session, person, "I cannot post to your direct messages.")
    assert (await ana.say("settings")).startswith("I cannot post")
    await forget(ana)
    assert not (await ana.say("settings")).startswith("I cannot post")


async def test_it_works_where_the_bot_cannot_write_to_the_person(ana: Someone) -> None:
    """Asked in a channel of another workspace, say: what is kept is known all the same."""
    direct, ana.direct = ana.direct, None
    await forget(ana)
    ana.direct = direct
    assert await kept(ana, "U0READER") == {}


async def test_of_whom_nothing_is_kept_nothing_is_deleted(ana: Someone) -> None:
    bob = Someone(ana.stage, "T0PAPERS:U0NEW", direct=Place("slack", "@U0NEW"))
    before = await kept(ana, "U0READER")
    assert (await forget(bob)).startswith(
        "Deleted: 0 subscriptions, the record of 0 deliveries, your settings."
    )
    assert await kept(ana, "U0READER") == before
