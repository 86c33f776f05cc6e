"""Mail over a real mail server: how it is reached, what comes of its answers, and what is kept open."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.email import posting
from adapters.email.app import EmailAdapter
from adapters.email.errors import Step, refusal
from bot.adapter import (
    AdapterError,
    Ambiguous,
    InstallationGone,
    PlaceGone,
    Rejected,
    Temporary,
    Thread,
    Untraceable,
)
from bot.delivery.journal import LEASE
from bot.markup import Message, line
from bot.places import Place
from bot.settings import read_settings
from tests.fakes.smtp import PASSWORD, FakeSmtp, plain_text

ANN = Place("email", "ann@example.org")
BOB = Place("email", "bob@example.org")
HELLO = Message("Hello", lines=(line("Paper Tigers"), line(".hidden dot")))
NOON = datetime(2026, 7, 29, 12, tzinfo=UTC)


@asynccontextmanager
async def mailing(
    fake: FakeSmtp, url: str | None = None, context: ssl.SSLContext | None = None, **more: Any
) -> AsyncIterator[EmailAdapter]:
    """An adapter that is led to a server."""
    settings = read_settings(SMTP_URL=url or fake.url, EMAIL_FROM="Daily Papers <papers@example.com>")
    adapter = EmailAdapter(settings, clock=lambda: NOON, context=context or fake.context, **more)
    await adapter.start(None)
    try:
        yield adapter
    finally:
        await adapter.stop()


async def refused(fake: FakeSmtp, **how: Any) -> AdapterError:
    """What a mail fails with."""
    async with mailing(fake, **how) as adapter:
        with pytest.raises(AdapterError) as raised:
            await adapter.send(ANN, HELLO, "d1.0")
    return raised.value


@pytest.mark.parametrize(
    ("security", "login"),
    [("none", False), ("starttls", True), ("tls", False), ("tls", True)],
)
async def test_a_mail_arrives_over_each_kind_of_connection(security: Any, login: bool) -> None:
    async with FakeSmtp(security, login) as fake:
        async with mailing(fake) as adapter:
            ref = await adapter.send(ANN, HELLO, "d1.0")
        [mail] = fake.mails
        assert (ref, fake.recipients) == ("<d1.0@example.com>", ["ann@example.org"])
        assert plain_text(mail) == "Hello\n\nPaper Tigers\n.hidden dot\n"
        assert fake.said[-1] == "QUIT"


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_that_nobody_trusts_ends_it(security: Any) -> None:
    async with FakeSmtp(security, login=True) as fake:
        error = await refused(fake, context=ssl.create_default_context())
        assert isinstance(error, InstallationGone)
        assert "certificate" in str(error)
        assert not [said for said in fake.said if not said.startswith("EHLO")]


async def test_a_certificate_for_another_name_ends_it() -> None:
    async with FakeSmtp("tls") as fake:
        error = await refused(fake, url=fake.url.replace("localhost", "127.0.0.1"))
        assert isinstance(error, InstallationGone)


@pytest.mark.parametrize("url", ["smtp://papers:secret@127.0.0.1:{}", "smtp://papers:secret@localhost:{}"])
async def test_without_starttls_nothing_secret_is_said(url: str) -> None:
    async with FakeSmtp("none") as fake:
        error = await refused(fake, url=url.format(fake.port))
        assert isinstance(error, InstallationGone)
        assert all(said.startswith(("EHLO", "QUIT")) for said in fake.said)


async def test_a_refused_login_is_for_a_person_to_mend_and_shows_no_password() -> None:
    async with FakeSmtp("tls", login=True) as fake:
        error = await refused(fake, url=fake.url.replace("open", "shut"))
        assert isinstance(error, InstallationGone)
        assert "535" in str(error)
        assert "shut" not in str(error)
        assert PASSWORD not in str(error)
        assert fake.mails == []


@pytest.mark.parametrize(
    ("step", "answer", "error"),
    [
        ("EHLO", "drop", Temporary),
        ("MAIL", "421 4.3.2 going down", Temporary),
        ("MAIL", "550 5.7.1 not your address", InstallationGone),
        ("MAIL", "550 5.1.8 bad sender", InstallationGone),
        ("MAIL", "552 5.3.4 too large", Rejected),
        ("MAIL", "drop", Temporary),
        ("RCPT", "450 4.2.1 greylisted", Temporary),
        ("RCPT", "451 4.3.0 try later", Temporary),
        ("RCPT", "452 4.2.2 full for now", Temporary),
        ("RCPT", "550 5.1.1 no such user", PlaceGone),
        ("RCPT", "550 no such user", PlaceGone),
        ("RCPT", "551 5.1.6 moved", PlaceGone),
        ("RCPT", "553 5.1.3 bad address", PlaceGone),
        ("RCPT", "553 5.1.7 Bad sender's mailbox address syntax", InstallationGone),
        ("RCPT", "550 5.1.8 Sender address rejected: Domain not found", InstallationGone),
        ("RCPT", "550 5.7.27 Sender address has null MX", InstallationGone),
        ("RCPT", "550 Sender verify failed", InstallationGone),
        ("RCPT", "550 5.1.1 said there: sender verify failed", PlaceGone),
        ("RCPT", "450 4.1.8 Sender address rejected: Domain not found", Temporary),
        ("RCPT", "550 5.7.1 relay access denied", Rejected),
        ("RCPT", "552 5.2.2 over quota", Temporary),
        ("RCPT", "554 5.2.1 disabled", PlaceGone),
        ("RCPT", "drop", Temporary),
        ("DATA", "451 4.3.0 try later", Temporary),
        ("DATA", "554 no", Rejected),
        ("DATA", "drop", Temporary),
        ("TAKEN", "421 4.3.2 going down", Temporary),
        ("TAKEN", "451 4.7.1 greylisted", Temporary),
        ("TAKEN", "552 5.3.4 too large", Rejected),
        ("TAKEN", "554 5.7.1 looks like spam", Rejected),
        ("TAKEN", "554 5.1.1 no such user", PlaceGone),
        ("TAKEN", "554 5.1.8 bad sender", InstallationGone),
        ("TAKEN", "550 5.2.2 full", Temporary),
        ("TAKEN", "drop", Ambiguous),
        ("TAKEN", "150 wait", Ambiguous),
        ("TAKEN", "354 go on", Ambiguous),
        ("TAKEN", "999 whatever", Ambiguous),
    ],
)
async def test_what_an_answer_means(step: str, answer: str, error: type[AdapterError]) -> None:
    async with FakeSmtp() as fake:
        fake.refuse(step, answer)
        async with mailing(fake) as adapter:
            with pytest.raises(AdapterError) as raised:
                await adapter.send(ANN, HELLO, "d1.0")
            assert type(raised.value) is error
            assert fake.mails == []
            await adapter.send(ANN, HELLO, "d1.0")  # the next one is not spoilt by it
        assert len(fake.mails) == 1


@pytest.mark.parametrize("words", ["", "5.1.1 x", "9.9.9", "\x00\r\n" + "x" * 9_999, "\udcff"])
@pytest.mark.parametrize("step", Step)
def test_every_answer_means_something_that_is_not_doubt(step: Step, words: str) -> None:
    for code in range(-1, 700):
        error = refusal(step, code, words)
        assert not isinstance(error, Ambiguous)
        assert isinstance(error, Temporary) or code >= 500
        assert len(str(error)) < 300
        assert str(error).isprintable()


@pytest.mark.parametrize("step", Step)
def test_a_sender_that_is_refused_is_named(step: Step) -> None:
    assert "check EMAIL_FROM" in str(refusal(step, 550, "5.1.8 <papers@example.com>: Domain not found"))


async def test_a_mail_that_was_taken_without_an_answer_is_in_doubt_and_cannot_be_looked_for() -> None:
    async with FakeSmtp() as fake:
        fake.refuse("TAKEN", "lost")
        async with mailing(fake) as adapter:
            with pytest.raises(Ambiguous):
                await adapter.send(ANN, HELLO, "d1.0")
            assert len(fake.mails) == 1
            with pytest.raises(Untraceable):
                await adapter.find(ANN, "d1.0")


async def test_what_was_sent_cannot_be_changed() -> None:
    async with FakeSmtp() as fake, mailing(fake) as adapter:
        with pytest.raises(Rejected):
            await adapter.edit(ANN, await adapter.send(ANN, HELLO, "d1.0"), HELLO)


async def test_one_key_is_one_mail_to_its_reader() -> None:
    async with FakeSmtp() as fake, mailing(fake) as adapter:
        for _ in range(2):
            await adapter.send(ANN, HELLO, "d1.0")
        assert fake.contents[0] == fake.contents[1]


async def test_a_mail_may_stand_under_another_one() -> None:
    async with FakeSmtp() as fake, mailing(fake) as adapter:
        head = await adapter.send(ANN, HELLO, "d1.0")
        await adapter.send(ANN, HELLO, "d1.1", Thread(head, "Hello"))
        await adapter.send(ANN, HELLO, "d1.2", Thread("<x>\r\nBcc: <y@z.org>", "Hello"))
        assert [mail["References"] for mail in fake.mails] == [None, head, None]
        assert not any(mail["Bcc"] for mail in fake.mails)


async def test_a_server_that_says_nothing_is_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "CONNECT_SECONDS", 0.05)
    writers: list[asyncio.StreamWriter] = []
    silent = await asyncio.start_server(lambda _reader, writer: writers.append(writer), "127.0.0.1", 0)
    async with FakeSmtp() as fake:
        port = silent.sockets[0].getsockname()[1]
        error = await refused(fake, url=f"smtp://127.0.0.1:{port}")
    assert isinstance(error, Temporary)
    for writer in writers:
        writer.close()
        await writer.wait_closed()
    silent.close()


async def test_a_server_that_is_not_there_is_out_of_reach() -> None:
    async with FakeSmtp() as fake:
        url = fake.url
    assert isinstance(await refused(fake, url=url), Temporary)


async def test_a_connection_is_used_again() -> None:
    async with FakeSmtp() as fake, mailing(fake) as adapter:
        for number in range(5):
            await adapter.send((ANN, BOB)[number % 2], HELLO, f"d{number}.0")
        assert (len(fake.mails), fake.connections) == (5, 1)


async def test_a_refused_mailbox_spoils_no_connection() -> None:
    async with FakeSmtp() as fake, mailing(fake) as adapter:
        fake.refuse("RCPT", "550 5.1.1 no such user")
        with pytest.raises(PlaceGone):
            await adapter.send(ANN, HELLO, "d1.0")
        await adapter.send(BOB, HELLO, "d2.0")
        assert (fake.recipients, fake.connections) == (["bob@example.org"], 1)


async def test_a_slow_server_is_left_before_the_mail_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers in the end. Nothing was sent, and that is certain."""
    monkeypatch.setattr(posting, "OFFER_SECONDS", 0.1)
    may_answer = asyncio.Event()

    class Slow(FakeSmtp):
        async def handle_RCPT(self, *arguments: Any) -> str:  # noqa: N802
            await may_answer.wait()
            arguments[2].rcpt_tos.append(arguments[3])
            return "250 2.1.5 known"

    async with Slow() as fake, mailing(fake) as adapter:
        with pytest.raises(Temporary, match="too slow"):
            await adapter.send(ANN, HELLO, "d1.0")
        may_answer.set()
        assert fake.mails == []
        async with asyncio.timeout(10):
            while fake.open_connections:
                await asyncio.sleep(0)


