"""`/papers since`: the best papers since a day, on demand."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from storage.database import Database
from storage.models import Delivery, Subscription
from tests.factories import DAY, make_facts
from tests.indexed import keep
from tests.someone import Someone, reader, stage_over
from tests.stored import subscribe

ONE = timedelta(days=1)


@pytest.fixture
async def ana(database: Database) -> AsyncIterator[Someone]:
    """Two weeks with a paper a day about diffusion and one about agents, later ones with more upvotes."""
    for step in range(14):
        day = DAY - step * ONE
        votes = 100 - 2 * step
        diffusion = make_facts(step, title=f"Diffusion {step}", listed_on=day, upvotes=votes, abstract="")
        agents = make_facts(50 + step, title=f"Agents {step}", listed_on=day, upvotes=votes - 1, abstract="")
        await keep(database, diffusion, agents)
    async with stage_over(database) as stage:
        yield reader(stage)


def titles(said: str) -> list[str]:
    return [row.partition(" · ")[0] for row in said.splitlines() if " upvotes · " in row]


async def test_the_best_ten_that_match(ana: Someone) -> None:
    said = await ana.say("since 2026-07-18 diffusion")
    assert said.splitlines()[:2] == [
        "Since Sat 18 Jul 2026",
        'The 10 papers with the most upvotes: papers about "diffusion", 12 in all',
    ]
    assert titles(said) == [f"Diffusion {step}" for step in range(10)]
    assert "Diffusion 0 · 100 upvotes · Wed 29 Jul 2026" in said


async def test_the_day_itself_counts(ana: Someone) -> None:
    assert titles(await ana.say("since 2026-07-28 diffusion")) == ["Diffusion 0", "Diffusion 1"]
    assert titles(await ana.say("since 2026-07-29 diffusion")) == ["Diffusion 0"]
    said = await ana.say("since 2026-07-29 kettles")
    assert said == 'Nothing since Wed 29 Jul 2026: papers about "kettles", 0 in all.'


@pytest.mark.parametrize(
    ("typed", "first", "count"),
    [
        ("yesterday diffusion", "Tue 28 Jul 2026", 2),
        ("monday diffusion", "Mon 27 Jul 2026", 3),
        ("3d diffusion", "Sun 26 Jul 2026", 4),
        ("last week diffusion", "Mon 20 Jul 2026", 10),
        ("2 days ago diffusion -agents", "Mon 27 Jul 2026", 3),
    ],
)
async def test_a_day_is_said_as_people_do(ana: Someone, typed: str, first: str, count: int) -> None:
    said = await ana.say(f"since {typed}")
    assert said.splitlines()[0] == f"Since {first}"
    assert titles(said) == [f"Diffusion {step}" for step in range(count)]
    assert ana.wrong_fields() == set()


async def test_all_of_them_are_a_click_away(ana: Someone) -> None:
    await ana.say("since 2026-07-18 diffusion")
    assert "1–5 of 12" in await ana.click("Show all")


async def test_without_words_it_is_what_one_has_subscribed_to(ana: Someone) -> None:
    await ana.say("subscribe diffusion")
    await ana.say("subscribe agents upvotes>=97")
    said = await ana.say("since 2026-07-27")
    assert "of all that you have subscribed to, 5 in all" in said
    rows = [row for row in said.splitlines() if " upvotes · " in row]
    assert rows == [
        "Diffusion 0 · 100 upvotes · Wed 29 Jul 2026 · for 1",
        "Agents 0 · 99 upvotes · Wed 29 Jul 2026 · for 2",
        "Diffusion 1 · 98 upvotes · Tue 28 Jul 2026 · for 1",
        "Agents 1 · 97 upvotes · Tue 28 Jul 2026 · for 2",
        "Diffusion 2 · 96 upvotes · Mon 27 Jul 2026 · for 1",
    ]
    assert " · 5 papers" in await ana.click("Show all")


async def test_a_paper_names_every_subscription_that_wants_it(ana: Someone) -> None:
    for text in ("diffusion", "diffusion OR agents", "robots"):
        await subscribe(ana.stage.database, place=str(ana.direct), owner=ana.who, filter=text)
    said = await ana.say("since 2026-07-29")
    assert "Diffusion 0 · 100 upvotes · Wed 29 Jul 2026 · for 1, 2" in said
    assert "Agents 0 · 99 upvotes · Wed 29 Jul 2026 · for 2" in said


async def test_who_wants_every_paper_gets_the_best_of_all(ana: Someone) -> None:
    await ana.say("subscribe diffusion")
    await ana.say("subscribe daily 09:00")
    await ana.click("Subscribe all the same")
    assert titles(await ana.say("since 2026-07-29")) == ["Diffusion 0", "Agents 0"]


async def test_fifty_long_subscriptions_are_not_too_many(ana: Someone) -> None:
    """Together they are longer than a filter may be: there is no button then that could not work."""
    words = [f"word{number}x{'y' * 30}" for number in range(10)]
    for number in range(50):
        text = f"diffusion OR {' OR '.join(f'{word}{number}' for word in words)}"
        await subscribe(ana.stage.database, place=str(ana.direct), owner=ana.who, filter=text)
    said = await ana.say("since 2026-07-18")
    assert titles(said)[0] == "Diffusion 0"
    assert ana.reply
    assert ana.reply.messages[0].buttons == ()


async def test_without_subscriptions_and_words_it_says_how_to_get_one(ana: Someone) -> None:
    assert "You have no subscriptions yet" in await ana.say("since 2026-07-20")


@pytest.mark.parametrize(
    "typed",
    ["since", "since diffusion", "since 2026-02-30 diffusion", "since 20.7.2026", "since 15 jul agents"],
)
async def test_another_day_is_none(ana: Someone, typed: str) -> None:
    assert (await ana.say(typed)).startswith(
        "Since when? Write for example /papers since 2026-07-20 diffusion."
    )
    assert ana.wrong_fields() == {"date"}


@pytest.mark.parametrize("typed", ["since 0001-01-01 diffusion", "since  2026-07-01\ndiffusion"])
async def test_odd_but_plain_days_are_read(ana: Someone, typed: str) -> None:
    assert titles(await ana.say(typed))[0] == "Diffusion 0"


@pytest.mark.parametrize(
    ("typed", "day"), [("tomorrow", "Thu 30 Jul 2026"), ("9999-12-31 diffusion", "Fri 31 Dec 9999")]
)
async def test_a_day_ahead_is_still_to_come(ana: Someone, typed: str, day: str) -> None:
    assert (await ana.say(f"since {typed}")).startswith(f"{day} is still to come.")
    assert ana.wrong_fields() == {"date"}


async def test_it_can_be_said_in_fields(ana: Someone) -> None:
    assert titles(await ana.say("since", date="2026-07-28", filter="diffusion")) == [
        "Diffusion 0",
        "Diffusion 1",
    ]


async def test_the_day_in_a_field_can_be_a_word_too(ana: Someone) -> None:
    assert titles(await ana.say("since", date="Monday", filter="diffusion"))[-1] == "Diffusion 2"
    assert (await ana.say("since", date="someday", filter="diffusion")).startswith("Since when?")


async def test_a_filter_that_cannot_be_read_is_pointed_at(ana: Someone) -> None:
    assert "I cannot read this filter" in await ana.say("since 2026-07-20 tilte:diffusion")
    assert ana.wrong_fields() == {"filter"}


async def test_a_filter_with_its_own_days_or_order_is_narrowed(ana: Someone) -> None:
    assert titles(await ana.say("since 2026-07-20 diffusion until:2026-07-22 sort:new")) == [
        "Diffusion 7",
        "Diffusion 8",
        "Diffusion 9",
    ]


async def test_to_look_changes_nothing(ana: Someone) -> None:
    await ana.say("subscribe diffusion")
    before = await ana.stage.rows(Subscription)
    await ana.say("since 2026-07-20")
    assert (await ana.stage.rows(Subscription), await ana.stage.rows(Delivery)) == (before, [])
