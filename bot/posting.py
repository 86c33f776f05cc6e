"""Digests beside the schedule: an edition posted by hand, a subscription's next digest sent now."""

from datetime import datetime

from bot import digest
from bot.clock import Clock
from bot.decisions import Row, decide, earliest, new_row, stamped
from bot.digest import Nothing
from bot.messages import reasons
from bot.occasion import Occasion
from bot.outcome import Outcome
from bot.places import Place
from bot.plan_run import open_run
from bot.planning import Planner
from bot.settling import SettleRules
from storage import deliveries, papers, plans, subscriptions
from storage.database import Database
from storage.ledgers import Ledger, ledgers_of
from storage.locks import lock, place_lock
from storage.models import DeliveryState, Edition, Style, SubscriptionState
from storage.plans import Reach

_EMPTY = Ledger(frozenset(), frozenset())


class Poster:
    """Plans what a person wants now.

    Args:
        planner: lets papers be held first.
        clock: the real time (UTC), for stamps.
    """

    def __init__(self, database: Database, planner: Planner, rules: SettleRules, clock: Clock) -> None:
        self._database = database
        self._planner = planner
        self._rules = rules
        self._clock = clock

    async def plan_now(self, number: int, now: datetime) -> Row | None:
        """Plan what a subscription would get with its next digest, beside its schedule.

        It is a list whatever the hour: on a weekend, or while that of today is not final, the last one, if it
        has not been looked through before. A vacation's sum so far counts; a subscription that is paused gets
        that list alone, as it does when it is resumed.

        Gives the pending row, a skipped one that says why there is nothing and is not kept, or None where
        there is no such subscription. Raises FilterError.
        """
        released = await self._planner.release(now)
        async with self._database.write() as session:
            subscription = await plans.one_subscription(session, number)
            kept = await subscriptions.subscription_by_id(session, number)
            if subscription is None or kept is None or kept.state is SubscriptionState.ENDED:
                return None
            away_since = subscription.away_since
            reach = Reach(1, subscription.seen, earliest(away_since, now.date()), away_since)
            run = await open_run(session, now, reach, released.number, self._rules)
            ledger = (await ledgers_of(session, [number], run.given_since)).get(number)
            wanted = digest.edition_for(now, self._rules)
            today = now.date()
            newest = digest.newest_list(wanted, run.editions, now, self._rules)
            occasion = Occasion(today, now, subscription.next_due_at, wanted, newest, missed=False)
            first = min(subscription.first_day, newest) if kept.state is SubscriptionState.ACTIVE else newest
            greedy = subscription._replace(least_papers=None, explain=False, first_day=first)
            decision = decide(
                greedy, occasion, run.candidates, run.editions.get(wanted), ledger or _EMPTY, today
            )
            if not decision.row["papers"]:
                wait = run.wait_for(wanted)
                return decision.row | ({"reason": reasons.growing(wanted)} if wait and wait.read else {})
            (row,) = stamped([decision.row | {"by_hand": True}], self._clock())
            await plans.insert_deliveries(session, [row])
            kept_away = today if away_since else None
            await plans.advance(session, {"seen": run.release, "away_since": kept_away}, [number])
            return row

    async def plan_post(
        self, place: Place, edition: Edition, style: Style, most: int | None, again: bool
    ) -> int | Outcome:
        """Plan a digest of one edition that a person posts by hand, and return its delivery's number.

        One of that day and place that was interrupted is gone on with. Papers that the place got before
        are left out unless `again`; where none is left, a skipped outcome says so and nothing is kept.
        """
        async with self._database.write() as session:
            await lock(session, [place_lock(str(place))])
            await subscriptions.hold_place(session, str(place))
            for unfinished in await deliveries.open_posts(session, str(place)):
                if unfinished.local_date == edition.day:
                    return unfinished.id or 0
            listed = await papers.papers_listed(session, edition.day, edition.day)
            given: set[str] = set()
            if not again:
                given = await deliveries.papers_given(session, str(place), edition.day, rest=False)
            fresh = [paper for paper in digest.standing(listed) if paper.id not in given]
            if not fresh:
                nothing = Nothing(edition.day, edition.papers)
                reason = reasons.posted_before(nothing) if edition.papers else reasons.nothing(nothing)
                return Outcome(0, None, str(place), DeliveryState.SKIPPED, reason)
            content = digest.arrange(fresh, most)
            row = new_row(str(place)) | {
                "by_hand": True,
                "local_date": edition.day,
                "style": style,
                "papers": [paper.id for paper in content.papers],
                "rest": [paper.id for paper in content.rest],
            }
            await plans.insert_deliveries(session, stamped([row], self._clock()))
            return await deliveries.number_of(session, row["token"])
