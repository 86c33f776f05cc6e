"""Search on Discord: the typed filter with completions, the menu of a message, sharing what was found."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.discord.app import DiscordAdapter
from adapters.discord.choices import filters
from bot.markup import Button, Message, Span, line
from bot.places import Place
from bot.request import Reply, Request
from bot.settings import read_settings
from tests.fakes import discord_store as store
from tests.fakes.discord import FakeDiscord
from tests.logs import captured_logs

NOW = datetime(2026, 7, 29, 9, tzinfo=UTC)
MENU = "Find papers like this message"
OTHER = store.CLOSED_PERSON
BUTTONS = (Button("Next", "page t0 2"), Button("Share to channel", "share t0 1"))


class Librarian:
    """Finds something for every search, pages privately, shares for all; and completes filters."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.offered: list[str] = []
        self.further: Message | None = None
        self.going_on = asyncio.Event()
        self.going_on.set()

    async def __call__(self, request: Request) -> Reply:
        self.requests.append(request)
        if request.text.startswith("share"):
            shared = line("Shared by ", Span("somebody", person=request.person))
            return Reply((Message("Two papers", lines=(shared,), buttons=BUTTONS[:1]),), private=False)
        found = Message("Two papers", lines=(line(request.text),), buttons=BUTTONS)
        return Reply((found,), later=self.later)

    async def later(self) -> Message | None:
        await self.going_on.wait()
        return self.further

    async def suggest(self, typed: str) -> list[str]:
        return [f"{typed}{text}" for text in self.offered]


def connect(fake: FakeDiscord) -> DiscordAdapter:
    return DiscordAdapter(read_settings(**fake.environment), now=lambda: NOW)


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as running:
        yield running
        assert running.violations == []


@pytest.fixture
def librarian() -> Librarian:
    return Librarian()


@pytest.fixture
async def adapter(fake: FakeDiscord, librarian: Librarian) -> AsyncIterator[DiscordAdapter]:
    made = connect(fake)
    await made.start(librarian, librarian.suggest)
    yield made
    await made.stop()


def private(fake: FakeDiscord) -> list[str]:
    """What the person sees alone, in the order of its coming."""
    return [store.shown(message) for _, message in fake.interactions.answers.private.values()]


def public(fake: FakeDiscord) -> list[tuple[str, str]]:
    return [(posted.place, posted.text) for posted in fake.transcript]


TYPED: dict[str, tuple[str, dict[str, Any], str]] = {
    "search": ("search", {"filter": 'diffusion -"a survey"'}, 'search diffusion -"a survey"'),
    "the longest filter": ("search", {"filter": "x" * 512}, f"search {'x' * 512}"),
    "similar": ("similar", {"paper": "2607.25895"}, "similar 2607.25895"),
}


@pytest.mark.parametrize(("name", "options", "asked"), TYPED.values(), ids=TYPED)
@pytest.mark.usefixtures("adapter")
async def test_a_search_is_answered_to_the_person_alone(
    fake: FakeDiscord, librarian: Librarian, name: str, options: dict[str, Any], asked: str
) -> None:
    [answer] = await fake.command(name, **options)
    assert librarian.requests == [Request(asked, fake.place, store.PERSON, NOW)]
    assert answer["ephemeral"]
    assert public(fake) == []


OFFERED: dict[str, tuple[list[str], list[str]]] = {
    "whole filters": (["hor:", "hor:han"], ["author:", "author:han"]),
    "no more than 25": ([str(number) for number in range(40)], [f"aut{number}" for number in range(25)]),
    "none that is too long": (["x" * 97, "x" * 98, "hor:"], ["aut" + "x" * 97, "author:"]),
    "each once": (["hor:", "hor:"], ["author:"]),
    "nothing": ([], []),
}


@pytest.mark.parametrize(("found", "offered"), OFFERED.values(), ids=OFFERED)
@pytest.mark.usefixtures("adapter")
async def test_a_filter_is_completed(
    fake: FakeDiscord, librarian: Librarian, found: list[str], offered: list[str]
) -> None:
    librarian.offered = found
    choices = await fake.interactions.complete("search", "filter", "aut")
    assert choices == [{"name": text, "value": text} for text in offered]


async def test_where_nobody_completes_nothing_is_offered(fake: FakeDiscord, librarian: Librarian) -> None:
    adapter = connect(fake)
    await adapter.start(librarian)
    with captured_logs() as logs:
        assert await fake.interactions.complete("search", "filter", "aut") == []
    await adapter.stop()
    assert logs == []


