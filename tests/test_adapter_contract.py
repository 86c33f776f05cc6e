"""What every adapter must do, whichever platform it speaks to."""

import socket
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.adapter import (
    AdapterError,
    Ambiguous,
    InstallationGone,
    PlaceGone,
    RateLimited,
    Rejected,
    Temporary,
    Thread,
)
from bot.markup import Button, Card, Message, Span, line, plain_line
from bot.request import Reply, Request
from tests.fakes import Fault
from tests.fakes.world import NAMES, World, missing_words, pings, world_of

HEAD = Message("Daily Papers", lines=(line(Span("Paper Tigers", "https://example.org/1"), " · 3 upvotes"),))


def reply(text: str) -> Message:
    """A message for a thread."""
    return Message(cards=(Card(Span(text, "https://example.org/2"), "Summed up."),))


@pytest.fixture(params=NAMES)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with world_of(request.param) as running:
        yield running


# A mail that was sent can neither be looked for nor changed: tests/test_email_sending.py.
not_mail = pytest.mark.parametrize("world", ["console", "discord", "slack"], indirect=True)
on_networks = pytest.mark.parametrize("world", ["discord", "slack"], indirect=True)


async def test_a_head_and_two_replies(world: World) -> None:
    head = await world.adapter.send(world.place, HEAD, "d1.0")
    thread = Thread(head, HEAD.title)
    first = await world.adapter.send(world.place, reply("Paper Tigers"), "d1.1", thread)
    second = await world.adapter.send(world.place, reply("TinyKettle"), "d1.2", thread)

    opening, *replies = world.posted
    assert opening.thread is None
    assert not missing_words(opening.text, "Daily Papers Paper Tigers 3 upvotes")
    assert [posted.thread for posted in replies] == [opening.id] * 2
    assert not missing_words(replies[0].text, "Paper Tigers summed up")
    assert not missing_words(replies[1].text, "TinyKettle summed up")
    assert {posted.place for posted in world.posted} == {world.place.address}
    assert len({head, first, second} - {""}) == 3


async def test_a_new_adapter_goes_on_in_the_thread(world: World) -> None:
    head = await world.adapter.send(world.place, HEAD, "d1.0")
    await world.adapter.send(world.place, reply("Paper Tigers"), "d1.1", Thread(head, HEAD.title))
    await world.adapter.stop()

    async with world.another() as later:
        await later.send(world.place, reply("TinyKettle"), "d1.2", Thread(head, HEAD.title))
    opening, *replies = world.posted
    assert [posted.thread for posted in replies] == [opening.id] * 2


async def test_threads_do_not_mix(world: World) -> None:
    monday, tuesday = replace(HEAD, title="Monday"), replace(HEAD, title="Tuesday")
    older = Thread(await world.adapter.send(world.place, monday, "d1.0"), "Monday")
    newer = Thread(await world.adapter.send(world.place, tuesday, "d2.0"), "Tuesday")
    await world.adapter.send(world.place, reply("late"), "d1.1", older)
    await world.adapter.send(world.place, reply("timely"), "d2.1", newer)
    first, second, late, timely = world.posted
    assert (late.thread, timely.thread) == (first.id, second.id)


@not_mail
async def test_an_edit_changes_the_text(world: World) -> None:
    head = await world.adapter.send(world.place, HEAD, "d1.0")
    await world.adapter.edit(world.place, head, replace(HEAD, lines=(line("Settled"),)))
    in_thread = await world.adapter.send(world.place, reply("Typo"), "d1.1", Thread(head, HEAD.title))
    await world.adapter.edit(world.place, in_thread, reply("Mended"))
    texts = [posted.text for posted in world.posted]
    assert not missing_words("".join(texts), "Settled Mended")
    if world.platform.name != "console":  # what is printed cannot be taken back
        assert len(texts) == 2
        assert missing_words("".join(texts), "Tigers Typo") == ["tigers", "typo"]


@not_mail
async def test_find_knows_what_was_sent_and_nothing_else(world: World) -> None:
    head = await world.adapter.send(world.place, HEAD, "d1.0")
    thread = Thread(head, HEAD.title)
    assert await world.adapter.find(world.place, "d1.1", thread) is None
    answer = await world.adapter.send(world.place, reply("Paper Tigers"), "d1.1", thread)

    assert await world.adapter.find(world.place, "d1.0") == head
    assert await world.adapter.find(world.place, "d1.1", thread) == answer
    assert await world.adapter.find(world.place, "d1.2", thread) is None
    assert await world.adapter.find(world.place, "d1") is None
    assert await world.adapter.find(world.place, "d1.00") is None


