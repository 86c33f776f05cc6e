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
from adapters.discord.client import Client, Starts, client_for
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
from bot.shards import MOST, Shards

# https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway
_BAD_TOKEN = 4004
_NO_SUCH_SHARD, _MORE_SHARDS_NEEDED = 4010, 4011
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


class Gateway:
    """Listens for commands and buttons until it is stopped.

    Args:
        base: the API's address without a slash at the end.
        suggest: completes filters; without it nothing is offered.
        now: UTC.
        form_within: seconds that a form may take.
        shards: those that it connects; None for all that Discord asks for.
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
        shards: Shards | None = None,
        starts: Starts | None = None,
    ) -> None:
        self._base = base
        self._token = token
        self._rest = rest
        self._now = now
        self._inbound = Inbound(rest, Files(base), handle, suggest, now, form_within)
        self._shards = shards
        self._starts = starts or Starts()
        self._client: Client | None = None
        self._listening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Log in, register the commands where they changed, connect.

        Raises InstallationGone where Discord refuses the token, Temporary where it is out of reach.
        """
        try:
            shards = await self._find_gateway()
            client = self._client = client_for(self._inbound, shards, self._starts)
            client.add_dynamic_items(CommandButton, FormButton)
            await self._log_in(client)
            await self._sync(client)
            await self._connect(client, len(shards.ids))
        except BaseException:
            await self.stop()
            raise

    async def wait(self) -> None:
        """Return after `stop`. Raises an AdapterError when the connection ended for good."""
        if self._listening is None:
            return
        await asyncio.wait({self._listening})
        if not self._listening.cancelled() and (error := self._listening.exception()):
            raise self._ended(error) from error

    async def stop(self) -> None:
        """Disconnect, and cut off what is being answered. Safe to call twice."""
        await self._inbound.stop()
        if self._client is not None:
            await self._client.close()
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait({self._listening})

    async def _find_gateway(self) -> Shards:
        """Ask where to connect, how often, and whether: after too many starts in a day Discord resets the
        token."""
        answer = await self._rest.request("GET", "/gateway/bot")
        try:
            url = yarl.URL(answer.data["url"])
            asked_for = int(answer.data["shards"])
            starts_left = int(answer.data["session_start_limit"]["remaining"])
            at_once = int(answer.data["session_start_limit"]["max_concurrency"])
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise Temporary("Discord did not say where its gateway is.") from error
        if not (1 <= asked_for <= MOST and at_once >= 1):
            raise Temporary("Discord did not say where its gateway is.")
        shards = self._shards or Shards(tuple(range(asked_for)), asked_for)
        if starts_left < len(shards.ids):
            raise Temporary("The bot was started too often today; Discord takes no more connections for now.")
        DiscordWebSocket.DEFAULT_GATEWAY = url
        self._starts.at_once = at_once
        return shards

    async def _log_in(self, client: Client) -> None:
        # discord.py's only way to another address, for every client of the process.
        Route.BASE = self._base
        try:
            await client.login(self._token)
        except discord.LoginFailure as error:
            raise InstallationGone(TOKEN_REFUSED) from error
        except _UNREACHED as error:
            raise Temporary(f"Discord is out of reach ({type(error).__name__}).") from error

    async def _sync(self, client: Client) -> None:
        """Tell Discord of the commands, which it limits to some a day, only when it has others."""
        tree = app_commands.CommandTree(client)
        tree.add_command(Papers(self._inbound, self._now))
        tree.add_command(message_menu(self._inbound))
        ours: list[dict[str, Any]] = [command.to_dict(tree) for command in tree.get_commands()]
        path = f"/applications/{client.application_id}/commands"
        try:
            theirs = await self._rest.request("GET", path)
            if not same_commands(ours, theirs.data):
                await self._rest.request("PUT", path, ours)
                log.info("commands_registered", platform="discord")
        except InstallationGone:
            raise
        except AdapterError as error:
            log.warning("commands_not_registered", platform="discord", reason=str(error))

    async def _connect(self, client: Client, shards: int) -> None:
        """Return when every shard is there, or after a while those that can be: discord.py tries on."""
        self._listening = asyncio.create_task(client.connect())
        connected = asyncio.create_task(client.connected.wait())
        await asyncio.wait(
            {self._listening, connected},
            timeout=self._starts.seconds(shards),
            return_when=asyncio.FIRST_COMPLETED,
        )
        connected.cancel()
        if self._listening.done():
            await self.wait()
        if len(client.missing) == shards:
            raise Temporary("Discord's gateway is out of reach.")
        if client.missing:
            log.warning("shards_out_of_reach", platform="discord", shards=sorted(client.missing))

    def _ended(self, error: BaseException) -> AdapterError:
        """Why discord.py gave up for good."""
        if isinstance(error, discord.PrivilegedIntentsRequired):
            return InstallationGone("Discord refuses what the bot wants to hear of (disallowed intents).")
        if isinstance(error, discord.ConnectionClosed):
            if error.code == _BAD_TOKEN:
                return InstallationGone(TOKEN_REFUSED)
            if error.code in (_NO_SUCH_SHARD, _MORE_SHARDS_NEEDED):
                return self._wrongly_sharded(error.code)
            return InstallationGone(
                f"Discord closed the bot's connection for good (close code {error.code})."
            )
        return Temporary(f"The connection to Discord ended ({type(error).__name__}).")

    def _wrongly_sharded(self, code: int) -> AdapterError:
        """A bot that grows needs more shards one day; where nobody has set how many, the next start asks."""
        if self._shards is None:
            return Temporary("Discord wants more connections of the bot than it had.")
        return InstallationGone(
            f"Discord does not take these shards; check DISCORD_SHARDS (close code {code})."
        )
