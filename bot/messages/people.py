"""What concerns a person as a whole: settings, vacation, what was missed, export, forgetting."""

from collections.abc import Sequence
from datetime import date

from bot.digest import Digest
from bot.markup import Button, Message, Span, line
from bot.messages.asked import filter_name
from bot.messages.thread import paper_line
from bot.messages.words import day_name, weekdays_name
from bot.request import LONGEST_FILE
from bot.schedule import quiet_days
from bot.text import counted, cut
from storage.models import Paper, Person


def vacation_notes(until: date | None) -> tuple[str, ...]:
    """That a vacation puts digests off, where it does."""
    if until is None:
        return ()
    return (f"You are on vacation: nothing comes before {day_name(until)}.",)


def settings(
    person: Person | None, zone: str | None, source: str, until: date | None, changed: Sequence[str] = ()
) -> Message:
    """What holds for all of somebody's subscriptions.

    Args:
        until: the end of their vacation, if they are away.
        zone: None where it is not known.
        source: where the zone comes from, where the person has set none.
        changed: what was changed just now, in words.
    """
    time = f"{person.local_time:%H:%M}" if person and person.local_time else "09:00"
    quiet = weekdays_name(quiet_days(person.quiet)) if person and person.quiet else "none"
    return Message(
        title="Settings",
        lines=(
            *map(line, changed),
            line(
                Span("Time zone: ", bold=True), zone or "not known yet", f", from {source}" if source else ""
            ),
            line(Span("Usual time: ", bold=True), f"{time}, for new subscriptions"),
            line(Span("Quiet weekdays: ", bold=True), quiet),
            *(
                [line(Span("Vacation: ", bold=True), f"nothing comes before {day_name(until)}")]
                if until
                else []
            ),
        ),
        note=line(
            "To change them: ",
            Span("/papers settings zone Europe/Paris, time 08:30, quiet sat,sun", code=True),
            "; one alone works as well.",
        ),
        buttons=(Button("Change", "settings edit", form=True), Button("My subscriptions", "subscriptions")),
    )


def settings_usage(text: str) -> Message:
    """A setting that does not exist."""
    return Message(
        lines=(
            line(
                Span(text[:60], code=True),
                " is no setting. There are ",
                Span("zone Europe/Paris", code=True),
                ", ",
                Span("time 08:30", code=True),
                " and ",
                Span("quiet sat,sun", code=True),
                " or ",
                Span("quiet none", code=True),
                ".",
            ),
        ),
        buttons=(Button("Settings", "settings"),),
    )


def away(until: date, count: int) -> Message:
    """A vacation begins."""
    own = counted(count, "subscription goes", "subscriptions go").removeprefix("1 ")
    then = f"; from that day on your {own} on" if count else ""
    return Message(
        lines=(
            line(f"Have a good time! Nothing comes before {day_name(until)}{then}."),
            line("The first digest then sums up the time between: its best ten papers."),
        ),
        buttons=(Button("I am back", "vacation off"),),
    )


def back(count: int) -> Message:
    """A vacation ends."""
    goes = f" {counted(count, 'subscription goes', 'subscriptions go')} on as planned." if count else ""
    return Message(
        lines=(line(f"Welcome back.{goes}"),), buttons=(Button("My subscriptions", "subscriptions"),)
    )


def vacation_usage(until: date | None) -> Message:
    """How to take a vacation."""
    now = "".join(f"{note} " for note in vacation_notes(until))
    return Message(
        lines=(
            line(
                f"{now}Say until when nothing is to come: ",
                Span("/papers vacation until 2026-12-31", code=True),
                "; ",
                Span("/papers vacation off", code=True),
                " ends it.",
            ),
        ),
        buttons=(Button("I am back", "vacation off"),) if until else (),
    )


def not_away() -> Message:
    """The end of a vacation that nobody is on."""
    example = Span("/papers vacation until 2026-12-31", code=True)
    return Message(lines=(line("You are not on vacation: everything comes as planned. To go: ", example),))


def no_day_ahead(text: str) -> str:
    """What is no day that a vacation can end on."""
    said = cut(text, 40)
    return (
        f'"{said}" is no date; write year-month-day, for example 2026-12-31, or tomorrow, friday or next week'
    )


def too_far(most: int) -> Message:
    """A date that is too far ahead, or past."""
    return Message(lines=(line(f"Please name a day from tomorrow on, at most {most} days ahead."),))


