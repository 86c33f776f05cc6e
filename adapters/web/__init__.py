"""The web page: what it costs nothing to know of it. Templates and aiohttp are imported by `create`."""

from bot.settings import Settings
from bot.site import Services, Site, SiteKind


def _create(settings: Settings, services: Services) -> Site:
    from adapters.web.site import WebSite

    return WebSite(settings, services)


SITE = SiteKind("web", _create)
