"""The latest deliveries on the command line."""

import json
from collections.abc import Sequence

from bot.app import App
from bot.cli.shell import Failed, answer, note
from bot.messages import reasons
from bot.messages.words import day_name
from bot.text import counted
from storage import dead_letters
from storage.models import Delivery, DeliveryState

MOST = 50


async def show(app: App, failed: bool, as_json: bool) -> int:
    """Print the latest deliveries."""
    async with app.database.read() as session:
        found = await dead_letters.latest(session, MOST, failed)
    if as_json:
        answer(json.dumps([_as_json(delivery) for delivery in found], ensure_ascii=False, indent=2))
        return 0
    for delivery in found:
        answer(describe(delivery))
    if not found:
        note("Nothing has failed." if failed else "Nothing has gone out yet.")
    if any(delivery.state is DeliveryState.FAILED for delivery in found):
        note("To put one back: daily-papers deliveries --retry ID")
    return 0


async def retry(app: App, numbers: Sequence[int]) -> int:
    """Put failed deliveries back; the next run sends them. Raises Failed for the first that cannot be."""
    for number in dict.fromkeys(numbers):
        try:
            async with app.database.write() as session:
                delivery = await dead_letters.put_back(session, number)
        except dead_letters.NotPutBackError as problem:
            raise Failed(str(problem)) from problem
        answer(f"Delivery {number} to {delivery.place} is put back.")
    note("A running bot sends it, or `daily-papers deliver`.")
    return 0


def describe(delivery: Delivery) -> str:
    """One line: which one, where, what became of it."""
    what = counted(len(delivery.papers), "paper") if delivery.papers else "a message"
    state = delivery.state.value
    if delivery.state is DeliveryState.PENDING and delivery.reason:
        state = reasons.again(delivery.reason)
    elif delivery.reason:
        state = f"{state}: {delivery.reason}"
    return f"{delivery.id} · {delivery.place} · {day_name(delivery.local_date)} · {what} · {state}"


def _as_json(delivery: Delivery) -> dict[str, object]:
    return {
        "id": delivery.id,
        "subscription": delivery.subscription_id,
        "place": delivery.place,
        "date": delivery.local_date.isoformat(),
        "state": delivery.state.value,
        "reason": delivery.reason,
        "papers": delivery.papers,
        "attempts": delivery.attempts,
        "next_attempt": delivery.not_before.isoformat() if delivery.not_before else None,
    }
