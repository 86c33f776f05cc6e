"""Subscriptions as people see them: what each asks for, where, when next, and what can be done."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.markup import Button, Card, Message, Span, line
from bot.messages.asked import filter_name
from bot.messages.words import day_name, moment_name, schedule_name
from bot.permissions import usual_style
from bot.places import parse_place
from bot.text import counted
from storage.models import Cadence, Style, Subscription, SubscriptionState

PAGE = 4
"""Subscriptions in one message: each has a row of buttons, and Discord shows five rows."""
_FILTER = 200


def title(subscription: Subscription) -> str:
    """`3 · papers about "diffusion"`."""
    return f"{subscription.id} · {filter_name(subscription.filter, _FILTER)}"


def when_next(subscription: Subscription, now: datetime | None = None) -> str:
    """When the next digest comes, or why none does.

    Args:
        now: where what is due already may be due (UTC).
    """
    if subscription.state is SubscriptionState.PAUSED:
        return f"Paused: {subscription.reason.removesuffix('.')}" if subscription.reason else "Paused"
    if now and subscription.next_due_at <= now:
        return "Next: now, or as soon as the list is complete"
    if subscription.cadence is Cadence.EACH:
        at_latest = subscription.next_due_at.astimezone(ZoneInfo(subscription.zone))
        return f"Next: with the next edition, by {moment_name(at_latest, ZoneInfo(subscription.zone))}"
    return f"Next: {moment_name(subscription.next_due_at, ZoneInfo(subscription.zone))}"


def options(subscription: Subscription) -> str:
    """What else was set, but not what is usual there."""
    place = parse_place(subscription.place)
    said = []
    if subscription.style is not usual_style(place):
        said.append("a message for each paper" if subscription.style is Style.THREAD else "compact")
    if subscription.max_papers:
        best = counted(subscription.max_papers, "paper").removeprefix("1 ")
        said.append(f"the best {best}, the rest one click away")
    if subscription.least_papers:
        said.append(f"at least {counted(subscription.least_papers, 'paper')}, fewer wait for the next")
    if subscription.explain:
        said.append("says so when there is nothing")
    if subscription.append_late and not place.is_mailbox:
        said.append("late papers join the thread of their day")
    sentence = "; ".join(said)
    return sentence[:1].upper() + sentence[1:]


def card(subscription: Subscription) -> Card:
    """One subscription with what can be done with it."""
    number = subscription.id
    paused = subscription.state is SubscriptionState.PAUSED
    facts = [schedule_name(subscription), when_next(subscription), options(subscription)]
    stop = (
        Button(f"Resume {number}", f"resume {number}")
        if paused
        else Button(f"Pause {number}", f"pause {number}")
    )
    return Card(
        Span(title(subscription)),
        facts=tuple(line(fact) for fact in facts if fact),
        buttons=(
            stop,
            Button(f"Edit {number}", f"edit {number}", form=True),
            Button(f"Send now {number}", f"now {number}"),
            Button(f"Delete {number}", f"delete {number}"),
        ),
    )


def there_already(subscription: Subscription) -> Message:
    """Somebody asks for what they have, be it paused."""
    paused = subscription.state is SubscriptionState.PAUSED
    return Message(
        title="You have this already",
        cards=(card(subscription),),
        note=line(
            f"It is paused; Resume {subscription.id} lets it go on."
            if paused
            else "Nothing was set up, so that nothing comes twice."
        ),
    )


def listing(own: Sequence[Subscription], page: int, notes: Sequence[str] = ()) -> Message:
    """Somebody's subscriptions, `PAGE` at a time.

    Args:
        page: from 1; one that is not there is the nearest that is.
        notes: what holds back what would come.
    """
    if not own:
        return none()
    pages = (len(own) - 1) // PAGE + 1
    page = min(max(page, 1), pages)
    ways = [(page - 1, "← Previous"), (page + 1, "Next →")]
    buttons = [Button(label, f"subscriptions {to}") for to, label in ways if 1 <= to <= pages]
    return Message(
        title=counted(len(own), "subscription"),
        lines=tuple(map(line, notes)),
        cards=tuple(card(one) for one in own[(page - 1) * PAGE : page * PAGE]),
        note=line(f"Page {page} of {pages}") if pages > 1 else (),
        buttons=tuple(buttons),
    )


EXAMPLE = "/papers subscribe diffusion models daily 09:00"


def none() -> Message:
    """Nobody has subscribed yet."""
    return Message(
        lines=(line("You have no subscriptions yet. To get one: ", Span(EXAMPLE, code=True)),),
        buttons=(Button("Subscribe", "subscribe", form=True),),
    )


def how_to_subscribe(time: str, zone: str | None) -> Message:
    """`/papers subscribe` alone.

    Args:
        time: at which a digest comes to this person, if they say none.
        zone: None where it is not known.
    """
    return Message(
        title="Subscribe",
        lines=(
            line("Say what, and if you like when: ", Span(EXAMPLE, code=True)),
            line(Span("/papers subscribe agents -survey has:code weekly mon 09:00", code=True)),
            line(
                Span("/papers subscribe upvotes>=50 each", code=True), " – as soon as an edition has settled"
            ),
        ),
        note=line(
            f"Without a time it is {time} on weekdays, {zone or 'in your time zone'}. "
            "/papers search tries a filter."
        ),
    )


def unknown(number: str) -> Message:
    """No subscription of this person has that number; one of somebody else's is no different."""
    return Message(
        lines=(line(f"You have no subscription {number}; /papers subscriptions lists yours."),),
        buttons=(Button("My subscriptions", "subscriptions"),),
    )


