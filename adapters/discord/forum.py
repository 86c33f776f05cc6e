"""Posts of a forum: a thread from the start, with tags, found again by looking into the latest ones."""

from adapters.discord.channels import Channel, Channels
from adapters.discord.errors import TAG_REQUIRED, UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_TAG
from adapters.discord.render import Payload, carries, thread_name
from adapters.discord.rest import Rest, id_in, items_in, posted_id
from bot.adapter import Temporary
from bot.markup import Message
from bot.places import Place

ARCHIVE_AFTER = 1440
"""Minutes without a message before a thread goes to the archive: one day."""

_LATEST = 100
_POSTS_LOOKED_AT = 5
_OTHER_TAGS = (TAG_REQUIRED, UNKNOWN_TAG)


class Posts:
    """Opens and finds the bot's own posts. Raises as `bot.adapter.Adapter.send` does."""

    def __init__(self, rest: Rest, channels: Channels) -> None:
        self._rest = rest
        self._channels = channels

    async def open(self, place: Place, payload: Payload, message: Message) -> str:
        """The id of a new post. It knows no nonce: only `find` tells whether one in doubt is there.

        Where the forum has other tags than it had when they were asked for, they are asked for again, once.
        """
        body = {
            "name": thread_name(message.title, message),
            "auto_archive_duration": ARCHIVE_AFTER,
            "message": payload,
        }
        forum = await self._channels.of(place)
        path = f"/channels/{forum.id}/threads"
        body["applied_tags"] = forum.tags.about(message.topics)
        answer = await self._rest.request("POST", path, body, creates=True, expected=_OTHER_TAGS)
        if answer.code:
            forum = await self._channels.of(place, afresh=True)
            body["applied_tags"] = forum.tags.about(message.topics)
            answer = await self._rest.request("POST", path, body, creates=True)
        return posted_id(answer)

    async def find(self, forum: Channel, key: str) -> str | None:
        """The id of the post that was opened under `key`: one of our latest 5, open ones first.

        An old one stands in the archive, where Discord gives the latest first.
        """
        me = id_in((await self._rest.request("GET", "/users/@me")).data)
        if me is None:
            raise Temporary("Discord did not say who the bot is.")
        archive = f"/channels/{forum.id}/threads/archived/public?limit={_LATEST}"
        for path in (f"/guilds/{forum.guild}/threads/active", archive):
            answer = await self._rest.request("GET", path)
            ours = [
                int(post["id"])
                for post in items_in(answer, "threads")
                if post.get("parent_id") == forum.id and post.get("owner_id") == me
            ]
            for post_id in sorted(ours, reverse=True)[:_POSTS_LOOKED_AT]:
                if await self._opened_with(post_id, key):
                    return str(post_id)
        return None

    async def _opened_with(self, post_id: int, key: str) -> bool:
        path = f"/channels/{post_id}/messages/{post_id}"
        answer = await self._rest.request("GET", path, expected=(UNKNOWN_MESSAGE, UNKNOWN_CHANNEL))
        return answer.code == 0 and carries(answer.data, key)
