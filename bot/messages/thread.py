"""What is posted: the head of a digest, its further lines, and a card a paper."""

from collections.abc import Sequence
from datetime import date

from bot.digest import Digest, by_upvotes
from bot.markup import Card, Line, Message, Span, line
from bot.messages.words import day_name, days_name, weekdays_name
from bot.schedule import parse_weekdays
from bot.text import counted, cut, opening
from storage.models import Paper, PartKind, Style, Subscription

TOP_TITLES = 5
"""How many titles the head of a thread names."""
TITLE_IN_LINE = 110
"""Characters of a title in a list; with its link, twenty lines fit the smallest platform's message."""
SUMMARY = 300
"""Characters of a card's summary: about three lines on a desktop."""
_AUTHORS = 3


def heading(papers: Sequence[Paper]) -> str:
    """`Daily Papers · Wed 29 Jul 2026 · 20 papers, 412 upvotes`."""
    days = [paper.listed_on for paper in papers]
    upvotes = counted(sum(paper.upvotes for paper in papers), "upvote")
    return f"Daily Papers · {days_name(min(days), max(days))} · {counted(len(papers), 'paper')}, {upvotes}"


def day_url(day: date) -> str:
    """The page of an edition."""
    return f"https://huggingface.co/papers/date/{day.isoformat()}"


def paper_line(paper: Paper) -> Line:
    """One paper in a list: its title as a link, and its upvotes."""
    return line(Span(cut(paper.title, TITLE_IN_LINE), paper.url), f" · {counted(paper.upvotes, 'upvote')}")


def part(
    kind: PartKind, shown: Sequence[Paper], digest: Digest, style: Style, subscription: Subscription | None
) -> Message:
    """The message of one part of a delivery.

    Args:
        shown: the papers that this part names.
        subscription: what the digest is for; None when a person posted it by hand.
    """
    if kind is PartKind.HEAD:
        titles = by_upvotes(digest.papers)[:TOP_TITLES] if style is Style.THREAD else shown
        return _head(digest, titles, subscription)
    if kind is PartKind.MORE:
        return Message(lines=tuple(paper_line(paper) for paper in shown))
    newest = max(paper.listed_on for paper in digest.all)
    return Message(cards=tuple(card(paper, newest) for paper in shown))


def _head(digest: Digest, titles: Sequence[Paper], subscription: Subscription | None) -> Message:
    newest = max(paper.listed_on for paper in digest.all)
    lines = [paper_line(paper) for paper in titles]
    if digest.rest:
        lines.append(_rest(digest, newest))
    return Message(
        title=heading(digest.all),
        title_url=day_url(newest),
        lines=tuple(lines),
        note=_set_up(subscription) if subscription else (),
    )


def _rest(digest: Digest, newest: date) -> Line:
    shown = counted(len(digest.papers), "paper").removeprefix("1 ")
    return line(
        f"The {shown} with the most upvotes; {len(digest.rest):,} more on ",
        Span("the page of the day", day_url(newest)),
    )


def _set_up(subscription: Subscription) -> Line:
    when = f"{weekdays_name(parse_weekdays(subscription.weekdays))} at {subscription.local_time:%H:%M}"
    when = when[0].upper() + when[1:]
    return line(
        f"{when} {subscription.zone} · subscription {subscription.id}, changed by whoever runs this bot"
    )


def card(paper: Paper, edition: date | None = None) -> Card:
    """One paper with what is known of it; what is not known is left out.

    Args:
        edition: the newest day of the digest; a paper of an earlier one says when it was listed.
    """
    facts = [line(authors(paper.authors)), numbers(paper)]
    if edition is not None and paper.listed_on != edition:
        facts.append(line(f"Late: listed on {day_name(paper.listed_on)}"))
    return Card(
        title=Span(paper.title, paper.url),
        summary=opening(paper.summary or paper.abstract, SUMMARY),
        facts=tuple(spans for spans in facts if spans[0].text),
        image_url=paper.thumbnail_url,
    )


def authors(names: Sequence[str]) -> str:
    """`Ada Lovelace, Alan Turing, Emmy Noether and 9 more`."""
    if len(names) <= _AUTHORS + 1:
        return ", ".join(names)
    return f"{', '.join(names[:_AUTHORS])} and {len(names) - _AUTHORS} more"


def numbers(paper: Paper) -> Line:
    """Upvotes, comments, code with stars, project page, organisation, in one line."""
    facts = [line(counted(paper.upvotes, "upvote"))]
    if paper.comments:
        facts.append(line(counted(paper.comments, "comment")))
    if paper.code_url:
        stars = f" ({counted(paper.code_stars, 'star')})" if paper.code_stars else ""
        facts.append(line(Span("Code", paper.code_url), *([stars] if stars else [])))
    if paper.project_url:
        facts.append(line(Span("Project page", paper.project_url)))
    if organization := paper.organization_name or paper.organization:
        facts.append(line(organization))
    joined = facts[0]
    for fact in facts[1:]:
        joined = (*joined, Span(" · "), *fact)
    return joined
