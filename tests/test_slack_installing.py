"""Installing over OAuth: only who began it comes back, once, and what cannot be taken up is refused."""

from collections.abc import AsyncIterator
from http.cookies import Morsel, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from yarl import URL

from adapters.slack.installing import COOKIE
from adapters.slack.manifest import SCOPES
from bot.sealing import Sealer
from storage import installations
from tests.fakes.slack_neighbour import Neighbour
from tests.logs import captured_logs
from tests.many_workspaces import THEIRS, Bot, many_workspaces, new_browser, says

pytestmark = pytest.mark.parametrize("database_url", ["memory"], indirect=True)

NOT_ANY_MORE = "This link does not work any more"


@pytest.fixture
async def bot(database_url: str) -> AsyncIterator[Bot]:
    async with many_workspaces(database_url) as bot:
        yield bot


@pytest.fixture
def theirs(bot: Bot) -> Neighbour:
    """A workspace where somebody agrees."""
    bot.slack.oauth.agreeing = bot.slack.neighbour(THEIRS)
    return bot.slack.neighbour(THEIRS)


async def begun(bot: Bot, browser: aiohttp.ClientSession) -> tuple[dict[str, str], "Morsel[str]"]:
    """Where a browser is led to, and the cookie that it is given."""
    async with browser.get(f"{bot.root}/slack/install", allow_redirects=False) as response:
        assert response.status == 302
        query = parse_qs(urlsplit(response.headers["Location"]).query)
        cookie: SimpleCookie = response.cookies
        return {name: values[0] for name, values in query.items()}, cookie[COOKIE]


async def kept(bot: Bot) -> list[str]:
    async with bot.app.database.read() as session:
        return [one.name for one in await installations.installations(session, "slack")]


def way_back(bot: Bot, theirs: Neighbour, state: str) -> str:
    """The address that Slack leads back to after somebody has agreed."""
    code = bot.slack.oauth.code(theirs, f"{bot.root}/slack/oauth_redirect")
    return f"/slack/oauth_redirect?code={code}&state={state}"


async def test_it_asks_for_what_the_manifest_names(bot: Bot) -> None:
    async with new_browser() as browser:
        asked, cookie = await begun(bot, browser)
    assert asked["client_id"] == bot.slack.oauth.client_id
    assert asked["scope"].split(",") == SCOPES
    assert asked["redirect_uri"] == f"{bot.root}/slack/oauth_redirect"
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"], cookie["secure"]) == (
        True, "Lax", "600", "",
    )  # fmt: skip
    assert cookie.value not in asked["state"]


async def test_behind_https_the_cookie_goes_nowhere_else(database_url: str) -> None:
    async with many_workspaces(database_url, PUBLIC_URL="https://papers.example.org") as bot:
        async with new_browser() as browser:
            asked, cookie = await begun(bot, browser)
        assert cookie["secure"] is True
        assert asked["redirect_uri"] == "https://papers.example.org/slack/oauth_redirect"


async def test_the_page_loads_nothing_and_runs_nothing(bot: Bot, theirs: Neighbour) -> None:
    theirs.title = "<script>alert(1)</script>"
    bot.slack.oauth.agreeing = theirs
    async with new_browser() as browser, browser.get(f"{bot.root}/slack/install") as response:
        page = await response.text()
        policy = response.headers["Content-Security-Policy"]
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.cookies[COOKIE]["max-age"] == "0"
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    assert "http" not in page
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


async def test_a_state_works_once(bot: Bot, theirs: Neighbour) -> None:
    async with new_browser() as browser:
        asked, _ = await begun(bot, browser)
        first = await bot.browse(way_back(bot, theirs, asked["state"]), browser)
        again = await bot.browse(way_back(bot, theirs, asked["state"]), browser)
    assert (first.status, again.status) == (200, 400)
    assert NOT_ANY_MORE in again.text


async def test_a_state_works_once_in_a_browser_too_that_keeps_its_cookie(bot: Bot, theirs: Neighbour) -> None:
    async with new_browser() as browser, new_browser() as copy:
        asked, _ = await begun(bot, browser)
        copy.cookie_jar.update_cookies({one.key: one.value for one in browser.cookie_jar}, URL(bot.root))
        assert (await bot.browse(way_back(bot, theirs, asked["state"]), browser)).status == 200
        again = await bot.browse(way_back(bot, theirs, asked["state"]), copy)
    assert again.status == 400
    assert NOT_ANY_MORE in again.text


async def test_a_link_that_somebody_else_began_installs_nothing(bot: Bot, theirs: Neighbour) -> None:
    async with new_browser() as attacker, new_browser() as victim:
        asked, _ = await begun(bot, attacker)
        await begun(bot, victim)
        page = await bot.browse(way_back(bot, theirs, asked["state"]), victim)
    assert page.status == 400
    assert NOT_ANY_MORE in page.text
    assert await kept(bot) == []