@on_networks
async def test_a_new_adapter_finds_what_an_older_one_sent(world: World) -> None:
    head = await world.adapter.send(world.place, HEAD, "d1.0")
    answer = await world.adapter.send(world.place, reply("Tigers"), "d1.1", Thread(head, HEAD.title))
    async with world.another() as later:
        assert await later.find(world.place, "d1.0") == head
        assert await later.find(world.place, "d1.1", Thread(head, HEAD.title)) == answer


@pytest.mark.parametrize("world", ["console", "discord"], indirect=True)
async def test_one_key_is_one_message_where_the_platform_can_tell(world: World) -> None:
    refs = [await world.adapter.send(world.place, HEAD, "d1.0") for _ in range(2)]
    assert refs[0] == refs[1]
    assert len(world.posted) == 1


@not_mail
async def test_direct_messages(world: World) -> None:
    ref = await world.adapter.send(world.direct, HEAD, "d1.0")
    assert [posted.place for posted in world.posted] == [world.direct.address]
    assert await world.adapter.find(world.direct, "d1.0") == ref
    await world.adapter.edit(world.direct, ref, replace(HEAD, lines=(line("Settled"),)))
    assert not missing_words(world.posted[-1].text, "Settled")


async def test_a_place_that_is_not_there_is_gone(world: World) -> None:
    with pytest.raises(PlaceGone):
        await world.adapter.send(world.nowhere, HEAD, "d1.0")
    with pytest.raises(PlaceGone):
        await world.adapter.find(world.nowhere, "d1.0")


@on_networks
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("429", RateLimited),
        ("500", Temporary),
        ("html", Temporary),
        ("gone", PlaceGone),
        ("revoked", InstallationGone),
        ("invalid", Rejected),
    ],
)
async def test_a_refusal_is_named_and_nothing_was_sent(
    world: World, fault: Fault, error: type[AdapterError]
) -> None:
    world.fake.fail_next(fault)
    with pytest.raises(error) as raised:
        await world.adapter.send(world.place, HEAD, "d1.0")
    assert world.fake.token not in str(raised.value)
    if isinstance(raised.value, RateLimited):
        assert raised.value.retry_after > 0
    assert world.posted == []
    assert await world.adapter.find(world.place, "d1.0") is None


@on_networks
async def test_a_lost_answer_is_in_doubt_and_found(world: World) -> None:
    world.fake.fail_next("lost")
    with pytest.raises(Ambiguous):
        await world.adapter.send(world.place, HEAD, "d1.0")
    head = await world.adapter.find(world.place, "d1.0")
    assert head
    world.fake.fail_next("lost")
    with pytest.raises(Ambiguous):
        await world.adapter.send(world.place, reply("Tigers"), "d1.1", Thread(head, HEAD.title))
    assert await world.adapter.find(world.place, "d1.1", Thread(head, HEAD.title))
    assert len(world.posted) == 2


@on_networks
async def test_a_dropped_call_was_not_sent_and_can_be_repeated(world: World) -> None:
    world.fake.fail_next("drop")
    with pytest.raises((Temporary, Ambiguous)):
        await world.adapter.send(world.place, HEAD, "d1.0")
    assert await world.adapter.find(world.place, "d1.0") is None
    await world.adapter.send(world.place, HEAD, "d1.0")
    assert len(world.posted) == 1


@on_networks
async def test_a_platform_out_of_reach_is_temporary(world: World) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{unused.getsockname()[1]}/api"
        async with world.another(SLACK_API_URL=nobody, DISCORD_API_URL=nobody) as lonely:
            with pytest.raises(Temporary):
                await lonely.send(world.place, HEAD, "d1.0")


async def say_nothing(request: Request) -> Reply:
    return Reply(())


@on_networks
async def test_a_wrong_token_is_refused_and_can_be_stopped(world: World) -> None:
    stranger = world.create(SLACK_BOT_TOKEN="xoxb-wrong", DISCORD_BOT_TOKEN="d3Jvbmc.wrong.wrong")
    with pytest.raises(InstallationGone) as raised:
        await stranger.start(say_nothing)
    assert "wrong" not in str(raised.value)
    await stranger.stop()
    await stranger.stop()


