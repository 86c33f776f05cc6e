"""What the console adds to an answer, and what it tells of the person who asks."""

import io
import zoneinfo

import pytest
import tzlocal

from adapters.console.app import ConsoleAdapter
from adapters.console.inbound import PLACE, Sitting, read
from bot.forms import Field, Form
from bot.markup import Attachment, Button, Card, Message, Span, line
from bot.request import Reply, Request
from tests.discord_reader import NOW

SUBSCRIPTIONS = Message(
    "Your subscriptions",
    cards=(
        Card(
            Span("1. diffusion"),
            buttons=(Button("Pause 1", "pause 1"), Button("Edit 1", "edit 1", form=True)),
        ),
        Card(Span("2. robots"), facts=(line("paused"),), buttons=(Button("Resume 2", "resume 2"),)),
    ),
    buttons=(Button("Settings", "settings"),),
)
LISTED = """\
Your subscriptions
────────────────────────────────────────────────────────────────────────────────

1. diffusion
▸ Pause 1: /papers pause 1
▸ Edit 1: /papers edit 1

2. robots
paused
▸ Resume 2: /papers resume 2

▸ Settings: /papers settings

"""


async def answered(reply: Reply) -> str:
    """What stands on the screen after a question that gets this answer."""
    out = io.StringIO()

    async def handle(_request: Request) -> Reply:
        return reply

    console = ConsoleAdapter(out, io.StringIO("papers subscriptions\n"))
    await console.start(handle)
    await console.wait()
    await console.stop()
    return out.getvalue()


async def test_the_buttons_of_a_card_stand_under_it() -> None:
    assert await answered(Reply((SUBSCRIPTIONS,))) == LISTED


async def test_in_a_thread_nothing_can_be_clicked() -> None:
    out = io.StringIO()
    await ConsoleAdapter(out, io.StringIO()).send(PLACE, SUBSCRIPTIONS, "d.0")
    assert "▸" not in out.getvalue()


async def test_instead_of_a_form_the_messages_are_printed() -> None:
    form = Form("Settings", "settings edit", (Field("zone", "Time zone"),))
    reply = Reply((Message(lines=(line("Type /papers settings"),)),), form=form)
    assert await answered(reply) == "Type /papers settings\n\n"


async def test_a_file_is_printed_whole_below_the_answer() -> None:
    rows = '{\n  "filter": "' + "diffusion " * 20 + '"\n}'
    reply = Reply((Message(lines=(line("Here it is."),)),), attachment=Attachment("subscriptions.json", rows))
    assert await answered(reply) == f"Here it is.\n\nsubscriptions.json\n{rows}\n\n"


async def test_a_file_is_only_text() -> None:
    file = Attachment("\x1b[1mname\n.txt", "[red]a[/red]\x1b]8;;https://evil.example\x07b\x00c\u202e\r\nd")
    shown = await answered(Reply((Message("Here"),), attachment=file))
    assert shown.splitlines()[3:] == ["[1mname .txt", "[red]a[/red] ]8;;https://evil.example b c", "d", ""]


@pytest.mark.parametrize(
    ("setting", "zone"),
    [("Europe/Berlin", "Europe/Berlin"), (":Asia/Tokyo", "Asia/Tokyo"), ("UTC", "UTC")],
)
async def test_the_time_zone_is_the_machine_s(
    monkeypatch: pytest.MonkeyPatch, setting: str, zone: str
) -> None:
    monkeypatch.setenv("TZ", setting)
    monkeypatch.setattr(tzlocal.unix, "_cache_tz_name", None)
    assert await Sitting().zone() == zone


@pytest.mark.parametrize("name", [None, "", "local", "\x00", "Europe", "../../etc/passwd", "CET-1CEST"])
async def test_a_machine_that_names_no_zone_has_none(
    monkeypatch: pytest.MonkeyPatch, name: str | None
) -> None:
    monkeypatch.setattr(tzlocal, "get_localzone_name", lambda: name)
    assert await Sitting().zone() is None


async def test_settings_that_contradict_each_other_name_no_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    def contradict() -> str:
        raise zoneinfo.ZoneInfoNotFoundError("Multiple conflicting time zone configurations found")

    monkeypatch.setattr(tzlocal, "get_localzone_name", contradict)
    assert await Sitting().zone() is None


async def test_whoever_sits_here_manages_the_place_and_is_written_to_here() -> None:
    request = read("papers subscriptions", "ana", NOW)
    assert isinstance(request, Request)
    assert request.direct == PLACE
    assert await request.asker.manages()
    assert await request.asker.sees(["", "C1"]) == set()
