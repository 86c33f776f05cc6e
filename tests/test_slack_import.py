"""A file on its way to the bot: pasted behind `/papers import`, or into the form that it opens."""

from collections.abc import AsyncIterator

import pytest

from adapters.slack.forms import handed_in
from bot.markup import Message, line
from bot.request import Reply
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_office import Office


@pytest.fixture(params=["socket", "http"])
async def office(request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    async with FakeSlack() as slack:
        office = Office(slack, request.param, patience=20)
        office.reply = Reply((Message(lines=(line("Imported."),)),))
        await office.start()
        yield office
        await office.stop()


def said(office: Office) -> list[str]:
    """The answers that the reader sees."""
    return [shown.body["text"] for shown in office.slack.screen()]


async def test_import_alone_asks_for_the_file(office: Office) -> None:
    await office.slack.command("/papers import", answers=0)
    modal = await office.slack.modal()
    assert modal.view["title"]["text"] == "Import subscriptions"
    assert office.asked == []
    pasted = '{"subscriptions": []}\n' * 400
    assert await office.slack.submit({"file": pasted}) is None
    await office.slack.wait_for_answers(1)
    (asked,) = office.asked
    assert (asked.text, asked.file, asked.person) == ("import", pasted, "T0PAPERS:U0READER")
    assert said(office) == ["Imported."]


async def test_import_is_answered_in_words_where_no_form_opens(office: Office) -> None:
    office.slack.refusals["views.open"] = "internal_error"
    await office.slack.command("/papers import")
    await office.slack.click("import", "U0STRANGER", team="T0OTHERS")
    await office.slack.command('/papers import {"filter": "a & <b>"}')
    assert [request.file for request in office.asked] == [None, None, '{"filter": "a & <b>"}']
    assert said(office) == ["Imported."] * 2
    assert office.slack.calls.count("views.open") == 1


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ('import {"version": 1}', '{"version": 1}'),
        (' IMPORT\n```\n{"version":\n 1}\n```\n', '{"version":\n 1}'),
        ("import [1]", "[1]"),
        ("import " + "{" + "é" * 30_000 + "}", "{" + "é" * 30_000 + "}"),
        ("import {" + "é" * 50_000 + "}", ""),
        ("import {" + "\ud800" * 10, "{" + "\ud800" * 10),
        ("import", None),
        ("import subscriptions.json", None),
        ("important {1}", None),
        ('search {"version": 1}', None),
        ("", None),
    ],
    ids=lambda part: ascii(part)[:24],
)
def test_what_is_pasted_behind_import_is_a_file(text: str, file: str | None) -> None:
    assert handed_in(text) == file


def test_a_long_blank_is_read_at_once() -> None:
    assert handed_in("import {" + " " * 200_000 + "x") == ""
    assert handed_in("import " + " " * 200_000 + "x") is None
