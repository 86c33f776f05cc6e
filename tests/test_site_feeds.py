"""Feeds of filters, and private ones: valid, stable, true, and closed to who does not know the secret."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from sqlmodel import select

from adapters.huggingface.sample import Sample
from bot.commands import Commands
from bot.feed_keys import lookup_of, secret_of
from bot.markup import plain
from bot.places import Place
from bot.request import Request
from storage import papers, people, releases
from storage.database import Database
from storage.models import PrivateFeed, SubscriptionState
from storage.papers import record_polls
from tests.atom_rules import broken_rules
from tests.factories import DAY, NOON, at, make_facts
from tests.fakes.clock import Clock
from tests.indexed import keep
from tests.searching import commands_over, search_over
from tests.site import read_sample, site_over
from tests.stored import subscribe
from tests.test_site_pages import Got, get

PUBLIC = "https://papers.example.org"
SECRET = "a secret that nobody can guess, of 44 signs."
YESTERDAY = DAY - timedelta(days=1)
ANA = "slack:T0PAPERS:U0ANA"


@pytest.fixture
async def root(database: Database) -> AsyncIterator[str]:
    """Today's list is open; yesterday's was released at noon, and a paper came to it later."""
    await keep(
        database,
        make_facts(1, title="Diffusion for images"),
        make_facts(2, title="Agents that code"),
        make_facts(4, title="Diffusion for video", listed_on=YESTERDAY),
    )
    async with database.write() as session:
        await record_polls(session, [YESTERDAY], NOON)
        await releases.release(session, [YESTERDAY], NOON + timedelta(hours=1))
    async with site_over(database, search_over(database), PUBLIC_URL=PUBLIC) as address:
        yield address


def items(page: Got) -> list[dict[str, Any]]:
    assert page.headers["Content-Type"] == "application/feed+json; charset=utf-8"
    found: list[dict[str, Any]] = json.loads(page.body)["items"]
    return found


async def test_both_forms_say_the_same(root: str) -> None:
    atom, feed = await get(root, "/feed.atom?q=diffusion"), await get(root, "/feed.json?q=diffusion")
    parsed = feedparser.parse(atom.body)
    assert not parsed.bozo
    assert broken_rules(atom.body) == []
    assert atom.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert parsed.feed.title == json.loads(feed.body)["title"] == 'Daily Papers · papers about "diffusion"'
    assert parsed.feed.id == "tag:papers.example.org,2026:feed/diffusion"
    seen = [(one.id, one.title, one.link, one.updated, one.published) for one in parsed.entries]
    assert seen == [
        (one["id"], one["title"], one["url"], one["date_modified"], one["date_published"])
        for one in items(feed)
    ]
    assert seen == [
        (
            "tag:papers.example.org,2026:paper/2607.00004",
            "Diffusion for video",
            f"{PUBLIC}/papers/2607.00004",
            "2026-07-29T13:00:00Z",
            "2026-07-29T12:00:00Z",
        ),
        (
            "tag:papers.example.org,2026:paper/2607.00001",
            "Diffusion for images",
            f"{PUBLIC}/papers/2607.00001",
            "2026-07-29T12:00:00Z",
            "2026-07-29T12:00:00Z",
        ),
    ]
    whole = json.loads(feed.body)
    assert whole["version"] == "https://jsonfeed.org/version/1.1"
    assert whole["feed_url"] == f"{PUBLIC}/feed.json?q=diffusion"
    assert whole["home_page_url"] == f"{PUBLIC}/search?q=diffusion"


async def test_a_paper_that_came_after_its_list_was_released_is_as_late_as_it_came(
    root: str, database: Database
) -> None:
    later = at(DAY, 20)
    async with database.write() as session:
        await papers.keep_papers(session, [make_facts(9, title="Late diffusion", listed_on=YESTERDAY)], later)
    found = {one["title"]: one["date_modified"] for one in items(await get(root, "/feed.json"))}
    assert found["Late diffusion"] == "2026-07-29T20:00:00Z"
    assert found["Diffusion for video"] == "2026-07-29T13:00:00Z"


async def test_it_changes_when_papers_come_and_not_with_votes(root: str, database: Database) -> None:
    first = await get(root, "/feed.atom")
    await keep(database, make_facts(1, title="Diffusion for images", upvotes=99, comments=7))
    assert (await get(root, "/feed.atom", **{"If-None-Match": first.headers["ETag"]})).status == 304
    await keep(database, make_facts(7, title="One more"))
    changed = await get(root, "/feed.atom", **{"If-None-Match": first.headers["ETag"]})
    assert changed.status == 200
    assert "One more" in changed.text


async def test_if_modified_since(root: str, database: Database) -> None:
    first = await get(root, "/feed.atom")
    told = first.headers["Last-Modified"]
    assert told == "Wed, 29 Jul 2026 13:00:00 GMT"
    assert (await get(root, "/feed.atom", **{"If-Modified-Since": told})).status == 304
    assert (
        await get(root, "/feed.atom", **{"If-Modified-Since": "Wed, 29 Jul 2026 12:59:59 GMT"})
    ).status == 200
    for no_date in (
        "yesterday",
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 01 Jan 2026 99:99:99 GMT",
    ):
        assert (await get(root, "/feed.atom", **{"If-Modified-Since": no_date})).status == 200
    both = {"If-Modified-Since": told, "If-None-Match": '"another"'}
    assert (await get(root, "/feed.atom", **both)).status == 200
    async with database.write() as session:
        await record_polls(session, [DAY], at(DAY, 14))
    assert (await get(root, "/feed.atom", **{"If-Modified-Since": told})).status == 200


async def test_a_feed_has_the_newest_fifty(database: Database) -> None:
    await keep(
        database, *(make_facts(number, listed_on=DAY - timedelta(days=number // 10)) for number in range(90))
    )
    async with site_over(database, search_over(database)) as root:
        found = items(await get(root, "/feed.json"))
        atom = await get(root, "/feed.atom?q=upvotes%3E%3D1+sort:upvotes")
    assert len(found) == 50
    assert max(int(one["id"][-5:]) for one in found) == 49
    assert broken_rules(atom.body) == []


async def test_the_bundled_edition_is_a_valid_feed(database: Database) -> None:
    await read_sample(database)
    async with site_over(database, search_over(database)) as root:
        atom, feed = await get(root, "/feed.atom"), await get(root, "/feed.json")
    assert broken_rules(atom.body) == []
    assert len(feedparser.parse(atom.body).entries) == len(items(feed)) == 20


async def test_words_that_xml_has_no_place_for(database: Database) -> None:
    strange = "A\x01\x0b\ufffe ]]> <b>&amp; \U0001f600"
    await keep(
        database,
        make_facts(
            1, title=strange, abstract=strange, summary=strange, authors=[strange, "\x02"], keywords=["\x03"]
        ),
        make_facts(2, title="\x01", abstract="", summary=None, authors=[], keywords=[]),
    )
    async with site_over(database, search_over(database)) as root:
        atom, feed = await get(root, "/feed.atom"), await get(root, "/feed.json")
    assert broken_rules(atom.body) == []
    titles = [found.text for found in ElementTree.fromstring(atom.body).findall("{*}entry/{*}title")]
    assert sorted(map(str, titles)) == ["2607.00002", "A ]]> <b>&amp; \U0001f600"]
    assert len(items(feed)) == 2


@pytest.mark.parametrize("form", ["atom", "json"])
async def test_a_bad_filter_is_answered_in_words(root: str, form: str) -> None:
    page = await get(root, f"/feed.{form}?q=tilte:%3Cscript%3E")
    assert page.status == 400
    assert page.headers["Content-Type"] == "text/plain; charset=utf-8"
    said, _, pointed = page.text.partition("\n\n")
    assert said == 'I cannot read this filter: unknown field "tilte"; did you mean "title"?'
    assert pointed == "tilte:<script>\n^^^^^^\n"


@pytest.fixture
def commands(database: Database) -> Commands:
    return commands_over(database, Sample(), Clock(NOON), public_url=PUBLIC, secret=SECRET)


async def said(commands: Commands, text: str, person: str = "T0PAPERS:U0ANA") -> str:
    place = Place("slack", "C0PAPERS")
    reply = await commands.handle(Request(text, place, person, NOON, Place("slack", "@U0ANA")))
    assert reply.private
    return "\n".join(plain(message) for message in reply.messages)


async def address(commands: Commands, text: str = "feed", person: str = "T0PAPERS:U0ANA") -> str:
    """Where the bot says that a person's feed is, below the root."""
    [line] = [line for line in (await said(commands, text, person)).splitlines() if line.endswith(".json")]
    return line.removeprefix(PUBLIC)


