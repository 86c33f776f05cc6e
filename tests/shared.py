"""What adapters are handed in tests that keep no rate."""

from bot.adapter import Gate, Shared


async def _open() -> None:
    """Lets every call through."""


def _no_limit(_name: str, _per_second: float) -> Gate:
    return _open


SHARED = Shared(_no_limit)
