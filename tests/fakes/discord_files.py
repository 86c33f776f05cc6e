"""Files on the fake Discord: those that people hand in, and those that the bot uploads."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.multipart import BodyPartReader


@dataclass(frozen=True)
class Upload:
    """A file that a person hands in.

    Args:
        size: what Discord says of its size; the truth if None.
        url: what Discord says of its address; the truth if None.
        redirect: where its address leads on to.
    """

    content: bytes
    name: str = "subscriptions.json"
    size: int | None = None
    url: str | None = None
    redirect: str | None = None


@dataclass
class FakeFiles:
    """Keeps uploads under addresses that anyone may read, as Discord's CDN does.

    `fetched` holds the headers of each request for one.
    """

    origin: str = ""
    fetched: list[dict[str, str]] = field(default_factory=list)
    _kept: dict[str, Upload] = field(default_factory=dict)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(6001))

    def keep(self, upload: Upload) -> dict[str, Any]:
        """The attachment as an interaction shows it."""
        file_id = str(next(self._ids))
        self._kept[file_id] = upload
        url = upload.url or f"{self.origin}/attachments/1/{file_id}/{upload.name}"
        size = len(upload.content) if upload.size is None else upload.size
        return attachment_json(file_id, upload.name, size, url)

    async def serve(self, request: web.Request) -> web.Response:
        self.fetched.append(dict(request.headers))
        upload = self._kept.get(request.match_info["id"])
        if upload is None:
            return web.Response(status=404, text="This content is no longer available.")
        if upload.redirect:
            return web.Response(status=302, headers={"Location": upload.redirect})
        return web.Response(body=upload.content, content_type="text/plain")


def attachment_json(file_id: str, name: str, size: int, url: str) -> dict[str, Any]:
    return {"id": file_id, "filename": name, "size": size, "url": url, "proxy_url": url}


async def read_upload(request: web.Request) -> tuple[dict[str, Any], list[str]]:
    """The JSON of a request with files, which lie under `uploaded`, and what is wrong with its parts.

    https://discord.com/developers/docs/reference#uploading-files
    """
    body: dict[str, Any] = {}
    files: dict[str, tuple[str, str]] = {}
    problems = []
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        content = (await part.read()).decode()
        if part.name == "payload_json" and part.headers.get("Content-Type") == "application/json":
            body = json.loads(content)
        elif part.filename:
            files[part.name or ""] = (part.filename, content)
        else:
            problems.append(f"a part that is neither JSON nor a file: {part.name}")
    problems += _problems(body, files)
    return body | {"uploaded": dict(files.values())}, problems


def _problems(body: dict[str, Any], files: dict[str, tuple[str, str]]) -> Iterator[str]:
    named = {f"files[{one['id']}]": one.get("filename") for one in body.get("attachments") or []}
    if named != {part: filename for part, (filename, _) in files.items()}:
        yield f"attachments {named} beside files {sorted(files)}"
