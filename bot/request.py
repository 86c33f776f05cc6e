"""The seam between a platform and the commands: a Request goes in, a Reply comes out."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.forms import Form
from bot.markup import Attachment, Message
from bot.places import Place

LONGEST_FILE = 100_000
"""Bytes of a file that somebody hands in; a longer one is not read."""


class Asker(Protocol):
    """What a platform can tell of the person who asks. Asked only where a command needs it; never raises:
    what cannot be known now is None, False or nothing.

    Attributes:
        zone_source: where the time zone comes from, as `your profile`; empty where none is ever told.
    """

    zone_source: str

    async def zone(self) -> str | None:
        """The person's time zone, as an IANA name."""

    async def manages(self) -> bool:
        """Whether the platform lets the person manage the channel where they ask."""

    async def sees(self, addresses: Collection[str]) -> set[str]:
        """Those of these channels that both the person and the bot can read."""


class Unknown:
    """An `Asker` of whom nothing is known."""

    zone_source = ""

    async def zone(self) -> str | None:
        return None

    async def manages(self) -> bool:
        return False

    async def sees(self, addresses: Collection[str]) -> set[str]:
        return set()


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody asked something with `/papers`, by typing, by clicking a button or by filling in a form.

    Args:
        text: what stands behind `/papers`, as typed.
        place: where it was asked.
        person: the platform's identifier of who asked; it comes from the platform, never from the text.
        now: when (UTC).
        direct: the person's direct messages; None where the bot cannot write to this person.
        asker: what else the platform knows of the person.
        fields: what stands in a form that was filled in, or was given as typed options, by the fields' names;
            None where it was neither. What is in `typed` is read as if it stood in the text, and cannot be
            taken for the name of a command.
        file: the text of a file that was handed in; empty where it could not be read, None where it was none.
        opened: it came of a link that was opened, which programs do too: what is to be said once stays to be
            said.
    """

    text: str
    place: Place
    person: str
    now: datetime
    direct: Place | None = field(default=None, compare=False)
    asker: Asker = field(default_factory=Unknown, compare=False)
    fields: Mapping[str, str] | None = None
    file: str | None = None
    opened: bool = False

    @property
    def who(self) -> str:
        """The person among those of all platforms and workspaces: `slack:T0123:U0123`, `discord:1234`."""
        return f"{self.place.platform}:{self.person}"


Later = Callable[[], Awaitable[Message | None]]
"""One more message of an answer that takes its time: some three seconds at most. Never raises."""


class Refusal(StrEnum):
    """Why something was not done, for who must tell programs too: what was named is unknown, it is there no
    more, or it was asked for too often."""

    UNKNOWN = "unknown"
    GONE = "gone"
    TOO_MANY = "too many"


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer, in the order of the messages.

    Args:
        private: only the person who asked may see it.
        later: asked once `messages` are shown; what it gives is shown after them, to the same people and
            as a message of its own, and None is nothing to show. Where a platform cannot add to an answer,
            it is never asked.
        form: shown instead of the messages where the platform has forms; the messages say how to type it.
        errors: what is wrong in a form that was filled in, by the fields' names; it stays open, and where
            that is not possible, the messages say the same.
        attachment: a file that comes with the last message.
        refusal: set where nothing was done, and a web page answers with a status of its own.
    """

    messages: tuple[Message, ...]
    private: bool = True
    later: Later | None = None
    form: Form | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    attachment: Attachment | None = None
    refusal: Refusal | None = None


Handler = Callable[[Request], Awaitable[Reply]]
"""Answers a request. Never raises: what goes wrong becomes a reply that says so."""

Suggest = Callable[[str], Awaitable[list[str]]]
"""Completes a filter while it is typed: whole filters, best first, 25 at most. Never raises."""
