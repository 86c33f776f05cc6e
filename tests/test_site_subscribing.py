"""Subscriptions by mail on the page: forms, the links in mails, and what hostile requests get.

The whole bot over a real store, a real mail server and its web server."""

import asyncio
import html
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from yarl import URL

from bot.links import Links
from bot.logs import configure_logs
from bot.opt_in_limits import MAILS_FROM_A_NETWORK, MAILS_TO_A_BOX
from bot.places import Place
from storage import people
from storage.database import DatabaseError
from storage.models import Delivery, Mailbox, OptIn, Subscription, SubscriptionState
from tests.factories import DAY, at
from tests.mailed import PAGE, SECRET, Post, post_over, site_of, token_in
from tests.stored import list_papers, subscribe

TOMORROW = DAY + timedelta(days=1)
FORM = {"email": "ann@example.org", "filter": "numbers", "every": "daily", "time": "09:00", "zone": "UTC"}
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
MEMORY = "sqlite:///:memory:"


@dataclass
class Shown:
    """A page as a browser gets it."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def words(self) -> str:
        """What a reader sees of the content, in one line."""
        main = self.text.partition("<main")[2].partition("</main>")[0]
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", f"<main{main}")).split())

    def buttons(self) -> dict[str, tuple[str, dict[str, str]]]:
        """Where each form goes and what it holds unseen, by what its button says."""
        found = {}
        for action, inside in re.findall(
            r'<form[^>]*method="post"[^>]*action="([^"]*)"[^>]*>(.*?)</form>', self.text, re.DOTALL
        ):
            hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', inside))
            label = re.findall(r"<button[^>]*>(.*?)</button>", inside)[-1]
            found[html.unescape(label)] = (
                html.unescape(action),
                {name: html.unescape(value) for name, value in hidden.items()},
            )
        return found

    def links(self) -> dict[str, str]:
        """Where each link looks, by what it says."""
        found = re.findall(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', self.text)
        return {html.unescape(name): html.unescape(href) for href, name in found}


@dataclass
class Reader:
    """Somebody with a browser that keeps no cookie, and a mailbox."""

    post: Post
    root: str

    async def get(self, path: str, **headers: str) -> Shown:
        return await self._ask("GET", path, headers=headers)

    async def send(self, path: str, fields: Mapping[str, str] | None = None, **headers: str) -> Shown:
        return await self._ask("POST", path, data=dict(fields or {}), headers=headers)

    async def click(self, page: Shown, label: str, **fields: str) -> Shown:
        """Click a button, with a form filled in so."""
        path, hidden = page.buttons()[label]
        return await self.send(path, {**hidden, **fields})

    async def follow(self, page: Shown, label: str) -> Shown:
        return await self.get(page.links()[label].removeprefix(PAGE))

    async def ask(self, **said: str) -> Shown:
        return await self.send("/subscribe", {**FORM, **said})

    async def subscribed(self, **said: str) -> Shown:
        """Subscribe, and follow the link in the mail; the receipt."""
        await self.ask(**said)
        [mail] = await self.post.deliver()
        return await self.send(f"/mail/confirm/{token_in(mail, 'confirm')}")

    async def managed(self) -> str:
        """Subscribe; the path of the page where that is managed."""
        page = await self.subscribed()
        return f"/mail/manage/{token_in(page.text, 'manage')}"

    async def state(self, number: int = 1) -> SubscriptionState:
        rows = {one.id: one for one in await self.post.rows(Subscription)}
        return rows[number].state  # type: ignore[no-any-return]

    async def _ask(self, method: str, path: str, **how: Any) -> Shown:
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
            http.request(
                method, URL(self.root + path, encoded=True), allow_redirects=False, **how
            ) as response,
        ):
            assert "Set-Cookie" not in response.headers
            return Shown(response.status, response.headers, await response.read())


@pytest.fixture
async def reader(shared_url: str) -> AsyncIterator[Reader]:
    """Over SQLite and PostgreSQL; nobody has subscribed yet."""
    async with post_over(shared_url) as post, site_of(post) as root:
        yield Reader(post, root)


@pytest.fixture
async def quick() -> AsyncIterator[Reader]:
    """The same over SQLite in memory, for tables."""
    async with post_over(MEMORY) as post, site_of(post) as root:
        yield Reader(post, root)


async def test_a_stranger_subscribes_confirms_reads_and_unsubscribes(reader: Reader) -> None:
    form = await reader.get("/subscribe?filter=numbers")
    assert form.status == 200
    assert "Paper 3 Wed 29 Jul 2026" in form.words
    told = await reader.click(form, "Send the mail that asks me", **FORM)
    assert told.status == 200
    assert "A mail is on its way to ann@example.org" in told.words

    [mail] = await reader.post.deliver()
    path = f"/mail/confirm/{token_in(mail, 'confirm')}"
    for _ in range(2):  # programs open links too
        asks = await reader.get(path)
        assert 'Papers about "numbers" Mon–Fri at 09:00 UTC, to ann@example.org' in asks.words
        assert "this would have sent 3 papers a day. The newest 3:" in asks.words
        assert await reader.post.rows(Subscription) == []
    receipt = await reader.click(asks, "Yes, send it to me")
    assert "Subscription 1 is set up" in receipt.words
    assert set(receipt.links()) >= {"Undo", "Edit", "My subscriptions"}

    await list_papers(reader.post.app.database, 7, day=TOMORROW)
    reader.post.clock.now = at(TOMORROW, 9)
    [digest] = await reader.post.deliver()
    assert "Paper 7" in digest
    one_click = re.search(r"<(.*)>", reader.post.smtp.mails[-1]["List-Unsubscribe"])
    assert one_click is not None
    assert reader.post.smtp.mails[-1]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    left = one_click[1].removeprefix(PAGE)
    assert "Unsubscribe? Nothing more of this would be sent" in (await reader.get(left)).words
    assert await reader.state() is SubscriptionState.ACTIVE
    gone = await reader.send(left, {"List-Unsubscribe": "One-Click"}, Origin="https://mail.example.net")
    assert (gone.status, await reader.state()) == (200, SubscriptionState.ENDED)
    again = await reader.get(left)
    assert (again.status, again.words) == (410, "Unsubscribed Nothing comes of this any more.")
    assert again.buttons() == {}
    assert "m-buttons" not in again.text
    await list_papers(reader.post.app.database, 8, day=TOMORROW + timedelta(days=1))
    reader.post.clock.now = at(TOMORROW + timedelta(days=1), 9)
    assert await reader.post.deliver() == []


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "text/plain", "application/json"])
async def test_one_click_works_however_a_mail_program_writes_it(quick: Reader, kind: str) -> None:
    await quick.subscribed()
    quick.post.clock.now = at(DAY, 9)
    [digest] = await quick.post.deliver()
    path = f"/mail/unsubscribe/{token_in(digest, 'unsubscribe')}"
    body = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    page = await quick._ask("POST", path, data=body, headers={"Content-Type": kind})
    assert (page.status, await quick.state()) == (200, SubscriptionState.ENDED)


async def test_the_same_is_answered_whatever_is_known_of_an_address(reader: Reader) -> None:
    before = await reader.ask()
    await reader.post.deliver()
    await reader.subscribed()
    known = await reader.ask()
    exhausted = await reader.ask()
    trapped = await reader.ask(topic="cheap pills")
    assert before.status == 200
    assert before.body == known.body == exhausted.body == trapped.body
    assert len(await reader.post.deliver()) == MAILS_TO_A_BOX - 2


async def test_what_fills_in_everything_is_thanked_and_nothing_is_sent(quick: Reader) -> None:
    page = await quick.ask(topic="x")
    assert "Please look into your mail" in page.words
    assert await quick.post.rows(OptIn) == await quick.post.rows(Delivery) == []
    shown = (await quick.get("/subscribe")).text
    trap = re.search(r'<p class="trap" aria-hidden="true">.*?</p>', shown)
    assert trap is not None
    assert 'name="topic" tabindex="-1" autocomplete="off"' in trap[0]


WRONG: list[tuple[dict[str, str], str, str]] = [
    ({"email": " "}, "email", "Write the address that the mail is to go to."),
    ({"email": "nobody"}, "email", "@-sign"),
    ({"email": "ann@example.org\r\nBcc: eve@example.net"}, "email", "invalid characters"),
    ({"email": "ann@example.org\nSubject: x"}, "email", "invalid characters"),
    ({"email": "a%b@example.org"}, "email", "which I do not take"),
    ({"email": "a@b.org,c@d.org"}, "email", "invalid characters"),
    ({"email": f"{'x' * 300}@example.org"}, "email", "at most 254 characters"),
    ({"filter": "numbers date:2026-07-29"}, "filter", 'A subscription takes no "date:"'),
    ({"filter": "numbers tilte:x"}, "filter", 'Unknown field "tilte"; did you mean "title"?'),
    ({"filter": "a\x00b"}, "filter", "A control character cannot be looked for"),
    ({"filter": "x" * 600}, "filter", "A filter has at most 512 characters"),
    ({"time": "25:00"}, "when", '"25:00" is not a time; write hours and minutes'),
    ({"time": ""}, "zone", ""),  # then it is nine
    ({"every": "hourly"}, "when", '"hourly 09:00" is no time'),
    ({"every": "weekly", "day": "someday"}, "when", '"weekly someday 09:00" is no time'),
    ({"zone": "Atlantis"}, "zone", '"Atlantis" is not a time zone'),
    ({"zone": "../../etc/passwd"}, "zone", "is not a time zone"),
    ({"zone": "U\x00TC"}, "zone", "is not a time zone"),
]  # fmt: skip


async def test_each_wrong_field_is_told_beside_it_and_keeps_what_stood_there(quick: Reader) -> None:
    for said, field, sentence in WRONG:
        page = await quick.ask(**{"filter": "numbers", **said})
        if not sentence:
            assert page.status == 200, said
            continue
        assert (said, page.status) == (said, 400)
        error = re.search(rf'<div class="error" id="{field}-error">(.*?)</div>', page.text, re.DOTALL)
        assert error is not None, said
        assert sentence in html.unescape(error[1]), said
        assert re.search(rf'aria-invalid="true"[^>]* aria-describedby="[^"]*{field}-error', page.text), said
        for value in {**FORM, **said}.values():
            if value.isprintable() and value not in ("hourly", "someday"):
                assert re.search(rf'value="{re.escape(html.escape(value))}"', page.text), (said, value)
    assert [one.place for one in await quick.post.rows(OptIn)] == ["email:ann@example.org"]


async def test_a_mistake_in_a_filter_is_shown_where_it_is(quick: Reader) -> None:
    page = await quick.ask(
        filter="numbers tilte:x", every="weekly", day="fri", time="07:15", zone="Asia/Tokyo"
    )
    assert "numbers tilte:x\n        ^^^^^^" in html.unescape(page.text)
    mended = await quick.follow(page, "<code>numbers title:x</code>")
    for kept in ("numbers title:x", "07:15", "Asia/Tokyo"):
        assert f'value="{kept}"' in mended.text
    assert '<option value="fri" selected>' in mended.text
    assert 'value="weekly" checked' in mended.text
    assert "ann@" not in page.links()["<code>numbers title:x</code>"]
    for typed, said in (("tilte:x", "did you mean"), ("numbers since:7d", 'takes no "since:"')):
        part = await quick.get(f"/subscribe/preview?q={quote(typed)}")
        assert (part.status, said in html.unescape(part.text)) == (200, True)


WISHES = [
    ({"every": "daily", "time": "07:30"}, "daily 07:30 in UTC"),
    ({"every": "weekly", "day": "thu"}, "weekly 09:00 on thu in UTC"),
    ({"every": "each"}, "each in UTC"),
    ({"zone": "asia/kolkata"}, "daily 09:00 in Asia/Kolkata"),
]


@pytest.mark.parametrize(("said", "wish"), WISHES)
async def test_what_is_chosen_is_what_is_asked_for(quick: Reader, said: dict[str, str], wish: str) -> None:
    await quick.ask(**said)
    [row] = await quick.post.rows(OptIn)
    assert row.wish == wish


async def test_all_is_every_paper_on_the_page_too(quick: Reader) -> None:
    await quick.ask(filter="Everything")
    [row] = await quick.post.rows(OptIn)
    assert row.filter == ""


async def test_the_small_form_asks_for_the_usual_time(quick: Reader) -> None:
    page = await quick.get("/search?q=numbers")
    assert "Another time, or other papers" in page.words
    await quick.click(page, "Subscribe", email="ann@example.org")
    [row] = await quick.post.rows(OptIn)
    assert (row.filter, row.wish) == ("numbers", "daily 09:00 in UTC")


async def test_a_network_and_a_mailbox_bring_about_only_so_many_mails() -> None:
    """The last hop is what the trusted proxy has seen; what stands before it is anybody's."""
    async with post_over(MEMORY, DAILY_PAPERS_TRUST_PROXY="True") as post, site_of(post) as root:
        reader = Reader(post, root)

        async def ask(number: int, hops: str) -> Shown:
            said = {**FORM, "email": f"x{number}@example.org"}
            return await reader.send("/subscribe", said, **{"X-Forwarded-For": hops})

        for number in range(MAILS_FROM_A_NETWORK):
            assert (await ask(number, f"198.51.{number}.1, 203.0.113.{number}:4711")).status == 200
        refused = await ask(99, "192.0.2.1, 203.0.113.99")
        assert (refused.status, "try again tomorrow" in refused.words) == (429, True)
        assert (await ask(99, "203.0.113.99, 192.0.2.1")).status == 200
        assert (await ask(98, "[2001:db8::1]:443")).status == 200
        assert len(await post.deliver()) == MAILS_FROM_A_NETWORK + 2