async def test_a_private_feed_from_its_first_day_to_its_last(
    root: str, database: Database, commands: Commands
) -> None:
    await subscribe(database, place="slack:@U0ANA", owner=ANA, filter="video")
    await subscribe(database, place="slack:@U0ANA", owner=ANA, filter="title:agents")
    await subscribe(
        database, place="slack:@U0ANA", owner=ANA, filter="images", state=SubscriptionState.PAUSED
    )
    await subscribe(database, place="slack:C0123", owner=ANA, filter="")
    await subscribe(database, place="slack:@U0BOB", owner="slack:T0PAPERS:U0BOB", filter="")

    path = await address(commands)
    assert path == await address(commands)
    page = await get(root, path)
    assert {one["title"] for one in items(page)} == {"Diffusion for video", "Agents that code"}
    assert page.headers["Cache-Control"] == "private, no-cache"
    assert "Last-Modified" not in page.headers  # it changes with its owner's subscriptions as well
    atom = await get(root, path.replace(".json", ".atom"))
    assert broken_rules(atom.body) == []
    secret = path.removeprefix("/feed/").removesuffix(".json")
    assert secret not in feedparser.parse(atom.body).feed.id

    moved = await address(commands, "feed renew")
    assert [(await get(root, one)).status for one in (path, moved)] == [404, 200]

    async with database.write() as session:
        await people.forget(session, ANA, ["slack:@U0ANA"])
    assert (await get(root, moved)).status == 404
    after = await address(commands)
    assert after not in (path, moved)
    assert items(await get(root, after)) == []
    assert len({await address(commands, "feed", f"T0PAPERS:U{number}") for number in range(3)}) == 3


