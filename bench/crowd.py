"""A store in which many subscriptions are due: what they want, and what they got the day before."""

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert, text
from sqlmodel import SQLModel

from adapters.huggingface.records import parse_listing
from bench.ingesting import RECORDED
from bot.filters.analysis import tokens
from bot.filters.growing import compares_numbers
from bot.filters.parser import parse
from bot.schedule import latest_due, schedule_of
from bot.settling import SettleRules
from storage.bulk import insert_rows
from storage.database import Database
from storage.models import Cadence, DeliveryState, Edition, Paper, Style, Subscription

RULES = SettleRules(time(7), timedelta(minutes=60), time(12))
TODAY = date(2026, 7, 29)
NOW = datetime(2026, 7, 29, 20, tzinfo=UTC)
"""All are due: it is past nine in the morning in each of the zones."""
PAPERS = 100
"""All but one are today's; that one was sent to everybody the day before."""

_ZONES = ("UTC", "Europe/Paris", "America/New_York", "America/Los_Angeles", "Asia/Kolkata", "Asia/Tokyo")
_EVERYTHING = 0.02
"""The part of the subscriptions that want every paper."""
_COMMON_WORD = PAPERS // 5
"""A word that more papers hold is nobody's topic."""
_SECOND = 0.2
"""The part of the subscriptions that share their place with the one before."""
_AT_ONCE = 5000
_SEED = 7


async def fill(database: Database, subscriptions: int, filters: int) -> None:
    """Put papers, and subscriptions that are due at `NOW`, into an empty store.

    Args:
        filters: how many distinct ones they have.
    """
    papers = recorded_papers()
    wanted = distinct_filters(papers, filters)
    async with database.write() as session:
        connection = await session.connection()
        await connection.execute(insert(Edition), [_edition(TODAY, False), _edition(TODAY - _DAY, True)])
        await connection.execute(insert(Paper), papers)
    rows = _subscriptions(wanted, subscriptions)
    while some := list(islice(rows, _AT_ONCE)):
        async with database.write() as session:
            await insert_rows(session, _TABLES["subscription"], some)
            await insert_rows(
                session, _TABLES["delivery"], [_yesterdays(row, papers[0]["id"]) for row in some]
            )
    if not database.is_sqlite:
        async with database.write() as session:  # which a server does by itself within a minute
            await (await session.connection()).execute(text("ANALYZE subscription, delivery, paper"))


_DAY = timedelta(days=1)
_TABLES = SQLModel.metadata.tables


def recorded_papers() -> list[dict[str, Any]]:
    """The newest recorded papers as rows; the first is yesterday's, and released."""
    found: list[dict[str, Any]] = []
    for path in sorted(RECORDED.glob("*.json.gz"), reverse=True):
        day = date.fromisoformat(path.name[:10])
        found += [
            dict(facts) for facts in parse_listing(json.loads(gzip.decompress(path.read_bytes())), day).papers
        ]
    rows = [row | {"listed_on": TODAY, "first_seen_at": NOW, "release": None} for row in found[:PAPERS]]
    return [rows[0] | {"listed_on": TODAY - _DAY, "release": 1}, *rows[1:]]


def distinct_filters(papers: Sequence[dict[str, Any]], count: int) -> list[str]:
    """Canonical filters such as people write, out of the papers' own words, names and numbers."""
    writer = _Writer(papers)
    made: dict[str, None] = {"": None}
    while len(made) < count:
        made[str(parse(writer.filter()))] = None
    return list(made)


