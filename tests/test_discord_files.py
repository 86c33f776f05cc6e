"""Files on Discord: what the bot hands out, and what it takes in and from where."""

from collections.abc import AsyncIterator

import pytest

from adapters.discord.app import DiscordAdapter
from adapters.discord.files import Files
from bot.markup import Attachment, Message
from bot.request import LONGEST_FILE, Reply, Request
from tests.discord_reader import NOW, Reader, connect
from tests.fakes import discord_store as store
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_files import Upload
from tests.logs import captured_logs

TEXT = '{"subscriptions": [{"filter": "diffusion é 日本"}]}'


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


@pytest.mark.usefixtures("adapter")
async def test_a_file_that_somebody_hands_in_is_read(fake: FakeDiscord, reader: Reader) -> None:
    await fake.command("import", file=Upload(TEXT.encode()))
    assert reader.requests == [Request("import", fake.place, store.PERSON, NOW, file=TEXT)]


@pytest.mark.usefixtures("adapter")
async def test_whoever_keeps_the_file_does_not_get_the_token(fake: FakeDiscord) -> None:
    await fake.command("import", file=Upload(TEXT.encode()))
    [headers] = fake.files.fetched
    assert fake.token not in str(headers)
    assert "Authorization" not in headers


FULL = b"x" * LONGEST_FILE
READ: dict[str, tuple[Upload, str]] = {
    "as long as can be": (Upload(FULL), FULL.decode()),
    "too long": (Upload(FULL + b"x"), ""),
    "longer than it says": (Upload(FULL + b"x", size=10), ""),
    "much longer than it says": (Upload(FULL * 50, size=10), ""),
    "shorter than it says": (Upload(b"x", size=20), "x"),
    "so long that it says nothing": (Upload(b"x", size=LONGEST_FILE + 1), ""),
    "empty": (Upload(b""), ""),
    "a mark at the beginning": (Upload(b"\xef\xbb\xbf{}"), "{}"),
    "not UTF-8": (Upload(b"\xff\xfe\x00x"), ""),
    "zeros": (Upload(b"a\x00b"), "a\x00b"),
    "led elsewhere": (Upload(b"x", redirect="http://127.0.0.1/secret"), ""),
}


@pytest.mark.parametrize(("upload", "text"), READ.values(), ids=READ)
@pytest.mark.usefixtures("adapter")
async def test_what_is_read_of_a_file(fake: FakeDiscord, reader: Reader, upload: Upload, text: str) -> None:
    [answer] = await fake.command("import", file=upload)
    assert reader.requests[0].file == text
    assert store.shown(answer).startswith("You asked for import")


@pytest.mark.usefixtures("adapter")
async def test_a_file_that_says_too_much_is_not_even_asked_for(fake: FakeDiscord) -> None:
    await fake.command("import", file=Upload(b"x", size=LONGEST_FILE + 1))
    assert fake.files.fetched == []


@pytest.mark.usefixtures("adapter")
async def test_a_file_elsewhere_is_not_asked_for(fake: FakeDiscord, reader: Reader) -> None:
    async with FakeDiscord() as elsewhere:
        secret = elsewhere.files.keep(Upload(b"secret"))
        await fake.command("import", file=Upload(b"x", url=secret["url"]))
        assert elsewhere.files.fetched == []
        await fake.command("import", file=Upload(b"x", redirect=secret["url"]))
        assert elsewhere.files.fetched == []
    assert [request.file for request in reader.requests] == ["", ""]


KEPT = {
    "https://cdn.discordapp.com/attachments/1/2/a.json?ex=1&is=2&hm=3": True,
    "https://media.discordapp.net/attachments/1/2/a.json": False,
    "https://CDN.discordapp.com/a": True,
    "http://cdn.discordapp.com/a": False,
    "https://cdn.discordapp.com:8443/a": False,
    "https://cdn.discordapp.com.evil.example/a": False,
    "https://evil.example/https://cdn.discordapp.com/a": False,
    "https://cdn.discordapp.com@evil.example/a": False,
    "https://cdn.discordapp.com\\@evil.example/a": False,
    "https://me:secret@cdn.discordapp.com/a": False,
    "https://evil.example#cdn.discordapp.com": False,
    "https://discord.com/api/v10/users/@me": False,
    "http://127.0.0.1/a": False,
    "http://169.254.169.254/latest/meta-data": False,
    "http://[::1]/a": False,
    "file:///etc/passwd": False,
    "//cdn.discordapp.com/a": False,
    "cdn.discordapp.com/a": False,
    "https://cdn.discordapp.com:port/a": False,
    "https://[": False,
    "": False,
}


@pytest.mark.parametrize(("address", "kept"), KEPT.items())
def test_where_discord_keeps_files(address: str, kept: bool) -> None:
    assert Files("https://discord.com/api/v10").knows(address) is kept


def test_beside_another_api_files_may_lie_as_well() -> None:
    files = Files("http://127.0.0.1:8700/api/v10")
    assert files.knows("http://127.0.0.1:8700/attachments/1/2/a.json")
    assert not files.knows("http://127.0.0.1:8701/attachments/1/2/a.json")
    assert not files.knows("https://127.0.0.1:8700/attachments/1/2/a.json")


async def test_a_file_that_takes_too_long_is_given_up(fake: FakeDiscord) -> None:
    kept = fake.files.keep(Upload(b"x"))
    with captured_logs() as logs:
        assert await Files(fake.url).text(kept["url"], 1, patience=0.0) == ""
    assert [(entry["event"], entry["reason"]) for entry in logs] == [("file_not_read", "TimeoutError")]
    assert kept["url"] not in str(logs)


FILE = Attachment("subscriptions.json", TEXT)
PARTS = (Message("Here"), Message("you are"), Message("at last"))


@pytest.mark.parametrize("private", [True, False], ids=["private", "for all"])
@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.usefixtures("adapter")
async def test_a_file_comes_with_the_last_message(
    fake: FakeDiscord, reader: Reader, number: int, private: bool
) -> None:
    reader.reply = Reply(PARTS[:number], private=private, attachment=FILE)
    answers = await fake.command("export", answers=number)
    files = [answer.get("uploaded") for answer in answers]
    assert files == [None] * (number - 1) + [{"subscriptions.json": TEXT}]
    assert [answer["ephemeral"] for answer in answers] == [private] * number


@pytest.mark.usefixtures("adapter")
async def test_half_a_pair_in_a_file_costs_one_sign(fake: FakeDiscord, reader: Reader) -> None:
    reader.reply = Reply(PARTS[:1], attachment=Attachment("a.txt", "a\ud800b"))
    [answer] = await fake.command("export")
    assert answer["uploaded"] == {"a.txt": "a?b"}


@pytest.mark.usefixtures("adapter")
async def test_a_file_for_all_where_the_bot_may_not_post_is_not_given_away(
    fake: FakeDiscord, reader: Reader
) -> None:
    fake.channels[store.TEXT].refuses = 50013
    reader.reply = Reply(PARTS[:1], private=False, attachment=FILE)
    with captured_logs():
        [answer] = await fake.command("export")
    assert "uploaded" not in answer
    assert answer["ephemeral"]
