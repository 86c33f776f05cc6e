"""`post` and `deliver`."""

import json
from datetime import date, datetime

from bot.app import App
from bot.cli.shell import Failed, answer, note
from bot.messages import reasons
from bot.messages.words import day_name
from bot.outcome import Outcome
from bot.text import counted
from storage import periods
from storage.models import DeliveryState, Edition, Style


async def deliver(app: App, now: datetime | None, as_json: bool) -> int:
    """Plan and send all that is due at `now`; 1 where something failed."""
    plan = await app.planner.plan_due(now or app.clock())
    sent = await app.sender.send_open(impatient=True)
    outcomes = sorted([*plan.skipped, *sent], key=lambda outcome: outcome.delivery)
    if as_json:
        answer(json.dumps([_as_json(outcome) for outcome in outcomes], ensure_ascii=False, indent=2))
    for outcome in [] if as_json else outcomes:
        answer(describe(outcome))
    for subscription, wait in plan.waiting:
        note(reasons.waiting(subscription, wait))
    if not outcomes and not plan.waiting:
        note("Nothing is due.")
    return int(any(outcome.state is DeliveryState.FAILED for outcome in outcomes))


def _as_json(outcome: Outcome) -> dict[str, object]:
    return {
        "subscription": outcome.subscription,
        "place": outcome.place,
        "state": outcome.state.value,
        "reason": outcome.reason,
        "papers": [] if outcome.state is DeliveryState.FAILED else list(outcome.papers),
    }


def describe(outcome: Outcome) -> str:
    """One line: what became of a delivery."""
    who = f"Subscription {outcome.subscription} ({outcome.place})" if outcome.subscription else outcome.place
    what = counted(len(outcome.papers), "paper") if outcome.state is DeliveryState.SENT else ""
    return f"{who} {outcome.state.value}: {' '.join(filter(None, [what, outcome.reason]))}"


async def post(app: App, place_text: str, day: date | None, style: str, most: int | None, again: bool) -> int:
    """Post an edition to a place. Raises PlaceError, SourceError, Failed."""
    place = app.connections.place(place_text)
    if problem := app.connections.missing(place.platform):
        raise Failed(problem)
    edition = await find_edition(app, day)
    planned = await app.poster.plan_post(place, edition, Style(style), most, again)
    outcome = planned if isinstance(planned, Outcome) else await app.sender.send_one(planned)
    if outcome is None:
        raise Failed(f"another digest is on its way to {place}; try again when it is there")
    note(describe(outcome))
    if outcome.state is DeliveryState.SKIPPED and edition.papers:
        note("To post it once more, add --again.")
    return int(outcome.state is DeliveryState.FAILED)


async def find_edition(app: App, day: date | None) -> Edition:
    """The edition of a day, or the newest; asks the source where it is not in the store.

    Raises SourceError, and Failed where there is none.
    """
    if day is None:
        async with app.database.read() as session:
            day = await session.run_sync(periods.newest_day)
    if day is None:
        day = (await app.ingest.newest()).day
    edition = await app.ingest.ensure(day)
    if edition is None:
        raise Failed(f"there is no edition of {day_name(day)}; the lists begin on 4 May 2023 and end today")
    return edition