async def test_without_a_trusted_proxy_nobody_chooses_their_network(quick: Reader) -> None:
    for number in range(MAILS_FROM_A_NETWORK + 1):
        said = {**FORM, "email": f"x{number}@example.org"}
        page = await quick.send("/subscribe", said, **{"X-Forwarded-For": f"198.51.{number}.1"})
    assert page.status == 429


async def test_links_that_are_none(quick: Reader) -> None:
    receipt = await quick.subscribed()
    ann, [box] = Place("email", "ann@example.org"), await quick.post.rows(Mailbox)
    ours, others = Links(PAGE, SECRET), Links(PAGE, "t" * 32)
    manage = token_in(receipt.text, "manage")
    unsubscribe = token_in(ours.unsubscribe(ann, box.generation, [1]), "unsubscribe")
    forged = [
        "x", "", "x" * 3_000, "%F0%9F%A6%8A", "%00", "..%2F..%2Fetc", manage[:-3], manage[3:], f"{manage}/x",
        token_in(others.manage(ann, box.generation), "manage"),
        token_in(others.unsubscribe(ann, box.generation, [1]), "unsubscribe"),
    ]  # fmt: skip
    for purpose in ("confirm", "manage", "unsubscribe"):
        strange = {"manage": unsubscribe, "unsubscribe": manage}.get(purpose, manage)
        for token in (*forged, strange):
            for method in ("GET", "POST"):
                path = f"/mail/{purpose}/{token}"
                page = await quick._ask(method, path, data={"q": "delete 1"} if method == "POST" else None)
                assert (path, page.status) == (path, 404)
                assert "This link does nothing" in page.words
                assert "copy all of it from the mail" in page.words
    assert await quick.state() is SubscriptionState.ACTIVE


