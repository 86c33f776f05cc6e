"""Posting blocks: one image that Slack cannot fetch costs the image and not the message."""

from collections.abc import Callable
from typing import Any

from adapters.slack.api import Api
from adapters.slack.errors import Malformed
from adapters.slack.render import Block, has_images, without_images
from bot.logs import log


async def post(
    api: Api, method: str, blocks: list[Block], body: Callable[[list[Block]], dict[str, Any]]
) -> dict[str, Any]:
    """Call a method that takes blocks; once more without images if Slack refused it for one of them.

    Args:
        body: what is posted, for the blocks that it shall hold.

    Raises an AdapterError; what Slack calls malformed is logged without its words.
    """
    try:
        try:
            return await api.write(method, body(blocks))
        except Malformed as refused:
            if not (refused.image and has_images(blocks)):
                raise
            return await api.write(method, body(without_images(blocks)))
    except Malformed as refused:
        kinds = [block["type"] for block in blocks]
        log.error(
            "message_rejected", platform="slack", error=refused.code, pointers=refused.pointers, blocks=kinds
        )
        raise