def since(first: date, digest: Digest, asked: str, names: dict[str, list[int]], token: str | None) -> Message:
    """The best papers since a day.

    Args:
        asked: what they match, in words.
        names: the subscriptions that a paper matches, by its identifier.
        token: what buttons call the filter; None where it is too long for them.
    """
    total = len(digest.papers)
    if not total:
        return Message(lines=(line(f"Nothing since {day_name(first)}: {asked}."),))
    return Message(
        title=f"Since {day_name(first)}",
        lines=(
            line(f"The {counted(total, 'paper').removeprefix('1 ')} with the most upvotes: {asked}"),
            *(_named(paper, names.get(paper.id, [])) for paper in digest.papers),
        ),
        buttons=(Button("Show all", f"page {token} 0"),) if token else (),
    )


def _named(paper: Paper, numbers: Sequence[int]) -> tuple[Span, ...]:
    more = [day_name(paper.listed_on)]
    if numbers:
        more.append("for " + ", ".join(map(str, numbers)))
    return paper_line(paper, *more)


def since_usage() -> Message:
    """`/papers since` without a date."""
    example = Span("/papers since 2026-07-20 diffusion", code=True)
    said = line("Since when? Write for example ", example, ". Words behind the date are a filter.")
    others = [Span(day, code=True) for day in ("yesterday", "monday", "7d", "last week")]
    return Message(lines=(said,), note=line("The date may also be ", *_listed(others), "."))


def _listed(spans: Sequence[Span]) -> list[Span]:
    """`a, b or c`."""
    *first, before, last = spans
    return [each for span in first for each in (span, Span(", "))] + [before, Span(" or "), last]


def still_to_come(first: date) -> Message:
    """`/papers since` with a day ahead."""
    return Message(
        lines=(line(f"{day_name(first)} is still to come. Name a day that has been, for example yesterday."),)
    )


def exported(count: int) -> Message:
    """A file with somebody's subscriptions."""
    return Message(
        lines=(
            line(
                f"{counted(count, 'subscription')}. ",
                Span("/papers import", code=True),
                " takes the file back.",
            ),
        )
    )


def imported(made: Sequence[tuple[int, str]], known: int, paused: int) -> Message:
    """Subscriptions from a file.

    Args:
        made: their numbers and filters.
        known: how many were there already.
        paused: how many of the new ones are.
    """
    still = f", {paused} of them paused" if paused else ""
    rest = f" {counted(known, 'other was', 'others were')} there already." if known else ""
    return Message(
        lines=(
            line(f"{counted(len(made), 'subscription is', 'subscriptions are')} set up{still}.{rest}"),
            *(line(f"{number}: {filter_name(text, 100)}") for number, text in made[:10]),
        ),
        buttons=(Button("My subscriptions", "subscriptions"),),
    )


def not_imported(problem: str) -> Message:
    """A file that cannot be taken."""
    return Message(
        lines=(line(f"I cannot take this file: {problem}. Nothing was changed."),),
        note=line("A file is made by ", _EXPORT, "."),
    )


def which_file(name: str) -> Message:
    """`/papers import` without a file.

    Args:
        name: what stands behind it instead.
    """
    missing = (Span("I find no file "), Span(cut(name, 60), code=True), Span(". "))
    example = Span("/papers import subscriptions.json", code=True)
    return Message(
        lines=(
            (
                *(missing if name else line("Which file? ")),
                *line("A file that ", _EXPORT, " made belongs behind it:"),
            ),
            line("its text, or in a terminal its name, as in ", example, "."),
        )
    )


def no_text(name: str) -> Message:
    """A file that cannot be read.

    Args:
        name: empty where it is not known.
    """
    return not_imported(f"{cut(name, 60) or 'it'} holds no text, or is longer than {LONGEST_FILE // 1000} kB")


_EXPORT = Span("/papers export", code=True)


def forget(token: str, count: int) -> Message:
    """The question before everything is deleted."""
    return Message(
        lines=(
            line(
                f"This deletes all that I keep of you: {counted(count, 'subscription')}, your settings, and "
                "what was sent to you. It cannot be undone."
            ),
            line("What you set up for channels stays, without your name."),
        ),
        buttons=(Button("Forget me", f"forget me {token}"), Button("Export first", "export")),
    )


def forgotten(subscriptions: int, deliveries: int, channels: int) -> Message:
    """What was deleted."""
    stay = counted(channels, "channel post stays", "channel posts stay")
    stays = f" {stay}, without your name." if channels else ""
    return Message(
        lines=(
            line(
                f"Deleted: {counted(subscriptions, 'subscription')}, the record of "
                f"{counted(deliveries, 'delivery', 'deliveries')}, your settings.{stays} "
                "I know nothing of you any more."
            ),
        )
    )


def no_subscriptions_to_export() -> Message:
    """Nothing to put into a file."""
    return Message(lines=(line("You have no subscriptions, so there is nothing to export."),))


def slower(seconds: float) -> Message:
    """More commands than one person may give."""
    return Message(
        lines=(line(f"That was a lot at once. Please go on in {counted(max(round(seconds), 1), 'second')}."),)
    )
