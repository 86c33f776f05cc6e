"""Another workspace installs the bot: to Slack, where somebody agrees, and back with a code for its token.

docs.slack.dev/authentication/installing-with-oauth
"""

import asyncio
import hmac
import re
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import encode_basic_auth, web

from adapters.slack.api import Api, part, words
from adapters.slack.errors import Malformed
from adapters.slack.installation import origin
from adapters.slack.manifest import INSTALL, REDIRECT, SCOPES, missing_to_install
from adapters.slack.pages import page
from adapters.slack.recognising import HOME, WHOLE_ORGANISATION, asked
from adapters.slack.teams import Teams
from bot.adapter import AdapterError, InstallationGone, Installed
from bot.logs import log
from bot.recent import Recent
from bot.sealing import Sealer, SealError
from bot.settings import Settings
from bot.text import one_line

COOKIE = "daily_papers_slack"
STATE_LASTS = timedelta(minutes=10)
"""How long somebody may take to agree."""
_REMEMBERED = 1_000
"""Ways back that were used: who comes back once more is sent away."""
_LONGEST_STATE = 1000
_CODE = re.compile(r"[\w.-]{1,512}", re.ASCII)
_APP = re.compile(r"xapp-[0-9]+-(A[A-Z0-9]+)-")
_PATIENCE = 20.0


class Door:
    """The two routes. While it is not open they answer 503.

    Attributes:
        missing: settings without which nothing can be installed; the routes then name them.
    """

    def __init__(self, settings: Settings) -> None:
        self.missing = missing_to_install(settings)
        self.routes = (web.get(INSTALL, self._begin), web.get(REDIRECT, self._end))
        self._settings = settings
        self._sealer = Sealer(settings.secret, "state of Slack's OAuth") if settings.secret else None
        self._teams: Teams | None = None
        self._home = ""
        self._used: Recent[str, bool] = Recent(_REMEMBERED)
        if self.missing:
            log.warning("workspaces_cannot_install", platform="slack", missing=self.missing)

    def open(self, teams: Teams, home: str) -> None:
        """Let workspaces in.

        Args:
            home: the one of SLACK_BOT_TOKEN, which has its token already.
        """
        self._teams, self._home = teams, home

    def close(self) -> None:
        self._teams = None

    async def _begin(self, request: web.Request) -> web.StreamResponse:
        """Lead to Slack, and let this browser alone come back."""
        if closed := self._closed():
            return closed
        assert self._sealer is not None
        nonce = secrets.token_urlsafe(24)
        asked_for = {
            "client_id": self._settings.slack_client_id or "",
            "scope": ",".join(SCOPES),
            "redirect_uri": redirect_url(self._settings),
            "state": self._sealer.seal(nonce, COOKIE),
        }
        slack = origin(self._settings.slack_api_url, "www").replace("www.", "")
        response = web.Response(status=302, headers={"Cache-Control": "no-store"})
        response.headers["Location"] = f"{slack}/oauth/v2/authorize?{urlencode(asked_for)}"
        response.set_cookie(
            COOKIE,
            nonce,
            max_age=int(STATE_LASTS.total_seconds()),
            path="/",
            httponly=True,
            samesite="Lax",
            secure=redirect_url(self._settings).startswith("https://"),
        )
        return response

    async def _end(self, request: web.Request) -> web.StreamResponse:
        """Take what Slack sends somebody back with. The cookie is used up, whatever comes of it."""
        response = self._closed() or await self._answer(request)
        response.del_cookie(COOKIE, path="/")
        return response

    def _closed(self) -> web.Response | None:
        if self.missing:
            needed = f"Whoever runs it must set {' and '.join(self.missing)}."
            return page(503, "Other workspaces cannot install this bot", [needed])
        if self._teams is None:
            return page(503, "The bot is not ready", ["Try again in a minute."])
        return None

    async def _answer(self, request: web.Request) -> web.Response:
        again = install_url(self._settings)
        if not self._is_ours(request.query.get("state", ""), request.cookies.get(COOKIE, "")):
            return page(
                400,
                "This link does not work any more",
                [
                    "It works once, for ten minutes, and only in the browser in which it was begun.",
                    "Nothing was installed.",
                ],
                again,
            )
        if "error" in request.query:
            return page(400, "Nothing was installed", ["Slack says that nobody agreed to it."], again)
        code = request.query.get("code", "")
        if not _CODE.fullmatch(code):
            return page(400, "Nothing was installed", ["Slack sent no code along."], again)
        try:
            async with asyncio.timeout(_PATIENCE):
                return await self._install(code)
        except _Unwanted as refused:
            return page(400, "Nothing was installed", [str(refused)], again)
        except (AdapterError, TimeoutError) as problem:
            reason = problem.code if isinstance(problem, Malformed) else str(problem)
            log.warning("installation_failed", platform="slack", reason=reason or type(problem).__name__)
            return page(
                502,
                "Nothing was installed",
                ["It went wrong between the bot and Slack. If that happens again, the bot's log says why."],
                again,
            )

    def _is_ours(self, state: str, cookie: str) -> bool:
        """Whether this browser began it, not long ago, and has not come back before."""
        assert self._sealer is not None
        if not cookie or not cookie.isascii() or len(state) > _LONGEST_STATE:
            return False
        try:
            ours = hmac.compare_digest(self._sealer.open(state, COOKIE, STATE_LASTS), cookie)
        except SealError:
            return False
        used = self._used.get(cookie)
        self._used.put(cookie, True)
        return ours and not used

    async def _install(self, code: str) -> web.Response:
        """Exchange the code and keep the workspace. Raises _Unwanted, AdapterError."""
        assert self._teams is not None
        answer = await self._exchanged(self._teams.nobody, code)
        _check(answer, self._app())
        token = words(answer, "access_token")
        try:
            installed = await asked(self._teams.with_token(token), token)
        except InstallationGone as refused:
            raise _Unwanted(str(refused)) from refused
        if installed.name != words(part(answer, "team"), "id"):
            raise _Unwanted("Slack gave the token of another workspace.")
        if installed.name == self._home:
            raise _Unwanted(f"{HOME} The bot is there already.")
        resumed = await self._teams.keep(_with_more(installed, answer))
        return _welcome(installed.title, resumed)

    async def _exchanged(self, api: Api, code: str) -> dict[str, Any]:
        secret = self._settings.slack_client_secret
        # The client's own method takes a way through aiohttp that will be gone.
        headers = {
            "Authorization": encode_basic_auth(
                self._settings.slack_client_id or "", secret.get_secret_value() if secret else ""
            )
        }
        told = {"code": code, "redirect_uri": redirect_url(self._settings)}
        return await api.ask(api.web.api_call("oauth.v2.access", data=told, headers=headers))

    def _app(self) -> str:
        """The app's identifier, where it is known: an app-level token names it."""
        token = self._settings.slack_app_token
        found = _APP.match(token.get_secret_value()) if token else None
        return found[1] if found else ""


