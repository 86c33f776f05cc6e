"""What a search answers: pages of papers, nothing found and what then, and how to say what is wanted."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.filters.describe import describe
from bot.filters.errors import FilterError
from bot.filters.parser import names_a_day
from bot.filters.question import loosened, text_words
from bot.filters.syntax import And, Filter, Identifier
from bot.markup import GAP, Button, Line, Message, Span, line
from bot.messages.answers import unknown_paper
from bot.messages.hits import hit_lines
from bot.search import PAGE, Found
from bot.text import counted, cut
from storage.models import Paper

_DESCRIPTION = 300
_LABEL = 40
EXAMPLES = (
    ("diffusion models", "papers with both words; questions in plain words work too"),
    ("agents -survey has:code", "one word but not another, and with code"),
    ('"chain of thought" upvotes>=20', "words side by side, and liked by many"),
    ("title:video since:30d sort:new", "in the title, of the last 30 days, newest first"),
    ("(pruning OR quantization) org:nvidia", "one of two words, by one organisation"),
)
"""Filters that show the language, each with its meaning."""
MORE = 'author:"Song Han" org:nvidia has:project stars>=100 since:2026-06-01 until:2026-06-30'
"""Fields that the examples leave out."""
_EVERY = line(
    "This is every paper; words make it fewer: ", Span("/papers search diffusion models", code=True)
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was searched for, and what buttons call it.

    Args:
        words: in plain words.
        page, share: commands; the number of the papers before the page follows.
        note: what to say about it at the end.
        subscribe: a command, for what can be subscribed to.
    """

    words: Line
    page: str
    share: str
    note: Line = ()
    subscribe: str = ""


def asked_filter(found: Found, token: str) -> Asked:
    """A search by a filter."""
    note = () if found.filter.root else _EVERY
    if "or" in text_words(found.filter.root) and not found.partial:
        note = line("“or” was looked for as a word; in capitals, OR means either of two.")
    subscribe = "" if names_a_day(found.filter) else f"subscribe @{token}"
    return Asked(line(sentence(meant(found))), f"page {token}", f"share {token}", note, subscribe)


def asked_paper(paper: Paper) -> Asked:
    """A search for what is like a paper."""
    words = line("Papers like ", Span(cut(paper.title, _DESCRIPTION), paper.url))
    return Asked(words, f"similar {paper.id}", f"share {paper.id}")


def meant(found: Found) -> Filter:
    """What was looked for in the end: of a question whose words no paper holds together, any that tells."""
    return _loose(found.filter) if found.partial else found.filter


def _loose(wanted: Filter) -> Filter:
    loose = loosened(wanted)
    return loose.filter if loose else wanted


def sentence(wanted: Filter) -> str:
    """`Papers about "diffusion", with code`."""
    words = cut(describe(wanted), _DESCRIPTION)
    return words[:1].upper() + words[1:]


def page(found: Found, asked: Asked, channel: bool) -> Message:
    """One page of what was found, for the person who asked.

    Args:
        channel: the page can be shared where it was asked for.
    """
    ways = [(found.first - PAGE, "← Previous"), (found.first + PAGE, "Next →")]
    buttons = [
        Button(label, f"{asked.page} {max(first, 0)}")
        for first, label in ways
        if -PAGE < first < found.total and (first > 0 or found.first)
    ]
    if found.total == 1:
        buttons.append(Button("Similar", f"similar {found.hits[0].paper.id} 0"))
    if asked.subscribe:
        buttons.append(Button("Subscribe to this", asked.subscribe))
    if channel:
        buttons.append(Button("Share to channel", f"{asked.share} {found.first}"))
    return Message(
        lines=_listed(found, (*_bold(asked.words), *line(f" · {which(found)}"))),
        note=asked.note,
        buttons=tuple(buttons),
    )


def listing(found: Found) -> Message:
    """What was found, on paper: without buttons, with the address of each paper."""
    heading = line(Span(sentence(meant(found)), bold=True), f" · {which(found)}")
    return Message(lines=_listed(found, heading, addresses=True))


def shared(found: Found, asked: Asked, person: str) -> Message:
    """One page of what was found, for everybody in the channel.

    Args:
        person: who shares it, as the platform calls them.
    """
    who = line(Span("somebody", person=person), " shared a search")
    return Message(
        lines=(who, *_listed(found, (*_bold(asked.words), *line(f" · {which(found)}")))),
        buttons=(Button("See all" if found.total > len(found.hits) else "See it", f"{asked.page} 0"),),
    )


