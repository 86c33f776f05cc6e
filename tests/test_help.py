"""`/papers help`: short, with pages of its own for what takes more words, and true in all it shows."""

from dataclasses import fields
from itertools import chain

import pytest

from bot.command_words import fitting
from bot.markup import Message, plain
from bot.messages.help import TOPICS, WORDS, usage
from bot.wishes import Wish, wish_in
from storage.database import Database
from tests.someone import Someone, reader, stage_over

BEHIND = list(chain.from_iterable(words for words, _ in WORDS))


def examples(page: Message) -> list[str]:
    """The commands that begin a line, without `/papers`."""
    commands = [spans[0].text for spans in page.lines if spans and spans[0].code]
    return [command.removeprefix("/papers").strip() for command in commands if command.startswith("/papers")]


@pytest.mark.parametrize("words", BEHIND)
def test_what_may_stand_behind_a_filter_is_read_there(words: str) -> None:
    assert wish_in(f"x {words}").filter == "x"


def test_all_that_can_be_said_behind_a_filter_is_named() -> None:
    read = [wish_in(words) for words in BEHIND]
    for field in fields(Wish):
        assert field.name == "filter" or any(getattr(wish, field.name) is not None for wish in read), (
            field.name
        )
    assert all(words in plain(usage("subscribe")) for words in BEHIND)


@pytest.mark.parametrize("topic", ["", *TOPICS])
def test_every_page_is_short_and_has_examples(topic: str) -> None:
    assert len(examples(usage(topic))) >= 3
    assert len(plain(usage(topic))) < 1500


@pytest.mark.parametrize("topic", TOPICS)
def test_every_page_is_named_on_the_first_one(topic: str) -> None:
    first = usage()
    assert f"help {topic}" in plain(first)
    assert f"help {topic}" in [button.command for button in first.buttons] or topic == "search"
    assert usage(topic) != first


@pytest.mark.parametrize(
    ("asked", "topic"),
    [("Vacation", "settings"), ("filters", "search"), ("unsubscribe", "subscriptions"), ("quantum", "")],
)
def test_other_words_lead_to_the_page_that_tells_of_them(asked: str, topic: str) -> None:
    assert usage(asked) == usage(topic)


@pytest.mark.parametrize(
    "command",
    ["export", "import", "forget me", "resume", "vacation off", "channel on", "off", "unname", "now", "feed"],
)
def test_no_command_is_left_out(command: str) -> None:
    assert any(command in plain(usage(topic)) for topic in ("", *TOPICS))


@pytest.mark.parametrize("topic", ["", *TOPICS])
async def test_every_example_is_a_command_that_is_understood(database: Database, topic: str) -> None:
    async with stage_over(database) as stage:
        ana: Someone = reader(stage)
        ana.profile.manager = True
        for command in examples(usage(topic)):
            name, _, rest = command.partition(" ")
            said = await ana.say(command, place=stage.slack.place)
            assert fitting(name, rest) is not None, command
            assert not any(words in said for words in ("I do not know", "cannot read", "went wrong")), command
