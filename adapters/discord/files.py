"""A file that somebody handed in: fetched from where Discord keeps it, and from nowhere else."""

import asyncio

import aiohttp
import yarl

from bot.logs import log
from bot.request import LONGEST_FILE

_KEPT_AT = "https://cdn.discordapp.com"
_DISCORD = "discord.com"
_PATIENCE = 2.0  # seconds


class Files:
    """Reads attachments, without the bot's token.

    Args:
        api: the API's address; where it is not Discord's own, files may lie beside it.
    """

    def __init__(self, api: str) -> None:
        self._origins = {yarl.URL(_KEPT_AT)}
        here = yarl.URL(api)
        if here.host != _DISCORD:
            self._origins.add(here.origin())

    async def text(self, address: str, size: int, patience: float = _PATIENCE) -> str:
        """The file's text; empty where it is too long, is no UTF-8, cannot be had, or lies elsewhere.

        Args:
            address: where Discord says that it is.
            size: in bytes, as Discord says.
            patience: seconds.
        """
        if size > LONGEST_FILE or not self.knows(address):
            return ""
        try:
            async with asyncio.timeout(patience):
                return (await _fetched(yarl.URL(address))).decode("utf-8-sig")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # No more than its kind: the address lets anyone read the file.
            log.warning("file_not_read", platform="discord", reason=type(error).__name__)
            return ""

    def knows(self, address: str) -> bool:
        """Whether Discord keeps files there."""
        try:
            url = yarl.URL(address)
            return url.origin() in self._origins and url.user is None
        except (ValueError, TypeError):
            return False


async def _fetched(url: yarl.URL) -> bytes:
    """At most `LONGEST_FILE` bytes as they come: nothing is unpacked. Raises ValueError for more, or none."""
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False) as http,
        http.get(url, allow_redirects=False, headers={"Accept-Encoding": "identity"}) as response,
    ):
        if response.status != 200:
            raise ValueError("no file")
        try:
            await response.content.readexactly(LONGEST_FILE + 1)
        except asyncio.IncompleteReadError as whole:
            return whole.partial
        raise ValueError("too long")
