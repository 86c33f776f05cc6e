"""Subscriptions on Discord, from typed options to the store and back: the whole bot, and a strict fake."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.discord.app import DiscordAdapter
from bot.app import App, open_app
from bot.places import Place
from bot.settings import read_settings
from storage import subscriptions
from storage.models import Subscription, SubscriptionState
from tests.discord_reader import connect
from tests.fakes import discord_store as store
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_answers import Asked
from tests.fakes.discord_files import Upload
from tests.fakes.discord_options import Chosen
from tests.stored import list_papers

MODAL = 9


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as running:
        yield running
        assert running.violations == []


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """The bot with a few papers in its store."""
    settings = read_settings(DAILY_PAPERS_DATABASE_URL=f"sqlite:///{tmp_path / 'papers.db'}")
    async with open_app(settings) as opened:
        await list_papers(opened.database, 1, 2, 3)
        yield opened


@pytest.fixture(autouse=True)
async def adapter(fake: FakeDiscord, app: App) -> AsyncIterator[DiscordAdapter]:
    made = connect(fake)
    await made.start(app.commands.handle, app.commands.suggest)
    yield made
    await made.stop()


async def kept(app: App, place: Place) -> Sequence[Subscription]:
    """What is to be sent there."""
    async with app.database.read() as session:
        return await subscriptions.at_place(session, str(place))


async def kept_in_all(app: App) -> list[Subscription]:
    """Every subscription, ended ones too."""
    async with app.database.read() as session:
        found = [await subscriptions.subscription_by_id(session, number) for number in range(1, 9)]
    return [one for one in found if one is not None]


def button(answer: dict[str, Any], label: str) -> str:
    """The custom id of the button that begins so."""
    shown = [one for row in answer["components"] for one in row["components"]]
    return next(str(one["custom_id"]) for one in shown if one["label"].startswith(label))


async def form(fake: FakeDiscord, custom_id: str) -> Asked:
    """The form that a button opens."""
    asked = await fake.interactions.press(custom_id)
    assert (await asked.acknowledged())["type"] == MODAL
    return asked


async def subscribed(fake: FakeDiscord) -> dict[str, Any]:
    """The receipt of a new subscription."""
    [receipt] = await fake.command("subscribe", filter="enough -3", zone="Europe/Berlin")
    return receipt


async def test_the_zone_is_asked_for_once(fake: FakeDiscord, app: App) -> None:
    [question] = await fake.command("subscribe", filter="enough -3", when="weekly", day="fri", time="08:15")
    assert await kept(app, fake.direct) == []
    asked = await form(fake, button(question, "Another zone"))
    [receipt] = await fake.interactions.submit(asked, zone="Asia/Kolkata")
    [subscription] = await kept(app, fake.direct)
    assert (subscription.zone, subscription.weekdays) == ("Asia/Kolkata", "fri")
    assert "Asia/Kolkata" in store.shown(receipt)

    await fake.command("subscribe", filter="enough -2")
    assert [one.zone for one in await kept(app, fake.direct)] == ["Asia/Kolkata"] * 2


WORDS: dict[str, tuple[dict[str, Any], tuple[str, str, str, str]]] = {
    "a schedule": (
        {"filter": "enough -3 weekly mon 08:15"},
        ("enough -3", "weekly", "mon", "08:15"),
    ),
    "an option counts more": (
        {"filter": "enough -3 daily 08:15", "when": "weekly", "day": "fri"},
        ("enough -3", "weekly", "fri", "08:15"),
    ),
    "in quotes": (
        {"filter": 'enough -3 -"weekly mon 08:15"'},
        ('enough -"weekly mon 08 15" -3', "daily", "mon,tue,wed,thu,fri", "09:00"),
    ),
}


@pytest.mark.parametrize("command", ["subscribe", "edit", "channel"])
@pytest.mark.parametrize(("options", "columns"), WORDS.values(), ids=WORDS)
async def test_behind_a_filter_stands_what_could_be_typed(
    fake: FakeDiscord, app: App, command: str, options: dict[str, Any], columns: tuple[str, ...]
) -> None:
    """Help and receipts show `/papers subscribe agents weekly mon 09:00`."""
    number: dict[str, Any] = {}
    if command == "edit":
        await subscribed(fake)
        number = {"number": 1}
    await fake.command(
        command,
        **number,
        **options,
        zone="Europe/Berlin",
        person=store.MANAGER if command == "channel" else store.PERSON,
    )
    [one] = await kept_in_all(app)
    said = (one.filter, one.cadence.value, one.weekdays, f"{one.local_time:%H:%M}")
    assert said == columns


async def test_without_options_a_form_asks_for_everything(fake: FakeDiscord, app: App) -> None:
    asked = await fake.interactions.ask("subscribe")
    assert (await asked.acknowledged())["type"] == MODAL
    await fake.interactions.submit(asked, filter="enough -3", when="each", zone="Europe/Paris", most="5")
    [subscription] = await kept(app, fake.direct)
    assert (subscription.cadence.value, subscription.max_papers) == ("each", 5)


async def test_the_receipt_takes_it_back(fake: FakeDiscord, app: App) -> None:
    await fake.click(button(await subscribed(fake), "Undo"))
    [subscription] = await kept_in_all(app)
    assert subscription.state is SubscriptionState.ENDED


async def test_a_list_with_buttons_pauses_and_edits(fake: FakeDiscord, app: App) -> None:
    await subscribed(fake)
    [listed] = await fake.command("subscriptions")
    asked = await form(fake, button(listed, "Edit 1"))
    await fake.interactions.submit(asked, when="never")
    await fake.interactions.submit(await form(fake, button(listed, "Edit 1")), when="daily 07:30")
    [subscription] = await kept(app, fake.direct)
    assert str(subscription.local_time) == "07:30:00"
    await fake.command("pause", number=1)
    [subscription] = await kept_in_all(app)
    assert subscription.state is SubscriptionState.PAUSED
    await fake.command("edit", number=1, explain="on")
    await fake.command("resume", number=1)
    [subscription] = await kept(app, fake.direct)
    assert (subscription.state, subscription.explain) == (SubscriptionState.ACTIVE, True)


async def test_nobody_else_changes_it(fake: FakeDiscord, app: App) -> None:
    await subscribed(fake)
    before = (await kept_in_all(app))[0].model_dump()
    for command in ("pause", "resume", "delete"):
        await fake.command(command, number=1, person=store.MANAGER)
    await fake.command("edit", number=1, time="05:00", person=store.MANAGER)
    assert [one.model_dump() for one in await kept_in_all(app)] == [before]


async def test_who_manages_the_channel_sets_its_post(fake: FakeDiscord, app: App) -> None:
    await fake.command("channel", turn="on", zone="Europe/Berlin")
    assert await kept(app, fake.place) == []
    await fake.command("channel", turn="on", zone="Europe/Berlin", person=store.MANAGER)
    [post] = await kept(app, fake.place)
    assert (post.state, post.owner) == (SubscriptionState.ACTIVE, f"discord:{store.MANAGER}")

    await fake.command("channel", most=7)
    [post] = await kept(app, fake.place)
    assert post.max_papers is None
    await fake.command("name", who=Chosen(store.PERSON), person=store.MANAGER)
    await fake.command("channel", most=7)
    [post] = await kept(app, fake.place)
    assert (post.max_papers, post.managers) == (7, [f"discord:{store.PERSON}"])
    await fake.command("unname", who=Chosen(store.PERSON), person=store.MANAGER)
    await fake.command("channel", turn="off")
    assert [one.state for one in await kept(app, fake.place)] == [SubscriptionState.ACTIVE]


TURNED: dict[str, tuple[str, str, dict[str, Any], str, tuple[str, str]]] = {
    "on, and another filter": ("active", "on", {"filter": "enough"}, "post is changed", ("active", "enough")),
    "paused, and another filter": (
        "active",
        "pause",
        {"filter": "enough"},
        "post is paused and is changed",
        ("paused", "enough"),
    ),
    "on again, and another filter": (
        "paused",
        "on",
        {"filter": "enough"},
        "post goes on and is changed",
        ("active", "enough"),
    ),
    "resumed, and what it is already": (
        "paused",
        "resume",
        {"filter": "enough -3"},
        "post goes on",
        ("active", "enough -3"),
    ),
    "paused again": ("paused", "pause", {"filter": "enough"}, "post is changed", ("paused", "enough")),
    "off, which leaves nothing to change": (
        "active",
        "off",
        {"filter": "enough"},
        "has nothing to change",
        ("active", "enough -3"),
    ),
    "what cannot be read": ("active", "pause", {"filter": "("}, "cannot read", ("active", "enough -3")),
}


@pytest.mark.parametrize(("state", "turn", "options", "said", "then"), TURNED.values(), ids=TURNED)
async def test_a_post_is_switched_and_changed_at_once(
    fake: FakeDiscord,
    app: App,
    state: str,
    turn: str,
    options: dict[str, Any],
    said: str,
    then: tuple[str, str],
) -> None:
    boss = store.MANAGER
    await fake.command("channel", turn="on", filter="enough -3", zone="Europe/Berlin", person=boss)
    if state == "paused":
        await fake.command("channel", turn="pause", person=boss)
    [receipt] = await fake.command("channel", turn=turn, **options, person=boss)
    assert said in store.shown(receipt)
    [post] = await kept(app, fake.place)
    assert (post.state.value, post.filter) == then


async def test_what_is_asked_about_first_is_switched_with_the_yes(fake: FakeDiscord, app: App) -> None:
    boss = store.MANAGER
    await fake.command("channel", turn="on", filter="enough -3", zone="Europe/Berlin", person=boss)
    await fake.command("channel", turn="pause", person=boss)
    [question] = await fake.command("channel", turn="on", filter="nowhere", most=3, person=boss)
    [post] = await kept(app, fake.place)
    assert (post.state, post.filter) == (SubscriptionState.PAUSED, "enough -3")
    await fake.click(button(question, "Save it all the same"), person=boss)
    [post] = await kept(app, fake.place)
    assert (post.state, post.filter, post.max_papers) == (SubscriptionState.ACTIVE, "nowhere", 3)


async def test_a_file_goes_out_and_comes_back(fake: FakeDiscord, app: App) -> None:
    await subscribed(fake)
    [exported] = await fake.command("export")
    [(name, text)] = exported["uploaded"].items()
    await fake.command("delete", number=1)
    assert await kept(app, fake.direct) == []
    await fake.command("import", file=Upload(text.encode(), name=name))
    [subscription] = await kept(app, fake.direct)
    assert (subscription.zone, subscription.owner) == ("Europe/Berlin", f"discord:{store.PERSON}")
