"""What becomes of a delivery that did not go through: later, never, or never again to that place."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from bot.adapter import AdapterError
from bot.clock import Clock
from bot.delivery.door import keep_unsaid, tell_owners
from bot.delivery.journal import Journal
from bot.delivery.retry import Again, after_failure
from bot.messages import reasons
from bot.metrics import Metrics
from bot.outcome import Outcome, outcome_of
from bot.places import parse_place
from bot.workspaces import end_installation
from storage import subscriptions
from storage.cancelling import cancel_place
from storage.database import Database
from storage.models import DeliveryState
from storage.rows import DeliveryRow


class Endings:
    """Writes how deliveries end. Each method raises ClaimLost and DatabaseError.

    Args:
        chance: a number from 0 to 1, for pauses that differ.
    """

    def __init__(
        self,
        database: Database,
        journal: Journal,
        clock: Clock,
        chance: Callable[[], float],
        metrics: Metrics,
    ) -> None:
        self._database = database
        self._journal = journal
        self._clock = clock
        self._chance = chance
        self._metrics = metrics

    async def fail(self, delivery: DeliveryRow, error: AdapterError) -> Outcome:
        """Put a delivery back for a later attempt, or end it and pause what cannot work any more."""
        delivery.failing_since = delivery.failing_since or self._clock()
        failing_for = self._clock() - delivery.failing_since
        decision = after_failure(error, max(delivery.attempts, 1), failing_for, self._chance())
        if isinstance(decision, Again):
            self._metrics.retried(delivery.place, error)
            return await self.put_off(delivery, str(error), decision.after)
        if decision.installation_gone:
            await self._close_installation(delivery.place)
            return await self.finish(delivery, DeliveryState.FAILED, str(error))
        if not decision.place_gone:
            return await self.finish(delivery, DeliveryState.FAILED, reasons.given_up(str(error)))
        outcome = reasons.paused(str(error), await self._close(delivery.place, str(error)))
        return await self.finish(delivery, DeliveryState.FAILED, outcome)

    async def _close(self, place: str, problem: str) -> list[int]:
        """A place has closed its door: pause what goes there, give up what is planned, tell who can act."""
        async with self._database.write() as session:
            paused = await subscriptions.pause_place(session, place, problem)
            await keep_unsaid(session, place)
            await cancel_place(session, place, problem, self._clock())
            await tell_owners(session, place, paused, problem, self._clock())
        return [subscription.id or 0 for subscription in paused]

    async def _close_installation(self, place: str) -> None:
        """A workspace has removed the bot: pause what goes there, such as what was made since, unless it has
        been installed anew meanwhile. Nobody is told, for there is no way to anybody there."""
        platform, name = parse_place(place).platform, parse_place(place).installation
        if not name:
            return
        async with self._database.write() as session:
            await end_installation(session, platform, name, self._clock())

    async def put_off(self, delivery: DeliveryRow, problem: str, seconds: float) -> Outcome:
        """Hand it back for an attempt in so many seconds."""
        delivery.state = DeliveryState.PENDING
        delivery.reason = problem
        delivery.not_before = self._clock() + timedelta(seconds=seconds)
        await self._journal.hand_back(delivery)
        return replace(outcome_of(delivery), state=DeliveryState.FAILED, reason=reasons.again(problem))

    async def finish(self, delivery: DeliveryRow, state: DeliveryState, reason: str | None) -> Outcome:
        """End it for good, with all that travels in it."""
        delivery.state, delivery.reason, delivery.not_before = state, reason, None
        delivery.finished_at = self._clock()
        await self._journal.hand_back(delivery, encloses=True)
        self._metrics.finished(delivery)
        return outcome_of(delivery)