async def test_a_state_of_eleven_minutes_ago_installs_nothing(
    bot: Bot, theirs: Neighbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cryptography.fernet import Fernet

    encrypt = Fernet.encrypt

    def eleven_minutes_ago(self: Fernet, data: bytes) -> bytes:
        import time

        return self.encrypt_at_time(data, int(time.time()) - 11 * 60)

    monkeypatch.setattr(Fernet, "encrypt", eleven_minutes_ago)
    async with new_browser() as browser:
        asked, _ = await begun(bot, browser)
        monkeypatch.setattr(Fernet, "encrypt", encrypt)
        page = await bot.browse(way_back(bot, theirs, asked["state"]), browser)
    assert NOT_ANY_MORE in page.text
    assert await kept(bot) == []


@pytest.mark.parametrize(
    "forge",
    [
        lambda state, bot: "",
        lambda state, bot: state[:-4],
        lambda state, bot: "%00%ff",
        lambda state, bot: "A" * 5000,
        lambda state, bot: Sealer(bot.app.settings.secret, "token of a workspace").seal("x", COOKIE),
    ],
    ids=["none", "cut", "no text", "long", "sealed for another purpose"],
)
async def test_a_forged_state_installs_nothing(bot: Bot, theirs: Neighbour, forge: Any) -> None:
    async with new_browser() as browser:
        asked, _ = await begun(bot, browser)
        page = await bot.browse(way_back(bot, theirs, forge(asked["state"], bot)), browser)
    assert page.status == 400
    assert NOT_ANY_MORE in page.text
    assert "oauth.v2.access" not in bot.slack.calls


async def test_who_does_not_agree_sees_that_nothing_was_installed(bot: Bot) -> None:
    page = await bot.browse()
    assert page.status == 400
    assert "nobody agreed" in page.text
    assert await kept(bot) == []


@pytest.mark.parametrize("code", ["", "x", "a%00b", "%3Cscript%3E", "9" * 3000])
async def test_a_code_that_slack_does_not_know_installs_nothing(bot: Bot, code: str) -> None:
    async with new_browser() as browser:
        asked, _ = await begun(bot, browser)
        page = await bot.browse(f"/slack/oauth_redirect?code={code}&state={asked['state']}", browser)
    assert page.status in (400, 502)
    assert "Nothing was installed" in page.text
    assert await kept(bot) == []


async def test_a_wrong_client_secret_is_for_the_log(database_url: str) -> None:
    async with many_workspaces(database_url, SLACK_CLIENT_SECRET="not the one") as bot:
        with captured_logs() as logs:
            page = await bot.install(bot.slack.neighbour(THEIRS))
        assert (page.status, await kept(bot)) == (502, [])
        assert "the bot&#x27;s log says why" in page.text
        [failed] = [entry for entry in logs if entry["event"] == "installation_failed"]
        assert "bad_client_secret" in failed["reason"]
        assert "not the one" not in str(logs)


@pytest.mark.parametrize(
    ("also", "said"),
    [
        ({"is_enterprise_install": True, "team": None}, "for a whole organisation"),
        ({"is_enterprise_install": True}, "for a whole organisation"),
        ({"team": {"id": "T0ELSEWHERE", "name": "x"}}, "another workspace"),
        ({"token_type": "user"}, "no bot token that lasts"),
        ({"refresh_token": "xoxe-1", "expires_in": 43200}, "no bot token that lasts"),
        ({"access_token": "xoxp-1"}, "That is no bot token"),
        ({"access_token": "xoxb-unknown"}, "Slack refuses the token"),
    ],
    ids=["organisation", "organisation with a team", "another team", "user", "rotating", "no bot's", "dead"],
)
async def test_what_cannot_be_taken_up_is_refused(
    bot: Bot, theirs: Neighbour, also: dict[str, Any], said: str
) -> None:
    bot.slack.oauth.also = also
    page = await bot.browse()
    assert page.status == 400
    assert said in page.text
    assert await kept(bot) == []


@pytest.mark.parametrize(("app", "status"), [("A0PAPERS", 200), ("A0ANOTHER", 400)])
async def test_another_app_than_that_of_the_app_token_is_refused(
    database_url: str, app: str, status: int
) -> None:
    from tests.factories import DAY, at
    from tests.fakes.clock import Clock
    from tests.fakes.slack import FakeSlack
    from tests.many_workspaces import running_bot

    async with FakeSlack() as slack:
        slack.app_token = f"xapp-1-{app}-1-fake"
        only = {"SLACK_APP_TOKEN": slack.app_token, "SLACK_SIGNING_SECRET": None}
        async with running_bot(slack, database_url, Clock(at(DAY, 6)), **only) as bot:
            page = await bot.install(slack.neighbour(THEIRS))
            assert page.status == status
            assert ("another app" in page.text) == (status == 400)


async def test_the_home_workspace_keeps_the_token_that_it_has(bot: Bot) -> None:
    """Else its places would have two names."""
    home = bot.slack.neighbour(bot.slack.team)
    page = await bot.install(home)
    assert page.status == 400
    assert "This is the workspace of SLACK_BOT_TOKEN" in page.text
    assert await kept(bot) == []
    assert "subscribe" in await says(bot.slack, "help")


@pytest.mark.parametrize(
    "name", ["SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "DAILY_PAPERS_SECRET", "PUBLIC_URL"]
)
async def test_what_is_missing_is_named(database_url: str, name: str) -> None:
    async with many_workspaces(database_url, **{name: None}) as bot:
        for path in ("/slack/install", "/slack/oauth_redirect?code=1&state=1"):
            page = await bot.browse(path)
            assert page.status == 503
            assert f"must set {name}." in page.text


async def test_where_nothing_is_set_up_there_is_no_such_page(database_url: str) -> None:
    async with many_workspaces(database_url, SLACK_CLIENT_ID=None, SLACK_CLIENT_SECRET=None) as bot:
        assert (await bot.browse()).status == 404
        stranger = bot.slack.neighbour("T0STRANGE")
        assert "Ask whoever runs the bot to add it" in await says(stranger, "help")


async def test_while_nobody_listens_it_says_to_come_again(bot: Bot) -> None:
    await bot.adapter.stop()
    page = await bot.browse()
    assert page.status == 503
    assert "Try again in a minute" in page.text
