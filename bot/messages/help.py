"""`/papers help`: what the bot can do, and a page for each of what takes more words."""

from bot.markup import GAP, Button, Line, Message, Span, line
from bot.messages.search import search_usage

_COMMANDS = (
    ("/papers", "the papers of today"),
    ("/papers yesterday", "those of the day before"),
    ("/papers 2026-07-29", "those of any day"),
    ("/papers search diffusion models", "papers about something; a question works as well"),
    ('/papers search "chain of thought" has:code', "words side by side, with code"),
    ("/papers search agents -survey since:30d", "but no surveys, of the last 30 days"),
    ("/papers subscribe diffusion models", "those that match, every weekday morning, to you alone"),
    ("/papers subscribe agents weekly mon 09:00", "once a week; or each, as soon as a list is complete"),
    ("/papers subscriptions", "what comes to you: pause, edit, delete"),
    ("/papers channel", "what is posted in this channel"),
    ("/papers why", "what came, what did not, and why"),
    ("/papers settings", "your time zone, usual time, quiet days; vacation until 2026-12-31"),
    ("/papers since 2026-07-20", "the best since then of what you have subscribed to"),
    ("/papers feed", "what you have subscribed to, for your feed reader"),
    ("/papers paper 2607.25895", "one paper; a link to it works as well"),
    ("/papers similar 2607.25895", "papers like that one"),
)
_SUBSCRIBE = (
    ("/papers subscribe diffusion -survey", "at 09:00 on weekdays"),
    ("/papers subscribe agents has:code weekly mon 08:30", "once a week, those with code"),
    ("/papers subscribe all daily 18:30 in Europe/Paris most 10", "the ten best of every list"),
)
WORDS = (
    (("daily 09:00", "weekly mon 09:00", "each"), "when; each comes as soon as a list is complete"),
    (("on mon-fri", "in Europe/Paris"), "on which days, in which time zone"),
    (("style thread", "style compact"), "a message for each paper, or a line"),
    (("most 10", "least 3"), "the best ten, the rest one click away; fewer than three wait for the next"),
    (("explain on",), "say so when there is nothing"),
    (("late append",), "papers that come late join the thread of their day"),
    (("by email ann@example.org",), "to a mailbox, whose owner is asked first"),
)
"""What may stand behind a filter, in any order."""
_SUBSCRIPTIONS = (
    ("/papers subscriptions", "what comes to you, with buttons"),
    ("/papers edit 1 weekly fri 17:00", "change what you write, the rest stays; alone, a form"),
    ("/papers pause 1", "send nothing of it, until /papers resume 1"),
    ("/papers delete 1", "end it; Undo takes that back"),
    ("/papers now 1", "send at once what the next one would hold"),
    ("/papers why 1", "what came of it, what did not, and why"),
    ("/papers export", "all of yours as a file; /papers import takes it back"),
)
_CHANNEL = (
    ("/papers channel", "what is posted here"),
    ("/papers channel on", "every paper, at 09:00 on weekdays"),
    ("/papers channel agents -survey daily 10:00 most 10", "or just these"),
    ("/papers channel pause", "and resume, or off, which can be undone"),
    ("/papers channel edit", "a form for all of it"),
    ("/papers channel name @ann", "let somebody else change it too; unname ends that"),
    ("/papers channel history", "who changed what"),
)
_SETTINGS = (
    ("/papers settings zone Europe/Paris", "where you are"),
    ("/papers settings time 08:30", "when new subscriptions come"),
    ("/papers settings quiet sat,sun", "weekdays on which nothing comes; quiet none for no such day"),
    ("/papers vacation until 2026-12-31", "nothing until then, and then the best ten; vacation off ends it"),
    ("/papers since yesterday", "the best of what you have subscribed to; or monday, 7d, last week"),
    ("/papers export", "your subscriptions as a file; /papers import takes it back"),
    ("/papers forget me", "delete all that I keep of you, after a question"),
)
TOPICS = ("subscribe", "subscriptions", "search", "channel", "settings")
"""What has a page of its own."""
_ABOUT = {
    **dict.fromkeys(("filter", "filters"), "search"),
    **dict.fromkeys(
        ("edit", "pause", "resume", "delete", "unsubscribe", "stop", "now", "why"), "subscriptions"
    ),
    **dict.fromkeys(("vacation", "since", "export", "import", "forget"), "settings"),
}
"""The pages that tell of other words."""


def usage(topic: str = "") -> Message:
    """Short, with examples that work.

    Args:
        topic: one of `TOPICS`, or what a page of them tells of; anything else is all of it.
    """
    name = topic.casefold()
    match _ABOUT.get(name, name):
        case "subscribe":
            form = Button("Subscribe", "subscribe", form=True)
            return _page("Subscribe", [*_rows(_SUBSCRIBE), *_options()], (form, _topic("subscriptions")))
        case "subscriptions":
            return _page(
                "Your subscriptions", _rows(_SUBSCRIPTIONS), (Button("My subscriptions", "subscriptions"),)
            )
        case "search":
            return search_usage()
        case "channel":
            more = line("Whoever manages the channel may change it. The words are those of a subscription.")
            return _page("This channel", [*_rows(_CHANNEL), more], (_topic("subscribe"),))
        case "settings":
            return _page("Settings", _rows(_SETTINGS), (Button("Settings", "settings"),))
        case _:
            return _everything()


def _everything() -> Message:
    return Message(
        title="Daily Papers",
        lines=(*_rows(_COMMANDS), line("More: ", " · ".join(f"help {topic}" for topic in TOPICS))),
        note=line("Answers are for your eyes only. Days are the days of the list, in UTC."),
        buttons=(
            Button("Today", "today"),
            Button("How to search", "search"),
            Button("Subscribe", "subscribe", form=True),
            *(_topic(topic) for topic in TOPICS if topic != "search"),
        ),
    )


def _page(title: str, lines: list[Line], buttons: tuple[Button, ...]) -> Message:
    return Message(title=title, lines=tuple(lines), buttons=(*buttons, Button("Help", "help")))


def _rows(examples: tuple[tuple[str, str], ...]) -> list[Line]:
    return [line(Span(example, code=True), f" – {meaning}") for example, meaning in examples]


def _options() -> list[Line]:
    """The words behind a filter."""
    lines = [GAP, line("Behind the filter, in any order; in quotes they are words of it:")]
    for words, meaning in WORDS:
        spans = [each for word in words for each in (Span(", "), Span(word, code=True))][1:]
        lines.append((*spans, Span(f" – {meaning}")))
    return lines


def _topic(topic: str) -> Button:
    return Button(f"Help: {topic}", f"help {topic}")
