"""discord.py's part: the connection to the gateway, the commands, the buttons, the forms."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.buttons import CommandButton, FormButton
from adapters.discord.commands import Papers, message_menu
from adapters.discord.errors import TOKEN_REFUSED
from adapters.discord.files import Files
from adapters.discord.inbound import Inbound
from adapters.discord.modal import FORM_WITHIN
from adapters.discord.registration import same_commands
from adapters.discord.rest import Rest
from bot.adapter import AdapterError, InstallationGone, Temporary
from bot.logs import log
from bot.request import Handler, Suggest

_CONNECTED_WITHIN = 60.0  # seconds
_RATE_LIMIT_WAIT = 60.0  # seconds; discord.py would wait for as long as Discord says
_BAD_TOKEN = 4004  # https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway
# The last ones are discord.py's own stumbles over answers that lack what it reads.
_UNREACHED = (
    discord.DiscordException,
    aiohttp.ClientError,
    OSError,
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
)


class _Client(discord.Client):
    """Hears of servers and of interactions, keeps no members and no messages.

    READY is not waited for: discord.py delays it until every server was told of.
    """

    def __init__(self, inbound: Inbound) -> None:
        # Its warnings about missing voice libraries would trouble people who need none.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            max_ratelimit_timeout=_RATE_LIMIT_WAIT,
            guild_ready_timeout=0,
        )
        self.inbound = inbound
        self.connected = asyncio.Event()

    async def on_connect(self) -> None:
        self.connected.set()

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """discord.py itself knows only the forms that were opened since its start."""
        if interaction.type is discord.InteractionType.modal_submit:
            await self.inbound.submitted(interaction)


class Gateway:
    """Listens for commands and buttons until it is stopped.

    Args:
        base: the API's address without a slash at the end.
        suggest: completes filters; without it nothing is offered.
        now: UTC.
        form_within: seconds that a form may take.
    """

    def __init__(
        self,
        base: str,
        token: str,
        rest: Rest,
        handle: Handler,
        suggest: Suggest | None,
        now: Callable[[], datetime],
        form_within: float = FORM_WITHIN,
    ) -> None:
        self._base = base
        self._token = token
        self._rest = rest
        self._inbound = Inbound(rest, Files(base), handle, suggest, now, form_within)
        self._client = _Client(self._inbound)
        self._client.add_dynamic_items(CommandButton, FormButton)
        self._tree = app_commands.CommandTree(self._client)
        self._tree.add_command(Papers(self._inbound, now))
        self._tree.add_command(message_menu(self._inbound))
        self._listening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Log in, register the commands where they changed, connect.

        Raises InstallationGone where Discord refuses the token, Temporary where it is out of reach.
        """
        try:
            await self._log_in()
            await self._sync()
            await self._find_gateway()
            await self._connect()
        except BaseException:
            await self.stop()
            raise

    async def wait(self) -> None:
        """Return after `stop`. Raises an AdapterError when the connection ended for good."""
        if self._listening is None:
            return
        await asyncio.wait({self._listening})
        if not self._listening.cancelled() and (error := self._listening.exception()):
            raise _ended(error) from error

    async def stop(self) -> None:
        """Disconnect, and cut off what is being answered. Safe to call twice."""
        await self._inbound.stop()
        await self._client.close()
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait({self._listening})

    async def _log_in(self) -> None:
        # discord.py's only way to another address, for every client of the process.
        Route.BASE = self._base
        try:
            await self._client.login(self._token)
        except discord.LoginFailure as error:
            raise InstallationGone(TOKEN_REFUSED) from error
        except _UNREACHED as error:
            raise Temporary(f"Discord is out of reach ({type(error).__name__}).") from error

    async def _sync(self) -> None:
        """Tell Discord of the commands, which it limits to some a day, only when it has others."""
        ours: list[dict[str, Any]] = [command.to_dict(self._tree) for command in self._tree.get_commands()]
        path = f"/applications/{self._client.application_id}/commands"
        try:
            theirs = await self._rest.request("GET", path)
            if not same_commands(ours, theirs.data):
                await self._rest.request("PUT", path, ours)
                log.info("commands_registered", platform="discord")
        except InstallationGone:
            raise
        except AdapterError as error:
            log.warning("commands_not_registered", platform="discord", reason=str(error))

    async def _find_gateway(self) -> None:
        """Ask where to connect, and whether: after too many starts in a day Discord resets the token."""
        answer = await self._rest.request("GET", "/gateway/bot")
        try:
            url = yarl.URL(answer.data["url"])
            starts_left = int(answer.data["session_start_limit"]["remaining"])
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise Temporary("Discord did not say where its gateway is.") from error
        if starts_left < 1:
            raise Temporary("The bot was started too often today; Discord takes no more connections for now.")
        DiscordWebSocket.DEFAULT_GATEWAY = url

    async def _connect(self) -> None:
        self._listening = asyncio.create_task(self._client.connect())
        connected = asyncio.create_task(self._client.connected.wait())
        await asyncio.wait(
            {self._listening, connected},
            timeout=_CONNECTED_WITHIN,
            return_when=asyncio.FIRST_COMPLETED,
        )
        connected.cancel()
        if self._listening.done():
            await self.wait()
        if not self._client.connected.is_set():
            raise Temporary("Discord's gateway is out of reach.")


def _ended(error: BaseException) -> AdapterError:
    """Why discord.py gave up for good."""
    if isinstance(error, discord.PrivilegedIntentsRequired):
        return InstallationGone("Discord refuses what the bot wants to hear of (disallowed intents).")
    if isinstance(error, discord.ConnectionClosed):
        if error.code == _BAD_TOKEN:
            return InstallationGone(TOKEN_REFUSED)
        return InstallationGone(f"Discord closed the bot's connection for good (close code {error.code}).")
    return Temporary(f"The connection to Discord ended ({type(error).__name__}).")