def _listed(found: Found, heading: Line, addresses: bool = False) -> tuple[Line, ...]:
    lines = [heading]
    if found.partial:
        lines.append(line("Few papers hold all these words; these are the closest."))
    for number, hit in enumerate(found.hits, found.first + 1):
        lines += [GAP, *hit_lines(hit.paper, meant(found), number)]
        if addresses:
            lines.append(line(hit.paper.url))
    return tuple(lines)


def _bold(words: Line) -> Line:
    return tuple(Span(span.text, span.url, bold=True) for span in words)


def which(found: Found) -> str:
    """`1–5 of 37`, or `3 papers` where that is all."""
    if found.total == len(found.hits):
        return counted(found.total, "paper")
    first, last = found.first + 1, found.first + len(found.hits)
    of = f"of the {found.total:,} closest" if found.partial else f"of {found.total:,}"
    return f"{first:,}–{last:,} {of}" if first < last else f"{first:,} {of}"


def beyond(papers: Sequence[Paper], wanted: Filter) -> Message:
    """What the source found and the store did not.

    Args:
        papers: at least one.
    """
    lines: list[Line] = [line(Span("Also", bold=True), ", ", Span("from huggingface.co", italic=True))]
    for paper in papers:
        lines += [GAP, *hit_lines(paper, wanted)]
    return Message(lines=tuple(lines))


def other_words(wanted: Filter) -> str:
    """What may help where a filter finds nothing, and no term alone is to blame."""
    several = ", or fewer," if isinstance(wanted.root, And) else ""
    return f"Other words{several} may find some."


def nothing(wanted: Filter, blocking: tuple[Filter, str] | None) -> Message:
    """No paper at all.

    Args:
        blocking: the terms that empty the search, and the token of the filter without them.
    """
    if wanted.root is None:
        return Message(lines=(line("I have read no list of papers so far; try again in some minutes."),))
    if isinstance(wanted.root, Identifier):
        return unknown_paper(wanted.root.id)
    none = line(f"I know no {cut(describe(_loose(Filter(wanted.root))), _DESCRIPTION)}.")
    if blocking is None:
        return Message(lines=(none, line(other_words(wanted))), buttons=(_HELP,))
    blamed, token = blocking
    written = cut(str(blamed), _DESCRIPTION)
    why = line("It is ", Span(written, code=True), " that leaves none; without it there are some.")
    return Message(
        lines=(none, why), buttons=(Button(f"Without {cut(written, _LABEL)}", f"page {token} 0"), _HELP)
    )


def nothing_similar(paper: Paper) -> Message:
    """No paper is like this one."""
    return Message(lines=((*line("I know no paper like "), Span(paper.title, paper.url), Span(".")),))


def unreadable(error: FilterError) -> Message:
    """A filter that cannot be read: what is wrong, where, and what to write instead."""
    said = str(error)
    end = "" if said.endswith(("?", ".")) else "."
    corrected = (error.corrected or "").strip()
    mend = [Button(f"Search for {cut(corrected, _LABEL)}", f"search {corrected}")] if corrected else []
    return Message(
        lines=(line(f"I cannot read this filter: {said}{end}"),),
        code=error.pointed.removesuffix(f" {error}"),
        buttons=(*mend, _HELP),
    )


def search_usage() -> Message:
    """Short, with examples to click on."""
    return Message(
        title="Search",
        lines=(
            *(line(Span(f"/papers search {text}", code=True), f" – {means}") for text, means in EXAMPLES),
            GAP,
            line("To narrow it: ", Span(MORE, code=True)),
        ),
        note=line("In order of relevance, or sort:new, sort:upvotes, sort:trending."),
        buttons=tuple(Button(text, f"search {text}") for text, _ in EXAMPLES),
    )


def forgotten() -> Message:
    """A button whose search is not there any more, or never was."""
    return Message(
        lines=(
            line(
                "I no longer know this search; they are kept for three months after their last use. "
                "Please write it again: ",
                Span("/papers search", code=True),
            ),
        ),
        buttons=(_HELP,),
    )


def no_channel() -> Message:
    """Something was to be shared where nobody else is."""
    return Message(lines=(line("There is no channel here to share it with; ask me in a channel."),))


def no_message() -> Message:
    """`/papers like` without a text."""
    example = Span("/papers like we need faster attention for long videos", code=True)
    return Message(lines=(line("Which message? Write it behind the command: ", example),))


def no_telling_words() -> Message:
    """A message that says nothing a paper could be about."""
    return Message(
        lines=(line("That message has no words that papers could be found by; try one that says more."),),
        buttons=(_HELP,),
    )


_HELP = Button("How to search", "search")