async def test_links_that_are_no_more(quick: Reader) -> None:
    await quick.ask()
    [mail] = await quick.post.deliver()
    confirm = f"/mail/confirm/{token_in(mail, 'confirm')}"
    quick.post.clock.now += timedelta(hours=49)
    for page in (await quick.get(confirm), await quick.send(confirm)):
        assert (page.status, "too old" in page.words) == (410, True)
    assert await quick.post.rows(Subscription) == []
    path = await quick.managed()
    renewed = await quick.click(await quick.get(path), "Make new links")
    for page in (await quick.get(path), await quick.send(path, {"q": "delete 1"})):
        assert (page.status, "replaced by a newer one" in page.words) == (410, True)
    assert (await quick.follow(renewed, "My subscriptions")).status == 200
    assert await quick.state() is SubscriptionState.ACTIVE


async def test_new_links_by_a_double_click_are_one_and_others_get_none(reader: Reader) -> None:
    path = await reader.managed()
    [mine, others] = [await reader.get(path) for _ in range(2)]
    clicks = await asyncio.gather(*(reader.click(mine, "Make new links") for _ in range(3)))
    assert [page.status for page in clicks] == [200] * 3
    [link] = {page.links()["My subscriptions"] for page in clicks}
    for late in (await reader.click(others, "Make new links"), await reader.get(path)):
        assert (late.status, "replaced by a newer one" in late.words) == (410, True)
    mine = await reader.get(link.removeprefix(PAGE))
    assert mine.status == 200
    [_, held], [action, _] = others.buttons()["Make new links"], mine.buttons()["Make new links"]
    for forged in ({}, held, {"next": held["next"][1:]}):
        assert (await reader.send(action, forged)).status == 404
    assert (await reader.get(link.removeprefix(PAGE))).status == 200


