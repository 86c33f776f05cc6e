"""Stories of searching in Slack: typed, from a message, page by page, shared, and clicked by others."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.slack.manifest import manifest
from bot.markup import Button, Message, Span, line
from bot.places import Place
from bot.request import Reply, Request
from tests.fakes.clock import Clock
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_office import Office
from tests.logs import captured_logs

pytestmark = pytest.mark.parametrize("mode", ["socket", "http"])


class Searching(Office):
    """An office where searches are answered: a private list with its buttons, or a list for everybody."""

    async def handle(self, request: Request) -> Reply:
        self.asked.append(request)
        name, _, rest = request.text.partition(" ")
        buttons = (Button("Next", f"page t {len(self.asked)}"), Button("Share to channel", "share t 1"))
        if name == "share":
            said = line("Shared by ", Span("somebody", person=request.person))
            return Reply((Message("Papers", lines=(said,), buttons=buttons[:1]),), private=False)
        return Reply((Message(title=f"{name}: {rest}", buttons=buttons),))


@pytest.fixture
async def office(mode: str) -> AsyncIterator[Searching]:
    async with FakeSlack() as slack:
        office = Searching(slack, mode)
        await office.start()
        yield office
        await office.stop()


def titles(office: Office, user: str = "U0READER", channel: str = "C0PAPERS") -> list[str]:
    """The first lines of the answers that a person sees."""
    return [shown.body["text"].split("\n")[0] for shown in office.slack.screen(user, channel)]


@pytest.mark.parametrize(
    "typed",
    [
        "diffusion -survey upvotes>=20 has:code",
        '(quantization OR pruning) author:"Song Han" stars<5',
        "“chain of thought” – a & b | c",
        "id:https://arxiv.org/abs/2607.1?a=1&b=2 &lt;",
    ],
)
async def test_a_filter_arrives_as_it_was_typed(office: Searching, typed: str) -> None:
    await office.slack.command(f"/papers search {typed}")
    assert office.asked[0].text == f"search {typed}"
    assert titles(office, "U0WRITER") == []


async def test_a_shortcut_finds_papers_like_a_message(office: Searching) -> None:
    (shortcut,) = manifest(socket_mode=True)["features"]["shortcuts"]
    message = {"text": "Has anybody read about *R&amp;D* of <https://hf.co/1|tiny kettles>?"}
    (answer,) = await office.slack.shortcut(message, "U0WRITER", callback_id=shortcut["callback_id"])
    (request,) = office.asked
    assert request.text == "like Has anybody read about *R&D* of tiny kettles https://hf.co/1?"
    assert (request.place, request.person) == (Place("slack", "C0PAPERS"), "T0PAPERS:U0WRITER")
    assert (answer["response_type"], answer["replace_original"]) == ("ephemeral", False)
    assert len(titles(office, "U0WRITER")) == 1
    assert titles(office, "U0READER") == []
    assert len(office.slack.acknowledged) == 1


async def test_a_shortcut_works_where_the_bot_is_not(office: Searching) -> None:
    assert "C0STRANGERS" not in office.slack.channels
    await office.slack.shortcut({"text": "kettles"}, channel="C0STRANGERS")
    (listed,) = office.slack.screen(channel="C0STRANGERS")
    await office.slack.press(listed, "Share to channel")
    assert titles(office, "U0WRITER", "C0STRANGERS") == ["Papers"]
    assert office.slack.calls.count("chat.postMessage") == 0


class Slowly(Searching):
    """Each answer has a second part, which waits for `more`; None comes if there is none."""

    def __init__(self, slack: FakeSlack, mode: str) -> None:
        super().__init__(slack, mode)
        self.messages = 1
        self.more: asyncio.Future[Message | None] = asyncio.get_running_loop().create_future()

    async def handle(self, request: Request) -> Reply:
        self.asked.append(request)
        pages = tuple(Message(f"Page {number}") for number in range(self.messages))
        return Reply(pages, request.text != "share", lambda: self.more)


@pytest.fixture
async def slowly(mode: str) -> AsyncIterator[Slowly]:
    async with FakeSlack() as slack:
        office = Slowly(slack, mode)
        await office.start()
        yield office
        await office.stop()


@pytest.mark.parametrize(("text", "kind"), [("search llm", "ephemeral"), ("share", "in_channel")])
async def test_more_is_said_when_it_is_found(slowly: Slowly, text: str, kind: str) -> None:
    await slowly.slack.click(text, ephemeral=True)
    assert titles(slowly) == ["Page 0"]
    slowly.more.set_result(Message("More"))
    _, more = await slowly.slack.wait_for_answers(2)
    assert (more["text"], more["response_type"], more["replace_original"]) == ("More", kind, False)


async def test_no_more_is_no_message(slowly: Slowly) -> None:
    slowly.more.set_result(None)
    await slowly.slack.command("/papers search llm")
    await slowly.stop()
    assert titles(slowly) == ["Page 0"]


async def test_more_is_not_asked_for_where_slack_would_not_take_it(slowly: Slowly) -> None:
    slowly.messages = 5
    await slowly.slack.command("/papers search llm", answers=5)
    await slowly.stop()
    assert not slowly.more.done()
    assert len(titles(slowly)) == 5


async def test_more_that_cannot_be_shown_spoils_nothing(slowly: Slowly) -> None:
    slowly.more.set_result(Message(lines=("words",)))  # type: ignore[arg-type]  # the bug that is meant
    with captured_logs() as logs:
        await slowly.slack.click("search llm")
        await slowly.slack.wait_for_answers(2)
    assert [entry["event"] for entry in logs] == ["answer_failed"]
    assert titles(slowly)[0] == "Page 0"
    assert titles(slowly)[1].startswith("Sorry, that went wrong")


async def test_slack_is_acknowledged_before_papers_are_found(office: Searching) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_request: Request) -> Reply:
        begun.set()
        await go_on.wait()
        return Reply((Message("Found"),))

    await office.stop()
    await office.start(slow)
    await office.slack.shortcut({"text": "kettles"}, answers=0)
    await begun.wait()
    assert (len(office.slack.acknowledged), office.slack.answers) == (1, [])
    go_on.set()
    await office.slack.wait_for_answers(1)


@pytest.mark.parametrize(
    "forged",
    [
        {"callback_id": "other"},
        {"user": {"id": "../x", "team_id": "T0PAPERS"}},
        {"channel": {"id": "C0\nX"}},
        {"response_url": "https://hooks.slack.com.evil.example/x"},
    ],
    ids=["foreign", "bad user", "bad channel", "lookalike"],
)
async def test_a_forged_shortcut_is_acknowledged_and_ignored(
    office: Searching, forged: dict[str, Any]
) -> None:
    await office.slack.shortcut({"text": "kettles"}, answers=0, **forged)
    await office.slack.command("/papers help")
    assert [request.text for request in office.asked] == ["help"]
    assert len(office.slack.acknowledged) == 2


async def test_paging_turns_the_page_in_place(office: Searching) -> None:
    await office.slack.command("/papers search llm")
    (listed,) = office.slack.screen()
    await office.slack.press(listed, "Next")
    await office.slack.press(listed, "Next")
    assert titles(office) == ["page: t 2"]
    assert [request.text for request in office.asked] == ["search llm", "page t 1", "page t 2"]


async def test_sharing_leaves_the_private_list_as_it_is(office: Searching) -> None:
    await office.slack.command("/papers search llm")
    (listed,) = office.slack.screen()
    (shared,) = await office.slack.press(listed, "Share to channel")
    assert (shared["response_type"], shared["replace_original"]) == ("in_channel", False)
    assert shared["blocks"][1]["text"]["text"] == "Shared by <@U0READER>"
    assert titles(office) == ["search: llm", "Papers"]
    assert titles(office, "U0WRITER") == ["Papers"]


async def test_somebody_elses_click_is_answered_to_them_alone(office: Searching) -> None:
    await office.slack.command("/papers search llm")
    await office.slack.press(office.slack.screen()[0], "Share to channel")
    (shared,) = office.slack.screen("U0WRITER")
    (answer,) = await office.slack.press(shared, "Next", "U0WRITER")
    assert (answer["response_type"], answer["replace_original"]) == ("ephemeral", False)
    assert office.asked[-1].person == "T0PAPERS:U0WRITER"
    assert titles(office, "U0WRITER") == ["Papers", "page: t 2"]
    assert titles(office) == ["search: llm", "Papers"]


async def test_buttons_work_after_a_restart(office: Searching) -> None:
    await office.slack.command("/papers search llm")
    (listed,) = office.slack.screen()
    await office.restart()
    await office.slack.press(listed, "Next")
    await office.restart()
    await office.slack.press(listed, "Share to channel")
    assert titles(office) == ["page: t 1", "Papers"]


async def test_an_answer_that_comes_too_late_is_lost_and_the_next_click_is_not(mode: str) -> None:
    clock = Clock()
    async with FakeSlack(clock=clock.monotonic) as slack:
        office = Searching(slack, mode)
        await office.start()
        await slack.command("/papers search llm")
        (listed,) = slack.screen()
        dead = slack.new_way(clicked=listed)
        clock.pass_time(31 * 60)
        with captured_logs() as logs:
            await slack.click("page t 2", answers=0, response_url=dead)
            await office.stop()
        assert [(entry["event"], entry["reason"][:3]) for entry in logs] == [("answer_lost", "404")]
        await office.start()
        await slack.press(listed, "Next")
        assert titles(office) == ["page: t 1"]
        await office.stop()
