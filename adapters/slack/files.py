"""A file on its way to a person (docs.slack.dev/messaging/working-with-files, "Uploading files")."""

import asyncio
import re

from adapters.slack.api import Api, unusable, words
from bot.adapter import AdapterError
from bot.logs import log
from bot.markup import Attachment

_PATIENCE = 20.0
_UNSAFE = re.compile(r"[^\w.-]+", re.ASCII)


async def hand_over(api: Api, person: str, file: Attachment, origin: str) -> bool:
    """Put a file into a person's direct messages; whether it is there.

    Args:
        origin: the only one that the file may be given to.
    """
    try:
        async with asyncio.timeout(_PATIENCE):
            await _upload(api, person, file, origin)
    except (AdapterError, TimeoutError) as refused:
        log.warning("file_refused", platform="slack", reason=str(refused)[:80] or type(refused).__name__)
        return False
    return True


async def _upload(api: Api, person: str, file: Attachment, origin: str) -> None:
    name = _UNSAFE.sub("-", file.name)[-80:].lstrip(".-") or "file.txt"
    data = file.text.encode(errors="replace")
    channel = await api.direct_channel(person)
    place = await api.ask(api.web.files_getUploadURLExternal(filename=name, length=len(data)))
    url, identifier = words(place, "upload_url"), words(place, "file_id")
    if not (identifier and url.startswith(f"{origin}/")):
        raise unusable()
    await api.upload(url, data)
    files: list[dict[str, str | None]] = [{"id": identifier, "title": name}]
    await api.ask(api.web.files_completeUploadExternal(files=files, channel_id=channel))
