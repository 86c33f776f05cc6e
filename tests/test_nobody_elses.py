"""A subscription is its owner's alone, and a channel's post is of those who may change it.

Whatever anybody else tries (a guessed number, a forwarded button, a form, a file, the same identifier in
another workspace) is refused politely, tells them nothing, and leaves every row as it was.
"""

import json
from collections.abc import AsyncIterator

import pytest

from bot.places import Place
from storage.database import Database
from storage.models import DeliveryState
from tests.fakes.slack_people import OTHER_TEAM
from tests.fakes.slack_rules import readable
from tests.month import talking_over_a_month
from tests.stored import planned, reserve, subscribe
from tests.talk import Talk
from tests.talk_chat import bare
from tests.talk_slack import OnSlack

pytestmark = pytest.mark.parametrize("database_url", ["memory"], indirect=True)

OTHERS = [
    pytest.param("slack", "ana", id="slack"),
    pytest.param("slack", "stranger", id="slack, the same user id in another workspace"),
    pytest.param("discord", "ana", id="discord"),
    pytest.param("console", "ana", id="console"),
]
UNKNOWN = "You have no subscription 1; /papers subscriptions lists yours"
MAY_NOT = "Only those who manage this channel, and whom they name, can change its post"
DIRECT = {"slack": "slack:@U0READER", "discord": "discord:@2001", "console": "console:"}
HERE = {"slack": Place("slack", "C0PAPERS"), "discord": Place("discord", "1001")}


@pytest.fixture
async def talk(platform: str, database: Database) -> AsyncIterator[Talk]:
    async with talking_over_a_month(platform, database) as talk:
        yield talk


@pytest.fixture
async def yours(talk: Talk) -> Talk:
    """You have a subscription that nobody else knows of."""
    await talk.play("you: /papers subscribe diffusion -video in Europe/Paris")
    return talk


@pytest.fixture
async def posted(talk: Talk) -> Talk:
    """The boss has set up the post of the channel."""
    await talk.play("boss: /papers channel agents in Europe/Paris most 10")
    return talk


def place_of(talk: Talk) -> str:
    """Your direct messages."""
    return DIRECT[talk.chat.name]


async def refuses(talk: Talk, who: str, command: str, words: str, elsewhere: bool = False) -> None:
    """What a click on that answers, and that it changes nothing and gives nothing away."""
    before = await talk.rows()
    await talk.chat.forge(who, command, elsewhere)
    said = talk.chat.seen(who)
    assert words in said, command
    assert "video" not in said, command
    assert await talk.rows() == before, command


PERSONAL = ["pause 1", "resume 1", "edit 1", "edit 1 agents daily 10:00", "delete 1", "now 1", "why 1"]


@pytest.mark.parametrize(("platform", "other"), OTHERS)
async def test_a_forwarded_button_does_nothing_for_others(yours: Talk, other: str) -> None:
    for command in PERSONAL:
        await refuses(yours, other, command, UNKNOWN)


@pytest.mark.parametrize(("platform", "other"), OTHERS)
async def test_a_guessed_number_is_as_unknown_as_one_that_never_was(yours: Talk, other: str) -> None:
    before = await yours.rows()
    for command in ("pause", "resume", "edit", "delete", "why"):
        await yours.chat.say(other, f"{command} 1")
        guessed = yours.chat.seen(other)
        assert UNKNOWN in guessed
        await yours.chat.say(other, f"{command} 77")
        assert yours.chat.seen(other) == guessed.replace("subscription 1", "subscription 77")
    assert await yours.rows() == before


@pytest.mark.parametrize(("platform", "other"), OTHERS)
async def test_a_forwarded_confirmation_confirms_nothing(yours: Talk, other: str) -> None:
    await yours.play("""
        you: /papers edit 1 kettles
        bot: This matches none
    """)
    await refuses(yours, other, yours.chat.command("you", "Save it all the same"), UNKNOWN)


@pytest.mark.parametrize(("platform", "other"), OTHERS)
async def test_the_list_shows_only_one_s_own(yours: Talk, other: str) -> None:
    for command in ("subscriptions", "why", "export"):
        await yours.chat.say(other, command)
        assert "video" not in yours.chat.seen(other)


