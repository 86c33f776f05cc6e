"""How many mails that ask for a confirmation may go out, and what is counted together. Pure."""

import ipaddress
from datetime import timedelta

MAILS_TO_A_BOX = 3
"""Mails that ask one mailbox for a confirmation within `WINDOW`; asking for more is answered alike, and sends
nothing: a person may mistype a filter twice, and nobody's mailbox is filled."""
MAILS_FROM_A_NETWORK = 20
"""Such mails that one network brings about within `WINDOW`: a class of students, not a list of addresses."""
MAILS_FROM_A_PERSON = 5
"""Such mails that one person of a chat brings about within `WINDOW`."""
WINDOW = timedelta(days=1)
MAILS_IN_ALL = 1_000
"""Such mails within `WINDOW`, whoever asks: what many networks together can bring about."""
_NETWORKS = {4: 24, 6: 48}
"""Bits that make a network: what one household or office has. A household that asks for it gets 65,536 of the
usual IPv6 networks (RFC 6177)."""
_DOTLESS = ("gmail.com", "googlemail.com")
"""One domain, and dots before the @ mean nothing there (support.google.com/mail/answer/7436150)."""


def network_of(address: str) -> str:
    """The network that an IP address belongs to; all that is none counts as one network."""
    try:
        ip = ipaddress.ip_address(address.strip())
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return str(ipaddress.ip_network((ip, _NETWORKS[ip.version]), strict=False))


def one_box(address: str) -> str:
    """What most mail servers take for one mailbox: without case, and without what stands behind a plus."""
    local, _, domain = address.casefold().rpartition("@")
    local = local.partition("+")[0]
    if domain in _DOTLESS:
        return f"{local.replace('.', '')}@{_DOTLESS[0]}"
    return f"{local}@{domain}"
