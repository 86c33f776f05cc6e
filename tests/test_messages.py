"""What stands in a thread and in an answer, word for word."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.digest import Digest, Nothing, TooFew, arrange
from bot.markup import Message, Span, plain, plain_line
from bot.messages import channels, mailboxes, reasons, receipts, thread, words
from bot.messages.thread import Served
from bot.places import Place
from bot.receipts import Trial
from bot.search import Sample
from storage.models import Cadence, PartKind, Style, Subscription
from tests.factories import DAY, make_paper, make_subscription

OVER = "Over the last 30 days"
ON, KNOWN = "On the ", " that I have of the last 30 days"


def test_the_head_of_a_thread() -> None:
    digest = arrange([make_paper(number, upvotes=number) for number in range(1, 8)])
    served = Served((make_subscription(id=4, weekdays="mon,tue,wed"),))
    head = thread.part(PartKind.HEAD, [], digest, Style.THREAD, served)
    assert plain(head).splitlines() == [
        "Daily Papers · Wed 29 Jul 2026 · 7 papers, 28 upvotes",
        "Paper 7 · 7 upvotes",
        "Paper 6 · 6 upvotes",
        "Paper 5 · 5 upvotes",
        "Paper 4 · 4 upvotes",
        "Paper 3 · 3 upvotes",
        "Mon–Wed at 12:00 UTC · subscription 4, changed by whoever runs this bot",
    ]
    assert head.title_url == "https://huggingface.co/papers/date/2026-07-29"
    assert head.lines[0][0].url == "https://huggingface.co/papers/2607.00007"


def test_a_head_posted_by_hand_names_no_subscription() -> None:
    digest = arrange([make_paper()])
    assert thread.part(PartKind.HEAD, [], digest, Style.THREAD, NOBODY).note == ()


def test_a_compact_head_holds_its_lines_and_counts_the_rest() -> None:
    papers = [make_paper(number, upvotes=number) for number in (1, 2, 3)]
    digest = arrange(papers, most=1)
    head = thread.part(PartKind.HEAD, digest.papers, digest, Style.COMPACT, Served(token="abc"))
    assert plain(head).splitlines() == [
        "Daily Papers · Wed 29 Jul 2026 · 3 papers, 6 upvotes",
        "Paper 3 · 3 upvotes",
        "The paper with the most upvotes; 2 more on the page of the day",
    ]


@pytest.mark.parametrize(
    ("shown", "rest", "said"),
    [
        ([9, 8], [8, 1], "The 2 papers with the most upvotes; 2 more on the page of the day"),
        ([9, 2], [8, 1], "2 more matched; they are on the page of the day"),
        ([9, 2], [8], "1 more matched; it is on the page of the day"),
    ],
    ids=["of one bound", "of several", "of several, one"],
)
def test_the_rest_is_called_the_least_upvoted_only_where_it_is(
    shown: list[int], rest: list[int], said: str
) -> None:
    papers = [make_paper(number, upvotes=upvotes) for number, upvotes in enumerate([*shown, *rest], 1)]
    digest = Digest(tuple(papers[: len(shown)]), tuple(papers[len(shown) :]))
    head = thread.part(PartKind.HEAD, digest.papers, digest, Style.COMPACT, NOBODY)
    assert plain_line(head.lines[-1]) == said


def test_a_rest_of_several_days_is_on_several_lists() -> None:
    rest = [make_paper(number, upvotes=1, listed_on=day) for number, day in ((2, DAY), (3, YESTERDAY))]
    head = thread.part(PartKind.HEAD, [], Digest((make_paper(),), tuple(rest)), Style.THREAD, NOBODY)
    assert plain_line(head.lines[-1]) == (
        "The paper with the most upvotes; 2 more on the lists of Tue 28 Jul – Wed 29 Jul 2026"
    )
    assert head.lines[-1][-1].url == "https://huggingface.co/papers/date/2026-07-29"


def test_a_card_says_all_that_is_known() -> None:
    card = thread.card(make_paper(code_stars=1204))
    assert card.title.url == "https://huggingface.co/papers/2607.00001"
    assert card.summary == "Shows that 1 is enough."
    assert [plain_line(fact) for fact in card.facts] == [
        "Ada Lovelace, Alan Turing",
        "10 upvotes · 2 comments · Code (1,204 stars) · Project page · Example Institute",
    ]
    assert [span.url for span in card.facts[1] if span.url] == [
        "https://github.com/example/numbers",
        "https://example.org/numbers",
    ]


@pytest.mark.parametrize(
    ("changes", "fact"),
    [
        ({"comments": 0, "upvotes": 1}, "1 upvote · Code (5 stars) · Project page · Example Institute"),
        ({"code_stars": None}, "10 upvotes · 2 comments · Code · Project page · Example Institute"),
        ({"code_url": None, "project_url": None}, "10 upvotes · 2 comments · Example Institute"),
        ({"organization_name": None}, "10 upvotes · 2 comments · Code (5 stars) · Project page · example"),
    ],
    ids=["no comments", "no stars", "no links", "no name"],
)
def test_a_card_leaves_out_what_is_not_known(changes: dict[str, Any], fact: str) -> None:
    assert plain_line(thread.card(make_paper(**changes)).facts[1]) == fact


def test_a_card_without_anything_but_a_title() -> None:
    bare = dict.fromkeys(("summary", "code_url", "project_url", "organization", "organization_name"))
    card = thread.card(make_paper(1, abstract="", authors=[], comments=0, **bare))
    assert card.summary == ""
    assert [plain_line(fact) for fact in card.facts] == ["10 upvotes"]


NOBODY = Served()


def shown(digest: Digest, served: Served = NOBODY) -> list[list[str]]:
    """The facts of each card of a digest, beyond those that every card has."""
    message = thread.part(PartKind.CARD, digest.papers, digest, Style.THREAD, served)
    return [[plain_line(fact) for fact in card.facts[2:]] for card in message.cards]


YESTERDAY = DAY - timedelta(days=1)
OLD, NEW = make_paper(1, listed_on=YESTERDAY, upvotes=60), make_paper(2)


@pytest.mark.parametrize(
    ("digest", "facts"),
    [
        pytest.param(
            Digest((OLD, NEW)), [["Late: listed on Tue 28 Jul 2026"], []], id="before-the-newest-edition"
        ),
        pytest.param(Digest((OLD,), late_before=YESTERDAY), [[]], id="in-time"),
        pytest.param(
            Digest((OLD,), late_before=DAY), [["Late: listed on Tue 28 Jul 2026"]], id="later-than-its-digest"
        ),
        pytest.param(
            Digest((OLD,), rising=frozenset([OLD.id]), late_before=DAY),
            [["Rising: listed on Tue 28 Jul 2026, and it matches only now"]],
            id="rising",
        ),
        pytest.param(Digest((OLD, NEW), late_before=DAY, away=True), [[], []], id="after-a-vacation"),
    ],
)
def test_a_paper_that_came_late_says_so(digest: Digest, facts: list[list[str]]) -> None:
    assert shown(digest) == facts


def test_each_paper_of_one_message_names_every_subscription_that_matched() -> None:
    votes = make_subscription(id=3, filter="upvotes>=50", place="slack:@U1")
    everything = make_subscription(id=7, place="slack:@U1")
    served = Served((votes, everything), {OLD.id: [3, 7], NEW.id: [7]}, direct=True, token="abc")
    digest = Digest((OLD, NEW), late_before=YESTERDAY)

    assert shown(digest, served) == [
        ["Subscription 3: 60 upvotes", "Subscription 7: every paper"],
        ["Subscription 7: every paper"],
    ]
    head = thread.part(PartKind.HEAD, [], digest, Style.THREAD, served)
    assert [plain_line(row) for row in (*head.lines, head.note)] == [
        "Paper 1 · 60 upvotes · for 3, 7",
        "Paper 2 · 10 upvotes · for 7",
        "Subscription 3: papers with at least 50 upvotes · 7: every paper",
    ]
    assert [(button.label, button.command) for button in head.buttons] == [
        ("Pause 3", "pause 3"),
        ("Pause 7", "pause 7"),
        ("Why?", "why"),
        ("My subscriptions", "subscriptions"),
    ]


def test_a_digest_for_one_person_can_be_stopped_with_one_click() -> None:
    digest = arrange([make_paper(1), make_paper(2)], most=1)
    served = Served((make_subscription(id=4),), direct=True, token="abc")
    head = thread.part(PartKind.HEAD, [], digest, Style.THREAD, served)

    assert [(button.label, button.command) for button in head.buttons] == [
        ("Show all", "rest abc"),
        ("Pause", "pause 4"),
        ("Why?", "why"),
        ("My subscriptions", "subscriptions"),
    ]


def test_a_channel_s_head_has_no_button_that_anybody_could_stop_it_with() -> None:
    served = Served((make_subscription(id=4, owner="slack:T1/U1"),), token="abc")
    head = thread.part(PartKind.HEAD, [], arrange([make_paper()]), Style.THREAD, served)

    assert head.buttons == ()
    assert plain_line(head.note).endswith("subscription 4, /papers channel shows and changes it")


@pytest.mark.parametrize(
    ("subscriptions", "before"),
    [((), ""), ((make_subscription(id=4),), "subscription 4, changed by whoever runs this bot · ")],
)
def test_with_a_page_of_its_own_a_digest_ends_with_the_way_there(
    subscriptions: tuple[Subscription, ...], before: str
) -> None:
    served = Served(subscriptions, token="abc", page="https://papers.example.org")
    digest = arrange([make_paper(1), make_paper(2)], most=1)
    head = thread.part(PartKind.HEAD, [], digest, Style.THREAD, served)
    without = thread.part(PartKind.HEAD, [], digest, Style.THREAD, replace(served, page=""))

    assert head.note[-1] == Span("Open on the web", "https://papers.example.org/papers/date/2026-07-29")
    assert plain_line(head.note).endswith(f"{before}Open on the web")
    assert replace(head, note=()) == replace(without, note=())
    assert "Open" not in plain_line(without.note)


def test_the_sum_of_a_vacation_says_so() -> None:
    digest = Digest((OLD, NEW), away=True)
    head = thread.part(PartKind.HEAD, [], digest, Style.THREAD, NOBODY)

    assert head.title == "While you were away · Tue 28 Jul – Wed 29 Jul 2026 · 2 papers, 70 upvotes"


@pytest.mark.parametrize(
    ("matched", "lists", "cadence", "said"),
    [
        (84, 21, Cadence.DAILY, f"{OVER} this would have sent 4 papers a day. The newest:"),
        (84, 21, Cadence.EACH, f"{OVER} this would have sent 4 papers a day. The newest:"),
        (84, 21, Cadence.WEEKLY, f"{OVER} this would have sent 19.6 papers a week. The newest:"),
        (21, 21, Cadence.DAILY, f"{OVER} this would have sent 1 paper a day. The newest:"),
        (3, 21, Cadence.DAILY, f"{OVER} this would have sent 3 papers in all. The newest:"),
        (3, 21, Cadence.WEEKLY, f"{OVER} this would have sent 0.7 papers a week. The newest:"),
        (1, 21, Cadence.WEEKLY, f"{OVER} this would have sent 1 paper in all. The newest:"),
        (5, 1, Cadence.DAILY, f"{ON}one list{KNOWN} this would have sent 5 papers a day. The newest:"),
        (5, 0, Cadence.DAILY, f"{ON}one list{KNOWN} this would have sent 5 papers a day. The newest:"),
        (5, 1, Cadence.WEEKLY, f"{ON}one list{KNOWN} this would have sent 5 papers in all. The newest:"),
        (0, 3, Cadence.DAILY, f"{ON}3 lists{KNOWN} this would have sent nothing."),
    ],
)
def test_what_a_receipt_tells_of_the_last_days(matched: int, lists: int, cadence: Cadence, said: str) -> None:
    trial = Trial(Sample(matched, 20 * max(lists, 1), (make_paper(),), ()), lists)
    assert plain_line(receipts.tried(trial, make_subscription(cadence=cadence))[0]) == said


def test_a_sentence_in_place_of_a_digest() -> None:
    told = thread.notice("I cannot post to slack:C1.", Served(direct=True))

    assert plain(told) == "I cannot post to slack:C1."
    assert [button.command for button in told.buttons] == ["subscriptions"]
    assert thread.notice("I cannot post to slack:C1.", NOBODY).buttons == ()


@pytest.mark.parametrize(
    ("direct", "note", "buttons"),
    [
        (True, 'Subscription 3: papers about "zzz"', ["pause 3", "why", "subscriptions"]),
        (False, "Every day at 12:00 UTC · subscription 3, changed by whoever runs this bot", []),
    ],
    ids=["to a person", "to a channel"],
)
def test_nothing_for_a_subscription_names_it_and_the_day(direct: bool, note: str, buttons: list[str]) -> None:
    served = Served((make_subscription(id=3, filter="zzz"),), direct=direct)
    sentence = reasons.nothing(Nothing(DAY, 20, unmatched=20), "zzz")
    told = thread.notice(sentence, served, DAY)

    assert plain(told).splitlines() == [
        "Daily Papers · Wed 29 Jul: nothing for subscription 3",
        '20 new papers, and none matches papers about "zzz".',
        note,
    ]
    assert [button.command for button in told.buttons] == buttons


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (Nothing(DAY, 0), "No papers were listed on Wed 29 Jul 2026."),
        (
            Nothing(DAY, 3),
            "Nothing new for Wed 29 Jul 2026: an earlier digest has looked through its 3 papers.",
        ),
        (Nothing(DAY, 3, unmatched=3), "3 new papers, and none matches."),
        (Nothing(DAY, 1, unmatched=1), "1 new paper, and none matches."),
        (
            Nothing(DAY, 0, read=False),
            "The list of Wed 29 Jul 2026 has not been read yet; its papers come with the next digest.",
        ),
    ],
    ids=["empty", "given", "unmatched", "one", "unread"],
)
def test_why_there_is_nothing(outcome: Nothing, reason: str) -> None:
    assert reasons.nothing(outcome) == reason


def test_why_papers_wait() -> None:
    assert reasons.too_few(TooFew(1, 3)) == "1 paper so far, fewer than 3; the next digest has them."


def test_a_closed_door_says_what_is_paused_and_what_helps() -> None:
    assert reasons.door_closed("slack:C1", [4], "the channel is archived.", direct=False) == (
        "I cannot post to slack:C1: the channel is archived. So subscription 4 is paused; once it is mended, "
        "/papers channel, asked there, resumes."
    )
    assert reasons.door_closed("slack:@U1", [4, 5], "the account is gone", direct=True) == (
        "I cannot post to your direct messages: the account is gone. So subscriptions 4, 5 are paused; "
        "once it is mended, /papers subscriptions resumes."
    )


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["A"], "A"),
        (["A", "B", "C", "D"], "A, B, C, D"),
        (["A", "B", "C", "D", "E"], "A, B, C and 2 more"),
    ],
    ids=["one", "four", "five"],
)
def test_authors(names: list[str], shown: str) -> None:
    assert thread.authors(names) == shown


def test_a_long_abstract_stops_at_the_end_of_a_sentence() -> None:
    abstract = "The first sentence says what the problem is, at some length, as always. " * 6
    card = thread.card(make_paper(summary=None, abstract=abstract.strip()))
    assert card.summary.endswith("as always.")
    assert thread.SUMMARY / 2 < len(card.summary) <= thread.SUMMARY


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (DAY, DAY, "Wed 29 Jul 2026"),
        (date(2026, 7, 27), DAY, "Mon 27 Jul – Wed 29 Jul 2026"),
        (date(2025, 12, 31), date(2026, 1, 2), "Wed 31 Dec 2025 – Fri 2 Jan 2026"),
    ],
    ids=["one day", "some days", "over new year"],
)
def test_days(first: date, last: date, shown: str) -> None:
    assert words.days_name(first, last) == shown


def test_a_moment_is_local() -> None:
    moment = datetime(2026, 7, 29, 22, 30, tzinfo=UTC)
    assert words.moment_name(moment, ZoneInfo("Europe/Paris")) == "Thu 30 Jul 2026, 00:30 Europe/Paris"


@pytest.mark.parametrize(
    ("weekdays", "shown"),
    [
        (range(7), "every day"),
        (range(5), "Mon–Fri"),
        ((0, 2), "Mon, Wed"),
        ((5, 6), "Sat, Sun"),
        ((3,), "Thu"),
    ],
    ids=str,
)
def test_weekdays(weekdays: Any, shown: str) -> None:
    assert words.weekdays_name(weekdays) == shown


def test_who_is_paused_is_named() -> None:
    gone = "The channel is archived."
    assert reasons.paused(gone, []) == gone
    assert reasons.paused(gone, [11]) == (
        "The channel is archived; subscription 11 is paused: resume when that is mended."
    )
    assert reasons.paused(gone, [11, 12]) == (
        "The channel is archived; subscriptions 11, 12 are paused: resume when that is mended."
    )


@pytest.mark.parametrize(
    "said", [mailboxes.asked(Place("email", "ann@example.org")), channels.no_channel(), channels.posts([])]
)
def test_no_line_ends_with_a_blank(said: Message) -> None:
    assert [row for row in map(plain_line, said.lines) if row != row.rstrip()] == []
