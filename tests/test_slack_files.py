"""Stories of files: handed over in direct messages, or shown as text where that is refused."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from adapters.slack.render import render_file
from bot.markup import Attachment, Message, line
from bot.request import Reply
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_office import Office
from tests.fakes.slack_rules import complaints, readable
from tests.logs import captured_logs

EXPORT = Attachment("subscriptions.json", '{"filter": "a & b <c> `d`", "author": "Łukasz"}\n')
SAID = Message(lines=(line("Your subscriptions, to keep."),))


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with FakeSlack() as slack:
        office = Office(slack, "socket")
        office.reply = Reply((SAID,), attachment=EXPORT)
        await office.start()
        yield office
        await office.stop()


def texts(answers: list[dict[str, object]]) -> list[str]:
    """What the answers show, with entities read."""
    shown = [readable("", answer["blocks"]) for answer in answers]  # type: ignore[arg-type]  # checked by the fake
    return [text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for text in shown]


async def test_a_file_comes_by_direct_message_and_the_answer_says_so(office: Office) -> None:
    (answer,) = await office.slack.command("/papers export")
    assert texts([answer]) == [
        "Your subscriptions, to keep.\nThe file subscriptions.json is in your direct messages with me."
    ]
    (file,) = office.slack.files.shared
    assert (file.name, file.place) == ("subscriptions.json", "@U0READER")
    assert file.data == EXPORT.text.encode()


async def test_a_file_without_a_message_is_said_too(office: Office) -> None:
    office.reply = Reply((), attachment=EXPORT)
    (answer,) = await office.slack.command("/papers export")
    assert texts([answer]) == ["The file subscriptions.json is in your direct messages with me."]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\x00b.json", "<!channel>.json", "x" * 300 + ".json", "…", ""], ids=ascii
)
async def test_a_name_is_made_harmless(office: Office, name: str) -> None:
    office.reply = Reply((SAID,), attachment=Attachment(name, "{}"))
    await office.slack.command("/papers export")
    (file,) = office.slack.files.shared
    assert 0 < len(file.name) <= 80
    assert not set(file.name) & set("/\x00<>!")
    assert not file.name.startswith(".")


@pytest.mark.parametrize(
    "method", ["files.getUploadURLExternal", "files.completeUploadExternal", "conversations.open"]
)
async def test_a_refused_file_is_shown_as_text(office: Office, method: str) -> None:
    office.slack.refusals[method] = "internal_error"
    with captured_logs() as logs:
        answers = await office.slack.command("/papers export", answers=2)
    said, shown = texts(answers)
    assert said == "Your subscriptions, to keep."
    assert shown == '*subscriptions.json*\n```\n{"filter": "a & b <c> ˋdˋ", "author": "Łukasz"}\n\n```'
    assert [entry["event"] for entry in logs] == ["file_refused"]
    assert "Łukasz" not in str(logs)
    assert office.slack.files.shared == []


async def test_without_the_permission_a_file_is_shown_as_text(office: Office) -> None:
    office.slack.scopes.discard("files:write")
    answers = await office.slack.command("/papers export", answers=2)
    assert len(answers) == 2


async def test_a_stranger_gets_the_text(office: Office) -> None:
    answers = await office.slack.click("export", "U0STRANGER", answers=2, team="T0OTHERS")
    assert "subscriptions.json" in texts(answers)[1]
    assert "conversations.open" not in office.slack.calls


@pytest.fixture
async def stranger() -> AsyncIterator[tuple[str, list[str]]]:
    """A server that takes whatever is uploaded: its address, and what it was sent."""
    taken: list[str] = []

    async def take(request: web.Request) -> web.Response:
        taken.append(await request.text())
        return web.Response(text="OK")

    site = web.Application()
    site.router.add_route("*", "/{any:.*}", take)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield "{}:{}".format(*runner.addresses[0][:2]), taken
    await runner.cleanup()


@pytest.mark.parametrize("origin", ["http://{stranger}", "{root}@{stranger}"], ids=["foreign", "as a user"])
async def test_a_file_is_given_to_nobody_else(
    office: Office, stranger: tuple[str, list[str]], origin: str
) -> None:
    address, taken = stranger
    office.slack.files.lead_to = origin.format(root=office.slack.root, stranger=address)
    answers = await office.slack.command("/papers export", answers=2)
    assert len(answers) == 2
    assert taken == []


async def test_a_file_follows_nobody_elsewhere(office: Office) -> None:
    office.slack.files.redirect = f"{office.slack.root}/api/elsewhere"
    answers = await office.slack.command("/papers export", answers=2)
    assert len(answers) == 2
    assert "elsewhere" not in office.slack.calls
    assert "files.completeUploadExternal" not in office.slack.calls


async def test_a_file_of_a_hundred_thousand_characters_is_handed_over_whole(office: Office) -> None:
    text = json.dumps({str(number): "é" * 20 for number in range(3000)}, ensure_ascii=False)
    office.reply = Reply((SAID,), attachment=Attachment("subscriptions.json", text))
    await office.slack.command("/papers export")
    assert office.slack.files.shared[0].data == text.encode()


async def test_a_long_file_that_is_refused_ends_by_saying_so(office: Office) -> None:
    office.slack.scopes.discard("files:write")
    office.reply = Reply((SAID,), attachment=Attachment("subscriptions.json", "row & row\n" * 10_000))
    answers = await office.slack.command("/papers export", answers=2)
    shown = texts(answers)[1]
    assert shown.endswith("… There is more, which does not fit here.")
    assert shown.count("row & row") > 1500


async def test_with_its_text_the_answers_are_five_still(office: Office) -> None:
    office.slack.scopes.discard("files:write")
    office.reply = Reply(tuple(Message(title=f"Part {n}") for n in range(7)), attachment=EXPORT)
    answers = texts(await office.slack.command("/papers export", answers=5))
    assert "more (4 messages)" in answers[3]
    assert "subscriptions.json" in answers[4]


def rows(blocks: list[dict[str, Any]]) -> list[str]:
    """The text of each block."""
    return [block["text"]["text"] for block in blocks]


def test_a_file_is_shown_in_letters_of_one_width() -> None:
    text, blocks = render_file(Attachment("a_b.json", '{\n  "a": "<b> & `c`"\n}\n'))
    assert text == "a_b.json"
    title, code = rows(blocks)
    assert re.sub("[\u200b\u2060]", "", title) == "*a_b.json*"
    assert code == '```\n{\n  "a": "&lt;b&gt; &amp; ˋcˋ"\n}\n\n```'
    assert complaints(blocks) == []


@pytest.mark.parametrize(
    "row", ["x" * 60_000, "&" * 60_000, "\n" * 60_000, "ab & cd\n" * 6_000], ids=lambda row: row[:4]
)
def test_a_long_file_is_divided_and_ends_by_saying_so(row: str) -> None:
    _, blocks = render_file(Attachment("x.json", row))
    assert complaints(blocks) == []
    shown = rows(blocks)
    assert all(len(text) <= 3000 for text in shown)
    assert sum(map(len, shown)) <= 40_000
    if row.strip():
        assert len(shown) > 10
        assert shown[-1].endswith("There is more, which does not fit here.")


def test_of_a_file_that_fits_nothing_is_left_out() -> None:
    lines = [f"{n}: " + "word & " * (n % 90) for n in range(80)]
    _, blocks = render_file(Attachment("x.json", "\n".join(lines)))
    pages = [text.removeprefix("```\n").removesuffix("\n```") for text in rows(blocks)[1:]]
    kept = "".join("\n".join(pages).replace("&amp;", "&").split())
    assert kept == "".join("".join(lines).split())
