"""What stands in a thread and in an answer, word for word."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.digest import arrange
from bot.markup import plain, plain_line
from bot.messages import reasons, thread, words
from storage.models import PartKind, Style
from tests.factories import DAY, make_paper, make_subscription


def test_the_head_of_a_thread() -> None:
    digest = arrange([make_paper(number, upvotes=number) for number in range(1, 8)])
    head = thread.part(
        PartKind.HEAD, [], digest, Style.THREAD, make_subscription(id=4, weekdays="mon,tue,wed")
    )
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
    assert thread.part(PartKind.HEAD, [], digest, Style.THREAD, None).note == ()


def test_a_compact_head_holds_its_lines_and_counts_the_rest() -> None:
    papers = [make_paper(number, upvotes=number) for number in (1, 2, 3)]
    digest = arrange(papers, most=1)
    head = thread.part(PartKind.HEAD, digest.papers, digest, Style.COMPACT, None)
    assert plain(head).splitlines() == [
        "Daily Papers · Wed 29 Jul 2026 · 3 papers, 6 upvotes",
        "Paper 3 · 3 upvotes",
        "The paper with the most upvotes; 2 more on the page of the day",
    ]


def test_a_card_says_all_that_is_known() -> None:
    card = thread.card(make_paper(code_stars=1204), DAY)
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
    assert plain_line(thread.card(make_paper(**changes), DAY).facts[1]) == fact


def test_a_card_without_anything_but_a_title() -> None:
    bare = dict.fromkeys(("summary", "code_url", "project_url", "organization", "organization_name"))
    card = thread.card(make_paper(1, abstract="", authors=[], comments=0, **bare), DAY)
    assert card.summary == ""
    assert [plain_line(fact) for fact in card.facts] == ["10 upvotes"]


def test_a_paper_that_came_late_says_so() -> None:
    late = thread.card(make_paper(), DAY + timedelta(days=1))
    assert plain_line(late.facts[-1]) == "Late: listed on Wed 29 Jul 2026"


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
    card = thread.card(make_paper(summary=None, abstract=abstract.strip()), DAY)
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
        "The channel is archived; its subscription is paused until `daily-papers resume 11`."
    )
    assert reasons.paused(gone, [11, 12]) == (
        "The channel is archived; its 2 subscriptions are paused until `daily-papers resume 11` and "
        "`daily-papers resume 12`."
    )
