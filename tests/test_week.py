"""Ten days of twenty subscribers: lists that grow, votes that rise, a weekend, a night with an hour twice, a
vacation, a pause, a move round the world, an outage. At the end each has got what the oracle says."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from sqlmodel import select

from bot.authors import Author
from bot.ingest import Ingest
from storage import people, subscriptions
from storage.models import Delivery, DeliveryState, Subscription
from tests.at_work import AtWork, at_work
from tests.factories import RULES, at
from tests.fakes import discord_store as server
from tests.fakes.slack_people import Person
from tests.week_oracle import ONE, Got, Subscriber, expect
from tests.week_world import FIRST, Record, WorldPaper

HOUR = timedelta(hours=1)
START, END = at(FIRST, 4), at(FIRST + 10 * ONE, 0)
OUTAGE = at(FIRST + 6 * ONE, 8), at(FIRST + 8 * ONE, 15)
"""The bot is down from Tuesday's growing list until Thursday afternoon."""
TICKS = [
    moment
    for step in range((END - START) // HOUR)
    if not OUTAGE[0] <= (moment := START + step * HOUR) < OUTAGE[1]
]
ADA, HAL, IDA = 5, 15, 16
"""Numbers of subscriptions to whose owners something happens."""
BACK = FIRST + 5 * ONE
MOMENTS = {
    "vacation": at(FIRST + ONE, 13),
    "pause": at(FIRST + ONE, 13),
    "resume": at(BACK, 13),
    "move": at(FIRST + 2 * ONE, 10),
}


def about(word: str) -> Callable[[WorldPaper, int], bool]:
    return lambda paper, votes: word in paper.topic


def liked(least: int, word: str = "") -> Callable[[WorldPaper, int], bool]:
    return lambda paper, votes: votes >= least and word in paper.topic


def twenty() -> list[Subscriber]:
    """The subscribers; each one's words for the bot and for the oracle stand side by side."""
    weekdays, channel = range(5), "slack:C0PAPERS"
    survey = "survey"
    return [
        Subscriber(channel),
        Subscriber(f"discord:{server.TEXT}", "", most=4, text="daily 09:00 on mon-sun in UTC most 4"),
        Subscriber("slack:C0OTHERS", text="daily 09:00 on mon-sun in UTC late append", append=True),
        Subscriber(
            f"discord:{server.ANNOUNCEMENT}",
            "diffusion",
            about("diffusion"),
            "daily 11:00 on mon-sun in UTC late append",
            time(11),
            append=True,
        ),
        Subscriber("slack:@U0ADA", "upvotes>=50", liked(50), votes=True),
        Subscriber("slack:@U0ADA", "agents", about("agents")),
        Subscriber(
            f"discord:@{server.PERSON}",
            "diffusion -survey",
            lambda paper, votes: paper.topic == "diffusion",
            "daily 02:30 on mon-sun in Europe/Paris",
            time(2, 30),
            "Europe/Paris",
        ),
        Subscriber(
            f"discord:@{server.PERSON}",
            "upvotes>=80",
            liked(80),
            "daily 02:30 on mon-sun in Europe/Paris",
            time(2, 30),
            "Europe/Paris",
            votes=True,
        ),
        Subscriber(
            "slack:@U0BOB",
            "",
            text="daily 09:00 on mon-fri in Asia/Tokyo",
            zone="Asia/Tokyo",
            weekdays=weekdays,
        ),
        Subscriber(
            "slack:@U0CAT", "robots", about("robots"), "weekly mon 09:00 in UTC", weekdays=[0], weekly=True
        ),
        Subscriber("slack:@U0DAN", text="each in UTC", each=True),
        Subscriber("slack:@U0EVE", "upvotes>=60", liked(60), "each in UTC", each=True, votes=True),
        Subscriber(
            "slack:@U0FAY",
            survey,
            about(survey),
            "daily 10:00 on mon-sun in UTC least 4",
            time(10),
            least=4,
        ),
        Subscriber(
            "slack:@U0GUS",
            "robots",
            about("robots"),
            "daily 23:30 on mon-sun in America/Los_Angeles explain on",
            time(23, 30),
            "America/Los_Angeles",
            explain=True,
        ),
        Subscriber("slack:@U0HAL", "agents", about("agents"), "daily 08:00 on mon-sun in UTC", time(8)),
        Subscriber(
            "slack:@U0IDA",
            "",
            text="daily 07:30 on mon-sun in Pacific/Kiritimati",
            hour=time(7, 30),
            zone="Pacific/Kiritimati",
        ),
        Subscriber(
            "slack:@U0JIM",
            "diffusion upvotes>=20",
            liked(20, "diffusion"),
            "daily 12:00 on sat,sun,mon in Europe/Paris",
            time(12),
            "Europe/Paris",
            [0, 5, 6],
            votes=True,
        ),
        Subscriber("slack:@U0KIM", "upvotes>=100", liked(100), most=2, votes=True,
                   text="daily 09:00 on mon-sun in UTC most 2"),
        Subscriber("slack:@U0LEA", text="daily 00:00 on mon-sun in America/New_York", hour=time(0),
                   zone="America/New_York"),
        Subscriber(
            "slack:@U0MAX", "physics", lambda paper, votes: False,
            "daily 18:00 on mon-fri in Asia/Kathmandu explain on",
            time(18), "Asia/Kathmandu", weekdays, explain=True,
        ),
    ]  # fmt: skip


def who(subscriber: Subscriber) -> str | None:
    """Whose a subscription is; channels have theirs through the command line."""
    platform, _, address = subscriber.place.partition(":")
    return f"{platform}:T0PAPERS:{address[1:]}" if address.startswith("@") else None


def events_of_the_oracle(every: list[Subscriber]) -> dict[datetime, list[Callable[[], None]]]:
    ada, too, hal, ida = every[ADA - 1], every[ADA], every[HAL - 1], every[IDA - 1]

    def go_away() -> None:
        for one in (ada, too):
            one.away_from = MOMENTS["vacation"].date()
            one.reschedule(MOMENTS["vacation"], BACK)

    def pause() -> None:
        hal.paused = True

    def move() -> None:
        ida.zone = "America/Los_Angeles"
        ida.reschedule(MOMENTS["move"])

    return {
        MOMENTS["vacation"]: [go_away, pause],
        MOMENTS["resume"]: [lambda: hal.resume(MOMENTS["resume"])],
        MOMENTS["move"]: [move],
    }


async def happen(bot: AtWork, every: list[Subscriber]) -> None:
    """What people do at this moment."""
    now, me = bot.clock(), Author("somebody", "Ada")
    async with bot.database.write() as session:
        if now == MOMENTS["vacation"]:
            person = await people.known_person(session, who(every[ADA - 1]) or "", None, now)
            person.vacation_until = BACK
            own = await subscriptions.owned_by(session, person.who)
            await bot.subscribing.go_away(session, own, person, now)
        if now == MOMENTS["pause"]:
            await bot.subscribing.pause(session, await session.get_one(Subscription, HAL), me, now)
        if now == MOMENTS["resume"]:
            await bot.subscribing.resume(session, await session.get_one(Subscription, HAL), me, now)
        if now == MOMENTS["move"]:
            zone = {"zone": "America/Los_Angeles"}
            row = await session.get_one(Subscription, IDA)
            await bot.subscribing.change(session, row, zone, me, "moved", now)


async def live(bot: AtWork, every: list[Subscriber], record: Record) -> None:
    """The bot lives through ten days, hour by hour."""
    bot.slack.people.update({one.place.partition("@")[2]: Person() for one in every if "@U" in one.place})
    bot.clock.now = START - HOUR
    for one in every:
        await bot.subscribe(one.place, one.filter, one.text, who=who(one))
    ingest = Ingest(bot.database, record, RULES, bot.clock)
    before = START
    for now in TICKS:
        bot.clock.now = now
        await happen(bot, every)
        days = (now.date() - FIRST).days + 1
        back = days if now.hour % 6 == 0 or now - before > HOUR else 1
        for step in range(days - back, days):
            await ingest.day(FIRST + step * ONE)
        await bot.come_to(now)
        before = now


async def ledgers(bot: AtWork) -> dict[int, list[Got]]:
    """What each subscription got, by the store."""
    found: dict[int, list[Got]] = {number: [] for number in range(1, 21)}
    async with bot.database.read() as session:
        rows = list(await session.exec(select(Delivery).order_by("id")))
    assert {row.state for row in rows} == {DeliveryState.SENT, DeliveryState.SKIPPED}
    for row in rows:
        if row.subscription_id is not None and row.state is DeliveryState.SENT:
            found[row.subscription_id].append(
                Got(
                    row.created_at,
                    row.local_date,
                    numbers(row.papers),
                    numbers(row.rest),
                    tuple(sorted(numbers(row.rising))),
                    row.away,
                    row.thread_of is not None,
                    row.notice is not None,
                )
            )
    return found


def numbers(papers: list[str]) -> tuple[int, ...]:
    return tuple(int(paper.removeprefix("2607.")) for paper in papers)


def posted(bot: AtWork, place: str) -> list[int]:
    """The papers that stand in a place, in the order of posting."""
    cards = [post.text for post in bot.posted(place) if "Lovelace" in post.text]
    return [int(text.partition("Paper ")[2].split()[0]) for text in cards]


def expected_at(every: list[Subscriber], place: str) -> list[int]:
    """The papers that must stand there: those of one message once, whoever of the place they are for."""
    messages: dict[tuple[datetime, bool], list[int]] = {}
    for one in every:
        for got in one.got if one.place == place else ():
            message = messages.setdefault((got.moment, not got.added), [])
            message += [number for number in got.shown if number not in message]
    return [number for key in sorted(messages) for number in messages[key]]


@pytest.mark.parametrize("database_url", ["memory", "postgresql"], indirect=True)
async def test_after_ten_days_each_has_got_what_was_asked_for(database_url: str) -> None:
    every = twenty()
    async with at_work(database_url) as bot:
        record = Record(bot.clock)
        await live(bot, every, record)
        for one in every:
            one.begin(START - HOUR)
        expect(every, record.polls, TICKS, events_of_the_oracle(every))

        assert await ledgers(bot) == {number: one.got for number, one in enumerate(every, 1)}
        places = [one.place for one in every]
        for place in places:
            found, expected = posted(bot, place), expected_at(every, place)
            assert sorted(found) == sorted(expected), place
            assert places.count(place) > 1 or found == expected, place
        assert bot.discord.violations == []
    check_that_much_has_happened(every)


def check_that_much_has_happened(every: list[Subscriber]) -> None:
    """A story in which nothing happens would prove nothing."""
    got = [digest for one in every for digest in one.got]
    assert all(one.got for one in every)
    assert sum(len(digest.shown) for digest in got) > 500
    assert any(digest.rising for digest in got)
    assert any(digest.away and digest.rest for digest in got)
    assert any(digest.added for digest in got)
    assert any(digest.explained for digest in got)
    caught_up = [digest for digest in got if digest.moment == OUTAGE[1]]
    assert max(len(digest.shown) for digest in caught_up) == 30
    assert {digest.day for digest in caught_up} >= {FIRST + 7 * ONE, FIRST + 8 * ONE}
    night = [digest for digest in got if digest.day == FIRST + 4 * ONE and digest.moment.hour == 1]
    assert [digest.moment for digest in night] == [at(FIRST + 4 * ONE, 1)]  # 02:30 came twice in Paris
