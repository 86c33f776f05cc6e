"""Sends the parts of one delivery, one after the other, and writes down each.

A part is committed as sending before the network is touched and as sent when its reference is known. A part
that is found as sending belongs to a process that died, or to an answer that never came: it is looked for on
the platform before it is sent again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.adapter import Adapter, AdapterError, Ambiguous, RateLimited, Rejected, Untraceable
from bot.clock import Clock
from bot.delivery.circuits import Circuits, Closed
from bot.delivery.job import Job
from bot.delivery.journal import LEASE, Journal
from bot.delivery.pacing import Pacing
from bot.delivery.retry import Again, after_failure
from bot.delivery.turns import Turns
from bot.logs import log
from bot.messages import reasons
from bot.metrics import Metrics
from storage.models import DeliveryState, PartKind, PartState
from storage.rows import PartRow

PATIENCE = 10.0
"""Seconds that a failed part is waited for on the spot; longer pauses are left to a later attempt."""
RATE_LIMIT_PATIENCE = 120.0
"""Seconds that are waited on the spot where the platform itself names them: nobody else is held up."""
SLOW_PACE = 1.0
"""Seconds between the parts of a delivery once its place was told to slow down; Slack's own pace."""
MOST_ATTEMPTS = 30
"""Attempts for one part on the spot, so that a platform which always says "in a second" holds nobody up."""
LOOK_AFTER = 10.0
"""Seconds from the first attempt at a part until it is looked for: a platform may be busy with it still."""

_Answer = TypeVar("_Answer")
_UNSENT = (PartState.PENDING, PartState.SENDING)


class Stopping(Exception):
    """The process is to end; the delivery is handed back."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What all couriers of a process share.

    Args:
        clock: the real time (UTC).
        monotonic: seconds.
        rest: waits some seconds; raises Stopping where the process is to end.
        chance: a number from 0 to 1, for pauses that differ.
    """

    journal: Journal
    turns: Turns
    pacing: Pacing
    circuits: Circuits
    clock: Clock
    monotonic: Callable[[], float]
    rest: Callable[[float], Awaitable[None]]
    chance: Callable[[], float]
    metrics: Metrics


