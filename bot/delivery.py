"""Send what is planned: claim a delivery, send its parts one after the other, write down each.

A part is committed as sending before the network is touched and as sent when its reference is known. A
part that is found as sending belongs to a process that died, or to an answer that never came: it is
looked for on the platform before it is sent again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from bot.adapter import Adapter, AdapterError, Ambiguous, InstallationGone, RateLimited
from bot.connections import Connections
from bot.job import Job
from bot.logs import log
from bot.messages import reasons
from bot.ownership import is_gone, this_process
from bot.planning import Outcome, outcome_of
from bot.retry import Again, GiveUp, after_failure
from storage import deliveries, papers, subscriptions
from storage.database import Database
from storage.deliveries import Claimant
from storage.models import Delivery, DeliveryState, Part, PartState

LEASE = timedelta(minutes=5)
"""How long a claim lasts; each part renews it. Longer than a send and a pause together."""
PATIENCE = 10.0
"""Seconds that a failed part is waited for on the spot; longer pauses are left to a later run."""
RATE_LIMIT_PATIENCE = 120.0
"""Seconds that are waited on the spot when the platform itself names them."""
MOST_ATTEMPTS = 30
"""Attempts for one part on the spot, so that a platform which always says "in a second" holds nobody up."""
WORKERS = 8
"""Deliveries on their way at the same time; each place has one."""

Sleep = Callable[[float], Awaitable[None]]


class ClaimLost(Exception):
    """Another process has taken the delivery over: this one must not send its parts any more."""


class Sender:
    """Sends deliveries until none is left that may go now.

    Args:
        clock: the real time (UTC).
        sleep: waits some seconds.
        owner: the name under which deliveries are claimed, see `bot.ownership`.
    """

    def __init__(
        self,
        database: Database,
        connections: Connections,
        clock: Callable[[], datetime],
        sleep: Sleep = asyncio.sleep,
        owner: str | None = None,
    ) -> None:
        self._database = database
        self._connections = connections
        self._clock = clock
        self._sleep = sleep
        self._me = owner or this_process()
        self._refused: dict[str, tuple[datetime, InstallationGone]] = {}

    async def send_open(self, impatient: bool = False) -> list[Outcome]:
        """Send every delivery that may go now; returns what became of each that was tried, by number.

        Args:
            impatient: try those too whose last attempt failed a short while ago.
        """
        tried: set[int] = set()
        if not (first := await self._claim(tried, impatient)):
            return []
        async with asyncio.TaskGroup() as group:
            workers = [group.create_task(self._work(first, tried, impatient))]
            workers += [group.create_task(self._work(None, tried, impatient)) for _ in range(WORKERS - 1)]
        outcomes = [outcome for worker in workers for outcome in worker.result()]
        return sorted(outcomes, key=lambda outcome: outcome.delivery)

    async def send_one(self, number: int) -> Outcome | None:
        """Send one delivery; None where another process holds it or an older one of its place waits."""
        async with self._database.write() as session:
            delivery = await deliveries.claim(session, self._claimant(), only=number)
        return await self._send(delivery) if delivery else None

    async def _work(self, delivery: Delivery | None, tried: set[int], impatient: bool) -> list[Outcome]:
        """Send one delivery after the other, beginning with the one given, until none may go."""
        outcomes: list[Outcome] = []
        while delivery := delivery or await self._claim(tried, impatient):
            outcomes.append(await self._send(delivery))
            delivery = None
        return outcomes

    async def _claim(self, tried: set[int], impatient: bool) -> Delivery | None:
        async with self._database.write() as session:
            delivery = await deliveries.claim(session, self._claimant(), tried, impatient)
        if delivery is not None:
            tried.add(delivery.id or 0)
        return delivery

    def _claimant(self) -> Claimant:
        return Claimant(self._me, self._clock(), LEASE, lambda owner: is_gone(owner, self._me))

    async def _send(self, delivery: Delivery) -> Outcome:
        """Send the parts that are left, and write down how it ended."""
        job = await self._load(delivery)
        try:
            adapter = await self._adapter(job.place.platform)
            for part in job.parts:
                if part.state is not PartState.SENT:
                    await self._send_part(adapter, job, part)
            outcome = await self._finish(job, DeliveryState.SENT)
        except AdapterError as error:
            outcome = await self._fail(job, error)
        except ClaimLost:
            reason = "another process has taken this delivery over"
            outcome = replace(outcome_of(delivery), state=DeliveryState.FAILED, reason=reason)
        log.info("delivery", **asdict(replace(outcome, papers=())), parts=len(job.parts))
        return outcome

    async def _load(self, delivery: Delivery) -> Job:
        async with self._database.read() as session:
            return Job(
                delivery,
                await deliveries.parts_of(session, delivery.id or 0),
                await papers.papers_by_id(session, [*delivery.papers, *delivery.rest]),
                await subscriptions.subscription_by_id(session, delivery.subscription_id or 0),
            )

    async def _adapter(self, platform: str) -> Adapter:
        """The adapter, unless its token was refused a short while ago: asking on gets an address banned."""
        refused = self._refused.get(platform)
        if refused and self._clock() < refused[0]:
            raise refused[1]
        return await self._connections.adapter(platform)

    async def _send_part(self, adapter: Adapter, job: Job, part: Part) -> None:
        """Send one part, trying again on the spot where that is soon. Raises AdapterError or ClaimLost."""
        in_doubt = part.state is PartState.SENDING
        while True:
            try:
                ref = await job.find(adapter, part) if in_doubt else None
                in_doubt = False
                if ref is None:
                    await self._mark(job, part, PartState.SENDING)
                    ref = await job.send(adapter, part)
                job.delivery.attempts = 0
                part.ref, part.sent_at = ref, self._clock()
                return await self._mark(job, part, PartState.SENT)
            except AdapterError as error:
                in_doubt = in_doubt or isinstance(error, Ambiguous)
                await self._mark(job, part, PartState.SENDING if in_doubt else PartState.PENDING)
                job.delivery.attempts += 1
                await self._sleep(self._pause(job.delivery, error))

    def _pause(self, delivery: Delivery, error: AdapterError) -> float:
        """Seconds to wait before the same part is tried on the spot. Raises `error` where that is long."""
        decision = after_failure(error, delivery.attempts, self._clock() - delivery.created_at)
        longest = RATE_LIMIT_PATIENCE if isinstance(error, RateLimited) else PATIENCE
        if isinstance(decision, GiveUp) or decision.after > longest or delivery.attempts > MOST_ATTEMPTS:
            raise error
        return decision.after

    async def _mark(self, job: Job, part: Part, state: PartState) -> None:
        """Commit a part's state and renew the claim. Raises ClaimLost where it is no longer ours."""
        part.state = state
        async with self._database.write() as session:
            if not await deliveries.renew(session, job.delivery, self._me, self._clock() + LEASE):
                raise ClaimLost
            await deliveries.mark_part(session, part)

    async def _finish(self, job: Job, state: DeliveryState, reason: str | None = None) -> Outcome:
        delivery = job.delivery
        delivery.state, delivery.reason, delivery.not_before = state, reason, None
        delivery.finished_at = self._clock()
        async with self._database.write() as session:
            await deliveries.hand_back(session, delivery, self._me)
        return outcome_of(delivery)

    async def _fail(self, job: Job, error: AdapterError) -> Outcome:
        """Put a delivery back for a later attempt, or end it and pause what cannot work any more."""
        delivery, problem = job.delivery, str(error)
        decision = after_failure(error, delivery.attempts, self._clock() - delivery.created_at)
        if isinstance(decision, Again):
            return await self._put_off(job, error, decision.after)
        if not decision.place_gone:
            return await self._finish(job, DeliveryState.FAILED, reasons.given_up(problem))
        async with self._database.write() as session:
            await subscriptions.pause_place(session, delivery.place, problem)
        return await self._finish(job, DeliveryState.FAILED, reasons.paused(problem))

    async def _put_off(self, job: Job, error: AdapterError, seconds: float) -> Outcome:
        delivery = job.delivery
        delivery.state = DeliveryState.PENDING
        delivery.not_before = self._clock() + timedelta(seconds=seconds)
        if isinstance(error, InstallationGone):
            self._refused[job.place.platform] = (delivery.not_before, error)
        async with self._database.write() as session:
            await deliveries.hand_back(session, delivery, self._me)
        return replace(outcome_of(delivery), state=DeliveryState.FAILED, reason=reasons.again(str(error)))
