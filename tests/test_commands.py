"""`/papers` as conversations: what is typed, and what stands in the answer. The same for every platform."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest

from bot.commands import Commands
from bot.markup import Message, plain
from bot.places import Place
from bot.request import Request
from bot.source import Listing, SourceError
from storage import papers
from storage.database import Database
from tests.factories import DAY, at, make_facts, paper_id
from tests.fakes.clock import Clock
from tests.indexed import keep_in
from tests.searching import commands_over

BEFORE = DAY - timedelta(days=1)


@dataclass
class OneDay:
    """A source that has papers on one day only, and counts how often it is asked."""

    day: date
    name: str = "one day"
    down: bool = False
    broken: bool = False
    asked: list[date] = field(default_factory=list)

    async def fetch(self, day: date) -> Listing:
        self.asked.append(day)
        if self.broken:
            raise RuntimeError("a bug")
        if self.down:
            raise SourceError("huggingface.co does not answer; try again in some minutes")
        return Listing([make_facts(7, listed_on=day, title="From afar")] if day == self.day else [])

    async def newest(self) -> Listing:
        return await self.fetch(self.day)

    async def close(self) -> None:
        pass


@dataclass
class Chat:
    """Somebody talks to the bot."""

    commands: Commands
    source: OneDay
    clock: Clock

    async def say(self, text: str) -> Message:
        request = Request(text, Place("slack", "C0123"), "T1:U1", self.clock())
        reply = await self.commands.handle(request)
        assert reply.private
        [message] = reply.messages
        return message


@pytest.fixture
async def chat(database: Database) -> Chat:
    """Wednesday noon; the store holds three papers of today and one of yesterday."""
    clock = Clock(at(DAY, 12))
    source = OneDay(DAY - timedelta(days=9))
    async with database.write() as session:
        today = [make_facts(number, upvotes=number) for number in (1, 2, 3)]
        await keep_in(session, [*today, make_facts(4, listed_on=BEFORE)])
    commands = commands_over(database, source, clock)
    return Chat(commands, source, clock)


@pytest.mark.parametrize(
    ("you", "bot"),
    [
        ("", ["Daily Papers · Wed 29 Jul 2026 · 3 papers, 6 upvotes", "Paper 3 · 3 upvotes", "Paper 1"]),
        ("today", ["Wed 29 Jul 2026", "3 papers"]),
        ("  TODAY  ", ["Wed 29 Jul 2026", "3 papers"]),
        ("yesterday", ["Tue 28 Jul 2026 · 1 paper, 10 upvotes", "Paper 4"]),
        ("tomorrow", ["The list of Thu 30 Jul 2026 is not there yet"]),
        ("tomorrow never dies", ["I know no papers"]),
        ("2026-07-28", ["Tue 28 Jul 2026", "Paper 4"]),
        ("2026-7-28", ["Tue 28 Jul 2026"]),
        ("2026-07-20", ["From afar"]),
        ("2026-07-19", ["No papers are listed for Sun 19 Jul 2026", "nearest edition is Tue 28 Jul 2026"]),
        ("2026-13-45", ["is no date", "2026-07-29"]),
        ("2031-01-01", ["The list of Wed 1 Jan 2031 is still to come. The nearest edition is Wed 29 Jul"]),
        ("paper 2607.00002", ["Paper 2", "We show that 2 is enough.", "Ada Lovelace", "Wed 29 Jul 2026"]),
        ("2607.00002", ["Paper 2"]),
        ("paper https://arxiv.org/abs/2607.00002v3", ["Paper 2"]),
        ("https://huggingface.co/papers/2607.00002", ["Paper 2"]),
        ("paper 2401.99999", ["2401.99999", "none of the daily lists"]),
        ("paper", ["Which paper?", "/papers paper 2607.25895"]),
        ("paper that one", ["that one", "no arXiv identifier", "/papers paper 2607.25895"]),
        ("help", ["/papers yesterday", "/papers paper", "/papers search diffusion models"]),
        ("halp", ["I do not know halp", "Did you mean /papers help?"]),
        ("quantum <!channel> @everyone", ["I know no papers", '"quantum"']),
        ("\0\x1b[31m", ["There is a character in it that nobody sees; please type it anew."]),
        ("search half a pair \ud83d", ["a character in it that nobody sees"]),
        ("subscribe zzz by email \0@b.c", ["a character in it that nobody sees"]),
        ("like what\0 is it", ['Papers about "is"']),
        ("search paper\n\tupvotes>=3", ["2 papers"]),
        ("x" * 100_000, ["at most 512 characters"]),
    ],
)
async def test_conversation(chat: Chat, you: str, bot: list[str]) -> None:
    answer = plain(await chat.say(you))
    for words in bot:
        assert words in answer
    assert len(answer) < 2000


@pytest.mark.parametrize("unseen", ["\0", "\x1b", "\x85", "\ud800"])
async def test_what_nobody_sees_is_refused_beside_the_field_it_stands_in(chat: Chat, unseen: str) -> None:
    place = Place("slack", "@U1")
    said = {"filter": "zzz", "email": f"ann{unseen}@example.org"}
    reply = await chat.commands.handle(
        Request("subscribe", place, "U1", chat.clock(), place, fields=said, file="two\nrows")
    )
    assert reply.errors == {"email": "there is a character in it that nobody sees; please type it anew"}


async def test_a_day_without_a_list_shows_the_newest_edition_and_says_so(chat: Chat) -> None:
    chat.clock.pass_time(timedelta(days=3).total_seconds())  # Saturday

    answer = await chat.say("today")

    assert answer.title.startswith("Daily Papers · Wed 29 Jul 2026")
    assert "I know of no list for Sat 1 Aug 2026 yet; this is the newest edition" in plain(answer)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2026-07-30", "No papers are listed for Thu 30 Jul 2026 so far; its list may not be out yet."),
        ("2026-07-31", "The list of Fri 31 Jul 2026 is still to come."),
    ],
    ids=["today", "tomorrow"],
)
async def test_a_day_that_is_not_over_is_not_called_empty(chat: Chat, typed: str, said: str) -> None:
    chat.clock.pass_time(timedelta(days=1).total_seconds())  # Thursday
    assert plain(await chat.say(typed)) == f"{said} The nearest edition is Wed 29 Jul 2026."


async def test_an_empty_store_says_so(database: Database) -> None:
    clock = Clock()
    chat = Chat(commands_over(database, OneDay(DAY), clock), OneDay(DAY), clock)
    assert "No edition has been read so far" in plain(await chat.say("today"))


async def test_the_days_beside_are_a_click_away(chat: Chat) -> None:
    today, yesterday = await chat.say("today"), await chat.say("yesterday")

    assert [button.command for button in today.buttons] == ["2026-07-28", "subscribe"]
    assert [button.command for button in yesterday.buttons] == ["2026-07-29", "subscribe"]
    assert plain(await chat.say(today.buttons[0].command)) == plain(yesterday)


async def test_every_button_is_a_command_that_works(chat: Chat) -> None:
    for typed in ("today", "yesterday", "tomorrow", "help", "halp", "paper 2607.00002"):
        for button in (await chat.say(typed)).buttons:
            assert "I do not know" not in plain(await chat.say(button.command))


async def test_a_long_day_ends_with_a_link(chat: Chat, database: Database) -> None:
    async with database.write() as session:
        many = [make_facts(number, title="Another") for number in range(10, 40)]
        await papers.keep_papers(session, many, chat.clock())

    answer = await chat.say("today")

    assert len(answer.lines) == 21
    assert "13 more" in plain(answer)
    assert answer.lines[-1][1].url == "https://huggingface.co/papers/date/2026-07-29"


async def test_a_day_is_asked_for_once(chat: Chat) -> None:
    await chat.say("2026-07-20")
    await chat.say("2026-07-20")
    assert chat.source.asked == [date(2026, 7, 20)]


async def test_a_source_that_is_down_is_a_sentence(chat: Chat) -> None:
    chat.source.down = True
    answer = plain(await chat.say("2026-07-20"))
    assert answer == "Sorry, huggingface.co does not answer; try again in some minutes."


async def test_our_own_mishap_is_a_sentence_and_not_a_traceback(chat: Chat) -> None:
    chat.source.broken = True
    answer = plain(await chat.say("2026-07-20"))
    assert answer == "Sorry, that went wrong on my side, and it is in my log. Trying again may help."


async def test_a_withdrawn_paper_says_so(chat: Chat, database: Database) -> None:
    async with database.write() as session:
        gone = make_facts(9, withdrawn_at=at(DAY, 8))
        await papers.keep_papers(session, [gone], chat.clock())
    assert "This paper has been withdrawn." in plain(await chat.say(f"paper {paper_id(9)}"))