class _Writer:
    """Somebody who writes filters; the same ones on each run."""

    def __init__(self, papers: Sequence[dict[str, Any]]) -> None:
        self._random = random.Random(_SEED)
        self._texts = [tokens(f"{paper['title']} {paper['abstract']}") for paper in papers]
        spread = Counter(word for text in self._texts for word in set(text) if len(word) > 3)
        self._words = sorted(word for word, papers in spread.items() if papers <= _COMMON_WORD)
        self._authors = [name for paper in papers for name in paper["authors"] if tokens(name)]

    def filter(self) -> str:
        """Most want some topics, without others or with enough votes; some a field or a name."""
        kinds = (self._topics, self._voted, self._narrow, self._field, self._named, self._recent)
        return self._random.choices(kinds, (40, 20, 10, 15, 5, 10))[0]()

    def _topics(self) -> str:
        return f"({' OR '.join(self._term() for _ in range(self._random.randint(2, 5)))}){self._negation()}"

    def _voted(self) -> str:
        return f"{self._topics()} upvotes>={self._random.choice((5, 10, 20, 50))}"

    def _narrow(self) -> str:
        return f"{self._word()} {self._word()}{self._negation()}"

    def _field(self) -> str:
        return f"{self._random.choice(('title', 'abstract', 'keyword'))}:{self._word()}{self._negation()}"

    def _named(self) -> str:
        return f'author:"{self._random.choice(self._authors)}" OR {self._term()}'

    def _recent(self) -> str:
        return f"{self._topics()} {self._random.choice(('has:code', 'has:project', 'stars>=100'))}"

    def _negation(self) -> str:
        return f" -{self._word()}" if self._random.random() < 0.3 else ""

    def _term(self) -> str:
        text = self._random.choice(self._texts)
        at = self._random.randrange(len(text) - 1)
        kind = self._random.random()
        if kind < 0.3:
            return f'"{text[at]} {text[at + 1]}"'
        return f"{self._word()[:6]}*" if kind < 0.4 else self._word()

    def _word(self) -> str:
        return self._random.choice(self._words)


def _subscriptions(filters: Sequence[str], count: int) -> Iterator[dict[str, Any]]:
    """Each filter is somebody's; the first ones are many people's."""
    chance = random.Random(_SEED)
    rechecks = {text: compares_numbers(parse(text)) for text in filters}
    place = ""
    for number in range(count):
        if number < len(filters):
            wanted = filters[number]
        else:
            wanted = (
                "" if chance.random() < _EVERYTHING else filters[int(len(filters) * chance.random() ** 3)]
            )
        if not place or chance.random() >= _SECOND:
            place = f"slack:@U{number:09}"
        zone = chance.choice(_ZONES)
        row = _COMMON | {"id": number + 1, "place": place, "filter": wanted, "zone": zone}
        yield row | {"rechecks": rechecks[wanted], "next_due_at": _DUE[zone]}


_COMMON: dict[str, Any] = {
    "cadence": Cadence.DAILY,
    "local_time": time(9),
    "weekdays": "mon,tue,wed,thu,fri,sat,sun",
    "quiet": "",
    "style": Style.COMPACT,
    "managers": [],
    "state": "active",
    "first_day": TODAY - timedelta(days=60),
    "seen": 1,
    "planned_through": TODAY - _DAY,
    "created_at": NOW,
    "created_by": "the bench",
}
_DUE = {
    zone: latest_due(schedule_of(Subscription(**_COMMON, zone=zone, place="", next_due_at=NOW)), NOW)
    for zone in _ZONES
}


def _yesterdays(subscription: dict[str, Any], paper: str) -> dict[str, Any]:
    return {
        "token": f"{subscription['id']:016x}",
        "subscription_id": subscription["id"],
        "place": subscription["place"],
        "by_hand": False,
        "local_date": TODAY - _DAY,
        "style": subscription["style"],
        "papers": [paper],
        "rest": [],
        "rising": [],
        "away": False,
        "state": DeliveryState.SENT,
        "attempts": 0,
        "created_at": NOW - _DAY,
        "finished_at": NOW - _DAY,
    }


def _edition(day: date, released: bool) -> dict[str, Any]:
    then = datetime.combine(day, RULES.deadline, UTC)
    papers = 1 if released else PAPERS - 1
    stamps = {"changed_at": then, "polled_at": then, "settled_at": then}
    return {"day": day, "papers": papers, "released_at": then if released else None, **stamps}
