"""One bot in many Slack workspaces: each has its token, its people and its fate."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.adapter import Installed
from bot.messages.reasons import REMOVED
from bot.places import Place
from storage import installations
from storage.models import Installation
from tests.factories import DAY, at
from tests.fakes.clock import Clock
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_neighbour import Neighbour
from tests.many_workspaces import OTHERS, THEIRS, Bot, many_workspaces, running_bot, says
from tests.stored import list_papers

TOMORROW = DAY + timedelta(days=1)
ACTIVE, PAUSED = ("active", None), ("paused", REMOVED)


@pytest.fixture
async def bot(database_url: str) -> AsyncIterator[Bot]:
    async with many_workspaces(database_url) as bot:
        yield bot


@pytest.fixture
async def theirs(bot: Bot) -> Neighbour:
    """A workspace that has installed the bot."""
    theirs = bot.slack.neighbour(THEIRS)
    await bot.install(theirs)
    return theirs


@pytest.fixture
async def others(bot: Bot) -> Neighbour:
    """One more."""
    others = bot.slack.neighbour(OTHERS)
    await bot.install(others)
    return others


async def kept(bot: Bot, team: str = THEIRS) -> Installation:
    async with bot.app.database.read() as session:
        found = await installations.installation(session, "slack", team)
    assert found
    return found


async def test_a_workspace_installs_the_bot_and_is_served_there(bot: Bot) -> None:
    theirs = bot.slack.neighbour(THEIRS)
    page = await bot.install(theirs)
    assert (page.status, page.kind) == (200, "text/html; charset=utf-8")
    assert "Daily Papers is in The people of T0THEIRS" in page.text

    said = await says(theirs, "subscribe kettles daily 09:00 on mon-sun in UTC")
    assert "Subscription 1 is set up" in said
    await bot.subscribe(theirs.place, bot.slack.place)
    await list_papers(bot.app.database, 7, day=DAY - timedelta(days=1), title="Kettles that think")
    assert "Kettles that think" in await says(theirs, "yesterday")
    await bot.morning()

    assert [len(bot.posted(place)) for place in (theirs.place, bot.slack.place, theirs.direct)] == [2, 2, 0]
    await list_papers(bot.app.database, 8, day=TOMORROW, title="Kettles that sing")
    await bot.morning(TOMORROW, 9)
    assert "Kettles that sing" in "".join(post.text for post in bot.posted(theirs.direct))
    assert bot.posted(bot.slack.direct) == []


async def test_what_is_kept_of_it(bot: Bot, theirs: Neighbour) -> None:
    row = await kept(bot)
    assert (row.title, row.bot, row.removed_at) == ("The people of T0THEIRS", "B0BOT", None)
    assert theirs.token not in row.model_dump_json()


async def test_the_same_user_id_in_two_workspaces_is_two_people(bot: Bot, theirs: Neighbour) -> None:
    home = bot.slack
    for workspace, words in ((home, "diffusion"), (theirs, "agents")):
        said = await says(workspace, f"subscribe {words} daily 09:00 in UTC")
        assert "is set up" in said
    assert [request.who for request in bot.asked] == ["slack:T0PAPERS:U0READER", "slack:T0THEIRS:U0READER"]
    assert "diffusion" in (said := await says(home, "subscriptions"))
    assert "agents" not in said
    assert "agents" in (said := await says(theirs, "subscriptions"))
    assert "diffusion" not in said
    assert "You have no subscription 1" in await says(theirs, "pause 1")
    assert "You have no subscription 2" in await says(home, "delete 2")
    assert "Deleted: 1 subscription" in bare_click(await theirs_forget(theirs))
    assert [await bot.state(1)] == [ACTIVE]


async def theirs_forget(theirs: Neighbour) -> list[dict[str, object]]:
    await says(theirs, "forget me")
    return await theirs.press(theirs.screen()[-1], "Forget me")


def bare_click(answers: list[dict[str, object]]) -> str:
    return str(answers[-1])


async def test_a_channel_of_the_same_name_in_two_workspaces_is_two_channels(
    bot: Bot, theirs: Neighbour
) -> None:
    assert "is set up" in await says(theirs, "channel agents in UTC", "U0ADMIN")
    assert "is set up" in await says(bot.slack, "channel diffusion in UTC", "U0ADMIN")
    assert "agents" not in await says(bot.slack, "channel")
    assert "diffusion" not in await says(theirs, "channel")


async def test_the_home_tab_and_forms_work_there(bot: Bot, theirs: Neighbour) -> None:
    await theirs.open_home()
    await theirs.until(lambda: "U0READER" in theirs.views.homes)
    assert bot.slack.views.homes == {}

    await says(theirs, "subscribe agents daily 09:00 in UTC")
    await theirs.press_home("Subscribe")
    await theirs.submit({"filter": "kettles", "when": "daily 10:00"})
    await theirs.until(lambda: "kettles" in str(theirs.views.homes["U0READER"]))
    assert bot.asked[-1].who == "slack:T0THEIRS:U0READER"


async def test_an_export_arrives_there(bot: Bot, theirs: Neighbour) -> None:
    await says(theirs, "subscribe agents daily 09:00 in UTC")
    await says(theirs, "export")
    assert [file.place for file in theirs.files.shared] == ["@U0READER"]
    assert bot.slack.files.shared == []


async def test_somebody_who_uninstalls_it_stops_their_workspace_alone(
    bot: Bot, theirs: Neighbour, others: Neighbour
) -> None:
    numbers = await bot.subscribe(theirs.place, theirs.direct, others.place, bot.slack.place)
    await theirs.uninstall()

    assert [await bot.state(number) for number in numbers] == [PAUSED, PAUSED, ACTIVE, ACTIVE]
    assert (await kept(bot)).removed_at == bot.clock()
    assert (await kept(bot)).token == ""
    await bot.morning()
    assert bot.posted(theirs.place) == []
    assert len(bot.posted(others.place)) == len(bot.posted(bot.slack.place)) == 2


@pytest.mark.parametrize(
    ("tokens", "state"), [({"bot": ["U0BOT"]}, PAUSED), ({"oauth": ["U0ADMIN"]}, ACTIVE)]
)
async def test_a_revoked_bot_token_is_a_removal_and_a_person_s_is_none(
    bot: Bot, theirs: Neighbour, tokens: dict[str, list[str]], state: tuple[str, str | None]
) -> None:
    [number] = await bot.subscribe(theirs.place)
    await theirs.uninstall(event={"type": "tokens_revoked", "tokens": tokens})
    assert await bot.state(number) == state


async def test_an_old_removal_that_comes_late_removes_nothing(bot: Bot, theirs: Neighbour) -> None:
    [number] = await bot.subscribe(theirs.place)
    await theirs.uninstall(at=(bot.clock() - timedelta(seconds=2)).timestamp())
    assert await bot.state(number) == ACTIVE


async def test_of_a_removal_of_the_home_workspace_nothing_is_made(bot: Bot, theirs: Neighbour) -> None:
    numbers = await bot.subscribe(theirs.place, bot.slack.place)
    await bot.slack.event({"type": "app_uninstalled"})
    assert [await bot.state(number) for number in numbers] == [ACTIVE, ACTIVE]


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive", "invalid_auth"])
async def test_a_token_that_is_refused_while_sending_pauses_its_workspace_alone(
    bot: Bot, theirs: Neighbour, others: Neighbour, error: str
) -> None:
    numbers = await bot.subscribe(theirs.place, theirs.direct, others.place, bot.slack.place)
    theirs.revoke(error)
    outcomes = await bot.morning()

    assert [await bot.state(number) for number in numbers] == [PAUSED, PAUSED, ACTIVE, ACTIVE]
    assert len(bot.posted(others.place)) == len(bot.posted(bot.slack.place)) == 2
    assert {(one.place, one.state.value) for one in outcomes} >= {
        (str(others.place), "sent"), (str(bot.slack.place), "sent"), (str(theirs.place), "failed"),
    }  # fmt: skip
    calls = len(bot.slack.calls)
    assert await bot.app.sender.send_open(impatient=True) == []
    assert len(bot.slack.calls) == calls


async def test_installed_anew_it_goes_on_at_once(bot: Bot, theirs: Neighbour) -> None:
    numbers = await bot.subscribe(theirs.place, theirs.direct)
    async with bot.app.database.write() as session:
        await installations.pause_installation(session, "slack", "T0NOBODY", "for another reason")
    theirs.revoke()
    await bot.morning()
    page = await bot.install(theirs)

    assert "What was subscribed to before goes on" in page.text
    assert [await bot.state(number) for number in numbers] == [ACTIVE, ACTIVE]
    await bot.morning(TOMORROW, 2)
    assert len(bot.posted(theirs.place)) > 0
    assert "Paper 2" in bot.posted(theirs.place)[-1].text


async def test_what_somebody_paused_themselves_stays_paused(bot: Bot, theirs: Neighbour) -> None:
    await says(theirs, "subscribe daily 09:00 in UTC")
    await says(theirs, "pause 1")
    await theirs.uninstall()
    await bot.install(theirs)
    assert await bot.state(1) == ("paused", None)


async def test_a_token_that_was_replaced_meanwhile_removes_nothing(bot: Bot, theirs: Neighbour) -> None:
    """This process still has the old one, which Slack refuses."""
    [number] = await bot.subscribe(theirs.place)
    await bot.morning()
    async with running_bot(
        bot.slack, str(bot.app.settings.database_url.get_secret_value()), bot.clock
    ) as other:
        if other.app.database.is_sqlite and ":memory:" in other.app.settings.database_url.get_secret_value():
            pytest.skip("a database in memory is one process's")
        await other.install(theirs)
    await bot.morning(TOMORROW, 2)
    assert await bot.state(number) == ACTIVE
    assert "Paper 2" in bot.posted(theirs.place)[-1].text


async def test_a_workspace_that_never_installed_it_gets_a_kind_answer_and_no_work(bot: Bot) -> None:
    stranger = bot.slack.neighbour("T0STRANGE")
    said = await says(stranger, "subscribe agents")
    assert "I am not installed in this workspace" in said
    assert f"{bot.root}/slack/install" in said
    assert bot.asked == []
    await stranger.open_home()
    await stranger.click("today")
    await stranger.shortcut({"text": "https://arxiv.org/abs/2607.00001"})
    assert bot.asked == []
    assert "views.publish" not in bot.slack.calls


async def test_a_form_from_a_workspace_that_has_removed_it_says_so(bot: Bot, theirs: Neighbour) -> None:
    await theirs.command("/papers subscribe", answers=0)
    await theirs.modal()
    await theirs.uninstall()
    asked = len(bot.asked)
    left_open = await theirs.submit({"filter": "agents", "when": "daily 10:00"})
    assert left_open
    assert "I am not installed in this workspace" in str(left_open.view)
    assert len(bot.asked) == asked


async def test_a_person_of_their_workspace_in_a_channel_shared_with_home_is_theirs(
    bot: Bot, theirs: Neighbour
) -> None:
    await bot.slack.click("subscriptions", team=THEIRS)
    request = bot.asked[-1]
    assert (request.who, str(request.place)) == ("slack:T0THEIRS:U0READER", "slack:C0PAPERS")
    assert request.direct is None


async def test_without_a_home_token_it_listens_and_serves_all_the_same(database_url: str) -> None:
    async with many_workspaces(database_url, SLACK_BOT_TOKEN=None) as bot:
        theirs = bot.slack.neighbour(THEIRS)
        await bot.install(theirs)
        assert "subscribe" in await says(theirs, "help")
        [there, nowhere] = await bot.subscribe(theirs.place, Place("slack", "C0PAPERS"))
        outcomes = await bot.morning()
        assert len(bot.posted(theirs.place)) == 2
        [failed] = [one for one in outcomes if one.subscription == nowhere]
        assert "SLACK_BOT_TOKEN" in str(failed.reason)
        assert [await bot.state(there), await bot.state(nowhere)] == [ACTIVE, ACTIVE]


async def test_a_workspace_that_was_added_by_its_token_needs_neither_oauth_nor_a_home_token(
    database_url: str,
) -> None:
    none = {"SLACK_BOT_TOKEN": None, "SLACK_CLIENT_ID": None, "SLACK_CLIENT_SECRET": None}
    async with many_workspaces(database_url, **none) as bot:
        theirs = bot.slack.neighbour(THEIRS)
        await bot.app.workspaces.keep(Installed("slack", THEIRS, theirs.install()))
        assert "subscribe" in await says(theirs, "help")
        await bot.subscribe(theirs.place)
        await bot.morning()
        assert len(bot.posted(theirs.place)) == 2


async def test_in_socket_mode_too(database_url: str) -> None:
    app_token = "xapp-1-A0PAPERS-1-fake"
    async with FakeSlack() as slack:
        slack.app_token = app_token
        only = {"SLACK_APP_TOKEN": app_token, "SLACK_SIGNING_SECRET": None}
        async with running_bot(slack, database_url, Clock(at(DAY, 6)), **only) as bot:
            await slack.connected()
            theirs = slack.neighbour(THEIRS)
            await bot.install(theirs)
            assert "subscribe" in await says(theirs, "help")
            assert bot.asked[-1].who == "slack:T0THEIRS:U0READER"
            [number] = await bot.subscribe(theirs.place)
            await theirs.uninstall()
            assert await bot.state(number) == PAUSED
