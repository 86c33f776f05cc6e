"""Stories of forms in Slack: opened, filled in, refused, too slow, too late, and forged."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.forms import Choice, Field, Form
from bot.markup import Message, line
from bot.places import Place
from bot.request import Reply, Request
from tests.fakes.clock import Clock
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_office import Office
from tests.logs import captured_logs

pytestmark = pytest.mark.parametrize("mode", ["socket", "http"])

EDIT = Form(
    "Edit subscription 3",
    "edit 3",
    (
        Field("filter", "Which papers", "diffusion", longest=10_000),
        Field("when", "How often", "daily", choices=(Choice("daily", "Daily"), Choice("weekly", "Weekly"))),
    ),
)
MORE = Form("How often", "edit 3", (Field("days", "On which days", longest=100_000),), "Next")
FORMS = {"edit 3": EDIT, "like kettles": EDIT}


class Editing(Office):
    """An office where forms are handed out, and where a filter that is only a bracket is wrong."""

    async def handle(self, request: Request) -> Reply:
        self.asked.append(request)
        if request.text in FORMS and request.fields is None:
            how = Message(lines=(line(f"Type /papers {request.text} and the rest."),))
            return Reply((how,), form=FORMS[request.text])
        await self.open.wait()
        if (request.fields or {}).get("filter") == "(":
            wrong = "This bracket is not closed."
            return Reply((Message(lines=(line(wrong),)),), errors={"filter": wrong})
        return self.reply


@pytest.fixture
async def clock() -> Clock:
    return Clock()


@pytest.fixture
async def office(mode: str, clock: Clock) -> AsyncIterator[Editing]:
    async with FakeSlack(clock=clock.monotonic) as slack:
        office = Editing(slack, mode, patience=20)
        office.reply = Reply((Message(lines=(line("Saved."),)),))
        await office.start()
        yield office
        await office.stop()


def said(office: Editing, user: str = "U0READER", channel: str = "C0PAPERS") -> list[str]:
    """The answers that a person sees in a channel."""
    return [shown.body["text"] for shown in office.slack.screen(user, channel)]


async def test_a_command_opens_a_form_and_says_nothing(office: Editing) -> None:
    await office.slack.command("/papers edit 3", answers=0)
    modal = await office.slack.modal()
    assert modal.view["title"]["text"] == "Edit subscription 3"
    assert said(office) == []


async def test_a_filled_in_form_is_answered_where_it_was_opened(office: Editing) -> None:
    await office.slack.command("/papers edit 3", answers=0)
    assert await office.slack.submit({"filter": "cats & <dogs>"}) is None
    (answer,) = await office.slack.wait_for_answers(1)
    assert (answer["text"], answer["response_type"], answer["replace_original"]) == (
        "Saved.", "ephemeral", False,
    )  # fmt: skip
    opened, saved = office.asked
    assert saved.text == opened.text == "edit 3"
    assert saved.fields == {"filter": "cats & <dogs>", "when": "daily"}
    assert saved.place == opened.place == Place("slack", "C0PAPERS")
    assert saved.person == opened.person == "T0PAPERS:U0READER"
    assert saved.direct == opened.direct == Place("slack", "@U0READER")
    assert office.slack.transcript == []


async def test_a_form_that_a_click_opened_replaces_what_was_clicked(office: Editing) -> None:
    await office.slack.command("/papers subscriptions")
    (listed,) = office.slack.screen()
    await office.slack.click("edit 3", on=listed, answers=0)
    await office.slack.submit({"when": "weekly"})
    await office.slack.wait_for_answers(2)
    assert office.asked[-1].fields == {"filter": "diffusion", "when": "weekly"}
    assert said(office) == ["Saved."]


async def test_a_form_opens_from_the_menu_of_a_message(office: Editing) -> None:
    await office.slack.shortcut({"text": "kettles"}, answers=0)
    assert (await office.slack.modal()).view["title"]["text"] == "Edit subscription 3"


async def test_what_is_wrong_stands_under_its_field_until_it_is_right(office: Editing) -> None:
    await office.slack.command("/papers edit 3", answers=0)
    modal = await office.slack.submit({"filter": "("})
    assert modal
    assert modal.errors == {"filter": "This bracket is not closed."}
    assert said(office) == []
    assert await office.slack.submit({"filter": "(a)"}) is None
    await office.slack.wait_for_answers(1)
    assert said(office) == ["Saved."]


async def test_an_error_of_no_field_that_the_form_has_is_said(office: Editing) -> None:
    office.reply = Reply((Message(lines=(line("No such zone."),)),), errors={"zone": "No such zone."})
    await office.slack.command("/papers edit 3", answers=0)
    assert await office.slack.submit({}) is None
    await office.slack.wait_for_answers(1)
    assert said(office) == ["No such zone."]


async def test_a_form_may_lead_to_another(office: Editing) -> None:
    office.reply = Reply((), form=MORE)
    await office.slack.command("/papers edit 3", answers=0)
    modal = await office.slack.submit({})
    assert modal
    assert modal.view["title"]["text"] == "How often"
    office.reply = Reply((Message(lines=(line("Saved."),)),))
    assert await office.slack.submit({"days": "mon fri\n" * 400}) is None
    await office.slack.wait_for_answers(1)
    assert (office.asked[-1].text, office.asked[-1].fields) == ("edit 3", {"days": "mon fri\n" * 400})


async def test_a_form_that_comes_too_late_for_its_trigger_is_said_in_words(
    office: Editing, clock: Clock
) -> None:
    trigger = office.slack.views.trigger("U0READER")
    clock.pass_time(4)
    (answer,) = await office.slack.click("edit 3", trigger_id=trigger)
    assert answer["text"] == "Type /papers edit 3 and the rest."


async def test_an_answer_that_takes_long_closes_the_form_and_comes_later(mode: str) -> None:
    async with FakeSlack() as slack:
        office = Editing(slack, mode, patience=0)
        office.reply = Reply((Message(lines=(line("Saved."),)),))
        await office.start()
        office.open.clear()
        for filter_text in ("cats", "("):
            await slack.command("/papers edit 3", answers=0)
            assert await slack.submit({"filter": filter_text}) is None
        assert slack.answers == []
        office.open.set()
        answers = await slack.wait_for_answers(2)
        assert sorted(answer["text"] for answer in answers) == ["Saved.", "This bracket is not closed."]
        await office.stop()


async def test_one_form_that_takes_long_keeps_nobody_else_waiting(office: Editing) -> None:
    await office.slack.command("/papers edit 3", answers=0)
    await office.slack.modal()
    office.open.clear()
    slow = asyncio.create_task(office.slack.submit({}))
    while len(office.asked) < 2:
        await asyncio.sleep(0)
    await office.slack.command("/papers help", user="U0WRITER", answers=0)
    assert not slow.done()
    office.open.set()
    assert await slow is None


async def test_a_bug_closes_the_form_with_one_kind_sentence(office: Editing) -> None:
    office.reply = Reply((Message(lines=("private words",)),))  # type: ignore[arg-type]  # the bug that is meant
    await office.slack.command("/papers edit 3", answers=0)
    with captured_logs() as logs:
        assert await office.slack.submit({}) is None
        await office.slack.wait_for_answers(1)
    assert said(office)[0].startswith("Sorry, that went wrong")
    assert [entry["event"] for entry in logs] == ["answer_failed"]


async def test_a_form_filled_in_after_half_an_hour_is_answered_by_direct_message(
    office: Editing, clock: Clock
) -> None:
    await office.slack.command("/papers edit 3", answers=0)
    await office.slack.modal()
    clock.pass_time(31 * 60)
    await office.slack.submit({})
    await office.slack.until(lambda: bool(office.slack.transcript))
    (posted,) = office.slack.transcript
    assert (posted.place, posted.text) == ("@U0READER", "Saved.")
    assert office.slack.answers == []


async def test_a_stranger_who_is_late_gets_no_direct_message(office: Editing, clock: Clock) -> None:
    await office.slack.click("edit 3", "U0STRANGER", answers=0, team="T0OTHERS")
    await office.slack.modal("U0STRANGER")
    clock.pass_time(31 * 60)
    with captured_logs() as logs:
        await office.slack.submit({}, "U0STRANGER", "T0OTHERS")
        await office.stop()
    assert [(entry["event"], entry["reason"][:3]) for entry in logs] == [("answer_lost", "404")]
    assert "conversations.open" not in office.slack.calls


@pytest.mark.parametrize("error", ["internal_error", "invalid_arguments", "view_too_large", "ratelimited"])
async def test_a_form_that_slack_does_not_open_is_said_in_words(office: Editing, error: str) -> None:
    office.slack.refusals["views.open"] = error
    (answer,) = await office.slack.command("/papers edit 3")
    assert answer["text"] == "Type /papers edit 3 and the rest."


async def test_a_form_that_is_never_opened_is_said_in_words(
    office: Editing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.outgoing._TRIGGER_SECONDS", 0.05)
    office.slack.stuck.add("views.open")
    await office.slack.command("/papers edit 3")
    assert said(office) == ["Type /papers edit 3 and the rest."]


async def test_a_trigger_that_comes_twice_opens_one_form(office: Editing) -> None:
    trigger = office.slack.views.trigger("U0READER")
    await office.slack.click("edit 3", answers=0, trigger_id=trigger)
    await office.slack.modal()
    (answer,) = await office.slack.click("edit 3", trigger_id=trigger)
    assert answer["text"] == "Type /papers edit 3 and the rest."


@pytest.mark.parametrize("trigger", ["", None, "1.2.3", "../x"])
async def test_a_forged_trigger_opens_nothing(office: Editing, trigger: str | None) -> None:
    await office.slack.click("edit 3", trigger_id=trigger)
    assert said(office) == ["Type /papers edit 3 and the rest."]
    assert office.slack.views.modals == {}


@pytest.mark.parametrize(
    "forged",
    [
        {"callback_id": "other"},
        {"bot_id": "B0OTHER"},
        {"private_metadata": "{"},
        {"private_metadata": '{"command":"edit 3","channel":"C0PAPERS","url":"https://evil.example/x"}'},
        {"state": {}},
    ],
    ids=["foreign", "another app's", "broken", "leads elsewhere", "empty"],
)
async def test_a_forged_form_is_acknowledged_and_ignored(office: Editing, forged: dict[str, Any]) -> None:
    await office.slack.command("/papers edit 3", answers=0)
    with captured_logs() as logs:
        assert await office.slack.submit({}, **forged) is None
    assert [entry["event"] for entry in logs] == ["request_ignored"]
    assert [request.fields for request in office.asked] == [None]
    assert office.slack.answers == []


@pytest.mark.parametrize(
    "typed",
    ["\x00", "x" * 10_000, "<!channel> & <@U1>\n\n", "\u202e\u200b", '"}],"command":"forget me"'],
    ids=["nul", "long", "markup", "invisible", "json"],
)
async def test_hostile_words_arrive_as_they_were_typed(office: Editing, typed: str) -> None:
    await office.slack.command("/papers edit 3", answers=0)
    await office.slack.submit({"filter": typed})
    await office.slack.wait_for_answers(1)
    assert office.asked[-1].text == "edit 3"
    assert office.asked[-1].fields == {"filter": typed, "when": "daily"}


async def test_a_strangers_form_is_theirs(office: Editing) -> None:
    """Their id is that of one of ours; Slack knows them apart by their team alone."""
    office.slack.people["U0READER"].team = "T0OTHERS"
    await office.slack.click("edit 3", answers=0, team="T0OTHERS", channel="D0ABC")
    await office.slack.submit({}, team="T0OTHERS")
    await office.slack.wait_for_answers(1)
    for request in office.asked:
        assert (request.person, request.direct) == ("T0OTHERS:U0READER", None)
        assert request.place == Place("slack", "T0OTHERS/@U0READER")


async def test_a_forged_person_is_nobody(office: Editing) -> None:
    for user, team in (("../x", "T0PAPERS"), ("U0READER", "T0 OR 1=1"), ("C0PAPERS", "T0PAPERS")):
        await office.slack.click("edit 3", user, answers=0, team=team)
    assert office.asked == []


async def test_stopping_answers_a_form_under_way(office: Editing) -> None:
    await office.slack.command("/papers edit 3", answers=0)
    await office.slack.modal()
    office.open.clear()
    slow = asyncio.create_task(office.slack.submit({}))
    while len(office.asked) < 2:
        await asyncio.sleep(0)
    office.open.set()
    await slow
    await office.stop()
    assert said(office) == ["Saved."]
