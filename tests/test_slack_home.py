"""Stories of the Home tab: looked at, clicked in, and shown anew with what happened."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.forms import Field, Form
from bot.markup import Attachment, Button, Card, Message, Span, line
from bot.places import Place
from bot.request import Reply, Request
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_office import Office
from tests.fakes.slack_people import ENTERPRISE
from tests.fakes.slack_rules import readable
from tests.logs import captured_logs

pytestmark = pytest.mark.parametrize("mode", ["socket", "http"])

DIRECT = Place("slack", "@U0READER")
EDIT = Form("Edit subscription 3", "edit 3", (Field("filter", "Which papers", "diffusion"),))


class Living(Office):
    """An office with something at home: a subscription, with its buttons."""

    def __init__(self, slack: FakeSlack, mode: str, **more: Any) -> None:
        super().__init__(slack, mode, **more)
        self.cards = 1
        self.paused = False
        self.image: str | None = None

    async def handle(self, request: Request) -> Reply:
        self.asked.append(request)
        if request.text == "home":
            return self.home()
        if request.text == "edit 3" and request.fields is None:
            return Reply((Message(lines=(line("Type it."),)),), form=EDIT)
        if (request.fields or {}).get("filter") == "(":
            return Reply((), errors={"filter": "This bracket is not closed."})
        self.paused = request.text == "pause 3"
        return self.reply

    def home(self) -> Reply:
        state = "paused" if self.paused else "daily at 09:00"
        buttons = (Button("Pause 3", "pause 3"), Button("Edit 3", "edit 3", form=True))
        card = Card(Span("3 · diffusion"), facts=(line(state),), image_url=self.image, buttons=buttons)
        rest = tuple(
            Card(Span(f"{n} · cats"), buttons=(Button(f"Pause {n}", "x"),)) for n in range(4, 3 + self.cards)
        )
        return Reply((Message("Your subscriptions", cards=(card, *rest)), Message(lines=(line("Settings"),))))


@pytest.fixture
async def office(mode: str) -> AsyncIterator[Living]:
    async with FakeSlack() as slack:
        office = Living(slack, mode, patience=20)
        office.reply = Reply((Message(lines=(line("Done."),), buttons=(Button("Undo", "undo t"),)),))
        await office.start()
        yield office
        await office.stop()


async def seen(office: Living, published: int, user: str = "U0READER") -> str:
    """What stands in a person's Home tab once it was published that often."""
    await office.slack.until(lambda: office.slack.views.published >= published)
    assert office.slack.views.published == published
    return readable("", office.slack.views.homes[user]["blocks"])


async def test_who_looks_at_the_home_tab_sees_their_home(office: Living) -> None:
    await office.slack.open_home()
    home = await seen(office, 1)
    assert home.split("\n") == [
        "Your subscriptions", "*3 · diffusion*", "daily at 09:00", "Pause 3", "Edit 3", "Settings",
    ]  # fmt: skip
    (request,) = office.asked
    assert (request.text, request.place, request.direct) == ("home", DIRECT, DIRECT)
    assert request.person == "T0PAPERS:U0READER"
    assert len(office.slack.acknowledged) == 1


async def test_another_tab_is_let_pass(office: Living) -> None:
    await office.slack.open_home(tab="messages")
    await office.slack.open_home()
    await seen(office, 1)
    assert len(office.asked) == 1


async def test_a_click_is_answered_at_the_top_of_the_home(office: Living) -> None:
    await office.slack.open_home()
    await seen(office, 1)
    await office.slack.press_home("Pause 3")
    home = await seen(office, 2)
    assert [request.text for request in office.asked] == ["home", "pause 3", "home"]
    assert {request.place for request in office.asked} == {DIRECT}
    assert home.startswith("Done.\nUndo\n")
    assert "paused" in home
    kinds = [block["type"] for block in office.slack.views.homes["U0READER"]["blocks"]]
    assert kinds[:4] == ["section", "actions", "divider", "header"]
    await office.slack.press_home("Undo")
    assert "daily at 09:00" in await seen(office, 3)
    assert (office.slack.answers, office.slack.transcript) == ([], [])


async def test_the_button_of_the_home_itself_shows_it_once(office: Living) -> None:
    office.reply = Reply((Message(buttons=(Button("Refresh", "home"),)),))
    await office.slack.open_home()
    await seen(office, 1)
    await office.slack.press_home("Pause 3")
    await seen(office, 2)
    await office.slack.press_home("Refresh")
    assert (await seen(office, 3)).count("Your subscriptions") == 1
    assert [request.text for request in office.asked] == ["home", "pause 3", "home", "home"]


