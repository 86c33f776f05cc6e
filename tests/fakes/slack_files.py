"""Files on their way into a Slack workspace (docs.slack.dev/messaging/working-with-files)."""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fakes.slack_people import Directory
from tests.fakes.slack_rules import Refused


@dataclass
class File:
    """One file.

    Args:
        place: where it is shared: a channel, or `@person`; None until its upload is completed.
        data: None until it was uploaded.
    """

    name: str
    length: int
    data: bytes | None = None
    place: str | None = None


class Files:
    """All files of a workspace.

    Attributes:
        lead_to: an origin that uploads are led to instead of Slack's.
        redirect: send whoever uploads a file to this address instead.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._numbers = itertools.count(1)
        self._files: dict[str, File] = {}
        self.root = ""
        self.lead_to = ""
        self.redirect = ""

    @property
    def shared(self) -> list[File]:
        """Those that somebody can see."""
        return [file for file in self._files.values() if file.place]

    def methods(self) -> dict[str, Callable[[dict[str, Any]], dict[str, Any]]]:
        """The methods of the Web API that are answered here."""
        return {
            "files.getUploadURLExternal": self._begin,
            "files.completeUploadExternal": self._complete,
        }

    def receive(self, ticket: str, data: bytes) -> bool:
        """Somebody uploads the bytes of a file; whether that is what was announced."""
        file = self._files.get(ticket)
        if file is None or file.data is not None or len(data) != file.length:
            return False
        file.data = data
        return True

    def _begin(self, body: dict[str, Any]) -> dict[str, Any]:
        name, length = str(body.get("filename", "")), str(body.get("length", ""))
        if not name or not length.isdigit() or int(length) == 0:
            raise Refused("invalid_arguments")
        ticket = f"F{next(self._numbers):08}"
        self._files[ticket] = File(name, int(length))
        return {"upload_url": f"{self.lead_to or self.root}/upload/v1/{ticket}", "file_id": ticket}

    def _complete(self, body: dict[str, Any]) -> dict[str, Any]:
        listed = body.get("files")
        listed = json.loads(listed) if isinstance(listed, str) else listed
        if not isinstance(listed, list) or not listed:
            raise Refused("invalid_arguments")
        channel = self._directory.channel({"channel": body.get("channel_id")})
        for entry in listed:
            file = self._files.get(entry.get("id"))
            if file is None or file.data is None:
                raise Refused("file_not_found")
            file.place = self._directory.direct.get(channel, channel)
        return {"files": [{"id": entry["id"], "title": entry.get("title", "")} for entry in listed]}
