"""The receipt of a subscription: what was understood, where and when it comes, what it would have sent."""

from datetime import datetime

from bot.filters.syntax import Filter
from bot.markup import GAP, Button, Line, Message, Span, line
from bot.messages.asked import filter_name
from bot.messages.subscriptions import options, when_next
from bot.messages.thread import paper_line
from bot.messages.words import day_name, schedule_name
from bot.permissions import is_personal
from bot.places import parse_place
from bot.receipts import DAYS, Overlap, Trial
from bot.text import counted
from storage.models import Cadence, Subscription, SubscriptionState

_MOST_OVERLAPS = 3
_MANY = 15
"""Editions of `DAYS` days; there are some twenty, fewer over holidays."""


def receipt(
    subscription: Subscription,
    trial: Trial,
    what: str,
    token: str | None,
    notes: tuple[str, ...] = (),
    now: datetime | None = None,
) -> Message:
    """What every change of a subscription answers with.

    Args:
        what: what has happened, in words, as `is set up`.
        token: of the change, to undo it.
        notes: what else is to be said.
        now: where what is due already may be due (UTC): a changed one can be.
    """
    place = parse_place(subscription.place)
    direct = is_personal(place)
    asked = filter_name(subscription.filter)
    where = (
        f"to {place.address}"
        if place.is_mailbox
        else "to your direct messages"
        if direct
        else "to this channel"
    )
    facts = [
        f"{schedule_name(subscription)}, {where}",
        when_next(subscription, now),
        options(subscription),
    ]
    return Message(
        title=f"Subscription {subscription.id} {what}" if direct else f"This channel's post {what}",
        lines=(
            line(Span(asked[:1].upper() + asked[1:], bold=True)),
            *(line(fact) for fact in facts if fact),
            *map(line, notes),
            GAP,
            *tried(trial, subscription),
            *_overlaps(trial, direct),
        ),
        buttons=_buttons(subscription, token, direct),
    )


def done(subscription: Subscription, turned: bool, changed: bool) -> str:
    """What has happened to it, as `receipt` takes it.

    Args:
        turned: it was paused, or goes on.
        changed: something else was set.
    """
    paused = subscription.state is SubscriptionState.PAUSED
    happened = [("is paused" if paused else "goes on") if turned else "", "is changed" if changed else ""]
    return " and ".join(filter(None, happened)) or "is as it was"


def tried(trial: Trial, subscription: Subscription) -> tuple[Line, ...]:
    """What it would have sent, and the newest of that; of one that shows only the best, what matched."""
    verb = "would have sent" if subscription.max_papers is None else "matched"
    sample = trial.sample
    if not sample.listed:
        return (line(f"I have no papers of the last {DAYS} days to try it on."),)
    if not sample.matched:
        return (line(f"{_over(trial)} this {verb} nothing."),)
    lines = [
        line(f"{_over(trial)} this {verb} {rate(trial, subscription.cadence)}. {_last(len(sample.last))}")
    ]
    lines += [paper_line(paper, day_name(paper.listed_on)) for paper in sample.last]
    return tuple(lines)


def tried_first(trial: Trial, draft: Subscription) -> tuple[Line, ...]:
    """The same before it is kept: other words may be meant where nothing matches."""
    if trial.matches_nothing:
        return (line(f"{_matches_none(trial)} Other words may; to choose them, please subscribe once more."),)
    return tried(trial, draft)


def _matches_none(trial: Trial) -> str:
    return f"This matches none of the {counted(trial.sample.listed, 'paper')} of the last {DAYS} days."


def _over(trial: Trial) -> str:
    """The days that it was tried on: a new bot has read but some of them."""
    if trial.editions < _MANY:
        known = "one list" if trial.editions <= 1 else f"{trial.editions} lists"
        return f"On the {known} that I have of the last {DAYS} days"
    return f"Over the last {DAYS} days"


def rate(trial: Trial, cadence: Cadence = Cadence.DAILY) -> str:
    """`3.1 papers a day`, `16 papers a week`; `4 papers in all` where it is less than one in two of these, or
    where too few days are known to speak of weeks."""
    matched, unit, units = trial.sample.matched, "day", float(max(trial.editions, 1))
    if cadence is Cadence.WEEKLY:
        unit, units = "week", DAYS / 7
    if matched * 2 < units or (unit == "week" and trial.editions < _MANY):
        return f"{counted(matched, 'paper')} in all"
    number = f"{matched / units:.1f}".removesuffix(".0")
    return f"{number} {'paper' if number == '1' else 'papers'} a {unit}"


def _last(count: int) -> str:
    return "The newest:" if count == 1 else f"The newest {count}:"


def _overlaps(trial: Trial, direct: bool) -> tuple[Line, ...]:
    """What else brings the same papers.

    Args:
        direct: one person reads what the receipt is of.
    """
    if not trial.overlaps:
        return ()
    said = [GAP, *(line(_overlap(overlap)) for overlap in trial.overlaps[:_MOST_OVERLAPS])]
    if direct and any(is_personal(parse_place(overlap.subscription.place)) for overlap in trial.overlaps):
        said.append(line("What is due at one hour comes as one message, each paper once."))
    return tuple(said)


def _overlap(overlap: Overlap) -> str:
    other = overlap.subscription
    asked = filter_name(other.filter, 60)
    personal = is_personal(parse_place(other.place))
    who = f"your subscription {other.id}" if personal else "a channel that you share with me"
    return f"{overlap.shared:,} of these would also come by {who} ({asked})."


def _buttons(subscription: Subscription, token: str | None, direct: bool) -> tuple[Button, ...]:
    undo = [Button("Undo", f"undo {token}")] if token else []
    if not direct:
        return (*undo, Button("Edit", "channel edit", form=True))
    return (
        *undo,
        Button("Edit", f"edit {subscription.id}", form=True),
        Button("Send now", f"now {subscription.id}"),
        Button("My subscriptions", "subscriptions"),
    )


def confirm(trial: Trial, wanted: Filter, name: str, command: str) -> Message:
    """A filter that lets everything or nothing through, before it is saved: often it was understood otherwise
    than it was meant, so that it is said in words.

    Args:
        name: how the command begins that asked for it: `subscribe`, `edit 3`, `channel`.
        command: what saves it all the same.
    """
    if trial.matches_everything:
        said = f"This matches every paper: {rate(trial)}. Words make it fewer, as in "
    else:
        said = f"{_matches_none(trial)} Other words may, as in "
    asked = filter_name(str(wanted))
    keep = "Subscribe" if name == "subscribe" else "Save it"
    return Message(
        lines=(
            line(Span(asked[:1].upper() + asked[1:], bold=True)),
            line(said, Span(f"/papers {name} diffusion models", code=True), "."),
            line("Nothing is saved yet."),
        ),
        buttons=(Button(f"{keep} all the same", command), Button("How to search", "search")),
    )
