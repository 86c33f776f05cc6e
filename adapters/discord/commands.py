"""What people can call on Discord: `/papers` with its subcommands, and the entry in a message's menu."""

from collections.abc import Callable, Mapping
from datetime import datetime

import discord
from discord import app_commands

from adapters.discord import choices
from adapters.discord.inbound import Inbound
from adapters.discord.options import (
    BOUNDS,
    EMAIL,
    NAMES,
    NUMBER,
    PAPER,
    POST,
    SCHEDULE,
    WANTED,
    Address,
    Count,
    Late,
    Position,
    Style,
    Switch,
    Text,
    Topic,
    Turn,
    Wanted,
    When,
    Zone,
    given,
)
from adapters.discord.quoting import words_of

_Choices = list[app_commands.Choice[str]]
_CONTEXTS = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
_INSTALLS = app_commands.AppInstallationType(guild=True, user=True)


class Papers(app_commands.Group):
    """`/papers` for servers and for people. Discord has no bare command beside subcommands.

    Args:
        inbound: answers what is asked.
        now: UTC.
    """

    def __init__(self, inbound: Inbound, now: Callable[[], datetime]) -> None:
        super().__init__(
            name="papers",
            description="Trending machine-learning papers",
            allowed_contexts=_CONTEXTS,
            allowed_installs=_INSTALLS,
        )
        self._inbound = inbound
        self._answer = inbound.answer
        self._now = now

    @app_commands.command(description="Find papers")
    @app_commands.describe(wanted=WANTED)
    @app_commands.rename(wanted="filter")
    async def search(self, interaction: discord.Interaction, wanted: Wanted) -> None:
        await self._answer(interaction, f"search {wanted}")

    @app_commands.command(description="The papers of today")
    async def today(self, interaction: discord.Interaction) -> None:
        await self._answer(interaction, "today")

    @app_commands.command(description="The papers of yesterday")
    async def yesterday(self, interaction: discord.Interaction) -> None:
        await self._answer(interaction, "yesterday")

    @app_commands.command(description="The papers of one day")
    @app_commands.describe(date="A date such as 2026-07-29")
    async def day(self, interaction: discord.Interaction, date: Text) -> None:
        await self._answer(interaction, date)

    @app_commands.command(description="One paper")
    @app_commands.describe(paper=PAPER)
    async def paper(self, interaction: discord.Interaction, paper: Text) -> None:
        await self._answer(interaction, f"paper {paper}")

    @app_commands.command(description="Papers that resemble one")
    @app_commands.describe(paper=PAPER)
    async def similar(self, interaction: discord.Interaction, paper: Text) -> None:
        await self._answer(interaction, f"similar {paper}")

    @app_commands.command(description="Get papers of your choice as direct messages; alone, with a form")
    @app_commands.describe(wanted=WANTED, **SCHEDULE, **BOUNDS, email=EMAIL)
    @app_commands.rename(**NAMES)
    async def subscribe(
        self,
        interaction: discord.Interaction,
        wanted: Wanted | None = None,
        when: When | None = None,
        day: Text | None = None,
        at: Text | None = None,
        zone: Zone | None = None,
        style: Style | None = None,
        most: Count | None = None,
        least: Count | None = None,
        explain: Switch | None = None,
        email: Address | None = None,
    ) -> None:
        schedule = {"typed": wanted, "when": when, "days": day, "time": at, "zone": zone, "style": style}
        asked = given(**schedule, most=most, least=least, explain=explain, email=email)
        await self._change(interaction, "subscribe", asked)

    @app_commands.command(description="What you get, with buttons to change it")
    async def subscriptions(self, interaction: discord.Interaction) -> None:
        await self._answer(interaction, "subscriptions")

    @app_commands.command(description="Change one of your subscriptions; without options, with a form")
    @app_commands.describe(number=NUMBER, wanted=WANTED, **SCHEDULE, **BOUNDS)
    @app_commands.rename(**NAMES)
    async def edit(
        self,
        interaction: discord.Interaction,
        number: Position,
        wanted: Wanted | None = None,
        when: When | None = None,
        day: Text | None = None,
        at: Text | None = None,
        zone: Zone | None = None,
        style: Style | None = None,
        most: Count | None = None,
        least: Count | None = None,
        explain: Switch | None = None,
    ) -> None:
        schedule = {"typed": wanted, "when": when, "days": day, "time": at, "zone": zone, "style": style}
        changed = given(**schedule, most=most, least=least, explain=explain)
        await self._change(interaction, f"edit {number}", changed)

    @app_commands.command(description="Send nothing of a subscription until you resume it")
    @app_commands.describe(number=NUMBER)
    async def pause(self, interaction: discord.Interaction, number: Position) -> None:
        await self._answer(interaction, f"pause {number}")

    @app_commands.command(description="Go on with a paused subscription")
    @app_commands.describe(number=NUMBER)
    async def resume(self, interaction: discord.Interaction, number: Position) -> None:
        await self._answer(interaction, f"resume {number}")

    @app_commands.command(description="End a subscription; a button undoes it")
    @app_commands.describe(number=NUMBER)
    async def delete(self, interaction: discord.Interaction, number: Position) -> None:
        await self._answer(interaction, f"delete {number}")

    @app_commands.command(description="What this channel gets; with options, change it")
    @app_commands.describe(
        turn="Turn the post of this channel on or off, or pause it",
        wanted=WANTED,
        **SCHEDULE,
        **BOUNDS,
        late="Papers that come late: in the next digest, or appended to the thread of their day",
        post=POST,
    )
    @app_commands.rename(**NAMES)
    async def channel(
        self,
        interaction: discord.Interaction,
        wanted: Wanted | None = None,
        when: When | None = None,
        day: Text | None = None,
        at: Text | None = None,
        zone: Zone | None = None,
        style: Style | None = None,
        most: Count | None = None,
        least: Count | None = None,
        explain: Switch | None = None,
        late: Late | None = None,
        turn: Turn | None = None,
        post: Position | None = None,
    ) -> None:
        schedule = {"typed": wanted, "when": when, "days": day, "time": at, "zone": zone, "style": style}
        changed = given(**schedule, most=most, least=least, explain=explain, late=late)
        await self._answer(interaction, _of_channel(post, turn), changed)

    @app_commands.command(name="name", description="Let somebody else change the post of this channel too")
    @app_commands.describe(who="A person here", post=POST)
    async def appoint(
        self, interaction: discord.Interaction, who: discord.User, post: Position | None = None
    ) -> None:
        await self._answer(interaction, _of_channel(post, f"name <@{who.id}>"))

    @app_commands.command(name="unname", description="Let somebody change the post of this channel no more")
    @app_commands.describe(who="A person here", post=POST)
    async def dismiss(
        self, interaction: discord.Interaction, who: discord.User, post: Position | None = None
    ) -> None:
        await self._answer(interaction, _of_channel(post, f"unname <@{who.id}>"))

    @app_commands.command(description="Your time zone, your hour, your quiet days")
    @app_commands.describe(
        zone=SCHEDULE["zone"], at=SCHEDULE["at"], quiet="Days without digests, for example: sat-sun"
    )
    @app_commands.rename(at="time")
    async def settings(
        self,
        interaction: discord.Interaction,
        zone: Zone | None = None,
        at: Text | None = None,
        quiet: Text | None = None,
    ) -> None:
        await self._answer(interaction, "settings", given(zone=zone, time=at, quiet=quiet))

    @app_commands.command(description="No direct messages until you are back")
    @app_commands.describe(
        until="A date such as 2026-08-14, or tomorrow, friday, next week; off when you are back"
    )
    async def vacation(self, interaction: discord.Interaction, until: Text | None = None) -> None:
        await self._answer(interaction, "vacation", given(until=until))

    @app_commands.command(description="What you missed since a day")
    @app_commands.describe(date="A date such as 2026-07-29, or yesterday, monday, 7d", wanted=WANTED)
    @app_commands.rename(wanted="filter")
    async def since(
        self, interaction: discord.Interaction, date: Text | None = None, wanted: Wanted | None = None
    ) -> None:
        await self._answer(interaction, "since", given(date=date, filter=wanted))

    @app_commands.command(description="What you have subscribed to, for your feed reader")
    @app_commands.describe(renew="Move it to a new address")
    async def feed(self, interaction: discord.Interaction, renew: Switch | None = None) -> None:
        await self._answer(interaction, "feed renew" if renew == "on" else "feed")

    @app_commands.command(description="Your subscriptions as a file")
    async def export(self, interaction: discord.Interaction) -> None:
        await self._answer(interaction, "export")

    @app_commands.command(name="import", description="Subscriptions from a file")
    @app_commands.describe(file="A file as /papers export gives it")
    async def take_in(self, interaction: discord.Interaction, file: discord.Attachment) -> None:
        await self._answer(interaction, "import", handed_in=file)

    @app_commands.command(description="Delete everything that is kept about you")
    async def forget(self, interaction: discord.Interaction) -> None:
        await self._answer(interaction, "forget me")

    @app_commands.command(description="Why a digest came as it did, and when the next one comes")
    @app_commands.describe(number=NUMBER)
    async def why(self, interaction: discord.Interaction, number: Position | None = None) -> None:
        await self._answer(interaction, "why", given(number=number))

    @app_commands.command(description="What the bot can do, with examples")
    @app_commands.describe(topic="What to tell more of")
    async def help(self, interaction: discord.Interaction, topic: Topic | None = None) -> None:
        await self._answer(interaction, f"help {topic}" if topic else "help")

    @search.autocomplete("wanted")
    @subscribe.autocomplete("wanted")
    @edit.autocomplete("wanted")
    @channel.autocomplete("wanted")
    @since.autocomplete("wanted")
    async def _filters(self, _interaction: discord.Interaction, typed: str) -> _Choices:
        return [app_commands.Choice(name=text, value=text) for text in await self._inbound.suggest(typed)]

    @day.autocomplete("date")
    @since.autocomplete("date")
    async def _days(self, _interaction: discord.Interaction, typed: str) -> _Choices:
        latest = choices.days(self._now().date(), typed)
        return [app_commands.Choice(name=name, value=value) for name, value in latest]

    @subscribe.autocomplete("zone")
    @edit.autocomplete("zone")
    @channel.autocomplete("zone")
    @settings.autocomplete("zone")
    async def _zones(self, _interaction: discord.Interaction, typed: str) -> _Choices:
        return [app_commands.Choice(name=zone, value=zone) for zone in choices.zones(typed)]

    async def _change(
        self, interaction: discord.Interaction, text: str, fields: Mapping[str, str] | None
    ) -> None:
        """Do what the options say; where there are none, ask in a form."""
        if fields:
            await self._answer(interaction, text, fields)
        else:
            await self._inbound.answer_with_form(interaction, text)


def message_menu(inbound: Inbound) -> app_commands.ContextMenu:
    """*Find papers like this message*, in the menu of every message that a person can see."""

    async def like(interaction: discord.Interaction, message: discord.Message) -> None:
        await inbound.answer(interaction, f"like {words_of(message)}".rstrip())

    return app_commands.ContextMenu(
        name="Find papers like this message",
        callback=like,
        allowed_contexts=_CONTEXTS,
        allowed_installs=_INSTALLS,
    )


def _of_channel(post: int | None, words: str | None) -> str:
    """`channel`, `channel 3`, `channel pause`, `channel 3 pause`."""
    return " ".join(str(part) for part in ("channel", post, words) if part)
