"""The tags of a Discord forum: which ones a digest's post gets."""

from collections.abc import AsyncIterator

import pytest

from adapters.discord.app import DiscordAdapter
from adapters.discord.tags import Tags, tags_of
from bot.adapter import PlaceGone
from bot.markup import Message
from bot.places import Place
from bot.settings import read_settings
from tests.fakes import discord_store as store
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_store import FakeTag

TAGGED = Place("discord", store.TAGGED_FORUM)
HEAD = Message("Daily Papers", topics=("Computer Vision", "agents"))


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as running:
        yield running
        assert running.violations == []


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def adapter(fake: FakeDiscord, clock: Clock) -> AsyncIterator[DiscordAdapter]:
    made = DiscordAdapter(read_settings(**fake.environment), clock=clock)
    yield made
    await made.stop()


FITTING: dict[str, tuple[tuple[str, ...], tuple[str, ...], list[str]]] = {
    "the same": (("vision", "speech"), ("speech",), ["speech"]),
    "capitals": (("NLP",), ("nlp",), ["NLP"]),
    "hyphens and underscores": (
        ("computer-vision", "long_context"),
        ("Computer Vision", "long context"),
        ["computer-vision", "long_context"],
    ),
    "words of a topic": (("language models",), ("Large Language-Models",), ["language models"]),
    "no part of a word": (("agent", "models"), ("agents", "model"), []),
    "no words that stand apart": (("large models",), ("large language models",), []),
    "not the other way round": (("large language models",), ("language models",), []),
    "the topics' order": (("a", "b", "c"), ("c", "a"), ["c", "a"]),
    "the whole topic first": (
        ("vision", "computer vision"),
        ("computer vision",),
        ["computer vision", "vision"],
    ),
    "each once": (("a",), ("a", "a b", "A"), ["a"]),
    "five": (tuple("abcdefg"), tuple("gfedcba"), list("gfedc")),
    "nothing in common": (("a",), ("b",), []),
    "no topics": (("a",), (), []),
    "no words": (("-", " "), ("-", "", "a"), []),
}


@pytest.mark.parametrize(("offered", "topics", "chosen"), FITTING.values(), ids=FITTING)
def test_tags_that_fit(offered: tuple[str, ...], topics: tuple[str, ...], chosen: list[str]) -> None:
    tags = Tags(tuple((name, name) for name in offered))
    assert tags.about(topics) == chosen


def test_where_a_tag_is_required_the_first_one_stands_in() -> None:
    tags = Tags((("1", "news"), ("2", "vision")), required=True)
    assert tags.about(["vision"]) == ["2"]
    assert tags.about(["speech"]) == ["1"]
    assert Tags(required=True).about(["speech"]) == []


@pytest.mark.parametrize(
    "channel",
    [
        None,
        [],
        {},
        {"available_tags": None, "flags": "16"},
        {"available_tags": [None, 7, {"id": "x", "name": "a"}]},
    ],
    ids=repr,
)
def test_strange_channels_offer_nothing(channel: object) -> None:
    assert tags_of(channel) == Tags()


def applied(fake: FakeDiscord) -> list[list[str]]:
    """The tags of each post, in the order of posting."""
    return [fake.channels[posted.id].applied for posted in fake.transcript]


async def test_a_post_gets_the_tags_of_its_topics(fake: FakeDiscord, adapter: DiscordAdapter) -> None:
    fake.channels[store.FORUM].tags = [
        FakeTag("41", "Agents"),
        FakeTag("42", "speech"),
        FakeTag("43", "computer-vision"),
        FakeTag("44", "vision", moderated=True),
    ]
    await adapter.send(fake.forum, HEAD, "d.0")
    await adapter.send(fake.forum, Message("Nothing"), "d.1")
    assert applied(fake) == [["43", "41"], []]
    assert fake.calls.count(f"GET /channels/{store.FORUM}") == 1


async def test_a_tag_that_is_wanted_is_one_that_everybody_may_give(
    fake: FakeDiscord, adapter: DiscordAdapter
) -> None:
    fake.channels[store.TAGGED_FORUM].tags = [
        FakeTag("41", "official", moderated=True),
        FakeTag("42", "talk"),
    ]
    await adapter.send(TAGGED, HEAD, "d.0")
    assert applied(fake) == [["42"]]


async def test_tags_are_asked_for_again_after_some_minutes(
    fake: FakeDiscord, adapter: DiscordAdapter, clock: Clock
) -> None:
    await adapter.send(fake.forum, HEAD, "d.0")
    fake.channels[store.FORUM].tags = [FakeTag("41", "agents")]
    clock.now += 300
    await adapter.send(fake.forum, HEAD, "d.1")
    clock.now += 1
    await adapter.send(fake.forum, HEAD, "d.2")
    assert applied(fake) == [[], [], ["41"]]


async def test_a_rule_that_is_new_is_found_out_and_kept(fake: FakeDiscord, adapter: DiscordAdapter) -> None:
    await adapter.send(fake.forum, HEAD, "d.0")
    forum = fake.channels[store.FORUM]
    forum.tags, forum.needs_tag = [FakeTag("41", "talk")], True
    await adapter.send(fake.forum, HEAD, "d.1")
    assert applied(fake) == [[], ["41"]]


async def test_a_tag_that_is_gone_is_not_used_again(fake: FakeDiscord, adapter: DiscordAdapter) -> None:
    forum = fake.channels[store.FORUM]
    forum.tags = [FakeTag("41", "agents")]
    await adapter.send(fake.forum, HEAD, "d.0")
    forum.tags = [FakeTag("42", "agents")]
    await adapter.send(fake.forum, HEAD, "d.1")
    assert applied(fake) == [["41"], ["42"]]


@pytest.mark.parametrize("tags", [[], [FakeTag("41", "official", moderated=True)]], ids=["none", "moderated"])
async def test_where_no_tag_can_be_given_somebody_has_to_act(
    fake: FakeDiscord, adapter: DiscordAdapter, tags: list[FakeTag]
) -> None:
    fake.channels[store.TAGGED_FORUM].tags = tags
    with pytest.raises(PlaceGone, match="has none for the bot"):
        await adapter.send(TAGGED, HEAD, "d.0")
    assert fake.transcript == []