async def test_stop_can_be_called_at_any_time(world: World) -> None:
    unused = world.create()
    await unused.stop()
    await world.adapter.stop()
    await world.adapter.stop()
    async with world.another() as later:
        assert await later.send(world.place, HEAD, "d1.0")


LONG = " ".join(f"tiger{number}" for number in range(1000))
HOSTILE = {
    "everyone": ("@everyone and @here read this", "everyone here read this"),
    "channel": ("<!channel> <!here|now> read this", "channel here read this"),
    "person": ("<@U1> <@1234> <@&5678> <#C1> read this", "read this"),
    "code": ("`code` and ```a block``` here", "code and a block here"),
    "table": ("a | b || c", "a b c"),
    "bold": ("*bold* **bolder** _slanted_ ~struck~ __under__", "bold bolder slanted struck under"),
    "link": ("[words](javascript:alert(1)) <https://evil.example|words>", "words javascript alert 1"),
    "markup": ("<b>bold</b> & &amp; &lt;", "bold"),
    "header": ("# Heading > quote - item 1. one", "heading quote item one"),
    "long": (LONG[:300], LONG[:100]),
    "one word": ("x" * 300, "x" * 35),
    "override": ("Paper \u202eTigers\u202c fold", "Paper Tigers fold"),
    "nul": ("Paper\x00 Tigers\x1b[31m fold", "Paper Tigers fold"),
    "surrogate": ("Paper \ud800 Tigers", "Paper Tigers"),
    "zalgo": ("P" + "\u0321\u0335" * 60 + "aper Tigers", "aper Tigers"),
    "emoji": ("Tigers \U0001f469\U0001f3fd\u200d\U0001f52c\U0001f1eb\U0001f1f7 fold", "Tigers fold"),
    "rows": ("Paper\r\nTigers\n\nfold", "Paper Tigers fold"),
    "blank": ("\u200b", ""),
    "empty": ("", ""),
}


@pytest.mark.parametrize(("title", "words"), HOSTILE.values(), ids=HOSTILE)
async def test_foreign_text_does_no_harm(world: World, title: str, words: str) -> None:
    url = "https://example.org/a?b=c|d>(e)"
    message = Message(
        title or "Daily Papers",
        url,
        lines=(line(Span(title, url, bold=True), " · ", Span(title, italic=True), Span(title, code=True)),),
        note=line(title),
    )
    card = Card(Span(title, url), f"{title} {LONG[:5000]}", (line(title),), "https://example.org/i.png")
    head = await world.adapter.send(world.place, message, "d1.0")
    thread = Thread(head, title)
    await world.adapter.send(
        world.place, Message(cards=(card,), buttons=(Button(title, title),)), "d1.1", thread
    )

    assert not missing_words(world.posted[0].text, words)
    assert not missing_words(world.posted[-1].text, f"{words} tiger0 tiger1 tiger99")
    assert [pings(posted) for posted in world.posted] == [[]] * len(world.posted)
    assert not set("".join(posted.text for posted in world.posted)) & {"\x00", "\x1b", "\u202e"}
    assert world.violations == []


async def test_the_declared_limits_hold_whole(world: World) -> None:
    limits = world.platform.limits
    titles = [f"{number:04} {LONG[:120]}"[:115] + f" end{number:04}" for number in range(limits.lines)]
    lines = tuple(
        line(
            Span(title[:120], f"https://huggingface.co/papers/2607.{number:05}"), f" · {number + 1:,} upvotes"
        )
        for number, title in enumerate(titles)
    )
    cards = tuple(
        Card(
            Span(f"card{number:04} {LONG[:110]}"[:120], f"https://huggingface.co/papers/2607.{number:05}"),
            LONG[:300],
            (
                line("Ana Lovelace, Bo Turing and 9 more"),
                line("12 upvotes · ", Span("Code", "https://example.org")),
            ),
            "https://example.org/i.png",
        )
        for number in range(limits.cards)
    )
    head = await world.adapter.send(world.place, replace(HEAD, lines=lines), "d1.0")
    await world.adapter.send(world.place, Message(cards=cards), "d1.1", Thread(head, HEAD.title))

    opening, answer = world.posted
    assert not missing_words(opening.text, "\n".join(map(plain_line, lines)))
    assert not missing_words(answer.text, "\n".join(card.title.text for card in cards))
