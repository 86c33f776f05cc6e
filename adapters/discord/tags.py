"""The tags of a forum: which of them say what a post is about. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# https://discord.com/developers/docs/resources/channel#channel-object-channel-flags
_REQUIRE_TAG = 1 << 4
_MOST = 5
_BETWEEN_WORDS = re.compile(r"[\s_-]+")
_ID = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Tags:
    """What a forum offers, without the tags that only moderators give.

    Args:
        offered: ids with names, in the forum's order.
        required: whether every post must have one.
    """

    offered: tuple[tuple[str, str], ...] = ()
    required: bool = False

    def about(self, topics: Sequence[str]) -> list[str]:
        """The ids of at most 5 tags for a post, those of the first topic first.

        A tag fits a topic whose words it is, or holds: `language-models` fits `Large Language Models`.
        """
        offered = [(tag, _words(name)) for tag, name in self.offered]
        found = [tag for topic in topics for tag in _fitting(offered, _words(topic))]
        if not found and self.required:
            found = [tag for tag, _ in offered[:1]]
        return list(dict.fromkeys(found))[:_MOST]


def tags_of(channel: object) -> Tags:
    """The tags of a channel, as Discord describes it; none where it is no forum, or nothing usable."""
    if not isinstance(channel, dict):
        return Tags()
    listed, flags = channel.get("available_tags"), channel.get("flags")
    tags = [tag for tag in listed if isinstance(tag, dict)] if isinstance(listed, list) else []
    free = ((str(tag.get("id")), str(tag.get("name"))) for tag in tags if not tag.get("moderated"))
    required = isinstance(flags, int) and bool(flags & _REQUIRE_TAG)
    return Tags(tuple((tag, name) for tag, name in free if _ID.fullmatch(tag)), required)


def _words(text: str) -> list[str]:
    return [word for word in _BETWEEN_WORDS.split(text.casefold()) if word]


def _fitting(offered: Iterable[tuple[str, list[str]]], topic: list[str]) -> list[str]:
    """The tags within a topic; one that is the whole topic first."""
    within = [(tag, words) for tag, words in offered if words and _holds(topic, words)]
    return [tag for tag, words in sorted(within, key=lambda fitting: fitting[1] != topic)]


def _holds(topic: list[str], words: list[str]) -> bool:
    starts = range(len(topic) - len(words) + 1)
    return any(topic[start : start + len(words)] == words for start in starts)
