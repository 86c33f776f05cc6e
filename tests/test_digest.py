"""What one subscription gets of the editions it has not seen."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digest import (
    LOOK_BACK,
    PATIENCE,
    Digest,
    Wait,
    additions,
    arrange,
    awaited,
    by_upvotes,
    edition_for,
    first_edition,
    is_final,
    most_shown,
    parts,
    standing,
)
from bot.filters.parser import parse
from storage.models import Edition, PartKind, Style
from tests.factories import DAY, RULES, at, make_edition, make_paper, paper_id

YESTERDAY = DAY - timedelta(days=1)
TOMORROW = DAY + timedelta(days=1)
SETTLED = make_edition(DAY)
GROWING = make_edition(DAY, settled_at=None)


def numbers(digest: Digest) -> tuple[list[int], list[int]]:
    """The numbers of the papers shown, and of the rest."""
    shown, rest = ([int(paper.id[5:]) for paper in papers] for papers in (digest.papers, digest.rest))
    return shown, rest


@pytest.mark.parametrize(
    ("edition", "now", "decision"),
    [
        pytest.param(SETTLED, at(DAY, 9), None, id="settled"),
        pytest.param(GROWING, at(DAY, 9), Wait(DAY, at(DAY, 12)), id="still-growing"),
        pytest.param(GROWING, at(DAY, 12), None, id="growing-but-the-deadline-is-here"),
        pytest.param(None, at(DAY, 9), Wait(DAY, at(DAY, 20), read=False), id="never-read"),
        pytest.param(None, at(DAY, 19, 59), Wait(DAY, at(DAY, 20), read=False), id="never-read-all-day"),
        pytest.param(None, at(DAY, 20), None, id="never-read-and-too-late"),
    ],
)
def test_an_edition_is_waited_for(edition: Edition | None, now: datetime, decision: Wait | None) -> None:
    assert awaited(DAY, edition, now, RULES) == decision


def test_patience_with_the_source_ends_eight_hours_behind_the_deadline() -> None:
    assert timedelta(hours=8) == PATIENCE


@pytest.mark.parametrize(
    ("edition", "now", "final"),
    [
        pytest.param(SETTLED, at(DAY, 8), True, id="settled"),
        pytest.param(GROWING, at(DAY, 11, 59), False, id="still-growing"),
        pytest.param(GROWING, at(DAY, 12), True, id="never-settled-but-behind-its-deadline"),
    ],
)
def test_digests_hold_papers_of_final_editions(edition: Edition, now: datetime, final: bool) -> None:
    assert is_final(edition, now, RULES) is final


def test_withdrawn_papers_do_not_stand() -> None:
    papers = [make_paper(1, withdrawn_at=at(DAY, 1)), make_paper(2)]

    assert [paper.id for paper in standing(papers)] == [paper_id(2)]


@pytest.mark.parametrize(
    ("most", "shown", "rest"),
    [
        pytest.param(None, [2, 4, 1, 3], [], id="all"),
        pytest.param(4, [2, 4, 1, 3], [], id="just-enough"),
        pytest.param(3, [2, 1, 3], [4], id="one-more"),
        pytest.param(2, [2, 1], [4, 3], id="the-most-upvoted-of-all-days"),
        pytest.param(1, [1], [2, 4, 3], id="the-best"),
    ],
)
def test_the_order_of_posting(most: int | None, shown: list[int], rest: list[int]) -> None:
    """By edition, within it most upvotes first, ties by identifier."""
    papers = [
        make_paper(4, upvotes=5, listed_on=YESTERDAY),
        make_paper(3, upvotes=5),
        make_paper(2, upvotes=7, listed_on=YESTERDAY),
        make_paper(1, upvotes=9),
    ]

    assert numbers(arrange(papers, most)) == (shown, rest)


def test_ties_go_by_identifier() -> None:
    papers = [make_paper(number, upvotes=3) for number in (9, 10, 2)]

    assert [paper.id for paper in by_upvotes(papers)] == ["2607.00002", "2607.00009", "2607.00010"]
    assert numbers(arrange(papers, 2)) == ([2, 9], [10])


def test_a_filter_s_order_is_the_order_of_posting() -> None:
    papers = [
        make_paper(1, upvotes=9),
        make_paper(2, upvotes=3, listed_on=YESTERDAY),
        make_paper(3, upvotes=5),
    ]
    order = parse("sort:upvotes").order

    assert numbers(arrange(papers)) == ([2, 1, 3], [])
    assert numbers(arrange(papers, None, order, DAY)) == ([1, 3, 2], [])


@pytest.mark.parametrize(
    ("most", "missed", "away", "shown"),
    [
        pytest.param(None, False, False, None, id="all"),
        pytest.param(5, False, False, 5, id="as-many-as-it-wants"),
        pytest.param(None, True, False, 30, id="after-an-outage"),
        pytest.param(50, True, False, 30, id="after-an-outage-though-it-wants-more"),
        pytest.param(5, True, False, 5, id="after-an-outage-as-few-as-it-wants"),
        pytest.param(None, False, True, 10, id="after-a-vacation"),
        pytest.param(50, True, True, 10, id="after-a-vacation-and-an-outage"),
    ],
)
def test_how_many_papers_are_shown(most: int | None, missed: bool, away: bool, shown: int | None) -> None:
    assert most_shown(most, missed, away) == shown


@pytest.mark.parametrize(
    ("due", "wanted"),
    [
        pytest.param(at(DAY, 7), DAY, id="09:00-in-paris"),
        pytest.param(at(DAY, 6, 59), YESTERDAY, id="08:59-in-paris"),
        pytest.param(at(DAY, 0), YESTERDAY, id="09:00-in-tokyo"),
        pytest.param(at(DAY, 16), DAY, id="09:00-in-los-angeles"),
        pytest.param(at(TOMORROW, 6, 59), DAY, id="23:59-in-los-angeles"),
    ],
)
def test_the_edition_that_a_digest_looks_for(due: datetime, wanted: date) -> None:
    assert edition_for(due, RULES) == wanted


def test_digests_look_two_weeks_back_and_no_further() -> None:
    assert timedelta(days=14) == LOOK_BACK


def test_additions_to_a_thread_are_cards_alone() -> None:
    added = additions([paper_id(1), paper_id(2)], 7)

    assert {part.delivery_id for part in added} == {7}
    assert [(part.position, part.kind, part.papers) for part in added] == [
        (0, PartKind.CARD, [paper_id(1)]),
        (1, PartKind.CARD, [paper_id(2)]),
    ]


def test_a_thread_is_a_head_and_a_card_a_paper() -> None:
    digest = arrange([make_paper(number, upvotes=number) for number in (1, 2, 3)], most=2)

    assert [(part.position, part.kind, part.papers) for part in parts(digest, Style.THREAD, 20)] == [
        (0, PartKind.HEAD, []),
        (1, PartKind.CARD, [paper_id(3)]),
        (2, PartKind.CARD, [paper_id(2)]),
    ]


@pytest.mark.parametrize(
    ("papers", "kinds", "sizes"),
    [
        pytest.param(1, [PartKind.HEAD], [1], id="one"),
        pytest.param(3, [PartKind.HEAD], [3], id="a-full-head"),
        pytest.param(4, [PartKind.HEAD, PartKind.MORE], [3, 1], id="one-line-more"),
        pytest.param(7, [PartKind.HEAD, PartKind.MORE, PartKind.MORE], [3, 3, 1], id="two-more"),
    ],
)
def test_a_compact_list_is_split_by_the_lines_of_the_platform(
    papers: int, kinds: list[PartKind], sizes: list[int]
) -> None:
    digest = arrange([make_paper(number) for number in range(1, papers + 1)])
    compact = parts(digest, Style.COMPACT, lines=3)

    assert [part.kind for part in compact] == kinds
    assert [len(part.papers) for part in compact] == sizes
    assert [part.position for part in compact] == list(range(len(kinds)))


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), min_size=1, max_size=30),  # days ago, upvotes
    st.none() | st.integers(1, 10),
    st.sampled_from(Style),
    st.integers(1, 7),
)
def test_every_paper_appears_once(
    listed: list[tuple[int, int]], most: int | None, style: Style, lines: int
) -> None:
    papers = [
        make_paper(number, listed_on=DAY - timedelta(days=ago), upvotes=upvotes)
        for number, (ago, upvotes) in enumerate(listed, 1)
    ]
    digest = arrange(papers, most)

    in_parts = [paper for part in parts(digest, style, lines) for paper in part.papers]
    assert in_parts == [paper.id for paper in digest.papers]
    assert sorted([*in_parts, *(paper.id for paper in digest.rest)]) == sorted(paper.id for paper in papers)
    assert len(digest.papers) == min(len(papers), most or len(papers))
    least = min(paper.upvotes for paper in digest.papers)
    assert all(paper.upvotes <= least for paper in digest.rest)


@pytest.mark.parametrize(
    ("editions", "begins"),
    [
        pytest.param([make_edition(DAY)], DAY, id="todays has settled"),
        pytest.param([make_edition(DAY, settled_at=None)], DAY - timedelta(days=1), id="todays still grows"),
        pytest.param([make_edition(DAY, papers=0)], DAY - timedelta(days=1), id="todays is empty"),
        pytest.param([], DAY - timedelta(days=1), id="todays was never read"),
    ],
)
def test_a_new_subscription_opens_with_one_edition(editions: list[Edition], begins: date) -> None:
    by_day = {edition.day: edition for edition in editions}
    assert first_edition(DAY - timedelta(days=1), DAY, by_day) == begins