class Courier:
    """Carries one delivery to its place."""

    def __init__(self, desk: Desk, job: Job, adapter: Adapter) -> None:
        self._desk = desk
        self._job = job
        self._adapter = adapter

    async def carry(self) -> None:
        """Send what is left, and end the claim with the last part.

        Raises AdapterError, ClaimLost, Stopping, DatabaseError; the delivery is still held then, unless its
        claim is lost.
        """
        left = [part for part in self._job.parts if part.state in _UNSENT]
        for part in left:
            await self._send(part)
            if part is not left[-1]:
                await self._mark(part)
        delivery = self._job.delivery
        delivery.state, delivery.reason = DeliveryState.SENT, self._remark()
        delivery.not_before, delivery.finished_at = None, self._desk.clock()
        await self._desk.journal.hand_back(delivery, left[-1] if left else None, self._job.encloses)

    def _remark(self) -> str | None:
        """What a person should know of a delivery that was sent."""
        states = [part.state for part in self._job.parts]
        refused, doubtful = states.count(PartState.REFUSED), states.count(PartState.DOUBTFUL)
        remarks = [reasons.refused(refused)] if refused else []
        remarks += [reasons.doubtful(doubtful)] if doubtful else []
        return " ".join(remarks) or None

    async def _send(self, part: PartRow) -> None:
        """Send one part, trying again on the spot where that is soon; its new state is not written yet.

        A card that the platform calls malformed is passed over, so that it holds back neither the cards
        behind it nor tomorrow's digest. So is one of which nobody can tell whether it was posted.
        """
        in_doubt = part.state is PartState.SENDING
        while True:
            try:
                ref = await self._look_for(part) if in_doubt else None
                in_doubt = False
                ref = ref or await self._post(part)
            except (Rejected, Untraceable) as error:
                return await self._pass_over(part, error)
            except Closed:
                raise
            except AdapterError as error:
                in_doubt = in_doubt or isinstance(error, Ambiguous)
                await self._failed(part, error, in_doubt)
            else:
                return self._came_through(part, ref)

    async def _look_for(self, part: PartRow) -> str | None:
        """The reference of a part that may have been posted, if it was."""
        if part.tried_at is not None:
            passed = (self._desk.clock() - part.tried_at).total_seconds()
            await self._desk.rest(LOOK_AFTER - max(passed, 0.0))
        return await self._call(part, self._job.find)

    async def _post(self, part: PartRow) -> str:
        """Post a part, not faster than its place and its installation want it."""
        desk, job = self._desk, self._job
        while (wait := desk.pacing.wait(desk.monotonic(), job.delivery.place, job.installation)) > 0:
            await desk.rest(wait)
        self._keep_pace()
        return await self._call(part, job.send)

    async def _call(self, part: PartRow, call: Callable[[Adapter, PartRow], Awaitable[_Answer]]) -> _Answer:
        """Call the platform when its turn has come, with the part committed as sending."""
        desk, job = self._desk, self._job
        await desk.rest(0)
        async with desk.turns.turn(job.installation, job.served.direct, job.limits.at_once):
            await desk.rest(0)  # the turn may have come after the end
            began = desk.monotonic()
            desk.circuits.check(job.installation, began)
            # Again where the process stood still while that was written: somebody else may have it by now.
            while part.state is not PartState.SENDING or self._claim_ends_soon():
                part.tried_at = part.tried_at or desk.clock()
                await self._mark(part, PartState.SENDING)
            answer = await call(self._adapter, part)
        desk.circuits.passed(job.installation, began)
        return answer

    def _claim_ends_soon(self) -> bool:
        until = self._job.delivery.owner_until
        return until is None or until - self._desk.clock() < LEASE / 2

    def _keep_pace(self) -> None:
        now, job = self._desk.monotonic(), self._job
        for name, pause in (
            (job.delivery.place, max(job.limits.pause, job.pace)),
            (job.installation, job.limits.installation_pause),
        ):
            if pause:
                self._desk.pacing.rest(name, now + pause)

    async def _pass_over(self, part: PartRow, error: AdapterError) -> None:
        """Leave a part out. Raises `error` where it is the head, which all others hang on."""
        log.error("part_not_sent", delivery=part.delivery_id, part=part.position, problem=str(error))
        part.state = PartState.REFUSED if isinstance(error, Rejected) else PartState.DOUBTFUL
        if part.kind is PartKind.HEAD:
            await self._mark(part)
            raise error

    def _came_through(self, part: PartRow, ref: str) -> None:
        part.state, part.ref, part.sent_at = PartState.SENT, ref, self._desk.clock()
        if self._job.delivery.failing_since is not None:
            self._job.delivery.attempts, self._job.delivery.failing_since = 0, None
        self._desk.metrics.sent(self._job.delivery.place)

    async def _failed(self, part: PartRow, error: AdapterError, in_doubt: bool) -> None:
        """Wait before the same part is tried on the spot. Raises `error` where that would be long."""
        desk, job = self._desk, self._job
        if isinstance(error, RateLimited):
            desk.pacing.rest(
                job.installation if error.whole else job.delivery.place, desk.monotonic() + error.retry_after
            )
            if not error.asked and error.retry_after <= RATE_LIMIT_PATIENCE:
                return
            job.pace = max(job.pace, min(error.retry_after, SLOW_PACE))
        desk.circuits.failed(job.installation, error, desk.monotonic())
        await self._mark(part, PartState.SENDING if in_doubt else PartState.PENDING)
        await desk.rest(self._pause(error))

    def _pause(self, error: AdapterError) -> float:
        delivery, now = self._job.delivery, self._desk.clock()
        delivery.attempts += 1
        delivery.failing_since = delivery.failing_since or now
        decision = after_failure(error, delivery.attempts, now - delivery.failing_since, self._desk.chance())
        longest = RATE_LIMIT_PATIENCE if isinstance(error, RateLimited) else PATIENCE
        if not isinstance(decision, Again) or decision.after > longest or delivery.attempts > MOST_ATTEMPTS:
            raise error
        self._desk.metrics.retried(delivery.place, error)
        return decision.after

    async def _mark(self, part: PartRow, state: PartState | None = None) -> None:
        part.state = state or part.state
        await self._desk.journal.mark(self._job.delivery, part)
