"""What `/papers` answers: editions, papers, and what to do when something was mistyped."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.markup import Button, Card, Line, Message, Span, line
from bot.messages.thread import day_url, heading, numbers, paper_line
from bot.messages.words import day_name
from bot.text import cut
from storage.models import Paper

MOST_LINES = 20
"""Papers that an answer lists; the rest of a long day is behind its link."""
_ECHO = 60
_LABEL = 40


def edition(
    day: date, papers: Sequence[Paper], earlier: date | None, later: date | None, today: date
) -> Message:
    """The papers of a day, most upvotes first, with the way to the days beside it.

    Args:
        today: in UTC, as lists count their days.
    """
    if not papers:
        return Message(
            lines=(line(f"{_no_papers(day, today)} {_elsewhere(earlier, later)}"),),
            buttons=_ways(earlier, later),
        )
    return Message(
        title=heading(papers),
        title_url=day_url(day),
        lines=_listed(papers, day),
        note=line(
            "What interests you, every morning by direct message: /papers subscribe. "
            "One paper: /papers paper and its identifier, as ",
            _id(papers[0]),
        ),
        buttons=(*_ways(earlier, later), Button("Subscribe", "subscribe", form=True)),
    )


def edition_instead(day: date, papers: Sequence[Paper], earlier: date | None) -> Message:
    """The newest edition, where `day`, which is today, has none yet."""
    newest = papers[0].listed_on
    shown = edition(newest, papers, earlier, None, day)
    note = line(f"I know of no list for {day_name(day)} yet; this is the newest edition that I have read.")
    return Message(shown.title, shown.title_url, shown.lines, note=note, buttons=shown.buttons)


def _listed(papers: Sequence[Paper], day: date) -> tuple[Line, ...]:
    lines = [paper_line(paper) for paper in papers[:MOST_LINES]]
    if len(papers) > MOST_LINES:
        lines.append(line(f"{len(papers) - MOST_LINES} more on ", Span("the page of the day", day_url(day))))
    return tuple(lines)


def _id(paper: Paper) -> Span:
    return Span(paper.id, code=True)


def _no_papers(day: date, today: date) -> str:
    if day > today:
        return f"The list of {day_name(day)} is still to come."
    if day == today:
        return f"No papers are listed for {day_name(day)} so far; its list may not be out yet."
    return f"No papers are listed for {day_name(day)}."


def _elsewhere(earlier: date | None, later: date | None) -> str:
    if earlier is None and later is None:
        return "No edition has been read so far; try again in some minutes."
    near = [day_name(day) for day in (earlier, later) if day]
    return f"The nearest {'editions are' if len(near) == 2 else 'edition is'} {' and '.join(near)}."


def _ways(earlier: date | None, later: date | None) -> tuple[Button, ...]:
    return tuple(
        Button(f"{sign} {day_name(day)}", day.isoformat())
        for sign, day in (("←", earlier), ("→", later))
        if day
    )


def paper(found: Paper) -> Message:
    """One paper with its whole abstract."""
    facts = [line(", ".join(found.authors)), numbers(found)]
    if found.keywords:
        facts.append(line(Span(", ".join(found.keywords), italic=True)))
    links = line(
        Span("arXiv", f"https://arxiv.org/abs/{found.id}"),
        " · ",
        Span("PDF", f"https://arxiv.org/pdf/{found.id}"),
    )
    withdrawn = "This paper has been withdrawn. " if found.withdrawn_at else ""
    return Message(
        cards=(
            Card(
                Span(found.title, found.url),
                withdrawn + (found.abstract or found.summary or ""),
                (*(spans for spans in facts if spans[0].text), links),
                found.thumbnail_url,
            ),
        ),
        note=line(f"{_published(found)}On the daily list of {day_name(found.listed_on)} · ", _id(found)),
        buttons=(
            Button("Similar", f"similar {found.id}"),
            Button("All papers of that day", found.listed_on.isoformat()),
        ),
    )


def _published(found: Paper) -> str:
    return f"On arXiv since {day_name(found.published_on)} · " if found.published_on else ""


def unknown_paper(identifier: str) -> Message:
    """A paper that no edition read so far has listed."""
    url = f"https://huggingface.co/papers/{identifier}"
    return Message(
        lines=(
            line(
                Span(identifier, code=True),
                " was on none of the daily lists that I have read. Its page, if it has one: ",
                Span(f"huggingface.co/papers/{identifier}", url),
            ),
        )
    )


def no_identifier(text: str, command: str = "paper") -> Message:
    """`/papers paper`, or another command that is about one, with something that names no paper."""
    said = (
        line(Span(cut(text, _ECHO), code=True), " is no arXiv identifier. ")
        if text
        else line("Which paper? ")
    )
    return Message(
        lines=((*said, *line("Write for example ", Span(f"/papers {command} 2607.25895", code=True), ".")),),
        buttons=(_search_for(text),) if text else (),
    )


def _search_for(text: str) -> Button:
    return Button(f"Search for {cut(text, _LABEL)}", f"search {text}")


def not_yet(day: date) -> Message:
    """`/papers tomorrow`."""
    return Message(
        lines=(
            line(
                f"The list of {day_name(day)} is not there yet: it grows through that day. "
                "With a subscription it comes to you."
            ),
        ),
        buttons=(Button("Today", "today"), Button("Subscribe", "subscribe", form=True)),
    )


def no_such_date(text: str) -> Message:
    """A date that no calendar has."""
    return Message(
        lines=(line(Span(cut(text, _ECHO), code=True), " is no date. Write year-month-day: 2026-07-29."),)
    )


def mistyped(text: str, meant: str) -> Message:
    """A word that is nearly a command, and may be something to search for all the same."""
    word = cut(text, _ECHO)
    return Message(
        lines=(line("I do not know ", Span(word, code=True), f". Did you mean /papers {meant}?"),),
        buttons=(
            Button(f"/papers {meant}", meant),
            _search_for(text),
            Button("Help", "help"),
        ),
    )


def did_you_mean(found: Message, command: str) -> Message:
    """The same, after the command that was probably meant."""
    said = f"/papers {cut(command, _ECHO)}"
    return replace(
        found,
        lines=(line("Did you mean ", Span(said, code=True), "?"), *found.lines),
        buttons=(Button(said, command), *found.buttons),
    )


def one_number(command: str, number: str, rest: str) -> Message:
    """A command that takes the number of one subscription, with more behind it."""
    one = f"{command} {number}"
    lines = [
        line(f"/papers {command} takes the number of one subscription: ", Span(f"/papers {one}", code=True))
    ]
    if command == "pause":
        day = re.search(r"\d{4}-\d{2}-\d{2}|(?<=\suntil\s)[a-z]+$", rest, re.ASCII | re.IGNORECASE)
        until = Span(f"/papers vacation until {day[0] if day else '2026-12-31'}", code=True)
        lines.append(line("To let nothing come for a while, of all that you get: ", until))
    return Message(
        lines=tuple(lines),
        buttons=(
            Button(f"/papers {one}", one),
            Button("My subscriptions", "subscriptions"),
            _search_for(f"{command} {rest}"),
        ),
    )


def problem(sentence: str) -> Message:
    """Something outside is wrong; `sentence` says what."""
    return Message(lines=(line(f"Sorry, {sentence.removesuffix('.')}."),))


def not_installed(url: str | None) -> Message:
    """For a workspace that has not installed the bot, or has removed it.

    Args:
        url: where it is installed, if it can be.
    """
    way = f"Install it, or install it anew, at {url}" if url else "Ask whoever runs the bot to add it"
    return Message(lines=(line(f"I am not installed in this workspace, or no longer. {way}."),))


def mishap() -> Message:
    """Our own mistake."""
    return Message(
        lines=(line("Sorry, that went wrong on my side, and it is in my log. Trying again may help."),)
    )