async def test_a_failing_completion_offers_nothing_and_keeps_quiet_about_what_was_typed(
    fake: FakeDiscord, librarian: Librarian
) -> None:
    async def fail(typed: str) -> list[str]:
        raise RuntimeError(typed)

    adapter = connect(fake)
    await adapter.start(librarian, fail)
    with captured_logs() as logs:
        assert await fake.interactions.complete("search", "filter", "a secret") == []
    await adapter.stop()
    assert [entry["event"] for entry in logs] == ["suggestions_failed"]
    assert "a secret" not in str(logs)


async def test_a_slow_completion_offers_nothing() -> None:
    async def hang(_typed: str) -> list[str]:
        await asyncio.Event().wait()
        return ["never"]

    assert await filters(hang, "aut", patience=0.0) == []


async def test_stopping_cuts_a_completion_off(fake: FakeDiscord, librarian: Librarian) -> None:
    asked, ended = asyncio.Event(), asyncio.Event()

    async def hang(_typed: str) -> list[str]:
        asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return []

    adapter = connect(fake)
    await adapter.start(librarian, hang)
    typing = asyncio.create_task(fake.interactions.complete("search", "filter", "aut"))
    await asked.wait()
    await adapter.stop()
    assert ended.is_set()
    typing.cancel()


SEEN: dict[str, tuple[dict[str, Any], str]] = {
    "content": ({"content": "Has anybody read\nabout diffusion?"}, "like Has anybody read about diffusion?"),
    "signs of Discord": (
        {"content": "<@2001> <@&5> see <#1001> <:wow:77> <t:1234:R> a<b and c>d"},
        "like see a<b and c>d",
    ),
    "content beside an embed": ({"content": "Look", "embeds": [{"title": "Elsewhere"}]}, "like Look"),
    "embeds alone": (
        {"embeds": [{"title": "Tigers"}, {"description": "On [paper](https://example.org/a)"}]},
        "like Tigers On [paper]",
    ),
    "a card of the bot": (
        {"embeds": [{"title": "Tigers", "url": "https://huggingface.co/papers/2607.25895"}]},
        "like Tigers https://huggingface.co/papers/2607.25895",
    ),
    "the head of a digest": (
        {"embeds": [{"title": "Daily Papers", "url": "https://huggingface.co/papers/date/2026-07-29"}]},
        "like Daily Papers",
    ),
    "an address alone": (
        {"content": "https://arxiv.org/abs/2607.1", "embeds": [{"title": "Paper Tigers"}]},
        "like https://arxiv.org/abs/2607.1 Paper Tigers",
    ),
    "a forwarded message": ({"forwarded": {"content": "Read this"}}, "like Read this"),
    "a forwarded embed": ({"forwarded": {"embeds": [{"title": "Tigers"}]}}, "like Tigers"),
    "a picture": ({}, "like"),
    "a long one": ({"content": "words " * 800}, "like" + " words" * 332 + "…"),
}


@pytest.mark.parametrize(("said", "asked"), SEEN.values(), ids=SEEN)
@pytest.mark.usefixtures("adapter")
async def test_the_menu_of_a_message_finds_papers_like_it(
    fake: FakeDiscord, librarian: Librarian, said: dict[str, Any], asked: str
) -> None:
    [answer] = await fake.menu(MENU, said)
    assert [request.text for request in librarian.requests] == [asked]
    assert len(asked) <= 2000
    assert answer["ephemeral"]


@pytest.mark.parametrize(
    "place", [FakeDiscord.place, FakeDiscord.direct, Place("discord", store.THREAD)], ids=str
)
@pytest.mark.usefixtures("adapter")
async def test_the_menu_works_wherever_messages_are(
    fake: FakeDiscord, librarian: Librarian, place: Place
) -> None:
    await fake.menu(MENU, {"content": "diffusion"}, where=place)
    assert librarian.requests == [Request("like diffusion", place, store.PERSON, NOW)]


async def test_the_menu_is_registered_for_servers_and_for_people(
    fake: FakeDiscord, adapter: DiscordAdapter
) -> None:
    await adapter.stop()
    menus = [command for command in fake.registered if command["type"] == 3]
    assert [(one["name"], one["contexts"], one["integration_types"]) for one in menus] == [
        (MENU, [0, 1, 2], [0, 1])
    ]


