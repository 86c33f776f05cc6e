"""What one subscription gets of the editions it has not seen."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digest import (
    LOOK_BACK,
    PATIENCE,
    Digest,
    Nothing,
    Wait,
    arrange,
    by_upvotes,
    edition_for,
    first_edition,
    parts,
    select,
    window,
)
from storage.models import Edition, Paper, PartKind, Style
from tests.factories import DAY, RULES, at, make_edition, make_paper, paper_id

YESTERDAY = DAY - timedelta(days=1)
TOMORROW = DAY + timedelta(days=1)
MORNING = at(DAY, 9)
SETTLED = (make_edition(YESTERDAY), make_edition(DAY))
GROWING = (make_edition(YESTERDAY), make_edition(DAY, settled_at=None))


def chosen(
    papers: Iterable[Paper],
    editions: Iterable[Edition] = SETTLED,
    now: datetime = MORNING,
    given: Iterable[int] = (),
    **changes: Any,
) -> Digest | Nothing | Wait:
    by_day = {edition.day: edition for edition in editions}
    return select(papers, by_day, {paper_id(number) for number in given}, DAY, now, RULES, **changes)


def numbers(decision: Digest | Nothing | Wait) -> tuple[list[int], list[int]]:
    """The numbers of the papers shown, and of the rest."""
    assert isinstance(decision, Digest)
    shown, rest = ([int(paper.id[5:]) for paper in papers] for papers in (decision.papers, decision.rest))
    return shown, rest


@pytest.mark.parametrize(
    ("editions", "now", "decision"),
    [
        pytest.param(SETTLED, at(DAY, 9), [1], id="settled"),
        pytest.param(GROWING, at(DAY, 9), Wait(DAY, at(DAY, 12)), id="still-growing"),
        pytest.param(GROWING, at(DAY, 12), [1], id="growing-but-the-deadline-is-here"),
        pytest.param(SETTLED[:1], at(DAY, 9), Wait(DAY, at(DAY, 20), read=False), id="never-read"),
        pytest.param(
            SETTLED[:1], at(DAY, 19, 59), Wait(DAY, at(DAY, 20), read=False), id="never-read-all-day"
        ),
        pytest.param(SETTLED[:1], at(DAY, 20), Nothing(DAY, 0, read=False), id="never-read-and-too-late"),
    ],
)
def test_an_edition_is_waited_for(
    editions: tuple[Edition, ...], now: datetime, decision: list[int] | Wait | Nothing
) -> None:
    papers = [make_paper(1)] if DAY in {edition.day for edition in editions} else []
    found = chosen(papers, editions, now)

    assert (numbers(found)[0] if isinstance(decision, list) else found) == decision


def test_patience_with_the_source_ends_eight_hours_behind_the_deadline() -> None:
    assert timedelta(hours=8) == PATIENCE


@pytest.mark.parametrize(
    ("papers", "given", "decision"),
    [
        pytest.param([make_paper(1), make_paper(2)], [], [1, 2], id="all-new"),
        pytest.param([make_paper(1), make_paper(2)], [1], [2], id="one-given-before"),
        pytest.param([make_paper(1)], [1], Nothing(DAY, 1), id="all-given-before"),
        pytest.param([], [], Nothing(DAY, 1), id="none-in-the-window"),
        pytest.param([make_paper(1, withdrawn_at=at(DAY, 1))], [], Nothing(DAY, 1), id="withdrawn"),
        pytest.param([make_paper(1), make_paper(2, listed_on=YESTERDAY)], [], [2, 1], id="late-arrival"),
    ],
)
def test_only_what_is_new_is_chosen(
    papers: list[Paper], given: list[int], decision: list[int] | Nothing
) -> None:
    found = chosen(papers, given=given)

    assert (numbers(found)[0] if isinstance(decision, list) else found) == decision


def test_a_day_without_papers_says_so() -> None:
    assert chosen([], [make_edition(DAY, papers=0)]) == Nothing(DAY, 0, read=True)


def test_papers_of_another_day_that_still_grows_are_left_for_the_next_digest() -> None:
    """Who is due at 09:00 in Auckland gets yesterday's list of UTC, and today's when it is whole."""
    editions = [*SETTLED, make_edition(TOMORROW, settled_at=None)]
    papers = [make_paper(1), make_paper(2, listed_on=TOMORROW)]

    assert numbers(chosen(papers, editions, at(DAY, 21)))[0] == [1]
    assert numbers(chosen(papers, editions, at(TOMORROW, 12)))[0] == [1, 2]


def test_an_older_day_that_never_settled_is_final_behind_its_deadline() -> None:
    editions = [make_edition(YESTERDAY, settled_at=None), make_edition(DAY)]

    assert numbers(chosen([make_paper(1, listed_on=YESTERDAY)], editions))[0] == [1]


def test_papers_of_other_days_come_although_the_day_could_not_be_read() -> None:
    late = make_paper(1, listed_on=YESTERDAY)

    assert numbers(chosen([late], SETTLED[:1], at(DAY, 20)))[0] == [1]


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
    assert numbers(chosen(papers, most=most)) == (shown, rest)


def test_ties_go_by_identifier() -> None:
    papers = [make_paper(number, upvotes=3) for number in (9, 10, 2)]

    assert [paper.id for paper in by_upvotes(papers)] == ["2607.00002", "2607.00009", "2607.00010"]
    assert numbers(arrange(papers, 2)) == ([2, 9], [10])


@pytest.mark.parametrize(
    ("due", "local_date", "wanted", "last"),
    [
        pytest.param(at(DAY, 7), DAY, DAY, DAY, id="09:00-in-paris"),
        pytest.param(at(DAY, 6, 59), DAY, YESTERDAY, DAY, id="08:59-in-paris"),
        pytest.param(at(DAY, 0), DAY, YESTERDAY, DAY, id="09:00-in-tokyo"),
        pytest.param(at(YESTERDAY, 21), DAY, YESTERDAY, DAY, id="09:00-in-auckland"),
        pytest.param(at(YESTERDAY, 19), DAY, YESTERDAY, DAY, id="09:00-in-kiritimati"),
        pytest.param(at(DAY, 16), DAY, DAY, DAY, id="09:00-in-los-angeles"),
        pytest.param(at(TOMORROW, 3), DAY, DAY, DAY, id="20:00-in-los-angeles"),
        pytest.param(at(TOMORROW, 6, 59), DAY, DAY, DAY, id="23:59-in-los-angeles"),
    ],
)
def test_the_window_of_a_digest(due: datetime, local_date: date, wanted: date, last: date) -> None:
    assert edition_for(due, RULES) == wanted
    assert window(DAY - timedelta(days=3), due, local_date, RULES) == (DAY - timedelta(days=3), last)


def test_a_window_looks_two_weeks_back_and_no_further() -> None:
    assert window(date(2026, 1, 1), at(DAY, 9), DAY, RULES) == (DAY - LOOK_BACK, DAY)
    assert timedelta(days=14) == LOOK_BACK


def test_the_window_of_a_subscription_that_has_not_begun_is_empty() -> None:
    first, last = window(TOMORROW, at(DAY, 9), DAY, RULES)

    assert first > last


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
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 5), st.booleans()), max_size=30
    ),  # days ago, upvotes, withdrawn
    st.sets(st.integers(1, 30)),
    st.none() | st.integers(1, 10),
    st.sampled_from(Style),
    st.integers(1, 7),
)
def test_every_fresh_paper_appears_once_and_none_that_was_given(
    listed: list[tuple[int, int, bool]], before: set[int], most: int | None, style: Style, lines: int
) -> None:
    papers = [
        make_paper(
            number,
            listed_on=DAY - timedelta(days=ago),
            upvotes=upvotes,
            withdrawn_at=at(DAY, 1) if withdrawn else None,
        )
        for number, (ago, upvotes, withdrawn) in enumerate(listed, 1)
    ]
    fresh = {paper.id for paper in papers if paper.withdrawn_at is None} - set(map(paper_id, before))
    found = chosen(
        papers, [make_edition(DAY - timedelta(days=ago)) for ago in range(4)], given=before, most=most
    )

    if not fresh:
        assert found == Nothing(DAY, 1)
        return
    assert isinstance(found, Digest)
    in_parts = [paper for part in parts(found, style, lines) for paper in part.papers]
    assert in_parts == [paper.id for paper in found.papers]
    assert sorted([*in_parts, *(paper.id for paper in found.rest)]) == sorted(fresh)
    assert len(found.papers) == min(len(fresh), most or len(fresh))
    least = min(paper.upvotes for paper in found.papers)
    assert all(paper.upvotes <= least for paper in found.rest)


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
