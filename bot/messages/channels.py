"""What is said of a channel's post."""

from collections.abc import Sequence

from bot.markup import GAP, Button, Line, Message, Span, line
from bot.messages.asked import filter_name
from bot.messages.subscriptions import options, title, when_next
from bot.messages.words import day_name, schedule_name
from storage.models import Change, Subscription, SubscriptionState

HISTORY = 10
"""Changes in one message."""


def posts(found: Sequence[Subscription]) -> Message:
    """What is posted here, and how to change it."""
    if not found:
        return Message(
            lines=(
                line("Nothing is posted here yet. Whoever manages this channel can turn it on:"),
                line(Span("/papers channel on", code=True), " – every paper, at 09:00 on weekdays"),
                line(
                    Span("/papers channel agents -survey daily 10:00 most 10", code=True), " – or just these"
                ),
            ),
            buttons=(Button("Turn on", "channel on"), Button("Set up", "channel edit", form=True)),
        )
    lines: list[Line] = []
    for post in found:
        lines += [GAP] if lines else []
        lines += _post(post)
    return Message(title="This channel's post", lines=tuple(lines), buttons=_buttons(found))


def _post(post: Subscription) -> list[Line]:
    asked = filter_name(post.filter)
    facts = [schedule_name(post), when_next(post), options(post)]
    lines = [line(Span(asked[:1].upper() + asked[1:], bold=True)), *(line(fact) for fact in facts if fact)]
    return [*lines, _who(post)]


def _who(post: Subscription) -> Line:
    """Who may change it."""
    named: list[Span] = []
    for who in post.managers:
        named += [Span(", "), _person(who)]
    return (*line("Changed by those who manage this channel"), *named)


def _person(who: str | None) -> Span:
    """Somebody by name; the adapter knows it."""
    return Span("somebody", person=who.partition(":")[2]) if who else Span("the command line")


def _buttons(found: Sequence[Subscription]) -> tuple[Button, ...]:
    if len(found) != 1:
        return (Button("History", "channel history"),)
    paused = found[0].state is SubscriptionState.PAUSED
    stop = Button("Resume", "channel resume") if paused else Button("Pause", "channel pause")
    return (
        Button("Edit", "channel edit", form=True),
        stop,
        Button("Turn off", "channel off"),
        Button("Why?", f"why {found[0].id}"),
        Button("History", "channel history"),
    )


def which_post(found: Sequence[Subscription]) -> Message:
    """A channel that has several."""
    return Message(
        lines=(
            line("This channel has several posts; say which: ", _example(found[0])),
            *(line(title(post)) for post in found),
        )
    )


def _example(post: Subscription) -> Span:
    return Span(f"/papers channel {post.id} most 10", code=True)


def unknown_post(number: str) -> Message:
    """A number that is not of this channel."""
    return Message(lines=(line(f"This channel has no post {number}; /papers channel shows what it has."),))


def off_alone() -> str:
    """`/papers channel turn:off filter:agents`."""
    return "a post that is turned off has nothing to change; leave out what stands beside off, or write pause"


def no_channel() -> Message:
    """Asked where nobody else is."""
    return Message(
        lines=(
            line("There is no channel here; ask in the one where papers are to be posted. For yourself:"),
            line(Span("/papers subscribe diffusion models", code=True)),
        ),
        buttons=(Button("Subscribe", "subscribe", form=True),),
    )


def whom(no_post: bool) -> Message:
    """`name` without somebody."""
    if no_post:
        return posts([])
    example = Span("/papers channel name @Ada", code=True)
    return Message(lines=(line("Whom? Mention the person: ", example),))


def too_many_managers(most: int) -> Message:
    return Message(lines=(line(f"{most} people can be named at the most; take somebody out first."),))


def named(post: Subscription, token: str | None) -> Message:
    """Who may change a post now."""
    return Message(lines=(_who(post),), buttons=(Button("Undo", f"undo {token}"),) if token else ())


def history(latest: Sequence[Change]) -> Message:
    """Who changed the post, newest first."""
    if not latest:
        return Message(lines=(line("Nobody has changed this channel's post so far."),))
    return Message(title="Changes of this channel's post", lines=tuple(_changed(change) for change in latest))


def _changed(change: Change) -> Line:
    when = f"{day_name(change.at.date())}, {change.at:%H:%M} UTC: "
    undone = ", undone since" if change.undone else ""
    return line(when, _person(change.who), f" {change.what}{undone}")