async def test_a_form_of_the_home_is_answered_in_the_home(office: Living) -> None:
    await office.slack.open_home()
    await seen(office, 1)
    await office.slack.press_home("Edit 3")
    modal = await office.slack.submit({"filter": "("})
    assert modal
    assert modal.errors == {"filter": "This bracket is not closed."}
    assert await office.slack.submit({"filter": "cats"}) is None
    assert (await seen(office, 2)).startswith("Done.\n")
    asked = office.asked[-2]
    assert (asked.text, asked.fields, asked.place) == ("edit 3", {"filter": "cats"}, DIRECT)
    assert (office.asked[-1].text, office.asked[-1].fields) == ("home", None)
    assert office.slack.transcript == []


async def test_a_form_that_does_not_open_is_said_in_the_home(office: Living) -> None:
    await office.slack.open_home()
    await seen(office, 1)
    office.slack.refusals["views.open"] = "internal_error"
    await office.slack.press_home("Edit 3")
    assert (await seen(office, 2)).startswith("Type it.\n")


async def test_a_file_goes_to_the_direct_messages(office: Living) -> None:
    office.reply = Reply((), attachment=Attachment("subscriptions.json", "{}"))
    await office.slack.open_home()
    await seen(office, 1)
    await office.slack.press_home("Pause 3")
    assert (await seen(office, 2)).startswith("The file subscriptions.json is in your direct messages")
    assert [file.place for file in office.slack.files.shared] == ["@U0READER"]


async def test_more_than_a_home_holds_ends_by_saying_so(office: Living) -> None:
    office.cards = 80
    office.reply = Reply(tuple(Message(title=f"Part {n}", note=line("small")) for n in range(30)))
    await office.slack.open_home()
    assert (await seen(office, 1)).endswith("… There is more, which does not fit here.")
    assert len(office.slack.views.homes["U0READER"]["blocks"]) == 100
    await office.slack.press_home("Pause 3")
    home = await seen(office, 2)
    assert home.count("There is more") == 2
    assert len(office.slack.views.homes["U0READER"]["blocks"]) == 100
    assert "Your subscriptions" in home


async def test_a_broken_image_costs_the_home_only_its_image(office: Living) -> None:
    office.image = "https://cdn.hf.co/broken.png"
    office.slack.broken_images.add(office.image)
    await office.slack.open_home()
    assert "3 · diffusion" in await seen(office, 1)
    assert "accessory" not in office.slack.views.homes["U0READER"]["blocks"][1]


@pytest.mark.parametrize("error", ["not_enabled", "internal_error", "missing_scope"])
async def test_a_home_that_slack_does_not_take_is_logged(office: Living, error: str) -> None:
    office.slack.refusals["views.publish"] = error
    with captured_logs() as logs:
        await office.slack.open_home()
        await office.stop()
    assert [entry["event"] for entry in logs] == ["answer_lost"]


async def test_a_bug_leaves_one_kind_sentence(office: Living) -> None:
    office.reply = Reply((Message(lines=("private words",)),))  # type: ignore[arg-type]  # the bug that is meant
    await office.slack.open_home()
    await seen(office, 1)
    with captured_logs() as logs:
        await office.slack.press_home("Pause 3")
        assert (await seen(office, 2)).startswith("Sorry, that went wrong")
    assert [entry["event"] for entry in logs] == ["answer_failed"]
    assert "private words" not in str(logs)


async def test_a_stranger_has_no_home_here(office: Living) -> None:
    await office.slack.open_home()
    await seen(office, 1)
    with captured_logs() as logs:
        await office.slack.open_home("U0STRANGER", team_id="T0OTHERS")
        await office.slack.press_home("Pause 3", team="T0OTHERS")
        await office.stop()
    assert [entry["event"] for entry in logs] == ["request_ignored"] * 2
    assert [request.text for request in office.asked] == ["home"]
    assert "users.info" not in office.slack.calls


async def test_who_is_in_several_workspaces_of_an_organisation_is_at_home_in_each(mode: str) -> None:
    """Slack names any workspace of theirs with a click, and ours with a command."""
    async with FakeSlack() as slack:
        slack.enterprise = ENTERPRISE
        slack.people["W0GRID"].teams = ("T0SISTER", "T0PAPERS")
        office = Living(slack, mode)
        await office.start()
        await slack.open_home("W0GRID")
        await seen(office, 1, "W0GRID")
        await slack.press_home("Pause 3", "W0GRID", team="T0SISTER")
        await seen(office, 2, "W0GRID")
        assert {request.person for request in office.asked} == {"T0PAPERS:W0GRID"}
        slack.people["W0GRID"].teams = ("T0SISTER",)
        await office.restart()
        await slack.press_home("Pause 3", "W0GRID", team="T0SISTER")
        await slack.click("pause 3", "W0GRID", team="T0SISTER")
        assert office.asked[-1].person == "T0SISTER:W0GRID"
        assert office.asked[-1].direct is None
        assert len(office.asked) == 4
        await office.stop()


async def test_any_other_event_is_acknowledged(office: Living) -> None:
    for kind in ("app_uninstalled", "message", "channel_deleted"):
        await office.slack.event({"type": kind, "user": "U0READER", "channel": "C0PAPERS"})
    assert len(office.slack.acknowledged) == 3
    assert office.asked == []
