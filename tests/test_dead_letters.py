"""What has failed for good can be seen, and put back."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.cli import letters, sending
from bot.cli.shell import Failed
from storage import contents, dead_letters
from storage.dead_letters import NotPutBackError
from storage.models import Delivery, DeliveryState, PartState
from tests.at_work import EVERY_DAY, AtWork, at_work
from tests.factories import DAY, make_delivery, make_parts
from tests.fakes.slack import FakeSlack
from tests.stored import ids, keep, list_papers
from tests.terminal import Terminal


@pytest.fixture
async def bot(shared_url: str) -> AsyncIterator[AtWork]:
    async with at_work(shared_url) as bot:
        await list_papers(bot.database, 1, 2, 3)
        yield bot


async def put_back(bot: AtWork, number: int) -> None:
    async with bot.database.write() as session:
        await dead_letters.put_back(session, number)


async def stored(bot: AtWork, number: int) -> Delivery:
    async with bot.database.read() as session:
        return await session.get_one(Delivery, number)


async def failed(bot: AtWork) -> int:
    """A digest whose head the platform calls malformed; its number."""
    await bot.subscribe(bot.slack.place)
    bot.slack.fail_next("invalid")
    [outcome] = await bot.moment(DAY, 10)
    assert outcome.state is DeliveryState.FAILED
    return outcome.delivery


async def test_a_failed_digest_is_put_back_and_sent(bot: AtWork) -> None:
    number = await failed(bot)
    async with bot.database.read() as session:
        assert [row.id for row in await dead_letters.latest(session, 9, failed=True)] == [number]

    await put_back(bot, number)
    [outcome] = await bot.app.sender.send_open()

    assert (outcome.delivery, outcome.state) == (number, DeliveryState.SENT)
    assert len(bot.posted(bot.slack.place)) == 4
    with pytest.raises(NotPutBackError, match=f"delivery {number} has not failed: it is sent"):
        await put_back(bot, number)


async def test_only_what_did_not_arrive_is_sent_again(bot: AtWork) -> None:
    async with bot.database.write() as session:
        delivery = make_delivery(3, 2, 1, state=DeliveryState.FAILED, place=str(bot.slack.place))
        parts = make_parts(3, 2, 1)
        parts[0].state, parts[0].ref = PartState.SENT, "C0PAPERS:1785000000.000001"
        parts[1].state, parts[2].state = PartState.REFUSED, PartState.DOUBTFUL
        number = await keep(session, delivery, parts)

    await put_back(bot, number)

    async with bot.database.read() as session:
        states = [part.state for part in (await session.run_sync(contents.parts_of, [number]))[number]]
    assert states == [PartState.SENT, PartState.PENDING, PartState.DOUBTFUL, PartState.PENDING]


async def test_what_came_since_does_not_come_again(bot: AtWork) -> None:
    number = await failed(bot)
    async with bot.database.write() as session:
        await keep(
            session, make_delivery(1, 2, state=DeliveryState.SENT, place=str(bot.slack.place), by_hand=True)
        )
    await put_back(bot, number)
    assert (await stored(bot, number)).papers == ids(3)


async def test_where_all_came_since_there_is_nothing_to_put_back(bot: AtWork) -> None:
    number = await failed(bot)
    async with bot.database.write() as session:
        whole = make_delivery(1, 2, 3, state=DeliveryState.SENT, place=str(bot.slack.place), by_hand=True)
        await keep(session, whole)
    with pytest.raises(NotPutBackError, match="all papers of delivery"):
        await put_back(bot, number)
    assert (await stored(bot, number)).state is DeliveryState.FAILED


async def test_what_travelled_together_is_put_back_together(bot: AtWork) -> None:
    await bot.subscribe(bot.slack.place, "by:ada")
    await bot.subscribe(bot.slack.place, "upvotes>=1")
    bot.slack.fail_next("invalid")
    [outcome] = await bot.moment(DAY, 10)
    await put_back(bot, outcome.delivery)
    assert [sent.state for sent in await bot.app.sender.send_open()] == [DeliveryState.SENT]
    assert {(await stored(bot, number)).state for number in (1, 2, 3)} == {DeliveryState.SENT}
    assert len(bot.posted(bot.slack.place)) == 4


# In doubt


async def without_history(bot: AtWork) -> FakeSlack:
    """Slack takes a message and its answer is lost; and the bot may not look."""
    bot.slack.scopes.discard("channels:history")
    await bot.subscribe(bot.slack.place)
    return bot.slack


async def test_a_card_in_doubt_is_not_sent_twice_and_somebody_is_told(bot: AtWork) -> None:
    slack = await without_history(bot)
    slack.fail_next(None, None, "lost")
    [outcome] = await bot.moment(DAY, 10)

    assert outcome.state is DeliveryState.SENT
    assert outcome.reason == "1 part is in doubt: the platform does not tell whether it took them."
    assert len(bot.posted(slack.place)) == 4
    async with bot.database.read() as session:
        assert [row.id for row in await dead_letters.latest(session, 9, failed=True)] == [outcome.delivery]


async def test_a_head_in_doubt_ends_the_digest(bot: AtWork) -> None:
    slack = await without_history(bot)
    slack.fail_next("lost")
    [outcome] = await bot.moment(DAY, 10)

    assert outcome.state is DeliveryState.FAILED
    assert "may not look for its own message" in (outcome.reason or "")
    assert len(bot.posted(slack.place)) == 1


async def test_a_message_that_is_all_of_the_digest_and_in_doubt_is_sent_anew_where_somebody_wants_that(
    bot: AtWork,
) -> None:
    slack = await without_history(bot)
    await bot.subscribe(bot.slack.direct, text=f"{EVERY_DAY} style compact")
    slack.scopes.discard("im:history")
    slack.fail_next("lost", "lost")
    outcomes = await bot.moment(DAY, 10)
    assert [outcome.state for outcome in outcomes] == [DeliveryState.FAILED] * 2

    for outcome in outcomes:
        await put_back(bot, outcome.delivery)
    assert [outcome.state for outcome in await bot.app.sender.send_open()] == [DeliveryState.SENT] * 2
    assert len(bot.posted(bot.slack.direct)) == 2
    sent = [await stored(bot, outcome.delivery) for outcome in outcomes]
    assert [sorted(delivery.papers) for delivery in sent] == [ids(1, 2, 3)] * 2


# On the command line


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Terminal:
    monkeypatch.chdir(tmp_path)
    terminal = Terminal(monkeypatch, capfd)
    terminal.set(DAILY_PAPERS_SOURCE="sample", SLACK_BOT_TOKEN="xoxb-1", SLACK_API_URL="http://127.0.0.1:9")
    return terminal


async def test_a_message_for_several_subscriptions_counts_the_papers_of_all(
    bot: AtWork, capfd: pytest.CaptureFixture[str]
) -> None:
    await bot.subscribe(bot.slack.place, "title:3")
    await bot.subscribe(bot.slack.place, "title:3 OR title:1")
    [outcome] = await bot.moment(DAY, 10)
    assert sending.describe(outcome) == f"{bot.slack.place} sent: 2 papers"
    assert outcome.papers == tuple(ids(1, 3))
    await letters.show(bot.app, failed=False, as_json=False)
    assert f"{bot.slack.place} · Wed 29 Jul 2026 · 2 papers · sent" in capfd.readouterr().out
    await letters.show(bot.app, failed=False, as_json=True)
    assert [row["papers"] for row in json.loads(capfd.readouterr().out)] == [ids(1, 3)]


async def test_what_is_put_back_is_told_to_programs_too(
    bot: AtWork, capfd: pytest.CaptureFixture[str]
) -> None:
    number = await failed(bot)
    with pytest.raises(Failed, match="there is no delivery 99"):
        await letters.retry(bot.app, [number, 99], as_json=True)
    [row] = json.loads(capfd.readouterr().out)
    assert (row["id"], row["state"], row["papers"]) == (number, "pending", ids(1, 2, 3))


def test_the_command_line_lists_and_puts_back(terminal: Terminal) -> None:
    assert "Nothing has failed" in terminal.type("deliveries", "--failed").err
    terminal.type("ingest", "--date", "2026-07-29")
    terminal.type("post", "console:", "--date", "2026-07-29")
    shown = terminal.type("deliveries")
    assert shown.out == "1 · console: · Wed 29 Jul 2026 · 20 papers · sent\n"
    assert terminal.type("deliveries", "--json").json[0] == {
        **{"id": 1, "subscription": None, "place": "console:", "date": "2026-07-29", "state": "sent"},
        **{"reason": None, "attempts": 0, "next_attempt": None},
        "papers": terminal.type("deliveries", "--json").json[0]["papers"],
    }
    refused = terminal.type("deliveries", "--retry", "1")
    assert (refused.code, refused.err) == (1, "daily-papers: delivery 1 has not failed: it is sent.\n")
    assert terminal.type("deliveries", "--retry", "9", "--json").json == []
    assert terminal.type("deliveries", "--retry", "9").err == "daily-papers: there is no delivery 9.\n"
