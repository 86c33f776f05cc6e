"""Forms on Discord: a button opens one, somebody fills it in, and what goes wrong in between."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.discord.app import DiscordAdapter
from bot.forms import Form
from bot.markup import Message
from bot.places import Place
from bot.request import Reply, Request
from tests.discord_reader import BY_HAND, EDIT, FORM, LIST, NOW, Reader, connect, listed, opened
from tests.fakes import discord_store as store
from tests.fakes.discord import FakeDiscord
from tests.logs import captured_logs

OPENED = {
    "type": 9,
    "data": {
        "custom_id": "papers-modal:edit 3",
        "title": "Edit subscription 3",
        "components": [
            {
                "type": 18,
                "label": "Filter",
                "component": {
                    "type": 4,
                    "custom_id": "filter",
                    "style": 1,
                    "required": False,
                    "value": "diffusion -survey",
                    "placeholder": "diffusion upvotes>=20",
                    "max_length": 512,
                },
            },
            {
                "type": 18,
                "label": "Time",
                "component": {
                    "type": 4,
                    "custom_id": "time",
                    "style": 1,
                    "required": False,
                    "placeholder": "09:00",
                    "max_length": 20,
                },
            },
            {
                "type": 18,
                "label": "Style",
                "component": {
                    "type": 3,
                    "custom_id": "style",
                    "required": False,
                    "min_values": 0,
                    "max_values": 1,
                    "options": [
                        {"label": "A thread", "value": "thread", "default": False},
                        {"label": "A line each", "value": "compact", "default": True},
                    ],
                },
            },
        ],
    },
}


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as running:
        yield running
        assert running.violations == []


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
async def adapter(fake: FakeDiscord, reader: Reader) -> AsyncIterator[DiscordAdapter]:
    made = connect(fake)
    await made.start(reader)
    yield made
    await made.stop()


def private(fake: FakeDiscord) -> list[str]:
    """What people see alone."""
    return [store.shown(message) for _, message in fake.interactions.answers.private.values()]


@pytest.mark.usefixtures("adapter")
async def test_a_button_opens_a_form_and_says_nothing_else(fake: FakeDiscord, reader: Reader) -> None:
    await listed(fake, reader)
    before = private(fake)
    asked = await fake.interactions.press(EDIT)
    assert await asked.acknowledged() == OPENED
    assert asked.said == []
    assert private(fake) == before
    assert reader.requests[-1] == Request("edit 3", fake.place, store.PERSON, NOW)


@pytest.mark.usefixtures("adapter")
async def test_what_was_filled_in_is_a_request_and_its_answer_changes_the_list(
    fake: FakeDiscord, reader: Reader
) -> None:
    asked = await opened(fake, reader)
    [answer] = await fake.interactions.submit(asked, filter="vision", style="")
    fields = {"filter": "vision", "time": "", "style": ""}
    assert reader.requests[-1] == Request("edit 3", fake.place, store.PERSON, NOW, fields=fields)
    assert answer["edits"]
    assert private(fake) == ["You asked for edit 3\nOlder"]


@pytest.mark.usefixtures("adapter")
async def test_what_was_left_as_it_was_comes_back_so(fake: FakeDiscord, reader: Reader) -> None:
    await fake.interactions.submit(await opened(fake, reader))
    assert reader.requests[-1].fields == {"filter": "diffusion -survey", "time": "", "style": "compact"}


@pytest.mark.usefixtures("adapter")
async def test_what_is_wrong_stands_below_the_list_with_its_button(fake: FakeDiscord, reader: Reader) -> None:
    asked = await opened(fake, reader)
    reader.reply = Reply((Message("No such time"),), errors={"time": "No such time"})
    [answer] = await fake.interactions.submit(asked, time="late")
    assert (answer["edits"], answer["ephemeral"]) == (False, True)
    assert private(fake) == ["**Your subscriptions**\nEdit", "**No such time**"]
    reader.reply = Reply(BY_HAND, form=FORM)
    again = await fake.interactions.press(EDIT)
    assert await again.acknowledged() == OPENED


async def test_a_form_is_filled_in_after_a_restart(fake: FakeDiscord, reader: Reader) -> None:
    first = connect(fake)
    await first.start(reader)
    asked = await opened(fake, reader)
    await first.stop()

    second = connect(fake)
    await second.start(reader)
    [answer] = await fake.interactions.submit(asked, time="7")
    assert store.shown(answer).startswith("You asked for edit 3")
    assert reader.requests[-1].fields == {"filter": "diffusion -survey", "time": "7", "style": "compact"}
    await second.stop()


@pytest.mark.parametrize("place", [FakeDiscord.place, FakeDiscord.direct], ids=str)
async def test_a_form_under_a_message_for_all_is_answered_to_the_person_alone(
    fake: FakeDiscord, reader: Reader, adapter: DiscordAdapter, place: Place
) -> None:
    await adapter.send(place, LIST.messages[0], "d.0")
    before = [posted.text for posted in fake.transcript]
    reader.reply = Reply(BY_HAND, form=FORM)
    asked = await fake.interactions.press(EDIT, where=place)
    await asked.acknowledged()
    reader.reply = None
    [answer] = await fake.interactions.submit(asked)
    assert (answer["ephemeral"], answer["edits"]) == (True, False)
    assert reader.requests[-1].place == place
    assert [posted.text for posted in fake.transcript] == before


NOT_SHOWN: dict[str, Form | None] = {
    "there is none": None,
    "the command is too long": Form("Edit", "x" * 88, FORM.fields),
    "it has no fields": Form("Edit", "edit 3", ()),
}


@pytest.mark.parametrize("form", NOT_SHOWN.values(), ids=NOT_SHOWN)
@pytest.mark.usefixtures("adapter")
async def test_where_no_form_can_be_shown_the_messages_are(
    fake: FakeDiscord, reader: Reader, form: Form | None
) -> None:
    await listed(fake, reader)
    reader.reply = Reply(BY_HAND, form=form)
    first, second = await fake.click(EDIT, answers=2)
    assert first["edits"]
    assert (second["edits"], second["ephemeral"]) == (False, True)
    assert private(fake) == ["Type /papers subscribe", "**More of it**"]


TYPED: dict[str, tuple[str, dict[str, Any]]] = {
    "subscribe alone": ("subscribe", {}),
    "edit with nothing to change": ("edit", {"number": 3}),
}


@pytest.mark.parametrize(("name", "options"), TYPED.values(), ids=TYPED)
@pytest.mark.usefixtures("adapter")
async def test_a_typed_command_without_options_opens_the_form(
    fake: FakeDiscord, reader: Reader, name: str, options: dict[str, Any]
) -> None:
    reader.reply = Reply(BY_HAND, form=FORM)
    asked = await fake.interactions.ask(name, **options)
    assert await asked.acknowledged() == OPENED
    reader.reply = None
    [answer] = await fake.interactions.submit(asked, filter="vision")
    assert (answer["ephemeral"], answer["edits"]) == (True, False)
    assert reader.requests[-1].fields == {"filter": "vision", "time": "", "style": "compact"}
    assert private(fake) == ["You asked for edit 3\nOlder"]


@pytest.mark.usefixtures("adapter")
async def test_what_is_wrong_in_such_a_form_is_said(fake: FakeDiscord, reader: Reader) -> None:
    reader.reply = Reply(BY_HAND, form=FORM)
    asked = await fake.interactions.ask("subscribe")
    await asked.acknowledged()
    reader.reply = Reply((Message("No such time"),), errors={"time": "No such time"})
    await fake.interactions.submit(asked, time="late")
    assert private(fake) == ["**No such time**"]


@pytest.mark.usefixtures("adapter")
async def test_a_command_that_was_acknowledged_shows_messages(fake: FakeDiscord, reader: Reader) -> None:
    reader.reply = Reply(BY_HAND, form=FORM)
    answers = await fake.command("settings", answers=2)
    assert [store.shown(answer) for answer in answers] == ["Type /papers subscribe", "**More of it**"]


@pytest.mark.usefixtures("adapter")
async def test_an_answer_for_all_comes_from_such_a_button_too(fake: FakeDiscord, reader: Reader) -> None:
    await listed(fake, reader)
    reader.reply = Reply((Message("For everyone"),), private=False)
    await fake.click(EDIT)
    assert [posted.text for posted in fake.transcript] == ["**For everyone**"]


async def test_a_form_that_comes_too_late_becomes_messages(fake: FakeDiscord, reader: Reader) -> None:
    adapter = connect(fake, form_within=0.0)
    await adapter.start(reader)
    await listed(fake, reader)
    reader.free.clear()
    asked = await fake.interactions.press(EDIT)
    assert await asked.acknowledged() == {"type": 6}
    assert len(reader.requests) == 2
    reader.free.set()
    await asked.until(lambda asked: len(asked.said) == 2)
    assert private(fake) == ["Type /papers subscribe", "**More of it**"]
    assert len(reader.requests) == 2
    await adapter.stop()


@pytest.mark.usefixtures("adapter")
async def test_where_discord_waits_no_longer_the_log_says_so(fake: FakeDiscord, reader: Reader) -> None:
    await listed(fake, reader)
    reader.free.clear()
    asked = await fake.interactions.press(EDIT)
    del fake.interactions.answers.asked[asked.token]
    with captured_logs() as logs:
        reader.free.set()
        while "request_not_acknowledged" not in [entry["event"] for entry in logs]:
            await asyncio.sleep(0)
    assert [entry["event"] for entry in logs] == [
        "call_rejected",
        "form_not_shown",
        "request_not_acknowledged",
    ]
    assert asked.token not in str(logs)


@pytest.mark.usefixtures("adapter")
async def test_a_handler_that_breaks_still_means_one_kind_sentence(fake: FakeDiscord, reader: Reader) -> None:
    await listed(fake, reader)
    reader.reply = Reply((Message(lines=(None,)),))  # type: ignore[arg-type]  # the bug that is meant
    with captured_logs() as logs:
        await fake.click(EDIT)
    assert private(fake)[0].startswith("Sorry, that went wrong")
    assert [entry["event"] for entry in logs] == ["answer_failed"]


async def test_stopping_cuts_off_a_form_that_is_being_made(
    fake: FakeDiscord, adapter: DiscordAdapter, reader: Reader
) -> None:
    await listed(fake, reader)
    reader.free.clear()
    asked = await fake.interactions.press(EDIT)
    while len(reader.requests) < 2:
        await asyncio.sleep(0)
    await adapter.stop()
    assert asked.callback is None
