"""A real browser for pages: headless Chromium, which keeps note of what it should never see."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "build" / "screenshots"
"""Where tests leave what they saw."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str:
    """Where the browser is. Skips the test where there is none, but on CI."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        assert not os.environ.get("CI_MUST_BROWSE"), "there is no Chromium; .ci/run installs it"
        pytest.skip("there is no Chromium; on Debian: apt-get install chromium")
    return found


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Chromium without a window."""
    path = chromium()
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield opened
        finally:
            await opened.close()


@asynccontextmanager
async def browsing(
    opened: Browser, root: str, refused: tuple[str, ...] = (), **context: Any
) -> AsyncIterator[Page]:
    """A window on a site. At its end nothing was complained of on its console, and nobody else was asked.

    Args:
        refused: addresses below the root that are to be answered with an error, which the console tells.
        context: how the browser is set, as Playwright names it.
    """
    complaints: list[str] = []
    strangers: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        told = message.location.get("url", "") if message.type == "error" else ""
        if message.type in ("error", "warning") and told.removeprefix(root) not in refused:
            complaints.append(f"{message.text} {told}")

    def asked(request: Request) -> None:
        if not request.url.startswith((f"{root}/", "data:")):
            strangers.append(request.url)

    window = await opened.new_context(**{"viewport": {"width": 1200, "height": 900}, **context})
    page = await window.new_page()
    page.on("console", heard)
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.on("request", asked)
    try:
        yield page
    finally:
        await window.close()
    assert complaints == [], complaints
    assert strangers == [], strangers


async def violations(page: Page) -> list[str]:
    """What axe-core finds that keeps people out: a line each."""
    if not await page.evaluate("typeof window.axe === 'object'"):
        # Through the debugger, for no policy of the page lets a foreign script in.
        await page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
    found = await page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    return [
        f"{one['id']}: {node['html'][:120]} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


async def picture(page: Page, name: str, whole: bool = True) -> None:
    """Leave a picture of what is shown."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)
