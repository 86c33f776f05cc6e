"""Mail addresses, the way to a mail server, and what is said of settings that are none."""

import pytest

from bot.adapter import platforms
from bot.connections import Connections
from bot.mail import LONGEST_ADDRESS, MailSender, Security, address_of, mailbox_of, relay_of, sender_of
from bot.places import Place, PlaceError
from bot.settings import SettingsError, read_settings
from tests.shared import SHARED


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ann@example.org", "ann@example.org"),
        ("Ann.B+c@EXAMPLE.Org", "Ann.B+c@example.org"),
        ("ann@münchen.de", "ann@xn--mnchen-3ya.de"),
        ("o'brien@example.com", "o'brien@example.com"),
    ],
)
def test_an_address_is_kept_one_way(typed: str, kept: str) -> None:
    assert address_of(typed) == kept
    assert address_of(kept) == kept


@pytest.mark.parametrize("typed", ["ann.b+c@example.org", "Ann.B+c@EXAMPLE.Org", "ANN.B+C@example.org"])
def test_a_mailbox_is_known_by_one_name(typed: str) -> None:
    assert mailbox_of(typed) == "ann.b+c@example.org"


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            "ann",
            "@example.org",
            "ann@",
            "a@b@c.org",
            "ann@localhost",
            "ann@[127.0.0.1]",
            "ä@example.org",
        ),
        *('"a b"@example.org', "ann(x)@example.org", "Ann <ann@example.org>", "a@b.org,c@d.org", "a b@c.org"),
        *("a%b@example.org", "a!b@example.org", "a/b@example.org", "ann@example.org\r\nBcc: x@y.org"),
        "=?utf-8?q?a?=@example.org",
        *("ann\x00@example.org", "x" * 65 + "@example.org", "x@" + "y." * 200 + "org", "x" * 100_000),
    ],
)
def test_what_is_no_plain_address_is_refused_in_words(typed: str) -> None:
    with pytest.raises(ValueError, match=r"[a-z] .*\.$") as refused:
        address_of(typed)
    assert len(str(refused.value)) < LONGEST_ADDRESS


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("smtps://u:p@h.org", ("h.org", 465, Security.TLS, "u", "p")),
        ("smtps://u%40x:p%2F%25@h.org:4650", ("h.org", 4650, Security.TLS, "u@x", "p/%")),
        ("smtp://u:p@h.org", ("h.org", 587, Security.STARTTLS, "u", "p")),
        ("smtp://u:p@localhost:25", ("localhost", 25, Security.STARTTLS, "u", "p")),
        ("smtp://h.org", ("h.org", 587, Security.STARTTLS, None, None)),
        ("smtp://localhost", ("localhost", 25, Security.NONE, None, None)),
        ("smtp://127.0.0.1:1025", ("127.0.0.1", 1025, Security.NONE, None, None)),
        ("smtp://[::1]:1025", ("::1", 1025, Security.NONE, None, None)),
        ("smtp://h.org?tls=never", ("h.org", 25, Security.NONE, None, None)),
    ],
)
def test_the_way_to_a_server(url: str, found: tuple[object, ...]) -> None:
    relay = relay_of(url)
    assert (relay.host, relay.port, relay.security, relay.user, relay.password) == found
    assert "password" not in repr(relay)


@pytest.mark.parametrize(
    "url",
    [
        *("", "h.org", "http://h.org", "smtp://", "smtp://h:0", "smtp://h:99999", "smtp://h/x", "smtp://h#x"),
        *("smtp://u:hush@h?tls=never", "smtps://h?tls=never", "smtp://h?tls=maybe", "smtp://h?x=1"),
        *("smtp://hush@h", "smtp://:hush@h", "smtp://u:hu%0Ash@h", "smtp://[x"),
    ],
)
def test_what_leads_to_no_server_is_named_and_not_shown(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings(SMTP_URL=url or "smtp:", EMAIL_FROM="nobody", PUBLIC_URL="x")
    assert "hush" not in str(refused.value)
    assert [row.partition(":")[0] for row in str(refused.value).splitlines()] == [
        *("PUBLIC_URL", "SMTP_URL", "EMAIL_FROM")
    ]


def test_the_password_of_the_server_is_a_secret_and_its_name_is_none() -> None:
    settings = read_settings(SMTP_URL="smtps://papers:open%2Fsesame@smtp.example.org")
    assert "open/sesame" in settings.secrets
    assert not [secret for secret in settings.secrets if "example" in secret]
    assert "sesame" not in repr(settings)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Daily Papers <papers@Example.org>", MailSender("Daily Papers", "papers@example.org")),
        ('"Papers, Daily" <p@example.org>', MailSender("Papers, Daily", "p@example.org")),
        ("p@example.org", MailSender("", "p@example.org")),
    ],
)
def test_whom_mail_is_from(typed: str, found: MailSender) -> None:
    assert sender_of(typed) == found


@pytest.mark.parametrize(
    "typed", ["x", "a <b@c.org>, d@e.org", "A\r\nBcc: b <a@b.org>", "<a@b.org", "x" * 999]
)
def test_mail_is_from_one_address(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        sender_of(typed)


def test_a_mailbox_is_a_place_where_one_person_reads() -> None:
    connections = Connections(platforms(), read_settings(), SHARED)
    place = connections.place("email: Ann@EXAMPLE.org ")
    assert place == Place("email", "ann@example.org")
    assert (place.direct, place.is_mailbox, place.person) == (True, True, "ann@example.org")
    for other in ("@U1", "T1/@U1", "C1", ""):
        assert not Place("slack", other).is_mailbox
    for typed in ("email:", "email:ann", "email:a%b@c.org"):
        with pytest.raises(PlaceError):
            connections.place(typed)
