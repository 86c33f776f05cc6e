"""Subscriptions by mail, from the form to the mailbox and back by its links: the whole bot over a real store
and a real mail server."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.links import LinkError, Links
from bot.opt_in_limits import (
    MAILS_FROM_A_NETWORK,
    MAILS_FROM_A_PERSON,
    MAILS_TO_A_BOX,
    WINDOW,
    network_of,
    one_box,
)
from bot.places import Place
from bot.request import Refusal, Request, Unknown
from storage.forgetting import forget_old
from storage.models import (
    Delivery,
    DeliveryState,
    Mailbox,
    OptIn,
    Part,
    PartState,
    Person,
    SavedSearch,
    Subscription,
    SubscriptionState,
)
from tests.factories import DAY, at
from tests.logs import captured_logs
from tests.mailed import HOUR, PAGE, SECRET, Post, post_over, token_in, urls, words
from tests.stored import all_rows, list_papers


@pytest.fixture
async def post(shared_url: str) -> AsyncIterator[Post]:
    """Over SQLite and PostgreSQL."""
    async with post_over(shared_url) as running:
        yield running


async def test_a_stranger_subscribes_confirms_and_gets_a_digest_a_day(post: Post) -> None:
    said = words(await post.ask())
    assert "on its way to ann@example.org" in said
    assert await post.rows(Subscription) == []
    [asked] = await post.deliver()
    assert 'papers about "numbers"' in asked
    assert "/manage/" not in asked

    reply = await post.app.opt_ins.confirm(token_in(asked, "confirm"), post.clock())
    assert "Subscription 1 is set up" in words(reply)
    assert "to ann@example.org" in words(reply)
    [one] = await post.rows(Subscription)
    assert (one.place, one.owner, one.zone) == ("email:ann@example.org", "email:ann@example.org", "UTC")
    assert await post.deliver() == []

    post.clock.now = at(DAY, 9)
    [digest] = await post.deliver()
    assert all(f"Paper {number}" in digest for number in (1, 2, 3))
    assert await post.deliver() == []
    [*_, sent] = await post.rows(Delivery)
    assert (sent.state, sent.direct) == (DeliveryState.SENT, True)


async def test_what_is_answered_never_tells_whether_an_address_is_known(post: Post) -> None:
    stranger = await post.ask(email="bob@example.org")
    await post.deliver()
    await post.opted_in()
    known = await post.ask()
    assert words(known).replace("ann@", "bob@") == words(stranger)
    assert len(await post.deliver()) == 1


SCHEDULES = [
    ({"when": "daily 09:00"}, "Mon–Fri at 09:00 UTC"),
    ({"when": "weekly fri 18:30", "zone": "Europe/Paris"}, "Fri at 18:30 Europe/Paris"),
    ({"when": "mon,wed 07:00", "zone": "UTC"}, "Mon, Wed at 07:00 UTC"),
    ({"when": "each"}, "As soon as an edition has settled"),
]


@pytest.mark.parametrize(("said", "schedule"), SCHEDULES)
async def test_the_mail_the_page_and_the_receipt_name_one_schedule_alike(
    said: Mapping[str, str], schedule: str
) -> None:
    async with post_over("sqlite:///:memory:") as post:
        await post.ask(**said)
        [mail] = await post.deliver()
        token = token_in(mail, "confirm")
        assert f'papers about "numbers" by mail. When: {schedule}. Is that right?' in " ".join(mail.split())
        assert "until 06:00 UTC on Fri 31 Jul 2026" in " ".join(mail.split())
        asks = words(await post.app.opt_ins.opened(token, post.clock()))
        assert f"{schedule}, to ann@example.org" in asks
        receipt = words(await post.app.opt_ins.confirm(token, post.clock()))
        assert f"{schedule}, to ann@example.org" in receipt


TRIALS = [
    ("numbers", "this would have sent 3 papers a day. The newest 3:"),
    ("title:2", "this would have sent 1 paper a day. The newest:"),
    ("zebrafish", "This matches none of the 3 papers of the last 30 days. Other words may; to choose them,"),
]


@pytest.mark.parametrize(("wanted", "said"), TRIALS)
async def test_before_the_yes_it_says_what_would_have_come(wanted: str, said: str) -> None:
    async with post_over("sqlite:///:memory:") as post:
        await post.ask(filter=wanted)
        [mail] = await post.deliver()
        reply = await post.app.opt_ins.opened(token_in(mail, "confirm"), post.clock())
        assert said in words(reply)
        assert await post.rows(Subscription) == []


KEPT_AND_NOT_READ = [
    ({"wish": "each 10:00"}, "each comes as soon as an edition has settled"),
    ({"wish": "weekly 10:00 on mon,tue"}, "a weekly digest comes on one day"),
    ({"filter": "tilte:x"}, "did you mean"),
]


@pytest.mark.parametrize(("columns", "said"), KEPT_AND_NOT_READ)
async def test_what_was_kept_and_cannot_be_read_is_said_by_its_link(
    columns: Mapping[str, str], said: str
) -> None:
    """As an earlier release may have kept it."""
    async with post_over("sqlite:///:memory:") as post:
        await post.ask()
        [mail] = await post.deliver()
        async with post.app.database.write() as session:
            for name, value in columns.items():
                setattr((await all_rows(session, OptIn))[0], name, value)
        token = token_in(mail, "confirm")
        for reply in (
            await post.app.opt_ins.opened(token, post.clock()),
            await post.app.opt_ins.confirm(token, post.clock()),
        ):
            assert said.casefold() in words(reply).casefold()
            assert reply.errors
        assert await post.rows(Subscription) == []


async def test_the_same_that_was_asked_for_twice_comes_once(post: Post) -> None:
    """The first mail was slow, so that the form was filled in again; both links are followed."""
    await post.ask()
    await post.ask()
    mails = await post.deliver()
    said = [words(await post.app.opt_ins.confirm(token_in(mail, "confirm"), post.clock())) for mail in mails]
    assert ["You have this already" in each for each in said] == [False, True]
    assert len(await post.rows(Subscription)) == 1


async def test_however_an_address_is_written_its_mailbox_is_one(post: Post) -> None:
    """And comes with one digest a day; the same asked for twice is there already."""
    await post.opted_in(email="ann@example.org")
    assert "have this already" in words(await post.opted_in(email="ANN@Example.org"))
    await post.opted_in(email="Ann@example.org", filter="title:1")
    assert [one.place for one in await post.rows(Subscription)] == ["email:ann@example.org"] * 2
    assert [box.place for box in await post.rows(Mailbox)] == ["email:ann@example.org"]
    post.clock.now = at(DAY, 9)
    assert len(await post.deliver()) == 1


async def test_a_mailbox_that_was_kept_in_capitals_gets_its_mail_and_manages_it(post: Post) -> None:
    await post.opted_in()
    async with post.app.database.write() as session:
        old = "email:Ann@example.org"
        await session.exec(update(Subscription).values(place=old, owner=old))
        await session.exec(update(Mailbox).values(place=old))
    post.clock.now = at(DAY, 9)
    [digest] = await post.deliver()
    assert post.smtp.recipients[-1] == "Ann@example.org"
    assert "is paused" in words(await post.by_link(token_in(digest, "manage"), "pause 1"))


async def test_to_confirm_twice_changes_nothing(post: Post) -> None:
    await post.ask()
    [mail] = await post.deliver()
    token = token_in(mail, "confirm")
    await post.app.opt_ins.confirm(token, post.clock())
    for _ in range(2):
        assert "Confirmed already" in words(await post.app.opt_ins.confirm(token, post.clock()))
    assert len(await post.rows(Subscription)) == 1


async def test_a_link_works_for_48_hours_from_when_it_was_asked_for(post: Post) -> None:
    for email, hours, said in (("a@example.org", 48, "is set up"), ("b@example.org", 49, "too old")):
        await post.ask(email=email)
        [mail] = [text for text in await post.deliver() if "confirm" in text]
        moment = post.clock() + hours * HOUR
        assert said in words(await post.app.opt_ins.confirm(token_in(mail, "confirm"), moment))


@pytest.mark.parametrize("token", ["", "x", "x" * 5_000, "ä", "\x00", "WyJ4Il0.x.y", "../../etc", "🦊"])
async def test_a_forged_link_does_nothing(token: str) -> None:
    async with post_over("sqlite:///:memory:") as post:
        await post.opted_in()
        for reply in (
            await post.app.opt_ins.confirm(token, post.clock()),
            await post.app.mailboxes.unsubscribe(token, post.clock()),
        ):
            assert "This link does nothing" in words(reply)
        with pytest.raises(LinkError):
            await post.app.mailboxes.request_for(token, post.clock())
        [one] = await post.rows(Subscription)
        assert one.state is SubscriptionState.ACTIVE


async def test_a_link_of_one_purpose_or_another_secret_serves_no_other() -> None:
    async with post_over("sqlite:///:memory:") as post:
        await post.opted_in()
        ann, [box] = Place("email", "ann@example.org"), await post.rows(Mailbox)
        ours, others = Links(PAGE, SECRET), Links(PAGE, "t" * 32)
        unsubscribe = ours.unsubscribe(ann, box.generation, [1])
        for url in (others.manage(ann, box.generation), unsubscribe, ours.manage(ann, 0)):
            with pytest.raises(LinkError):
                await post.app.mailboxes.request_for(url.rpartition("/")[2], post.clock())
        token = others.unsubscribe(ann, box.generation, [1]).rpartition("/")[2]
        await post.app.mailboxes.unsubscribe(token, post.clock())
        [one] = await post.rows(Subscription)
        assert one.state is SubscriptionState.ACTIVE


async def test_a_mailbox_is_asked_only_so_often_whatever_is_written_before_the_at(post: Post) -> None:
    for number in range(MAILS_TO_A_BOX + 2):
        name = ("ann", "Ann", "ann+x")[number % 3]
        reply = await post.ask(network=f"203.0.{number}.1", email=f"{name}@example.org")
        assert "Please look into your mail" in words(reply)
    assert len(await post.deliver()) == MAILS_TO_A_BOX
    post.clock.now += 25 * HOUR
    await post.ask()
    assert len(await post.deliver()) == 1


async def test_a_network_brings_about_only_so_many_mails(post: Post) -> None:
    for number in range(MAILS_FROM_A_NETWORK):
        await post.ask(network=f"203.0.113.{number}", email=f"a{number}@example.org")
    assert "try again tomorrow" in words(await post.ask(network="203.0.113.200"))
    assert "Please look" in words(await post.ask(network="203.0.114.1", email="z@example.org"))
    assert len(await post.deliver()) == MAILS_FROM_A_NETWORK + 1


async def test_all_together_bring_about_only_so_many_mails(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.opt_ins.MAILS_IN_ALL", 2)
    for number in range(2):
        said = words(await post.ask(f"198.51.{number}.1", email=f"x{number}@example.org"))
        assert "on its way" in said
    late = {"network": "203.0.113.1", "email": "y@example.org"}
    reply = await post.ask(**late)
    assert reply.refusal is Refusal.TOO_MANY
    assert words(reply) == (
        "So many people have asked for mail today that I can ask no more. Please try again tomorrow."
    )
    assert len(await post.deliver()) == 2
    post.clock.now += WINDOW
    assert "on its way" in words(await post.ask(**late))


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"email": "nobody"}, {"email"}),
        ({"email": "ann@example.org\r\nBcc: eve@evil.org"}, {"email"}),
        ({"email": "a%b@example.org"}, {"email"}),
        ({"email": "x" * 5_000 + "@example.org"}, {"email"}),
        ({"email": ""}, {"email"}),
        ({"filter": "tilte:x"}, {"filter"}),
        ({"filter": "(" * 500}, {"filter"}),
        ({"filter": "a\x00b"}, {"filter"}),
        ({"when": "now and then"}, {"when"}),
        ({"zone": "Atlantis"}, {"zone"}),
        ({"late": "append"}, {"late"}),
        ({"when": "each", "time": "10:00"}, {"when"}),
        ({"when": "each", "days": "mon"}, {"when"}),
        ({"email": "x", "filter": "tilte:x", "zone": "y"}, {"email", "filter", "zone"}),
    ],
)
async def test_each_wrong_field_is_named_and_nothing_is_sent(
    said: Mapping[str, str], fields: set[str]
) -> None:
    async with post_over("sqlite:///:memory:") as post:
        reply = await post.ask(**said)
        assert set(reply.errors) == fields
        assert reply.messages
        assert await post.rows(OptIn) == await post.rows(Delivery) == []


@pytest.mark.parametrize(
    "evil", ["title:evil.example", "org:evil.example", '"https://evil.example/win"', '"<b>x</b>"', "by:a@b.c"]
)
async def test_a_stranger_cannot_write_to_somebody_by_a_filter(evil: str) -> None:
    """Whatever a mail program would make a link of is taken apart, or not shown at all."""
    async with post_over("sqlite:///:memory:") as post:
        await post.ask(filter=evil)
        [mail] = await post.deliver()
        assert "has asked for papers" in mail
        for part in ("evil.example", "a@b.c", "<b>"):
            assert part not in mail


async def test_the_owner_manages_by_the_links_in_a_digest_as_by_typing(post: Post) -> None:
    await post.opted_in()
    post.clock.now = at(DAY, 9)
    [digest] = await post.deliver()
    token = token_in(digest, "manage")
    assert "papers about" in words(await post.by_link(token, "subscriptions"))
    assert "is paused" in words(await post.by_link(token, "pause 1"))
    assert "goes on" in words(await post.by_link(token, "resume 1"))
    assert "is changed" in words(await post.by_link(token, "edit 1", when="daily 07:30"))
    deleted = await post.by_link(token, "delete 1")
    undo = next(button.command for button in deleted.messages[0].buttons if button.label == "Undo")
    assert "Undone" in words(await post.by_link(token, undo))
    exported = await post.by_link(token, "export")
    assert exported.attachment is not None


async def test_one_click_unsubscribes_and_the_owner_can_take_that_back(post: Post) -> None:
    await post.opted_in()
    post.clock.now = at(DAY, 9)
    [digest] = await post.deliver()
    token = token_in(digest, "unsubscribe")
    reply = await post.app.mailboxes.unsubscribe(token, post.clock())
    assert "Deleted" in words(reply)
    assert "Nothing comes of this any more" in words(
        await post.app.mailboxes.unsubscribe(token, post.clock())
    )
    [one] = await post.rows(Subscription)
    assert one.state is SubscriptionState.ENDED
    undo = urls(reply)["Undo"]
    manage, _, command = undo.rpartition("/")[2].partition("?q=")
    assert "Undone" in words(await post.by_link(manage, command.replace("+", " ")))


async def test_with_new_links_the_old_ones_only_unsubscribe(post: Post) -> None:
    await post.opted_in()
    post.clock.now = at(DAY, 9)
    [digest] = await post.deliver()
    old = token_in(digest, "manage")
    reply = await post.app.mailboxes.renew(old, post.app.mailboxes.succession(old))
    with pytest.raises(LinkError):
        await post.by_link(old, "subscriptions")
    new = token_in(urls(reply)["My subscriptions"], "manage")
    assert "papers about" in words(await post.by_link(new, "subscriptions"))
    gone = await post.app.mailboxes.unsubscribe(token_in(digest, "unsubscribe"), post.clock())
    assert "Deleted" in words(gone)
    assert urls(gone) == {}


async def test_with_new_links_an_old_confirmation_leads_to_none_of_them(post: Post) -> None:
    await post.ask()
    [mail] = await post.deliver()
    old = token_in(mail, "confirm")
    token = token_in(urls(await post.app.opt_ins.confirm(old, post.clock()))["My subscriptions"], "manage")
    assert "My subscriptions" in urls(await post.app.opt_ins.opened(old, post.clock()))
    await post.app.mailboxes.renew(token, post.app.mailboxes.succession(token))
    for late in (
        await post.app.opt_ins.opened(old, post.clock()),
        await post.app.opt_ins.confirm(old, post.clock()),
    ):
        assert (late.refusal, urls(late)) == (Refusal.GONE, {})
        assert "not kept any more" in words(late)


async def test_forget_me_leaves_nothing_of_a_mailbox(post: Post) -> None:
    reply = await post.opted_in()
    token = token_in(urls(reply)["My subscriptions"], "manage")
    asked = await post.by_link(token, "forget me")
    command = next(
        button.command for button in asked.messages[0].buttons if button.command.startswith("forget")
    )
    await post.by_link(token, command)
    for table in (Subscription, Mailbox, OptIn, Person, Delivery):
        assert await post.rows(table) == []
    with pytest.raises(LinkError):
        await post.by_link(token, "subscriptions")


async def test_who_does_not_confirm_is_forgotten_after_three_days(post: Post) -> None:
    await post.ask()
    await post.deliver()
    for days, left in ((2.9, 1), (3.1, 0)):
        async with post.app.database.write() as session:
            await forget_old(session, at(DAY, 6) + timedelta(days=days))
        assert (len(await post.rows(OptIn)), len(await post.rows(Delivery))) == (left, left)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("title:1 by email ann@example.org", "Europe/Paris"),
        ("numbers in UTC by email ann@example.org", "all the same"),
    ],
    ids=["zone", "doubt"],
)
async def test_an_address_that_a_button_waits_with_is_forgotten_after_three_days(
    post: Post, typed: str, answer: str
) -> None:
    """The question is asked in a chat, and the button of its answer leads to the address that was typed."""
    direct = Place("slack", "@U1")
    reply = await post.app.commands.handle(Request(f"subscribe {typed}", direct, "U1", post.clock(), direct))
    [command] = [button.command for button in reply.messages[0].buttons if answer in button.label]
    await post.app.commands.close()

    for days, said in ((2.9, "on its way to ann@example.org"), (3.1, "no longer know")):
        now = at(DAY, 6) + timedelta(days=days)
        async with post.app.database.write() as session:
            await forget_old(session, now)
        assert said in words(await post.app.commands.handle(Request(command, direct, "U1", now, direct)))
        known = {kept.filter for kept in await post.rows(SavedSearch)}
        assert any("ann@example.org" in text for text in known) == (days < 3)


async def test_a_closed_mailbox_pauses_and_its_owner_hears_it_on_the_page(post: Post) -> None:
    reply = await post.opted_in()
    token = token_in(urls(reply)["My subscriptions"], "manage")
    post.clock.now = at(DAY, 9)
    post.smtp.refuse("RCPT", "550 5.1.1 no such user")
    assert await post.deliver() == []
    [one] = await post.rows(Subscription)
    assert one.state is SubscriptionState.PAUSED
    assert "I cannot post to email:ann@example.org" in words(await post.by_link(token, "subscriptions"))


async def test_the_log_does_not_name_whose_mailbox_it_is(post: Post) -> None:
    with captured_logs() as lines:
        await post.opted_in()
        post.clock.now = at(DAY, 9)
        assert len(await post.deliver()) == 1
        post.smtp.refuse("RCPT", "550 5.1.1 <ann@example.org>: no such user")
        post.clock.now = at(DAY + timedelta(days=1), 9)
        await list_papers(post.app.database, 4, day=DAY + timedelta(days=1))
        assert await post.deliver() == []
    told = [line for line in lines if line["event"] == "delivery"]
    assert [line["place"] for line in told] == ["email:…@example.org"] * 3
    assert "<…@example.org>: no such user" in str(told[-1])
    assert "ann@" not in str(lines)


async def test_a_mail_in_doubt_is_not_sent_again(post: Post) -> None:
    await post.opted_in()
    post.clock.now = at(DAY, 9)
    post.smtp.refuse("TAKEN", "lost")
    assert len(await post.deliver()) == 1
    assert await post.deliver() == []
    assert sorted(part.state for part in await post.rows(Part)) == [PartState.DOUBTFUL, PartState.SENT]


async def test_a_busy_server_gets_the_mail_a_little_later(post: Post) -> None:
    await post.opted_in()
    post.clock.now = at(DAY, 9)
    post.smtp.refuse("RCPT", "451 4.7.1 greylisted", "451 4.7.1 greylisted")
    assert len(await post.deliver()) == 1


async def test_from_a_chat_it_is_the_same(post: Post) -> None:
    async def say(text: str, person: str = "U1") -> str:
        direct = Place("slack", f"@{person}")
        post.clock.pass_time(5)
        request = Request(text, Place("slack", "C0123"), person, post.clock(), direct)
        return words(await post.app.commands.handle(request))

    command = "subscribe title:1 weekly mon 08:00 in Europe/Paris by email Ann@Example.org"
    assert "on its way to ann@example.org" in await say(command)
    [row] = await post.rows(OptIn)
    assert (row.place, row.zone) == ("email:ann@example.org", "Europe/Paris")
    [mail] = await post.deliver()
    reply = await post.app.opt_ins.confirm(token_in(mail, "confirm"), post.clock())
    assert "Mon at 08:00 Europe/Paris" in words(reply)
    assert "period" in await say("subscribe title:1 in UTC by email a@b")
    for number in range(MAILS_FROM_A_PERSON - 1):
        assert "on its way" in await say(f"subscribe title:1 in UTC by email x{number}@example.org")
    assert "try again tomorrow" in await say("subscribe title:1 in UTC by email y@example.org")
    assert "on its way" in await say("subscribe title:1 in UTC by email y@example.org", "U2")


@pytest.mark.parametrize(
    "options",
    [
        {"typed": "title:1 weekly mon 08:00 by email ann@example.org"},
        {"typed": "title:1 weekly mon 08:00", "email": "ann@example.org"},
        {"typed": "title:1 by email eve@example.org", "when": "weekly mon 08:00", "email": "ann@example.org"},
    ],
)
async def test_by_typed_options_it_is_the_same(post: Post, options: dict[str, str]) -> None:
    direct, fields = Place("discord", "@2001"), options | {"zone": "Europe/Paris"}
    request = Request("subscribe", Place("discord", "1001"), "2001", post.clock(), direct, fields=fields)
    assert "on its way to ann@example.org" in words(await post.app.commands.handle(request))
    [row] = await post.rows(OptIn)
    assert (row.place, row.filter, row.zone) == ("email:ann@example.org", "title:1", "Europe/Paris")
    assert "weekly 08:00 on mon" in row.wish


async def test_what_comes_at_no_time_is_not_asked_for_at_one(post: Post) -> None:
    direct, fields = Place("slack", "@U1"), {"when": "each", "days": "mon-fri", "zone": "UTC"}
    text = "subscribe title:1 by email ann@example.org"
    request = Request(text, direct, "U1", post.clock(), direct, fields=fields)
    assert "leave those out" in words(await post.app.commands.handle(request))
    assert await post.rows(OptIn) == []


async def test_what_was_asked_for_and_cannot_be_is_told_to_who_confirms(post: Post) -> None:
    await post.ask()
    [mail] = await post.deliver()
    async with post.app.database.write() as session:
        await session.exec(update(OptIn).values(wish="each on mon-fri"))
    reply = await post.app.opt_ins.confirm(token_in(mail, "confirm"), post.clock())
    assert "leave those out" in words(reply)
    assert await post.rows(Subscription) == []


async def test_a_channels_post_goes_to_the_channel(post: Post) -> None:
    class Manager(Unknown):
        async def manages(self) -> bool:
            return True

    place = Place("slack", "C0123")
    text = "channel title:1 in UTC by email ann@example.org"
    request = Request(text, place, "U1", post.clock(), asker=Manager())
    assert "stays where it goes" in words(await post.app.commands.handle(request))
    assert (await post.rows(Subscription), await post.rows(OptIn)) == ([], [])


async def test_what_matches_every_paper_is_asked_about_first_and_then_mailed_all_the_same(post: Post) -> None:
    direct = Place("slack", "@U1")
    typed = "subscribe numbers in UTC by email ann@example.org"
    reply = await post.app.commands.handle(Request(typed, direct, "U1", post.clock(), direct))
    assert "matches every paper" in words(reply)
    assert await post.rows(OptIn) == []
    [command] = [button.command for button in reply.messages[0].buttons if "all the same" in button.label]
    reply = await post.app.commands.handle(Request(command, direct, "U1", post.clock(), direct))
    assert "on its way to ann@example.org" in words(reply)


async def test_a_subscription_stays_where_it_goes(post: Post) -> None:
    reply = await post.opted_in()
    token = token_in(urls(reply)["My subscriptions"], "manage")
    said = words(await post.by_link(token, "edit 1 by email eve@example.org"))
    assert "stays where it goes" in said


@pytest.mark.parametrize("missing", ["SMTP_URL", "PUBLIC_URL", "DAILY_PAPERS_SECRET"])
async def test_without_a_server_or_a_page_nobody_is_asked(missing: str) -> None:
    async with post_over("sqlite:///:memory:", **{missing: ""}) as post:
        assert "I cannot send mail here" in words(await post.ask())
        assert missing in words(await post.ask())
        assert await post.rows(Delivery) == []


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("unknown", "unknown"),
    ],
)
def test_who_shares_a_network_shares_its_limit(address: str, network: str) -> None:
    assert network_of(address) == network


def test_one_mailbox_has_many_names() -> None:
    assert {one_box(name) for name in ("Ann@example.org", "ann+x@EXAMPLE.org")} == {"ann@example.org"}
    assert {one_box(name) for name in ("a.n.n+x@gmail.com", "ANN@googlemail.com")} == {"ann@gmail.com"}
    assert one_box("a.nn@example.org") != one_box("ann@example.org")
