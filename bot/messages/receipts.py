"""The receipt of a subscription: what was understood, where and when it comes, what it would have sent."""

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
from storage.models import Cadence, Subscription

_MOST_OVERLAPS = 3
_MANY = 15
"""Editions of `DAYS` days; there are some twenty, fewer over holidays."""


def receipt(
    subscription: Subscription, trial: Trial, what: str, token: str | None, notes: tuple[str, ...] = ()
) -> Message:
    """What every change of a subscription answers with.

    Args:
        what: what has happened, in words, as `is set up`.
        token: of the change, to undo it.
        notes: what else is to be said.
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
        when_next(subscription),
        options(subscription),
    ]
    return Message(
        title=f"Subscription {subscription.id} {what}" if direct else f"This channel's post {what}",
        lines=(
            line(Span(asked[:1].upper() + asked[1:], bold=True)),
            *(line(fact) for fact in facts if fact),
            *map(line, notes),
            GAP,
            *tried(trial, subscription.cadence),
            *_overlaps(trial, direct),
        ),
        buttons=_buttons(subscription, token, direct),
    )


def tried(trial: Trial, cadence: Cadence) -> tuple[Line, ...]:
    """What it would have found, and the newest of that."""
    sample = trial.sample
    if not sample.listed:
        return (line(f"I have no papers of the last {DAYS} days to try it on."),)
    if not sample.matched:
        return (line(f"{_over(trial)} this matched nothing."),)
    lines = [line(f"{_over(trial)} this matched {rate(trial, cadence)}. {_last(len(sample.last))}")]
    lines += [paper_line(paper, day_name(paper.listed_on)) for paper in sample.last]
    return tuple(lines)


def _over(trial: Trial) -> str:
    """The days that it was tried on: a new bot has read but some of them."""
    if trial.editions < _MANY:
        known = "one list" if trial.editions == 1 else f"{trial.editions} lists"
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
        said = (
            f"This matches none of the {counted(trial.sample.listed, 'paper')} of the last {DAYS} days. "
            "Other words may, as in "
        )
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
