"""Places: where a message can go, as a person writes them. Pure."""

from dataclasses import dataclass

from storage.places import is_mailbox


class PlaceError(ValueError):
    """What was written is no place. The text says what to write instead."""


@dataclass(frozen=True, slots=True)
class Place:
    """A platform and an address on it; an `@` in the address means that one person reads there.

    Written `console:`, `slack:C0123`, `slack:@U0123`, `discord:1234`, `email:ann@example.org`. What stands
    before a slash is the workspace that has a token of its own: `slack:T0123/C0123`, `slack:T0123/@U0123`.
    """

    platform: str
    address: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.address}"

    @property
    def installation(self) -> str:
        """The workspace that it is in; empty for the one that the platform's own token leads to."""
        workspace, slash, _ = self.address.partition("/")
        return workspace if slash else ""

    @property
    def local(self) -> str:
        """The address within its workspace."""
        workspace, slash, rest = self.address.partition("/")
        return rest if slash else workspace

    @property
    def direct(self) -> bool:
        """Whether one person alone reads there: their direct messages, or a mailbox."""
        return "@" in self.address

    @property
    def is_mailbox(self) -> bool:
        """Whether the address is one of mail: something other than a workspace stands before its `@`."""
        return is_mailbox(str(self))

    @property
    def person(self) -> str:
        """The person's identifier within their workspace; only for a direct place."""
        return self.local.removeprefix("@")


def parse_place(text: str) -> Place:
    """Read `platform:address`; whether the platform knows the address is for `Connections.place` to say.

    Raises PlaceError where there is no colon.
    """
    platform, colon, address = text.strip().partition(":")
    if not colon or not platform:
        raise PlaceError(f'"{text}" is not a place; write for example slack:C0123, discord:1234 or console:')
    return Place(platform.lower(), address.strip())
