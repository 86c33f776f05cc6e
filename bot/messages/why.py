"""Why something came, or did not, in sentences."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.explaining import Explained
from bot.filters.closest import Closest
from bot.filters.describe import describe
from bot.filters.syntax import Filter
from bot.markup import GAP, Button, Line, Message, Span, line
from bot.messages.subscriptions import title, when_next
from bot.messages.words import day_name, schedule_name
from bot.text import counted, cut
from storage.models import Delivery, DeliveryState, Subscription

_MOST = 5
"""Subscriptions that are named."""


def why(found: Explained, direct: bool = True, notes: Sequence[str] = ()) -> Message:
    """The latest digests, each with its reason, and when the next come.

    Args:
        direct: one person reads them.
        notes: what else holds back what would come.
    """
    if not found.subscriptions:
        return Message(
            lines=(line("Nothing comes here yet: there is no subscription. /papers subscribe makes one."),)
        )
    lines: list[Line] = [line(note) for note in notes]
    for one in found.subscriptions[:_MOST]:
        lines += [*_standing(one, found), GAP]
    if hidden := len(found.subscriptions) - _MOST:
        lines += [line(f"{hidden} more: /papers why and a number")] if hidden > 0 else []
    if not found.latest:
        lines.append(line("No digest has been due so far."))
    several = len(found.subscriptions) > 1
    zones = {one.id: one.zone for one in found.subscriptions}
    for delivery in found.latest:
        lines.append(line(_outcome(delivery, several, zones[delivery.subscription_id])))
    buttons = (Button("My subscriptions", "subscriptions"),) if direct else ()
    return Message(title="What came, and why", lines=tuple(lines), buttons=buttons)


def _standing(subscription: Subscription, found: Explained) -> list[Line]:
    number = subscription.id or 0
    lines = [line(Span(title(subscription), bold=True)), line(schedule_name(subscription))]
    if number in found.waiting and subscription.wait_until:
        until = f"{_time(subscription.wait_until, subscription.zone)} at the latest"
        lines.append(line(f"Waiting for its edition to settle, until {until}"))
    else:
        lines.append(line(when_next(subscription)))
    if number in found.closest:
        lines.append(_near(found.closest[number]))
    return lines


def _near(near: Closest) -> Line:
    missing = ", ".join(describe(Filter(term)) for term in near.lacks)
    return line(
        "Closest in the last digest: ",
        Span(cut(near.paper.title, 110), near.paper.url),
        f"; it is not among {cut(missing, 160)}",
    )


def _outcome(delivery: Delivery, several: bool, zone: str) -> str:
    """`Wed 29 Jul 2026: 3 papers, sent at 09:00 Europe/Paris`."""
    which = f", subscription {delivery.subscription_id}" if several else ""
    return f"{day_name(delivery.local_date)}{which}: {_came(delivery, zone)}"


def _came(delivery: Delivery, zone: str) -> str:
    count = counted(len(delivery.papers) + len(delivery.rest), "paper")
    match delivery.state:
        case DeliveryState.SENT if delivery.notice:
            return delivery.notice
        case DeliveryState.SENT:
            at = _sent_at(delivery.finished_at, delivery.local_date, zone) if delivery.finished_at else ""
            by_hand = ", asked for" if delivery.by_hand else ""
            return f"{count}, sent{at}{by_hand}" + (f". {delivery.reason}" if delivery.reason else "")
        case DeliveryState.SKIPPED | DeliveryState.FAILED:
            return delivery.reason or "nothing came"
        case _:
            return f"{count} on the way" + (
                f"; the next attempt is at {_time(delivery.not_before, zone)}" if delivery.not_before else ""
            )


def _sent_at(moment: datetime, wanted: date, zone: str) -> str:
    """When it was sent; with the day where that is not the day that it was for."""
    day = moment.astimezone(ZoneInfo(zone)).date()
    return f"{'' if day == wanted else f' on {day_name(day)}'} at {_time(moment, zone)}"


def _time(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M} {zone}"
