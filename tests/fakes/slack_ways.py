"""Response_urls, and what the answers that came to them put on people's screens."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

_USES, _SECONDS = 5, 30 * 60


@dataclass(eq=False)
class Shown:
    """A message on a screen.

    Args:
        to: the only person who sees it, or None: all in the channel do.
        body: the request as it came, of the newest version.
    """

    channel: str
    to: str | None
    body: dict[str, Any]

    def button(self, label: str) -> dict[str, Any]:
        """The button with that label, which must be there once."""
        rows = [block["elements"] for block in self.body["blocks"] if block["type"] == "actions"]
        (found,) = [button for row in rows for button in row if button["text"]["text"] == label]
        return dict(found)


@dataclass
class Way:
    """One response_url: whose it is, the message whose button was clicked, what came to it."""

    user: str
    channel: str
    clicked: Shown | None
    made: float
    uses: int = 0
    answers: list[dict[str, Any]] = field(default_factory=list)


class Ways:
    """All response_urls of a workspace.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._numbers = itertools.count(1)
        self._ways: dict[str, Way] = {}
        self._shown: list[Shown] = []

    @property
    def answers(self) -> list[dict[str, Any]]:
        """What was posted to all of them."""
        return [answer for way in self._ways.values() for answer in way.answers]

    def open(self, user: str, channel: str, clicked: Shown | None = None) -> str:
        """The name of a new one."""
        name = f"way{next(self._numbers)}"
        self._ways[name] = Way(user, channel, clicked, self._clock())
        return name

    def named(self, name: str) -> Way | None:
        """The one of that name, if there is one."""
        return self._ways.get(name)

    def use(self, name: str) -> str:
        """Use one, whatever is posted; the error if it is dead or never was, else nothing."""
        way = self._ways.get(name)
        if way is None:
            return "invalid_url"
        if self._clock() - way.made > _SECONDS:
            return "expired_url"
        way.uses += 1
        return "used_url" if way.uses > _USES else ""

    def show(self, name: str, body: dict[str, Any]) -> None:
        """An answer that was accepted. One that replaces a message is seen by those who saw that message."""
        way = self._ways[name]
        way.answers.append(body)
        if body.get("replace_original") and way.clicked:
            way.clicked.body = body
            return
        public = body.get("response_type") == "in_channel"
        self._shown.append(Shown(way.channel, None if public else way.user, body))

    def screen(self, user: str, channel: str) -> list[Shown]:
        """The answers that a person sees in a channel, oldest first."""
        return [shown for shown in self._shown if shown.channel == channel and shown.to in (None, user)]