def test_a_mail_takes_less_time_than_a_claim_lasts() -> None:
    longest = posting.OFFER_SECONDS + posting.TAKEN_SECONDS
    assert longest < LEASE.total_seconds() - 10


async def test_many_mails_at_once_take_few_connections() -> None:
    async with FakeSmtp() as fake, mailing(fake) as adapter:
        await asyncio.gather(*(adapter.send(ANN, HELLO, f"d{number}.0") for number in range(30)))
        assert len({mail["Message-ID"] for mail in fake.mails}) == 30
        assert fake.connections <= 4


@pytest.mark.parametrize("answer", ["hung up", "421 4.4.2 idle for too long", "drop"])
async def test_a_connection_that_has_ended_meanwhile_is_no_failure(answer: str) -> None:
    async with FakeSmtp() as fake, mailing(fake) as adapter:
        await adapter.send(ANN, HELLO, "d1.0")
        if answer == "hung up":
            fake.hang_up()
        else:
            fake.refuse("MAIL", answer)
        await adapter.send(ANN, HELLO, "d2.0")
        assert (len(fake.mails), fake.connections) == (2, 2)


async def test_a_connection_without_work_is_closed() -> None:
    async with FakeSmtp() as fake, mailing(fake, idle=0.01) as adapter:
        await adapter.send(ANN, HELLO, "d1.0")
        async with asyncio.timeout(10):
            while fake.open_connections:
                await asyncio.sleep(0)
        assert fake.said[-1] == "QUIT"
        await adapter.send(ANN, HELLO, "d2.0")
        assert fake.connections == 2


async def test_what_is_no_mailbox_is_gone_before_anybody_is_asked() -> None:
    async with FakeSmtp() as fake, mailing(fake) as adapter:
        for address in (
            "nobody",
            "a@b@c.org",
            "ann@example.org\r\nRCPT TO:<eve@evil.org>",
            "",
            '"a b"@c.org',
        ):
            with pytest.raises(PlaceGone):
                await adapter.send(Place("email", address), HELLO, "d1.0")
        assert fake.connections == 0


async def test_after_stop_nothing_is_sent() -> None:
    async with FakeSmtp() as fake, mailing(fake) as adapter:
        await adapter.send(ANN, HELLO, "d1.0")
        await adapter.stop()
        with pytest.raises(Temporary):
            await adapter.send(ANN, HELLO, "d2.0")
        assert len(fake.mails) == 1
