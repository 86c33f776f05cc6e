"""Send what is planned: claim a delivery, send its parts one after the other, write down each.

A part is committed as sending before the network is touched and as sent when its reference is known. A
part that is found as sending belongs to a process that died, or to an answer that never came: it is
looked for on the platform before it is sent again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from bot.adapter import Adapter, AdapterError, Ambiguous, InstallationGone, RateLimited, Rejected
from bot.clock import Clock
from bot.connections import Connections
from bot.digest import Digest
from bot.door import keep_unsaid, tell_owners
from bot.job import Job, digest_of, has_content, parts_for, wanted_by
from bot.logs import log
from bot.messages import reasons
from bot.messages.thread import Served
from bot.metrics import Metrics
from bot.outcome import Outcome, outcome_of
from bot.ownership import is_gone, this_process
from bot.places import parse_place
from bot.retry import Again, GiveUp, after_failure
from storage import deliveries, papers, subscriptions
from storage.cancelling import cancel_place
from storage.database import Database
from storage.deliveries import Claimant
from storage.models import Delivery, DeliveryState, Part, PartKind, PartState

LEASE = timedelta(minutes=5)
"""How long a claim lasts; whatever touches the network renews it first."""
PATIENCE = 10.0
"""Seconds that a failed part is waited for on the spot; longer pauses are left to a later run."""
RATE_LIMIT_PATIENCE = 120.0
"""Seconds that a process which only delivers waits on the spot when the platform itself names them."""
SLOW_PACE = 1.0
"""Seconds between the parts of a delivery once its place was told to slow down; Slack's own pace."""
MOST_ATTEMPTS = 30
"""Attempts for one part on the spot, so that a platform which always says "in a second" holds nobody up."""
WORKERS = 8
"""Deliveries on their way at the same time; each place has one."""

Sleep = Callable[[float], Awaitable[None]]


class ClaimLost(Exception):
    """Another process has taken the delivery over: this one must not send its parts any more."""


class Stopping(Exception):
    """The process is to end; the delivery is handed back."""


