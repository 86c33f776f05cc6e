"""The life of a subscription, over the store alone: made, changed, paused, resumed, ended, taken back."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from bot.columns import columns_of, draft
from bot.filters.parser import parse
from bot.messages import reasons
from bot.schedule import ScheduleError
from bot.subscribing import MOST, TooManyError
from bot.wishes import Wish, wish_in
from storage import releases, subscriptions
from storage.database import Database
from storage.models import (
    Cadence,
    Delivery,
    DeliveryState,
    Style,
    Subscription,
    SubscriptionState,
)
from tests.factories import DAY, at
from tests.life import PLACE, SIX, WHO, Life
from tests.stored import list_papers, reserve

ONE = timedelta(days=1)
FRIDAY = DAY + 2 * ONE


@pytest.fixture
def life(database: Database) -> Life:
    return Life(database)


@pytest.mark.parametrize(
    ("typed", "now", "due", "first_day"),
    [
        ("daily 09:00 on mon-sun", SIX, at(DAY, 9), DAY),
        ("daily 09:00 on mon-sun", at(DAY, 9), at(DAY + ONE, 9), DAY + ONE),
        ("daily 09:00 on mon-sun", at(DAY, 8, 59), at(DAY, 9), DAY),
        ("daily 09:00", at(FRIDAY, 10), at(FRIDAY + 3 * ONE, 9), FRIDAY + ONE),
        ("daily 09:00 in Asia/Tokyo", at(FRIDAY, 3), at(FRIDAY + 3 * ONE, 0), FRIDAY),
        ("daily 09:00 in Asia/Tokyo", at(FRIDAY + 2 * ONE, 3), at(FRIDAY + 3 * ONE, 0), FRIDAY),
        ("daily 08:00 in Europe/Berlin", at(DAY, 5), at(DAY, 6), DAY - ONE),
        ("daily 09:00 on mon,thu", SIX, at(DAY + ONE, 9), DAY),
        ("daily 09:00 on mon-sun in Asia/Tokyo", SIX, at(DAY + ONE, 0), DAY),
        ("daily 23:00 on mon-sun in America/Los_Angeles", SIX, at(DAY, 6, 0) + ONE, DAY),
        ("weekly mon 09:00", SIX, at(date(2026, 8, 3), 9), date(2026, 7, 28)),
        ("weekly wed 09:00", SIX, at(DAY, 9), date(2026, 7, 28)),
        ("each", SIX, at(DAY, 12), DAY),
    ],
)
async def test_it_begins_with_what_no_earlier_digest_of_its_hour_would_have_held(
    life: Life, typed: str, now: datetime, due: datetime, first_day: date
) -> None:
    await life.make(typed, now)
    row = await life.row()
    assert (row.next_due_at, row.first_day, row.state) == (due, first_day, SubscriptionState.ACTIVE)
    assert (row.owner, row.place, row.created_by, row.seen) == (WHO, PLACE, WHO, 0)


async def test_each_begins_behind_the_newest_edition_that_is_final(life: Life, database: Database) -> None:
    await list_papers(database, 1)
    async with database.write() as session:
        await releases.release(session, [DAY], at(DAY, 9))
    await life.make("each", at(DAY, 10))
    row = await life.row()
    assert (row.first_day, row.next_due_at) == (DAY + ONE, at(DAY + ONE, 12))


async def test_what_is_not_said_is_as_usual(life: Life) -> None:
    assert life.person
    life.person.local_time, life.person.quiet = time(8, 15), "sat,sun"
    await life.make("")
    row = await life.row()
    assert (row.cadence, row.local_time, row.weekdays) == (Cadence.DAILY, time(8, 15), "mon,tue,wed,thu,fri")
    assert (row.quiet, row.style, row.zone) == ("sat,sun", Style.COMPACT, "UTC")
    await life.make("weekly")
    assert (await life.row(2)).weekdays == "mon"


@pytest.mark.parametrize(("words", "rechecks"), [("upvotes>=50", True), ("diffusion", False), ("", False)])
async def test_a_filter_on_numbers_is_asked_again(life: Life, words: str, rechecks: bool) -> None:
    await life.make(words=words)
    assert (await life.row()).rechecks is rechecks


async def test_one_that_would_never_be_due_is_not_kept(life: Life) -> None:
    assert life.person
    life.person.quiet = "mon"
    with pytest.raises(ScheduleError):
        await life.make("weekly mon 09:00")
    async with life.database.read() as session:
        assert await subscriptions.all_subscriptions(session) == []
    assert await life.audit() == []


async def test_one_person_has_fifty_at_the_most(life: Life) -> None:
    for number in range(MOST):
        await life.make(words=f"x{number}")
    with pytest.raises(TooManyError):
        await life.make()
    await Life(life.database, "slack:T2:U1").make(words="y")  # another person by the same identifier
    await Life(life.database, None).make(words="z")  # nobody in particular
    await life.end()
    await life.make()


async def test_what_somebody_sets_up_for_channels_is_not_among_the_fifty(life: Life) -> None:
    for number in range(MOST + 1):
        await life.make(place=f"slack:C{number}")
    for number in range(MOST):
        await life.make(words=f"x{number}")
    await life.make(place="slack:C0LAST")
    with pytest.raises(TooManyError):
        await life.make()


class TestChange:
    async def test_what_is_so_already_leaves_no_line(self, life: Life) -> None:
        await life.make()
        assert await life.change(style=Style.COMPACT, local_time=time(9)) is None
        assert await life.audit() == [("made it", WHO, False)]

    @pytest.mark.parametrize(
        ("values", "due"),
        [
            ({"local_time": time(10)}, at(DAY, 10)),
            ({"local_time": time(5)}, at(DAY, 5)),  # past already: it comes at once, and none is lost
            ({"weekdays": "fri"}, at(DAY + 2 * ONE, 9)),
            ({"quiet": "wed"}, at(DAY + ONE, 9)),
            ({"zone": "Asia/Tokyo"}, at(DAY, 0)),
            ({"cadence": Cadence.EACH}, at(DAY, 12)),
            ({"max_papers": 5}, at(DAY, 9)),
        ],
    )
    async def test_the_next_digest_follows(self, life: Life, values: dict[str, Any], due: datetime) -> None:
        await life.make()
        await life.change(**values)
        assert await life.due() == due

    async def test_a_date_that_was_decided_does_not_come_again(self, life: Life) -> None:
        await life.make()
        async with life.database.write() as session:
            row = await session.get_one(Subscription, 1)
            row.planned_through, row.next_due_at = DAY, at(DAY + ONE, 9)
        await life.change(at(DAY, 10), local_time=time(20))
        assert await life.due() == at(DAY + ONE, 20)
        await life.change(at(DAY, 10), zone="Pacific/Auckland")
        assert await life.due() == at(DAY + ONE, 8)

    async def test_one_that_would_never_be_due_stays_as_it_was(self, life: Life) -> None:
        await life.make("weekly mon 09:00")
        before = await life.row()
        with pytest.raises(ScheduleError):
            await life.change(quiet="mon", style=Style.THREAD)
        assert await life.row() == before


class TestColumns:
    @pytest.mark.parametrize("text", ["at 10:00", "on mon,wed", "daily at 10:00"])
    async def test_each_edition_has_no_time(self, life: Life, text: str) -> None:
        """Neither has one that is changed, though its cadence is not said again."""
        await life.make("each")
        row, wish = await life.row(), wish_in(text)
        if wish.cadence is None:
            with pytest.raises(ScheduleError, match="at no time or weekday of its own"):
                columns_of(wish, None, row)
        else:
            assert columns_of(wish, None, row)["local_time"] == time(10)

    async def test_nor_has_one_that_is_made_without_a_form(self, life: Life) -> None:
        wish = Wish(cadence=Cadence.EACH, local_time=time(9))
        with pytest.raises(ScheduleError):
            draft(PLACE, parse(""), wish, life.author, "UTC", Style.COMPACT, SIX)


class TestPause:
    async def test_what_is_planned_and_has_not_begun_is_dropped(self, life: Life, database: Database) -> None:
        await life.make()
        await reserve(database, 1, place=PLACE, subscription_id=1)
        await life.pause(at(DAY, 10))
        async with database.read() as session:
            row = await session.get_one(Delivery, 1)
        assert (row.state, row.reason, row.finished_at) == (
            DeliveryState.SKIPPED,
            reasons.PAUSED,
            at(DAY, 10),
        )
        assert (await life.row()).state is SubscriptionState.PAUSED

    async def test_to_pause_or_resume_twice_is_to_do_it_once(self, life: Life) -> None:
        await life.make()
        assert await life.resume() is None
        assert await life.pause()
        assert await life.pause() is None
        assert await life.resume()
        assert await life.resume() is None
        assert [what for what, _, _ in await life.audit()] == ["made it", "paused it", "resumed it"]

    async def test_who_resumes_goes_on_from_that_day(self, life: Life) -> None:
        await life.make()
        await life.pause()
        await life.resume(at(DAY + 20 * ONE, 8))
        row = await life.row()
        assert (row.first_day, row.reason, row.away_since) == (DAY + 20 * ONE, None, None)

    async def test_who_resumes_after_the_hour_goes_on_tomorrow(self, life: Life) -> None:
        await life.make()
        await life.pause()
        await life.resume(at(DAY + 20 * ONE, 10))
        row = await life.row()
        assert row.next_due_at == at(DAY + 21 * ONE, 9)
        assert row.first_day == DAY + 21 * ONE

    @pytest.mark.parametrize(
        ("typed", "now", "first_day"),
        [
            ("daily 09:00 in Asia/Tokyo", at(FRIDAY + 7 * ONE, 3), FRIDAY + 7 * ONE),
            ("daily 09:00", at(FRIDAY + 10 * ONE, 8), FRIDAY + 10 * ONE),
            ("weekly mon 09:00", at(DAY + 7 * ONE, 8), DAY + 7 * ONE),
        ],
    )
    async def test_who_resumes_misses_nothing_from_that_day_on(
        self, life: Life, typed: str, now: datetime, first_day: date
    ) -> None:
        await life.make(typed)
        await life.pause()
        await life.resume(now)
        assert (await life.row()).first_day == first_day

    async def test_a_reason_goes_when_it_is_resumed(self, life: Life) -> None:
        await life.make()
        async with life.database.write() as session:
            await subscriptions.pause_place(session, PLACE, "The door is closed.")
        assert (await life.row()).reason == "The door is closed."
        await life.resume()
        assert (await life.row()).reason is None
