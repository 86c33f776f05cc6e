"""What stands in a call of the Web API."""

from typing import Any

from aiohttp import web

from tests.fakes.slack_rules import Refused

_JSON_ONLY = {"chat.postMessage", "chat.update"}


def cut_off(request: web.Request) -> web.Response:
    """Break the connection instead of an answer."""
    assert request.transport
    request.transport.abort()
    return web.Response()


async def arguments_of(method: str, request: web.Request) -> dict[str, Any]:
    """JSON where it must be, else the query or a form."""
    if request.content_type == "application/json":
        body = await request.json()
        if isinstance(body, dict):
            return body
        raise Refused("invalid_json")
    if method in _JSON_ONLY:
        raise Refused("invalid_post_type")
    return {**request.query, **await request.post()}