@pytest.mark.parametrize(("platform", "other"), OTHERS)
async def test_somebody_else_s_undo_undoes_nothing(yours: Talk, other: str) -> None:
    undo = yours.chat.command("you", "Undo")
    await refuses(yours, other, undo, "I know of no change of yours that this would undo")
    await yours.play("""
        you clicks: Undo
        bot: Undone
    """)


@pytest.mark.parametrize(("platform", "other"), OTHERS)
async def test_forget_me_forgets_whoever_clicks_and_only_after_their_own_question(
    yours: Talk, other: str
) -> None:
    await yours.play("you: /papers forget me")
    forget = yours.chat.command("you", "Forget me")
    await refuses(yours, other, forget, "This deletes all that I keep of you: 0 subscriptions")
    await yours.chat.forge("you", forget)
    assert "Deleted: 1 subscription" in yours.chat.seen("you")


@pytest.mark.parametrize(("platform", "other"), [one for one in OTHERS if one.values[0] != "console"])
async def test_the_rest_of_a_digest_is_for_whom_it_was(yours: Talk, other: str) -> None:
    await reserve(yours.database, 290, 280, place=place_of(yours), state=DeliveryState.SENT)
    [delivery] = await planned(yours.database)
    await refuses(yours, other, f"rest {delivery.token}", "it is not for you")
    await yours.chat.forge("you", f"rest {delivery.token}")
    assert "Diffusion for images" in yours.chat.seen("you")


@pytest.mark.parametrize(("platform", "other"), OTHERS)
async def test_a_form_that_somebody_else_opened_changes_nothing(yours: Talk, other: str) -> None:
    await yours.play("""
        you: /papers subscriptions
        click: Edit 1
    """)
    before = await yours.rows()
    await yours.chat.fill_in_of(other, "you", {"filter": "agents", "when": "daily 10:00"})
    assert UNKNOWN in yours.chat.seen(other)
    assert await yours.rows() == before


@pytest.mark.parametrize(("platform", "other"), OTHERS)
async def test_what_the_command_line_set_up_is_of_whom_it_is_sent(talk: Talk, other: str) -> None:
    place = place_of(talk)
    await subscribe(talk.database, place=place, owner=None, filter="diffusion")
    if place != "console:":  # whoever sits at the terminal reads what is printed there
        await refuses(talk, other, "pause 1", UNKNOWN)
    await talk.chat.say("you", "pause 1")
    assert "Subscription 1 is paused" in talk.chat.seen("you")


@pytest.mark.parametrize("named", ["somebody's place", "a channel", "an owner"])
@pytest.mark.parametrize(("platform", "other"), OTHERS)
async def test_a_file_that_names_other_people_s_places_is_not_taken(
    yours: Talk, other: str, named: str
) -> None:
    words = "names somebody else's place, and it can be for you alone"
    if other == "stranger":
        words = "I cannot write to you directly"
    naming = {
        "somebody's place": {"place": "slack:@U0READER" if yours.chat.name == "console" else place_of(yours)},
        "a channel": {"place": "slack:C0PAPERS"},
        "an owner": {"owner": yours.chat.knows("you")},
    }
    row = {"filter": "agents", "when": "daily 09:00", **naming[named]}
    file = json.dumps({"version": 1, "subscriptions": [{"filter": "pruning"}, row]})
    before = await yours.rows()
    await yours.chat.say(other, f"import {file}")
    assert words in yours.chat.seen(other)
    assert await yours.rows() == before


@pytest.mark.parametrize("platform", ["slack"])
async def test_another_workspace_s_person_of_the_same_name_has_nothing_of_theirs(yours: Talk) -> None:
    await yours.play("""
        stranger: /papers subscriptions
        bot: You have no subscriptions yet
        stranger: /papers subscribe agents
        bot: I cannot write to you directly, because you belong to another workspace
        stranger: /papers settings zone Asia/Tokyo
        you: /papers settings
        bot: Time zone: Europe/Paris
        stranger: /papers vacation until 2026-08-14
        you: /papers subscriptions
        bot: Next: Thu 30 Jul 2026
    """)


