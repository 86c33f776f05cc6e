"""What is posted: the head of a digest, its further lines, and a card a paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from bot.digest import Digest, by_upvotes
from bot.filters.parser import parse
from bot.filters.why import why
from bot.markup import Button, Card, Line, Message, Span, line
from bot.messages.asked import filter_name
from bot.messages.words import day_name, days_name, schedule_name
from bot.text import counted, cut, opening
from storage.models import Paper, PartKind, Style, Subscription

TOP_TITLES = 5
"""How many titles the head of a thread names."""
TITLE_IN_LINE = 110
"""Characters of a title in a list; with its link, twenty lines fit the smallest platform's message."""
SUMMARY = 300
"""Characters of a card's summary: about three lines on a desktop."""
SUBJECT = 110
"""Characters of what a mail is called: two lines on a phone, of which a list shows half."""
_AUTHORS = 3
_LINES_KEPT = 1_000
_ASKED = 120
"""Characters of a filter in words."""
_MOST_STOPPED = 3
"""Subscriptions that a head can stop; the others are behind *My subscriptions*."""
_OWN = Button("My subscriptions", "subscriptions")


@dataclass(frozen=True, slots=True)
class Served:
    """Whom a digest is for.

    Args:
        subscriptions: those that it serves, by number; none when a person posted it by hand.
        wanted_by: which of them want a paper, by its identifier.
        direct: one person reads it.
        token: what buttons call the delivery.
        page: the address of the bot's own page; empty where it has none.
    """

    subscriptions: tuple[Subscription, ...] = ()
    wanted_by: Mapping[str, Sequence[int]] = field(default_factory=dict)
    direct: bool = False
    token: str = ""
    page: str = ""

    def of(self, paper: Paper) -> list[Subscription]:
        """The subscriptions that want a paper."""
        numbers = self.wanted_by.get(paper.id, ())
        return [subscription for subscription in self.subscriptions if subscription.id in numbers]


def heading(papers: Sequence[Paper], away: bool = False) -> str:
    """`Daily Papers · Wed 29 Jul 2026 · 20 papers, 412 upvotes`.

    Args:
        away: it sums up a vacation.
    """
    days = [paper.listed_on for paper in papers]
    upvotes = counted(sum(paper.upvotes for paper in papers), "upvote")
    name = "While you were away" if away else "Daily Papers"
    return f"{name} · {days_name(min(days), max(days))} · {counted(len(papers), 'paper')}, {upvotes}"


def day_url(day: date) -> str:
    """The page of an edition."""
    return f"https://huggingface.co/papers/date/{day.isoformat()}"


def paper_line(paper: Paper, *more: str) -> Line:
    """One paper in a list: its title as a link, its upvotes, and what else is to be said."""
    return _title_line(paper.title, paper.url, paper.upvotes, more)


