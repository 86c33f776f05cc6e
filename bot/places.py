"""Places: where a message can go, as a person writes them. Pure."""

from dataclasses import dataclass


class PlaceError(ValueError):
    """What was written is no place. The text says what to write instead."""


@dataclass(frozen=True, slots=True)
class Place:
    """A platform and an address on it; an `@` in the address means that one person reads there.

    Written `console:`, `slack:C0123`, `slack:@U0123`, `discord:1234`, `email:ann@example.org`.
    """

    platform: str
    address: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.address}"

    @property
    def direct(self) -> bool:
        """Whether one person alone reads there: their direct messages, or a mailbox."""
        return "@" in self.address

    @property
    def is_mailbox(self) -> bool:
        """Whether the address is one of mail: something other than a workspace stands before its `@`."""
        return self.address.find("@") > 0 and "/@" not in self.address

    @property
    def person(self) -> str:
        """The person's identifier; only for a direct place."""
        return self.address.removeprefix("@")


def parse_place(text: str) -> Place:
    """Read `platform:address`; whether the platform knows the address is for `Connections.place` to say.

    Raises PlaceError where there is no colon.
    """
    platform, colon, address = text.strip().partition(":")
    if not colon or not platform:
        raise PlaceError(f'"{text}" is not a place; write for example slack:C0123, discord:1234 or console:')
    return Place(platform.lower(), address.strip())
