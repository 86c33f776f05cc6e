"""The pages in a real browser: what people do, by keyboard, without script, in little room, in the dark.

Every window fails its test if the page complains on the console or asks anybody else for anything. Pictures
are left in `build/screenshots`.
"""

import html
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from adapters.huggingface.sample import Sample
from bot.ingest import Ingest
from storage import papers
from storage.database import Database
from tests.browser import PICTURES, browser, browsing, picture, violations
from tests.factories import DAY, NOON, RULES, at, make_facts
from tests.fakes.clock import Clock
from tests.fakes.smtp import html_text
from tests.indexed import keep
from tests.mailed import Post, post_over, site_of
from tests.ports import free_address
from tests.searching import search_over
from tests.site import site_over

pytestmark = pytest.mark.parametrize("database_url", ["file"], indirect=True)

BEST = "HiFi-UMI: Learning Deployable Manipulation Policies from High-Fidelity UMI Data Alone"
PAPER = "/papers/2607.25895"
MISTAKE = "/search?q=tilte%3Avideo"
PAGES = {
    "list": "/",
    "week": "/papers/week/2026-W31?sort=new",
    "paper": PAPER,
    "search": "/search?q=agents",
    "help": "/search",
    "mistake": MISTAKE,
    "nothing": "/search?q=agents+upvotes%3E999",
    "preview": "/preview?q=agents",
    "feeds": "/feeds",
    "problem": "/papers/date/2026-02-31",
}
NARROW = 320
"""Pixels: a small telephone."""
REFUSED = (MISTAKE, "/papers/date/2026-02-31")


@pytest.fixture
async def chrome() -> AsyncIterator[Browser]:
    async with browser() as opened:
        yield opened


@pytest.fixture
async def root(database: Database) -> AsyncIterator[str]:
    """The bundled edition, whose first paper has risen for four days, and two papers of the day before."""
    reading = Ingest(database, Sample(), RULES, Clock(NOON))
    listing = await Sample().newest()
    best = next(facts for facts in listing.papers if facts["title"] == BEST)
    async with database.write() as session:
        for day, upvotes in enumerate((2, 9, 31, 64)):
            risen = {**best, "upvotes": upvotes}
            await papers.keep_papers(session, [risen], NOON - timedelta(days=4 - day))  # type: ignore[list-item]
    await reading.newest()
    await keep(
        database,
        *(
            make_facts(number, listed_on=DAY - timedelta(days=1), title=f"Earlier {number}")
            for number in (1, 2)
        ),
    )
    async with database.write() as session:
        for edition in await papers.record_polls(session, [DAY, DAY - timedelta(days=1)], NOON):
            edition.settled_at = NOON
    async with site_over(database, search_over(database)) as address:
        yield address


async def test_read_today_then_yesterday_then_a_paper(chrome: Browser, root: str) -> None:
    async with browsing(chrome, root) as page:
        await page.goto(root)
        await expect(page).to_have_title("29 July 2026 · Daily Papers")
        await expect(page.get_by_role("heading", level=2).first).to_have_text(BEST)
        await expect(page.get_by_role("heading", level=2)).to_have_count(20)
        await page.get_by_role("link", name="28 July 2026").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("28 July 2026")
        await page.get_by_role("link", name="29 July 2026").click()
        await page.get_by_role("link", name=BEST).click()
        await expect(page.get_by_role("img", name="Upvotes over time")).to_be_visible()
        await expect(page.get_by_role("link", name="arXiv", exact=True)).to_have_attribute(
            "href", "https://arxiv.org/abs/2607.25895"
        )
        await picture(page, "paper")


async def test_search_and_mend_a_mistake(chrome: Browser, root: str) -> None:
    async with browsing(chrome, root, REFUSED) as page:
        await page.goto(root)
        await page.get_by_role("searchbox").fill("tilte:video")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("This filter cannot be read")).to_be_visible()
        assert await page.locator("#mistake pre").inner_text() == "tilte:video\n^^^^^^"
        await page.get_by_role("link", name="title:video").click()
        await expect(page.get_by_role("heading", level=2)).to_have_count(3)
        assert "q=title%3Avideo" in page.url


async def test_the_search_answers_while_one_types(chrome: Browser, root: str) -> None:
    async with browsing(chrome, root, REFUSED) as page:
        await page.goto(f"{root}/search")
        box = page.get_by_role("searchbox")
        await box.press_sequentially("agents")
        await expect(page.locator("#told")).to_have_text("5 papers")
        await expect(page.locator("mark").first).to_have_text("Agentic")
        await expect(page).to_have_url(f"{root}/search?q=agents")
        await box.press_sequentially(" tilte:x")
        await expect(page.locator("#told")).to_contain_text("did you mean")
        await expect(box).to_have_attribute("aria-describedby", "mistake")
        await box.fill("")
        await expect(page.get_by_text("Words, phrases, a question in plain words")).to_be_visible()
        await expect(box).to_be_focused()


