"""What the store reads off a place. Pure."""


def installation_of(place: str) -> str:
    """The installation that a place belongs to: `slack:T0123` of `slack:T0123/C0123`, `slack:` of
    `slack:C0123`, which is where the platform's own token leads."""
    if "/" in place:
        return place.partition("/")[0]
    return place.partition(":")[0] + ":"


def is_mailbox(place: str) -> bool:
    """Whether a place is an address of mail: something other than a workspace stands before its `@`."""
    at = place.find("@")
    return at > 0 and place[at - 1] not in ":/"


def without_owner(place: str) -> str:
    """A place as a log may name it: of a mailbox `email:…@example.org`."""
    if not is_mailbox(place):
        return place
    return f"{place.partition(':')[0]}:…@{place.rpartition('@')[2]}"