@lru_cache(maxsize=_LINES_KEPT)
def _title_line(title: str, url: str, upvotes: int, more: tuple[str, ...]) -> Line:
    """The same line goes to many readers."""
    short = cut(title, TITLE_IN_LINE - min(sum(map(len, more)), TITLE_IN_LINE // 3))
    return line(Span(short, url), " · ".join(["", counted(upvotes, "upvote"), *more]))


def part(kind: PartKind, shown: Sequence[Paper], digest: Digest, style: Style, served: Served) -> Message:
    """The message of one part of a delivery.

    Args:
        shown: the papers that this part names.
        served: whom the digest is for.
    """
    if kind is PartKind.HEAD:
        titles = by_upvotes(digest.papers)[:TOP_TITLES] if style is Style.THREAD else shown
        return _head(digest, titles, served)
    if kind is PartKind.MORE:
        return Message(lines=tuple(_listed(paper, digest, served) for paper in shown))
    return Message(cards=tuple(_card_of(paper, digest, served) for paper in shown))


def whole(shown: Sequence[Paper], digest: Digest, style: Style, served: Served, most: int) -> Message:
    """A whole digest as one message, for platforms that have no threads.

    Args:
        shown: its papers.
        most: cards with a summary; further ones name their paper and its numbers.
    """
    if style is Style.COMPACT or not shown:
        message = _head(digest, shown, served)
    else:
        cards = [_card_of(paper, digest, served) for paper in shown[:most]]
        short = [Card(Span(paper.title, paper.url), facts=(numbers(paper),)) for paper in shown[most:]]
        message = replace(_head(digest, (), served), cards=(*cards, *short))
    return replace(message, subject=_subject(digest))


def notice(sentence: str, served: Served, day: date | None = None) -> Message:
    """Something to be said in place of a digest: why a subscription has none, or what no subscription says.

    Args:
        day: of the edition that a digest would have held.
    """
    if not served.subscriptions or day is None:
        buttons = (_OWN,) if served.direct else ()
        return Message(lines=(line(sentence),), buttons=buttons)
    which = f"nothing for subscription {served.subscriptions[0].id}"
    return Message(
        title=f"{_name_of_days(day, day)}: {which}",
        lines=(line(sentence),),
        note=_note(served, day),
        buttons=_ways_out(served),
    )


def _head(digest: Digest, titles: Sequence[Paper], served: Served) -> Message:
    newest = _newest(digest)
    lines = [_listed(paper, digest, served) for paper in titles]
    if digest.rest:
        lines.append(_rest(digest))
    return Message(
        title=heading(digest.all, digest.away),
        title_url=day_url(newest),
        lines=tuple(lines),
        note=_note(served, newest),
        buttons=_buttons(digest, served),
        topics=tuple(dict.fromkeys(keyword for paper in titles for keyword in paper.keywords)),
    )


def _subject(digest: Digest) -> str:
    """`Daily Papers · Wed 29 Jul: Attention is all you need`: the day, and the title most upvoted."""
    days = [paper.listed_on for paper in digest.all]
    best = by_upvotes(digest.papers or digest.all)[0]
    return cut(f"{_name_of_days(min(days), max(days), digest.away)}: {best.title}", SUBJECT)


def _name_of_days(first: date, last: date, away: bool = False) -> str:
    """`Daily Papers · Wed 29 Jul`."""
    name = "While you were away" if away else "Daily Papers"
    return f"{name} · {days_name(first, last).removesuffix(f' {last.year}')}"


def _newest(digest: Digest) -> date:
    return max(paper.listed_on for paper in digest.all)


def _listed(paper: Paper, digest: Digest, served: Served) -> Line:
    """A paper's line: with what is special about it, and which of several subscriptions want it."""
    more = []
    if paper.id in digest.rising:
        more.append("rising")
    elif _is_late(paper, digest):
        more.append(f"listed on {day_name(paper.listed_on)}")
    if len(served.subscriptions) > 1:
        more.append("for " + ", ".join(str(subscription.id) for subscription in served.of(paper)))
    return paper_line(paper, *more)


def _is_late(paper: Paper, digest: Digest) -> bool:
    return not digest.away and paper.listed_on < (digest.late_before or _newest(digest))


def _rest(digest: Digest) -> Line:
    """How many more there are, and where. Those of several subscriptions need not be those with the fewest
    upvotes: each may have a bound of its own."""
    days = [paper.listed_on for paper in digest.rest]
    first, last, more = min(days), max(days), f"{len(digest.rest):,} more"
    where = "the page of the day" if first == last else f"the lists of {days_name(first, last)}"
    fewest = min((paper.upvotes for paper in digest.papers), default=-1)
    if fewest >= max(paper.upvotes for paper in digest.rest):
        shown = counted(len(digest.papers), "paper").removeprefix("1 ")
        said = f"The {shown} with the most upvotes; {more} on "
    else:
        said = f"{more} matched; {'it is' if len(digest.rest) == 1 else 'they are'} on "
    return line(said, Span(where, day_url(last)))


def _buttons(digest: Digest, served: Served) -> tuple[Button, ...]:
    """To see the rest; and to stop it."""
    rest = (Button("Show all", f"rest {served.token}"),) if digest.rest and served.token else ()
    return (*rest, *_ways_out(served))


def _ways_out(served: Served) -> tuple[Button, ...]:
    """Where one person reads it: to stop it, and to ask why it came."""
    if not served.direct or not served.subscriptions:
        return ()
    several = len(served.subscriptions) > 1
    stops = (
        Button(f"Pause {subscription.id}" if several else "Pause", f"pause {subscription.id}")
        for subscription in served.subscriptions[:_MOST_STOPPED]
    )
    return (*stops, Button("Why?", "why"), _OWN)


def _note(served: Served, day: date) -> Line:
    """What was asked for, and the page of the day."""
    said = _set_up(served) if served.subscriptions else ()
    if not served.page:
        return said
    between = line(" · ") if said else ()
    return (*said, *between, Span("Open on the web", f"{served.page}/papers/date/{day.isoformat()}"))


def _set_up(served: Served) -> Line:
    """What was asked for, and where that can be changed."""
    if served.direct:
        asked = (
            f"{subscription.id}: {filter_name(subscription.filter, _ASKED)}"
            for subscription in served.subscriptions
        )
        return line("Subscription " + " · ".join(asked))
    first = served.subscriptions[0]
    way = "/papers channel shows and changes it" if first.owner else "changed by whoever runs this bot"
    return line(f"{schedule_name(first)} · subscription {first.id}, {way}")


def _card_of(paper: Paper, digest: Digest, served: Served) -> Card:
    """A paper's card in a digest: with its day if it comes late, and with the reason why it came."""
    extra = []
    if paper.id in digest.rising:
        extra.append(line(f"Rising: listed on {day_name(paper.listed_on)}, and it matches only now"))
    elif _is_late(paper, digest):
        extra.append(line(f"Late: listed on {day_name(paper.listed_on)}"))
    if served.direct or len(served.subscriptions) > 1:
        extra += [line(f"Subscription {one.id}: {_reason(one, paper)}") for one in served.of(paper)]
    return card(paper, *extra)


def _reason(subscription: Subscription, paper: Paper) -> str:
    found = why(parse(subscription.filter), paper, paper.listed_on)
    return ", ".join(found) or filter_name(subscription.filter, _ASKED)


def card(paper: Paper, *extra: Line) -> Card:
    """One paper with what is known of it; what is not known is left out.

    Args:
        extra: further facts.
    """
    facts = [line(authors(paper.authors)), numbers(paper), *extra]
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