async def test_copy_the_bibtex(chrome: Browser, root: str) -> None:
    async with browsing(chrome, root, permissions=["clipboard-read", "clipboard-write"]) as page:
        await page.goto(root + PAPER)
        await page.get_by_role("button", name="Copy").click()
        await expect(page.get_by_text("Copied.")).to_be_visible()
        copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("@misc{ai2026hifi,\n  title         = {{HiFi-UMI: Learning")
    assert copied.endswith("\n}")


async def test_with_the_keyboard_alone(chrome: Browser, root: str) -> None:
    async with browsing(chrome, root) as page:
        await page.goto(root)
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        await expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
        await page.keyboard.press("Enter")
        await expect(page.locator("main")).to_be_focused()
        seen = []
        for _ in range(6):
            await page.keyboard.press("Tab")
            seen.append(await page.evaluate("document.activeElement.textContent.trim()"))
            style = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert style == "solid"
        assert seen == ["← 28 July 2026", "Day", "Week", "Month", "Trending", "New"]
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text(BEST)


async def test_without_script(chrome: Browser, root: str) -> None:
    async with browsing(chrome, root, REFUSED, java_script_enabled=False) as page:
        await page.goto(root)
        await page.get_by_role("searchbox").fill("agents")
        await page.get_by_role("button", name="Search").click()
        assert await page.get_by_role("heading", level=2).count() == 5
        await page.goto(root + PAPER)
        assert "@misc{" in await page.locator("pre").inner_text()
        assert await page.get_by_role("button", name="Copy").count() == 0
        await page.goto(root + MISTAKE)
        assert await page.get_by_text("did you mean").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_page_keeps_anybody_out_or_is_wider_than_its_window(
    chrome: Browser, root: str, scheme: Any
) -> None:
    for width in (NARROW, 768, 1400):
        room = {"width": width, "height": 900}
        async with browsing(chrome, root, REFUSED, color_scheme=scheme, viewport=room) as page:
            for name, path in PAGES.items():
                await page.goto(root + path)
                await seen(page, f"{name}-{scheme}-{width}", width)


async def test_the_dark_is_dark(chrome: Browser, root: str) -> None:
    found = {}
    for scheme in ("light", "dark"):
        async with browsing(chrome, root, color_scheme=scheme) as page:
            await page.goto(root)
            found[scheme] = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert found == {"light": "rgb(255, 253, 248)", "dark": "rgb(22, 20, 17)"}


async def test_a_page_that_asked_a_stranger_would_fail(chrome: Browser, root: str) -> None:
    async def ask() -> None:
        async with browsing(chrome, root) as page:
            await page.goto(root)
            async with page.expect_console_message():  # it is told of a moment later
                await page.evaluate(
                    "document.body.append(Object.assign(new Image(), {src: '//example.org/x.png'}))"
                )

    with pytest.raises(AssertionError, match=r"example\.org"):
        await ask()


async def test_the_picture_in_the_readme_can_be_taken(chrome: Browser, root: str) -> None:
    """Copied to `docs/page.png` by `make picture`."""
    async with browsing(chrome, root, viewport={"width": 1000, "height": 800}) as page:
        await page.goto(root)
        await picture(page, "readme", whole=False)
    assert (PICTURES / "readme.png").stat().st_size < 200_000


@pytest.fixture
async def post(database_url: str) -> AsyncIterator[Post]:
    """The bot with a mail server, at an address where a browser finds its page."""
    here = f"http://{free_address()}"
    async with post_over(database_url, PUBLIC_URL=here, DAILY_PAPERS_THUMBNAILS="False") as running:
        yield running


def link_in(post: Post, name: str) -> str:
    """Where a link of the newest mail leads."""
    found = re.search(rf'<a [^>]*href="([^"]+)"[^>]*>\s*{name}', html_text(post.smtp.mails[-1]))
    assert found is not None
    return html.unescape(found[1])


