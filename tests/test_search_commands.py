"""`/papers search` and what belongs to it, as conversations over the real search."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.beyond import Beyond
from bot.commands import Commands
from bot.filters.parser import parse
from bot.markup import Message, plain, plain_line
from bot.places import Place
from bot.request import Reply, Request
from bot.source import PaperFacts, SourceError
from storage import searches
from storage.database import Database, open_database
from storage.models import SavedSearch
from tests.factories import DAY, at, make_facts, paper_id
from tests.fakes.clock import Clock
from tests.indexed import keep
from tests.searching import commands_over
from tests.shelf import Shelf

CHANNEL = Place("slack", "C0123")
DIRECT = Place("slack", "@U0001")
CONSOLE = Place("console", "")

DIFFUSION = [
    make_facts(number, title=f"Diffusion number {number}", upvotes=number, code_url=None)
    for number in range(1, 13)
]
AGENTS = [
    make_facts(20, title="A survey of agents", abstract="We read what others wrote of tools."),
    make_facts(21, title="Agents that write code", abstract="We let agents write."),
]


@dataclass
class Chat:
    """Somebody talks to the bot, and clicks on what it says."""

    commands: Commands
    clock: Clock = field(default_factory=lambda: Clock(at(DAY, 12)))

    async def ask(self, text: str, place: Place = CHANNEL, person: str = "T1:U1") -> Reply:
        return await self.commands.handle(Request(text, place, person, self.clock()))

    async def say(self, text: str, place: Place = CHANNEL) -> Message:
        reply = await self.ask(text, place)
        assert reply.private
        [message] = reply.messages
        return message

    async def click(self, message: Message, label: str, place: Place = CHANNEL) -> Message:
        [command] = [button.command for button in message.buttons if button.label == label]
        assert len(command) <= 93
        return await self.say(command, place)


Opened = Callable[..., Awaitable[Chat]]


@pytest.fixture
def opened(database: Database) -> Opened:
    """Opens a chat over a store with these papers."""

    async def chat(*papers: PaperFacts, beyond: Beyond | None = None) -> Chat:
        if papers:
            await keep(database, *papers)
        return Chat(commands_over(database, Shelf(), Clock(at(DAY, 12)), beyond))

    return chat


@pytest.fixture
async def chat(opened: Opened) -> Chat:
    return await opened(*DIFFUSION, *AGENTS)


def heading(message: Message) -> str:
    return plain_line(message.lines[0])


def labels(message: Message) -> list[str]:
    return [button.label for button in message.buttons]


@pytest.mark.parametrize(
    ("you", "bot"),
    [
        ("search diffusion", ['Papers about "diffusion" · 1–5 of 12', "1. Diffusion number", "Wed 29 Jul"]),
        ("SEARCH  diffusion", ["1–5 of 12"]),
        ("search\tdiffusion", ["1–5 of 12"]),
        ("search diffusion upvotes>=11 sort:upvotes", ["2 papers", "1. Diffusion number 12", "12 upvotes"]),
        ("search diffusion sort:upvotes", ["1. Diffusion number 12", "2. Diffusion number 11"]),
        ("search agents -survey", ['not "survey"', "1 paper", "Agents that write code"]),
        ("search sort:new", ["1–5 of 14", "This is every paper"]),
        ("search", ["/papers search diffusion models", "sort:new"]),
        ("search tilte:vision", ['unknown field "tilte"; did you mean "title"?']),
        ("search !!!", ["I cannot read this filter"]),
        ("search a\0b", ["There is a character in it that nobody sees"]),
        ("search " + "x" * 5000, ["at most 512 characters"]),
        ("search frobnicate", ['I know no papers about "frobnicate".']),
        ("search diffusion frobnicate", ["It is frobnicate that leaves none"]),
        ("diffusion numbers", ["1–5 of 12"]),
        ("diffusion", ["1–5 of 12"]),
        ("page of tools", ['"page"']),
        ("share tools 5", ['"share"']),
        ("page 0123456789abcdef -5", ["I know no papers"]),
        ("page ' OR 1=1 --", ["I "]),
        ("page " + "9" * 2000, ["at most 512 characters"]),
        ("papers about agents that write code?", ["Agents that write code"]),
        ("tody", ["I do not know tody. Did you mean /papers today?"]),
        ("serach", ["Did you mean /papers search?"]),
        ("similar 2607.00021", ["Papers like Agents that write code"]),
        ("similar https://arxiv.org/abs/2607.00021v2", ["Papers like Agents that write code"]),
        ("similar", ["Which paper?", "/papers similar 2607.25895"]),
        ("similar agents", ["agents is no arXiv identifier", "/papers similar"]),
        ("similar 2401.99999", ["2401.99999 was on none of the daily lists"]),
        ("similar 2607.00021 now", ["no arXiv identifier"]),
        ("like see https://arxiv.org/abs/2607.00021, it is great", ["Papers like Agents that write code"]),
        ("like 2401.99999 aside, which agents can write code by now?", ["Agents that write code"]),
        ("like", ["Which message?"]),
        ("like and so on", ["no words that papers could be found by"]),
        ("like :tada: !!!", ["no words that papers could be found by"]),
    ],
)
async def test_conversation(chat: Chat, you: str, bot: list[str]) -> None:
    answer = plain(await chat.say(you))
    for words in bot:
        assert words in answer


async def test_pages_turn_and_turn_back(chat: Chat) -> None:
    first = await chat.say("search diffusion sort:upvotes")
    second = await chat.click(first, "Next →")
    third = await chat.click(second, "Next →")

    assert [heading(page).rpartition(" · ")[2] for page in (first, second, third)] == [
        "1–5 of 12",
        "6–10 of 12",
        "11–12 of 12",
    ]
    assert "12. Diffusion number 1" in plain(third)
    assert "Next →" not in labels(third)
    assert await chat.click(third, "← Previous") == second
    assert await chat.click(second, "← Previous") == first


async def test_a_button_works_for_months_and_in_another_process(chat: Chat, opened: Opened) -> None:
    first = await chat.say("search diffusion sort:upvotes since:2020-01-01")

    other = await opened()
    other.clock = Clock(at(DAY + timedelta(days=89), 12))
    assert heading(await other.click(first, "Next →")).endswith("6–10 of 12")


@pytest.mark.parametrize(
    "text",
    [
        "page 0123456789abcdef",
        "page 0123456789abcdef 5",
        "share 0123456789abcdef 5",
    ],
)
async def test_a_button_that_nobody_made_gets_a_kind_answer(chat: Chat, text: str) -> None:
    answer = await chat.say(text)
    assert "I no longer know this search" in plain(answer)
    assert labels(answer) == ["How to search"]


async def test_a_page_that_is_gone_is_the_last_one(chat: Chat) -> None:
    await chat.say("search diffusion")
    token = searches.token_of(str(parse("diffusion")))
    assert heading(await chat.say(f"page {token} 999999")).endswith("11–12 of 12")
    assert "Papers like" in plain(await chat.say("similar 2607.00001 999999"))


async def test_a_saved_filter_of_another_time_that_cannot_be_read_is_forgotten(
    chat: Chat, database: Database
) -> None:
    async with database.write() as session:
        await searches.keep_search(session, "old:language", chat.clock())
    assert "I no longer know" in plain(await chat.say(f"page {searches.token_of('old:language')} 0"))


async def test_a_shared_page_names_who_shares_it_and_answers_everyone_privately(chat: Chat) -> None:
    first = await chat.say("search diffusion sort:upvotes")
    [share] = [button.command for button in first.buttons if button.label == "Share to channel"]

    reply = await chat.ask(share, person="T1:U7")
    [shared] = reply.messages
    assert not reply.private
    assert [span.person for span in shared.lines[0] if span.person] == ["T1:U7"]
    assert shared.lines[1] == first.lines[0]
    assert shared.lines[2:] == first.lines[1:]
    assert labels(shared) == ["See all"]

    own = await chat.ask(shared.buttons[0].command, person="T1:U9")
    assert own.private
    assert own.messages == (first,)


async def test_papers_like_a_paper_are_shared_too(chat: Chat) -> None:
    page = await chat.say("similar 2607.00001")
    [share] = [button.command for button in page.buttons if button.label == "Share to channel"]
    reply = await chat.ask(share)
    assert not reply.private
    assert "somebody shared a search\nPapers like Diffusion number 1" in plain(reply.messages[0])


@pytest.mark.parametrize("place", [DIRECT, CONSOLE], ids=str)
async def test_where_nobody_else_is_nothing_can_be_shared(chat: Chat, place: Place) -> None:
    assert labels(await chat.say("search diffusion", place)) == ["Next →", "Subscribe to this"]
    assert "There is no channel here" in plain(await chat.say("share 0123456789abcdef 0", place))


async def test_a_term_that_empties_the_search_is_left_out_by_a_click(chat: Chat) -> None:
    nothing = await chat.say("search diffusion frobnicate")
    assert heading(await chat.click(nothing, "Without frobnicate")) == 'Papers about "diffusion" · 1–5 of 12'


async def test_a_mistake_is_mended_by_a_click(chat: Chat) -> None:
    mistake = await chat.say("search tilte:diffusion")
    assert heading(await chat.click(mistake, "Search for title:diffusion")).endswith("1–5 of 12")


async def test_a_word_that_is_nearly_a_command_can_be_searched_for(chat: Chat) -> None:
    slip = await chat.say("tody")
    assert labels(slip) == ["/papers today", "Search for tody", "Help"]
    assert "I know no papers" in plain(await chat.click(slip, "Search for tody"))


async def test_similar_is_a_click_away_from_a_paper(chat: Chat) -> None:
    paper = await chat.say("paper 2607.00021")
    similar = await chat.click(paper, "Similar")
    assert "Papers like Agents that write code" in plain(similar)
    assert "1. Agents that write code" not in plain(similar)


async def test_every_button_is_a_command_that_works(chat: Chat) -> None:
    asked = {
        "search",
        "help",
        "search diffusion",
        "similar 2607.00001",
        "search ((",
        "tody",
        "paper 2607.00001",
    }
    for _ in range(2):
        for text in list(asked):
            for message in (await chat.ask(text)).messages:
                asked |= {button.command for button in message.buttons}
    for text in asked:
        answer = plain((await chat.ask(text)).messages[0])
        assert "went wrong on my side" not in answer
        assert "I no longer know" not in answer


async def test_a_filter_is_kept_once_however_it_is_typed(chat: Chat, database: Database) -> None:
    for text in ("search diffusion upvotes>=1", "search  upvotes >= 1  DIFFUSION", "upvotes>=1 diffusion"):
        await chat.say(text)
    async with database.read() as session:
        [kept] = await session.exec(select(SavedSearch))
    assert kept.token == searches.token_of(kept.filter)


async def test_an_empty_store_says_so(opened: Opened) -> None:
    empty = await opened()
    assert "no list of papers so far" in plain(await empty.say("search sort:new"))
    assert "I know no papers" in plain(await empty.say("search diffusion"))


@dataclass
class Library:
    """A source that finds two papers, or does not answer."""

    problem: Exception | None = None
    asked: list[str] = field(default_factory=list)

    async def search(self, query: str, limit: int) -> list[PaperFacts]:
        self.asked.append(query)
        if self.problem:
            raise self.problem
        return [
            make_facts(21, title="Agents that write code"),
            make_facts(90, title="Agents from afar", abstract="Elsewhere, agents."),
        ]


async def test_where_the_store_holds_little_more_comes_from_afar(opened: Opened) -> None:
    library = Library()
    chat = await opened(*AGENTS, beyond=Beyond(library))

    reply = await chat.ask("search agents -survey")
    assert reply.private
    assert "1 paper" in plain(reply.messages[0])
    assert library.asked == []  # nobody waits for it

    assert reply.later is not None
    more = await reply.later()
    assert more is not None
    assert library.asked == ["agents"]
    assert plain(more).splitlines() == [
        "Also, from huggingface.co",
        "Agents from afar",
        "10 upvotes · 2 comments · Code (5 stars) · Project page · Example Institute",
        "Elsewhere, agents.",
    ]
    assert [span.text for span in more.lines[2] if span.bold] == ["Agents"]


async def test_where_nothing_is_found_here_it_may_be_found_there(opened: Opened) -> None:
    chat = await opened(*AGENTS, beyond=Beyond(Library()))
    reply = await chat.ask("search robots")
    assert "I know no papers" in plain(reply.messages[0])
    assert reply.later is not None
    assert paper_id(90) in str(await reply.later())


async def test_a_question_that_the_store_answers_in_part_is_asked_elsewhere_too(opened: Opened) -> None:
    chat = await opened(*DIFFUSION, beyond=Beyond(Library()))
    reply = await chat.ask("search which diffusion papers are about agents that write code?")
    assert "the closest" in plain(reply.messages[0])
    assert reply.later is not None
    assert "Agents from afar" in plain(await reply.later() or Message())


async def test_a_source_that_fails_says_nothing(opened: Opened) -> None:
    chat = await opened(*AGENTS, beyond=Beyond(Library(SourceError("out of reach"))))
    reply = await chat.ask("search agents")
    assert reply.later is not None
    assert await reply.later() is None


@pytest.mark.parametrize(
    "text", ["search", "search ((", "search diffusion", "similar 2607.00001", "today", "help"]
)
async def test_nobody_else_is_asked_where_the_store_holds_enough_or_nothing_is_searched(
    opened: Opened, text: str
) -> None:
    chat = await opened(*DIFFUSION, *AGENTS, beyond=Beyond(Library()))
    assert (await chat.ask(text)).later is None


async def test_with_the_setting_off_the_store_is_all(chat: Chat) -> None:
    assert (await chat.ask("search frobnicate")).later is None


async def test_suggestions_are_whole_filters(chat: Chat) -> None:
    assert "diffusion has:code" in await chat.commands.suggest("diffusion has:c")
    assert isinstance(await chat.commands.suggest('(("\0' * 900), list)


async def test_a_suggestion_that_cannot_be_made_is_none() -> None:
    database = await open_database("sqlite://")
    async with database.write() as session:
        await (await session.connection()).exec_driver_sql("DROP TABLE search_name")
    commands = commands_over(database, Shelf(), Clock())
    assert await commands.suggest("org:ex") == []
    await database.close()