def may_not_change() -> Message:
    """A channel's post, and somebody who may look alone."""
    return Message(
        lines=(
            line(
                "Only those who manage this channel, and whom they name, can change its post. "
                "Anyone may look: /papers channel"
            ),
        )
    )


def paused(subscription: Subscription) -> Message:
    """It is paused."""
    return Message(
        lines=(line(f"Subscription {subscription.id} is paused: nothing comes until you resume it."),),
        buttons=(Button("Resume", f"resume {subscription.id}"), Button("My subscriptions", "subscriptions")),
    )


def how_to_edit(subscription: Subscription) -> Message:
    """How a subscription is changed by typing."""
    return Message(
        cards=(card(subscription),),
        note=line(
            "To change it, write what is to be different: ",
            Span(f"/papers edit {subscription.id} agents -survey weekly mon 09:00", code=True),
        ),
    )


def resumed(subscription: Subscription) -> Message:
    """It goes on."""
    return Message(
        lines=(
            line(f"Subscription {subscription.id} goes on. {when_next(subscription)}."),
            line("What came while it was paused is left out; /papers since shows it."),
        ),
        buttons=(Button("Pause", f"pause {subscription.id}"),),
    )


def deleted(subscription: Subscription, token: str) -> Message:
    """It was deleted, and that can be undone."""
    return Message(
        lines=(line(f"Deleted: {title(subscription)}. Nothing more comes of it."),),
        buttons=(Button("Undo", f"undo {token}"), Button("My subscriptions", "subscriptions")),
    )


def undone(subscription: Subscription, what: str) -> Message:
    """A change was taken back.

    Args:
        what: what was changed, in words.
    """
    if subscription.state is SubscriptionState.ENDED:
        return Message(lines=(line(f"Undone: subscription {subscription.id} is gone again."),))
    return Message(lines=(line(f"Undone ({what}): {title(subscription)}"), line(when_next(subscription))))


def not_undone(problem: str) -> Message:
    """A change that stays."""
    return Message(lines=(line(f"I cannot undo that: {problem}."),))


def on_its_way(number: int, papers: int) -> Message:
    """Send now."""
    return Message(
        lines=(
            line(
                f"Subscription {number}: {counted(papers, 'paper')} on the way, within half a minute. "
                "The next digest comes as planned, without them."
            ),
        )
    )


def nothing_now(number: int, reason: str, newest: date | None, command: str) -> Message:
    """Send now, with nothing to send.

    Args:
        newest: the last list with papers that match, as far as one is known.
        command: what shows them.
    """
    lines = [line(f"Subscription {number} has nothing to send now. {reason}")]
    why = Button("Why?", f"why {number}")
    if newest is None:
        return Message(lines=tuple(lines), buttons=(why,))
    lines.append(line(f"The newest list with papers that match is that of {day_name(newest)}."))
    return Message(lines=tuple(lines), buttons=(Button(f"Show {day_name(newest)}", command), why))


def too_many(most: int) -> Message:
    """The limit of one person."""
    return Message(
        lines=(line(f"You have {most} subscriptions, and that is the most. Delete one first."),),
        buttons=(Button("My subscriptions", "subscriptions"),),
    )


def no_direct_messages() -> Message:
    """Somebody from another workspace in a shared channel."""
    return Message(
        lines=(
            line(
                "I cannot write to you directly, because you belong to another workspace. "
                "Install me there, or ask for a channel post: /papers channel"
            ),
        )
    )


def which_zone(command: str) -> Message:
    """The platform does not tell where somebody is.

    Args:
        command: what was asked, to which a zone can be added.
    """
    common = ("America/New_York", "Europe/London", "Europe/Paris", "Asia/Tokyo")
    buttons = [Button(zone, f"{command} in {zone}") for zone in common]
    return Message(
        lines=(
            line("In which time zone are you? I ask this once."),
            line("Click on one, or write it: ", Span("/papers settings zone Asia/Kolkata", code=True)),
        ),
        buttons=(*buttons, Button("Another zone", f"zone {command}", form=True)),
    )


def wrong(sentence: str) -> Message:
    """Something that was asked for cannot be read; `sentence` says what to write instead."""
    return Message(lines=(line(f"{sentence[:1].upper()}{sentence[1:].removesuffix('.')}."),))