async def test_who_reads_the_database_reads_no_feed(database: Database, commands: Commands) -> None:
    path = await address(commands)
    async with database.read() as session:
        [row] = await session.exec(select(PrivateFeed))
    secret = path.removeprefix("/feed/").removesuffix(".json")
    assert secret not in repr(row)
    assert secret == secret_of(SECRET, ANA, row.salt)
    assert row.lookup == lookup_of(secret)
    assert secret not in {
        secret_of("another key", ANA, row.salt),
        secret_of(SECRET, "slack:T0PAPERS:U0BOB", row.salt),
        secret_of(SECRET, ANA, "another salt"),
    }


async def test_with_another_secret_of_the_bot_a_feed_moves(
    root: str, database: Database, commands: Commands
) -> None:
    path = await address(commands)
    other = commands_over(database, Sample(), Clock(NOON), public_url=PUBLIC, secret=SECRET[::-1])
    moved = await address(other)
    assert moved != path
    assert "Your feed has moved" not in await said(other, "feed")
    assert [(await get(root, one)).status for one in (path, moved)] == [404, 200]


@pytest.mark.parametrize("settings", [{}, {"public_url": PUBLIC}, {"secret": SECRET}])
async def test_without_an_address_there_is_none(database: Database, settings: dict[str, str]) -> None:
    commands = commands_over(database, Sample(), Clock(NOON), **settings)  # type: ignore[arg-type]
    assert "takes a public address and a secret" in await said(commands, "feed")


async def test_feed_and_other_words_is_a_search(database: Database, commands: Commands) -> None:
    assert "I have read no list" not in await said(commands, "feed")
    assert 'no papers about "feed", "forward"' in await said(commands, "feed forward networks")