class Sender:
    """Sends deliveries until none is left that may go now.

    Args:
        clock: the real time (UTC).
        sleep: waits some seconds.
        owner: the name under which deliveries are claimed, see `bot.ownership`.
        metrics: counts what is sent, tried again and finished.
    """

    def __init__(
        self,
        database: Database,
        connections: Connections,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
        owner: str | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self._database = database
        self._connections = connections
        self._clock = clock
        self._sleep, self._metrics = sleep, metrics or Metrics()
        self._me = owner or this_process()
        self._refused: dict[str, tuple[datetime, str]] = {}
        self._stopping = False

    def stop(self) -> None:
        """Take nothing more, and hand back what is on its way as soon as its part is through."""
        self._stopping = True

    async def send_open(self, impatient: bool = False) -> list[Outcome]:
        """Send every delivery that may go now; returns what became of each that was tried, by number.

        Args:
            impatient: this process does nothing else and ends then: try those too whose last attempt failed
                a short while ago, and wait on the spot where a platform asks for some minutes.
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
        return await self._send(delivery, RATE_LIMIT_PATIENCE) if delivery else None

    async def _work(self, delivery: Delivery | None, tried: set[int], impatient: bool) -> list[Outcome]:
        """Send one delivery after the other, beginning with the one given, until none may go."""
        outcomes: list[Outcome] = []
        while delivery := delivery or await self._claim(tried, impatient):
            outcomes.append(await self._send(delivery, RATE_LIMIT_PATIENCE if impatient else PATIENCE))
            delivery = None
        return outcomes

    async def _claim(self, tried: set[int], impatient: bool) -> Delivery | None:
        if self._stopping:
            return None
        async with self._database.write() as session:
            delivery = await deliveries.claim(session, self._claimant(), tried, impatient)
        if delivery is not None:
            tried.add(delivery.id or 0)
        return delivery

    def _claimant(self) -> Claimant:
        return Claimant(self._me, self._clock(), LEASE, lambda owner: is_gone(owner, self._me))

    async def _send(self, delivery: Delivery, patience: float) -> Outcome:
        """Send the parts that are left, and write down how it ended. One delivery's mishap is its own.

        Args:
            patience: seconds that are waited on the spot where the platform names them.
        """
        try:
            outcome = await self._send_parts(delivery, patience)
        except AdapterError as error:
            outcome = await self._fail(delivery, error)
        except ClaimLost:
            outcome = replace(outcome_of(delivery), state=DeliveryState.FAILED, reason=reasons.CLAIM_LOST)
        except Stopping:
            outcome = await self._put_off(delivery, reasons.STOPPING, 0)
        except Exception as problem:
            log.exception("delivery_broke", delivery=delivery.id)
            outcome = await self._fail(delivery, Ambiguous(reasons.mishap(problem)))
        log.info("delivery", **asdict(replace(outcome, papers=())))
        return outcome

    async def _send_parts(self, delivery: Delivery, patience: float) -> Outcome:
        job = await self._load(delivery)
        if job is None:
            return await self._finish(delivery, DeliveryState.SKIPPED, reasons.ENDED)
        job.patience = patience
        adapter = await self._adapter(job.place.platform)
        for part in job.parts:
            if part.state in (PartState.PENDING, PartState.SENDING):
                await self._send_part(adapter, job, part)
        refused = sum(part.state is PartState.REFUSED for part in job.parts)
        return await self._finish(delivery, DeliveryState.SENT, reasons.refused(refused) if refused else None)

    async def _load(self, delivery: Delivery) -> Job | None:
        """All that sending takes; None where nothing is left to send."""
        async with self._database.read() as session:
            held = await deliveries.enclosed_in(session, delivery.token)
            shares = held or [delivery]
            parts = await deliveries.parts_of(session, delivery.id or 0)
            named = {paper for share in shares for paper in (*share.papers, *share.rest)}
            known = await papers.papers_by_id(session, named)
            head = await deliveries.head_of(session, delivery.thread_of) if delivery.thread_of else None
            numbers = [share.subscription_id for share in shares if share.subscription_id is not None]
            asked_by = await subscriptions.by_numbers(session, numbers)
        digest = digest_of(delivery, held, known)
        parts = parts or await self._make_parts(delivery, digest, head)
        if not parts:
            return None
        place = parse_place(delivery.place)
        direct = place.direct or not place.address
        served = Served(tuple(asked_by), wanted_by(shares), direct, delivery.token)
        return Job(delivery, parts, known, digest, served, head)

    async def _make_parts(self, delivery: Delivery, digest: Digest, head: str | None) -> list[Part]:
        """Divide a delivery that is sent for the first time, and keep its parts."""
        if not has_content(delivery, digest, head):
            return []
        parts = parts_for(delivery, digest, self._connections.limits(delivery.place).lines)
        async with self._database.write() as session:
            await deliveries.add_parts(session, delivery, parts)
        return parts

    async def _adapter(self, platform: str) -> Adapter:
        """The adapter, unless its token was refused a short while ago: asking on gets an address banned."""
        until, problem = self._refused.get(platform, (None, ""))
        if until and self._clock() < until:
            raise InstallationGone(problem)
        return await self._connections.adapter(platform)

    async def _send_part(self, adapter: Adapter, job: Job, part: Part) -> None:
        """Send one part, trying again on the spot where that is soon.

        A card that the platform calls malformed is passed over, so that it holds back neither the cards
        behind it nor tomorrow's digest. Raises AdapterError, ClaimLost, Stopping.
        """
        in_doubt = part.state is PartState.SENDING
        while True:
            if self._stopping:
                raise Stopping
            try:
                await self._mark(job, part, PartState.SENDING)
                ref = await job.find(adapter, part) if in_doubt else None
                in_doubt = False
                ref = ref or await self._paced(job, adapter, part)
            except Rejected as error:
                if part.kind is PartKind.HEAD:
                    raise
                log.error("part_refused", delivery=job.delivery.id, part=part.position, problem=str(error))
                return await self._mark(job, part, PartState.REFUSED)
            except AdapterError as error:
                in_doubt = in_doubt or isinstance(error, Ambiguous)
                await self._mark(job, part, PartState.SENDING if in_doubt else PartState.PENDING)
                await self._sleep(self._pause(job, error))
            else:
                part.ref, part.sent_at = ref, self._clock()
                job.delivery.attempts, job.delivery.failing_since = 0, None
                self._metrics.sent(job.delivery.place)
                return await self._mark(job, part, PartState.SENT)

    async def _paced(self, job: Job, adapter: Adapter, part: Part) -> str:
        """Send a part, not faster than the place wants it."""
        if job.pace:
            await self._sleep(job.pace)
        return await job.send(adapter, part)

    def _pause(self, job: Job, error: AdapterError) -> float:
        """Seconds to wait before the same part is tried on the spot. Raises `error` where that is long."""
        delivery = job.delivery
        delivery.attempts += 1
        delivery.failing_since = delivery.failing_since or self._clock()
        decision = after_failure(error, delivery.attempts, self._clock() - delivery.failing_since)
        longest = PATIENCE
        if isinstance(error, RateLimited):
            longest, job.pace = job.patience, min(error.retry_after, SLOW_PACE)
        if isinstance(decision, GiveUp) or decision.after > longest or delivery.attempts > MOST_ATTEMPTS:
            raise error
        self._metrics.retried(delivery.place, error)
        return decision.after

    async def _mark(self, job: Job, part: Part, state: PartState) -> None:
        """Commit a part's state and renew the claim. Raises ClaimLost where it is no longer ours."""
        part.state = state
        async with self._database.write() as session:
            held = await deliveries.renew(session, job.delivery, self._clock() + LEASE)
            if not held or not await deliveries.mark_part(session, part):
                raise ClaimLost

    async def _finish(self, delivery: Delivery, state: DeliveryState, reason: str | None) -> Outcome:
        delivery.state, delivery.reason, delivery.not_before = state, reason, None
        delivery.finished_at = self._clock()
        return await self._hand_back(delivery)

    async def _fail(self, delivery: Delivery, error: AdapterError) -> Outcome:
        """Put a delivery back for a later attempt, or end it and pause what cannot work any more."""
        delivery.failing_since = delivery.failing_since or self._clock()
        failing_for = self._clock() - delivery.failing_since
        decision = after_failure(error, max(delivery.attempts, 1), failing_for)
        if isinstance(decision, Again):
            if isinstance(error, InstallationGone):
                until = self._clock() + timedelta(seconds=decision.after)
                self._refused[delivery.place.partition(":")[0]] = (until, str(error))
            self._metrics.retried(delivery.place, error)
            return await self._put_off(delivery, str(error), decision.after)
        if not decision.place_gone:
            return await self._finish(delivery, DeliveryState.FAILED, reasons.given_up(str(error)))
        outcome = reasons.paused(str(error), await self._close(delivery.place, str(error)))
        return await self._finish(delivery, DeliveryState.FAILED, outcome)

    async def _close(self, place: str, problem: str) -> list[int]:
        """A place has closed its door: pause what goes there, give up what is planned, tell who can act."""
        async with self._database.write() as session:
            paused = await subscriptions.pause_place(session, place, problem)
            await keep_unsaid(session, place)
            await cancel_place(session, place, problem, self._clock())
            await tell_owners(session, place, paused, problem, self._clock())
        return [subscription.id or 0 for subscription in paused]

    async def _put_off(self, delivery: Delivery, problem: str, seconds: float) -> Outcome:
        delivery.state = DeliveryState.PENDING
        delivery.not_before = self._clock() + timedelta(seconds=seconds)
        outcome = await self._hand_back(delivery)
        return replace(outcome, state=DeliveryState.FAILED, reason=reasons.again(problem))

    async def _hand_back(self, delivery: Delivery) -> Outcome:
        async with self._database.write() as session:
            held = await deliveries.hand_back(session, delivery)
            if held and delivery.finished_at is not None:
                await deliveries.finish_enclosed(session, delivery)
        if held and delivery.finished_at is not None:
            self._metrics.finished(delivery)
        outcome = outcome_of(delivery)
        return outcome if held else replace(outcome, state=DeliveryState.FAILED, reason=reasons.CLAIM_LOST)
