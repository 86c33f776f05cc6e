"""What adapters are handed in tests that keep no rate and know no other workspace."""

from datetime import datetime

from bot.adapter import Gate, InstallationGone, InstallationRemoved, Installed, Shared, Workspaces


async def _open() -> None:
    """Lets every call through."""


def _no_limit(_name: str, _per_second: float) -> Gate:
    return _open


class _NoWorkspaces:
    """Those of a bot without DAILY_PAPERS_SECRET."""

    open = False

    async def keep(self, installed: Installed) -> int:
        raise InstallationGone("set DAILY_PAPERS_SECRET first")

    async def installed(self, platform: str, name: str) -> Installed:
        raise InstallationRemoved(f"The bot is not installed in {name}.")

    async def remove(
        self, platform: str, name: str, token: str | None = None, before: datetime | None = None
    ) -> bool:
        return True


NO_WORKSPACES: Workspaces = _NoWorkspaces()
SHARED = Shared(_no_limit, NO_WORKSPACES)