@pytest.mark.parametrize("platform", ["slack"])
async def test_another_workspace_s_person_of_the_same_name_writes_to_the_bot_directly(yours: Talk) -> None:
    chat = yours.chat
    assert isinstance(chat, OnSlack)
    await reserve(yours.database, 290, place=place_of(yours), state=DeliveryState.SENT)
    [delivery] = await planned(yours.database)
    before = await yours.rows()
    for command, words in {
        "subscriptions": "You have no subscriptions yet",
        "why": "there is no subscription",
        "pause 1": "You have no subscription 1",
        "channel on": "There is no channel here",
        f"rest {delivery.token}": "it is not for you",
    }.items():
        [answer] = await chat.slack.click(command, "U0READER", "DU0READER", team=OTHER_TEAM)
        assert words in bare(readable(answer["text"], answer["blocks"]))
    assert await yours.rows() == before


CHANGES = [
    "channel most 5", "channel diffusion", "channel off", "channel pause", "channel resume", "channel on",
    "channel edit", "channel name <@U0ANA>", "channel unname <@U0ANA>", "channel 1 off", "pause 1",
    "resume 1", "delete 1", "now 1", "edit 1 most 5",
]  # fmt: skip
ON_CHANNELS = ["slack", "discord"]
ON_LOOKERS = [*((platform, "ana") for platform in ON_CHANNELS), ("slack", "stranger")]


@pytest.mark.parametrize(("platform", "other"), ON_LOOKERS)
async def test_a_plain_member_may_look_at_a_channel_s_post_and_change_nothing(
    posted: Talk, other: str
) -> None:
    for command in CHANGES:
        await refuses(posted, other, command, MAY_NOT)


@pytest.mark.parametrize(("platform", "other"), ON_LOOKERS)
async def test_a_plain_member_fills_in_the_form_of_a_channel_s_post_for_nothing(
    posted: Talk, other: str
) -> None:
    await posted.play("""
        boss: /papers channel
        click: Edit
    """)
    before = await posted.rows()
    await posted.chat.fill_in_of(other, "boss", {"filter": "diffusion", "most": "1"})
    assert MAY_NOT in posted.chat.seen(other)
    assert await posted.rows() == before


@pytest.mark.parametrize("platform", ON_CHANNELS)
async def test_from_another_channel_even_a_manager_finds_no_such_post(posted: Talk) -> None:
    for command in PERSONAL:
        await refuses(posted, "boss", command, UNKNOWN, elsewhere=True)
    for command in ("channel 1 off", "channel 1 most 5", "channel 1 history", "channel 1"):
        await refuses(posted, "boss", command, "This channel has no post 1", elsewhere=True)


@pytest.mark.parametrize("platform", ON_CHANNELS)
async def test_a_change_of_a_post_is_undone_by_who_made_it_where_it_was_made(posted: Talk) -> None:
    nothing = "I know of no change of yours that this would undo"
    undo = posted.chat.command("boss", "Undo")
    await refuses(posted, "ana", undo, nothing)
    await refuses(posted, "boss", undo, nothing, elsewhere=True)
    await posted.play("boss: /papers channel name {ana}")
    naming = posted.chat.command("boss", "Undo")
    await refuses(posted, "ana", naming, nothing)


@pytest.mark.parametrize("platform", ON_CHANNELS)
async def test_who_was_named_undoes_nothing_once_unnamed(posted: Talk) -> None:
    await posted.play("""
        boss: /papers channel name {ana}
        ana: /papers channel most 5
    """)
    undo = posted.chat.command("ana", "Undo")
    await posted.play("boss: /papers channel unname {ana}")
    await refuses(posted, "ana", undo, "I know of no change of yours that this would undo")


@pytest.mark.parametrize("platform", ["slack"])
async def test_who_is_named_in_one_workspace_is_not_named_in_another(posted: Talk) -> None:
    await posted.play("""
        boss: /papers channel name {you}
        you: /papers channel most 5
        bot: This channel's post is changed
    """)
    await refuses(posted, "stranger", "channel most 7", MAY_NOT)


@pytest.mark.parametrize("platform", ON_CHANNELS)
async def test_the_rest_of_a_channel_s_digest_is_for_that_channel(posted: Talk) -> None:
    await reserve(posted.database, 290, place=str(HERE[posted.chat.name]), state=DeliveryState.SENT)
    [delivery] = await planned(posted.database)
    await refuses(posted, "boss", f"rest {delivery.token}", "it is not for you", elsewhere=True)
    await posted.chat.forge("ana", f"rest {delivery.token}")
    assert "Diffusion for images" in posted.chat.seen("ana")
