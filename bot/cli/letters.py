"""The latest deliveries on the command line."""

import json
from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.app import App
from bot.cli.shell import Failed, answer, note
from bot.decisions import union
from bot.messages import reasons
from bot.messages.words import day_name
from bot.text import counted
from storage import dead_letters, papers
from storage.models import Delivery, DeliveryState

MOST = 50


async def show(app: App, failed: bool, as_json: bool) -> int:
    """Print the latest deliveries."""
    async with app.database.read() as session:
        found = await dead_letters.latest(session, MOST, failed)
        shown = await _shown(session, found)
    if as_json:
        rows = [_as_json(delivery, shown[delivery.token]) for delivery in found]
        answer(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for delivery in found:
        answer(describe(delivery, shown[delivery.token]))
    if not found:
        note("Nothing has failed." if failed else "Nothing has gone out yet.")
    if any(delivery.state is DeliveryState.FAILED for delivery in found):
        note("To put one back: daily-papers deliveries --retry ID")
    return 0


async def retry(app: App, numbers: Sequence[int], as_json: bool) -> int:
    """Put failed deliveries back; the next run sends them. Raises Failed for the first that cannot be."""
    rows: list[dict[str, object]] = []
    try:
        for number in dict.fromkeys(numbers):
            async with app.database.write() as session:
                delivery = await dead_letters.put_back(session, number)
                shown = await _shown(session, [delivery])
            rows.append(_as_json(delivery, shown[delivery.token]))
            if not as_json:
                answer(f"Delivery {number} to {delivery.place} is put back.")
    except dead_letters.NotPutBackError as problem:
        raise Failed(str(problem)) from problem
    finally:
        if as_json:
            answer(json.dumps(rows, ensure_ascii=False, indent=2))
    note("A running bot sends it, or `daily-papers deliver`.")
    return 0


async def _shown(session: AsyncSession, deliveries: Sequence[Delivery]) -> dict[str, list[str]]:
    """The papers that each shows, in the order of posting, by its token: those of an envelope are the papers
    of what it holds."""
    shown = {delivery.token: delivery.papers for delivery in deliveries}
    for token, held in (await dead_letters.held_in(session, deliveries)).items():
        named = {paper for one in held for paper in (*one.papers, *one.rest)}
        digest = union(held, await papers.papers_by_id(session, named))
        shown[token] = [paper.id for paper in digest.papers]
    return shown


def describe(delivery: Delivery, shown: Sequence[str]) -> str:
    """One line: which one, where, what became of it."""
    what = counted(len(shown), "paper") if shown else "a message"
    state = delivery.state.value
    if delivery.state is DeliveryState.PENDING and delivery.reason:
        state = reasons.again(delivery.reason)
    elif delivery.reason:
        state = f"{state}: {delivery.reason}"
    return f"{delivery.id} · {delivery.place} · {day_name(delivery.local_date)} · {what} · {state}"


def _as_json(delivery: Delivery, shown: Sequence[str]) -> dict[str, object]:
    return {
        "id": delivery.id,
        "subscription": delivery.subscription_id,
        "place": delivery.place,
        "date": delivery.local_date.isoformat(),
        "state": delivery.state.value,
        "reason": delivery.reason,
        "papers": list(shown),
        "attempts": delivery.attempts,
        "next_attempt": delivery.not_before.isoformat() if delivery.not_before else None,
    }