async def test_to_confirm_twice_changes_nothing(quick: Reader) -> None:
    await quick.ask()
    [mail] = await quick.post.deliver()
    path = f"/mail/confirm/{token_in(mail, 'confirm')}"
    await quick.send(path)
    for page in (await quick.get(path), await quick.send(path)):
        assert (page.status, "Confirmed already" in page.words) == (200, True)
        assert "Yes, send it to me" not in page.words
    assert len(await quick.post.rows(Subscription)) == 1


async def test_no_row_is_drawn_for_buttons_that_lead_nowhere(
    quick: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.subscribing.MOST", 0)
    page = await quick.subscribed()
    assert "that is the most. Delete one first." in page.words
    assert "m-buttons" not in page.text


async def test_the_owner_of_a_mailbox_manages_it(reader: Reader) -> None:
    path = await reader.managed()
    page = await reader.get(path)
    assert '1 · papers about "numbers"' in page.words
    paused = await reader.click(page, "Pause 1")
    assert "is paused: nothing comes until you resume it" in paused.words
    assert await reader.state() is SubscriptionState.PAUSED
    await reader.click(paused, "Resume")
    assert await reader.state() is SubscriptionState.ACTIVE

    form = await reader.follow(page, "Edit 1")
    wrong = await reader.click(form, "Save", filter="tilte:x", when="daily 07:30", zone="UTC", most="5")
    assert wrong.status == 400
    assert "tilte:x\n^^^^^^" in html.unescape(wrong.text)
    assert 'value="daily 07:30"' in wrong.text
    assert 'aria-invalid="true" aria-describedby="filter-error"' in wrong.text
    saved = await reader.click(wrong, "Save", filter="title:1", when="daily 07:30", zone="UTC", most="5")
    assert "Subscription 1 is changed" in saved.words
    [one] = await reader.post.rows(Subscription)
    assert (one.filter, f"{one.local_time:%H:%M}", one.max_papers) == ("title:1", "07:30", 5)

    deleted = await reader.click(await reader.get(path), "Delete 1")
    assert "Undone" in (await reader.click(deleted, "Undo")).words
    sent = await reader.click(await reader.get(path), "Send now 1")
    assert "on the way" in sent.words
    assert "Paper 1" in (await reader.post.deliver())[0]


async def test_what_concerns_a_person_as_a_whole_is_there_too(reader: Reader) -> None:
    path = await reader.managed()
    change = await reader.follow(await reader.get(f"{path}?q=settings"), "Change")
    wrong = await reader.click(change, "Save", zone="Atlantis", time="08:00", quiet="none")
    assert (wrong.status, '"Atlantis" is not a time zone' in wrong.words) == (400, True)
    saved = await reader.click(wrong, "Save", zone="Europe/Paris", time="08:00", quiet="none")
    assert "Time zone: Europe/Paris" in saved.words

    away = await reader.follow(await reader.get(path), "Vacation")
    wrong = await reader.click(away, "Go", until="2020-01-01")
    assert (wrong.status, "A day from tomorrow on" in wrong.words) == (400, True)
    assert "Have a good time!" in (await reader.click(wrong, "Go", until="2026-08-10")).words
    assert "You are on vacation: nothing comes before" in (await reader.get(f"{path}?q=vacation")).words

    asks = await reader.follow(await reader.get(path), "Feed")
    assert f"{PAGE}/feed/" in (await reader.click(asks, "Yes")).text

    reader.post.clock.pass_time(60)  # nobody clicks as fast as a test
    file = await reader.get(f"{path}/subscriptions.json")
    assert file.headers["Content-Disposition"] == 'attachment; filename="subscriptions.json"'
    assert file.headers["Content-Type"].startswith("application/json")
    await reader.click(await reader.get(path), "Delete 1")
    form = await reader.follow(await reader.get(path), "Import")
    assert "1 subscription is set up" in (await reader.click(form, "Import", file=file.text)).words
    assert "it is no JSON" in (await reader.click(form, "Import", file="{")).words
    assert "longer than 100 kB" in (await reader.click(form, "Import", file="x" * 100_001)).words

    gone = await reader.click(await reader.get(f"{path}?q=forget+me"), "Forget me")
    assert "I know nothing of you any more" in gone.words
    assert "Forget me" not in gone.buttons()
    assert await reader.post.rows(Subscription) == await reader.post.rows(Mailbox) == []
    assert (await reader.get(path)).status == 410


async def test_to_open_a_link_does_nothing_but_look(quick: Reader) -> None:
    path = await quick.managed()
    async with quick.post.app.database.write() as session:
        owner = await people.known_person(session, "email:ann@example.org", None, quick.post.clock())
        await people.notify(session, owner, "Said once.")
    questions = {
        "pause+1": "Pause this subscription?",
        "delete+1": "Delete this subscription?",
        "now+1": "Send this now?",
        "feed": "Show the address of your own feed?",
        "undo+0123456789abcdef": "Take this change back?",
        "settings+zone+UTC": "Is this meant?",
        "forget+me+0123456789abcdef": "Is this meant?",
    }
    for command, question in questions.items():
        page = await quick.get(f"{path}?q={command}")
        assert question in page.words
        assert page.buttons()["Yes"][1] == {"q": command.replace("+", " ")}
    assert await quick.state() is SubscriptionState.ACTIVE
    for _ in range(2):
        assert "Said once." in (await quick.get(path)).words
    assert "Said once." in (await quick.send(path, {"q": "subscriptions"})).words
    assert "Said once." not in (await quick.get(path)).words
    page = await quick.get(f"{path}?q=pause+1")
    await quick.click(page, "Yes")
    assert await quick.state() is SubscriptionState.PAUSED


async def test_the_subscriptions_of_another_mailbox_stay_as_they_are(reader: Reader) -> None:
    await reader.subscribed(email="bob@example.org")
    number = await subscribe(reader.post.app.database)
    path = await reader.managed()
    for other in (1, number):
        for command in ("pause", "resume", "delete", "now", "edit"):
            page = await reader.send(path, {"q": f"{command} {other}", "filter": "mine"})
            assert f"You have no subscription {other}" in page.words
            reader.post.clock.pass_time(5)
        asks = await reader.get(f"{path}?q=delete+{other}")
        assert f"/papers delete {other}" in asks.words
        assert "numbers" not in asks.words
    assert [await reader.state(other) for other in (1, number)] == [SubscriptionState.ACTIVE] * 2


async def test_addresses_that_are_secrets_are_kept_by_nobody(
    quick: Reader, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await quick.managed()
    configure_logs(json=False, level=0)
    pages = [
        *[
            await quick.get(f"{path}{more}")
            for more in ("", "?q=pause+1", "?q=export", "/subscriptions.json")
        ],
        await quick.send(path, {"q": "settings"}),
        await quick.click(await quick.get(path), "Make new links"),
        await quick.get(path),
        await quick.get("/mail/unsubscribe/x"),
    ]
    for page in pages:
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "form-action 'self'" in page.headers["Content-Security-Policy"]
        assert "ETag" not in page.headers
        assert "canonical" not in page.text
    assert "Disallow: /mail/" in (await quick.get("/robots.txt")).text

    async def broken(*_: object) -> object:
        raise ValueError("broken")

    monkeypatch.setattr(type(quick.post.app.mailboxes), "_generation", broken)
    assert (await quick.get(path)).status == 500

    async def gone(*_: object) -> object:
        raise DatabaseError("gone")

    monkeypatch.setattr(type(quick.post.app.mailboxes), "_generation", gone)
    assert (await quick.get(path)).status == 503
    said = capsys.readouterr().err
    assert "page_failed" in said
    assert path.rpartition("/")[2] not in said
    assert "ann@example.org" not in said


async def test_foreign_words_stay_words(quick: Reader) -> None:
    path = await quick.managed()
    pages = [
        await quick.ask(**{name: HOSTILE}) for name in ("email", "filter", "zone", "time", "every", "day")
    ]
    await quick.post.deliver()
    pages += [
        await quick.get(f"/subscribe?filter={quote(HOSTILE)}"),
        await quick.get(f"{path}?q=%3Cscript%3Ealert(1)%3C/script%3E%22%27%3E%3Cimg%20src=x%3E"),
        await quick.send(path, {"q": HOSTILE}),
        await quick.send(path, {"q": "edit 1", "from": "edit 1", "filter": HOSTILE, "zone": HOSTILE}),
        await quick.send(path, {"q": "edit 1", "from": HOSTILE, "zone": HOSTILE}),
        await quick.send(path, {"q": "import", "file": HOSTILE}),
        await quick.subscribed(email="bob@example.org", filter='"<img src=x onerror=alert(1)>"'),
    ]
    for page in pages:
        assert "<script>alert" not in page.text
        assert "<img" not in page.text
        assert page.status in (200, 400)


BODIES: list[tuple[bytes, str, int]] = [
    (b"email=" + b"x" * 1_000_000, "application/x-www-form-urlencoded", 413),
    (b"email=ann@example.org&zone=UTC" + b"&a=1" * 90_000, "application/x-www-form-urlencoded", 400),
    (b"email=%ff%fe&filter=%ed%a0%80", "application/x-www-form-urlencoded; charset=nonsense", 400),
    (b"", "application/x-www-form-urlencoded", 400),
    (b"{}", "application/json", 415),
    (b"--x--", "multipart/form-data; boundary=x", 415),
]  # fmt: skip


async def test_bodies_that_are_no_form(quick: Reader) -> None:
    path = await quick.managed()
    for body, kind, status in BODIES:
        page = await quick._ask("POST", "/subscribe", data=body, headers={"Content-Type": kind})
        assert (body[:20], page.status) == (body[:20], status)
        assert "Traceback" not in page.text
        if status in (413, 415):
            page = await quick._ask("POST", path, data=body, headers={"Content-Type": kind})
            assert (page.status, page.headers["Cache-Control"]) == (status, "no-store")
    assert len(await quick.post.rows(Subscription)) == 1


async def test_a_form_that_never_comes_whole_is_not_waited_for(
    quick: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.entrance.IDLE_SECONDS", 0.05)

    async def half() -> AsyncIterator[bytes]:
        yield b"email=ann"
        await asyncio.Event().wait()

    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    page = await quick._ask("POST", "/subscribe", data=half(), headers=kind)
    assert (page.status, "did not come in time" in page.words) == (408, True)


NONE, NOT_READY = (
    "This bot sends no mail",
    "Mail is not ready here; whoever runs the bot finds why in its log",
)


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("SMTP_URL", NONE),
        ("EMAIL_FROM", NOT_READY),
        ("PUBLIC_URL", NOT_READY),
        ("DAILY_PAPERS_SECRET", NOT_READY),
    ],
)
async def test_where_no_mail_can_be_sent_no_form_is_shown(missing: str, said: str) -> None:
    async with post_over(MEMORY, **{missing: ""}) as post, site_of(post) as root:
        reader = Reader(post, root)
        for page in (await reader.get("/subscribe"), await reader.ask(), await reader.get("/mail/confirm/x")):
            assert (page.status, said in page.words) == (404, True)
        assert "/subscribe" not in (await reader.get("/")).text
        assert await post.rows(Delivery) == []


async def test_a_cache_s_question_never_answers_a_form(quick: Reader) -> None:
    page = await quick._ask("POST", "/subscribe", data=FORM, headers={"If-None-Match": "*"})
    assert page.status == 200