async def test_a_list_is_paged_and_shared_over_restarts_and_by_others(
    fake: FakeDiscord, librarian: Librarian
) -> None:
    async def restarted() -> DiscordAdapter:
        adapter = connect(fake)
        await adapter.start(librarian, librarian.suggest)
        return adapter

    first = await restarted()
    await fake.command("search", filter="diffusion")
    await first.stop()

    second = await restarted()
    [page] = await fake.click("papers:page t0 2")
    assert page["edits"]
    [shared] = await fake.click("papers:share t0 1")
    assert not shared["ephemeral"]
    assert shared["allowed_mentions"] == {"parse": []}
    assert [text.splitlines()[1] for text in private(fake)] == ["page t0 2"]
    assert public(fake) == [(store.TEXT, f"**Two papers**\nShared by <@{store.PERSON}>\nNext")]
    await second.stop()

    third = await restarted()
    [other] = await fake.click("papers:page t0 2", person=OTHER)
    assert (other["ephemeral"], other["edits"]) == (True, False)
    assert librarian.requests[-1].person == OTHER
    assert len(private(fake)) == 2
    assert len(public(fake)) == 1
    await third.stop()


async def test_in_direct_messages_a_list_is_shared_too(fake: FakeDiscord, adapter: DiscordAdapter) -> None:
    await fake.command("search", where=fake.direct, filter="diffusion")
    await fake.click("papers:share t0 1", where=fake.direct)
    assert [place for place, _ in public(fake)] == [fake.direct.address]
    await adapter.stop()


REFUSING = {
    "without the permission": (
        store.NO_PERMISSION,
        "Nothing was posted. The bot may not post in this channel; somebody who manages the server can give "
        "its role Send Messages there.",
    ),
    "without the permission in a thread": (
        store.THREAD,
        "Nothing was posted. The bot may not post in this channel; somebody who manages the server can give "
        "its role Send Messages in Threads there.",
    ),
    "in a locked thread": (
        store.LOCKED,
        "Nothing was posted. The thread is locked; a moderator can unlock it. (Discord: 160005)",
    ),
}


@pytest.mark.parametrize(("address", "sentence"), REFUSING.values(), ids=REFUSING)
@pytest.mark.usefixtures("adapter")
async def test_where_the_bot_may_not_post_the_person_is_told_and_keeps_the_list(
    fake: FakeDiscord, address: str, sentence: str
) -> None:
    where, channel = Place("discord", address), fake.channels[address]
    channel.refuses = channel.refuses or 50013
    [found] = await fake.command("search", where=where, filter="diffusion")
    with captured_logs() as logs:
        [said] = await fake.click("papers:share t0 1", where=where)
    assert private(fake) == [store.shown(found), sentence]
    assert said["ephemeral"]
    assert public(fake) == []
    assert [entry["event"] for entry in logs] == ["answer_not_posted"]


SPOILED = {
    "500": "Nothing was posted: Discord takes no message from me here for now. Please try again in a minute.",
    "lost": "Discord did not say whether the message was posted. Please look before you try again.",
}


@pytest.mark.parametrize(("fault", "sentence"), SPOILED.items(), ids=SPOILED)
@pytest.mark.usefixtures("adapter")
async def test_a_share_in_doubt_says_so(fake: FakeDiscord, fault: Any, sentence: str) -> None:
    await fake.command("search", filter="diffusion")
    fake.fail_next(fault)
    await fake.click("papers:share t0 1", answers=2 if fault == "lost" else 1)
    assert private(fake)[1:] == [sentence]


@pytest.mark.usefixtures("adapter")
async def test_what_comes_later_holds_up_no_answer(fake: FakeDiscord, librarian: Librarian) -> None:
    librarian.going_on.clear()
    librarian.further = Message("From elsewhere")
    asked = await fake.interactions.ask("search", filter="diffusion")
    await asked.until(lambda asked: asked.said)
    assert len(private(fake)) == 1
    librarian.going_on.set()
    await asked.until(lambda asked: len(asked.said) > 1)
    assert private(fake)[1:] == ["**From elsewhere**"]
    assert public(fake) == []


@pytest.mark.usefixtures("adapter")
async def test_what_cannot_be_shown_later_takes_nothing_away(fake: FakeDiscord, librarian: Librarian) -> None:
    librarian.going_on.clear()
    librarian.further = Message(lines=(None,))  # type: ignore[arg-type]  # the bug that is meant
    asked = await fake.interactions.ask("search", filter="diffusion")
    await asked.until(lambda asked: asked.said)
    with captured_logs() as logs:
        librarian.going_on.set()
        await fake.command("search", filter="again")
    assert [text.splitlines()[1] for text in private(fake)] == ["search diffusion", "search again"]
    assert {entry["event"] for entry in logs} == {"answer_failed"}