class _Unwanted(Exception):
    """Slack installed something that cannot be taken up. The text says why, for who installed it."""


def install_url(settings: Settings) -> str:
    """Where another workspace installs the bot."""
    return f"{settings.public_url}{INSTALL}"


def redirect_url(settings: Settings) -> str:
    """Where Slack leads back to."""
    return f"{settings.public_url}{REDIRECT}"


def _check(answer: dict[str, Any], app: str) -> None:
    """Raise _Unwanted where what was installed is not the bot in one workspace.

    Args:
        app: the identifier that the app must have; empty where it is not known.
    """
    if answer.get("is_enterprise_install") is True or not words(part(answer, "team"), "id"):
        raise _Unwanted(WHOLE_ORGANISATION)
    if app and words(answer, "app_id") != app:
        raise _Unwanted("That is another app than this bot's.")
    if answer.get("token_type") != "bot" or "refresh_token" in answer:
        raise _Unwanted("The app has no bot token that lasts; its manifest must be this bot's.")


def _with_more(installed: Installed, answer: dict[str, Any]) -> Installed:
    """The same with what only the exchange tells."""
    return Installed(
        "slack",
        installed.name,
        installed.token,
        installed.bot,
        one_line(words(part(answer, "team"), "name")) or installed.title,
        words(part(answer, "enterprise"), "id") or installed.enterprise,
    )


def _welcome(title: str, resumed: int) -> web.Response:
    goes_on = ["What was subscribed to before goes on."] if resumed else []
    return page(
        200,
        f"Daily Papers is in {title[:80] or 'your workspace'}",
        [
            *goes_on,
            "Back in Slack, /papers shows today's papers, and /papers subscribe sends you what you choose.",
            "For a daily thread, invite the bot to a channel with /invite, and type /papers channel there.",
            "You can close this page.",
        ],
    )
