"""The pure parts of pages: periods, orders, BibTeX, charts, addresses."""

from datetime import date, timedelta

import pytest

from adapters.web.addresses import path_of, web_address
from adapters.web.bibtex import bibtex
from adapters.web.chart import HEIGHT, WIDTH, chart
from bot.pages import Sorting, ordered, spans_of
from bot.periods import PeriodError, Span, period_of, read_period
from storage.models import VoteSnapshot
from storage.periods import Listed, Standing
from tests.factories import DAY, NOON, make_paper


@pytest.mark.parametrize(
    ("span", "name", "first", "last"),
    [
        (Span.DAY, "2026-07-29", date(2026, 7, 29), date(2026, 7, 29)),
        (Span.DAY, "2024-02-29", date(2024, 2, 29), date(2024, 2, 29)),
        (Span.WEEK, "2026-W31", date(2026, 7, 27), date(2026, 8, 2)),
        (Span.WEEK, "2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        (Span.WEEK, "2027-W01", date(2027, 1, 4), date(2027, 1, 10)),
        (Span.MONTH, "2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        (Span.MONTH, "9999-12", date(9999, 12, 1), date(9999, 12, 31)),
    ],
)
def test_periods_by_name(span: Span, name: str, first: date, last: date) -> None:
    period = read_period(span, name)
    assert (period.first, period.last, period.name) == (first, last, name)
    assert period_of(span, last) == period


@pytest.mark.parametrize(
    ("span", "name"),
    [
        (Span.DAY, "2026-02-29"),
        (Span.DAY, "20260729"),
        (Span.DAY, "2026-7-29"),
        (Span.DAY, "2026-07-29\n"),
        (Span.DAY, ""),
        (Span.WEEK, "2026-W54"),
        (Span.WEEK, "2027-W53"),
        (Span.WEEK, "2026-W00"),
        (Span.WEEK, "9999-W52"),
        (Span.MONTH, "2026-00"),
        (Span.MONTH, "0000-01"),
    ],
)
def test_what_no_calendar_has(span: Span, name: str) -> None:
    with pytest.raises(PeriodError, match="for example 2026"):
        read_period(span, name)


def test_orders_of_a_list() -> None:
    rows = [
        Listed("2607.00001", DAY, 5, NOON),
        Listed("2607.00002", DAY, 9, NOON),
        Listed("2607.00003", DAY, 5, NOON + timedelta(hours=1)),
        Listed("2607.00004", DAY - timedelta(days=1), 5, NOON),
        Listed("2607.00005", DAY, 5, NOON),
    ]
    assert [one.id[-1] for one in ordered(rows, Sorting.TRENDING)] == ["2", "3", "5", "1", "4"]
    assert [one.id[-1] for one in ordered(rows, Sorting.NEW)] == ["3", "5", "2", "1", "4"]


JULY_31, AUGUST_3 = date(2026, 7, 31), date(2026, 8, 3)
SPANS: list[tuple[Span, str, tuple[date | None, date | None, date | None], str]] = [
    (Span.DAY, "2026-07-31", (JULY_31, DAY, AUGUST_3), "2026-07-31 2026-W31 2026-07"),
    (Span.WEEK, "2026-W31", (JULY_31, None, AUGUST_3), "2026-07-31 2026-W31 2026-07"),
    (Span.MONTH, "2026-07", (DAY, None, AUGUST_3), "2026-07-29 2026-W31 2026-07"),
    (Span.DAY, "2026-08-01", (None, JULY_31, AUGUST_3), "2026-08-01 2026-W31 2026-08"),
    (Span.DAY, "2026-08-01", (None, JULY_31, None), "2026-08-01 2026-W31 2026-07"),
    (Span.DAY, "2026-07-30", (None, None, AUGUST_3), "2026-07-30 2026-W32 2026-08"),
    (Span.WEEK, "2026-W30", (None, None, JULY_31), "2026-07-31 2026-W30 2026-07"),
    (Span.DAY, "9999-12-31", (None, JULY_31, None), "9999-12-31 2026-W31 2026-07"),
    (Span.DAY, "2026-07-29", (None, None, None), ""),
]  # fmt: skip


@pytest.mark.parametrize(("span", "name", "days", "shown"), SPANS)
def test_other_lengths_of_a_list_show_papers_too(
    span: Span, name: str, days: tuple[date | None, date | None, date | None], shown: str
) -> None:
    """The days are the last one with papers within, and the nearest before and after."""
    standing = Standing(1, 1, 1, 1, NOON, 0, *days)
    assert [one.name for one in spans_of(read_period(span, name), standing)] == shown.split()


def test_a_paper_as_bibtex() -> None:
    paper = make_paper(
        1,
        title="The 100% {Best} $x_1$ & more",
        authors=["Łukasz Kaiser-Ångström", "The A and B Team", "Group, Big"],
    )
    assert bibtex(paper) == "\n".join(
        [
            r"@misc{angstrom2026100,",
            r"  title         = {{The 100\% \{Best\} \$x\_1\$ \& more}},",
            r"  author        = {Łukasz Kaiser-Ångström and {The A and B Team} and {Group, Big}},",
            r"  year          = {2026},",
            r"  eprint        = {2607.00001},",
            r"  archivePrefix = {arXiv},",
            r"  url           = {https://arxiv.org/abs/2607.00001},",
            r"}",
        ]
    )
    assert bibtex(make_paper(2, title="数", authors=[])).startswith("@misc{anonymous2026,")


def snapshots(*upvotes: int) -> list[VoteSnapshot]:
    return [
        VoteSnapshot(paper_id="2607.00001", taken_at=NOON + timedelta(hours=hour), upvotes=count, comments=0)
        for hour, count in enumerate(upvotes)
    ]


def test_votes_over_time() -> None:
    drawn = chart(snapshots(0, 5, 10))
    assert drawn is not None
    assert drawn.line == f"6.0,{HEIGHT - 6}.0 160.0,48.0 {WIDTH - 6}.0,6.0"
    assert drawn.told == "From 0 upvotes on Wed 29 Jul 2026 to 10 on Wed 29 Jul 2026."
    fallen = chart(snapshots(1, 5, 3))
    assert fallen is not None
    assert fallen.told.endswith("to 3 on Wed 29 Jul 2026, at most 5.")


@pytest.mark.parametrize("upvotes", [(), (3,)])
def test_one_number_is_no_line(upvotes: tuple[int, ...]) -> None:
    assert chart(snapshots(*upvotes)) is None


def test_a_long_history_is_thinned_and_keeps_its_ends() -> None:
    drawn = chart(snapshots(*range(5000)))
    assert drawn is not None
    assert drawn.line.count(",") <= 121
    assert "to 4,999 on" in drawn.told
    flat = chart(snapshots(0, 0))
    assert flat is not None


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("https://example.org/a?b#c", True),
        ("HTTP://example.org", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("https://", False),
        ("https://[", False),
        ("", False),
        (None, False),
    ],
)
def test_what_a_page_links_to(text: object, linked: bool) -> None:
    assert web_address(text) == (text if linked else None)


def test_paths() -> None:
    assert path_of("/search", q='a "b" & c', page=2) == "/search?q=a%20%22b%22%20%26%20c&page=2"
    assert path_of("/search", q="", page=None) == "/search"
    assert path_of('/papers/cs/01"12017') == "/papers/cs/01%2212017"
    assert path_of("/search", q="\ud800") == "/search?q=%3F"
