"""Which workspace a bot token is of, and whether it can be taken up."""

from adapters.slack.api import Api, new_pool, unusable, words
from bot.adapter import InstallationGone, Installed
from bot.settings import Settings

_PREFIX = "xoxb-"
HOME = "This is the workspace of SLACK_BOT_TOKEN, which needs no other token."
WHOLE_ORGANISATION = "The app was installed for a whole organisation; install it in a single workspace of it."


async def recognise(settings: Settings, token: str) -> Installed:
    """The installation that a token is of. Raises an AdapterError that says what is wrong with it."""
    http = new_pool()
    try:
        installed = await asked(Api(settings.slack_api_url, token, http), token)
        if settings.slack_bot_token:
            home = Api(settings.slack_api_url, settings.slack_bot_token.get_secret_value(), http)
            if words(await home.ask(home.web.auth_test()), "team_id") == installed.name:
                raise InstallationGone(HOME)
        return installed
    finally:
        await http.close()


async def asked(api: Api, token: str) -> Installed:
    """What `auth.test` says of the token that an API has. Raises an AdapterError."""
    if not (token.startswith(_PREFIX) and token.isascii() and token.isprintable() and " " not in token):
        raise InstallationGone("That is no bot token; it begins with xoxb-, and does not expire.")
    me = await api.ask(api.web.auth_test())
    if me.get("is_enterprise_install") is True:
        raise InstallationGone(WHOLE_ORGANISATION)
    team, bot = words(me, "team_id"), words(me, "bot_id")
    if not (team.startswith("T") and team.isascii() and team.isalnum() and bot):
        raise unusable()
    return Installed(
        "slack",
        team,
        token,
        bot,
        words(me, "team"),
        enterprise=words(me, "enterprise_id"),
    )
