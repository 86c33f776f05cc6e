"""The crash test in short: the bot is killed and troubled, and every part is there once, in its thread.

The long form is `make torture`. What it judges by is tested here as well: a verdict that finds nothing wrong
anywhere would be worth nothing.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.conftest import PostgresServer
from tests.fakes import Posted
from tests.torture.databases import Kind, Server, SqliteFiles
from tests.torture.plan import Expected
from tests.torture.scenarios import EVERYTHING, NAMED_POINTS, Report, run
from tests.torture.verdict import judge

SEED = 7
EDITION = 6
PLANNED = [
    Expected("Wed 29 Jul 2026 · 2 papers", (7, 3), False),
    Expected("", (7,), True),
    Expected("", (3,), True),
]
HEAD = Posted(
    "C1",
    None,
    "10",
    "Daily Papers · Wed 29 Jul 2026 · 2 papers, 9 upvotes\nPaper 00007 on a\nPaper 00003 on b",
    None,
    {},
)
FIRST = Posted("C1", "10", "11", "Paper 00007 on a\nIts summary", None, {})
SECOND = Posted("C1", "10", "12", "Paper 00003 on b\nIts summary", None, {})


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def kind(request: pytest.FixtureRequest) -> Iterator[Kind]:
    if request.param == "SQLite":
        yield SqliteFiles()
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        yield Server(server.url)


def assert_all_is_well(report: Report) -> None:
    """Nothing lost, nothing doubled, nothing astray; what is wrong is shown with where the evidence is."""
    verdict = report.verdict
    assert verdict.good, (verdict.lost, verdict.doubled, verdict.amiss, report.evidence)
    assert verdict.parts > 0


async def test_processes_that_are_killed_at_random_leave_no_part_out_and_send_none_twice(kind: Kind) -> None:
    report = await run(kind, "kills alone", SEED, kills=3, edition=EDITION)

    assert_all_is_well(report)
    assert report.kills >= 3


async def test_neither_do_they_where_everything_else_goes_wrong_as_well(kind: Kind) -> None:
    """Lost replies, storms, slow answers, a full disk or a database that restarts, a clock that jumps."""
    report = await run(kind, EVERYTHING, SEED, kills=3, edition=EDITION)

    assert_all_is_well(report)
    assert report.kills >= 3


async def test_a_process_that_dies_between_two_steps_is_gone_on_with(kind: Kind) -> None:
    report = await run(kind, NAMED_POINTS, SEED, kills=0, most_points=4)

    assert_all_is_well(report)
    assert report.kills + report.missed == 4
    assert report.kills > 0


def test_the_verdict_takes_a_whole_thread_for_good() -> None:
    verdict = judge("slack:C1", PLANNED, [HEAD, FIRST, SECOND])

    assert verdict.good
    assert verdict.parts == 3


@pytest.mark.parametrize(
    ("posted", "lost", "doubled"),
    [
        ([], 3, 0),
        ([HEAD, FIRST], 1, 0),
        ([HEAD, FIRST, FIRST, SECOND], 0, 1),
        ([HEAD, HEAD, FIRST, SECOND], 0, 1),
        ([HEAD, SECOND, SECOND], 1, 1),
    ],
)
def test_the_verdict_counts_what_is_lost_and_what_is_doubled(
    posted: list[Posted], lost: int, doubled: int
) -> None:
    verdict = judge("slack:C1", PLANNED, posted)

    assert (verdict.lost, verdict.doubled) == (lost, doubled)
    assert not verdict.good


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ([HEAD, SECOND, FIRST], "not in order"),
        ([HEAD, FIRST, replace(SECOND, thread=None)], "stands in thread None, not 10"),
        ([HEAD, FIRST, replace(SECOND, thread="9")], "stands in thread 9, not 10"),
        ([HEAD, FIRST, SECOND, replace(SECOND, text="Subscription 1 is paused.")], "nobody planned"),
    ],
)
def test_the_verdict_names_what_stands_wrong(posted: list[Posted], sentence: str) -> None:
    verdict = judge("slack:C1", PLANNED, posted)

    assert sentence in "".join(verdict.amiss)
    assert not verdict.good
