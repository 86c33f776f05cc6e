"""The pages over a real store: what they show, how they are kept, and what hostile requests get."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from yarl import URL

from storage import papers
from storage.database import Database
from tests.factories import DAY, NOON, make_facts
from tests.indexed import keep
from tests.searching import search_over
from tests.site import read_sample, site_over
from tests.web import served

YESTERDAY = DAY - timedelta(days=1)
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture
async def root(database: Database) -> AsyncIterator[str]:
    """Three papers of today and two of yesterday, which are more liked."""
    await keep(
        database,
        make_facts(1, title="Diffusion for images", upvotes=3),
        make_facts(2, title="Agents that code", upvotes=30, summary="They write programs."),
        make_facts(3, title="Pruning of networks", upvotes=0, code_url=None, organization_name=None),
        make_facts(4, title="Diffusion for video", upvotes=50, listed_on=YESTERDAY),
        make_facts(5, title="A survey of agents", upvotes=40, listed_on=YESTERDAY),
    )
    async with site_over(database, search_over(database)) as address:
        yield address


class Got:
    """An answer, read to its end."""

    def __init__(self, response: aiohttp.ClientResponse, body: bytes) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = body
        self.text = body.decode(errors="replace")

    @property
    def words(self) -> str:
        """What a reader sees, in one line."""
        shown = re.sub(r"<(head|script|style)\b.*?</\1>", " ", self.text, flags=re.DOTALL)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", shown)).split())

    @property
    def titles(self) -> list[str]:
        """The papers of a list, in order."""
        found = re.findall(r'<h2><a href="[^"]*">(.*?)</a></h2>', self.text)
        return [html.unescape(re.sub(r"<[^>]+>", "", title)) for title in found]


async def get(root: str, path: str, **headers: str) -> Got:
    """Ask for a path just as it is written."""
    async with (
        aiohttp.ClientSession() as http,
        http.get(URL(root + path, encoded=True), headers=headers, allow_redirects=False) as response,
    ):
        return Got(response, await response.read())


async def test_the_newest_day_is_the_first_page(root: str) -> None:
    page = await get(root, "/")
    assert page.status == 200
    assert page.titles == ["Agents that code", "Diffusion for images", "Pruning of networks"]
    for said in (
        "Wednesday 29 July 2026 3 papers · 33 upvotes",
        "They write programs.",
        "Ada Lovelace, Alan Turing",
        "Example Institute",
        "Code ★ 5",
        "2 comments",
        "← 28 July 2026",
    ):
        assert said in page.words
    assert f'<link rel="canonical" href="{root}/papers/date/2026-07-29">' in page.text
    assert page.body != (await get(root, "/papers/date/2026-07-28")).body


@pytest.mark.parametrize(
    ("path", "titles", "said"),
    [
        ("/papers/date/2026-07-28", ["Diffusion for video", "A survey of agents"], "29 July 2026 →"),
        ("/papers/date/2026-07-28?sort=new", ["A survey of agents", "Diffusion for video"], "28 July 2026"),
        (
            "/papers/week/2026-W31",
            "Diffusion for video, A survey of agents, Agents that code, Diffusion for images, "
            "Pruning of networks".split(", "),
            "27 Jul – 2 Aug 2026 Week 31, 2026 5 papers · 123 upvotes",
        ),
        (
            "/papers/month/2026-07?sort=new",
            "Pruning of networks, Agents that code, Diffusion for images, A survey of agents, "
            "Diffusion for video".split(", "),
            "July 2026",
        ),
    ],
)
async def test_other_lists_and_orders(root: str, path: str, titles: list[str], said: str) -> None:
    page = await get(root, path)
    assert (page.status, page.titles) == (200, titles)
    assert said in page.words


async def test_no_tab_of_a_list_is_dead(root: str, database: Database) -> None:
    """Neither the end of the week nor that of the month has a list so far."""
    async with database.write() as session:
        await papers.record_polls(session, [DAY + timedelta(days=1)], NOON)
    tabs = {
        "/": "date/2026-07-29 week/2026-W31 month/2026-07",
        "/papers/week/2026-W31": "date/2026-07-29 week/2026-W31 month/2026-07",
        "/papers/month/2026-07": "date/2026-07-29 week/2026-W31 month/2026-07",
        "/papers/date/2026-07-28": "date/2026-07-28 week/2026-W31 month/2026-07",
        "/papers/date/2026-07-30": "date/2026-07-30 week/2026-W31 month/2026-07",
    }
    for path, lists in tabs.items():
        nav = (await get(root, path)).text.partition('aria-label="How many days"')[2].partition("</nav>")[0]
        found = re.findall(r'href="(.*?)"', nav)
        assert found == [f"/papers/{one}" for one in lists.split()]
        assert {(await get(root, one)).status for one in found} == {200}


async def test_a_long_list_has_pages_and_the_last_is_the_last(database: Database) -> None:
    await keep(database, *(make_facts(number, upvotes=number) for number in range(1, 121)))
    async with site_over(database, search_over(database)) as root:
        first, last, beyond = [
            await get(root, f"/papers/date/2026-07-29?page={page}") for page in (1, 3, 999_999)
        ]
    assert (len(first.titles), first.titles[0]) == (50, "Paper 120")
    assert last.titles == beyond.titles == [f"Paper {number}" for number in range(20, 0, -1)]
    assert "Page 3 of 3" in last.words
    assert "120 papers" in first.words
    assert len(first.body) < 60_000


async def test_one_paper(root: str, database: Database) -> None:
    later = NOON + timedelta(days=1)
    async with database.write() as session:
        await papers.keep_papers(session, [make_facts(2, title="Agents that code", upvotes=45)], later)
    page = await get(root, "/papers/2607.00002")
    assert page.status == 200
    for said in (
        "Agents that code",
        "We show that 2 is enough.",
        "Example Institute",
        "45 upvotes",
        "From 30 upvotes on Wed 29 Jul 2026 to 45 on Thu 30 Jul 2026.",
        "Similar papers",
        "A survey of agents",
        "@misc{lovelace2026agents,",
    ):
        assert said in page.words
    for address in (
        "https://arxiv.org/abs/2607.00002",
        "https://arxiv.org/pdf/2607.00002",
        "https://huggingface.co/papers/2607.00002",
        "https://github.com/example/numbers",
    ):
        assert f'href="{address}"' in page.text
    assert 'role="img" aria-labelledby="chart-title chart-told"' in page.text


@pytest.mark.parametrize(("number", "end"), [(1, ""), (2, "s"), (1000, "s")])
async def test_what_is_counted_is_one_or_many(database: Database, number: int, end: str) -> None:
    await keep(database, make_facts(1, upvotes=number, comments=number, code_stars=number))
    async with site_over(database, search_over(database)) as root:
        pages = [await get(root, path) for path in ("/", "/papers/2607.00001")]
    for page in pages:
        for said in (f"{number:,} upvote{end} ", f"★ {number:,} star{end} ", f" {number:,} comment{end} "):
            assert said in page.words


SEARCHES: list[tuple[str, int, list[str], str]] = [
    ("diffusion", 200, ["Diffusion for images", "Diffusion for video"], "2 papers"),
    ("diffusion+-video", 200, ["Diffusion for images"], "1 paper"),
    ("upvotes%3E%3D40", 200, ["Diffusion for video", "A survey of agents"], "2 papers"),
    ("", 200, [], "agents -survey has:code"),
    ("diffusion+upvotes%3E%3D500", 200, [], "It is upvotes>=500 that leaves none; without it"),
    ("tilte:video", 400, [], 'This filter cannot be read: unknown field "tilte"; did you mean "title"?'),
    ("a%00b", 400, [], "a control character cannot be looked for; drop it"),
    ("x" * 3000, 400, [], "a filter has at most 512 characters"),
    ("%ff%fe", 400, [], "This filter cannot be read"),
]  # fmt: skip


async def test_searching(root: str) -> None:
    for query, status, titles, said in SEARCHES:
        page = await get(root, f"/search?q={query}")
        part = await get(root, f"/search/results?q={query}")
        assert (query, page.status, part.status) == (query, status, 200)
        assert sorted(page.titles) == sorted(titles) == sorted(part.titles)
        assert said in page.words
        assert said in part.words


async def test_a_mistake_is_shown_where_it_is_with_a_way_out(root: str) -> None:
    page = await get(root, "/search?q=agents+tilte:video")
    shown = re.search(r"<pre[^>]*>(.*?)</pre>", page.text, re.DOTALL)
    assert shown is not None
    assert html.unescape(shown[1]) == "agents tilte:video\n       ^^^^^^"
    assert 'href="/search?q=agents%20title%3Avideo"' in page.text


async def test_how_a_digest_looks(root: str) -> None:
    page = await get(root, "/preview?q=agents")
    heading = re.compile(r'<p class="m-title">.*?Daily Papers · Wed 29 Jul 2026 · 1 paper, 30 upvotes.*?</p>')
    assert len(heading.findall(page.text)) == 3  # in Slack, in Discord and in the mail
    assert "Daily Papers · Wed 29 Jul: " in page.words  # the subject of the mail
    for said in ("What Slack is sent", '"blocks"', "What Discord is sent", '"embeds"', "What Email is sent"):
        assert said in page.words
    nothing = await get(root, "/preview?q=zzz")
    assert "nothing would have been sent" in nothing.words
    assert (await get(root, "/preview?q=tilte:x")).status == 400


async def test_a_mail_shows_no_pictures_where_chats_do(root: str, database: Database) -> None:
    async with site_over(database, search_over(database), DAILY_PAPERS_THUMBNAILS=True) as pictured:
        page = await get(pictured, "/preview?q=agents")
    pictures = {
        found[1]: found[0].count('<img src="/thumb/')
        for found in re.finditer(r'<section class="look (\w+)".*?</section>', page.text, re.DOTALL)
    }
    assert pictures == {"slack": 1, "discord": 1, "email": 0}


NOT_THERE = [
    ("/papers/date/2026-02-31", 400, "the calendar has no 2026-02-31; write year-month-day"),
    ("/papers/date/99999-01-01", 400, "write year-month-day, for example 2026-07-29"),
    ("/papers/date/%D9%A2%D9%A0%D9%A2%D9%A6-07-29", 400, "write year-month-day"),
    ("/papers/date/0000-01-01", 400, "the calendar has no 0000-01-01"),
    ("/papers/date/9999-12-31", 404, "No papers are known for 31 December 9999"),
    ("/papers/date/0001-01-01", 404, "The nearest after: 28 July 2026"),
    ("/papers/date/2026-07-27", 404, "The nearest after: 28 July 2026"),
    ("/papers/date/2026-07-29%00", 400, "This address names no list"),
    ("/papers/date/2026-08-01", 404, "The nearest before: 29 July 2026"),
    ("/papers/week/2026-W33", 404, "The nearest before: Week 31, 2026"),
    ("/papers/week/2026-W54", 400, "the calendar has no 2026-W54"),
    ("/papers/week/9999-W52", 400, "the calendar has no 9999-W52"),
    ("/papers/week/2026-31", 400, "year and week, for example 2026-W31"),
    ("/papers/month/2026-13", 400, "the calendar has no 2026-13"),
    ("/papers/month/9999-12", 404, "No papers are known for December 9999"),
    ("/papers/date/../../etc/passwd", 404, "is no arXiv identifier"),
    ("/papers/date/%2e%2e%2f%2e%2e%2fetc%2fpasswd", 400, "This address names no list"),
    ("/static/../../../etc/passwd", 404, "There is nothing at this address"),
    ("/static/x/..%2f..%2fsite.py", 404, "There is nothing at this address"),
    ("/papers/2607.99999", 404, "2607.99999 was on none of the daily lists"),
    ("/papers/nonsense", 404, "is no arXiv identifier; write for example 2607.25895"),
    ("/papers/%00", 404, "is no arXiv identifier"),
    ("/papers/2607.00002/../../x", 404, "is no arXiv identifier"),
    ("/thumb/2607.00002", 404, "There is nothing at this address"),
    ("/?page=0", 400, "The number of a page is a whole number from 1 on"),
    ("/?page=-1", 400, "whole number"),
    ("/?page=9999999999999999999999", 400, "whole number"),
    ("/?page=%D9%A2", 400, "whole number"),
    ("/search?q=agents&page=x", 400, "whole number"),
    ("/?sort=votes", 400, "write sort=trending or sort=new"),
    ("/feed/0123456789012345678901234567890123456789.atom", 404, "There is no feed at this address"),
    ("/feed/short.atom", 404, "There is nothing at this address"),
    ("/nowhere", 404, "There is nothing at this address"),
]


async def test_who_searched_for_one_word_is_not_told_to_use_fewer(root: str) -> None:
    assert "Other words may find some." in (await get(root, "/search?q=kettles")).words
    assert "Other words, or fewer, may find some." in (await get(root, "/search?q=kettles+teapots")).words


async def test_what_is_not_there_says_what_to_do(root: str) -> None:
    for path, status, said in NOT_THERE:
        page = await get(root, path)
        assert (path, page.status) == (path, status)
        assert said in page.words
        assert "The newest list Search the papers" in page.words
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/search?q=" + "a" * 1_000_000, "/" + "a" * 1_000_000])
async def test_an_address_of_a_megabyte_is_refused(root: str, path: str) -> None:
    host, _, port = root.removeprefix("http://").rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    try:
        answer = await reader.read(100)
    except ConnectionError:  # it hung up while we were still talking
        answer = b"HTTP/1.0 400 Bad Request"
    writer.close()
    assert b" 400 " in answer.split(b"\r\n")[0] + b" "
    assert (await get(root, "/")).status == 200


async def test_foreign_words_stay_words(database: Database) -> None:
    await keep(
        database,
        make_facts(
            1,
            title=HOSTILE,
            abstract=f"Agents {HOSTILE}",
            summary=None,
            authors=[HOSTILE],
            organization_name=HOSTILE,
            submitter_name=HOSTILE,
            keywords=[HOSTILE],
            code_url="javascript:alert(1)",
            project_url="https://example.org/\"onmouseover='alert(1)'",
        ),
    )
    async with site_over(database, search_over(database)) as root:
        asked = quote(HOSTILE, safe="")
        pages = [
            await get(root, path)
            for path in (
                "/",
                "/papers/2607.00001",
                "/search?q=agents",
                f"/search?q={asked}",
                "/search?q=%3Cscript%3Ealert(1)%3C/script%3E",
                "/search?q=tilte:%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
                "/preview?q=agents",
                "/papers/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
                "/papers/date/%3Cscript%3E",
            )
        ]
    for page in pages:
        assert page.text.count("<script") == 1
        assert not re.search(r"<img[^>]*onerror|<[^>]*\"\s*onmouseover|javascript:", page.text)
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert not re.search(r"<[^>]*\sstyle\s*=", page.text)  # in a tag: a preview shows a mail as text
    assert HOSTILE in html.unescape(pages[0].text)


@pytest.mark.parametrize(
    "path",
    ["/", "/papers/2607.00002", "/search?q=agents", "/feeds", "/feed.atom", "/feed.json", "/robots.txt"],
)
async def test_what_has_not_changed_is_not_sent_again(root: str, path: str, database: Database) -> None:
    first = await get(root, path)
    tag = first.headers["ETag"]
    again = await get(root, path, **{"If-None-Match": f'"other", W/{tag}'})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == tag
    assert again.headers["X-Content-Type-Options"] == first.headers["X-Content-Type-Options"] == "nosniff"
    assert first.headers["Referrer-Policy"] == "no-referrer"
    assert (await get(root, path, **{"If-None-Match": '"other"'})).status == 200


async def test_a_list_is_drawn_anew_when_votes_move_and_when_papers_come(
    root: str, database: Database
) -> None:
    first = await get(root, "/")
    tag = {"If-None-Match": first.headers["ETag"]}
    async with database.write() as session:
        await papers.keep_papers(session, [make_facts(1, title="Diffusion for images", upvotes=4)], NOON)
    voted = await get(root, "/", **tag)
    await keep(database, make_facts(6, title="Late"))
    grown = await get(root, "/", **tag)
    async with database.write() as session:
        [edition] = await papers.record_polls(session, [DAY], NOON + timedelta(hours=1))
        edition.settled_at = NOON
    settled = await get(root, "/", **tag)
    assert [page.status for page in (voted, grown, settled)] == [200, 200, 200]
    assert "34 upvotes" in voted.words
    assert "Late" in grown.titles
    assert "the list may still grow" in grown.words
    assert "the list may still grow" not in settled.words


async def test_style_and_script_are_kept_for_ever_at_an_address_of_their_own(root: str) -> None:
    page = await get(root, "/")
    own = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert sorted(path.rpartition("/")[2] for path in own) == ["icon.svg", "page.css", "page.js"]
    for path in own:
        file = await get(root, path)
        assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        stale = await get(root, re.sub(r"/static/\w+/", "/static/0123/", path))
        assert (stale.body, stale.headers["Cache-Control"]) == (file.body, "private, no-cache")


FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example, papers.example.org"}


@pytest.mark.parametrize("database_url", ["memory"], indirect=True)
@pytest.mark.parametrize(
    ("settings", "headers", "base"),
    [
        ({}, {}, None),
        ({}, FORWARDED, None),
        ({}, {"Host": "lab.example:81"}, "http://lab.example:81"),
        ({}, {"Host": "x\"><script>"}, "http://localhost"),
        ({"DAILY_PAPERS_TRUST_PROXY": True}, FORWARDED, "https://papers.example.org"),
        ({"DAILY_PAPERS_TRUST_PROXY": True}, {"X-Forwarded-Host": "a b"}, "http://localhost"),
        ({"PUBLIC_URL": "https://papers.example.org"}, {"Host": "evil.example"}, "https://papers.example.org"),
    ],
)  # fmt: skip
async def test_whom_a_page_believes_where_it_is(
    database: Database, settings: dict[str, Any], headers: dict[str, str], base: str | None
) -> None:
    await keep(database, make_facts(1))
    async with site_over(database, search_over(database), **settings) as root:
        page = await get(root, "/", **headers)
        feed = await get(root, "/feed.json", **headers)
    assert f'<link rel="canonical" href="{base or root}/papers/date/2026-07-29">' in page.text
    assert f'"feed_url":"{base or root}/feed.json"' in feed.text


async def test_a_site_below_a_path(database: Database) -> None:
    await keep(database, make_facts(1))
    async with site_over(
        database, search_over(database), PUBLIC_URL="https://example.org/papers-bot"
    ) as root:
        page = await get(root, "/")
    links = re.findall(r'(?:href|src|action)="([^"]+)"', page.text)
    own = [link for link in links if link.startswith("/")]
    assert own
    assert all(link.startswith("/papers-bot/") for link in own)


async def test_before_the_first_list_is_read(database: Database) -> None:
    async with site_over(database, search_over(database)) as root:
        pages = [await get(root, path) for path in ("/", "/search?q=agents", "/preview", "/feed.atom")]
    assert [page.status for page in pages] == [200, 200, 200, 200]
    assert "No list has been read so far" in pages[0].words
    assert "/papers/date/" not in pages[0].text.partition("<main")[2], "it would lead to nothing"


@pytest.mark.parametrize(
    ("day", "settled", "said"),
    [
        (date(2026, 7, 26), True, "No papers were listed for 26 July 2026. On weekends that is usual."),
        (date(2026, 7, 27), True, "No papers were listed for 27 July 2026."),
        (date(2026, 7, 30), False, "No papers are listed for 30 July 2026 so far."),
    ],
    ids=["a Sunday", "a Monday", "today"],
)
async def test_a_day_without_papers_was_read_all_the_same(
    root: str, database: Database, day: date, settled: bool, said: str
) -> None:
    async with database.write() as session:
        [edition] = await papers.record_polls(session, [day], NOON)
        edition.settled_at = NOON if settled else None
    page = await get(root, f"/papers/date/{day}")
    assert page.status == 200
    assert said in page.words
    assert ("weekends" in page.words) is (day.weekday() == 6)


async def test_a_list_that_is_missing_leads_to_the_nearest(root: str) -> None:
    page = await get(root, "/papers/date/2026-08-01")
    assert '<a href="/papers/date/2026-07-29">29 July 2026</a>' in page.text
    assert "Wed 29 Jul" not in page.words


async def test_the_form_for_email_is_there_for_who_takes_it(database: Database) -> None:
    await keep(database, make_facts(1))
    for sign_up, times in ((None, 0), (object(), 1)):
        async with site_over(database, search_over(database), sign_up=sign_up) as root:  # type: ignore[arg-type]
            for path in ("/", "/search?q=agents"):
                assert (await get(root, path)).words.count("Get these by email") == times


async def test_the_bundled_edition_is_light(database: Database) -> None:
    await read_sample(database)
    async with site_over(database, search_over(database)) as root:
        page = await get(root, "/")
    assert len(page.titles) == 20
    assert len(page.body) < 30_000


@pytest.mark.parametrize("database_url", ["file"], indirect=True)
async def test_a_store_out_of_reach_is_said(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    from adapters.web.site import WebSite
    from bot.settings import read_settings
    from bot.site import DatabaseError, Services

    class Broken:
        async def newest(self) -> None:
            raise DatabaseError("no")

        async def thumbnail(self, _: str) -> None:
            raise RuntimeError("secret words")

    services = Services(Broken(), None, lambda: NOON, None, None)  # type: ignore[arg-type]
    async with served(WebSite(read_settings(), services).routes) as root:
        broken, mishap = await get(root, "/"), await get(root, "/thumb/2607.00001")
    assert (broken.status, mishap.status) == (503, 500)
    assert "does not answer now" in broken.words
    assert "secret words" not in mishap.text