async def test_subscribe_confirm_manage_and_unsubscribe(chrome: Browser, post: Post) -> None:
    zone = {"timezone_id": "Asia/Tokyo"}
    async with site_of(post) as root, browsing(chrome, root, ("/subscribe",), **zone) as page:
        await page.goto(f"{root}/search?q=numbers")
        await expect(page.locator("[data-zone-name]")).to_have_text("Asia/Tokyo")
        await page.get_by_role("link", name="Another time, or other papers").click()
        box = page.get_by_label("Which papers?")
        await expect(box).to_have_value("numbers")
        await expect(page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")
        await box.fill("tilte:paper")
        await expect(page.locator("#told")).to_contain_text("did you mean")
        await box.fill("title:paper")
        await expect(page.locator("#told")).to_have_text("3 papers")
        await expect(page.get_by_label("On", exact=True)).to_be_hidden()
        await page.get_by_label("Once a week").check()
        await page.get_by_label("On", exact=True).select_option("Thursday")
        await page.get_by_label("Your address").fill("ann.example.org")
        await box.fill("tilte:paper")
        await page.get_by_role("link", name="title:paper").click()
        await expect(box).to_have_value("title:paper")
        await expect(page.locator("#told")).to_have_text("3 papers")
        await page.get_by_role("button", name="Send the mail that asks me").click()
        await expect(page.get_by_text("must have an @-sign")).to_be_visible()
        await expect(page.get_by_label("Once a week")).to_be_checked()
        await expect(page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")
        await page.get_by_label("Your address").fill("ann@example.org")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Please look into your mail")

        await post.deliver()
        await page.goto(link_in(post, "Yes, send it to me"))
        await page.get_by_role("button", name="Yes, send it to me").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Subscription 1 is set up")
        await expect(page.get_by_text("Thu at 09:00 Asia/Tokyo")).to_be_visible()

        post.clock.now = at(DAY + timedelta(days=1), 4)
        await post.deliver()
        await page.goto(link_in(post, "My subscriptions"))
        await page.get_by_role("button", name="Pause 1").click()
        await expect(page.get_by_text("is paused: nothing comes until")).to_be_visible()
        await page.get_by_role("button", name="Resume").click()
        await page.get_by_role("link", name="Subscriptions", exact=True).click()
        await page.get_by_role("link", name="Edit 1").click()
        await page.get_by_label("When").fill("daily 08:00")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Subscription 1 is changed")
        await page.get_by_label("A command, as one types it").fill("since 2026-07-01")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("The 3 papers with the most upvotes")).to_be_visible()
        await page.get_by_role("link", name="Export").click()
        async with page.expect_download() as saving:
            await page.get_by_role("link", name="Download subscriptions.json").click()
        assert (await saving.value).suggested_filename == "subscriptions.json"

        await page.goto(link_in(post, "Unsubscribe"))
        await page.get_by_role("button", name="Unsubscribe").click()
        await expect(page.get_by_text("Nothing more comes of it.")).to_be_visible()
        await page.get_by_role("link", name="Undo").click()
        await page.get_by_role("button", name="Yes").click()
        await expect(page.get_by_text("Undone")).to_be_visible()


async def test_subscribe_without_script(chrome: Browser, post: Post) -> None:
    async with site_of(post) as root, browsing(chrome, root, java_script_enabled=False) as page:
        await page.goto(f"{root}/search?q=numbers")
        await page.get_by_label("Your address").fill("ann@example.org")
        await page.get_by_role("button", name="Subscribe").click()
        assert await page.get_by_role("heading", level=1).inner_text() == "Please look into your mail"
        await page.goto(f"{root}/subscribe")
        assert await page.get_by_label("Time zone").input_value() == "UTC"
        for _ in range(30):  # nobody gets into the field that is a trap
            await page.keyboard.press("Tab")
        await page.get_by_label("Your address").fill("bob@example.org")
        await page.get_by_role("button", name="Send the mail that asks me").click()
        assert await page.get_by_role("heading", level=1).inner_text() == "Please look into your mail"
    assert len(await post.deliver()) == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_page_of_mail_keeps_anybody_out_or_is_wider_than_its_window(
    chrome: Browser, post: Post, scheme: Any
) -> None:
    await post.ask(email="bob@example.org")
    await post.deliver()
    asks = link_in(post, "Yes, send it to me")
    for wanted in ("numbers", "paper -survey upvotes>=5 has:code", "title:paper"):
        await post.opted_in(filter=wanted)
    post.clock.now = at(DAY, 9)
    await post.deliver()
    manage, leave = link_in(post, "My subscriptions").partition("?")[0], link_in(post, "Unsubscribe")
    pages = {
        "enrol": "/subscribe?filter=numbers",
        "enrol-mistake": "/subscribe?filter=tilte%3Ax",
        "small": "/search?q=numbers",
        "confirm": asks,
        "manage": manage,
        **{
            name: f"{manage}?q={asked}"
            for name, asked in {
                "edit": "edit+1", "asks": "pause+1", "settings": "settings", "vacation": "vacation",
                "export": "export", "import": "import", "forget": "forget+me", "why": "why", "feed": "feed",
            }.items()
        },
        "unsubscribe": leave,
        "void": f"{manage}x",
    }  # fmt: skip
    async with site_of(post) as root:
        refused = ("/subscribe", pages["void"].removeprefix(root))
        for width in (NARROW, 1200):
            room = {"width": width, "height": 900}
            async with browsing(chrome, root, refused, color_scheme=scheme, viewport=room) as page:
                for name, address in pages.items():
                    post.clock.pass_time(10)
                    await page.goto(f"{root}{address.removeprefix(root)}")
                    await seen(page, f"mail-{name}-{scheme}-{width}", width)
                await page.goto(f"{root}/subscribe?filter=tilte:x")
                await page.get_by_role("button", name="Send the mail").click()
                await seen(page, f"mail-errors-{scheme}-{width}", width)
                await page.get_by_label("Which papers?").fill("numbers")
                await page.get_by_label("Your address").fill(f"{scheme}{width}@example.org")
                await page.get_by_role("button", name="Send the mail").click()
                await expect(page.get_by_role("heading", level=1)).to_have_text("Please look into your mail")
                await seen(page, f"mail-asked-{scheme}-{width}", width)


async def seen(page: Page, name: str, width: int) -> None:
    """What is shown keeps nobody out, and fits."""
    assert await violations(page) == [], name
    assert await page.evaluate("document.documentElement.scrollWidth") <= width, name
    await picture(page, name)
