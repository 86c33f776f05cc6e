"""Other workspaces of the same Slack, and how they install the app (authentication/installing-with-oauth)."""

import base64
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from aiohttp import web

from bot.places import Place
from tests.fakes.slack_gestures import Gestures
from tests.fakes.slack_rules import Refused, unknown_fields
from tests.fakes.slack_ways import Shown

if TYPE_CHECKING:
    from tests.fakes.slack import FakeSlack


class OAuth:
    """Slack's page that asks whether somebody agrees, and the exchange of what comes of it.

    Attributes:
        client_id, client_secret: the app's.
        agreeing: the workspace for which somebody agrees; None is to refuse.
        also: what else is said in the answer of the exchange.
        tokens: the workspace of each token that was ever given.
        asked: with what each person was led here, in order.
    """

    def __init__(self) -> None:
        self.client_id, self.client_secret = "1234.5678", "the client secret"
        self.agreeing: Neighbour | None = None
        self.also: dict[str, Any] = {}
        self.tokens: dict[str, str] = {}
        self.asked: list[dict[str, str]] = []
        self._codes: dict[str, tuple[Neighbour, str, str]] = {}
        self._given = 0

    async def authorize(self, request: web.Request) -> web.Response:
        """Lead back at once: whoever is asked has made up their mind."""
        asked = dict(request.query)
        self.asked.append(asked)
        if asked.get("client_id") != self.client_id or not asked.get("redirect_uri"):
            return web.Response(status=400, text="invalid client_id")
        back = {"state": asked.get("state", "")}
        if self.agreeing is None:
            back["error"] = "access_denied"
        else:
            back["code"] = self.code(self.agreeing, asked["redirect_uri"], asked["scope"])
        return web.Response(status=302, headers={"Location": f"{asked['redirect_uri']}?{urlencode(back)}"})

    def code(self, workspace: "Neighbour", redirect_uri: str, scope: str = "") -> str:
        """What can be exchanged once for the token of a workspace."""
        self._given += 1
        code = f"{self._given}.code.{workspace.team}"
        self._codes[code] = (workspace, redirect_uri, scope)
        return code

    def access(self, authorization: str, body: dict[str, Any]) -> dict[str, Any]:
        """The method `oauth.v2.access`. Raises Refused."""
        if unknown_fields("oauth.v2.access", body):
            raise Refused("invalid_arguments")
        known = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if authorization != f"Basic {known}":
            raise Refused("bad_client_secret")
        if body.get("code") not in self._codes:
            raise Refused("invalid_code")
        workspace, redirect_uri, scope = self._codes.pop(str(body["code"]))
        if body.get("redirect_uri") != redirect_uri:
            raise Refused("bad_redirect_uri")
        answer: dict[str, Any] = {
            "access_token": workspace.install(), "token_type": "bot", "scope": scope, "bot_user_id": "U0BOT",
            "app_id": "A0PAPERS", "team": {"id": workspace.team, "name": workspace.title}, "enterprise": None,
            "authed_user": {"id": "U0ADMIN"}, "is_enterprise_install": False,
        }  # fmt: skip
        return answer | self.also


class Neighbour(Gestures):
    """Another workspace. It has the same channels and people, by the same identifiers; what is posted there
    stands in the one transcript, as `T0OTHERS/C0PAPERS`."""

    def __init__(self, slack: "FakeSlack", team: str) -> None:
        super().__init__(slack.limits, slack.clock, team)
        self._slack = slack
        self._ways, self._news = slack._ways, slack._news
        self.prefix, self.title = f"{team}/", f"The people of {team}"
        self.token = ""
        self.place = Place("slack", f"{team}/C0PAPERS")
        self.direct = Place("slack", f"{team}/@U0READER")
        self.transcript, self.pings, self.numbers = slack.transcript, slack.pings, slack.numbers
        self.root = self.files.root = slack.root
        self._installations, self._error = 0, "token_revoked"

    def install(self) -> str:
        """Install the app; the token, which is another one each time."""
        self._installations += 1
        self.token = self.token_of(self.team, self._installations)
        self._slack.oauth.tokens[self.token] = self.team
        self.refusals.clear()
        return self.token

    @staticmethod
    def token_of(team: str, installation: int = 1) -> str:
        """The token that a workspace has since it installed the app so often."""
        return f"xoxb-{team}-{installation}"

    def revoke(self, error: str = "token_revoked") -> None:
        """Let the token be refused from now on, and tell nobody."""
        self.token = "xoxb-revoked"
        self._error = error

    async def uninstall(self, at: float = 2_000_000_000, event: dict[str, Any] | None = None) -> None:
        """Remove the app, of which Slack tells it.

        Args:
            at: when, in seconds since 1970.
            event: instead of `app_uninstalled`.
        """
        self.revoke("account_inactive")
        await self.event(event or {"type": "app_uninstalled"}, event_time=at)

    def perform(self, method: str, authorization: str, body: dict[str, Any]) -> dict[str, Any]:
        if authorization != f"Bearer {self.token}":
            raise Refused(self._error)
        return super().perform(method, authorization, body)

    def new_way(self, user: str = "U0READER", channel: str = "C0PAPERS", clicked: Shown | None = None) -> str:
        return self._slack.new_way(user, channel, clicked)

    async def _deliver(self, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        return await self._slack._deliver(kind, payload)
